"""Rooms with rules in real browsers: the door, the lobby, what hosts do, and the page of one's own rooms."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person
from tests.support.server_process import ServerProcess

WIDE = {"viewport": {"width": 1280, "height": 720}}
PASSCODE = "blackbird"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("rooms"), signup="open")
    process.start()
    yield process
    process.stop()


def at_the_door(person: Person, link: str, button: str) -> None:
    person.open(link)
    person.page.get_by_label("Your name").fill(person.name)
    person.press(button)


def says_passcode(person: Person, passcode: str) -> None:
    person.page.get_by_label("Passcode of the room").fill(passcode)
    person.press("Join")


def reads(person: Person, text: str) -> None:
    # A page looks its room up every five seconds.
    expect(person.page.get_by_text(text, exact=True).first).to_be_visible(timeout=10_000)


def people(host: Person) -> Locator:
    """The panel of people, opened where it is not."""
    panel = host.page.get_by_role("complementary", name="People")
    if not panel.is_visible():
        host.control("People").click()
    return panel


def acts_on(host: Person, other: str, act: str) -> None:
    panel = people(host)
    panel.get_by_role("button", name=f"Actions for {other}").click()
    panel.get_by_role("button", name=act, exact=True).click()


def test_one_is_let_in_another_is_not_and_a_moderator_helps(invite: Invite, server: ServerProcess) -> None:
    mara, joel, nina = invite("Mara", **WIDE), invite("Joel"), invite("Nina")

    # A room as one wants it. Its host is kept out by nothing.
    mara.open(server.url)
    mara.press("With a name, passcode or lobby")
    mara.page.get_by_label("Name of the room").fill("Garden")
    mara.page.get_by_label("People knock, and are let in").check()
    mara.press("Make the room")
    expect(mara.page.get_by_role("heading", name="Garden")).to_be_visible()
    link = mara.page.url
    mara.joins()

    # Two knock: one is let in, the other is not.
    at_the_door(joel, link, "Ask to join")
    expect(joel.page.get_by_role("heading", name="You knocked")).to_be_focused()
    reads(mara, "Joel is at the door")
    mara.press("Let in")
    expect(joel.control("Leave")).to_be_visible()
    expect(mara.tile("Joel")).to_be_visible()
    at_the_door(nina, link, "Ask to join")
    reads(mara, "Nina is at the door")
    mara.press("Not now")
    reads(nina, "You were not let in")

    # A moderator is told so, and has what goes with it.
    acts_on(mara, "Joel", "Make moderator")
    reads(joel, "You are a moderator now")
    joel.press("People")
    expect(joel.page.get_by_label("Locked: nobody new comes in")).to_be_visible()
    expect(joel.page.get_by_text("End the call for all")).to_be_hidden()


def test_settings_hold_at_once_and_who_is_removed_stays_out(invite: Invite, server: ServerProcess) -> None:
    mara, nina = invite("Mara", **WIDE), invite("Nina")
    link = mara.starts_a_room(server.url)
    mara.joins()

    people(mara).get_by_role("button", name="Room settings").click()
    room = mara.page.get_by_role("complementary", name="Room settings")
    room.get_by_label("Name of the room").fill("Garden")
    room.get_by_label("Ask for a passcode").check()
    room.get_by_role("button", name="Save").click()
    expect(room.get_by_label("Passcode", exact=True)).to_have_attribute("aria-invalid", "true")
    room.get_by_label("Passcode", exact=True).fill(PASSCODE)
    room.get_by_role("button", name="Save").click()
    reads(mara, "Saved. It holds at once.")
    nina.open(link)
    nina.page.get_by_label("Your name").fill("Nina")
    says_passcode(nina, "robin")
    reads(nina, "That is not the passcode")
    expect(nina.page.get_by_label("Passcode of the room")).to_be_focused()
    says_passcode(nina, PASSCODE)
    expect(nina.control("Leave")).to_be_visible()

    # Who is removed stays out, by another name too.
    room.get_by_role("button", name="Back to people").click()
    expect(mara.page.get_by_role("complementary", name="People")).to_be_visible()
    acts_on(mara, "Nina", "Remove")
    reads(nina, "You were removed from this call")
    nina.open(link)
    nina.page.get_by_label("Your name").fill("Olga")
    says_passcode(nina, PASSCODE)
    reads(nina, "You were removed from this room")

    # Locked: nobody new, but the host, whom this browser knows again.
    people(mara).get_by_label("Locked: nobody new comes in").check()
    reads(nina, "Locked. Nobody new comes in.")
    mara.joins(link)
    expect(people(mara).get_by_text("You, Host")).to_be_visible()

    # The room among one's own, until it is deleted.
    mara.leaves()
    mara.open(f"{server.url}/rooms")
    card = mara.page.get_by_role("listitem").filter(has=mara.page.get_by_role("heading", name="Garden"))
    expect(card.get_by_text("Nobody is inside")).to_be_visible()
    card.get_by_role("button", name="Share: Garden").click()
    expect(card.get_by_label("Link to Garden")).to_have_value(link)
    card.get_by_role("button", name="Settings: Garden").click()
    card.get_by_role("button", name="Delete the room").click()
    card.get_by_role("button", name="Delete it").click()
    reads(mara, "Garden is deleted")
    expect(card).to_be_hidden()
    gone = nina.page.get_by_role("heading", name=re.compile("There is no room"))
    expect(gone).to_be_visible(timeout=10_000)
    # The browser notes that the page was told so.
    nina.problems.clear()


def test_the_time_of_a_room_is_told_before_one_joins(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    mara.open(server.url)
    made = mara.page.evaluate(
        """async settings => {
          const body = JSON.stringify({settings});
          const headers = {'Content-Type': 'application/json'};
          return (await fetch('/api/v1/rooms', {method: 'POST', headers, body})).json();
        }""",
        {"name": "Concert", "opensAt": time.time() + 3600},
    )
    change = """async ([{id, hostKey}, change]) => {
      const headers = {'Content-Type': 'application/json', 'Visavis-Host-Key': hostKey};
      await fetch(`/api/v1/rooms/${id}`, {method: 'PATCH', headers, body: JSON.stringify(change)});
    }"""
    joel.open(f"{server.url}/r/{made['id']}")
    expect(joel.page.get_by_text("Opens ")).to_be_visible()
    joel.page.get_by_label("Your name").fill("Joel")
    joel.press("Join")
    expect(joel.control("Join")).to_be_enabled()
    expect(joel.page.get_by_text("Opens ")).to_be_visible()
    # The page tells by itself what has changed.
    mara.page.evaluate(change, [made, {"opensAt": None, "expiresAt": time.time() - 60}])
    expect(joel.page.get_by_role("heading", name="The time of this room is over")).to_be_visible(
        timeout=10_000
    )
    mara.page.evaluate(change, [made, {"expiresAt": None}])
    expect(joel.control("Join")).to_be_visible(timeout=10_000)


def test_the_host_finds_settings_in_more_and_ends_the_call_from_leave(
    invite: Invite, server: ServerProcess
) -> None:
    mara, joel, nina = invite("Mara", **WIDE), invite("Joel"), invite("Nina")
    link = mara.starts_a_room(server.url)
    mara.joins()
    mara.leaves()  # alone, at once
    mara.press("Go back in")
    for guest in (joel, nina):
        guest.joins(link)
    expect(mara.tile("Nina")).to_be_visible()

    # Who may change the settings finds them in More; others do not.
    joel.press("More")
    expect(joel.page.get_by_role("menuitem", name="Copy the link")).to_be_visible()
    expect(joel.page.get_by_role("menuitem", name="Room settings")).to_be_hidden()
    joel.page.keyboard.press("Escape")
    mara.press("More")
    mara.page.get_by_role("menuitem", name="Room settings").click()
    room = mara.page.get_by_role("complementary", name="Room settings")
    room.get_by_label("Only hosts and moderators share their screen").check()
    room.get_by_role("button", name="Save").click()
    reads(mara, "Saved. It holds at once.")
    expect(joel.control("Share")).to_be_hidden()

    # Every way to invite.
    room.get_by_role("button", name="Back to people").click()
    # It is loaded only now.
    beside = mara.page.get_by_role("complementary", name="People")
    beside.get_by_role("button", name="More ways to invite").click()
    ways = mara.page.get_by_role("complementary", name="Invite")
    expect(ways.get_by_role("img", name="The link as a code for a phone's camera")).to_be_visible()
    mail = ways.get_by_role("link", name="By mail").get_attribute("href") or ""
    assert mail.startswith("mailto:?subject=")
    assert link.rpartition("/")[2] in mail
    ways.get_by_role("button", name="Close").click()

    # A guest leaves at once; the host chooses.
    nina.leaves()
    mara.press("Leave")
    menu = mara.page.get_by_role("menu", name="Leave")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    menu.get_by_role("menuitem", name="End for all").click()
    for person in (mara, joel):
        reads(person, "The call was ended for all")


def test_who_owns_a_room_goes_in_before_it_opens(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    mara.open(server.url)
    new = {"userName": "mara", "name": "Mara", "password": "a long walk by the river"}
    assert mara.page.request.post(f"{server.url}/api/v1/accounts", data=new).ok
    settings = {"opensAt": time.time() + 3600, "lobby": True, "passcode": PASSCODE, "name": "Lesson"}
    made = mara.page.request.post(f"{server.url}/api/v1/rooms", data={"id": "early", "settings": settings})
    assert made.ok
    link = f"{server.url}/r/early"

    # Everybody is told when it opens; its owner, that they need not wait, and is asked for nothing.
    joel.open(link)
    reads(joel, "Stay here, and this page tells you. Those who look after the room can go in before.")
    expect(joel.page.get_by_label("Passcode of the room")).to_be_visible()
    mara.open(link)
    reads(mara, "You look after this room and can go in now.")
    expect(mara.page.get_by_label("Passcode of the room")).to_be_hidden()
    mara.joins()
    at_the_door(joel, link, "Ask to join")
    expect(joel.control("Leave")).to_be_hidden()

    # An account that is disabled is out, and is told so.
    server.command("user", "disable", "mara")
    reads(mara, "Your account may not be used any more")


def makes_the_choir(person: Person, home: str) -> None:
    person.open(home)
    person.press("With a name, passcode or lobby")
    person.page.get_by_label("Name of the room").fill("Choir")
    person.page.get_by_label("Link", exact=True).fill("choir")
    person.press("Make the room")


def test_the_browser_keeps_the_key_of_a_room_that_is_deleted(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara", **WIDE), invite("Joel")
    makes_the_choir(mara, server.url)
    # The home page has a button Join as well: the room is there, and its key kept, when its lobby is.
    expect(mara.page).to_have_url(f"{server.url}/r/choir")
    mara.open(f"{server.url}/rooms")
    mara.press("Settings: Choir")
    mara.press("Delete the room")
    mara.press("Delete it")
    reads(mara, "Choir is deleted")

    # The link is for whoever has the key, and for nobody else.
    makes_the_choir(joel, server.url)
    reads(joel, "This link is taken")
    # The browser notes that the page was told so.
    joel.problems.clear()
    mara.open(f"{server.url}/rooms")
    expect(mara.page.get_by_text("No rooms yet")).to_be_visible()
    makes_the_choir(mara, server.url)
    mara.joins()
    expect(people(mara).get_by_text("You, Host")).to_be_visible()
    mara.leaves()
    mara.open(f"{server.url}/rooms")
    expect(mara.page.get_by_role("heading", name="Choir")).to_be_visible()
