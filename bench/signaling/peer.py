"""One plain Socket.IO client over a WebSocket of its own making: as little work as the protocol allows."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import cast

from bench.signaling.frames import close_frame, pong_frame, text_frame

CONNECTED = "connected"
ACK = "ack"
CLOSED = "closed"
"""What a peer hears besides the events of the server, which go by their own names."""

_CONNECT = text_frame("40")
_PONG = text_frame("3")
_BYE = text_frame("41") + close_frame()


class ServerAtFault(Exception):
    """The server did what the protocol does not allow, or refused what the benchmark needs."""


class Peer(asyncio.Protocol):
    """Counts what it hears. Answers pings. Acks that are not ``ok`` are faults.

    ``heed``, where it is set, is called with each event's name as it comes in.
    """

    def __init__(self, port: int) -> None:
        self.heed: Callable[[str], None] | None = None
        self._port = port
        self._buffer = b""
        self._upgraded = False
        self._heard: defaultdict[str, int] = defaultdict(int)
        self._waiting: tuple[str, int, asyncio.Future[None]] | None = None
        self._fault: ServerAtFault | None = None
        self._transport: asyncio.Transport

    @staticmethod
    async def connect(port: int) -> "Peer":
        """A peer that has the main namespace.

        Raises:
            ServerAtFault, OSError
        """
        loop = asyncio.get_running_loop()
        _, peer = await loop.create_connection(lambda: Peer(port), "127.0.0.1", port)
        await peer.until(CONNECTED)
        return peer

    def send(self, frame: bytes) -> None:
        self._transport.write(frame)

    async def until(self, what: str, count: int = 1) -> None:
        """Wait until something was heard that often, counted from the start.

        Raises:
            ServerAtFault: the connection ended, or the server is at fault otherwise.
        """
        self.check()
        if self._heard[what] >= count:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting = (what, count, future)
        await future

    def check(self) -> None:
        """
        Raises:
            ServerAtFault: the connection ended, or the server is at fault otherwise.
        """
        if self._fault is not None:
            raise self._fault

    async def close(self) -> None:
        """Leave as a page does that is closed in order, and wait for the end."""
        self.send(_BYE)
        await self.until(CLOSED)

    def abort(self) -> None:
        """Drop the connection at once."""
        self._transport.abort()

    # --- asyncio.Protocol ---------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # By isinstance it could not be told: the transports of uvloop are of no such class.
        self._transport = cast("asyncio.Transport", transport)
        self.send(_upgrade_request(self._port))

    def data_received(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        position = 0
        if not self._upgraded:
            position = data.find(b"\r\n\r\n") + 4
            if position == 3:
                self._buffer = data
                return
            self._read_upgrade(data[:position])
        end = len(data)
        while end - position >= 2:
            size = data[position + 1]
            start = position + 2
            if size >= 126:
                start += 2 if size == 126 else 8
                if end < start:
                    break
                size = int.from_bytes(data[position + 2 : start], "big")
            if end < start + size:
                break
            self._read_frame(data[position], data[start : start + size])
            position = start + size
        self._buffer = data[position:]

    def connection_lost(self, exc: Exception | None) -> None:
        self._hear(CLOSED)
        self._fail(f"the connection ended ({exc})")

    # --- inside -------------------------------------------------------------------------------

    def _read_upgrade(self, answer: bytes) -> None:
        self._upgraded = True
        head = answer.lower()
        if not head.startswith(b"http/1.1 101"):
            self._fail(f"the upgrade was refused: {answer.splitlines()[0]!r}")
        if b"sec-websocket-extensions" in head:
            self._fail("the server compresses: permessage-deflate must be off for all candidates")

    def _read_frame(self, first: int, payload: bytes) -> None:
        if first == 0x81:
            self._read_packet(payload)
        elif first == 0x88:
            self._transport.close()
        elif first == 0x89:
            self.send(pong_frame(payload))
        else:
            self._fail(f"a frame that starts with {first:#x}")

    def _read_packet(self, packet: bytes) -> None:
        kind = packet[:2]
        if kind == b"42":
            name = packet[4 : packet.index(b'"', 4)].decode()
            self._hear(name)
            if self.heed is not None:
                self.heed(name)
        elif kind == b"43":
            if b'"status":"ok"' not in packet:
                self._fail(f"a refusal: {packet[:200]!r}")
            self._hear(ACK)
        elif packet == b"2":
            self.send(_PONG)
        elif kind == b"40":
            self._hear(CONNECTED)
        elif packet[:1] == b"0":
            self.send(_CONNECT)
        elif kind != b"41":
            self._fail(f"an unexpected packet: {packet[:200]!r}")

    def _hear(self, what: str) -> None:
        self._heard[what] += 1
        if self._waiting is not None:
            awaited, count, future = self._waiting
            if awaited == what and self._heard[what] >= count:
                self._waiting = None
                if not future.done():
                    future.set_result(None)

    def _fail(self, why: str) -> None:
        self._fault = self._fault or ServerAtFault(why)
        if self._waiting is not None:
            future = self._waiting[2]
            self._waiting = None
            if not future.done():
                future.set_exception(self._fault)


def _upgrade_request(port: int) -> bytes:
    """As a browser asks, from a page of the server's own."""
    lines = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: Upgrade",
        "Pragma: no-cache",
        "Cache-Control: no-cache",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0",
        "Upgrade: websocket",
        f"Origin: http://127.0.0.1:{port}",
        "Sec-WebSocket-Version: 13",
        "Accept-Encoding: gzip, deflate, br",
        "Accept-Language: en-US,en;q=0.9",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
