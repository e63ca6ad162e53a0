"""From the press on Join into the call, where the answer is late, or a no."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person
from tests.support.server_process import ServerProcess

# How long after the press the call is on the screen, in ms.
_TIME = """
() => {
  const stage = document.querySelector('[data-arrangement]');
  addEventListener('submit', () => {
    const pressed = performance.now();
    const look = () => {
      if (stage.checkVisibility()) window.shownAfter = performance.now() - pressed;
      else requestAnimationFrame(look);
    };
    look();
  });
}
"""


def at_the_door(person: Person, link: str) -> None:
    person.open(link)
    person.types(person.page.get_by_label("Your name"), person.name)
    expect(person.page.get_by_text("Mara is inside")).to_be_visible()


def test_the_call_is_there_at_once_and_the_lobby_again_where_one_has_to_wait(
    invite: Invite, server: ServerProcess
) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    at_the_door(joel, link)
    expect(joel.page.locator("[data-arrangement]")).to_be_attached()
    joel.page.evaluate(_TIME)
    server.hold()
    joel.press("Join")
    expect(joel.control("Join")).to_have_attribute("aria-busy", "true")
    assert joel.page.evaluate("window.shownAfter") < 1000
    expect(joel.page.get_by_label("Your name")).to_have_value("Joel")
    server.go_on()
    joel.sees("Mara")
    expect(joel.control("Leave")).to_be_visible()
    mara.sees("Joel")


def test_one_who_is_refused_is_in_the_lobby_again_and_is_told_why(
    invite: Invite, server: ServerProcess
) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    at_the_door(joel, link)
    # What Joel knows of the room is old.
    address = f"{server.url}/api/v1/rooms/{link.rpartition('/')[2]}"
    known = joel.page.request.get(address).json()
    joel.page.route(re.compile("/api/v1/rooms/"), lambda route: route.fulfill(json=known))
    mara.press("More")
    mara.page.get_by_role("menuitem", name="Room settings").click()
    room = mara.page.get_by_role("complementary", name="Room settings")
    room.get_by_label("Lock the room").check()
    room.get_by_role("button", name="Save").click()
    expect(room.get_by_text("Saved. It holds at once.")).to_be_visible()
    joel.press("Join")
    expect(joel.page.get_by_text("This room is locked")).to_be_visible()
    expect(joel.page.get_by_label("Your name")).to_have_value("Joel")
    expect(joel.control("Join")).to_be_enabled()
