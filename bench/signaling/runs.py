"""One candidate, once: a fresh server, warmed up, and the figures of it."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench.signaling import load
from bench.signaling.accounting import Cores, Meter, Window, resident_memory
from bench.signaling.candidates import Candidate, Server, running
from bench.signaling.load import Delays, Pair, within


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of what. Rates are per second.

    ``senders`` is even and large enough that none sends more than 500 events in 10 s, which a server may
    refuse. ``calls``, ``joins``, ``messages`` and ``at_once`` (messages from each sender) are measured; the
    warm-up comes before them. ``settle`` and ``idle_settle`` are seconds; the latter is more than the 10 s
    between two pings.
    """

    calls: int = 300
    calls_rate: float = 50
    joins: int = 400
    joins_rate: float = 100
    opens_rate: float = 200
    messages: int = 12_000
    messages_rate: float = 2_000
    senders: int = 80
    at_once: int = 300
    warm_up_calls: int = 150
    warm_up_messages: int = 4_000
    idle: int = 5_000
    idle_at_once: int = 32
    settle: float = 0.3
    idle_settle: float = 12.0

    def __post_init__(self) -> None:
        if self.senders % 2 or self.senders > 2 * self.joins:
            raise ValueError("the senders must be pairs, of those that join")
        if self.messages / self.senders + self.at_once > 490 or self.messages_rate / self.senders > 45:
            raise ValueError("a sender would send too much")


QUICK = Plan(
    calls=50,
    joins=60,
    messages=2_000,
    at_once=50,
    warm_up_calls=20,
    warm_up_messages=500,
    idle=500,
    idle_settle=1,
)
"""For a look at whether it works."""


@dataclass(slots=True)
class Run:
    """What came out. ``figures`` by key (see report.py), ``windows`` and ``delays`` to judge them by.

    Units: CPU in seconds each, memory in bytes each, delays in seconds.
    """

    candidate: str
    round: int
    figures: dict[str, float] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)


async def measure_work(candidate: Candidate, number: int, plan: Plan, cores: Cores) -> Run:
    """The CPU figures and the delays.

    Raises:
        ServerAtFault: it lost or refused something, or took too long.
    """
    run = Run(candidate.name, number)
    async with _fresh(candidate, cores) as server:
        await _warm_up(server, plan)
        await _calls(run, server, plan, cores)
        pairs = await _joins(run, server, plan, cores)
        kept = plan.senders // 2
        await load.close_all(pairs[kept:])
        await asyncio.sleep(plan.settle)
        await _relay(run, server, pairs[:kept], plan, cores)
        for pair in pairs[:kept]:
            for peer in pair.peers:
                peer.abort()
    return run


async def measure_memory(candidate: Candidate, number: int, plan: Plan, cores: Cores) -> Run:
    """Memory per idle connection: resident after, less before. A server of its own, so that no memory
    that other work has freed is used again; each connection was pinged once, because some servers make
    things only then. What the kernel holds for the sockets is not in it.

    Raises:
        ServerAtFault: as above.
    """
    run = Run(candidate.name, number)
    async with _fresh(candidate, cores) as server:
        async with within("the first connections", 20):
            warm = await load.connect_idle(server.port, 20, 4)
        await asyncio.sleep(plan.settle)
        before = resident_memory(server.pid)
        meter = Meter(server.pid, cores)
        async with within(f"{plan.idle} connections", 60):
            peers = await load.connect_idle(server.port, plan.idle, plan.idle_at_once)
        run.windows["idle_connects"] = meter.stop()
        await asyncio.sleep(plan.idle_settle)
        run.figures["idle_memory"] = (resident_memory(server.pid) - before) / plan.idle
        run.figures["connect_cpu"] = run.windows["idle_connects"].server_cpu / plan.idle
        for peer in peers + warm:
            await peer.until("connected")  # it would raise if the connection had ended meanwhile
            peer.abort()
    return run


@asynccontextmanager
async def _fresh(candidate: Candidate, cores: Cores) -> AsyncIterator[Server]:
    """A server that was just started. The generator does not collect garbage meanwhile."""
    gc.collect()
    gc.disable()
    try:
        async with running(candidate, cores) as server:
            yield server
    finally:
        gc.enable()


async def _warm_up(server: Server, plan: Plan) -> None:
    async with within("the warm-up", 40):
        await load.place_calls(server.port, _names("warm-call", plan.warm_up_calls), plan.calls_rate)
        pairs = await load.open_rooms(server.port, _names("warm-room", plan.senders // 2), plan.opens_rate)
        await load.join_rooms(server.port, pairs, plan.joins_rate)
        await load.relay(pairs, plan.warm_up_messages, plan.messages_rate)
        await load.close_all(pairs)
    await asyncio.sleep(plan.settle)


async def _calls(run: Run, server: Server, plan: Plan, cores: Cores) -> None:
    names = _names("call", plan.calls)
    meter = Meter(server.pid, cores)
    async with within(f"{plan.calls} calls", 30 + 3 * plan.calls / plan.calls_rate):
        await load.place_calls(server.port, names, plan.calls_rate)
    await asyncio.sleep(plan.settle)
    run.windows["calls"] = meter.stop()
    run.figures["call_cpu"] = run.windows["calls"].server_cpu / plan.calls


async def _joins(run: Run, server: Server, plan: Plan, cores: Cores) -> list[Pair]:
    limit = 30 + 3 * plan.joins / plan.joins_rate
    async with within(f"{plan.joins} rooms", limit):
        pairs = await load.open_rooms(server.port, _names("room", plan.joins), plan.opens_rate)
    await asyncio.sleep(plan.settle)
    meter = Meter(server.pid, cores)
    async with within(f"{plan.joins} joins", limit):
        await load.join_rooms(server.port, pairs, plan.joins_rate)
    await asyncio.sleep(plan.settle)
    run.windows["joins"] = meter.stop()
    run.figures["join_cpu"] = run.windows["joins"].server_cpu / plan.joins
    return pairs


async def _relay(run: Run, server: Server, pairs: list[Pair], plan: Plan, cores: Cores) -> None:
    meter = Meter(server.pid, cores)
    async with within(f"{plan.messages} relayed messages", 40 + 2 * plan.messages / plan.messages_rate):
        delays = await load.relay(pairs, plan.messages, plan.messages_rate)
    run.windows["relay"] = meter.stop()
    run.figures["message_cpu"] = run.windows["relay"].server_cpu / plan.messages
    run.delays = _percentiles(delays)
    run.figures["relay_p99"] = run.delays["relay_p99"]
    await asyncio.sleep(plan.settle)
    meter = Meter(server.pid, cores)
    async with within(f"{plan.at_once} messages at once from each of {plan.senders}", 30):
        await load.relay_at_once(pairs, plan.at_once)
    run.windows["relay_at_once"] = meter.stop()
    run.figures["full_message_cpu"] = run.windows["relay_at_once"].server_cpu / plan.at_once / plan.senders


def _percentiles(delays: Delays) -> dict[str, float]:
    relay, late = sorted(delays.relay), sorted(delays.late)

    def at(values: list[float], share: float) -> float:
        return values[min(len(values) - 1, int(len(values) * share))]

    return {
        "relay_p50": at(relay, 0.5),
        "relay_p99": at(relay, 0.99),
        "relay_max": relay[-1],
        "sent_late_p50": at(late, 0.5),
        "sent_late_p99": at(late, 0.99),
    }


def _names(kind: str, count: int) -> list[str]:
    return [f"bench-{kind}-{number:05}" for number in range(count)]
