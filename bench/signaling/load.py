"""The load: the same for every candidate, at a pace that the server does not set.

Work starts when its time has come and not when other work is done, so a slow server gets no less of it.
What is sent does not depend on the answers, save for their order.
"""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bench.signaling.frames import Script, script
from bench.signaling.peer import ACK, Peer, ServerAtFault

CANDIDATES = 12
"""ICE candidates that each side of a call sends."""

CANDIDATE_GAP = 0.001
"""Seconds between two of them at the least: a browser sends each as it is found, not all at once."""

_TICK = 0.001
"""Seconds. How fine the generator's clock is."""

_LAST_WITHIN = 20.0
"""Seconds from the last message that was sent to the last that is heard."""


@dataclass(slots=True)
class Delays:
    """Of relayed messages, in seconds: ``relay`` from a send to the hearing at the other end.

    ``late``: of the sends themselves, against the plan. Not the server's doing, and not in ``relay``.
    """

    relay: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)


@asynccontextmanager
async def within(what: str, seconds: float) -> AsyncIterator[None]:
    """Bounds a stretch of the load.

    Raises:
        ServerAtFault: it took longer.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ServerAtFault(f"not done within {seconds:.0f} s: {what}") from None
    except ExceptionGroup as group:
        raise ServerAtFault(f"{what}: {group.exceptions[0]}") from group


async def paced(works: Sequence[Callable[[], Coroutine[object, object, None]]], per_second: float) -> None:
    """Start each work at its time, and wait until all are done."""
    start = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number, work in enumerate(works):
            await asyncio.sleep(max(0.0, start + number / per_second - time.monotonic()))
            group.create_task(work())


async def place_calls(port: int, names: Sequence[str], per_second: float) -> None:
    """Complete call set-ups, one for each room name."""
    scripts = [script(name) for name in names]
    await paced([partial(_place_call, port, call) for call in scripts], per_second)


async def _place_call(port: int, call: Script) -> None:
    caller = await Peer.connect(port)
    caller.send(call.create)
    await caller.until(ACK)
    callee = await Peer.connect(port)
    callee.send(call.join)
    await callee.until(ACK)
    await caller.until("userJoined")
    caller.send(call.offer)
    async with asyncio.TaskGroup() as group:
        group.create_task(_trickle(caller, call))
        await callee.until("offer")
        callee.send(call.answer)
        group.create_task(_trickle(callee, call))
        await caller.until("answer")
    await caller.until("iceCandidate", CANDIDATES)
    await callee.until("iceCandidate", CANDIDATES)
    caller.send(call.leave)
    await caller.until(ACK, 2)
    await callee.until("userLeft")
    callee.send(call.leave)
    await callee.until(ACK, 2)
    await asyncio.gather(caller.close(), callee.close())


async def _trickle(peer: Peer, call: Script) -> None:
    for _ in range(CANDIDATES):
        peer.send(call.candidate)
        await asyncio.sleep(CANDIDATE_GAP)


@dataclass(slots=True)
class Pair:
    """A room of two."""

    script: Script
    first: Peer
    second: Peer | None = None

    @property
    def peers(self) -> list[Peer]:
        return [self.first] if self.second is None else [self.first, self.second]


async def open_rooms(port: int, names: Sequence[str], per_second: float) -> list[Pair]:
    """Rooms with one in each."""
    pairs: list[Pair] = []

    async def open_room(name: str) -> None:
        call = script(name)
        peer = await Peer.connect(port)
        peer.send(call.create)
        await peer.until(ACK)
        pairs.append(Pair(call, peer))

    await paced([partial(open_room, name) for name in names], per_second)
    return pairs


async def join_rooms(port: int, pairs: Sequence[Pair], per_second: float) -> None:
    """A second one connects and joins, in each."""

    async def join(pair: Pair) -> None:
        peer = await Peer.connect(port)
        peer.send(pair.script.join)
        await peer.until(ACK)
        await pair.first.until("userJoined")
        pair.second = peer

    await paced([partial(join, pair) for pair in pairs], per_second)


async def close_all(pairs: Sequence[Pair]) -> None:
    await asyncio.gather(*(peer.close() for pair in pairs for peer in pair.peers))


async def relay(pairs: Sequence[Pair], count: int, per_second: float) -> Delays:
    """Send candidates, in turn from each of the two of each pair, until all were heard.

    Raises:
        ServerAtFault: some were not.
    """
    delays = Delays()
    all_heard = asyncio.Event()

    def heed(sent: deque[float], event: str) -> None:
        if event == "iceCandidate":
            # The order of a connection is kept, so the first that was sent is the first to come.
            delays.relay.append(time.perf_counter() - sent.popleft())
            if len(delays.relay) == count:
                all_heard.set()

    routes: list[tuple[Peer, bytes, deque[float]]] = []
    for pair in pairs:
        first, second = pair.peers
        for sender, receiver in ((first, second), (second, first)):
            sent: deque[float] = deque()
            receiver.heed = partial(heed, sent)
            routes.append((sender, pair.script.candidate, sent))
    turns = itertools.cycle(routes)
    start = time.perf_counter()
    done = 0
    while done < count:
        due = min(count, int((time.perf_counter() - start) * per_second) + 1)
        for number in range(done, due):
            sender, frame, sent = next(turns)
            now = time.perf_counter()
            sent.append(now)
            sender.send(frame)
            delays.late.append(now - start - number / per_second)
        done = due
        await asyncio.sleep(_TICK)
    try:
        async with asyncio.timeout(_LAST_WITHIN):
            await all_heard.wait()
    except TimeoutError:
        for sender, *_ in routes:
            sender.check()
        raise ServerAtFault(f"{len(delays.relay)} of {count} relayed messages came") from None
    return delays


async def relay_at_once(pairs: Sequence[Pair], each: int) -> None:
    """From every peer of every pair, candidates as fast as they get through: the next one when the last
    was heard, so that there is always one under way from each. ``each``: how many.

    Raises:
        ServerAtFault: a connection ended.
    """

    async def push(sender: Peer, receiver: Peer, frame: bytes) -> None:
        left = each
        done = asyncio.Event()

        def heed(event: str) -> None:
            nonlocal left
            if event == "iceCandidate":
                left -= 1
                if left:
                    sender.send(frame)
                else:
                    done.set()

        receiver.heed = heed
        sender.send(frame)
        await done.wait()

    async with asyncio.TaskGroup() as group:
        for pair in pairs:
            first, second = pair.peers
            group.create_task(push(first, second, pair.script.candidate))
            group.create_task(push(second, first, pair.script.candidate))


async def connect_idle(port: int, count: int, at_once: int) -> list[Peer]:
    """Connections that are in no room. ``at_once``: how many handshakes are under way at a time."""
    peers: list[Peer] = []
    numbers = iter(range(count))

    async def connect_some() -> None:
        for _ in numbers:
            peers.append(await Peer.connect(port))  # noqa: PERF401 - shared by those at once

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(connect_some())
    return peers
