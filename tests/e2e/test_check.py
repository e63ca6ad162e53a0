"""The page that says whether calls will work here, in a real browser against a real relay."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person, chromium
from tests.support.coturn import outside_address
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess, free_port

PATIENCE = 40_000
"""Milliseconds for the whole check: some 12 s on a machine that is not busy."""


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    """With settings as the test gives them."""
    process = ServerProcess(tmp_path, **getattr(request, "param", {}))
    process.start()
    yield process
    process.stop()


def relay() -> dict[str, object]:
    """Settings for a TURN server of our own that browsers on this machine reach."""
    return {
        "turn": "on",
        "turn_host": outside_address(),
        "turn_port": free_port(),
        "turn_relay_ports": "50000-50999",
    }


def line(person: Person, name: str) -> str:
    """What stands beside a step: its mark in words, and what was found."""
    own_name = person.page.locator("b", has_text=re.compile(f"^{name}"))
    step = person.page.get_by_role("listitem").filter(has=own_name)
    return step.text_content() or ""


def checks(person: Person, server: ServerProcess) -> None:
    person.open(f"{server.url}/check")
    person.press("Start")


def is_done(person: Person) -> None:
    expect(person.control("Copy for the host")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("server", [relay()], indirect=True)
def test_with_a_relay_every_line_is_good_and_nothing_is_left_behind(
    invite: Invite, server: ServerProcess
) -> None:
    eventually("coturn runs", lambda: httpx.get(f"{server.url}/healthz").json()["turn"] == "running")
    mara = invite("Mara", permissions=["camera", "microphone", "clipboard-read", "clipboard-write"])
    checks(mara, server)
    mara.page.get_by_role("button", name="I heard it").click(timeout=PATIENCE)
    is_done(mara)
    expect(mara.page.get_by_role("heading", level=1)).to_have_text("Calls will work here")
    for name in ("Browser", "Camera", "Microphone", "Speakers", "This server", "Direct path"):
        assert line(mara, name).startswith(f"{name}: Good"), line(mara, name)
    for name in ("Relay over UDP", "Relay over TCP"):
        assert line(mara, name).startswith(f"{name}: Good"), line(mara, name)
    assert "Not offered" in line(mara, "Relay over TLS")
    assert "Mbit/s, 0 % lost" in line(mara, "Speed through the relay")
    mara.press("Copy for the host")
    expect(mara.page.get_by_text("Copied.")).to_be_visible()
    text = mara.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"Visavis, {server.url}, ")
    assert "Relay over UDP: Good." in text
    assert outside_address() not in text
    health = httpx.get(f"{server.url}/healthz").json()
    assert (health["rooms"], health["participants"]) == (0, 0)
    with closing(sqlite3.connect(server.folder / "data/visavis.db")) as database:
        assert database.execute("SELECT count(*) FROM rooms").fetchone() == (0,)


def test_without_a_relay_it_says_that_there_is_none(invite: Invite, server: ServerProcess) -> None:
    mara = invite("Mara")
    checks(mara, server)
    mara.page.get_by_role("button", name="I did not").click(timeout=PATIENCE)
    is_done(mara)
    assert "Look at the volume" in line(mara, "Speakers")
    assert "Not tried" in line(mara, "Direct path")
    for name in ("Relay over UDP", "Relay over TCP", "Relay over TLS"):
        assert "Not offered" in line(mara, name)
    assert "Not measured" in line(mara, "Speed through the relay")
    expect(mara.page.get_by_role("heading", level=1)).to_have_text("Calls will not work with everybody")


def test_a_camera_that_is_refused_is_told_and_the_rest_is_tried(
    invite: Invite, playwright: Playwright, server: ServerProcess
) -> None:
    with chromium(playwright, grant=False) as refusing:
        mara = _at(invite, refusing)
        checks(mara, server)
        is_done(mara)
        assert "Not allowed" in line(mara, "Camera")
        assert "Not allowed" in line(mara, "Microphone")
        assert line(mara, "This server").startswith("This server: Good")
        heading = mara.page.get_by_role("heading", level=1)
        expect(heading).to_have_text("The others will miss something of you")
        mara.context.close()


def _at(invite: Invite, browser: Browser) -> Person:
    return invite("Mara", at=browser)


def test_the_lobby_leads_to_it_and_it_leads_back(invite: Invite, server: ServerProcess) -> None:
    mara = invite("Mara")
    mara.open(server.url)
    mara.page.get_by_role("link", name="Check camera and connection").click()
    expect(mara.page.get_by_role("heading", level=1)).to_have_text("Will calls work here?")
    mara.page.go_back()
    expect(mara.control("Start a room")).to_be_visible()
