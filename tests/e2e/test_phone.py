"""A call on a phone: what fits into the bar, two cameras, a telephone call, a screen that stays awake."""

from playwright.sync_api import ViewportSize, expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

UPRIGHT: ViewportSize = {"width": 360, "height": 740}
ON_ITS_SIDE: ViewportSize = {"width": 740, "height": 360}
TARGET = 44
"""CSS px: nothing that is touched is smaller."""

# A phone's two cameras and its lock on sleep: the browser of a machine has neither.
_PHONE = """
const { mediaDevices } = navigator;
const capture = mediaDevices.getUserMedia.bind(mediaDevices);
mediaDevices.getUserMedia = async (constraints) => {
  const stream = await capture(constraints);
  for (const track of stream.getVideoTracks()) {
    const settings = track.getSettings();
    const facingMode = constraints.video.facingMode?.ideal ?? 'user';
    track.getSettings = () => ({ ...settings, facingMode });
    window.testCamera = track;
  }
  return stream;
};
const list = mediaDevices.enumerateDevices.bind(mediaDevices);
mediaDevices.enumerateDevices = async () => [
  ...(await list()),
  { kind: 'videoinput', deviceId: 'back', label: 'Back camera', groupId: '' },
];
window.testInterrupt = (muted) => {
  Object.defineProperty(testCamera, 'muted', { value: muted, configurable: true });
  testCamera.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
};
window.testLocks = [];
const request = async () => {
  const lock = { released: false, release: async () => { lock.released = true; } };
  testLocks.push(lock);
  return lock;
};
Object.defineProperty(navigator, 'wakeLock', { value: { request } });
"""


def bar(person: Person) -> list[str]:
    """The controls in the bar, each large enough for a thumb."""
    buttons = person.page.get_by_role("navigation", name="Call controls").get_by_role("button").all()
    for button in buttons:
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= TARGET, button.inner_text()
    return [button.inner_text() for button in buttons]


def test_a_call_on_a_phone(invite: Invite, server: ServerProcess) -> None:
    mara = invite("Mara", viewport=UPRIGHT, has_touch=True, is_mobile=True)
    joel = invite("Joel")
    mara.page.add_init_script(_PHONE)
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    joel.sees("Mara")

    # Five fit, upright and on its side; the rest is behind More.
    assert bar(mara) == ["Mute", "Stop video", "Chat", "More", "Leave"]
    mara.page.set_viewport_size(ON_ITS_SIDE)
    assert len(bar(mara)) == 5
    mara.page.set_viewport_size(UPRIGHT)
    mara.press("More")
    expect(mara.page.get_by_role("menuitem", name="People")).to_be_visible()
    mara.page.get_by_role("menuitem", name="Raise hand").click()
    expect(joel.tile("Mara").get_by_label("Hand is up")).to_be_visible()

    # The other camera: what it sees is no mirror.
    own = mara.page.get_by_role("group", name="You").locator("video")
    mirrored = "video => getComputedStyle(video).transform !== 'none'"
    assert own.evaluate(mirrored)
    mara.press("More")
    mara.page.get_by_role("menuitem", name="Flip the camera").click()
    eventually("one's own picture is no mirror", lambda: not own.evaluate(mirrored))
    joel.sees("Mara")

    # A telephone call takes the camera, and gives it back.
    mara.page.evaluate("testInterrupt(true)")
    expect(mara.page.get_by_text("Something else has the camera")).to_be_visible()
    eventually("Joel sees that the picture is away", lambda: not joel.shows_picture("Mara"))
    mara.page.evaluate("testInterrupt(false)")
    expect(mara.page.get_by_text("Something else has the camera")).to_be_hidden()
    eventually("the picture is back", lambda: joel.shows_picture("Mara"))

    # Who looks elsewhere for a while loses the lock on sleep, and has it again.
    assert mara.page.evaluate("testLocks.length") == 1
    mara.page.evaluate("testLocks[0].released = true; document.dispatchEvent(new Event('visibilitychange'))")
    eventually("it stays awake again", lambda: mara.page.evaluate("testLocks.length") == 2)

    # Nothing that one writes in is so small that a phone would enlarge the page.
    mara.press("Chat")
    size = mara.page.get_by_role("textbox").evaluate("box => parseFloat(getComputedStyle(box).fontSize)")
    assert size >= 16
