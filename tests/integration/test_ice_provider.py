"""Providers of ICE servers, each in the shape in which it answers, from a real HTTP server."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.support.eventually import eventually_async
from tests.support.fake_clock import FakeClock
from visavis.ice import IceProvider, IceServer, Provided
from visavis.settings import Settings


class ProviderServer:
    """Answers as the test says. ``asked``: each request's method, path, headers and body."""

    def __init__(self) -> None:
        self.answer: Any = []
        self.status = 200
        self.asked: list[tuple[str, str, dict[str, str], str]] = []
        self.hold = threading.Event()
        self.hold.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                outer.asked.append((self.command, self.path, dict(self.headers), body))
                outer.hold.wait(10)
                answer = (
                    outer.answer if isinstance(outer.answer, bytes) else json.dumps(outer.answer).encode()
                )
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/ice?apiKey=key"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self) -> None:
        self.hold.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    running = ProviderServer()
    yield running
    running.stop()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


Ask = Callable[..., IceProvider]


@pytest.fixture
async def ask(server: ProviderServer, clock: FakeClock) -> Any:
    """Makes a provider of the settings, and stops it after the test."""
    made: list[IceProvider] = []

    def make(**settings: object) -> IceProvider:
        given = {"ice_provider_url": server.url} | settings
        made.append(IceProvider(Settings.model_validate(given), clock.now))
        return made[-1]

    yield make
    for provider in made:
        await provider.stop()
        await provider.stop()


TURN = {
    "urls": ["turn:t.example:3478?transport=udp", "turns:t.example:443"],
    "username": "u",
    "credential": "c",
}
KNOWN = IceServer(("turn:t.example:3478?transport=udp", "turns:t.example:443"), "u", "c")
STUN = IceServer(("stun:s.example",))


@pytest.mark.parametrize(
    ("answer", "servers", "lifetime"),
    [
        pytest.param([{"urls": "stun:s.example"}, TURN], (STUN, KNOWN), 3600, id="metered"),
        pytest.param({"iceServers": TURN}, (KNOWN,), 3600, id="cloudflare"),
        pytest.param(
            {"iceServers": [{"urls": ["stun:s.example"]}, TURN]}, (STUN, KNOWN), 3600, id="cloudflare list"
        ),
        pytest.param(
            {
                "ttl": "120",
                "ice_servers": [
                    {"url": "stun:s.example", "urls": "stun:s.example"},
                    {"url": "turn:t.example", "urls": "turn:t.example", "username": "u", "credential": "c"},
                ],
                "password": "c",
            },
            (STUN, IceServer(("turn:t.example",), "u", "c")),
            120,
            id="twilio",
        ),
        pytest.param({"s": "ok", "v": {"iceServers": TURN}}, (KNOWN,), 3600, id="xirsys urls"),
        pytest.param(
            {"s": "ok", "v": {"iceServers": [{"url": "stun:s.example"}]}}, (STUN,), 3600, id="xirsys list"
        ),
        pytest.param(
            [{"urls": ["turn:t.example:53", "turn:t.example:3478"], "username": "u", "credential": "c"}],
            (IceServer(("turn:t.example:3478",), "u", "c"),),
            3600,
            id="a port that browsers do not use",
        ),
        pytest.param(
            [{"urls": "turn:no.credentials"}, {"urls": 7}, 7, TURN], (KNOWN,), 3600, id="useless ones"
        ),
    ],
)
async def test_each_shape(
    server: ProviderServer,
    ask: Ask,
    clock: FakeClock,
    answer: Any,
    servers: tuple[IceServer, ...],
    lifetime: int,
) -> None:
    server.answer = answer
    provider = ask()
    await provider.start(patience=5)
    assert provider.provided() == Provided(servers, clock.now() + lifetime)


async def test_it_is_asked_as_the_settings_say(server: ProviderServer, ask: Ask) -> None:
    server.answer = [TURN]
    provider = ask(
        ice_provider_method="POST", ice_provider_authorization="Bearer key", ice_provider_body='{"ttl": 60}'
    )
    await provider.start(patience=5)
    ((method, path, headers, body),) = server.asked
    assert (method, path, body) == ("POST", "/ice?apiKey=key", '{"ttl": 60}')
    assert headers["Authorization"] == "Bearer key"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (401, {"s": "error", "v": "unauthorized"}),
        (302, []),
        (200, b"<html>"),
        (200, b"[" * 5000),
        (200, []),
        (200, {"s": "error", "v": "no_namespace"}),
        (200, b" " * 70_000),
    ],
)
async def test_an_answer_that_is_none_is_told_once_and_the_rest_has_to_do(
    server: ProviderServer, ask: Ask, capsys: pytest.CaptureFixture[str], status: int, answer: Any
) -> None:
    server.status, server.answer = status, answer
    provider = ask()
    await provider.start(patience=0.2)
    await eventually_async("it is asked again", lambda: len(server.asked) > 1)
    assert provider.provided() is None
    told = capsys.readouterr().out
    assert told.count("ice_provider_failed") == 1
    assert "apiKey" not in told


async def test_a_provider_that_does_not_answer_delays_the_start_no_longer_than_said(
    server: ProviderServer, ask: Ask
) -> None:
    server.hold.clear()
    server.answer = [TURN]
    provider = ask()
    await provider.start(patience=0.1)
    assert provider.provided() is None
    server.hold.set()
    await eventually_async("the answer is taken when it comes", provider.provided)


async def test_it_is_asked_again_when_half_of_the_time_is_over(server: ProviderServer, ask: Ask) -> None:
    server.answer = {"ttl": 2, "iceServers": [TURN]}
    provider = ask()
    await provider.start(patience=5)
    await eventually_async("it is asked a second time", lambda: len(server.asked) == 2)


async def test_what_is_over_is_not_handed_out(server: ProviderServer, ask: Ask, clock: FakeClock) -> None:
    server.answer = [TURN]
    provider = ask()
    await provider.start(patience=5)
    clock.advance(3601)
    assert provider.provided() is None


async def test_without_one_nothing_is_asked() -> None:
    provider = IceProvider(Settings(), FakeClock().now)
    await provider.start(patience=5)
    assert provider.provided() is None
    await provider.stop()
