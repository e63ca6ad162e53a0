"""A Socket.IO server in a thread of its own, by either way in, and raw clients for it."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from tests.support.eventually import eventually
from visavis.socketio.engine import Engine
from visavis.socketio.fastpath import websocket_protocol

T = TypeVar("T")

WAYS = ("asgi", "fast")
"""Of a WebSocket into the server: by ASGI, and by the protocol class of ``visavis serve``."""

_PATIENCE = 5.0
"""Seconds that a client waits for anything."""

_BIG = 4_000_000
"""Bytes. More than any test sends: the limits under test are the server's own."""


class LiveServer:
    """uvicorn with an ASGI application, on uvloop.

    Args:
        engines: by path; where given, WebSockets come in by the fast path.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], engines: Mapping[str, Engine] | None) -> None:
        self._config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=0,
            ws="websockets-sansio" if engines is None else websocket_protocol(engines),
            ws_ping_interval=None,
            ws_per_message_deflate=False,
            ws_max_size=_BIG,
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(self._config)
        self._thread = threading.Thread(target=self._run)
        self._loop: asyncio.AbstractEventLoop

    @property
    def port(self) -> int:
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something in the server's event loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self._loop))

    async def do(self, act: Callable[..., T], *arguments: Any, **more: Any) -> T:
        """Call something in the server's event loop."""

        async def acting() -> T:
            return act(*arguments, **more)

        return await self.run(acting())

    def __enter__(self) -> Self:
        self._thread.start()
        eventually("the server has started", lambda: self._server.started)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._config.get_loop_factory()) as runner:
            self._loop = runner.get_loop()
            runner.run(self._server.serve())


class WebSocket:
    """An Engine.IO client over WebSocket that does nothing by itself, less it is told to answer pings."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.answers_pings = False
        self.pings = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, address: str, path: str = "/socket.io/", sid: str | None = None, **more: Any
    ) -> AsyncIterator[Self]:
        query = "?EIO=4&transport=websocket" + ("" if sid is None else f"&sid={sid}")
        url = f"ws://{address}{path}{query}"
        async with connect(url, compression=None, max_size=_BIG, ping_interval=None, **more) as connection:
            yield cls(connection)

    async def send(self, *packets: str | bytes) -> None:
        for packet in packets:
            await self.connection.send(packet)

    async def recv(self) -> str | bytes:
        """The next packet, pings included where they are not answered."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                packet = await self.connection.recv()
                if packet != "2" or not self.answers_pings:
                    return packet
                self.pings += 1
                await self.connection.send("3")

    async def handshake(self) -> dict[str, Any]:
        packet = await self.recv()
        assert isinstance(packet, str)
        assert packet[0] == "0"
        found: dict[str, Any] = json.loads(packet[1:])
        return found

    async def enter(self, namespace: str = "/", auth: str = "") -> str:
        """Connect to a namespace; the socket's id."""
        prefix = "" if namespace == "/" else namespace + ","
        await self.send(f"40{prefix}{auth}")
        packet = await self.recv()
        assert isinstance(packet, str)
        assert packet.startswith(f"40{prefix}{{"), packet
        return str(json.loads(packet[2 + len(prefix) :])["sid"])

    async def closed(self) -> tuple[int | None, str]:
        """Wait for the end: the close code, None where there was none, and the reason."""
        async with asyncio.timeout(_PATIENCE):
            await self.connection.wait_closed()
        received = self.connection.close_code
        return (None if received == 1006 else received), self.connection.close_reason or ""


class Polling:
    """An Engine.IO client over HTTP long-polling that does nothing by itself."""

    def __init__(self, http: httpx.AsyncClient, path: str = "/socket.io/") -> None:
        self.http = http
        self.path = path
        self.sid = ""

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, address: str, path: str = "/socket.io/") -> AsyncIterator[Self]:
        async with httpx.AsyncClient(base_url=f"http://{address}", timeout=_PATIENCE) as http:
            client = cls(http, path)
            await client.handshake()
            yield client

    async def handshake(self) -> dict[str, Any]:
        answer = await self.http.get(f"{self.path}?EIO=4&transport=polling")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = json.loads(answer.text[1:])
        self.sid = found["sid"]
        return found

    @property
    def url(self) -> str:
        return f"{self.path}?EIO=4&transport=polling&sid={self.sid}"

    async def get(self) -> httpx.Response:
        return await self.http.get(self.url)

    async def post(self, body: str | bytes) -> httpx.Response:
        return await self.http.post(self.url, content=body)


@contextlib.asynccontextmanager
async def socket_to(server: LiveServer) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare TCP connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
