"""Pebble, the test server of Let's Encrypt, as a real ACME server: it looks at challenges for real."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.support.eventually import eventually
from tests.support.https import trusting
from tests.support.parts import require
from tests.support.server_process import free_port
from visavis.certificates.authority import Authority

KNOWN = "calls.home.arpa"
"""The one name that its DNS server knows, with the address of this machine."""

BLOCKED = "blocked.home.arpa"
"""A name for which it issues no certificate."""


@dataclass(frozen=True)
class Pebble:
    """A running server.

    Attributes:
        directory: its address.
        ca_bundle: the authority that signed its own https.
    """

    directory: str
    ca_bundle: Path
    _management: str

    @property
    def root(self) -> str:
        """The authority of the certificates that it issues, in PEM."""
        trust = trusting(self.ca_bundle.read_text())
        return httpx.get(f"{self._management}/roots/0", verify=trust).text


@contextmanager
def pebble(folder: Path, http_port: int, *, lifetime: int = 7_776_000) -> Iterator[Pebble]:
    """Start one, with a DNS server of its own.

    Args:
        http_port: where it looks at challenges, for the Internet's port 80.
        lifetime: of the certificates that it issues, in seconds.
    """
    program = require("pebble", "apt install pebble")
    names = require("pebble-challtestsrv", "apt install pebble")
    folder.mkdir()
    authority = Authority.make("pebble", (), datetime.now(UTC))
    own, bundle = folder / "pebble.pem", folder / "bundle.pem"
    own.write_bytes(authority.issue(["localhost"], datetime.now(UTC)))
    bundle.write_bytes(authority.pem)
    api, management, dns, dns_management = (free_port() for _ in range(4))
    settings = {
        "listenAddress": f"127.0.0.1:{api}",
        "managementListenAddress": f"127.0.0.1:{management}",
        "certificate": str(own),
        "privateKey": str(own),
        "httpPort": http_port,
        "tlsPort": 1,
        "certificateValidityPeriod": lifetime,
        "domainBlocklist": [BLOCKED],
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": settings}))
    listening = ["-dns01", f"127.0.0.1:{dns}", "-management", f"127.0.0.1:{dns_management}"]
    unused = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv4", "", "-defaultIPv6", ""]
    with (
        _running([names, *listening, *unused], {}),
        _running(
            [program, "-config", str(folder / "pebble.json"), "-dnsserver", f"127.0.0.1:{dns}"],
            # Without its pauses, and without the faults that it makes up.
            {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"},
        ),
    ):
        made = Pebble(
            f"https://localhost:{api}/dir",
            bundle,
            f"https://localhost:{management}",
        )
        eventually("its DNS server answers", lambda: _learns(f"http://127.0.0.1:{dns_management}"))
        eventually("Pebble answers", lambda: _answers(made))
        yield made


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=os.environ | environment, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _learns(names: str) -> bool:
    try:
        told = httpx.post(f"{names}/add-a", json={"host": f"{KNOWN}.", "addresses": ["127.0.0.1"]})
    except httpx.TransportError:
        return False
    return told.is_success


def _answers(server: Pebble) -> bool:
    try:
        return bool(server.root)
    except httpx.TransportError:
        return False
