"""A clock that goes when the test says so."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class _FakeTimer:
    due: float
    act: Callable[[], None]
    live: bool = True

    def cancel(self) -> None:
        self.live = False


@dataclass
class FakeClock:
    """Implements :class:`visavis.clock.Clock`."""

    time: float = 1_000_000.0
    timers: list[_FakeTimer] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def call_later(self, delay: float, act: Callable[[], None]) -> _FakeTimer:
        timer = _FakeTimer(self.time + delay, act)
        self.timers.append(timer)
        return timer

    def advance(self, seconds: float) -> None:
        """Let time pass: timers that fall due fire, in order."""
        until = self.time + seconds
        while due := [t for t in self.timers if t.live and t.due <= until]:
            timer = min(due, key=lambda t: t.due)
            timer.live = False
            self.time = timer.due
            timer.act()
        self.time = until
