"""Engine.IO 4 over real sockets, by both ways in: what the official suite asks for, and more."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.conformance_server import App
from tests.support.engineio import WAYS, LiveServer, Polling, WebSocket, socket_to
from tests.support.eventually import eventually_async

ECHO = "/engine.io/"
KEYS = {"sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"}


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture(params=WAYS)
def server(request: pytest.FixtureRequest, app: App) -> Iterator[LiveServer]:
    engines = {ECHO: app.engine, "/socket.io/": app.server.engine}
    with LiveServer(app, engines if request.param == "fast" else None) as running:
        yield running


# --- handshake --------------------------------------------------------------------------------------


async def test_polling_opens_with_a_handshake(server: LiveServer) -> None:
    async with Polling.open(server.address, ECHO) as client:
        handshake = await client.handshake()
    assert handshake.keys() == KEYS
    assert handshake["upgrades"] == ["websocket"]
    assert (handshake["pingInterval"], handshake["pingTimeout"]) == (300, 200)
    assert handshake["maxPayload"] == 1_000_000


async def test_a_websocket_opens_with_a_handshake(server: LiveServer) -> None:
    async with WebSocket.open(server.address, ECHO) as client:
        handshake = await client.handshake()
        assert client.connection.response is not None
        assert "Sec-WebSocket-Extensions" not in client.connection.response.headers
    assert handshake.keys() == KEYS
    assert handshake["upgrades"] == []


@pytest.mark.parametrize(
    ("method", "query", "number"),
    [
        ("GET", "transport=polling", 5),
        ("GET", "EIO=abc&transport=polling", 5),
        ("GET", "EIO=3&transport=polling", 5),
        ("GET", "EIO=4", 0),
        ("GET", "EIO=4&transport=abc", 0),
        ("GET", "EIO=4&transport=websocket", 3),
        ("POST", "EIO=4&transport=polling", 2),
        ("PUT", "EIO=4&transport=polling", 2),
        ("GET", "EIO=4&transport=polling&sid=unknown", 1),
        ("POST", "EIO=4&transport=polling&sid=unknown", 1),
        ("PUT", "EIO=4&transport=polling&sid=", 1),
    ],
)
async def test_requests_that_are_none_are_refused(
    server: LiveServer, method: str, query: str, number: int
) -> None:
    async with httpx.AsyncClient(base_url=f"http://{server.address}") as http:
        answer = await http.request(method, f"{ECHO}?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == number


@pytest.mark.parametrize(
    "query",
    [
        "transport=websocket",
        "EIO=abc&transport=websocket",
        "EIO=4",
        "EIO=4&transport=abc",
        "EIO=4&transport=polling",
        "EIO=4&transport=websocket&sid=unknown",
    ],
)
async def test_websockets_that_are_none_are_refused(server: LiveServer, query: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with connect(f"ws://{server.address}{ECHO}?{query}"):
            pass
    assert caught.value.response.status_code in (400, 403)


# --- messages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payload",
    [
        "4hello",
        "4test1\x1e4test2\x1e4test3",
        "4hello\x1ebAQIDBA==",
        "4ünï\u2028\x1e4",
        "\x1e".join(["4x"] * 200),
    ],
)
async def test_what_is_posted_comes_back_in_order(server: LiveServer, payload: str) -> None:
    async with Polling.open(server.address, ECHO) as client:
        posted = await client.post(payload)
        assert (posted.status_code, posted.text) == (200, "ok")
        got: list[str] = []
        while len(got) < len(payload.split("\x1e")):
            polled = await client.get()
            assert polled.status_code == 200
            assert polled.headers["content-type"] == "text/plain; charset=UTF-8"
            got += [packet for packet in polled.text.split("\x1e") if packet != "2"]
        assert "\x1e".join(got) == payload
        assert len(polled.text.split("\x1e")) <= 16  # as many as python-engineio's clients take


async def test_what_is_sent_comes_back_in_order(server: LiveServer) -> None:
    async with WebSocket.open(server.address, ECHO) as client:
        await client.handshake()
        sent: list[str | bytes] = ["4hello", b"\x01\x02\x03\x04", "4", "4ünï", b""]
        await client.send(*sent)
        assert [await client.recv() for _ in sent] == sent


@pytest.mark.parametrize("size", [500_000, 999_999])
async def test_large_messages_pass_both_transports(server: LiveServer, size: int) -> None:
    text, binary = "4" + "x" * size, b"\x00" * size
    async with WebSocket.open(server.address, ECHO) as client:
        await client.handshake()
        client.answers_pings = True
        await client.send(text, binary)
        assert [await client.recv(), await client.recv()] == [text, binary]
    async with Polling.open(server.address, ECHO) as polling:
        assert (await polling.post(text)).status_code == 200
        assert (await polling.get()).text == text
    encoded = "b" + base64.b64encode(b"\x00" * (size // 2)).decode()
    async with Polling.open(server.address, ECHO) as polling:
        assert (await polling.post(encoded)).status_code == 200
        assert (await polling.get()).text == encoded


async def test_a_message_over_the_limit_is_refused_on_both_transports(server: LiveServer, app: App) -> None:
    async with WebSocket.open(server.address, ECHO) as client:
        await client.handshake()
        with contextlib.suppress(ConnectionClosed):
            await client.send("4" + "x" * 1_000_001)
        assert (await client.closed())[0] == 1009
    async with Polling.open(server.address, ECHO) as polling:
        answer = await polling.post("4" + "x" * 1_000_001)
        assert answer.status_code == 413
        assert (await polling.get()).status_code == 400
    async with Polling.open(server.address, ECHO) as polling:

        async def without_a_length() -> AsyncIterator[bytes]:
            for _ in range(11):
                yield b"4" * 100_000

        answer = await polling.http.post(polling.url, content=without_a_length())
        assert answer.status_code == 413
    await eventually_async("nobody is left", lambda: app.engine.count == 0)


async def test_an_invalid_packet_closes(server: LiveServer) -> None:
    async with Polling.open(server.address, ECHO) as polling:
        assert (await polling.post("abc")).status_code == 400
        assert (await polling.get()).status_code == 400
    async with WebSocket.open(server.address, ECHO) as client:
        await client.handshake()
        await client.send("abc")
        assert await client.closed() == (1002, "malformed")


async def test_two_polls_at_once_close(server: LiveServer) -> None:
    async with Polling.open(server.address, ECHO) as client:
        first, second = await asyncio.gather(client.get(), client.get())
        if first.status_code != 200:
            first, second = second, first  # they are of two sockets
        assert (first.status_code, first.text) == (200, "1")
        assert second.status_code == 400
        assert (await client.get()).status_code == 400


async def test_two_posts_at_once_close(server: LiveServer) -> None:
    async with Polling.open(server.address, ECHO) as client, socket_to(server) as (reader, writer):
        head = f"POST {client.url} HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n4hel"
        writer.write(head.encode())

        async def refused() -> bool:
            return (await client.post("4x")).status_code == 400

        # As soon as the first one is there, another one is refused.
        await eventually_async("the second one is refused", refused)
        writer.write(b"loXX")
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")


async def test_a_poll_that_is_aborted_closes(server: LiveServer, app: App) -> None:
    async with Polling.open(server.address, ECHO) as client:
        async with socket_to(server) as (_, writer):
            writer.write(f"GET {client.url} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            session = next(iter(app.engine._sessions.values()))
            await eventually_async("the poll waits", lambda: session._poll is not None)
        await eventually_async("the session is gone", lambda: app.engine.count == 0, within=0.2)
        assert (await client.get()).status_code == 400


# --- pings ------------------------------------------------------------------------------------------


async def test_pings_go_on_by_both_transports(server: LiveServer) -> None:
    async with Polling.open(server.address, ECHO) as polling, WebSocket.open(server.address, ECHO) as client:
        await client.handshake()
        for _ in range(3):
            assert (await polling.get()).text == "2"
            assert (await polling.post("3")).text == "ok"
            assert await client.recv() == "2"
            await client.send("3")


async def test_without_pongs_it_is_closed_to_the_moment(server: LiveServer) -> None:
    loop = asyncio.get_running_loop()
    async with Polling.open(server.address, ECHO) as polling, WebSocket.open(server.address, ECHO) as client:
        began = loop.time()
        await client.closed()
        assert 0.45 < loop.time() - began < 0.8
        # At this moment the polling session, begun before, is over too: no 2 is left in a buffer.
        assert (await polling.get()).status_code == 400


# --- close ------------------------------------------------------------------------------------------


async def test_a_close_by_polling_lets_the_poll_go(server: LiveServer, app: App) -> None:
    async with Polling.open(server.address, ECHO) as client:
        session = next(iter(app.engine._sessions.values()))
        poll = asyncio.create_task(client.get())
        await eventually_async("the poll waits", lambda: session._poll is not None)
        assert (await client.post("1")).text == "ok"
        assert (await poll).text == "6"
        assert (await client.get()).status_code == 400


async def test_a_close_by_polling_is_the_end(server: LiveServer) -> None:
    async with Polling.open(server.address, ECHO) as client:
        assert (await client.post("1")).text == "ok"
        assert (await client.get()).status_code == 400
        assert (await client.post("4x")).status_code == 400


async def test_a_close_by_websocket_closes_it(server: LiveServer, app: App) -> None:
    for how in ("packet", "frame", "cut"):
        async with WebSocket.open(server.address, ECHO) as client:
            await client.handshake()
            if how == "packet":
                await client.send("1")
                assert (await client.closed())[0] == 1000
            elif how == "frame":
                await client.connection.close(4000, "bye")
            else:
                client.connection.transport.abort()
            await eventually_async(f"it is gone: {how}", lambda: app.engine.count == 0, within=0.2)


# --- upgrade ----------------------------------------------------------------------------------------


async def test_an_upgrade_with_probe(server: LiveServer, app: App) -> None:
    async with Polling.open(server.address, ECHO) as polling:
        async with WebSocket.open(server.address, ECHO, polling.sid) as client:
            await client.send("2probe")
            assert await client.recv() == "3probe"
            polled = await polling.get()
            assert (polled.status_code, polled.text) == (200, "6")
            await client.send("5", "4hello")
            assert await client.recv() == "4hello"
            assert (await polling.get()).status_code == 400
            assert (await polling.post("4x")).status_code == 400
            assert await client.recv() == "2"  # pings go on, and no 6 was ever here
        await eventually_async("it is gone", lambda: app.engine.count == 0)


async def test_a_poll_just_after_the_upgrade_is_refused(server: LiveServer) -> None:
    for _ in range(20):
        async with (
            Polling.open(server.address, ECHO) as polling,
            WebSocket.open(server.address, ECHO, polling.sid) as client,
        ):
            await client.send("2probe")
            await client.recv()
            _, answer = await asyncio.gather(client.send("5"), polling.get())
            assert answer.status_code == 400
            await client.send("4hello")
            assert await client.recv() == "4hello"


async def test_a_second_websocket_is_closed_and_the_first_goes_on(server: LiveServer) -> None:
    async with (
        Polling.open(server.address, ECHO) as polling,
        WebSocket.open(server.address, ECHO, polling.sid) as client,
    ):
        await client.send("2probe")
        await client.recv()
        for packet in ("", "5"):  # in the middle, and after it
            if packet:
                await client.send(packet)
            async with WebSocket.open(server.address, ECHO, polling.sid) as second:
                assert (await second.closed())[0] == 1008
        await client.send("4hello")
        assert await client.recv() == "4hello"


async def test_an_upgrade_keeps_the_order_and_loses_nothing(server: LiveServer) -> None:
    async with (
        Polling.open(server.address, ECHO) as polling,
        WebSocket.open(server.address, ECHO, polling.sid) as client,
    ):
        await polling.post("\x1e".join(f"4{n}" for n in range(5)))
        await client.send("2probe")
        assert await client.recv() == "3probe"
        got = (await polling.get()).text.split("\x1e")
        await polling.post("\x1e".join(f"4{n}" for n in range(5, 10)))
        await client.send("5", *(f"4{n}" for n in range(10, 15)))
        got += [str(await client.recv()) for _ in range(10)]
        assert got == [f"4{n}" for n in range(15)]


async def test_an_upgrade_that_breaks_leaves_polling_as_it_was(server: LiveServer) -> None:
    async with Polling.open(server.address, ECHO) as polling:
        async with WebSocket.open(server.address, ECHO, polling.sid) as client:
            await client.send("2probe")
            await client.recv()
        async with WebSocket.open(server.address, ECHO, polling.sid) as client:
            await client.send("4not a probe")
            assert (await client.closed())[0] == 1002
        assert (await polling.post("4hello")).text == "ok"
        assert (await polling.get()).text == "4hello"


# --- frames -----------------------------------------------------------------------------------------


async def test_frames_that_break_the_protocol_close(server: LiveServer, app: App) -> None:
    for frame, code in ((b"\x81\x01x", 1002), (b"\xf1\x80\0\0\0\0", 1002), (b"\x81\x81\0\0\0\0\xff", 1007)):
        async with WebSocket.open(server.address, ECHO) as client:
            await client.handshake()
            client.connection.transport.write(frame)
            assert (await client.closed())[0] == code
        await eventually_async("it is gone", lambda: app.engine.count == 0)


async def test_pings_of_the_websocket_itself_are_answered(server: LiveServer) -> None:
    async with WebSocket.open(server.address, ECHO) as client:
        await client.handshake()
        await asyncio.wait_for(await client.connection.ping(b"x"), 1)


async def test_a_fragmented_message_is_one(server: LiveServer) -> None:
    async with WebSocket.open(server.address, ECHO) as client:
        await client.handshake()
        await client.connection.send(["4he", "ll", "o"])
        assert await client.recv() == "4hello"


@pytest.mark.parametrize(
    ("headers", "statuses"),
    [
        ({"Sec-WebSocket-Key": "short"}, {b"400"}),
        ({"Sec-WebSocket-Version": "12"}, {b"400", b"426"}),
        ({"Connection": "keep-alive, Upgrade"}, {b"101"}),  # as Firefox says it
    ],
)
async def test_the_opening_handshake_is_checked(
    server: LiveServer, headers: dict[str, str], statuses: set[bytes]
) -> None:
    usual = {
        "Host": server.address,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in (usual | headers).items())
    async with socket_to(server) as (reader, writer):
        writer.write(f"GET {ECHO}?EIO=4&transport=websocket HTTP/1.1\r\n{lines}\r\n".encode())
        assert (await reader.readline()).split()[1] in statuses


# --- origins ----------------------------------------------------------------------------------------


async def test_anyone_may_connect_where_the_server_says_so_without_credentials(server: LiveServer) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    async with httpx.AsyncClient(base_url=f"http://{server.address}", headers=origin) as http:
        for answer in (
            await http.get(f"{ECHO}?EIO=4&transport=polling"),
            await http.get(f"{ECHO}?EIO=4&transport=polling&sid=unknown"),
            await http.options(ECHO),
        ):
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in answer.headers
    async with WebSocket.open(server.address, ECHO, origin="https://elsewhere.example") as client:
        assert json.loads(str(await client.recv())[1:])["sid"]
