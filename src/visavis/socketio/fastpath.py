"""The fast way in: WebSockets without ASGI, on the same port of the same uvicorn.

uvicorn hands a socket over to the ``ws`` protocol class of its configuration as soon as it has read an
upgrade request; from there on the socket is ours, and a frame goes to the session and back without a
task, a queue or a turn of the event loop in between. Polling and all other requests stay with ASGI.

    uvicorn.Config(app, ws=websocket_protocol({"/socket.io": server.engine}))

Source: RFC 6455.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from visavis.socketio import frames
from visavis.socketio.engine import WEBSOCKET, Engine
from visavis.socketio.frames import FrameError, FrameReader
from visavis.socketio.packets import Message
from visavis.socketio.reasons import Reason
from visavis.socketio.request import BAD_REQUEST, Refusal, Request
from visavis.socketio.session import Link, Session

_MOST_HELD = 64 * 1024
"""Bytes that are held for one socket before they are handed to it."""

_PHRASES = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 426: "Upgrade Required", 503: "Busy"}


def websocket_protocol(
    engines: Mapping[str, Engine], seen: Callable[[Request], Request] = lambda request: request
) -> type[asyncio.Protocol]:
    """What to give uvicorn as ``ws``.

    Args:
        engines: by the path at which each is. A WebSocket for any other path is refused with 404.
        seen: makes of a request the one to look at: as its client made it, before proxies passed it on.
    """
    by_path = {path.rstrip("/"): engine for path, engine in engines.items()}
    cork = _Cork()

    class BoundWebSocket(_WebSocket):
        __slots__ = ()

        def __init__(self, *, server_state: Any, **_: Any) -> None:
            super().__init__(by_path, cork, server_state.connections, seen)

    return BoundWebSocket


class _Cork:
    """Holds what is written while the bytes of one read are worked off, so that it goes out in one call
    of the system for each receiver, however many frames it is.
    """

    __slots__ = ("sockets",)

    def __init__(self) -> None:
        self.sockets: list[_WebSocket] | None = None
        """Those that hold something; None where nothing is to be held."""


class _WebSocket(asyncio.Protocol):
    """A WebSocket, the server's side. See :class:`visavis.socketio.session.Carrier`.

    States: opening handshake (``_reader`` is None) -> open -> closing (``_closing``; our CLOSE is sent,
    the peer's is waited for) -> gone.

    Args:
        connections: uvicorn's list of what is to be shut down at its end.
        seen: see ``websocket_protocol``.
    """

    __slots__ = (
        "_closing",
        "_connections",
        "_cork",
        "_engines",
        "_held",
        "_held_bytes",
        "_patience",
        "_reader",
        "_seen",
        "_timer",
        "_transport",
        "link",
        "ready",
    )

    def __init__(
        self,
        engines: Mapping[str, Engine],
        cork: _Cork,
        connections: "set[Any]",
        seen: Callable[[Request], Request],
    ) -> None:
        self._engines = engines
        self._seen = seen
        self._cork = cork
        self._connections = connections
        self._held: list[bytes] | None = None
        self._held_bytes = 0
        self._transport: asyncio.Transport
        self._reader: FrameReader | None = None
        self._closing = False
        self._patience = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.ready = True
        self.link: Link | None = None

    # --- for uvicorn --------------------------------------------------------------------------

    def shutdown(self) -> None:
        """uvicorn ends."""
        link = self.link
        if isinstance(link, Session):
            link.close(Reason.STOPPING)
        elif link is not None:
            link.lost()
        self.flush()
        self._transport.close()

    # --- for the event loop -------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        held = self._cork.sockets = []
        try:
            if self._reader is None:
                self._open(data)
            else:
                self._read(self._reader, data)
        finally:
            self._cork.sockets = None
            for socket in held:
                socket.flush()

    def eof_received(self) -> None:
        """The peer sends no more: the transport closes itself."""

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._connections.discard(self)
        self.ready = False
        if self._timer is not None:
            self._timer.cancel()
        link, self.link = self.link, None
        if link is not None:
            link.lost()

    def pause_writing(self) -> None:
        self.ready = False

    def resume_writing(self) -> None:
        self.ready = not self._closing
        if self.link is not None:
            self.link.drain()

    # --- for the session (Carrier) ------------------------------------------------------------

    def write(self, message: Message) -> None:
        self._write(message.frame)

    def close(self, code: int, reason: str) -> None:
        self.link = None
        self.ready = False
        if self._closing or self._transport.is_closing():
            return
        self._closing = True
        self._write(frames.close_frame(code, reason))
        # What the peer still sends is read and dropped until it agrees: to cut it off would take our
        # CLOSE frame from it, too (RFC 6455, section 7.1.1).
        self._timer = asyncio.get_running_loop().call_later(self._patience, self._transport.abort)

    def abort(self) -> None:
        self.link = None
        self.ready = False
        self._held = None
        self._transport.abort()

    # --- inside -------------------------------------------------------------------------------

    def _write(self, data: bytes) -> None:
        if self._held is not None:
            self._held.append(data)
            self._held_bytes += len(data)
            if self._held_bytes > _MOST_HELD:
                self.flush()
        elif self._cork.sockets is not None:
            self._cork.sockets.append(self)
            self._held = [data]
            self._held_bytes = len(data)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send what was held."""
        held, self._held = self._held, None
        if held is not None and not self._transport.is_closing():
            self._transport.write(held[0] if len(held) == 1 else b"".join(held))

    def _read(self, reader: FrameReader, data: bytes) -> None:
        try:
            text = reader.whole_text(data)
            if text is not None:
                if self.link is not None:
                    self.link.received(text)
                return
            for opcode, message in reader.receive(data):
                if opcode == frames.TEXT or opcode == frames.BINARY:  # noqa: PLR1714 - faster
                    if self.link is not None:
                        self.link.received(message)
                else:
                    self._control(opcode, cast("bytes", message))
        except FrameError as error:
            self._fail(error)

    def _open(self, head: bytes) -> None:
        """Answer the opening handshake (section 4.2). uvicorn hands over the whole head at once."""
        line, *lines = head.partition(b"\r\n\r\n")[0].split(b"\r\n")
        method, target, _ = line.split(b" ", 2)
        path, _, query = target.partition(b"?")
        pairs = (line.partition(b":") for line in lines)
        headers = [(name.lower(), value.strip()) for name, _, value in pairs]
        peer = self._transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        secure = self._transport.get_extra_info("sslcontext") is not None
        made = Request.of(method.decode("latin-1"), query, headers, address, secure=secure)
        request = self._seen(made)
        engine = self._engines.get(path.decode("latin-1").rstrip("/"))
        if engine is None:
            self._refuse(Refusal(404, 3, "Not found"))
            return
        key = _key(request)
        if isinstance(key, Refusal):
            self._refuse(key)
            return
        sid = request.query.get("sid")
        refusal = engine.check(request, WEBSOCKET)
        session = refusal or (engine.open(request) if sid is None else engine.find(sid))
        if isinstance(session, Refusal):
            self._refuse(session)
            return
        self._patience = engine.timing.close
        self._reader = FrameReader(engine.limits.payload)
        self._write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + key + b"\r\n\r\n"
        )
        if sid is None:
            engine.carry(session, self)
        elif not session.begin_upgrade(self):
            self.close(frames.POLICY, "")

    def _refuse(self, refusal: Refusal) -> None:
        body = refusal.body
        head = f"HTTP/1.1 {refusal.status} {_PHRASES[refusal.status]}\r\n"
        more = "Sec-WebSocket-Version: 13\r\n" if refusal.status == 426 else ""
        self._write(
            f"{head}{more}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n".encode()
            + body
        )
        self._closing = True
        self.flush()
        self._transport.close()

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.PING and not self._closing:
            self._write(frames.control_frame(frames.PONG, payload))
        elif opcode == frames.CLOSE:
            code = frames.close_code(payload)
            if not self._closing:
                self._closing = True
                self._write(frames.close_frame(code))
            self.flush()
            self._transport.close()
            link, self.link = self.link, None
            if link is not None:
                link.lost()

    def _fail(self, error: FrameError) -> None:
        """The peer broke the protocol: nothing of what it sends is read any more (section 7.1.7)."""
        self._reader = _Deaf(0)
        link = self.link
        self.close(error.code, "")
        self.flush()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        if isinstance(link, Session):
            too_large = error.code == frames.TOO_BIG
            link.close(Reason.TOO_LARGE if too_large else Reason.MALFORMED, str(error))
        elif link is not None:
            link.lost()


class _Deaf(FrameReader):
    """Reads nothing."""

    __slots__ = ()

    def whole_text(self, data: bytes) -> str | None:  # noqa: ARG002
        return None

    def receive(self, data: bytes) -> Iterator[tuple[int, str | bytes]]:  # noqa: ARG002
        return iter(())


def _key(request: Request) -> bytes | Refusal:
    """What proves that the handshake was understood, or why it was not (section 4.2)."""
    headers = request.headers
    if headers.get("sec-websocket-version") != "13":
        return Refusal(426, 3, "WebSocket version 13 is spoken here")
    key = frames.accept_key(headers.get("sec-websocket-key", "").encode("latin-1"))
    return BAD_REQUEST if key is None or "host" not in headers else key
