"""What people do in a call besides talking: share a screen, write, raise a hand, react."""

from typing import Any

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

# Keeps what is captured, so that a test can end it as the browser's own button does.
_KEEP_CAPTURE = """
const capture = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getDisplayMedia = async (options) => (window.testCapture = await capture(options));
"""

_COUNT_NEGOTIATIONS = """() => {
  window.testNegotiations = 0;
  for (const link of window.testLinks) {
    link.addEventListener('negotiationneeded', () => (window.testNegotiations += 1));
    link.addEventListener('signalingstatechange', () => (window.testNegotiations += 1));
  }
}"""

# Frames of the second picture of a link, and energy of its second sound, by their m-lines.
_OF_SCREEN = """async () => {
  const sum = { frames: 0, width: 0, energy: 0 };
  for (const link of window.testLinks) {
    if (link.connectionState !== 'connected') continue;
    for (const entry of (await link.getStats()).values()) {
      if (entry.type !== 'inbound-rtp') continue;
      if (entry.mid === '2') {
        sum.frames += entry.framesDecoded ?? 0;
        sum.width = Math.max(sum.width, entry.frameWidth ?? 0);
      }
      if (entry.mid === '3') sum.energy += entry.totalAudioEnergy ?? 0;
    }
  }
  return sum;
}"""


def screen(viewer: Person, sharer: str) -> Locator:
    return viewer.page.get_by_role("figure", name=f"{sharer}’s screen")


def of_screen(viewer: Person) -> dict[str, float]:
    received: dict[str, float] = viewer.page.evaluate(_OF_SCREEN)
    return received


def sees_screen(viewer: Person, sharer: str) -> None:
    expect(screen(viewer, sharer)).to_be_visible(timeout=15_000)
    before = of_screen(viewer)["frames"]
    eventually("frames of the screen come", lambda: of_screen(viewer)["frames"] > before + 2, within=20)


def test_a_screen_is_shared_whole_and_without_negotiating(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    mara.context.add_init_script(_KEEP_CAPTURE)
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.sees("Mara")
    for person in (mara, joel):
        person.page.evaluate(_COUNT_NEGOTIATIONS)

    mara.press("Share")
    expect(mara.page.get_by_text("Everyone sees", exact=False)).to_be_visible()
    sees_screen(joel, "Mara")
    shared: dict[str, Any] = mara.page.evaluate("() => window.testCapture.getVideoTracks()[0].getSettings()")
    eventually("it comes at its full size", lambda: of_screen(joel)["width"] == shared["width"], within=15)
    eventually("its sound comes", lambda: of_screen(joel)["energy"] > 0, within=15)
    assert joel.tile("Mara").is_visible()  # and the face

    # Both at once; one looks closer.
    joel.press("Share")
    sees_screen(mara, "Joel")
    screen(joel, "Mara").hover()
    screen(joel, "Mara").get_by_role("button", name="Look closer").click()
    expect(screen(joel, "Mara").get_by_role("button", name="Show it whole")).to_be_visible()
    joel.page.get_by_label("What you share").get_by_role("button", name="Stop").click()
    expect(screen(mara, "Joel")).to_have_count(0)

    # Ended by the browser's own button, then shared once more.
    mara.page.evaluate(
        """() => {
          const [track] = window.testCapture.getVideoTracks();
          track.stop();
          track.dispatchEvent(new Event('ended'));
        }"""
    )
    expect(screen(joel, "Mara")).to_have_count(0)
    expect(mara.control("Share")).to_be_visible()
    mara.press("Share")
    sees_screen(joel, "Mara")
    for person in (mara, joel):
        assert person.page.evaluate("() => window.testNegotiations") == 0

    # One who comes in later sees it; who shares and comes back does not share any more.
    joel.joins(link)
    sees_screen(joel, "Mara")
    mara.joins(link)
    expect(screen(joel, "Mara")).to_have_count(0)
    joel.sees("Mara")


def lines(person: Person) -> list[str]:
    return person.page.get_by_role("log").locator("article p").all_inner_texts()


def writes(person: Person, text: str) -> None:
    field = person.page.get_by_role("textbox", name="Message")
    field.fill(text)
    field.press("Enter")


def test_hands_reactions_and_chat(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    mara.press("Chat")
    writes(mara, "before you came: https://example.com/plan.")
    joel.joins(link)
    mara.sees("Joel")

    joel.press("React")
    joel.page.get_by_role("menuitemcheckbox", name="Raise hand").click()
    expect(mara.tile("Joel").get_by_label("Hand is up")).to_be_visible()
    joel.page.keyboard.press("h")
    expect(mara.tile("Joel").get_by_label("Hand is up")).to_have_count(0)
    joel.press("React")
    joel.page.get_by_role("menuitem", name="Heart").click()
    expect(mara.tile("Joel").get_by_label("Heart")).to_be_visible()

    writes(mara, "<img src=x onerror=alert(1)> & <b>so</b>\njavascript:alert(1)")
    expect(joel.page.get_by_role("button", name="Chat, 1 new message")).to_be_visible()
    joel.page.keyboard.press("c")
    wanted = ["before you came: https://example.com/plan.", "<img src=x onerror=alert(1)> & <b>so</b>"]
    eventually("Joel reads all", lambda: len(lines(joel)) == 2)
    assert lines(joel)[0] == wanted[0]
    assert lines(joel)[1].startswith(wanted[1])
    links = joel.page.get_by_role("log").get_by_role("link")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "https://example.com/plan")
    expect(links).to_have_attribute("rel", "noopener noreferrer nofollow")
    assert joel.page.locator("article img, article b b").count() == 0

    # The server is away: what is written waits, and arrives once.
    server.kill()
    expect(joel.page.get_by_text("Reconnecting")).to_be_visible(timeout=15_000)
    writes(joel, "written while away")
    assert "written while away" not in lines(mara)
    server.start()
    eventually("it arrives", lambda: "written while away" in lines(mara), within=20)
    writes(mara, "and the answer")
    eventually("Joel has it", lambda: "and the answer" in lines(joel))
    for person in (mara, joel):
        assert [line for line in lines(person) if line in ("written while away", "and the answer")] == [
            "written while away",
            "and the answer",
        ]
        assert len(lines(person)) == 4
    mara.problems.clear()  # the browser complains of the server that was away
    joel.problems.clear()


# A browser that has windows for pictures alone; and what it was told that it may offer outside of the page.
_PICTURES_ALONE = """
Object.defineProperty(window, 'documentPictureInPicture', { value: undefined });
window.testActions = {};
const { mediaSession } = navigator;
const setActionHandler = mediaSession.setActionHandler.bind(mediaSession);
mediaSession.setActionHandler = (action, act) => {
  testActions[action] = act;
  setActionHandler(action, act);
};
"""
_SMALL = "() => window.documentPictureInPicture.window?.document"


def test_the_call_goes_on_in_a_small_window(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    joel.page.add_init_script(_PICTURES_ALONE)
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    mara.press("Small window above all others")
    eventually(
        "the small window shows Joel",
        lambda: mara.page.evaluate(f"({_SMALL})()?.querySelector('video')?.videoWidth > 0"),
        within=10,
    )
    mara.page.evaluate(f"({_SMALL})().querySelector('nav button').click()")
    expect(mara.control("Unmute")).to_be_visible()
    mara.press("Small window above all others")
    eventually("it is closed", lambda: mara.page.evaluate(f"!({_SMALL})()"))
    mara.sees("Joel")

    joel.sees("Mara")
    joel.press("Small window above all others")
    shown = "() => document.pictureInPictureElement"
    eventually("the browser's own shows Mara", lambda: joel.page.evaluate(f"({shown})()?.videoWidth > 0"))
    joel.press("Small window above all others")
    eventually("it is closed", lambda: joel.page.evaluate(f"({shown})() === null"))
    joel.page.evaluate("testActions.togglecamera()")
    expect(joel.control("Start video")).to_be_visible()
    joel.page.evaluate("testActions.togglemicrophone()")
    expect(joel.control("Unmute")).to_be_visible()
    joel.page.evaluate("testActions.hangup()")
    expect(joel.page.get_by_role("button", name="Go back in")).to_be_visible()
