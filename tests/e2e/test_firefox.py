"""Calls between Firefox and Chromium: the core of a call, whoever was there first."""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.conftest import Invite
from tests.e2e.test_prepared import way_of_joining
from tests.support.browser import Person
from tests.support.display import display
from tests.support.eventually import eventually
from tests.support.firefox import firefox
from tests.support.server_process import ServerProcess

_OFFERS = "() => window.testLinks.filter((link) => link.signalingState === 'have-local-offer').length"

_PATH = """() => window.testLinks
  .filter((link) => link.connectionState === 'connected' && link.signalingState === 'stable')
  .map((link) => link.localDescription.sdp.match(/a=ice-ufrag:(.*)/)[1])"""

_RESTART = (
    "() => window.testLinks.forEach((link) => link.connectionState === 'connected' && link.restartIce())"
)


@pytest.fixture(scope="module")
def fox(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with (
        display() as screen,
        firefox(playwright, tmp_path_factory.mktemp("firefox"), screen) as running,
    ):
        yield running


def enters_the_lobby(person: Person, link: str) -> None:
    """With camera and microphone, for which this Firefox is asked each time."""
    person.open(link)
    person.press("Ask now")
    expect(person.control("Ask now")).to_have_count(0)


def meet(mara: Person, joel: Person) -> None:
    mara.sees("Joel")
    joel.sees("Mara")
    mara.receives()
    joel.receives()


def use_the_controls(mara: Person, joel: Person) -> None:
    """Joel mutes himself and stops his picture, and Mara sees that; and back."""
    joel.press("Mute")
    joel.press("Stop video")
    expect(mara.tile("Joel").get_by_label("Muted")).to_be_visible()
    eventually("a face is in place of the picture", lambda: not mara.shows_picture("Joel"))
    joel.press("Unmute")
    joel.press("Start video")
    expect(mara.tile("Joel").get_by_label("Muted")).to_have_count(0)
    eventually("the picture is back", lambda: mara.shows_picture("Joel"), within=10)
    before = mara.frames("Joel")
    eventually("frames come again", lambda: mara.frames("Joel") > before + 5, within=10)


def share(sharer: Person, viewer: Person) -> None:
    """A screen is seen, moves, and is gone when it is stopped."""
    name = f"{sharer.name}’s screen"
    sharer.press("Share")
    expect(viewer.tile(name)).to_be_visible(timeout=15_000)
    eventually("the screen moves", lambda: viewer.frames(name) > 5, within=15)
    sharer.page.get_by_label("What you share").get_by_role("button", name="Stop").click()
    expect(viewer.tile(name)).to_have_count(0)


def write(writer: Person, reader: Person, text: str) -> None:
    field = writer.page.get_by_role("textbox", name="Message")
    writer.types(field, text)
    field.press("Enter")
    expect(reader.page.get_by_role("log").get_by_text(text)).to_be_visible()


def restart(one: Person, other: Person) -> None:
    """The link goes another way from now on, as ``one`` wants it, and nothing is lost."""
    before = one.page.evaluate(_PATH) + other.page.evaluate(_PATH)
    one.page.evaluate(_RESTART)

    def is_anew() -> bool:
        now = one.page.evaluate(_PATH) + other.page.evaluate(_PATH)
        return len(now) == len(before) and not set(now) & set(before)

    eventually(f"{one.name}'s restart is agreed on", is_anew, within=10)
    for viewer, seen in ((one, other), (other, one)):
        frames = viewer.frames(seen.name)
        moved = partial(lambda viewer, seen, frames: viewer.frames(seen) > frames, viewer, seen.name, frames)
        eventually(f"{viewer.name} still sees {seen.name}", moved, within=10)


def test_firefox_comes_to_chromium(invite: Invite, fox: Browser, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel", fox)
    link = mara.starts_a_room(server.url)
    mara.joins()
    enters_the_lobby(joel, link)
    joel.joins()
    meet(mara, joel)
    use_the_controls(mara, joel)
    share(joel, mara)
    for person in (mara, joel):
        person.press("Chat")
    write(joel, mara, "seen from Firefox")
    write(mara, joel, "seen from Chromium")
    restart(mara, joel)
    restart(joel, mara)

    # It gives a link up that waits for addresses for 5 s. Then it has an offer of its own.
    joel.leaves()
    enters_the_lobby(joel, link)
    eventually("an offer is ready", lambda: joel.page.evaluate(_OFFERS) == 1, within=15)
    joel.joins()
    meet(mara, joel)
    assert way_of_joining(server) == "offered"
    restart(mara, joel)
    joel.leaves()
    mara.sees()
    joel.problems.clear()  # Firefox notes in its console that it has given the link up


def test_chromium_comes_to_firefox(invite: Invite, fox: Browser, server: ServerProcess) -> None:
    mara, joel = invite("Mara", fox), invite("Joel")
    mara.starts_a_room(server.url)
    link = mara.page.url
    enters_the_lobby(mara, link)
    mara.joins()
    joel.joins(link)
    meet(mara, joel)
    use_the_controls(mara, joel)
    share(joel, mara)
    share(mara, joel)
    restart(joel, mara)
    restart(mara, joel)
    mara.leaves()
    joel.sees()
