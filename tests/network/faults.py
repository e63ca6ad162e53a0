"""What the tests of faults share: to let one last, and to see that nothing is left of it."""

import time
from pathlib import Path

from playwright.sync_api import expect

from tests.network.conftest import LiveCall
from tests.support.eventually import eventually
from tests.support.lab import Lab


def let_pass(seconds: float) -> None:
    """For so long something is as it is: the length of a fault is a part of its test."""
    end = time.monotonic() + seconds
    eventually("the time is over", lambda: time.monotonic() >= end, within=seconds + 1)


def is_as_before(call: LiveCall) -> None:
    """The same participants: nobody has another id."""
    for person in call.people.values():
        expect(person.page.get_by_text("Reconnecting")).to_have_count(0, timeout=10_000)
        assert call.peers[person.name] <= call.ids, "somebody has another id"
    call.everyone_sees_everyone()


def turn_pids(lab: Lab) -> list[int]:
    """Of the coturns that run beside the server."""
    return [pid for pid in lab.server.pids() if Path(f"/proc/{pid}/comm").read_text().strip() == "turnserver"]
