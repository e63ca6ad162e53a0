"""A certificate for a domain, from a real ACME server: got, renewed, and not got."""

import json
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from websockets.sync.client import connect

from tests.support.eventually import eventually
from tests.support.https import HttpsServer, for_two_threads, trusting
from tests.support.pebble import BLOCKED, Pebble, pebble
from tests.support.pebble import KNOWN as DOMAIN
from tests.support.server_process import free_port


class DomainServer(HttpsServer):
    """``visavis serve --domain``, with its log as objects."""

    def __init__(self, folder: Path, http_port: int, **settings: object) -> None:
        usual: dict[str, object] = {"domain": DOMAIN, "log_format": "json", "http_port": http_port}
        super().__init__(folder, **(usual | settings))
        self.plain = f"http://127.0.0.1:{http_port}"

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Log lines that begin so."""
        lines = [json.loads(line) for line in self.output if line.startswith("{")]
        return [line for line in lines if line["event"].startswith(event)]

    def issued(self, number: int = 1) -> None:
        """Wait for so many certificates."""
        eventually(
            "certificates are issued",
            lambda: self.logged("no certificate yet") or len(self.logged("certificate issued")) >= number,
            within=15,
        )
        assert self.logged("no certificate yet") == []

    def complaint(self) -> str:
        """Wait for the line about a certificate that was not issued; why it was not."""
        (line,) = eventually("it is told", lambda: self.logged("no certificate yet"), within=15)
        return str(line["reason"])

    def get(self, path: str, trust: ssl.SSLContext) -> httpx.Response:
        """Ask as if the name of the domain had this machine's address."""
        with httpx.Client(verify=trust) as client:
            return client.get(
                f"https://127.0.0.1:{self.port}{path}",
                headers={"Host": f"{DOMAIN}:{self.port}"},
                extensions={"sni_hostname": DOMAIN},
            )

    def kept(self) -> x509.Certificate:
        file = self.folder / f"data/tls/{DOMAIN}.pem"
        return x509.load_pem_x509_certificates(file.read_bytes())[0]


@contextmanager
def serving(
    folder: Path, http_port: int, issuer: Pebble | None, **settings: object
) -> Iterator[DomainServer]:
    if issuer is not None:
        settings |= {"acme_directory": issuer.directory, "acme_ca_bundle": issuer.ca_bundle}
    server = DomainServer(folder, http_port, **settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def test_a_certificate_is_got_kept_and_used_again(tmp_path: Path) -> None:
    http_port = free_port()
    with pebble(tmp_path / "pebble", http_port) as issuer, serving(tmp_path, http_port, issuer) as server:
        assert f"Getting a certificate for {DOMAIN}" in server.said
        server.issued()
        eventually("it says so", lambda: f"Visavis is at https://{DOMAIN}:{server.port}\n" in server.said)
        trust = trusting(issuer.root)
        page = server.get("/", trust)
        assert page.status_code == 200
        assert page.headers["Strict-Transport-Security"] == "max-age=15552000"

        led = httpx.get(f"{server.plain}/r/piano?x=1", headers={"Host": "evil.example"})
        assert led.status_code == 308
        assert led.headers["Location"] == f"https://{DOMAIN}:{server.port}/r/piano?x=1"
        assert httpx.get(f"{server.plain}/.well-known/acme-challenge/x").status_code == 404

        for name in (f"{DOMAIN}.pem", "acme-account.pem"):
            assert (tmp_path / "data/tls" / name).stat().st_mode & 0o777 == 0o600
        before = server.kept()
        assert server.stop() == 0
        server.start()
        assert f"Visavis is at https://{DOMAIN}:{server.port}\n" in server.said
        assert server.get("/healthz", trust).status_code == 200
        assert server.kept() == before
        assert server.logged("certificate issued") == []


def test_it_is_renewed_while_connections_go_on(tmp_path: Path) -> None:
    http_port = free_port()
    with (
        pebble(tmp_path / "pebble", http_port, lifetime=9) as issuer,
        serving(tmp_path, http_port, issuer) as server,
    ):
        server.issued()
        trust = trusting(issuer.root)
        before = server.kept()
        address = f"wss://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
        with connect(address, ssl=for_two_threads(trusting(issuer.root)), server_hostname=DOMAIN) as one:
            assert str(one.recv()).startswith("0{")
            server.issued(2)
            assert server.get("/healthz", trust).status_code == 200
            shown = ssl.get_server_certificate(("127.0.0.1", server.port)).encode()
            assert x509.load_pem_x509_certificate(shown).serial_number != before.serial_number
            one.send("40")
            assert str(one.recv()).startswith("40{")
        # The account is the same one.
        assert len(server.logged("ACME account made")) == 1


def test_a_certificate_stays_when_its_issuer_is_gone(tmp_path: Path) -> None:
    http_port = free_port()
    with pebble(tmp_path / "pebble", http_port, lifetime=9) as issuer:
        with serving(tmp_path, http_port, issuer) as server:
            server.issued()
            trust = trusting(issuer.root)
            server.stop()
        directory = issuer.directory
    with serving(tmp_path, http_port, None, acme_directory=directory) as server:
        (line,) = eventually(
            "it is told", lambda: server.logged("the certificate could not be renewed"), within=15
        )
        assert "cannot be reached" in line["reason"]
        assert line["level"] == "error"
        server.get("/healthz", trust)


def test_why_there_is_none_is_told_in_a_line_and_the_server_goes_on(tmp_path: Path) -> None:
    http_port, other_port = free_port(), free_port()
    with pebble(tmp_path / "pebble", http_port) as issuer:
        cases = [
            ("unreachable", other_port, DOMAIN, "does not reach this machine. Open TCP port 80"),
            ("nowhere", http_port, "nowhere.home.arpa", "has no address in the DNS"),
            ("blocked", http_port, BLOCKED, "Choose another domain"),
        ]
        for name, port, domain, words in cases:
            folder = tmp_path / name
            folder.mkdir()
            with serving(folder, port, issuer, domain=domain) as server:
                assert words in server.complaint()
                answer = httpx.get(f"{server.plain}/")
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
                with pytest.raises(ssl.SSLError):
                    ssl.get_server_certificate(("127.0.0.1", server.port))
                assert server.stop() == 0


def test_an_issuer_that_is_not_trusted_or_not_there_is_told(tmp_path: Path) -> None:
    http_port = free_port()
    with pebble(tmp_path / "pebble", http_port) as issuer:
        with serving(tmp_path, http_port, None, acme_directory=issuer.directory) as server:
            assert "its certificate is not trusted" in server.complaint()
        directory = f"https://localhost:{free_port()}/dir"
        with serving(tmp_path, http_port, None, acme_directory=directory) as server:
            assert "cannot be reached (no connection)" in server.complaint()


def test_it_ends_at_once_while_a_certificate_is_being_got(tmp_path: Path) -> None:
    """An issuer that takes the connection and says nothing."""
    with ssl_less_listener() as port:
        directory = f"https://127.0.0.1:{port}/dir"
        with serving(tmp_path, free_port(), None, acme_directory=directory) as server:
            began = time.monotonic()
            assert server._end(signal.SIGTERM) == 0
            assert time.monotonic() - began < 4


@contextmanager
def ssl_less_listener() -> Iterator[int]:

    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
