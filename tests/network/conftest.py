"""Calls across networks: browsers, servers and routers in a lab, each with its own addresses."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.support.browser import Person, chromium
from tests.support.lab import SERVER_ADDRESS, Lab, Machine, Namespace
from tests.support.parts import require
from tests.support.server_process import ServerProcess

STUN_URL = f"stun:{SERVER_ADDRESS}:3478"

_EXPECTED = re.compile(r"WebSocket connection to|Failed to load resource")
"""What a browser itself notes in its console when a network is gone."""

Serve = Callable[..., ServerProcess]
Call = Callable[..., Person]
CallOf = Callable[..., "LiveCall"]
Measured = Callable[[str, float, float], None]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def lab() -> Iterator[Lab]:
    """25 ms each way between any two routers or servers."""
    with Lab.up(delay_ms=25) as lab:
        yield lab


@pytest.fixture
def serve(lab: Lab, tmp_path: Path) -> Iterator[Serve]:
    """Starts Visavis at 10.50.0.10, with a STUN server beside it. Arguments are settings.

    With ``turn="on"`` it runs its own, which answers STUN as well.
    """
    with ExitStack() as stack:

        def start(**settings: object) -> ServerProcess:
            if settings.get("turn", "off") == "off":
                start_stun(lab.server)
                settings = {"turn": "off", "stun_urls": STUN_URL} | settings
            server = ServerProcess(tmp_path, inside=lab.server, address=SERVER_ADDRESS, **settings)
            server.start()
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def at(playwright: Playwright, serve: Serve) -> Iterator[Call]:
    """Makes people: ``at(machine, "Mara", server)``. Their browsers are closed before the server is stopped,
    which their pages would complain of. What else went wrong in one of their pages fails the test at its end.
    """
    del serve
    people: list[Person] = []
    with ExitStack() as stack:

        def make(machine: Machine, name: str, server: ServerProcess, *flags: str) -> Person:
            # Cameras are given to https pages only, and to those that are said to be as safe.
            safe = f"--unsafely-treat-insecure-origin-as-secure={server.url}"
            browser = stack.enter_context(chromium(playwright, safe, *flags, inside=machine))
            person = Person.at(browser, name)
            people.append(person)
            return person

        yield make
        problems = [problem for person in people for problem in person.problems]
    assert [problem for problem in problems if not _EXPECTED.search(problem)] == []


@dataclass
class LiveCall:
    """A call of some people, each behind a router of their own.

    Attributes:
        link: of the room.
        peers: for each name, the ids of all to whom their page ever had a link.
    """

    lab: Lab
    server: ServerProcess
    place: Call
    link: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    peers: dict[str, set[str]] = field(default_factory=dict)

    def add(self, name: str) -> Person:
        """One more joins, from a network of their own."""
        label = name.lower()
        machine = self.lab.machine(label, self.lab.router(f"{label}net"))
        person = self.place(machine, name, self.server)
        peers: set[str] = set()
        person.page.on("console", lambda message: peers.update(re.findall(r"link to (\S+):", message.text)))
        self.people[name], self.machines[name], self.peers[name] = person, machine, peers
        if not self.link:
            self.link = person.starts_a_room(self.server.url)
        person.joins(self.link)
        return person

    def everyone_sees_everyone(self) -> None:
        for person in self.people.values():
            person.sees(*(name for name in self.people if name != person.name))

    def others(self, name: str) -> list[Person]:
        return [person for person in self.people.values() if person.name != name]


@pytest.fixture
def call_of(lab: Lab, serve: Serve, at: Call) -> CallOf:
    """Begins a call: ``call_of("Mara", "Joel", resume_grace=2)``."""

    def begin(*names: str, **settings: object) -> LiveCall:
        call = LiveCall(lab, serve(**settings), at)
        for name in names:
            call.add(name)
        call.everyone_sees_everyone()
        return call

    return begin


def start_stun(where: Namespace) -> None:
    """A STUN server on port 3478 of a host of the lab. It ends with the lab."""
    program = require("turnserver", "apt install coturn")
    quiet = ("--no-tls", "--no-dtls", "--no-cli", "--log-file", "/dev/null")
    # Without a folder for its database and process id it takes those of the system's service.
    own = ("--userdb", where.folder / "stun.db", "--pidfile", where.folder / "stun.pid")
    where.start(program, "-n", "--stun-only", *quiet, *own, stderr=subprocess.DEVNULL)


# --- figures ------------------------------------------------------------------------------------------

_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Notes a figure, in seconds, for the end of the run, and fails the test where it is over its limit."""
    figures = request.config.stash.setdefault(_FIGURES, [])

    def note(what: str, seconds: float, limit: float) -> None:
        figures.append(f"{what}: {seconds:.2f} s (limit {limit:g})")
        assert seconds < limit, what

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash.get(_FIGURES, [])
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.line(figure)
