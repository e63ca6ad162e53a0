"""The system's own Firefox, driven as Chromium is."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from tests.support import firefox_relay
from tests.support.parts import require

PREFERENCES: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}


@contextmanager
def firefox(playwright: Playwright, folder: Path, screen: str | None = None) -> Iterator[Browser]:
    """Firefox, with fake devices that are granted.

    Args:
        folder: for a file that starts it.
        screen: the display that it is on, and shares without asking; None: headless, with none to share.
    """
    program = require("firefox-esr", "apt install firefox-esr")
    starter = folder / "firefox"
    starter.write_text(f'#!/bin/sh\nexec {sys.executable} {firefox_relay.__file__} {program} "$@"\n')
    starter.chmod(0o755)
    browser = playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=starter,
        firefox_user_prefs=PREFERENCES,
        headless=screen is None,
        env=None if screen is None else {**os.environ, "DISPLAY": screen},
    )
    yield browser
    browser.close()
