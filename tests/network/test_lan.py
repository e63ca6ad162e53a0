"""A server started with --lan at home: a phone trusts its authority and calls; addresses change."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Playwright, expect

from tests.support.browser import Person, chromium
from tests.support.eventually import eventually
from tests.support.lab import Lab, Machine
from tests.support.parts import require
from tests.support.server_process import ServerProcess
from visavis.certificates.authority import Authority

HTTP_PORT = 8080


class Desk:
    """A server on a machine at home."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.server = ServerProcess(
            folder, inside=machine, address=machine.address, host="::", lan=True, http_port=HTTP_PORT
        )
        self.address = f"https://{machine.address}:{self.server.port}"
        self.help = f"http://{machine.address}:{HTTP_PORT}"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab.up() as lab:
        yield lab


def trust(home: Path, authority: bytes) -> None:
    """Import an authority into the store of Chromium's user, as its settings do."""
    program = require("certutil", "apt install libnss3-tools")
    store = f"sql:{home / '.pki/nssdb'}"
    (home / ".pki/nssdb").mkdir(parents=True, exist_ok=True)
    file = home / "authority.crt"
    file.write_bytes(authority)
    for words in (["-N", "--empty-password"], ["-A", "-n", "visavis", "-t", "C,,", "-i", str(file)]):
        subprocess.run([program, "-d", store, *words], check=True, capture_output=True)


def test_a_phone_gets_the_authority_trusts_it_and_calls(
    lab: Lab, playwright: Playwright, tmp_path: Path
) -> None:
    home_network = lab.router("home")
    desk = Desk(lab.machine("desk", home_network), tmp_path)
    phone, laptop = lab.machine("phone", home_network), lab.machine("laptop", home_network)
    desk.server.start()
    profile = tmp_path / "home"
    profile.mkdir()
    pixel = playwright.devices["Pixel 7"]
    try:
        with chromium(playwright, inside=phone, home=profile) as browser:
            authority = asks_for_help(browser, desk, pixel)
        trust(profile, authority)
        with (
            chromium(playwright, inside=phone, home=profile) as at_phone,
            chromium(playwright, inside=laptop, home=profile) as at_laptop,
        ):
            mara = Person.at(at_phone, "Mara", **pixel)
            # The code on the terminal leads here, and from here on by itself.
            mara.open(desk.help)
            mara.page.wait_for_url(f"{desk.address}/")
            assert mara.page.evaluate("isSecureContext")
            mara.page.get_by_role("button", name="Start a room").click()
            mara.page.wait_for_url(f"{desk.address}/r/*")
            mara.joins()
            joel = Person.at(at_laptop, "Joel")
            joel.joins(mara.page.url)
            mara.sees("Joel")
            joel.sees("Mara")
            mara.receives()
            joel.receives()
            assert (mara.problems, joel.problems) == ([], [])
    finally:
        desk.server.kill()


def asks_for_help(browser: Browser, desk: Desk, device: dict[str, Any]) -> bytes:
    """What one does whose phone trusts nothing yet; the certificate that it gets."""
    context = browser.new_context(**device)
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        context.new_page().goto(desk.address)
    page = context.new_page()
    page.goto(desk.help)
    expect(page.get_by_role("heading", name="Let this device trust Visavis")).to_be_visible()
    steps = page.locator("details[open]")
    expect(steps).to_have_count(1)
    expect(steps).to_contain_text("Android")
    with page.expect_download() as download:
        page.get_by_role("link", name="Get the certificate").click()
    assert download.value.suggested_filename == "visavis-authority.crt"
    expect(page.get_by_text("When your device trusts the server")).to_be_visible()
    return Path(download.value.path()).read_bytes()


_ASK = """
import socket, ssl, sys
trust = ssl.create_default_context(cadata=open(sys.argv[1]).read())
with socket.create_connection((sys.argv[2], int(sys.argv[3])), timeout=5) as one:
    trust.wrap_socket(one, server_hostname=sys.argv[2]).sendall(b"x")
"""


def test_a_new_address_of_the_machine_is_in_the_certificate_within_seconds(lab: Lab, tmp_path: Path) -> None:
    machine = lab.machine("desk", lab.router("home"))
    server = ServerProcess(
        tmp_path,
        inside=machine,
        address=machine.address,
        lan=True,
        host="0.0.0.0",  # noqa: S104
    )
    server.start()
    authority = tmp_path / "authority.crt"
    pem = Authority.kept(tmp_path / "data/tls/authority.pem")
    assert pem is not None
    authority.write_bytes(pem.pem)

    def reached_at(address: str) -> bool:
        try:
            machine.run(sys.executable, "-c", _ASK, authority, address, server.port)
        except RuntimeError as error:
            if "CERTIFICATE_VERIFY_FAILED" not in str(error):
                raise
            return False
        return True

    try:
        assert reached_at(machine.address)
        machine.ip("address", "add", "10.77.0.1/24", "dev", "lo")
        eventually("the new address is in", lambda: reached_at("10.77.0.1"), within=10)
        assert reached_at(machine.address)
    finally:
        server.kill()


def test_it_answers_where_ipv6_is_switched_off(lab: Lab, tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, inside=lab.server, address="10.50.0.10", lan=True, host="::")
    server.start()
    try:
        found = lab.server.run(sys.executable, "-c", _ASK_PLAIN, "10.50.0.10", 8080)
        assert "200 OK" in found
    finally:
        assert server._end(signal.SIGTERM) == 0


_ASK_PLAIN = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as one:
    one.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
    print(one.recv(100).decode())
"""
