"""Measure what signaling costs, against the reference server: `make bench-signaling`.

    python -m bench.signaling [--rounds 3] [--only NAME ...] [--quick] [--out FOLDER]

Writes result.json and TABLE.md. Ends by itself in less than eight minutes; see --limit.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.signaling import loop, runs
from bench.signaling.accounting import Cores, choose_cores
from bench.signaling.candidates import Candidate, read_candidates
from bench.signaling.machine import describe
from bench.signaling.peer import ServerAtFault
from bench.signaling.report import make_result, make_table
from bench.signaling.runs import Plan, Run

HERE = Path(__file__).parent
_OTHER_FILES = 500
"""Files that a server or the generator may have open besides the idle connections."""


class Session:
    """All runs of all candidates, in turn, within a limit in seconds."""

    def __init__(self, candidates: Sequence[Candidate], plan: Plan, cores: Cores, limit: float) -> None:
        self.runs: list[Run] = []
        self.doubts: list[str] = []
        self._candidates = candidates
        self._plan = plan
        self._cores = cores
        self._ends = time.monotonic() + limit

    async def measure(self, rounds: int, memory_rounds: int) -> None:
        """Runs that the limit cuts off are not kept.

        Raises:
            ServerAtFault: a candidate cannot be measured, and so nothing can.
        """
        try:
            async with asyncio.timeout(self._ends - time.monotonic()):
                await self._rounds(rounds, memory_rounds)
        except TimeoutError:
            self._stopped_early()
        if not self.runs:
            raise ServerAtFault("The limit in time was over before anything was measured.")

    async def _rounds(self, rounds: int, memory_rounds: int) -> None:
        longest = 0.0
        for number in range(1, rounds + 1):
            start = time.monotonic()
            if start + longest > self._ends:
                self._stopped_early()
                return
            for candidate in self._candidates:
                await self._measure(candidate, number, memory=number <= memory_rounds)
            longest = max(longest, time.monotonic() - start)

    def _stopped_early(self) -> None:
        self.doubts.append("The limit in time came before the last round.")

    async def _measure(self, candidate: Candidate, number: int, *, memory: bool) -> None:
        start = time.monotonic()
        try:
            run = await runs.measure_work(candidate, number, self._plan, self._cores)
            if memory:
                more = await runs.measure_memory(candidate, number, self._plan, self._cores)
                run.figures |= more.figures
                run.windows |= more.windows
        except ServerAtFault as fault:
            raise ServerAtFault(f"{candidate.name}: {fault}") from None
        self.runs.append(run)
        figures = ", ".join(f"{key} {value:.6g}" for key, value in run.figures.items())
        _say(f"round {number}, {candidate.name}, {time.monotonic() - start:.0f} s: {figures}")


def main() -> int:
    options = _options()
    cores = choose_cores()
    os.sched_setaffinity(0, {cores.generator})
    plan = _fit(runs.QUICK if options.quick else Plan())
    candidates = read_candidates(options.candidates)
    if options.only:
        candidates = [c for c in candidates if c.name in options.only]
    if not candidates:
        _say("No candidate has such a name.")
        return 2
    surroundings = describe(cores)
    session = Session(candidates, plan, cores, options.limit)
    try:
        loop.run(session.measure(options.rounds, options.memory_rounds))
    except ServerAtFault as fault:
        _say(f"Nothing was written. {fault}")
        return 1
    doubts = [*session.doubts, *([] if cores.apart else ["Server and generator shared one core."])]
    result = make_result(session.runs, [c.name for c in candidates], plan, surroundings, doubts)
    table = make_table(result)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (options.out / "TABLE.md").write_text(table, encoding="utf-8")
    _say(table)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.signaling", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often each candidate has its turn")
    parser.add_argument("--memory-rounds", type=int, default=2, help="in how many of them memory is measured")
    parser.add_argument("--only", action="append", metavar="NAME", help="this candidate; may be repeated")
    parser.add_argument("--candidates", type=Path, default=HERE / "candidates.toml", help="who takes part")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder for result.json and TABLE.md")
    parser.add_argument("--quick", action="store_true", help="too little for figures: does it work?")
    parser.add_argument("--limit", type=float, default=470, help="seconds; it stops by then")
    return parser.parse_args()


def _fit(plan: Plan) -> Plan:
    """As many files as the system lets us have, and no more connections than that."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most == resource.RLIM_INFINITY or most >= plan.idle + _OTHER_FILES:
        return plan
    _say(f"Only {most} files may be open (ulimit -n): fewer idle connections are measured.")
    return replace(plan, idle=most - _OTHER_FILES)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
