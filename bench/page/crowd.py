"""Seven others who leave the machine to the page that is measured."""

from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.support.eventually import eventually

_SCRIPT = Path(__file__).with_name("crowd.js")


class Crowd:
    """People in one page of their own: in the call as everybody is, with a tiny picture and a sound. They
    make no offers, so whoever is to have a link with them is in the room before.
    """

    def __init__(self, browser: Browser, home: str, link: str) -> None:
        self._room = link.rpartition("/")[2]
        self._context = browser.new_context(bypass_csp=True)
        self._page = self._context.new_page()
        self._page.goto(f"{home}/healthz")
        self._page.add_script_tag(path=_SCRIPT)

    def enter(self, name: str) -> None:
        """Into the call, until there is a link with one who was there before."""
        self._page.evaluate("([room, name]) => crowd.enter(room, name)", [self._room, name])
        eventually(f"{name} has a link", partial(self._connected, name), within=15)

    def leave(self, name: str) -> None:
        self._page.evaluate("name => crowd.leave(name)", name)

    def say(self, name: str, event: str, **message: Any) -> None:
        """Send a request (docs/protocol.md) in somebody's name."""
        self._page.evaluate(
            "([name, event, message]) => crowd.say(name, event, message)", [name, event, message]
        )

    def speak(self, name: str, is_speaking: bool) -> None:
        self._page.evaluate("([name, speaks]) => crowd.speak(name, speaks)", [name, is_speaking])

    def close(self) -> None:
        self._context.close()

    def _connected(self, name: str) -> bool:
        return int(self._page.evaluate("name => crowd.connected(name)", name)) > 0
