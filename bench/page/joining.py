"""What holds the page of one who is inside up while somebody joins, on a machine slowed down four times."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from bench.page.crowd import Crowd
from bench.page.quiet import NAMES
from tests.support.browser import Person

_CALLS = Path(__file__).with_name("media_calls.js")
_SLOWED = 4
_JOINING_MS = 8_000
LONG_MS = 50

_CATEGORIES = [
    "toplevel",
    "blink",
    "v8",
    "devtools.timeline",
    "blink.user_timing",
]
_TASKS = ("RunTask", "ThreadControllerImpl::RunTask")
_SCRIPTS = ("FunctionCall", "v8.callFunction", "RunMicrotasks")
_PRESSED = "PRESSED"


@dataclass(frozen=True)
class Task:
    """A task of the page's main thread; ms throughout.

    Args:
        at: when it began, from the press on Join.
        wall: how long it took.
        work: for how long the processor worked on it: the rest it waited, for a core or another thread.
        script: for how long it was in scripts, the browser's media within them and all that they call.
        media: of this, for how long it was in calls of WebRTC and of streams.
    """

    at: float
    wall: float
    work: float
    script: float
    media: float

    @property
    def own(self) -> float:
        """At most so much was the page's own: without the browser's media, and without waiting."""
        return min(max(0.0, self.script - self.media), self.work)

    def row(self) -> str:
        numbers = (self.at, self.wall, self.work, self.script, self.media, self.own)
        return "| " + " | ".join(f"{number:.0f}" for number in numbers) + " |"


def joining(browser: Browser, others: Browser, home: str) -> Iterator[str]:
    """Of each way in, the tasks over 50 ms in the 8 s after the press."""
    yield "| from the press, ms | task, ms | work | in scripts | media | own scripts |"
    yield "| --- | --- | --- | --- | --- | --- |"
    mara = _inside(browser, home)
    joel = Person.at(others, "Joel")
    joel.open(mara.page.url)
    joel.types(joel.page.get_by_label("Your name"), "Joel")
    mara.page.wait_for_timeout(2_000)
    yield from _report("to one, prepared", _tasks(browser, mara, lambda: joel.press("Join")))
    for person in (joel, mara):
        person.context.close()

    mara = _inside(browser, home)
    crowd = Crowd(others, home, mara.page.url)
    yield from _report("to one, plain", _tasks(browser, mara, lambda: crowd.enter(NAMES[0])))
    for name in NAMES[1:-1]:
        crowd.enter(name)
    mara.page.wait_for_timeout(10_000)
    yield from _report("to seven, plain", _tasks(browser, mara, lambda: crowd.enter(NAMES[-1])))
    crowd.close()
    mara.context.close()


def _inside(browser: Browser, home: str) -> Person:
    mara = Person.at(browser, "Mara", viewport={"width": 1280, "height": 800})
    mara.context.add_init_script(path=_CALLS)
    mara.starts_a_room(home)
    mara.joins()
    mara.page.wait_for_timeout(3_000)
    return mara


def _report(what: str, tasks: list[Task]) -> Iterator[str]:
    own = max((task.own for task in tasks), default=0)
    yield f"| **{what}**: own scripts {own:.0f} ms at most | | | | | |"
    yield from (task.row() for task in tasks if task.wall >= LONG_MS)


def _tasks(browser: Browser, person: Person, act: Callable[[], None]) -> list[Task]:
    """All of the time after somebody's press, as the browser's own trace has them."""
    cdp = person.context.new_cdp_session(person.page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWED})
    person.page.wait_for_timeout(2_000)
    browser.start_tracing(page=person.page, categories=_CATEGORIES)
    person.page.evaluate(f"performance.mark('{_PRESSED}'); window.mediaCalls.length = 0")
    act()
    person.page.wait_for_timeout(_JOINING_MS)
    calls: list[tuple[float, float]] = person.page.evaluate("window.mediaCalls")
    events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return _read(events, calls)


def _read(events: list[dict[str, Any]], calls: list[tuple[float, float]]) -> list[Task]:
    """From µs of the trace to ms from the press.

    Args:
        calls: beginnings and lengths in ms by the page's own clock, which the mark has too.
    """
    press = next(event for event in events if event["name"] == _PRESSED)
    clock = float(press["args"]["data"]["startTime"])
    thread = [
        event
        for event in events
        if event["ph"] == "X" and (event["pid"], event["tid"]) == (press["pid"], press["tid"])
    ]
    scripts = _outermost([event for event in thread if event["name"] in _SCRIPTS])
    return [
        Task(
            at=at,
            wall=wall,
            work=task.get("tdur", 0) / 1000,
            script=sum(script["dur"] for script in scripts if _within(task, script)) / 1000,
            media=sum(length for began, length in calls if at <= began - clock <= at + wall),
        )
        for task in _outermost([event for event in thread if event["name"] in _TASKS])
        if (at := (task["ts"] - press["ts"]) / 1000) >= 0 and (wall := task["dur"] / 1000) > 0
    ]


def _within(task: dict[str, Any], event: dict[str, Any]) -> bool:
    return bool(task["ts"] <= event["ts"] and event["ts"] + event["dur"] <= task["ts"] + task["dur"])


def _outermost(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In order, without those that are part of another."""
    found: list[dict[str, Any]] = []
    for event in sorted(events, key=lambda event: (event["ts"], -event["dur"])):
        if not found or not _within(found[-1], event):
            found.append(event)
    return found
