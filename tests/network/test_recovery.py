"""What breaks in a call comes back by itself: measured from the frames that are painted, in calls of two and
of three, directly and through TURN.
"""

import os
import signal
import time
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.network.conftest import IS_SOAK, LiveCall, Measured, Plan
from tests.network.faults import is_as_before, let_pass, turn_pids
from tests.support.frames import Picture, pictures

UNBROKEN = 0.5
"""Seconds without a frame that nobody takes for a break."""

TWO, THREE = ("Mara", "Joel"), ("Mara", "Joel", "Ines")
SLEEP = 60 if IS_SOAK else 10
"""Seconds: past the grace; within it."""

# For each run two of the four: each number of people, and each way.
RELAYED = [Plan(TWO, relayed=True), Plan(THREE, relayed=True)] if IS_SOAK else [Plan(TWO, relayed=True)]
PLANS = [*RELAYED, Plan(TWO), Plan(THREE)] if IS_SOAK else [*RELAYED, Plan(THREE)]

every_call = pytest.mark.parametrize("standing", PLANS, ids=str, indirect=True, scope="module")
relayed_calls = pytest.mark.parametrize("standing", RELAYED, ids=str, indirect=True, scope="module")


@pytest.fixture
def seen(call: LiveCall) -> list[Picture]:
    """All pictures of the call."""
    return pictures(*call.people.values())


@every_call
def test_the_server_is_killed_and_back_after_five_seconds(
    call: LiveCall, seen: list[Picture], measured: Measured
) -> None:
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
    if len(call.people) == 2:
        call.add("Ines")
        call.everyone_sees_everyone()
        call.remove("Ines")


@relayed_calls
def test_the_server_is_stopped_in_order_and_started_again(
    call: LiveCall, seen: list[Picture], measured: Measured
) -> None:
    """As for an update. The relay goes on meanwhile."""
    gone, relay = time.time(), turn_pids(call.lab)
    call.server.stop()
    let_pass(3)
    call.server.start()
    for person in call.people.values():
        expect(person.page.get_by_text("Reconnecting")).to_have_count(0, timeout=10_000)
    for picture in seen:
        measured(f"server stopped for 3 s: longest gap of {picture}", picture.longest_gap(gone), UNBROKEN)
    is_as_before(call)
    assert turn_pids(call.lab) == relay


@every_call
def test_the_network_of_one_is_gone(call: LiveCall, seen: list[Picture], measured: Measured) -> None:
    gone = time.time()
    call.machines["Mara"].down()
    for other in call.others("Mara"):
        expect(other.tile("Mara").get_by_text("Reconnecting")).to_be_visible(timeout=5_000)
    let_pass(8 - (time.time() - gone))
    call.machines["Mara"].up()
    comes_back("network gone for 8 s", seen, "Mara", (gone, time.time()), measured, 2)
    is_as_before(call)


@every_call
def test_a_line_is_dead_and_nobody_is_told(call: LiveCall, seen: list[Picture], measured: Measured) -> None:
    line = call.machines["Mara"].uplink.router
    gone = time.time()
    line.block()
    for one, other in (("Mara", "Joel"), ("Joel", "Mara")):
        expect(call.people[one].tile(other).get_by_text("Reconnecting")).to_be_visible(timeout=5_000)
    let_pass(8 - (time.time() - gone))
    line.unblock()
    comes_back("line dead for 8 s", seen, "Mara", (gone, time.time()), measured, 2)
    is_as_before(call)


@every_call
def test_one_changes_the_network(call: LiveCall, seen: list[Picture], measured: Measured) -> None:
    gone = time.time()
    call.move("Mara")
    comes_back("another interface", seen, "Mara", (gone, time.time()), measured, 3)
    is_as_before(call)


@every_call
def test_a_router_gets_another_address(call: LiveCall, seen: list[Picture], measured: Measured) -> None:
    gone = time.time()
    call.machines["Mara"].uplink.router.renumber()
    comes_back("another NAT mapping", seen, "Mara", (gone, time.time()), measured, 3)
    is_as_before(call)


@every_call
def test_a_laptop_is_asleep(call: LiveCall, seen: list[Picture], measured: Measured) -> None:
    machine, gone = call.machines["Mara"], time.time()
    machine.sleep()
    let_pass(SLEEP)
    machine.wake()
    comes_back(f"asleep for {SLEEP} s", seen, "Mara", (gone, time.time()), measured, 5)
    is_as_before(call)


@relayed_calls
def test_the_relay_is_killed(call: LiveCall, seen: list[Picture], measured: Measured) -> None:
    """Nobody is another participant for it, and all is well again by another relayed address."""
    gone = time.time()
    (pid,) = turn_pids(call.lab)
    os.kill(pid, signal.SIGKILL)
    let_pass(0.5)
    for picture in seen:
        measured(f"relay killed: {picture} is back", picture.back_after(gone + 0.5) + 0.5, 4)
    is_as_before(call)
    for person in call.people.values():
        person.receives()


@every_call
def test_a_call_holds_where_packets_are_lost(call: LiveCall) -> None:
    """Each way. Nothing is taken for a break, and sound and pictures go on."""
    marks = [watch_for(person.page, "Reconnecting") for person in call.people.values()]
    for percent in (5, 10):
        call.lab.set_conditions(delay_ms=25, loss_percent=percent)
        let_pass(4)
        for person in call.people.values():
            person.receives()
        assert not any(mark() for mark in marks), f"{percent} % of the packets lost"
    call.lab.set_conditions(delay_ms=25)


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
    for picture in all_pictures:
        if name in {picture.of, picture.seen_by.name}:
            measured(f"{what}: {picture} is back", picture.back_after(there), limit)
        else:
            measured(f"{what}: longest gap of {picture}", picture.longest_gap(gone), UNBROKEN)


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
