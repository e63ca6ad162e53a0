"""Calls as people have them: real browsers, fake cameras, the server as it is installed."""

import re
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess


def test_two_see_and_hear_each_other(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.sees("Mara")
    mara.receives()
    joel.receives()


def test_three_see_and_hear_each_other(invite: Invite, server: ServerProcess) -> None:
    people = [invite(name) for name in ("Mara", "Joel", "Ines")]
    link = people[0].starts_a_room(server.url)
    for person in people:
        person.joins(link)
    for person in people:
        person.sees(*(other.name for other in people if other is not person))
        person.receives()


def test_mute_and_camera_are_seen_by_the_others(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")

    joel.press("Mute")
    expect(mara.tile("Joel").get_by_label("Muted")).to_be_visible()
    joel.press("Unmute")
    expect(mara.tile("Joel").get_by_label("Muted")).to_have_count(0)

    joel.press("Stop video")
    eventually("a face is in place of the picture", lambda: not mara.shows_picture("Joel"))
    eventually("no frame comes any more", lambda: mara.decoded_within(500) == 0, within=10)
    joel.press("Start video")
    eventually("the picture is back", lambda: mara.shows_picture("Joel"))
    before = mara.frames("Joel")
    eventually("frames come again", lambda: mara.frames("Joel") > before + 5)
    mara.receives()


def test_a_link_whose_keys_are_lost_is_made_anew(invite: Invite, server: ServerProcess) -> None:
    """As Firefox loses them, on either side. No ICE restart would bring it back."""
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    for person in (mara, joel):
        person.receives()
    for person, other in ((mara, joel), (joel, mara)):
        made = len(person.page.evaluate("() => window.testLinks.map(String)"))
        person.page.evaluate(
            """() => {
              const link = window.testLinks.findLast((link) => link.connectionState === 'connected');
              const { transport } = link.getSenders()[0];
              Object.defineProperty(transport, 'state', { value: 'failed' });
              transport.dispatchEvent(new Event('statechange'));
            }"""
        )
        for each in (person, other):
            eventually(f"{each.name} has another link", partial(_has_only_its_last_link, each), within=10)
            each.receives()
        assert len(person.page.evaluate("() => window.testLinks.map(String)")) == made + 1


def _has_only_its_last_link(person: Person) -> bool:
    states = person.page.evaluate("() => window.testLinks.map((link) => link.connectionState)")
    return bool(states[-2:] == ["closed", "connected"])


@pytest.mark.parametrize("times", [2])
def test_leave_and_rejoin(invite: Invite, server: ServerProcess, times: int) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    for _ in range(times):
        mara.sees("Joel")
        joel.leaves()
        mara.sees()
        joel.press("Go back in")
        joel.sees("Mara")
        mara.sees("Joel")
        mara.receives()
        joel.receives()


@pytest.mark.alone
def test_a_closed_tab_is_gone_within_a_second(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.page.close(run_before_unload=True)
    expect(mara.page.get_by_role("figure")).to_have_count(0, timeout=1000)


def test_a_full_room_says_so_and_lets_in_when_someone_leaves(invite: Invite, server: ServerProcess) -> None:
    mara, joel, ines = invite("Mara"), invite("Joel"), invite("Ines")
    made = mara.page.request.post(f"{server.url}/api/v1/rooms", data={"capacity": 2})
    link = f"{server.url}/r/{made.json()['id']}"
    mara.joins(link)
    joel.joins(link)
    with ines.page.expect_websocket() as signaling:
        ines.open(link)
    ines.page.get_by_label("Your name").fill("Ines")
    # The page may have seen that it is full before the server says so to one who tries.
    with signaling.value.expect_event("framereceived", lambda frame: "room_full" in str(frame)):
        ines.press("Join")
    expect(ines.page.get_by_text(re.compile("full"))).to_be_visible()
    joel.leaves()
    ines.press("Join")
    ines.sees("Mara")


def test_a_missing_room_says_so_with_a_way_out(invite: Invite, server: ServerProcess) -> None:
    mara = invite("Mara")
    mara.open(f"{server.url}/r/nobody-here")
    expect(mara.control("Start a room")).to_be_visible()
    mara.problems.clear()  # the browser notes the 404 in its console
