"""Time, as a part that can be handed in."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    def cancel(self) -> None:
        """Do not fire. Safe after it fired."""


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since the epoch."""

    def call_later(self, delay: float, act: Callable[[], None]) -> Timer:
        """Call ``act`` in ``delay`` seconds, once."""


class SystemClock:
    """The machine's clock and the running event loop's timers."""

    def now(self) -> float:
        return time.time()

    def call_later(self, delay: float, act: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(delay, act)
