"""What a process and the machine used, from the kernel's own accounts. Linux only.

The CPU time of a process is that of all its threads, those that have ended too. Its total is the
process's CPU clock (clock_getcpuclockid(3)), exact to the nanosecond; /proc/PID/stat, exact to a tick of
10 ms, tells the user's part and the kernel's part apart.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cores:
    """Where the two sides run. The same core for both where the machine has one only."""

    server: int
    generator: int

    @property
    def apart(self) -> bool:
        return self.server != self.generator


def choose_cores() -> Cores:
    """The last of the cores that are ours for the server, the first for the generator."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(server=allowed[-1], generator=allowed[0])


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds of a process since its start."""

    total: float
    user: float
    kernel: float


def usage_of(pid: int) -> Usage:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    fields = stat.rpartition(")")[2].split()
    clock = (~pid << 3) | 2  # as clock_getcpuclockid(3) makes it: the scheduler's clock of a whole process
    return Usage(time.clock_gettime(clock), int(fields[11]) / _TICKS, int(fields[12]) / _TICKS)


def children_of(pid: int) -> list[int]:
    """Processes that this one started: their work would not be in its account."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text(encoding="utf-8").split()]


def resident_memory(pid: int) -> int:
    """Bytes in memory, exact: what /proc/PID/status says may lag by some pages for each core."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) * 1024
    raise ValueError("the kernel does not say the resident memory")


def _busy_seconds() -> Mapping[int, float]:
    """For each core, the seconds since boot in which it was not idle, or was taken by the host."""
    found = {}
    for line in Path("/proc/stat").read_text(encoding="utf-8").splitlines():
        name, *values = line.split()
        if name.startswith("cpu") and name != "cpu":
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, values[:8])
            found[int(name[3:])] = (user + nice + system + irq + softirq + steal) / _TICKS
    return found


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time. The shares are parts of one core: 1.0 is a core that was never idle.

    ``seconds`` of wall time; ``server_cpu`` in seconds; ``kernel``: the part of it that the kernel had.
    ``others_...``: what other processes, interrupts and the host took of the two cores.
    """

    seconds: float
    server_cpu: float
    kernel: float
    server_load: float
    generator_load: float
    others_on_server_core: float
    others_on_generator_core: float


class Meter:
    """Measures from its making to :meth:`stop`."""

    def __init__(self, pid: int, cores: Cores) -> None:
        self._pid = pid
        self._cores = cores
        self._busy = _busy_seconds()
        self._own = time.process_time()
        self._server = usage_of(pid)
        self._start = time.monotonic()

    def stop(self) -> Window:
        server, seconds = usage_of(self._pid), time.monotonic() - self._start
        own = time.process_time() - self._own
        busy = _busy_seconds()
        used = server.total - self._server.total
        user, kernel = server.user - self._server.user, server.kernel - self._server.kernel

        def others(core: int, ours: float) -> float:
            return max(0.0, (busy[core] - self._busy[core] - ours) / seconds)

        both = 0.0 if self._cores.apart else used + own
        return Window(
            seconds=seconds,
            server_cpu=used,
            kernel=kernel / (user + kernel) if user + kernel else 0.0,
            server_load=used / seconds,
            generator_load=own / seconds,
            others_on_server_core=others(self._cores.server, both or used),
            others_on_generator_core=others(self._cores.generator, both or own),
        )
