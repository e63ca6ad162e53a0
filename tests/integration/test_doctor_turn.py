"""The doctor's TURN client against a real coturn, as it should be and broken in each way that it names."""

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.certificates import TestAuthority
from tests.support.coturn import SECRET, Coturn, coturn
from tests.support.server_process import free_port
from visavis.doctor.findings import Finding, Verdict
from visavis.doctor.relay import CERTIFICATE, CLOSED, RELAY, check_turn
from visavis.doctor.site import IceEntry, trusting


def entry(urls: Sequence[str], secret: str = SECRET) -> IceEntry:
    username = f"{int(time.time()) + 600}:doctor"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return IceEntry(tuple(urls), username, base64.b64encode(digest).decode())


async def examined(
    urls: Sequence[str], authority: Path | None = None, allowed: Sequence[str] = (), secret: str = SECRET
) -> dict[str, Finding]:
    findings = await check_turn(entry(urls, secret), trusting(authority), allowed)
    return {finding.name: finding for finding in findings}


def verdicts(findings: dict[str, Finding]) -> dict[str, Verdict]:
    return {name: finding.verdict for name, finding in findings.items()}


async def test_a_sound_server_is_found_to_be_sound_over_each_transport(tmp_path: Path) -> None:
    authority = TestAuthority(tmp_path)
    with coturn(tmp_path, certificate=authority.issue("localhost")) as server:
        found = await examined(server.urls("udp", "tcp", "tls"), authority.file)
    assert verdicts(found) == dict.fromkeys(
        ("TURN over UDP", "TURN over TCP", CERTIFICATE, "TURN over TLS", RELAY, CLOSED), Verdict.OK
    )
    assert server.relay in found[RELAY].reason


async def test_another_secret_is_told_as_such(tmp_path: Path) -> None:
    with coturn(tmp_path) as server:
        found = await examined(server.urls("udp", "tcp"), secret="not this one")  # noqa: S106
    for name in ("TURN over UDP", "TURN over TCP"):
        assert found[name].verdict is Verdict.PROBLEM
        assert "refuses our credentials" in found[name].reason
        assert "TURN_SECRET" in found[name].remedy
    assert found[RELAY].verdict is Verdict.NOT_TRIED


async def test_a_port_at_which_nobody_is_does_not_answer() -> None:
    dead = Coturn(free_port(), free_port(), "")
    found = await examined(dead.urls("udp", "tcp", "tls"))
    assert [found[f"TURN over {name}"].verdict for name in ("UDP", "TCP", "TLS")] == [Verdict.PROBLEM] * 3
    assert "firewall" in found["TURN over UDP"].remedy


@pytest.mark.parametrize(
    ("lines", "denied", "opened"),
    [
        # Debian's coturn opens them by an option that no server in the world should have.
        (("allow-loopback-peers",), (), "127.0.0.1"),
        ((), (), "169.254.169.254"),
    ],
    ids=["loopback", "private"],
)
async def test_a_relay_into_the_hosts_network_is_a_problem(
    tmp_path: Path, lines: tuple[str, ...], denied: tuple[str, ...], opened: str
) -> None:
    with coturn(tmp_path, *lines, denied=denied) as server:
        found = await examined(server.urls("udp"))
    assert found[CLOSED].verdict is Verdict.PROBLEM
    assert opened in found[CLOSED].reason


async def test_a_network_that_is_open_on_purpose_is_none(tmp_path: Path) -> None:
    with coturn(tmp_path, "allowed-peer-ip=10.0.0.0-10.0.0.255") as server:
        strict = await examined(server.urls("udp"))
        told = await examined(server.urls("udp"), allowed=("10.0.0.0/24",))
    assert strict[CLOSED].verdict is Verdict.PROBLEM
    assert told[CLOSED].verdict is Verdict.OK
    assert "10.0.0.0/24 is open on purpose" in told[CLOSED].reason


async def test_relays_that_may_not_meet_are_a_problem(tmp_path: Path) -> None:
    with coturn(tmp_path, allows_itself=False) as server:
        found = await examined(server.urls("udp"))
    assert found["TURN over UDP"].verdict is Verdict.OK
    assert found[RELAY].verdict is Verdict.PROBLEM
    assert "allowed-peer-ip" in found[RELAY].remedy


async def test_tls_that_browsers_do_not_trust_is_no_way(tmp_path: Path) -> None:
    with coturn(tmp_path, certificate=TestAuthority(tmp_path).issue("localhost")) as server:
        found = await examined(server.urls("tls"))
    assert found[CERTIFICATE].verdict is Verdict.PROBLEM
    assert "do not trust" in found[CERTIFICATE].reason
    assert found["TURN over TLS"].verdict is Verdict.PROBLEM


async def test_a_quota_that_is_used_up_is_a_warning(tmp_path: Path) -> None:
    with coturn(tmp_path, "total-quota=1", "user-quota=1") as server:
        urls = server.urls("udp")
        found = await examined(urls)
    # One allocation is had; the two for the relay are not.
    assert found["TURN over UDP"].verdict is Verdict.OK
    assert found[RELAY].verdict is Verdict.NOT_TRIED
