"""The server is killed in mid-call: pictures go on, and everybody is still there when it is back."""

from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

LONGEST_GAP = 1000
"""Milliseconds between two frames."""


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
