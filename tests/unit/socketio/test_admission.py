"""Who may connect, and how many."""

import pytest

from tests.support.fake_clock import FakeClock
from visavis.socketio import Limits, Origins, Request
from visavis.socketio.admission import Admission, Rate, address_key
from visavis.socketio.request import FORBIDDEN, TOO_MANY


def request(address: str = "192.0.2.1", **headers: str) -> Request:
    return Request("GET", {}, headers, address)


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        (None, True),  # no browser
        ("http://calls.example", True),
        ("https://calls.example", True),  # behind a proxy that has the certificate
        ("https://partner.example", True),
        ("http://partner.example", False),
        ("https://partner.example.evil.example", False),
        ("https://evil.example", False),
        ("https://calls.example.evil.example", False),
        ("http://calls.example:8080", False),
        ("null", False),
        ("", False),
    ],
)
def test_pages_of_the_server_and_of_those_named_may_connect(origin: str | None, passes: bool) -> None:
    headers = {"host": "calls.example"} | ({} if origin is None else {"origin": origin})
    refusal = Origins({"https://partner.example"}).check(Request("GET", {}, headers))
    assert refusal == (None if passes else FORBIDDEN)


def test_credentials_are_for_those_named_and_never_for_anyone() -> None:
    named = Origins({"https://partner.example"})
    assert dict(named.headers(request(origin="https://partner.example"))) == {
        b"access-control-allow-origin": b"https://partner.example",
        b"access-control-allow-credentials": b"true",
        b"vary": b"Origin",
    }
    assert dict(named.headers(request(origin="https://evil.example"))) == {b"vary": b"Origin"}
    assert Origins(anyone=True).headers(request(origin="https://evil.example")) == [
        (b"access-control-allow-origin", b"*")
    ]
    assert named.headers(request()) == []


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1%eth0", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", None),
        ("testclient", None),
    ],
)
def test_a_household_is_one_client(address: str, key: str | None) -> None:
    assert address_key(request(address)) == key


def test_connections_are_counted_and_given_back() -> None:
    admission = Admission(Limits(connections=3, connections_per_address=2), FakeClock().now)
    assert [admission.enter("a"), admission.enter("a"), admission.enter("a")] == [None, None, TOO_MANY]
    assert [admission.enter("b"), admission.enter("c"), admission.enter(None)] == [None, TOO_MANY, TOO_MANY]
    admission.leave("a")
    assert admission.enter("c") is None
    for key in ("a", "b", "c"):
        admission.leave(key)
    assert admission.total == 0
    assert not admission._by_address  # nothing is kept of those who are gone


def test_handshakes_have_a_rate() -> None:
    clock = FakeClock()
    admission = Admission(Limits(handshakes_per_second=2), clock.now)
    assert [admission.enter(None) for _ in range(3)] == [None, None, TOO_MANY]
    clock.advance(1)
    assert admission.enter(None) is None


def test_packets_have_a_rate_and_a_flood_is_known() -> None:
    limits, rate = Limits(events=3, window=10), Rate()
    assert rate.allow(limits, 0.0)  # CONNECT, which is not counted
    assert [rate.allow(limits, 0.0) for _ in range(5)] == [True, True, True, False, False]
    assert not rate.is_flood(limits)
    assert [rate.allow(limits, 9.9) for _ in range(2)] == [False, False]
    assert rate.is_flood(limits)
    assert rate.allow(limits, 10.0)
    assert not rate.is_flood(limits)
