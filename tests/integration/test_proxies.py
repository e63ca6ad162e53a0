"""Behind proxies: whom the server takes a client for, and the examples of the documentation, for real."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.support.https import makes_a_room, trusting
from tests.support.proxy import Proxy, caddy, nginx
from tests.support.server_process import ServerProcess

Start = Callable[[Path, int], AbstractContextManager[Proxy]]

STATIC = "203.0.113.7"

FULL = "503|403"
"""How a WebSocket is refused that is one too many; a server by ASGI cannot say 503."""


@pytest.fixture(params=[True, False], ids=["fast", "asgi"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    """Trusts a proxy on this machine, and lets each client have one connection and make two rooms."""
    process = ServerProcess(
        tmp_path,
        fast_path=request.param,
        trusted_proxies="127.0.0.1",
        max_connections_per_address=1,
        rooms_per_minute=2,
    )
    process.start()
    yield process
    process.kill()


def opened(server: ServerProcess, **headers: str) -> ClientConnection:
    named = {f"X-Forwarded-{name}": value for name, value in headers.items()}
    url = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    return connect(url, additional_headers=named)


def polled(server: ServerProcess, forwarded_for: str) -> int:
    url = f"http://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=polling"
    return httpx.get(url, headers={"X-Forwarded-For": forwarded_for}).status_code


def makes_room(server: ServerProcess, forwarded_for: str) -> int:
    url = f"http://127.0.0.1:{server.port}/api/v1/rooms"
    return httpx.post(url, json={}, headers={"X-Forwarded-For": forwarded_for}).status_code


# --- limits count clients, and not the proxy --------------------------------------------------------


def test_each_client_behind_the_proxy_has_its_own_share(server: ServerProcess) -> None:
    with opened(server, For="203.0.113.1"), opened(server, For="203.0.113.2"):
        with pytest.raises(InvalidStatus, match=FULL):
            opened(server, For="203.0.113.1")
        assert polled(server, "203.0.113.2") == 503
        assert polled(server, "203.0.113.3") == 200
    assert [makes_room(server, "203.0.113.1") for _ in range(3)] == [201, 201, 429]
    assert makes_room(server, "203.0.113.2") == 201


def test_nobody_gets_another_share_by_what_it_writes_itself(server: ServerProcess) -> None:
    """The proxy adds the true address at the end."""
    with opened(server, For=f"198.51.100.1, {STATIC}"):
        for lie in ("198.51.100.2", "127.0.0.1", "10.0.0.1, 127.0.0.1", "", "unknown"):
            with pytest.raises(InvalidStatus, match=FULL):
                opened(server, For=f"{lie}, {STATIC}")
            assert polled(server, f"{lie}, {STATIC}") == 503
    answers = [makes_room(server, f"198.51.100.{number}, {STATIC}") for number in range(4)]
    assert answers == [201, 201, 429, 429]


def test_who_is_no_trusted_proxy_is_not_believed(tmp_path: Path) -> None:
    for name, trusted in (("none", ""), ("other", "192.0.2.0/24")):
        folder = tmp_path / name
        folder.mkdir()
        server = ServerProcess(
            folder, max_connections_per_address=1, rooms_per_minute=1, trusted_proxies=trusted
        )
        server.start()
        try:
            with opened(server, For="203.0.113.1"):
                with pytest.raises(InvalidStatus, match=FULL):
                    opened(server, For="203.0.113.2")
                assert polled(server, "203.0.113.3") == 503
            assert [makes_room(server, f"203.0.113.{number}") for number in (1, 2)] == [201, 429]
            with pytest.raises(InvalidStatus, match="403"):
                visits(server, Host="evil.example", Origin="https://evil.example")
        finally:
            server.kill()


def visits(server: ServerProcess, **headers: str) -> None:
    origin = headers.pop("Origin")
    named = {f"X-Forwarded-{name}": value for name, value in headers.items()}
    url = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    with connect(url, additional_headers=named | {"Origin": origin}) as one:
        assert str(one.recv()).startswith("0{")


def test_pages_are_the_server_s_own_by_the_host_and_scheme_that_the_proxy_was_asked_for(
    server: ServerProcess,
) -> None:
    public = {"For": STATIC, "Proto": "https", "Host": "calls.example.org"}
    visits(server, **public, Origin="https://calls.example.org")
    for origin in ("http://calls.example.org", "https://evil.example", f"http://127.0.0.1:{server.port}"):
        with pytest.raises(InvalidStatus, match="403"):
            visits(server, **public, Origin=origin)


# --- the examples -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """A server behind a proxy of the examples."""

    proxy: Proxy
    server: ServerProcess

    @property
    def trust(self) -> ssl.SSLContext:
        return trusting(self.proxy.authority)

    def get(self, path: str, **headers: str) -> httpx.Response:
        with httpx.Client(verify=self.trust) as client:
            return client.get(f"{self.proxy.url}{path}", headers=headers, timeout=30)

    def post(self, path: str, body: bytes) -> httpx.Response:
        with httpx.Client(verify=self.trust) as client:
            return client.post(f"{self.proxy.url}{path}", content=body)


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    start: Start = request.param
    server = ServerProcess(folder, trusted_proxies="127.0.0.1,::1", rooms_per_minute=3)
    with ExitStack() as stack:
        server.start()
        stack.callback(server.kill)
        yield Site(stack.enter_context(start(folder / "proxy", server.port)), server)


def test_page_api_and_health_come_through(site: Site) -> None:
    assert site.get("/").headers["Content-Type"].startswith("text/html")
    assert site.get("/healthz").json()["status"] == "ok"
    assert site.get("/api/v1/ice").json()["iceServers"] == []
    assert site.get("/nowhere", Accept="text/html").status_code == 404


def test_a_websocket_comes_through_with_its_origin(site: Site) -> None:
    makes_a_room(site.proxy.url, site.trust, Origin=site.proxy.url)
    for origin in (site.proxy.url.replace("https", "http"), "https://evil.example"):
        with pytest.raises(InvalidStatus, match="403"):
            makes_a_room(site.proxy.url, site.trust, Origin=origin)


def test_polling_comes_through_and_a_poll_may_wait_for_a_ping(site: Site) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    session = _session(site.get(path, Origin=site.proxy.url))
    assert site.post(f"{path}&sid={session}", b"40").text == "ok"
    assert site.get(f"{path}&sid={session}").text.startswith("40{")
    assert site.get(f"{path}&sid={session}").text == "2"  # the ping, after 10 s
    assert site.post(f"{path}&sid={session}", b"3").text == "ok"


def _session(greeting: httpx.Response) -> str:
    return str(json.loads(greeting.text[1:])["sid"])


def test_the_largest_packet_comes_through(site: Site) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    session = _session(site.get(path))
    body = b'42["x","' + b"a" * (1_000_000 - 10) + b'"]'
    assert len(body) == 1_000_000
    assert site.post(f"{path}&sid={session}", body).text == "ok"


def test_the_client_s_address_comes_through_and_what_it_writes_itself_does_not(site: Site) -> None:
    def room(own: str, lie: str) -> int:
        """Make a room from an address of this machine."""
        lies = {
            "X-Forwarded-For": lie,
            "Forwarded": f"for={lie}",
            "X-Real-IP": lie,
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "http",
        }
        transport = httpx.HTTPTransport(verify=site.trust, local_address=own)
        with httpx.Client(transport=transport) as client:
            return client.post(f"{site.proxy.url}/api/v1/rooms", json={}, headers=lies).status_code

    answers = [room("127.0.0.2", f"198.51.100.{number}") for number in range(5)]
    assert answers == [201, 201, 201, 429, 429]
    assert room("127.0.0.3", "127.0.0.2") == 201


def test_a_lie_about_the_host_does_not_make_a_strange_page_our_own(site: Site) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        makes_a_room(
            site.proxy.url,
            site.trust,
            **{"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
        )


# Caddy does it by itself, on port 80 only.
@pytest.mark.parametrize("site", [nginx], ids=["nginx"], indirect=True)
def test_plain_http_leads_to_https(site: Site) -> None:
    led = httpx.get(f"{site.proxy.plain}/r/piano")
    assert (led.status_code, led.headers["Location"]) == (308, f"{site.proxy.url}/r/piano")
