"""What one does with the stage and the keys, in a real call."""

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

HUM = """
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await real(wanted);
  for (const track of stream.getAudioTracks()) {
    const context = new AudioContext();
    const voice = new OscillatorNode(context, { frequency: 220 });
    const sink = context.createMediaStreamDestination();
    voice.connect(new GainNode(context, { gain: 0.4 })).connect(sink);
    voice.start();
    stream.removeTrack(track);
    stream.addTrack(sink.stream.getAudioTracks()[0]);
  }
  return stream;
};
"""
"""A microphone before which somebody hums: the fake one only beeps, which is no voice."""


def corner(tile: Locator) -> tuple[str, str]:
    """In which corner of the window something is."""
    box = tile.bounding_box()
    size = tile.page.viewport_size
    assert box is not None
    assert size is not None
    row = "top" if box["y"] + box["height"] / 2 < size["height"] / 2 else "bottom"
    return row, "left" if box["x"] + box["width"] / 2 < size["width"] / 2 else "right"


def is_muted(person: Person, other: str) -> bool:
    return person.tile(other).get_by_label("muted").is_visible()


def test_keys_and_pointer_arrange_a_call_and_the_space_bar_talks(
    invite: Invite, server: ServerProcess
) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    for person in (mara, joel):
        person.context.add_init_script(HUM)
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.sees("Mara")
    keys, own = mara.page.keyboard, mara.page.get_by_role("group", name="You")

    # One's own picture goes to the corner to which it is dragged, or sent by the arrow keys.
    assert corner(own) == ("bottom", "right")
    box = own.bounding_box()
    assert box is not None
    mara.page.mouse.move(box["x"] + 40, box["y"] + 40)
    mara.page.mouse.down()
    mara.page.mouse.move(80, 120, steps=5)
    mara.page.mouse.up()
    eventually("it is where it was dropped", lambda: corner(own) == ("top", "left"), within=5)
    own.focus()
    keys.press("ArrowDown")
    eventually("it follows the arrow keys", lambda: corner(own) == ("bottom", "left"), within=5)
    keys.press("o")
    expect(own).to_have_count(0)
    keys.press("o")
    eventually("it is where it was", lambda: corner(own) == ("bottom", "left"), within=5)

    # The space bar unmutes for as long as it is held.
    keys.press("m")
    eventually("Joel sees that she is muted", lambda: is_muted(joel, "Mara"), within=5)
    keys.down("Space")
    eventually("Joel sees that she talks", lambda: not is_muted(joel, "Mara"), within=5)
    keys.up("Space")
    eventually("Joel sees that she is muted again", lambda: is_muted(joel, "Mara"), within=5)

    # Who speaks while muted is told. Of what goes a likeness stays for a moment.
    hint = mara.page.get_by_role("navigation").locator("p:not([data-leaving])").get_by_text("You are muted")
    expect(hint).to_be_visible()
    keys.press("m")
    expect(hint).to_be_hidden()

    # The voice that arrives marks its tile, and F6 goes round.
    expect(mara.tile("Joel")).to_have_attribute("data-speaking", "", timeout=10_000)
    keys.press("l")
    expect(mara.page.locator("[data-arrangement=grid]")).to_be_visible()
    keys.press("F6")
    keys.press("F6")
    eventually("the focus is in the bar", lambda: "Mute" in focused(mara), within=5)
    keys.press("?")
    expect(mara.page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("Escape")
    expect(mara.page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_the_space_bar_talks_after_a_click_and_devices_stand_beside_their_buttons(
    invite: Invite, server: ServerProcess
) -> None:
    mara = invite("Mara", viewport={"width": 1280, "height": 800})
    mara.starts_a_room(server.url)
    mara.joins()
    keys = mara.page.keyboard
    mute = mara.page.get_by_role("button", name="Mute", exact=True)
    unmute = mara.page.get_by_role("button", name="Unmute", exact=True)

    # A click leaves the focus on the button; what is held is meant for the voice all the same.
    mute.click()
    expect(unmute).to_be_focused()
    keys.down("Space")
    expect(mute).to_be_visible()
    keys.up("Space")
    expect(unmute).to_be_visible()

    # So it is after a menu was opened and closed, and not while it is open.
    react = mara.page.get_by_role("button", name="React", exact=True)
    react.click()
    keys.press("Escape")
    expect(react).to_be_focused()
    keys.down("Space")
    expect(mute).to_be_visible()
    expect(mara.page.get_by_role("menu")).to_have_count(0)
    keys.up("Space")
    expect(unmute).to_be_visible()

    # Who goes by keys presses it.
    unmute.focus()
    keys.press("Tab")
    keys.press("Shift+Tab")
    keys.press("Space")
    expect(mute).to_be_visible()

    caret = mara.page.get_by_role("button", name="Choose microphone and speaker")
    caret.click()
    menu = mara.page.get_by_role("menu", name="Choose microphone and speaker")
    expect(menu.get_by_role("menuitemradio", checked=True).first).to_be_focused()
    expect(menu.get_by_role("menuitem", name="Test my sound")).to_be_visible()
    keys.press("Escape")
    expect(menu).to_have_count(0)
    expect(caret).to_be_focused()
    mara.page.get_by_role("button", name="Choose the camera").click()
    cameras = mara.page.get_by_role("menu", name="Choose the camera").get_by_role("menuitemradio")
    expect(cameras.first).to_be_visible()


def test_the_small_window_has_the_controls_and_the_keys(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.sees("Mara")
    opener = mara.page.get_by_role("button", name="Small window")
    with mara.context.expect_page() as opening:
        opener.click()
    small = opening.value
    expect(opener).to_have_attribute("aria-pressed", "true")
    small.get_by_role("button", name="Mute").click()
    eventually("Joel sees that she is muted", lambda: is_muted(joel, "Mara"), within=5)

    # A pointer has left the focus on the button, and the space bar is meant for the voice here too.
    small.keyboard.down("Space")
    eventually("Joel sees that she talks", lambda: not is_muted(joel, "Mara"), within=5)
    small.keyboard.up("Space")
    eventually("Joel sees that she is muted again", lambda: is_muted(joel, "Mara"), within=5)
    small.keyboard.press("m")
    eventually("Joel sees that she is not muted", lambda: not is_muted(joel, "Mara"), within=5)
    small.get_by_role("button", name="Stop video").click()
    eventually("Joel sees no picture", lambda: not joel.shows_picture("Mara"), within=5)

    opener.click()
    eventually("it is closed", small.is_closed, within=5)
    expect(opener).to_have_attribute("aria-pressed", "false")


def focused(person: Person) -> str:
    return str(person.page.evaluate("document.activeElement.textContent"))
