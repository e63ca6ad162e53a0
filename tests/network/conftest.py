"""Calls across networks: browsers, servers and routers in a lab, each with its own addresses."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Playwright, sync_playwright

from tests.support.browser import Person, chromium
from tests.support.coturn import start_stun
from tests.support.frames import pictures
from tests.support.lab import SERVER_ADDRESS, Lab, Machine, Nat
from tests.support.server_process import ServerProcess

IS_SOAK = "VISAVIS_TEST_SOAK" in os.environ
"""Whether what takes too long for each run is tried as well."""
collect_ignore = [] if IS_SOAK else ["soak"]

STUN_URL = f"stun:{SERVER_ADDRESS}:3478"

_EXPECTED = re.compile(r"WebSocket connection to|Failed to load resource")
"""What a browser itself notes in its console when a network is gone."""

CALM_CAMERA = "--use-fake-device-for-media-stream=fps=10"
"""Half as many frames as usual: three browsers on two cores are to have room for what is measured. A call
whose machine cannot follow looks like one whose network cannot, and pauses pictures."""

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
        yield partial(_start_server, stack, lab, tmp_path)


def _start_server(stack: ExitStack, lab: Lab, folder: Path, **settings: object) -> ServerProcess:
    """Stopped with the stack. The STUN server ends with the lab."""
    if settings.get("turn", "off") == "off":
        start_stun(lab.server)
        settings = {"turn": "off", "stun_urls": STUN_URL} | settings
    server = ServerProcess(folder, inside=lab.server, address=SERVER_ADDRESS, **settings)
    server.start()
    stack.callback(server.stop)
    return server


class Browsers:
    """Makes people: ``browsers(machine, "Mara", server)``. Their browsers are closed with the stack."""

    def __init__(self, playwright: Playwright, stack: ExitStack) -> None:
        self._playwright = playwright
        self._stack = stack
        self._people: list[Person] = []

    def __call__(self, machine: Machine, name: str, server: ServerProcess, *flags: str) -> Person:
        # Cameras are given to https pages only, and to those that are said to be as safe.
        safe = f"--unsafely-treat-insecure-origin-as-secure={server.url}"
        browser = self._stack.enter_context(chromium(self._playwright, safe, *flags, inside=machine))
        person = Person.at(browser, name)
        self._people.append(person)
        return person

    def have_no_problems(self) -> None:
        """Since the last time nothing went wrong in a page but what a fault explains."""
        problems = [problem for person in self._people for problem in person.problems]
        for person in self._people:
            person.problems.clear()
        assert [problem for problem in problems if not _EXPECTED.search(problem)] == []


@pytest.fixture
def at(playwright: Playwright, serve: Serve) -> Iterator[Call]:
    """Makes people: ``at(machine, "Mara", server)``. Their browsers are closed before the server is stopped,
    which their pages would complain of. What else went wrong in one of their pages fails the test at its end.
    """
    del serve
    with ExitStack() as stack:
        browsers = Browsers(playwright, stack)
        yield browsers
    browsers.have_no_problems()


@dataclass
class LiveCall:
    """A call of some people, each behind a router of their own.

    Attributes:
        nat: of the routers.
        link: of the room.
        peers: for each name, the ids of all to whom their page ever had a link.
        ids: of all whom there has been at ``mark``.
        said: what the pages noted in their consoles since then, and when it was heard.
    """

    lab: Lab
    server: ServerProcess
    place: Call
    nat: Nat = Nat.CONE
    link: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    peers: dict[str, set[str]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)

    def mark(self) -> None:
        """Whoever comes from now on is somebody new."""
        self.ids = set().union(*self.peers.values())
        self.said.clear()

    def add(self, name: str) -> Person:
        """One more joins, from a network of their own."""
        label = name.lower()
        if name not in self.machines:
            self.machines[name] = self.lab.machine(label, self.lab.router(f"{label}net", nat=self.nat))
        person = self.place(self.machines[name], name, self.server)
        peers: set[str] = set()

        def hear(message: ConsoleMessage) -> None:
            peers.update(re.findall(r"link to (\S+):", message.text))
            if not _EXPECTED.search(message.text):
                self.said.append(f"{time.strftime('%X')} {name}: {message.text}")

        person.page.on("console", hear)
        self.people[name], self.peers[name] = person, peers
        if not self.link:
            self.link = person.starts_a_room(self.server.url)
        person.joins(self.link)
        return person

    def remove(self, name: str) -> None:
        """One closes the tab, if it is still there, and is gone."""
        person = self.people.pop(name)
        if not person.page.is_closed():
            person.page.close(run_before_unload=True)
        self.everyone_sees_everyone()
        if person.context.browser is not None:
            person.context.browser.close()

    def move(self, name: str) -> None:
        """One goes to their other network, as from Wi-Fi to mobile, or back."""
        machine = self.machines[name]
        known = [uplink.router for uplink in machine.uplinks.values() if uplink is not machine.uplink]
        machine.move_to(known[0] if known else self.lab.router(f"{name.lower()}mob", nat=self.nat))

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


# --- a call that stays from test to test ----------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A kind of call.

    Attributes:
        relayed: the routers are such that everything goes through our own TURN server.
        grace: seconds for which the server keeps a place.
    """

    names: tuple[str, ...]
    relayed: bool = False
    grace: int = 30

    def __str__(self) -> str:
        return f"{len(self.names)} {'relayed' if self.relayed else 'direct'}"


class Standing:
    """A call that stays from test to test: to begin one takes longer than most faults. After a test that has
    failed another one is begun.
    """

    def __init__(self, playwright: Playwright, folders: pytest.TempPathFactory, plan: Plan) -> None:
        self._playwright = playwright
        self._folders = folders
        self._plan = plan
        self._stack = ExitStack()
        self._begun: tuple[LiveCall, Browsers] | None = None

    @property
    def call(self) -> LiveCall:
        if self._begun is None:
            self._begun = self._begin()
        return self._begun[0]

    def check(self) -> None:
        if self._begun is not None:
            self._begun[1].have_no_problems()

    def end(self) -> None:
        self._begun = None
        self._stack.close()

    def _begin(self) -> tuple[LiveCall, Browsers]:
        plan = self._plan
        lab = self._stack.enter_context(Lab.up(delay_ms=25))
        settings: dict[str, object] = {"resume_grace": plan.grace}
        if plan.relayed:
            settings["turn"] = "on"
        server = _start_server(self._stack, lab, self._folders.mktemp("standing"), **settings)
        browsers = Browsers(self._playwright, self._stack)
        nat = Nat.SYMMETRIC if plan.relayed else Nat.CONE
        call = LiveCall(lab, server, lambda *who: browsers(*who, CALM_CAMERA), nat)
        for name in plan.names:
            call.add(name)
        call.everyone_sees_everyone()
        for picture in pictures(*call.people.values()):
            picture.settles()
        return call, browsers


@pytest.fixture(scope="module")
def standing(
    request: pytest.FixtureRequest, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """Its parameter is a :class:`Plan`."""
    standing = Standing(playwright, tmp_path_factory, request.param)
    yield standing
    standing.end()


@pytest.fixture
def call(request: pytest.FixtureRequest, standing: Standing) -> Iterator[LiveCall]:
    """The call that stays, as it was begun: what a test breaks it mends."""
    standing.call.mark()
    is_well = False
    try:
        yield standing.call
        standing.check()
        is_well = request.node.stash[_PASSED]
    finally:
        if not is_well:
            standing.end()


# --- figures ------------------------------------------------------------------------------------------

_PASSED = pytest.StashKey[bool]()
_FIGURES = pytest.StashKey[list[str]]()
_OVER = pytest.StashKey[list[str]]()
_SAID = pytest.StashKey[list[str]]()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Notes a figure, in seconds, for the end of the run. One over its limit fails the test at its end."""
    figures = request.config.stash.setdefault(_FIGURES, [])
    over = request.node.stash[_OVER] = []

    def note(what: str, seconds: float, limit: float) -> None:
        figure = f"{what}: {seconds:.2f} s (limit {limit:g})"
        figures.append(figure)
        if seconds >= limit:
            over.append(figure)

    return note


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    pyfuncitem.stash[_PASSED] = False
    try:
        result = yield
        over = pyfuncitem.stash.get(_OVER, [])
        if over:
            pytest.fail("over the limit: " + "; ".join(over), pytrace=False)
    except BaseException:
        call = pyfuncitem.funcargs.get("call")
        if isinstance(call, LiveCall):
            pyfuncitem.config.stash.setdefault(_SAID, []).extend([pyfuncitem.name, *call.said])
        raise
    pyfuncitem.stash[_PASSED] = True
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for title, key in (("figures", _FIGURES), ("what pages noted while a test failed", _SAID)):
        lines = config.stash.get(key, [])
        if lines:
            terminalreporter.section(title)
            for line in lines:
                terminalreporter.line(line)
