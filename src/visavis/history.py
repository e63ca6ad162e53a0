"""The history of calls on its way to the storage. It never holds up a call.

What happens is *noted*, which neither waits nor fails, and written behind it, in order. While the storage
is away what was noted waits, up to a bound; beyond it, what happens is dropped, and that is said. What
the storage knows of a call is so at worst too little, and never wrong for long: whenever the history has
caught up, and every half minute, it is told which calls there are (:class:`~visavis.records.Alive`).
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import structlog

from visavis.clock import Clock, Timer
from visavis.errors import StorageUnavailable
from visavis.logs import report
from visavis.records import Alive, CallId, Forgotten, Moment, NodeId, OfRoom
from visavis.storage.base import Storage

log = structlog.get_logger(__name__)

BOUND = 20_000
"""Moments that may wait: those of some 4,000 calls of two, in some 10 MB."""

BEAT = 30.0
"""Seconds between two words that a node's calls go on. A call that a crash ends is known to have lasted
until the last of them."""

_LINGER = 0.25
"""Seconds for which the first moment waits for others, to be written with them."""

_PATIENCE = 1.0
"""Seconds for which somebody who waits for what they did to be written does so at the longest."""

_BATCH = 500
"""Moments that are written together at most."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0
_BEATS_UNTIL_FORGETTING = 120


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the history is. ``waiting`` and ``dropped`` count moments, the latter since it fell behind."""

    behind: bool
    waiting: int
    dropped: int


class History:
    """Notes what happens in the calls of a node, and has it written.

    Args:
        storage: where to.
        clock: for pauses and beats.
        node: whose calls they are.
        keep: seconds for which a call is remembered after its end; with 0, nothing of calls is noted.
        bound: moments that may wait.
    """

    def __init__(self, storage: Storage, clock: Clock, node: NodeId, keep: float, bound: int = BOUND) -> None:
        self._storage = storage
        self._clock = clock
        self._node = node
        self._keep = keep
        self._bound = bound
        self._queue: deque[Moment] = deque()
        self._noted = 0
        self._settling: list[tuple[int, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._live: Callable[[], tuple[CallId, ...]] = tuple
        self._beating: Timer | None = None
        self._beats = 0
        self._had_calls = True  # those of the last run, for all that is known
        self._waking: Timer | None = None
        self._pause = _FIRST_PAUSE
        self._batch = _BATCH
        self._behind = False
        self._dropped = 0
        self._closing = False

    @property
    def progress(self) -> Progress:
        return Progress(self._behind, len(self._queue), self._dropped)

    @property
    def noted(self) -> int:
        """How many moments were noted, less those that were dropped."""
        return self._noted

    @property
    def written(self) -> int:
        """How many of them are written, in the order in which they were noted, or will never be."""
        return self._noted - len(self._queue)

    def note(self, moment: Moment) -> None:
        """Have a moment written. Returns at once, and never raises."""
        if not self._keep and not isinstance(moment, OfRoom):
            return
        # Of who may not come in nothing is dropped: hosts do not do so often.
        if len(self._queue) < self._bound or isinstance(moment, OfRoom):
            self._put(moment)
            return
        self._dropped += 1
        if self._dropped == 1:
            log.error("history is full, and what happens in calls now is not kept", waiting=self._bound)

    async def settle(self) -> None:
        """Have all that was noted so far written at once, and wait for that: a second at the longest, and not
        at all while the storage is away."""
        if not self._queue or self._behind or self._writer is None:
            return
        settled = asyncio.get_running_loop().create_future()
        self._settling.append((self._noted, settled))
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await settled

    def start(self, live: Callable[[], tuple[CallId, ...]]) -> None:
        """Begin to write: first that the calls of the last run are over. Once, when the storage is open.

        Args:
            live: says which calls there are.
        """
        self._live = live
        self._writer = asyncio.get_running_loop().create_task(self._write())
        self._beat()

    async def close(self, within: float) -> None:
        """Write what waits, if it can be done in so many seconds. Safe twice, and without a start."""
        self._closing = True
        for timer in (self._beating, self._waking):
            if timer is not None:
                timer.cancel()
        writer, self._writer = self._writer, None
        if writer is None:
            return
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await writer
        if self._queue or self._dropped:
            log.error("history is lost", moments=len(self._queue) + self._dropped)

    # --- inside -------------------------------------------------------------------------------

    def _put(self, moment: Moment) -> None:
        self._queue.append(moment)
        self._noted += 1
        if self._waking is None and not self._closing:
            self._wake_in(_LINGER)

    def _wake_in(self, seconds: float) -> None:
        self._waking = self._clock.call_later(seconds, self._wake_up)

    def _wake_up(self) -> None:
        self._waking = None
        self._wake.set()

    def _beat(self) -> None:
        self._beating = self._clock.call_later(BEAT, self._beat)
        if self._behind:
            return  # what is said now would be old when it is read
        calls = self._live()
        forgets = self._beats % _BEATS_UNTIL_FORGETTING == 0
        # An idle server leaves the disk alone.
        if calls or self._had_calls or forgets:
            self._put(Alive(calls, self._clock.now()))
        if forgets:
            self._put(Forgotten(self._clock.now() - self._keep))
        self._had_calls = bool(calls)
        self._beats += 1

    async def _write(self) -> None:
        while not self._closing:
            await self._wake.wait()
            self._wake.clear()
            while self._queue and await self._write_some():
                pass

    async def _write_some(self) -> bool:
        """Write the first that wait. Whether to go on at once."""
        some = tuple(islice(self._queue, self._batch))
        try:
            await self._storage.record(self._node, some)
        except StorageUnavailable as error:
            self._fall_behind(error)
            return False
        except Exception as error:  # noqa: BLE001 - a moment that is never taken must not stop the others
            if len(some) == 1:
                report(log, "a moment of a call cannot be kept", error, kind=type(some[0]).__name__)
                self._queue.popleft()
            self._batch = 1  # to find the one that is at fault
            return True
        for _ in some:
            self._queue.popleft()
        self._pause = _FIRST_PAUSE
        self._tell_settled(self.written)
        if not self._queue:
            self._catch_up()
        return True

    def _tell_settled(self, written: int) -> None:
        """Those who wait for no more than so many moments wait no longer."""
        for noted, settled in self._settling:
            if noted <= written and not settled.done():
                settled.set_result(None)
        self._settling = [waits for waits in self._settling if not waits[1].done()]

    def _fall_behind(self, error: StorageUnavailable) -> None:
        if not self._behind:
            self._behind = True
            log.warning("history is behind; calls go on", reason=error.message)
        self._tell_settled(self._noted)
        if self._waking is not None:
            self._waking.cancel()
        self._wake.clear()
        if not self._closing:
            self._wake_in(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _catch_up(self) -> None:
        self._batch = _BATCH
        if not self._behind and not self._dropped:
            return
        log.info("history has caught up", dropped=self._dropped)
        self._behind = False
        self._dropped = 0
        # Of what was dropped, what is over at least.
        self._put(Alive(self._live(), self._clock.now()))
