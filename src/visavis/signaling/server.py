"""The edge of the signaling: parse -> authorise -> calls or relay -> acknowledge. No rules.

What a connection is, its order, its bounds and its end are the affair of :mod:`visavis.socketio`. Most
requests are carried out on the spot; those that ask the storage are coroutines, and hold up the requests
behind them on their own connection alone.
"""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

import msgspec
import structlog

from visavis import rooms
from visavis.accounts.credentials import NOTHING, Credentials, credentials_of
from visavis.admission import Claim
from visavis.calls import Calls
from visavis.chair import Chair
from visavis.errors import (
    AppError,
    EventUnknown,
    InternalError,
    MessageInvalid,
    NotInRoom,
    RateLimited,
    TokenInvalid,
    VersionUnsupported,
)
from visavis.ice import IceServers, host_of
from visavis.identity import GUEST, Identity
from visavis.knocks import Knock, State
from visavis.live import Entry, Moderated, Prepared, Why
from visavis.lobby import ConnectionId, LinkId
from visavis.logs import report
from visavis.rates import KeyedRateLimit, address_key
from visavis.rooms import Change
from visavis.signaling import looking_after, messages, notices, positional, relay, talk, wire
from visavis.signaling.messages import Refused, Reply, Request
from visavis.signaling.notices import Notice
from visavis.socketio import (
    ConnectRefused,
    Event,
    Handlers,
    Limits,
    Origins,
    Reason,
    Server,
    Socket,
    Timing,
)
from visavis.socketio import Request as ClientRequest
from visavis.socketio.fastpath import websocket_protocol

log = structlog.get_logger(__name__)

PATH = "/socket.io"

TIMING = Timing(ping_interval=10, ping_timeout=10, connect=10)
"""A dead socket is noticed within 20 s; the grace starts then."""

COME_BACK_WITHIN = 3.0
"""Seconds over which the clients of a server that is stopped come back."""

_DECODERS = {request.event: msgspec.json.Decoder(request) for request in messages.REQUESTS}
_EMPTY = msgspec.Raw(b"{}")


class Dialect(Enum):
    """How a connection entered its room, and is spoken to."""

    TYPED = 1
    PLAIN = 2


_PLAIN = Dialect.PLAIN  # to look up a member of an Enum costs as much as a call


@dataclass(slots=True)
class Peer:
    """What is kept of a connection, as ``Socket.data``.

    ``host``: by which it reached us, where known. ``credentials``: what came with the request that opened it,
    and ``address`` of the client, from which it came; the request itself is not kept.
    """

    dialect: Dialect
    host: str | None
    credentials: Credentials = NOTHING
    address: str = ""


async def nobody(_: Credentials) -> Identity:
    """Everybody is a guest."""
    return GUEST


async def nobodys(_token: str, _room_id: str) -> Identity:
    """No token is good."""
    raise TokenInvalid


@dataclass(frozen=True, slots=True)
class Identification:
    """How it is known who somebody is.

    Attributes:
        by_credentials: who stands behind what a connection brought. Asked for each request that depends on
            it, so that a session which has ended does not count any more.
        by_token: who shows a room token at the door of a room.
    """

    by_credentials: Callable[[Credentials], Awaitable[Identity]] = nobody
    by_token: Callable[[str, str], Awaitable[Identity]] = nobodys


STRANGERS = Identification()


class SignalingServer(Handlers):
    """Serves Socket.IO 5 at ``/socket.io/``; speaks to the members of all calls of this node.

    Attributes:
        asgi: the application for that path, HTTP and WebSocket.

    Args:
        calls: the live calls.
        chair: what those do who look after rooms.
        ice: what participants are told about STUN and TURN.
        allowed_origins: web origins besides the server's own that may connect.
        identify: who somebody is.
        room_rate: how many rooms may be made from one address; None: any number.
    """

    def __init__(  # noqa: PLR0913 - it is where all meet
        self,
        calls: Calls,
        chair: Chair,
        ice: IceServers,
        allowed_origins: Sequence[str] = (),
        limits: Limits | None = None,
        timing: Timing = TIMING,
        *,
        identify: Identification = STRANGERS,
        room_rate: KeyedRateLimit | None = None,
    ) -> None:
        self._identify = identify
        self._room_rate = room_rate
        self._calls = calls
        self._chair = chair
        self._ice = ice
        self._io = Server(limits, timing, Origins(frozenset(allowed_origins)))
        self._namespace = self._io.namespace("/", self)
        self.asgi: Callable[..., Awaitable[None]] = self._io.asgi
        calls.attach(self)

    def websocket_protocol(self, seen: Callable[[ClientRequest], ClientRequest]) -> type[asyncio.Protocol]:
        """What to give uvicorn as ``ws``, so that WebSockets pass by ASGI.

        Args:
            seen: makes of a request the one that the client made, before proxies passed it on.
        """
        return websocket_protocol({PATH: self._io.engine}, seen)

    async def stop(self, within: float) -> None:
        """Take nobody any more, tell all to come back, and close them within so many seconds. Safe twice."""
        await self._io.stop(within, COME_BACK_WITHIN)

    # --- what calls say to members (calls.Members) --------------------------------------------

    def tell(self, change: Change, recipients: Sequence[ConnectionId]) -> None:
        self._send(wire.notice(change), recipients)

    def dismiss(self, connection: ConnectionId, why: Why) -> None:
        self._send(notices.Ended(why), [connection])

    def knocked(self, knock: Knock, recipients: Sequence[ConnectionId]) -> None:
        self._send(notices.Knocked(wire.knock(knock)), recipients)

    def knock_ended(self, knock: Knock, recipients: Sequence[ConnectionId]) -> None:
        self._send(notices.KnockEnded(knock.id), recipients)

    def answered(self, knock: Knock) -> None:
        if knock.connection is not None:
            is_in, is_full = knock.state is State.ADMITTED, knock.state is State.CROWDED_OUT
            self._send(notices.Admitted() if is_in else notices.Denied(is_full), [knock.connection])

    def attended(self, knock: Knock, *, is_attended: bool) -> None:
        if knock.connection is not None:
            self._send(notices.Attended(is_attended), [knock.connection])

    def moderated(self, connection: ConnectionId, done: Moderated) -> None:
        self._send(wire.moderated(done), [connection])

    def visitor_came(self, member: ConnectionId, link: LinkId) -> bool:
        return self._send_typed(notices.VisitorCame(link), member)

    def unprepared(self, connection: ConnectionId, link: LinkId) -> None:
        self._send(notices.Unprepared(link), [connection])

    def prepared(self, member: ConnectionId, link: Prepared) -> bool:
        notice = notices.Prepared(link.participant_id, link.link_id, link.offer, list(link.candidates))
        return self._send_typed(notice, member)

    def _send_typed(self, notice: Notice, recipient: ConnectionId) -> bool:
        """Send what a plain client has no form for. False where it is one."""
        socket = self._namespace.sockets.get(recipient)
        if socket is None or _peer(socket).dialect is _PLAIN:
            return False
        self._namespace.emit(notice.event, notice, to=[socket])
        return True

    def _send(self, notice: Notice, recipients: Sequence[ConnectionId]) -> None:
        """Send a notice to each in its dialect; for all that are typed it is encoded once."""
        known = self._namespace.sockets
        typed: list[Socket] = []
        plain: list[Socket] = []
        for recipient in recipients:
            socket = known.get(recipient)
            if socket is not None:
                (plain if socket.data.dialect is _PLAIN else typed).append(socket)
        if typed:
            self._namespace.emit(notice.event, notice, to=typed)
        if plain:
            for arguments in positional.arguments_of(notice):
                self._namespace.emit(notice.event, *arguments, to=plain)

    # --- from the socket (socketio.Handlers) --------------------------------------------------

    def authorise(self, socket: Socket, auth: dict[str, Any]) -> None:
        if auth.get("version", messages.PROTOCOL_VERSION) != messages.PROTOCOL_VERSION:
            refused = VersionUnsupported()
            raise ConnectRefused(refused.message, {"code": refused.code})
        request = socket.request
        if request is None:
            socket.data = Peer(Dialect.TYPED, None)
            return
        host = host_of(request.headers.get("host"))
        # Interned: most come by the same name.
        known = sys.intern(host) if host else None
        credentials = credentials_of(request.headers, secure=request.secure)
        socket.data = Peer(Dialect.TYPED, known, credentials, sys.intern(request.address))

    def event(self, socket: Socket, event: Event) -> Reply | Awaitable[Reply]:
        if event.attachments:
            raise MessageInvalid("No request here has binary data.")
        if positional.is_positional(event.arguments):
            return self._carry_out_form(socket, positional.parse(event.name, event.arguments))
        return self._carry_out(socket, _parse(event.name, event.arguments))

    def failed(self, socket: Socket, name: str, error: BaseException) -> Refused:
        if isinstance(error, AppError):
            return _refusal(error)
        fault = report(log, "event failed", error, name=name, connection=socket.id)
        return _refusal(InternalError(f"{InternalError.default} ({fault})"))

    def excess(self, socket: Socket, name: str) -> Refused:  # noqa: ARG002 - whoever, whatever
        return _refusal(RateLimited())

    def disconnected(self, socket: Socket, reason: Reason) -> None:
        if reason is Reason.STOPPING:
            return  # all go at once, and come back with their tickets: nobody is left to be told
        self._calls.lobby.leave(_id(socket))
        if reason is Reason.CLIENT_LEFT:
            self._calls.door.leave(_id(socket))
        if _peer(socket).dialect is Dialect.PLAIN or reason is Reason.CLIENT_LEFT:
            # It said good-bye; or it is a plain client, which has no way to resume.
            with contextlib.suppress(NotInRoom):
                self._calls.leave(_id(socket))
        else:
            self._calls.lose(_id(socket))

    def stopping(self, socket: Socket, seconds: float) -> None:
        self._send(notices.Stopping(round(seconds, 3)), [_id(socket)])

    # --- typed messages -----------------------------------------------------------------------

    def _carry_out(self, socket: Socket, request: Request) -> Reply | Awaitable[Reply]:
        match request:
            case messages.Offer() | messages.Answer() | messages.IceCandidate():
                relayed = relay.to_one(self._calls, _id(socket), request)
                if relayed is not None:
                    recipient, notice = relayed
                    self._send(notice, [recipient])
            case messages.CreateRoom():
                return self._create(socket, request)
            case messages.JoinRoom():
                return self._enter(socket, Dialect.TYPED, self._ask(socket, request))
            case messages.Resume():
                resuming = self._calls.resume(_id(socket), request.ticket, wire.media(request.media))
                return self._enter(socket, Dialect.TYPED, resuming)
            case messages.LeaveRoom():
                self._calls.leave(_id(socket))
            case messages.GetRoom():
                return messages.RoomState(wire.snapshot(self._calls.roster(_id(socket))))
            case messages.GetIceServers():
                place = self._calls.place(_id(socket))
                ice = self._ice.for_participant(place.participant_id, _peer(socket).host)
                return messages.IceServers(wire.ice(ice))
            case messages.UpdateMedia():
                self._calls.set_media(_id(socket), wire.media(request.media))
            case _:
                return self._carry_out_around(socket, request)
        return messages.Done()

    def _carry_out_around(self, socket: Socket, request: Request) -> Reply | Awaitable[Reply]:
        """What is before and beside the call."""
        match request:
            case messages.Prepare():
                return self._prepare(socket, request)
            case messages.Unprepare(None):
                self._calls.lobby.leave(_id(socket))
            case messages.Unprepare(str(link)):
                self._calls.lobby.drop(_id(socket), LinkId(link))
            case messages.JoinTimed():
                self._calls.note_join(_id(socket), wire.join_times(request))
            case _:
                return self._carry_out_talk(socket, request)
        return messages.Done()

    def _carry_out_talk(self, socket: Socket, request: Request) -> Reply | Awaitable[Reply]:
        """What is said besides voices."""
        match request:
            case messages.SetHand():
                self._calls.set_hand(_id(socket), is_raised=request.raised)
            case messages.React():
                others, reacted = talk.react(self._calls, _id(socket), request)
                self._send(reacted, others)
            case messages.WriteChat():
                readers, received, written = talk.write(self._calls, _id(socket), request)
                self._send(received, readers)
                return written
            case messages.ReadChat():
                return talk.read(self._calls, _id(socket), request)
            case _:
                return looking_after.carry_out(self._chair, _id(socket), request)
        return messages.Done()

    async def _identity(self, socket: Socket) -> Identity:
        credentials = _peer(socket).credentials
        return GUEST if credentials is NOTHING else await self._identify.by_credentials(credentials)

    async def _visitor(self, socket: Socket, request: messages.JoinRoom | messages.Prepare) -> Identity:
        """Who stands before the door: a token comes before what the connection brought."""
        if request.token is not None:
            return await self._identify.by_token(request.token, request.room_id)
        return await self._identity(socket)

    async def _create(self, socket: Socket, request: messages.CreateRoom) -> Reply:
        self._count_room(socket)
        identity, changes = await self._identity(socket), wire.changes(request.settings)
        if request.lasting:
            made = await self._calls.create_room(
                request.room_id,
                request.capacity,
                changes=changes,
                identity=identity,
                host_key=request.host_key,
            )
        elif request.room_id is None:
            made = await self._calls.create_passing_room(request.capacity, changes=changes, identity=identity)
        else:
            raise MessageInvalid("Only a room that lasts can have an id of one's own.")
        return messages.RoomCreated(made.id, made.capacity, made.host_key)

    def _count_room(self, socket: Socket) -> None:
        if self._room_rate is not None and not self._room_rate.allow(address_key(_peer(socket).address)):
            raise RateLimited

    async def _ask(self, socket: Socket, request: messages.JoinRoom) -> Entry | Knock:
        media, offers = wire.media(request.media), relay.offers(request.offers)
        identity, claim = await self._visitor(socket, request), wire.claim(request, _peer(socket).address)
        return await self._calls.ask(
            _id(socket), request.room_id, request.name, media, offers, identity=identity, claim=claim
        )

    async def _prepare(self, socket: Socket, request: messages.Prepare) -> Reply:
        identity, claim = await self._visitor(socket, request), wire.claim(request, _peer(socket).address)
        visit = await self._calls.prepare(_id(socket), request.room_id, identity=identity, claim=claim)
        if socket.id not in self._namespace.sockets:
            self._calls.lobby.leave(_id(socket))  # it has gone while it was looked up
        host = _peer(socket).host
        if visit.may_enter:
            # Whoever may prepare could enter now. The credential names nobody.
            configuration = self._ice.for_participant(rooms.new_participant_id(), host)
        else:
            configuration = self._ice.for_visitor(host)
        refusal = None if visit.refusal is None else visit.refusal.code
        return messages.LinksPrepared(visit.links, visit.refresh_in, wire.ice(configuration), refusal)

    async def _enter(self, socket: Socket, dialect: Dialect, entering: Awaitable[Entry | Knock]) -> Reply:
        peer = _peer(socket)
        before, peer.dialect = peer.dialect, dialect
        try:
            entry = await entering
        except BaseException:
            peer.dialect = before
            raise
        if isinstance(entry, Knock):
            attended = self._calls.door.is_attended(entry.room_id)
            return messages.Waiting(entry.secret, waiting=True, attended=attended)
        return wire.room_entered(entry, self._ice.for_participant(entry.participant_id, peer.host))

    # --- positional forms ---------------------------------------------------------------------

    def _carry_out_form(self, socket: Socket, form: positional.Form) -> Reply | Awaitable[Reply]:
        match form:
            case positional.Broadcast():
                self._authorise(socket, form.room_id)
                if form.signal is not None:
                    recipients, notice = relay.to_all(self._calls, _id(socket), form.signal)
                    self._send(notice, recipients)
            case positional.Create():
                return self._create_and_enter(socket, form.room_id)
            case positional.Join():
                return self._enter(socket, Dialect.PLAIN, self._join(socket, form.room_id))
            case positional.Leave():
                self._authorise(socket, form.room_id)
                self._calls.leave(_id(socket))
        return messages.Done()

    async def _join(self, socket: Socket, room_id: str) -> Entry:
        identity, claim = await self._identity(socket), Claim(address=_peer(socket).address)
        return await self._calls.join(_id(socket), room_id, "", rooms.Media(), identity=identity, claim=claim)

    async def _create_and_enter(self, socket: Socket, room_id: str) -> Reply:
        self._count_room(socket)
        entering = self._calls.create_and_join(
            _id(socket), room_id, "", rooms.Media(), identity=await self._identity(socket)
        )
        return await self._enter(socket, Dialect.PLAIN, entering)

    def _authorise(self, socket: Socket, room_id: str) -> None:
        """A plain client names a room in every event: it must be the one that it is in."""
        place = self._calls.place(_id(socket))
        # As it was written down, which is the rule; or as it is spelled out loud.
        if place.room_id != room_id and place.room_id != rooms.parse_room_id(room_id):
            raise NotInRoom


def _id(socket: Socket) -> ConnectionId:
    return ConnectionId(socket.id)


def _peer(socket: Socket) -> Peer:
    return cast("Peer", socket.data)


def _parse(event: str, arguments: Sequence[msgspec.Raw]) -> Request:
    """The typed message of an event. No argument at all is the empty message."""
    decoder = _DECODERS.get(event)
    if decoder is None:
        raise EventUnknown
    if len(arguments) > 1:
        raise MessageInvalid("This event has one argument: an object.")
    try:
        return decoder.decode(arguments[0] if arguments else _EMPTY)
    except msgspec.MsgspecError as error:
        raise MessageInvalid(f"{MessageInvalid.default} {error}") from error


def _refusal(error: AppError) -> Refused:
    return Refused(error.code, error.message)
