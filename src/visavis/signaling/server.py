"""The edge of the signaling: parse -> authorise -> calls or relay -> acknowledge. No rules.

The one module that knows python-socketio. What the library leaves open is closed here:

* one connection, one order: the library starts a task for each event; a fair lock for each connection
  makes them wait for each other, so that a slow one delays its own connection and no ping;
* every request is answered, with a code when it is refused;
* an event rate past the limit is refused, and a flood of refused events ends the connection;
* a disconnect is handled after the events that came before it, never raises, and is safe twice;
* what goes out passes one queue, so that all see changes and signals in the order of their making.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec
import socketio
import structlog

from visavis import rooms
from visavis.calls import Calls, ConnectionId
from visavis.errors import (
    AppError,
    EventUnknown,
    InternalError,
    MessageInvalid,
    NotInRoom,
    RateLimited,
    VersionUnsupported,
)
from visavis.logs import report
from visavis.rates import RateLimit
from visavis.rooms import Change
from visavis.signaling import messages, positional, relay, wire
from visavis.signaling.messages import Notice, Refused, Reply, Request

log = structlog.get_logger(__name__)

ASGIApp = Callable[..., Awaitable[None]]

EVENTS_PER_WINDOW = 500
WINDOW = 10.0
"""Seconds. 500 events in any 10 s are 50 a second, with room for the burst of a join."""

MAX_PAYLOAD = 1_000_000
"""Bytes of one Engine.IO packet: room for a refusal to be told rather than a socket cut."""

PING_INTERVAL = 10
PING_TIMEOUT = 10
"""Seconds. A dead socket is noticed within 20 s; the grace starts then."""

_REQUESTS = {request.event: request for request in messages.REQUESTS}


class _Json:
    """JSON for the library, by msgspec: no NaN and no half surrogates, in or out."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return msgspec.json.decode(text)


@dataclass(slots=True)
class _Connection:
    """One socket. ``plain``: it entered its room in the positional form, and is spoken to so."""

    events: RateLimit
    refusals: RateLimit
    order: asyncio.Lock = field(default_factory=asyncio.Lock)
    plain: bool = False


class SignalingServer:
    """Serves Socket.IO 5 at ``/socket.io/``; speaks to the members of all calls of this node.

    ``asgi`` is the application for that path, HTTP and WebSocket. ``start`` and ``stop`` frame its life.

    Args:
        calls: the live calls.
        allowed_origins: web origins besides the server's own that may connect.
        clock: monotonic seconds, for the rates.
    """

    def __init__(self, calls: Calls, allowed_origins: Sequence[str], clock: Callable[[], float]) -> None:
        self._calls = calls
        self._allowed_origins = frozenset(allowed_origins)
        self._clock = clock
        self._connections: dict[ConnectionId, _Connection] = {}
        self._outbox: asyncio.Queue[tuple[ConnectionId, Notice]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        # A malformed packet is the sender's affair: it is not worth a traceback in our log.
        quiet = logging.getLogger("socketio.quiet")
        quiet.setLevel(logging.CRITICAL)
        self._io = socketio.AsyncServer(
            async_mode="asgi",
            json=_Json,
            logger=quiet,
            engineio_logger=quiet,
            cors_allowed_origins=self._is_allowed,
            max_http_buffer_size=MAX_PAYLOAD,
            ping_interval=PING_INTERVAL,
            ping_timeout=PING_TIMEOUT,
        )
        self._io.on("connect", self._connected)
        self._io.on("disconnect", self._disconnected)
        self._io.on("*", self._received)
        self.asgi: ASGIApp = socketio.ASGIApp(self._io, socketio_path=None)
        calls.attach(self)

    def start(self) -> None:
        """Begin to deliver. Needs the running event loop."""
        self._spawn(self._deliver())

    async def stop(self) -> None:
        """Stop to deliver. Sockets are closed by the web server."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- what calls say to members (calls.Members) --------------------------------------------

    def tell(self, change: Change, recipients: Sequence[ConnectionId]) -> None:
        notice = wire.notice(change)
        for recipient in recipients:
            self._outbox.put_nowait((recipient, notice))

    def dismiss(self, connection: ConnectionId) -> None:
        self._outbox.put_nowait((connection, messages.Ended("replaced")))

    # --- from the socket ----------------------------------------------------------------------

    def _is_allowed(self, origin: str | None, environ: dict[str, Any]) -> bool:
        """Whether a page of this origin may connect: our own pages may (RFC 6454, section 7)."""
        if origin is None or origin in self._allowed_origins:
            return True
        return urlsplit(origin).netloc == environ.get("HTTP_HOST")

    async def _connected(self, sid: str, environ: Any = None, auth: Any = None, *_: Any) -> None:
        if self._io.get_environ(sid) is not environ:
            return  # an event of that name, which the library does not tell from the real thing
        version = auth.get("version") if isinstance(auth, dict) else None
        if version not in (None, messages.PROTOCOL_VERSION):
            refused = VersionUnsupported()
            raise socketio.exceptions.ConnectionRefusedError(refused.message, {"code": refused.code})
        self._connections[ConnectionId(sid)] = _Connection(
            RateLimit(EVENTS_PER_WINDOW, WINDOW, self._clock),
            RateLimit(EVENTS_PER_WINDOW, WINDOW, self._clock),
        )

    async def _received(self, event: str, sid: str, *arguments: Any) -> Any:
        """One event. What is returned is its ack."""
        connection_id = ConnectionId(sid)
        connection = self._connections.get(connection_id)
        if connection is None:
            return None
        if not connection.events.allow():
            if not connection.refusals.allow():
                log.warning("flood: connection closed", connection=sid)
                await self._io.disconnect(sid)
            return _refusal(RateLimited())
        async with connection.order:
            return await self._answer(connection_id, connection, event, arguments)

    async def _answer(
        self,
        connection_id: ConnectionId,
        connection: _Connection,
        event: str,
        arguments: Sequence[Any],
    ) -> Any:
        try:
            if positional.is_positional(arguments):
                form = positional.parse(event, arguments)
                reply = await self._carry_out_form(connection_id, connection, form)
            else:
                request = _parse(event, arguments)
                reply = await self._carry_out(connection_id, connection, request)
        except AppError as error:
            return _refusal(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the request is answered
            fault = report(log, "event failed", error, name=event)
            return _refusal(InternalError(f"{InternalError.default} ({fault})"))
        return msgspec.to_builtins(reply)

    async def _disconnected(self, sid: str, reason: Any = None, *_: Any) -> None:
        # Not awaited here: the library may be in the midst of sending to somebody else.
        self._spawn(self._part(ConnectionId(sid), reason))

    async def _part(self, connection_id: ConnectionId, reason: Any) -> None:
        connection = self._connections.get(connection_id)
        if connection is None:
            return
        async with connection.order:
            self._connections.pop(connection_id, None)
            if connection.plain or reason == self._io.reason.CLIENT_DISCONNECT:
                # It said good-bye; or it is a plain client, which has no way to resume.
                with contextlib.suppress(NotInRoom):
                    self._calls.leave(connection_id)
            else:
                self._calls.lose(connection_id)

    # --- typed messages -----------------------------------------------------------------------

    async def _carry_out(
        self, connection_id: ConnectionId, connection: _Connection, request: Request
    ) -> Reply:
        match request:
            case messages.CreateRoom():
                room = await self._calls.create_room(request.room_id, request.capacity)
                return messages.RoomCreated(room.id, room.capacity)
            case messages.JoinRoom():
                media = wire.media(request.media)
                entry = await self._calls.join(connection_id, request.room_id, request.name, media)
                connection.plain = False
                return wire.room_entered(entry)
            case messages.Resume():
                media = wire.media(request.media)
                entry = await self._calls.resume(connection_id, request.ticket, media)
                connection.plain = False
                return wire.room_entered(entry)
            case messages.LeaveRoom():
                self._calls.leave(connection_id)
            case messages.GetRoom():
                return messages.RoomState(wire.snapshot(self._calls.roster(connection_id)))
            case messages.UpdateMedia():
                self._calls.set_media(connection_id, wire.media(request.media))
            case messages.Offer() | messages.Answer() | messages.IceCandidate():
                self._outbox.put_nowait(relay.to_one(self._calls, connection_id, request))
            case _:
                raise EventUnknown
        return messages.Done()

    # --- positional forms ---------------------------------------------------------------------

    async def _carry_out_form(
        self, connection_id: ConnectionId, connection: _Connection, form: positional.Form
    ) -> Reply:
        match form:
            case positional.Create() | positional.Join():
                if isinstance(form, positional.Create):
                    await self._calls.create_room(form.room_id, None)
                entry = await self._calls.join(connection_id, form.room_id, "", rooms.Media())
                connection.plain = True
                return wire.room_entered(entry)
            case positional.Leave():
                self._authorise(connection_id, form.room_id)
                self._calls.leave(connection_id)
            case positional.Signal():
                self._authorise(connection_id, form.room_id)
                self._broadcast(connection_id, form)
        return messages.Done()

    def _authorise(self, connection: ConnectionId, room_id: str) -> None:
        """A plain client names a room in every event: it must be the one that it is in."""
        if self._calls.place(connection).room_id != rooms.parse_room_id(room_id):
            raise NotInRoom

    def _broadcast(self, connection: ConnectionId, form: positional.Signal) -> None:
        if form.payload is None:
            return  # the end of candidates: no browser waits for it
        signal = _signal(form.kind, form.payload)
        others, notice = relay.to_all(self._calls, connection, signal)
        for other in others:
            self._outbox.put_nowait((other, notice))

    # --- to the sockets -----------------------------------------------------------------------

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self) -> None:
        while True:
            recipient, notice = await self._outbox.get()
            connection = self._connections.get(recipient)
            if connection is None:
                continue  # gone meanwhile; its participant gets a snapshot when it resumes
            if connection.plain:
                for arguments in positional.arguments_of(notice):
                    await self._io.emit(notice.event, arguments, to=recipient)
            else:
                await self._io.emit(notice.event, msgspec.to_builtins(notice), to=recipient)


def _parse(event: str, arguments: Sequence[Any]) -> Request:
    """The typed message of an event. No argument at all is the empty message."""
    kind = _REQUESTS.get(event)
    if kind is None:
        raise EventUnknown
    if len(arguments) > 1:
        raise MessageInvalid("This event has one argument: an object.")
    try:
        return msgspec.convert(arguments[0] if arguments else {}, kind)
    except msgspec.ValidationError as error:
        raise MessageInvalid(f"{MessageInvalid.default} {error}") from error


def _signal(kind: str, payload: dict[str, Any]) -> relay.Signal:
    match kind:
        case "offer":
            return messages.Offer("", payload)
        case "answer":
            return messages.Answer("", payload)
        case _:
            return messages.IceCandidate("", [payload])


def _refusal(error: AppError) -> Any:
    return msgspec.to_builtins(Refused(error.code, error.message))
