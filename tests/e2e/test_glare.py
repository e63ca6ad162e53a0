"""Both sides of a link make offers at the same moment, in a real browser: every trial must converge.

The page is web/test/glare.ts, built into one script that needs no server.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
TRIALS = 100


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


@pytest.mark.parametrize("scenario", ["runGlare", "runLoss"])
def test_every_trial_converges(page: Page, scenario: str) -> None:
    """runGlare: offers and restarts cross. runLoss: signals are lost, and both sides resync."""
    report: dict[str, Any] = page.evaluate(f"trials => glare.{scenario}(trials)", TRIALS)
    assert report["failures"] == []
    assert report["errors"] == []
    assert report["converged"] == TRIALS
