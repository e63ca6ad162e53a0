"""What the doctor makes of what it saw: rules without sockets."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from tests.support.certificates import TestAuthority
from tests.support.fake_clock import FakeClock
from visavis.doctor import findings as module
from visavis.doctor import for_people, for_programs, worst
from visavis.doctor.examine import judge_storage, judge_turn_state
from visavis.doctor.findings import Finding, Verdict, guarded
from visavis.doctor.relay import is_allowed, judge_relayed
from visavis.doctor.site import (
    Answer,
    Arrived,
    NoSuchAddress,
    Site,
    judge_address,
    judge_proxy,
    judge_safety,
)
from visavis.doctor.stun import judge_stun
from visavis.doctor.tls import Shown, is_for, judge_certificate
from visavis.doctor.turn_client import TurnUrl
from visavis.inquiry import Inquiries

FINE = Finding.ok("one", "It is well.")
BAD = Finding.problem("two", "It is not.", "Mend it.")
DOUBTFUL = Finding.warning("three", "It is, for now.", "Look again.")
UNSEEN = Finding.not_tried("four", "It is dark.")


# --- the report -------------------------------------------------------------------------------------


def test_the_worst_finding_is_the_verdict() -> None:
    assert worst([]) is Verdict.OK
    assert worst([FINE, UNSEEN]) is Verdict.OK
    assert worst([FINE, DOUBTFUL]) is Verdict.WARNING
    assert worst([BAD, DOUBTFUL, FINE]) is Verdict.PROBLEM


def test_for_people_each_finding_is_a_line_and_each_remedy_another() -> None:
    lines = for_people([FINE, BAD, UNSEEN]).splitlines()
    assert [line.split() for line in lines[:4]] == [
        ["\x1b[32mok", "\x1b[0m", "one", "It", "is", "well."],
        ["\x1b[31mproblem", "\x1b[0m", "two", "It", "is", "not."],
        ["->", "Mend", "it."],
        ["\x1b[90mnot", "tried\x1b[0m", "four", "It", "is", "dark."],
    ]
    assert lines[-1] == "Problems: 1. Warnings: 0. Not tried: 1."


def test_for_programs_it_is_one_object() -> None:
    report = json.loads(for_programs([FINE, BAD], "https://calls.example.org"))
    assert report["form"] == 1
    assert report["verdict"] == "problem"
    assert report["findings"] == [
        {"name": "one", "verdict": "ok", "reason": "It is well.", "remedy": None},
        {"name": "two", "verdict": "problem", "reason": "It is not.", "remedy": "Mend it."},
    ]


async def test_a_check_that_fails_or_takes_too_long_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails() -> list[Finding]:
        raise RuntimeError("a fault of ours")

    async def lasts() -> list[Finding]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(module, "PATIENCE", 0.01)
    (failed,) = await guarded("one", fails())
    assert (failed.verdict, "a fault of ours" in failed.reason) == (Verdict.NOT_TRIED, True)
    (slow,) = await guarded("two", lasts())
    assert slow.verdict is Verdict.PROBLEM


# --- the public address -----------------------------------------------------------------------------

SITE = Site.at("https://calls.example.org")
FOUND = Answer(Arrived("198.51.100.9", "calls.example.org", True, False, False), status=200)
ELSEWHERE = Answer(status=200)
SILENT = Answer(error="the connection is refused")
HERE = frozenset({"192.0.2.7"})


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://calls.example.org", "https://calls.example.org"),
        ("calls.example.org/", "https://calls.example.org"),
        ("https://calls.example.org:443", "https://calls.example.org"),
        ("http://192.0.2.7:8000", "http://192.0.2.7:8000"),
        ("https://[2001:db8::7]:8443", "https://[2001:db8::7]:8443"),
    ],
)
def test_an_address_has_the_origin_that_browsers_send(url: str, origin: str) -> None:
    assert Site.at(url).origin == origin


@pytest.mark.parametrize("url", ["", "ftp://a.example", "https://", "https://a.example/calls", "a:b", "a:0"])
def test_what_is_no_address_of_a_site_is_refused(url: str) -> None:
    with pytest.raises(NoSuchAddress):
        Site.at(url)


@pytest.mark.parametrize(
    ("addresses", "answer", "runs", "verdict", "words"),
    [
        ([], SILENT, True, Verdict.PROBLEM, "no address in the DNS"),
        (["127.0.0.1", "::1"], FOUND, True, Verdict.WARNING, "for this machine alone"),
        (["192.0.2.7"], FOUND, True, Verdict.OK, "this machine"),
        (["203.0.113.5"], FOUND, True, Verdict.OK, "leads to this server"),
        (["203.0.113.5"], ELSEWHERE, True, Verdict.PROBLEM, "not this server"),
        (["203.0.113.5"], ELSEWHERE, False, Verdict.NOT_TRIED, "No server of ours runs"),
        (["203.0.113.5"], SILENT, False, Verdict.NOT_TRIED, "refused"),
        (["203.0.113.5"], SILENT, True, Verdict.WARNING, "cannot be reached from here"),
        (["192.0.2.7"], SILENT, True, Verdict.PROBLEM, "gives no answer"),
    ],
)
def test_where_the_public_address_leads(
    addresses: list[str], answer: Answer, runs: bool, verdict: Verdict, words: str
) -> None:
    found = judge_address(SITE, addresses, HERE, answer, runs=runs)
    assert (found.verdict, words in found.reason) == (verdict, True), found


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("http://localhost:8000", Verdict.OK),
        ("http://127.0.0.1:8000", Verdict.OK),
        ("http://192.168.1.7:8000", Verdict.PROBLEM),
        ("https://192.168.1.7:8443", None),
    ],
)
def test_a_page_on_plain_http_has_no_camera(url: str, verdict: Verdict | None) -> None:
    found = judge_safety(Site.at(url))
    assert (found and found.verdict) == verdict


@pytest.mark.parametrize(
    ("host", "proxied", "believed", "server", "verdict", "words"),
    [
        ("calls.example.org", False, False, None, None, ""),
        ("CALLS.example.org", True, True, "Caddy", Verdict.OK, "Caddy passes on"),
        ("localhost:8000", True, True, "nginx", Verdict.PROBLEM, "'localhost:8000'"),
        ("calls.example.org", True, False, None, Verdict.WARNING, "127.0.0.1 is not trusted"),
        ("calls.example.org", False, False, "nginx", Verdict.WARNING, "nginx does not say"),
    ],
)
def test_what_a_proxy_does(
    host: str, proxied: bool, believed: bool, server: str | None, verdict: Verdict | None, words: str
) -> None:
    headers = {"server": server} if server else {}
    answer = Answer(Arrived("127.0.0.1", host, True, proxied, believed), status=200, headers=headers)
    found = judge_proxy(SITE, answer)
    assert (found and found.verdict) == verdict
    assert found is None or words in found.reason


def test_of_a_proxy_in_front_of_another_server_nothing_is_said() -> None:
    assert judge_proxy(SITE, ELSEWHERE) is None


# --- certificates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "days", "code", "verdict", "words"),
    [
        ("calls.example.org", (-1, 89), 0, Verdict.OK, "for 88 days"),
        ("*.example.org", (-1, 89), 0, Verdict.OK, "calls.example.org"),
        # Renewed when a third is left: 13 days of 90 are late, 13 of 30 are not.
        ("calls.example.org", (-77, 13), 0, Verdict.WARNING, "ends in 12 days"),
        ("calls.example.org", (-17, 13), 0, Verdict.OK, "for 12 days"),
        ("calls.example.org", (-90, -1), 10, Verdict.PROBLEM, "has expired"),
        ("calls.example.org", (1, 90), 9, Verdict.PROBLEM, "ahead"),
        (
            "example.org",
            (-1, 89),
            62,
            Verdict.PROBLEM,
            "It is for example.org, and not for calls.example.org",
        ),
        ("calls.example.org", (-1, 89), 20, Verdict.PROBLEM, "do not trust"),
        # The name is told before the issuer, whatever OpenSSL saw first.
        ("example.org", (-1, 89), 20, Verdict.PROBLEM, "It is for example.org"),
    ],
)
def test_what_browsers_make_of_a_certificate(
    tmp_path: Path, name: str, days: tuple[int, int], code: int, verdict: Verdict, words: str
) -> None:
    file, _ = TestAuthority(tmp_path).issue(name, begins=days[0], ends=days[1])
    leaf = x509.load_pem_x509_certificate(file.read_bytes())
    soon = datetime.now(UTC) + timedelta(minutes=1)
    found = judge_certificate("certificate", "calls.example.org", Shown(leaf, code, "why"), soon)
    assert (found.verdict, words in found.reason) == (verdict, True), found


@pytest.mark.parametrize(
    ("host", "names", "fits"),
    [
        ("calls.example.org", ["CALLS.example.org"], True),
        ("a.calls.example.org", ["*.example.org"], False),
        ("192.0.2.7", ["192.0.2.7"], True),
        ("192.0.2.7", ["*.0.2.7"], False),
        ("calls.example.org", [], False),
    ],
)
def test_a_star_stands_for_one_label_of_a_name(host: str, names: list[str], fits: bool) -> None:
    assert is_for(host, names) is fits


# --- TURN -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host", "port", "transport"),
    [
        ("turn:turn.example.org", "turn.example.org", 3478, "udp"),
        ("turn:turn.example.org:80?transport=tcp", "turn.example.org", 80, "tcp"),
        ("turns:turn.example.org?transport=tcp", "turn.example.org", 5349, "tls"),
        ("turn:[2001:db8::7]:3479", "2001:db8::7", 3479, "udp"),
        ("turn:[2001:db8::7]", "2001:db8::7", 3478, "udp"),
    ],
)
def test_a_turn_url_says_where_and_how(url: str, host: str, port: int, transport: str) -> None:
    assert TurnUrl.read(url) == TurnUrl(host, port, transport)


@pytest.mark.parametrize(
    ("relayed", "server", "verdict"),
    [
        ("8.8.4.4", ["8.8.4.4"], None),
        ("10.0.0.5", ["10.0.0.5"], None),  # in a local network
        ("10.0.0.5", ["8.8.4.4"], Verdict.PROBLEM),
        ("9.9.9.9", ["8.8.4.4"], Verdict.WARNING),
        ("1.1.1.1", ["8.8.4.4"], None),  # this machine has it
        ("10.0.0.5", [], None),
    ],
)
def test_a_relayed_address_must_be_one_that_the_others_reach(
    relayed: str, server: list[str], verdict: Verdict | None
) -> None:
    found = judge_relayed(TurnUrl("turn.example.org", 3478, "udp"), relayed, server, {"1.1.1.1", "10.0.0.5"})
    assert (found and found.verdict) == verdict


@pytest.mark.parametrize(
    ("seen", "external", "verdict"),
    [
        ("9.9.9.9", None, Verdict.OK),
        ("9.9.9.9", "9.9.9.9", Verdict.OK),
        ("9.9.9.9", "8.8.4.4", Verdict.WARNING),
        (None, None, Verdict.PROBLEM),
    ],
)
def test_stun_must_answer_and_see_what_the_settings_say(
    seen: str | None, external: str | None, verdict: Verdict
) -> None:
    assert judge_stun("stun:stun.example.org", seen, external, 12).verdict is verdict


@pytest.mark.parametrize(
    ("status", "verdict"), [(404, Verdict.OK), (503, Verdict.PROBLEM), (None, Verdict.PROBLEM)]
)
def test_a_database_elsewhere_is_judged_by_the_servers_answer(status: int | None, verdict: Verdict) -> None:
    assert judge_storage(status).verdict is verdict


@pytest.mark.parametrize(
    ("state", "verdicts"),
    [
        ("running", []),
        ("off", []),
        ("absent", [Verdict.WARNING]),
        ("restarting", [Verdict.WARNING]),
        ("failed", [Verdict.PROBLEM]),
    ],
)
def test_our_own_turn_server_is_told_of_where_it_does_not_run(state: str, verdicts: list[Verdict]) -> None:
    assert [finding.verdict for finding in judge_turn_state(state, "a reason")] == verdicts


def test_what_is_open_on_purpose_is_known_by_its_network() -> None:
    assert is_allowed("10.0.0.1", ["10.0.0.0/24"])
    assert not is_allowed("10.0.1.1", ["10.0.0.0/24", "fd00::/8"])


# --- the inquiry ------------------------------------------------------------------------------------


def test_an_inquiry_is_known_by_the_server_with_the_same_secret_for_a_minute() -> None:
    clock = FakeClock()
    inquiries = Inquiries(b"s" * 32, clock.now)
    signed = inquiries.sign()
    for passed, known in ((0, True), (59, True), (2, False)):
        clock.advance(passed)
        assert inquiries.knows(signed) is known
    assert not Inquiries(b"t" * 32, lambda: 0.0).knows(signed)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "x" * 2000])
def test_what_is_no_inquiry_is_not_known(header: str) -> None:
    assert not Inquiries(b"s" * 32, lambda: 1000.0).knows(header)
