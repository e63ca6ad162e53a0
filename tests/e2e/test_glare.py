"""Both sides of a link make offers at the same moment, in a real browser: every trial must converge.

The page is web/test/glare.ts, built into one script that needs no server.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
BATCH = 20
IS_SOAK = "VISAVIS_TEST_SOAK" in os.environ
"""Whether there is time for more trials than in each run."""


@pytest.fixture(scope="module")
def script() -> Path:
    """The built page."""
    subprocess.run(
        ["npx", "vite", "build", "--config", "test/vite.config.ts", "--logLevel", "warn"],
        cwd=ROOT / "web",
        check=True,
    )
    return ROOT / ".build" / "test" / "glare.js"


@pytest.fixture
def page(browser: Browser, script: Path) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(path=script)
    yield page
    page.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("scenario", "trials"),
    [(name, 500 if IS_SOAK else few) for name, few in (("runGlare", 60), ("runLoss", 20), ("runReturn", 20))],
)
def test_every_trial_converges(page: Page, scenario: str, trials: int) -> None:
    """runGlare: offers and restarts cross. runLoss: signals are lost, and both sides resync.
    runReturn: one side makes its link anew, the other goes on with the old one.
    """
    devtools = page.context.new_cdp_session(page)
    converged = 0
    for seed in range(1, trials + 1, BATCH):
        report: dict[str, Any] = page.evaluate(
            f"([trials, seed]) => glare.{scenario}(trials, seed)", [BATCH, seed]
        )
        assert report["failures"] == []
        assert report["errors"] == []
        converged += report["converged"]
        # Chromium counts closed connections until they are collected, and allows 500.
        devtools.send("HeapProfiler.collectGarbage")
    assert converged == trials


def test_a_plain_client_gets_and_gives_all(page: Page) -> None:
    """Any order of m-lines, one kind or none; either side makes the offer."""
    results: dict[str, str] = page.evaluate("() => glare.runPlain()")
    assert {case: seen for case, seen in results.items() if seen != "as it should be"} == {}
    assert len(results) == 8
