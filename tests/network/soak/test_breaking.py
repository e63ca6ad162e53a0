"""Half an hour in which something breaks at every moment: links, lines, addresses, the server, the relay, and
the people's machines, one at a time and several at once. Nobody is ever thrown out, nothing stays broken, and
nothing is left over.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.network.conftest import LiveCall, Plan
from tests.network.faults import let_pass, turn_pids
from tests.support.frames import pictures
from tests.support.lab import Machine

SECONDS = 60 * float(os.environ.get("VISAVIS_TEST_MINUTES", "30"))
SEED = os.environ.get("VISAVIS_TEST_SEED") or str(random.randrange(1_000_000))  # noqa: S311 - no secret

BACK_WITHIN = 10.0
"""Seconds after which all pictures move again, once nothing is broken any more."""
MOST_GROWTH = 1.5
"""Of the memory of all processes of one machine, from the first minute to the end."""

_OPEN = """
() => window.testLinks.filter(({ connectionState }) => connectionState !== 'closed').length
"""


@dataclass(frozen=True)
class Fault:
    """Something that breaks, and how it is mended; None: it is over by itself."""

    name: str
    breaks: Callable[[], object]
    mends: Callable[[], object] | None = None


class Breaker:
    """Breaks things in a call."""

    def __init__(self, call: LiveCall, dice: random.Random) -> None:
        self._call = call
        self._dice = dice

    def choose(self) -> list[Fault]:
        """One fault, or one of each of several people and of the server."""
        everyone = self._dice.sample(sorted(self._call.machines), k=len(self._call.machines))
        for_people = [self._of_person(name) for name in everyone[: self._dice.choice((0, 1, 1, 2, 3))]]
        if for_people and self._dice.random() < 0.6:
            return for_people
        return [*for_people, self._dice.choice((self._server(), self._relay(), self._loss()))]

    def _of_person(self, name: str) -> Fault:
        machine = self._call.machines[name]
        router = machine.uplink.router
        return self._dice.choice(
            (
                Fault(f"{name}'s network is gone", machine.down, machine.up),
                Fault(f"{name}'s line is dead", router.block, router.unblock),
                Fault(f"{name}'s router is without its line", router.down, router.up),
                Fault(f"{name}'s router has another address", router.renumber),
                Fault(f"{name} goes to the other network", lambda: self._call.move(name)),
                Fault(f"{name} sleeps", machine.sleep, machine.wake),
            )
        )

    def _server(self) -> Fault:
        return Fault("the server is killed", self._call.server.kill, self._call.server.start)

    def _relay(self) -> Fault:
        def kill() -> None:
            for pid in turn_pids(self._call.lab):
                os.kill(pid, signal.SIGKILL)

        return Fault("the relay is killed", kill)

    def _loss(self) -> Fault:
        lab = self._call.lab
        return Fault(
            "30 % of all packets are lost",
            lambda: lab.set_conditions(delay_ms=25, loss_percent=30),
            lambda: lab.set_conditions(delay_ms=25),
        )


@pytest.mark.timeout(SECONDS + 120)
@pytest.mark.parametrize(
    "standing", [Plan(("Mara", "Joel", "Ines"), relayed=True)], ids=str, indirect=True, scope="module"
)
def test_whatever_breaks_the_call_goes_on(call: LiveCall) -> None:
    dice = random.Random(SEED)  # noqa: S311
    breaker = Breaker(call, dice)
    seen = pictures(*call.people.values())
    print(f"\nVISAVIS_TEST_SEED={SEED}")  # noqa: T201
    began = time.monotonic()
    first: dict[str, float] = {}
    while time.monotonic() < began + SECONDS:
        faults, lasting = breaker.choose(), dice.choice((0.3, 1, 3, 6, 12, 25))
        print(f"{'; '.join(fault.name for fault in faults)}, for {lasting} s", end="", flush=True)  # noqa: T201
        for fault in faults:
            fault.breaks()
        let_pass(lasting)
        for fault in dice.sample(faults, k=len(faults)):
            if fault.mends is not None:
                fault.mends()
        mended = time.time()
        back = max(picture.back_after(mended, within=BACK_WITHIN) for picture in seen)
        is_whole(call)
        print(f": back after {back:.1f} s")  # noqa: T201
        forget_frames(call)
        if not first and time.monotonic() > began + 60:
            first = {name: memory_of(machine) for name, machine in call.machines.items()}
    for name, machine in call.machines.items():
        now = memory_of(machine)
        print(f"memory of {name}'s machine: {first.get(name, now):.0f} MB, then {now:.0f} MB")  # noqa: T201
        assert now < MOST_GROWTH * first.get(name, now), f"{name}'s browser grows"


def is_whole(call: LiveCall) -> None:
    """Everybody is in the call, with as many connections as there are others, and nobody is another one."""
    for person in call.people.values():
        expect(person.control("Leave")).to_be_visible()
        expect(person.page.get_by_text("Reconnecting")).to_have_count(0, timeout=10_000)
        expect(person.page.get_by_role("figure")).to_have_count(len(call.people) - 1)
        assert person.page.evaluate(_OPEN) == len(call.people) - 1, f"{person.name}'s connections"
        assert call.peers[person.name] <= call.ids, "somebody has another id"


def forget_frames(call: LiveCall) -> None:
    """The log of what was painted must not be taken for a leak."""
    for person in call.people.values():
        person.page.evaluate(
            "for (const name of Object.keys(window.paintedFrames)) window.paintedFrames[name] = []"
        )


def memory_of(machine: Machine) -> float:
    """MB that the processes of a machine have for themselves (proc(5), smaps_rollup)."""
    total = 0
    for pid in machine.pids():
        try:
            with open(f"/proc/{pid}/smaps_rollup") as lines:  # noqa: PTH123
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
    return total / 1024
