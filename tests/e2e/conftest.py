"""Browsers and a server for the tests of the whole. The server is that of the installed wheel."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.support.browser import Person, chromium
from tests.support.server_process import ServerProcess

Invite = Callable[..., Person]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def invite(browser: Browser, server: ServerProcess) -> Iterator[Invite]:
    """Makes people. Whatever went wrong in one of their pages fails the test at its end.

    Their pages are closed before the server is stopped, which they would complain of.
    """
    assert server.url
    people: list[Person] = []
    with ExitStack() as contexts:

        def make(name: str, at: Browser = browser, **context: object) -> Person:
            person = Person.at(at, name, **context)
            contexts.callback(person.context.close)
            people.append(person)
            return person

        yield make
        problems = [problem for person in people for problem in person.problems]
    assert problems == []
