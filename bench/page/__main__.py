"""What the page costs in a call: `make bench-page`. About five minutes, on an idle machine.

    python -m bench.page [--joins 40]

Prints how many components React draws in a quiet call of eight, which tasks are long while somebody joins
on a machine that is slowed down four times, and what is left in memory of people who came and went.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import linear_regression
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from tests.e2e.test_gallery import COUNT
from tests.support.browser import Person, chromium
from tests.support.server_process import ServerProcess

QUIET_SECONDS = 20
SLOWED = 4
JOINING_MS = 8_000
LONG_MS = 50

# Long animation frames with their scripts (W3C Long Animation Frames API): from where each was called.
_LONG = """
window.testLong = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.testLong.push({
    at: entry.startTime,
    ms: entry.duration,
    blocking: entry.blockingDuration,
    scripts: entry.scripts.map((script) => ({
      ms: script.duration,
      layout: script.forcedStyleAndLayoutDuration,
      from: script.invoker,
      where: `${script.sourceFunctionName} ${script.sourceURL.split('/').at(-1)}`,
    })),
  });
}).observe({ type: 'long-animation-frame', buffered: true });
"""


def comes(person: Person, link: str, *, silent: bool) -> None:
    """Into the call; ``silent``: without camera and microphone, which costs the machine nothing."""
    person.open(link)
    person.types(person.page.get_by_label("Your name"), person.name)
    if silent:
        for name in ("Mic on", "Camera on"):
            person.press(name)
    person.press("Join")
    expect(person.control("Leave")).to_be_visible(timeout=30_000)


def quiet_call(browser: Browser, home: str) -> str:
    """Components drawn a second with eight tiles, once all is settled."""
    people = [Person.at(browser, f"Person {number}") for number in range(8)]
    mara = people[0]
    mara.context.add_init_script(COUNT)
    link = mara.starts_a_room(home)
    for person in people:
        comes(person, link, silent=True)
    expect(mara.page.get_by_role("figure")).to_have_count(7, timeout=30_000)
    mara.page.bring_to_front()
    mara.page.wait_for_timeout(15_000)
    mara.page.evaluate("window.rendered.length = 0")
    mara.page.wait_for_timeout(QUIET_SECONDS * 1000)
    rendered: list[str] = mara.page.evaluate("window.rendered")
    for person in people:
        person.context.close()
    return f"quiet call of eight: {len(rendered) / QUIET_SECONDS:.2f} components a second"


def joining(browser: Browser, home: str) -> list[str]:
    """Tasks over 50 ms while somebody joins, on the page of one who is inside."""
    mara, joel = Person.at(browser, "Mara"), Person.at(browser, "Joel")
    mara.context.add_init_script(_LONG)
    link = mara.starts_a_room(home)
    mara.joins()
    joel.open(link)
    joel.types(joel.page.get_by_label("Your name"), "Joel")
    mara.page.wait_for_timeout(3000)
    session(mara.page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    began = mara.page.evaluate("window.testLong.length = 0; performance.now()")
    joel.press("Join")
    mara.page.wait_for_timeout(JOINING_MS)
    found: list[dict[str, Any]] = mara.page.evaluate("window.testLong")
    lines = []
    for frame in (frame for frame in found if frame["ms"] >= LONG_MS):
        lines.append(f"{frame['at'] - began:6.0f} ms: {frame['ms']:.0f} ms, blocking {frame['blocking']:.0f}")
        lines += [
            f"{script['ms']:16.0f} ms by {script['from']}: {script['where']}, layout {script['layout']:.0f}"
            for script in frame["scripts"]
        ]
    for person in (mara, joel):
        person.context.close()
    return lines


def session(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def memory(browser: Browser, home: str, joins: int) -> list[str]:
    """What is on the heap of one who stays, after every fifth time that somebody came and went."""
    mara, joel = Person.at(browser, "Mara"), Person.at(browser, "Joel")
    link = mara.starts_a_room(home)
    mara.joins()
    joel.joins(link)
    cdp = session(mara.page)
    cdp.send("Performance.enable")
    seen: list[tuple[int, float]] = []
    lines = []
    for number in range(joins + 1):
        mara.sees("Joel")
        joel.leaves()
        mara.sees()
        # The tests' own list of links would keep them all.
        mara.page.evaluate("window.testLinks.length = 0")
        if number % 5 == 0:
            mara.page.wait_for_timeout(1500)
            cdp.send("HeapProfiler.collectGarbage")
            used = cdp.send("Runtime.getHeapUsage")["usedSize"] / 1024
            metrics = {
                entry["name"]: entry["value"] for entry in cdp.send("Performance.getMetrics")["metrics"]
            }
            seen.append((number, used))
            lines.append(
                f"{number:4} joins: {used:7.0f} KB, {metrics['Nodes']:.0f} nodes, "
                f"{metrics['JSEventListeners']:.0f} listeners"
            )
        joel.press("Go back in")
        expect(joel.control("Leave")).to_be_visible()
    settled = seen[2:]
    slope = linear_regression(*zip(*settled, strict=True)).slope if len(settled) > 1 else float("nan")
    return [*lines, f"a join and a leave leave {slope:.2f} KB, from the tenth on"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.page", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--joins", type=int, default=40)
    parser.add_argument("--parts", default="quiet,joining,memory")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        server = ServerProcess(Path(folder))
        server.start()
        try:
            for part in options.parts.split(","):
                if part == "quiet":
                    print(quiet_call(browser, server.url), flush=True)
                elif part == "joining":
                    print("somebody joins, slowed down four times:", *joining(browser, server.url), sep="\n")
                else:
                    print(*memory(browser, server.url, options.joins), sep="\n", flush=True)
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
