"""Calls across networks: browsers, servers and routers in a lab, each with its own addresses."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.support.browser import Person, chromium
from tests.support.lab import SERVER_ADDRESS, Lab, Machine, Namespace
from tests.support.parts import require
from tests.support.server_process import ServerProcess

STUN_URL = f"stun:{SERVER_ADDRESS}:3478"

Serve = Callable[..., ServerProcess]
Call = Callable[..., Person]


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
    which their pages would complain of.
    """
    del serve
    with ExitStack() as stack:

        def make(machine: Machine, name: str, server: ServerProcess, *flags: str) -> Person:
            # Cameras are given to https pages only, and to those that are said to be as safe.
            safe = f"--unsafely-treat-insecure-origin-as-secure={server.url}"
            browser = stack.enter_context(chromium(playwright, safe, *flags, inside=machine))
            return Person.at(browser, name)

        yield make


def start_stun(where: Namespace) -> None:
    """A STUN server on port 3478 of a host of the lab. It ends with the lab."""
    program = require("turnserver", "apt install coturn")
    quiet = ("--no-tls", "--no-dtls", "--no-cli", "--log-file", "/dev/null")
    # Without a folder for its database and process id it takes those of the system's service.
    own = ("--userdb", where.folder / "stun.db", "--pidfile", where.folder / "stun.pid")
    where.start(program, "-n", "--stun-only", *quiet, *own, stderr=subprocess.DEVNULL)
