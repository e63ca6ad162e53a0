"""The server is killed in mid-call: pictures go on, and everybody is still there when it is back."""

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.conftest import Invite
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

LONGEST_GAP = 1000
"""Milliseconds between two frames."""


@pytest.mark.alone
def test_nobody_notices_but_for_a_word(invite: Invite, server: ServerProcess) -> None:
    mara, joel, ines = invite("Mara"), invite("Joel"), invite("Ines")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.sees("Mara")
    mara.watches("Joel")
    joel.watches("Mara")

    server.kill()
    for person in (mara, joel):
        expect(person.page.get_by_text("Reconnecting")).to_be_visible()
    seen = mara.frames("Joel")
    eventually("pictures go on without a server", lambda: mara.frames("Joel") > seen + 150, within=15)
    for person in (mara, joel):
        expect(person.page.get_by_text("The server does not answer")).to_be_visible(timeout=10_000)

    server.start()
    for person in (mara, joel):
        expect(person.page.get_by_text("Reconnecting")).to_be_hidden(timeout=15_000)
    ines.joins(link)
    ines.sees("Mara", "Joel")
    mara.sees("Joel", "Ines")
    joel.sees("Mara", "Ines")
    assert mara.longest_gap("Joel") < LONGEST_GAP
    assert joel.longest_gap("Mara") < LONGEST_GAP
    for person in (mara, joel):
        person.problems.clear()  # the browser notes each failed connection in its console


LATE_PARTS = ("ChatPanel", "PeoplePanel", "InvitePanel", "RoomPanel", "DetailsPanel", "KeysDialog")
_LOADED = "() => performance.getEntriesByType('resource').map(({ name }) => name).join()"


def test_what_was_never_opened_opens_without_a_server(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara", viewport={"width": 1280, "height": 800}), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    eventually(
        "what one may ask for later is loaded",
        lambda: all(part in mara.page.evaluate(_LOADED) for part in LATE_PARTS),
        within=15,
    )

    server.kill()
    expect(mara.page.get_by_text("Reconnecting")).to_be_visible(timeout=15_000)
    mara.page.keyboard.press("?")
    expect(mara.page.get_by_role("dialog", name="Keys")).to_be_visible()
    mara.page.keyboard.press("Escape")
    mara.press("Chat")
    expect(mara.page.get_by_role("log", name="Chat")).to_be_visible()
    mara.press("People")
    mara.press("More ways to invite")
    expect(mara.page.get_by_role("complementary", name="Invite")).to_be_visible()
    mara.sees("Joel")
    for person in (mara, joel):
        person.problems.clear()  # the browser notes each failed connection in its console


def test_a_panel_that_is_late_moves_nothing_before_it_is_there(invite: Invite, server: ServerProcess) -> None:
    mara = invite("Mara")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    mara.page.route("**/ChatPanel*.js", hold)
    mara.starts_a_room(server.url)
    mara.joins()
    mara.press("Chat")
    expect(mara.control("One moment")).to_be_visible()
    expect(mara.page.locator("main[data-panel]")).to_have_count(0)
    eventually("it is asked for", lambda: held != [])
    for route in held:
        route.continue_()
    expect(mara.page.get_by_role("log", name="Chat")).to_be_visible()
    expect(mara.page.locator("main[data-panel]")).to_have_count(1)


def test_the_lobby_waits_for_the_server(invite: Invite, server: ServerProcess) -> None:
    mara = invite("Mara")
    link = mara.starts_a_room(server.url)
    server.kill()
    expect(mara.page.get_by_text("The server does not answer")).to_be_visible(timeout=15_000)
    server.start()
    expect(mara.page.get_by_text("The server does not answer")).to_be_hidden(timeout=15_000)
    mara.joins()
    assert mara.page.url == link
    mara.problems.clear()
