"""What is believed of a client behind proxies, and of whom."""

from typing import Any

import pytest

from visavis.proxies import Asked, TrustedProxies
from visavis.socketio import Origins, Request

PROXY, INNER, CLIENT = "10.0.0.1", "10.0.0.2", "203.0.113.7"
trusted = TrustedProxies(["10.0.0.0/24", "2001:db8::/64"])


def asked(peer: str = PROXY, **headers: str) -> Asked | None:
    return trusted.asked(peer, {f"x-forwarded-{name}": value for name, value in headers.items()})


def address(forwarded_for: str, peer: str = PROXY) -> str:
    found = asked(peer, **{"for": forwarded_for})
    assert found is not None
    return found.address


@pytest.mark.parametrize("peer", [CLIENT, "10.0.1.1", "2001:db8:1::1", "", "unix", "::ffff:10.0.1.1"])
def test_who_is_not_trusted_is_not_believed(peer: str) -> None:
    assert asked(peer, **{"for": "1.2.3.4", "proto": "https", "host": "evil.example"}) is None


def test_by_default_nobody_is_trusted() -> None:
    for peer in ("127.0.0.1", "::1", PROXY):
        assert TrustedProxies([]).asked(peer, {"x-forwarded-for": "1.2.3.4"}) is None


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        (CLIENT, CLIENT),
        (f" {CLIENT} ", CLIENT),
        # What a client wrote itself stands in front of what the proxy added.
        (f"127.0.0.1, {CLIENT}", CLIENT),
        (f"10.0.0.9, 10.0.0.8, {CLIENT}", CLIENT),
        (f"{'1.2.3.4, ' * 1000}{CLIENT}", CLIENT),
        # A proxy behind a proxy.
        (f"1.2.3.4, {CLIENT}, {INNER}", CLIENT),
        (f"{CLIENT}, {INNER}, 10.0.0.3", CLIENT),
        # Somebody in the network of the proxies.
        ("10.0.0.9", "10.0.0.9"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        # With ports, as some write them; IPv6; IPv4 in IPv6.
        (f"{CLIENT}:5678", CLIENT),
        ("[2001:db8:1::7]:5678", "2001:db8:1::7"),
        ("2001:db8:1::7", "2001:db8:1::7"),
        (f"::ffff:{CLIENT}", CLIENT),
        # Nonsense: as far as one can see, it is whoever passed it on.
        ("", PROXY),
        (",", PROXY),
        ("unknown", PROXY),
        (f"{CLIENT}, unknown", PROXY),
        (f"{CLIENT}, unknown, {INNER}", INNER),
        ("<script>", PROXY),
        ("999.1.1.1", PROXY),
    ],
)
def test_the_client_is_the_last_that_no_trusted_proxy_has(forwarded_for: str, client: str) -> None:
    assert address(forwarded_for) == client


def test_a_proxy_may_come_by_ipv6_and_by_ipv4_in_it() -> None:
    assert address(CLIENT, "2001:db8::1") == CLIENT
    assert address(CLIENT, f"::ffff:{PROXY}") == CLIENT


@pytest.mark.parametrize(
    ("proto", "secure"),
    [("https", True), ("HTTPS", True), ("wss", True), ("http", False), ("http, https", True), ("ftp", None)],
)
def test_the_scheme_is_what_the_proxy_says(proto: str, secure: bool | None) -> None:
    assert asked(**{"for": CLIENT, "proto": proto}) == Asked(CLIENT, secure, None)


@pytest.mark.parametrize(
    ("forwarded_for", "host", "believed"),
    [
        (CLIENT, "calls.example.org", "calls.example.org"),
        # A client wrote one itself, and the proxy added its own.
        (CLIENT, "evil.example, calls.example.org", "calls.example.org"),
        # Each of two proxies added what it was asked for.
        (f"{CLIENT}, {INNER}", "evil.example, calls.example.org, inner.example", "calls.example.org"),
        # The outer one wrote it, the inner one passed it on.
        (f"{CLIENT}, {INNER}", "calls.example.org", "calls.example.org"),
        (CLIENT, "", None),
    ],
)
def test_the_host_is_what_the_outermost_trusted_proxy_was_asked_for(
    forwarded_for: str, host: str, believed: str | None
) -> None:
    assert asked(**{"for": forwarded_for, "host": host}) == Asked(CLIENT, None, believed)


def test_a_request_and_a_scope_are_told_the_same() -> None:
    headers = [
        (b"host", b"127.0.0.1:8000"),
        (b"x-forwarded-for", b"1.2.3.4"),
        (b"x-forwarded-for", CLIENT.encode()),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", b"calls.example.org"),
    ]
    request = trusted.request(Request.of("GET", b"", headers, PROXY))
    assert (request.address, request.secure) == (CLIENT, True)
    assert request.headers["host"] == "calls.example.org"

    scope: dict[str, Any] = {"type": "websocket", "scheme": "ws", "client": (PROXY, 5), "headers": headers}
    trusted.tell(scope)
    assert (scope["client"], scope["scheme"]) == ((CLIENT, 0), "wss")
    assert [value for name, value in scope["headers"] if name == b"host"] == [b"calls.example.org"]
    again = {**scope}
    trusted.tell(again)
    assert again == scope


@pytest.mark.parametrize("scope", [{"type": "lifespan"}, {"type": "http", "headers": [], "client": None}])
def test_a_scope_without_a_client_is_left_alone(scope: dict[str, Any]) -> None:
    before = {**scope}
    trusted.tell(scope)
    assert scope == before


@pytest.mark.parametrize(
    ("origin", "secure", "allowed"),
    [
        ("https://calls.example.org", True, True),
        ("https://calls.example.org", False, True),  # a proxy that is not trusted hides the https
        ("http://calls.example.org", False, True),
        ("http://calls.example.org", True, False),  # a page that was changed on its way
        ("https://evil.example", True, False),
        ("null", True, False),
    ],
)
def test_the_server_s_own_pages_are_those_of_its_host_by_https(
    origin: str, secure: bool, allowed: bool
) -> None:
    headers = [(b"origin", origin.encode()), (b"host", b"calls.example.org")]
    refusal = Origins().check(Request.of("GET", b"", headers, CLIENT, secure=secure))
    assert (refusal is None) is allowed
