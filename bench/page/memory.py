"""What is left in the page of one who stays, of people who come and go."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import linear_regression

from playwright.sync_api import Browser, CDPSession, expect

from bench.page.crowd import Crowd
from tests.support.browser import Person

_MB = 1024 * 1024


def memory(browser: Browser, others: Browser, home: str, minutes: float, every: float) -> Iterator[str]:
    """Lines of a table: how much there is after each tenth coming and going, and at last how it grew.

    Args:
        minutes: how long it goes on.
        every: seconds from one coming to the next.
    """
    mara = Person.at(browser, "Mara")
    link = mara.starts_a_room(home)
    mara.joins()
    crowd = Crowd(others, home, link)
    crowd.enter("Ada")
    mara.sees("Ada")
    cdp = mara.context.new_cdp_session(mara.page)
    cdp.send("Performance.enable")
    seen: list[tuple[float, float]] = []
    began = time.monotonic()
    number = 0
    yield "| minutes | comings | heap, KB | nodes | listeners | the process, MB |"
    yield "| --- | --- | --- | --- | --- | --- |"
    while True:
        if number % 10 == 0:
            passed = (time.monotonic() - began) / 60
            heap, nodes, listeners = _reading(cdp)
            seen.append((passed, heap))
            process = _resident(browser)
            yield f"| {passed:.1f} | {number} | {heap:.0f} | {nodes} | {listeners} | {process:.0f} |"
            if passed >= minutes:
                break
        turn = time.monotonic()
        crowd.enter("Joel")
        expect(mara.page.get_by_role("figure")).to_have_count(2)
        mara.page.wait_for_timeout(every * 500)
        crowd.say("Joel", "setHand", raised=True)
        crowd.say("Joel", "updateMedia", media={"audio": False, "video": True})
        crowd.leave("Joel")
        expect(mara.page.get_by_role("figure")).to_have_count(1)
        # The tests' own list of links would keep them all.
        mara.page.evaluate("window.testLinks.length = 0")
        number += 1
        mara.page.wait_for_timeout(max(0.0, every - (time.monotonic() - turn)) * 1000)
    settled = seen[len(seen) // 3 :]
    slope = linear_regression(*zip(*settled, strict=True)).slope if len(settled) > 1 else float("nan")
    yield f"of the last two thirds: {slope * 60:.0f} KB an hour"
    crowd.close()
    mara.context.close()


def _reading(cdp: CDPSession) -> tuple[float, int, int]:
    """After a collection: KB on the heap, nodes of the page, listeners."""
    # What the inspector keeps of the console for those who look later is none of the page's.
    cdp.send("Runtime.discardConsoleEntries")
    for _ in range(2):
        cdp.send("HeapProfiler.collectGarbage")
    metrics = {entry["name"]: entry["value"] for entry in cdp.send("Performance.getMetrics")["metrics"]}
    return metrics["JSHeapUsedSize"] / 1024, int(metrics["Nodes"]), int(metrics["JSEventListeners"])


def _resident(browser: Browser) -> float:
    """MB of memory of the process that draws the one page of a browser."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return max(_resident_of(process["id"]) for process in processes if process["type"] == "renderer")


def _resident_of(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / _MB
