"""What the tests of faults share: to let one last, and to see that nothing is left of it."""

import re
import time
from contextlib import suppress
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
    """Of the coturns that run beside the server, but for those that are dead already."""
    return [pid for pid in lab.server.pids() if _name(pid) == "turnserver"]


def _name(pid: int) -> str:
    with suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text()
        name, state = re.findall(r"\((.*)\) (\w)", stat)[0]
        return str(name) if state != "Z" else ""
    return ""
