"""An event loop whose time passes at once: it jumps to the next timer when there is nothing else to do."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_MOST_SECONDS = 3600.0
"""Of virtual time. A test that waits for longer waits for something that never comes."""


class _Jumping(selectors.DefaultSelector):
    """Instead of waiting it moves the clock on."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("everything waits, and for nothing")
        self.now += timeout
        if self.now > _MOST_SECONDS:
            raise AssertionError("nothing happens any more")
        return super().select(0)


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Jumping()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def run_virtually(scenario: Coroutine[Any, Any, T]) -> T:
    """Run a scenario without a real second passing. No threads, no sockets to others."""
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        return runner.run(scenario)
