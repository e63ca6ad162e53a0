"""A call that somebody joins: in a network lab, or all on this machine."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.support.browser import chromium
from tests.support.coturn import start_stun
from tests.support.lab import SERVER_ADDRESS, Lab, Router
from tests.support.server_process import ServerProcess

PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
CAMERA = "--use-fake-device-for-media-stream=fps=30"
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve")
"""The last of those who take part is the one whose joining is timed."""

PASSCODE = "open sesame"
DOORS: dict[str, dict[str, object]] = {
    "open": {},
    "lobby": {"lobby": True},
    "passcode": {"passcode": PASSCODE},
}
"""What keeps a newcomer out, as the settings of a room."""

_NEW_ROOM = """
async (settings) => {
  const answer = await fetch('/api/v1/rooms', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ settings }),
  });
  return await answer.json();
}
"""


@dataclass(frozen=True)
class Place:
    """A room: its link, and what makes one its host."""

    link: str
    room_id: str
    host_key: str


class Seat:
    """Somebody's browser, and the page in it in the current run."""

    def __init__(self, name: str, browser: Browser) -> None:
        self.name = name
        self.browser = browser
        self._context: BrowserContext | None = None
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        if self._page is None:
            raise RuntimeError(f"{self.name} has no page yet")
        return self._page

    def open(self, place: Place, way: str, *, as_host: bool = False) -> None:
        """A fresh page, in the lobby with its own picture."""
        self.close()
        self._context = self.browser.new_context(viewport={"width": 640, "height": 480})
        self._context.add_init_script(f"window.benchWay = '{way}';\n{PROBE}")
        if as_host:
            keys = json.dumps(json.dumps({place.room_id: place.host_key}))
            self._context.add_init_script(f"localStorage.setItem('visavis.hostKeys', {keys});")
        self._page = self._context.new_page()
        self._page.goto(place.link)
        self._page.get_by_label("Your name").fill(self.name)
        self._page.wait_for_function("() => window.joinProbe.own !== null")

    def press_join(self) -> None:
        self.page.get_by_role("button", name="Join", exact=True).click()

    def type_passcode(self) -> None:
        self.page.get_by_label("Passcode").fill(PASSCODE)

    def knock(self) -> None:
        self.page.get_by_role("button", name="Ask to join", exact=True).click()

    def admit(self) -> None:
        self.page.get_by_role("button", name="Let in", exact=True).click()

    def is_inside(self) -> None:
        self.page.get_by_role("button", name="Leave", exact=True).wait_for()

    def sees(self, others: int) -> None:
        """In one call into the page, which would be disturbed by being asked again and again."""
        self.page.wait_for_function(
            f"() => window.joinProbe.frames.length >= {others}", timeout=20_000, polling=200
        )

    def probe(self) -> dict[str, Any]:
        """What was noted, in milliseconds of Unix time: see probe.js."""
        found: dict[str, Any] = self.page.evaluate("() => window.joinProbe")
        return found

    def close(self) -> None:
        if self._context is not None:
            self._context.close()
        self._context = self._page = None


@dataclass
class Scene:
    """Everything that stays from run to run.

    Attributes:
        preparing: a server that prepares links in the lobby.
        other: one that does not.
        routers: those of the seats; empty without a lab.
    """

    preparing: ServerProcess
    other: ServerProcess
    seats: list[Seat]
    routers: list[Router]

    def new_room(self, way: str, door: str = "open") -> Place:
        """A new room on the server for a way of joining."""
        server = self.other if way == "offered" else self.preparing
        context = self.seats[0].browser.new_context()
        page = context.new_page()
        page.goto(f"{server.url}/healthz")
        room = page.evaluate(_NEW_ROOM, DOORS[door])
        context.close()
        return Place(f"{server.url}/r/{room['id']}", room["id"], room["hostKey"])


@contextmanager
def lab_scene(
    playwright: Playwright, people: int, rtt_ms: float, folder: Path, *, relayed: bool = False
) -> Iterator[Scene]:
    """Everybody behind a router of their own that lets in only answers, with STUN; the server elsewhere.
    ``relayed``: all goes through its TURN server."""
    with ExitStack() as stack:
        lab = stack.enter_context(Lab.up(delay_ms=rtt_ms / 2))
        settings: dict[str, Any] = {"inside": lab.server, "address": SERVER_ADDRESS}
        if relayed:
            settings |= {"turn": "on", "relay_only": True}
        else:
            start_stun(lab.server)
            settings |= {"turn": "off", "stun_urls": f"stun:{SERVER_ADDRESS}:3478"}
        servers = _start_servers(stack, folder, settings)
        safe = f"--unsafely-treat-insecure-origin-as-secure={','.join(server.url for server in servers)}"
        routers, seats = [], []
        for name in NAMES[:people]:
            routers.append(lab.router(f"{name.lower()}-home"))
            machine = lab.machine(name.lower(), routers[-1])
            browser = stack.enter_context(chromium(playwright, CAMERA, safe, inside=machine))
            seats.append(Seat(name, browser))
        yield Scene(*servers, seats, routers)


@contextmanager
def loopback_scene(playwright: Playwright, people: int, folder: Path) -> Iterator[Scene]:
    """Everybody on this machine."""
    with ExitStack() as stack:
        servers = _start_servers(stack, folder, {})
        local = "--allow-loopback-in-peer-connection"
        seats = [
            Seat(name, stack.enter_context(chromium(playwright, CAMERA, local))) for name in NAMES[:people]
        ]
        yield Scene(*servers, seats, [])


def _start_servers(
    stack: ExitStack, folder: Path, settings: dict[str, Any]
) -> tuple[ServerProcess, ServerProcess]:
    started = []
    for prepare_links in (True, False):
        own = folder / f"server-{prepare_links}"
        own.mkdir()
        server = ServerProcess(
            own, prepare_links=prepare_links, rooms_per_minute=10_000, log_level="warning", **settings
        )
        server.start()
        stack.callback(server.stop)
        started.append(server)
    return started[0], started[1]
