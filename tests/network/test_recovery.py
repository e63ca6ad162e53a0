"""What breaks in a call comes back by itself: measured from the frames that are painted."""

import os
import signal
import time
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.network.conftest import CallOf, LiveCall, Measured
from tests.support.eventually import eventually
from tests.support.frames import Picture, pictures

UNBROKEN = 0.5
"""Seconds without a frame that nobody takes for a break."""
SLEEP = float(os.environ.get("VISAVIS_TEST_SLEEP", "0"))
"""Seconds of each sleep; 0: as long as it takes for the case to be one."""


def let_pass(seconds: float) -> None:
    """For so long something is as it is: the length of a fault is a part of its test."""
    end = time.monotonic() + seconds
    eventually("the time is over", lambda: time.monotonic() >= end, within=seconds + 1)


def affected(all_pictures: list[Picture], name: str) -> list[Picture]:
    return [p for p in all_pictures if name in {p.of, p.seen_by.name}]


def unaffected(all_pictures: list[Picture], name: str) -> list[Picture]:
    return [p for p in all_pictures if name not in {p.of, p.seen_by.name}]


def comes_back(
    what: str,
    all_pictures: list[Picture],
    name: str,
    since: tuple[float, float],
    measured: Measured,
    limit: float,
) -> None:
    """All pictures from and to one person are back in time, and no other was ever away.

    Args:
        since: when it was gone, and when it was there again.
    """
    gone, there = since
    for picture in affected(all_pictures, name):
        measured(f"{what}: {picture} is back", picture.back_after(there), limit)
    for picture in unaffected(all_pictures, name):
        measured(f"{what}: longest gap of {picture}", picture.longest_gap(gone), UNBROKEN)


def is_as_before(call: LiveCall) -> None:
    """The same participants: nobody has another id."""
    for person in call.people.values():
        expect(person.page.get_by_text("Reconnecting")).to_have_count(0, timeout=10_000)
        assert len(call.peers[person.name]) == len(call.people) - 1
    call.everyone_sees_everyone()


def test_the_server_is_killed_and_back_after_five_seconds(call_of: CallOf, measured: Measured) -> None:
    call = call_of("Mara", "Joel")
    seen = pictures(*call.people.values())
    gone = time.time()
    call.server.kill()
    for person in call.people.values():
        expect(person.page.get_by_text("Reconnecting")).to_be_visible()
    let_pass(5)
    call.server.start()
    for person in call.people.values():
        expect(person.page.get_by_text("Reconnecting")).to_have_count(0, timeout=10_000)
    for picture in seen:
        measured(f"server killed for 5 s: longest gap of {picture}", picture.longest_gap(gone), UNBROKEN)
    is_as_before(call)
    call.add("Ines")
    call.everyone_sees_everyone()


def test_the_network_of_one_of_three_is_gone(call_of: CallOf, measured: Measured) -> None:
    call = call_of("Mara", "Joel", "Ines")
    seen = pictures(*call.people.values())
    gone = time.time()
    call.machines["Mara"].down()
    for other in call.others("Mara"):
        expect(other.tile("Mara").get_by_text("Reconnecting")).to_be_visible(timeout=5_000)
    let_pass(8 - (time.time() - gone))
    call.machines["Mara"].up()
    comes_back("network gone for 8 s", seen, "Mara", (gone, time.time()), measured, 2)
    is_as_before(call)


def test_a_line_is_dead_and_nobody_is_told(call_of: CallOf, measured: Measured) -> None:
    call = call_of("Mara", "Joel")
    seen = pictures(*call.people.values())
    line = call.machines["Mara"].uplink.router
    gone = time.time()
    line.block()
    for one, other in (("Mara", "Joel"), ("Joel", "Mara")):
        expect(call.people[one].tile(other).get_by_text("Reconnecting")).to_be_visible(timeout=5_000)
    let_pass(8 - (time.time() - gone))
    line.unblock()
    comes_back("line dead for 8 s", seen, "Mara", (gone, time.time()), measured, 2)
    is_as_before(call)


def test_one_of_three_changes_the_network(call_of: CallOf, measured: Measured) -> None:
    call = call_of("Mara", "Joel", "Ines")
    seen = pictures(*call.people.values())
    mobile = call.lab.router("mobile")
    gone = time.time()
    call.machines["Mara"].move_to(mobile)
    comes_back("another interface", seen, "Mara", (gone, time.time()), measured, 3)
    is_as_before(call)


def test_a_router_gets_another_address(call_of: CallOf, measured: Measured) -> None:
    call = call_of("Mara", "Joel")
    seen = pictures(*call.people.values())
    gone = time.time()
    call.machines["Mara"].uplink.router.renumber()
    comes_back("another NAT mapping", seen, "Mara", (gone, time.time()), measured, 3)
    is_as_before(call)


def test_relayed_links_come_back_too(call_of: CallOf, measured: Measured) -> None:
    """Every candidate is one of our own TURN server."""
    call = call_of("Mara", "Joel", turn="on", relay_only=True)
    seen = pictures(*call.people.values())
    gone = time.time()
    call.machines["Mara"].down()
    let_pass(8)
    call.machines["Mara"].up()
    comes_back("relayed, network gone for 8 s", seen, "Mara", (gone, time.time()), measured, 2)
    is_as_before(call)
    gone = time.time()
    call.machines["Mara"].move_to(call.lab.router("mobile"))
    comes_back("relayed, another interface", seen, "Mara", (gone, time.time()), measured, 3)
    is_as_before(call)


@pytest.mark.parametrize(("sleep", "grace"), [(10, 30), (25, 2)], ids=["within the grace", "past the grace"])
def test_a_laptop_is_asleep(call_of: CallOf, measured: Measured, sleep: float, grace: int) -> None:
    """The server finds out after 20 s, and gives the place up a grace later."""
    call = call_of("Mara", "Joel", resume_grace=grace)
    joel, machine = call.people["Joel"], call.machines["Mara"]
    seen = pictures(*call.people.values())
    gone = time.time()
    machine.down()
    machine.signal(signal.SIGSTOP)
    let_pass(SLEEP or sleep)
    expect(joel.page.get_by_role("figure")).to_have_count(1 if grace > sleep and not SLEEP else 0)
    machine.up()
    machine.signal(signal.SIGCONT)
    what = f"asleep for {SLEEP or sleep:g} s, grace {grace} s"
    comes_back(what, seen, "Mara", (gone, time.time()), measured, 5)
    is_as_before(call)


def test_a_closed_tab_is_gone_within_a_second(call_of: CallOf, measured: Measured) -> None:
    call = call_of("Mara", "Joel")
    closed = time.time()
    call.people["Joel"].page.close(run_before_unload=True)
    expect(call.people["Mara"].page.get_by_role("figure")).to_have_count(0, timeout=2_000)
    measured("tab closed: gone", time.time() - closed, 1)


def test_a_crashed_browser_is_marked_and_then_gone(call_of: CallOf) -> None:
    call = call_of("Mara", "Joel", resume_grace=3)
    mara = call.people["Mara"]
    pictures(*call.people.values())
    call.machines["Joel"].signal(signal.SIGKILL)
    expect(mara.tile("Joel").get_by_text("Reconnecting")).to_be_visible(timeout=3_000)
    expect(mara.page.get_by_role("figure")).to_have_count(0, timeout=6_000)


def test_who_goes_to_another_page_is_gone_and_comes_back_by_a_click(call_of: CallOf) -> None:
    call = call_of("Mara", "Joel")
    mara, joel = call.people["Mara"], call.people["Joel"]
    joel.page.goto("about:blank")
    expect(mara.page.get_by_role("figure")).to_have_count(0, timeout=1_000)
    joel.page.go_back()
    joel.page.get_by_role("button", name="Join", exact=True).or_(joel.control("Go back in")).click()
    call.everyone_sees_everyone()


def test_who_leaves_while_the_server_is_away_is_gone_at_once(call_of: CallOf, measured: Measured) -> None:
    call = call_of("Mara", "Joel")
    mara, joel = call.people["Mara"], call.people["Joel"]
    call.server.kill()
    for person in (mara, joel):
        expect(person.page.get_by_text("Reconnecting")).to_be_visible()
    left = time.time()
    joel.leaves()
    expect(mara.page.get_by_role("figure")).to_have_count(0, timeout=2_000)
    measured("left while the server is away: gone", time.time() - left, 1)
    call.server.start()
    expect(mara.page.get_by_text("Reconnecting")).to_have_count(0, timeout=10_000)
    expect(mara.page.get_by_role("figure")).to_have_count(0)
    joel.press("Go back in")
    call.everyone_sees_everyone()


def test_a_call_holds_where_packets_are_lost(call_of: CallOf) -> None:
    """Each way. Nothing is taken for a break, and sound and pictures go on."""
    call = call_of("Mara", "Joel")
    marks = [watch_for(person.page, "Reconnecting") for person in call.people.values()]
    for percent in (5, 10):
        call.lab.set_conditions(delay_ms=25, loss_percent=percent)
        let_pass(6)
        for person in call.people.values():
            person.receives()
        assert [mark() for mark in marks] == [0, 0], f"{percent} % of the packets lost"


def watch_for(page: Page, text: str) -> "partial[int]":
    """From now on count how often a text came up on a page; call the result for the count."""
    page.evaluate(
        """text => {
          window.cameUp = 0;
          let was = false;
          new MutationObserver(() => {
            const is = document.body.innerText.includes(text);
            if (is && !was) window.cameUp += 1;
            was = is;
          }).observe(document.body, { childList: true, subtree: true, characterData: true });
        }""",
        text,
    )
    return partial(page.evaluate, "window.cameUp")
