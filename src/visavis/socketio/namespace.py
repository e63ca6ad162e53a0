"""Namespaces, the sockets in them, and what a program does with both."""

import asyncio
import logging
import secrets
from collections.abc import Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from visavis.socketio import packets
from visavis.socketio.packets import Message
from visavis.socketio.reasons import Reason
from visavis.socketio.request import Request

log = logging.getLogger(__name__)

INTERNAL_ERROR = {"status": "error", "code": "internal"}
"""The ack of an event whose handler failed, where nobody says another."""


class ConnectRefused(Exception):
    """A client may not connect to a namespace. It is told the message and the data."""

    def __init__(self, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


class Disconnected(Exception):
    """The client is gone, and with it the ack that was waited for."""


class TooManyAcks(Exception):
    """More acks are waited for from this client than the limits allow."""


class _Unknown:
    """See :data:`UNKNOWN`."""


UNKNOWN = _Unknown()
"""What a handler returns for an event that it does not know: there will be no ack."""


@dataclass(slots=True)
class Event:
    """An event from a client.

    Attributes:
        arguments: each as the JSON that came, valid and unread.
        attachments: the binary ones; the arguments hold placeholders for them.
    """

    name: str
    arguments: list[msgspec.Raw]
    attachments: Sequence[bytes] = ()

    def values(self) -> list[Any]:
        """The arguments as Python values, attachments in their places.

        Raises:
            packets.Malformed: a placeholder stands for nothing.
        """
        return packets.fill(self.arguments, self.attachments)


Outcome = Any | Coroutine[Any, Any, Any]
"""What a handler returns: what it comes to, or a coroutine that will.

A plain function runs at once, with no task made for it; only a coroutine holds up the events behind it.
"""


class Handlers:
    """What a program does in a namespace. Subclass it and define what is of interest.

    For one connection these run one after the other, in the order of the packets. What ``authorise``,
    ``event`` or ``connected`` return or raise is told below; each may be a coroutine function.
    """

    def authorise(self, socket: "Socket", auth: dict[str, Any]) -> Outcome:
        """Whether a client may connect. Raise :class:`ConnectRefused` where it may not.

        The socket is not connected yet: what is emitted to it is lost.
        """

    def connected(self, socket: "Socket", auth: dict[str, Any]) -> Outcome:
        """A client has connected."""

    def event(self, socket: "Socket", event: Event) -> Outcome:  # noqa: ARG002
        """An event came.

        Returns:
            The argument of the ack, or a tuple of its arguments; None for an ack without any;
            :data:`UNKNOWN` for none at all.
        """
        return UNKNOWN

    def disconnected(self, socket: "Socket", reason: Reason) -> Outcome:
        """A client that had connected is gone. Exactly once for each, after all of its events."""

    def failed(self, socket: "Socket", name: str, error: BaseException) -> Any:  # noqa: ARG002
        """A handler raised, or took too long (:class:`TimeoutError`). Log it, and say the ack.

        ``name`` is that of the event, or ``connect`` or ``disconnect``.
        """
        log.error("handler of %r failed", name, exc_info=error)
        return INTERNAL_ERROR

    def excess(self, socket: "Socket", name: str) -> Any:  # noqa: ARG002
        """An event came that was one too many (:attr:`Limits.events`). Say the ack."""
        return {"status": "error", "code": "rate_limited"}

    def stopping(self, socket: "Socket", seconds: float) -> None:
        """The server is being stopped. Tell the client to come back, in so many seconds from now."""


class Outlet(Protocol):
    """The connection of a socket, as the socket sees it."""

    @property
    def is_open(self) -> bool: ...

    @property
    def request(self) -> Request | None: ...

    @property
    def pending_acks(self) -> int:
        """How many may be waited for."""

    def send(self, messages: Iterable[Message]) -> None: ...

    def part(self, socket: "Socket", *, close: bool) -> None: ...


class Socket:
    """One client in one namespace.

    Attributes:
        id: unlike that of the session it is no secret.
        data: for the program, whatever it likes.
    """

    __slots__ = ("_acks", "_outlet", "_rooms", "data", "id", "is_connected", "namespace")

    def __init__(self, namespace: "Namespace", outlet: Outlet) -> None:
        self.id = secrets.token_urlsafe(15)
        self.namespace = namespace
        self.data: Any = None
        self.is_connected = False
        self._outlet = outlet
        self._acks: _Acks | None = None
        self._rooms: set[str] | None = None

    @property
    def request(self) -> Request | None:
        """The request that opened the connection; None once every namespace is connected to."""
        return self._outlet.request

    # --- sending ------------------------------------------------------------------------------

    def emit(self, name: str, *arguments: Any) -> None:
        """Send an event. Nothing happens where the client is gone.

        Arguments are what msgspec encodes; :class:`msgspec.Raw` goes out as it is.
        """
        self.deliver(packets.event_messages(self.namespace.name, name, arguments))

    def deliver(self, messages: Iterable[Message]) -> None:
        """Send messages that were encoded before, for several sockets as a rule."""
        if self.is_connected:
            self._outlet.send(messages)

    async def call(self, name: str, *arguments: Any, timeout: float) -> list[Any]:  # noqa: ASYNC109
        """Send an event and wait for its ack; the arguments of the ack.

        Args:
            timeout: in seconds.

        Raises:
            TimeoutError: no ack came in time.
            Disconnected: the client is gone.
            TooManyAcks
        """
        if not self.is_connected or not self._outlet.is_open:
            raise Disconnected
        if self._acks is None:
            self._acks = _Acks()
        number, ack = self._acks.expect(self._outlet.pending_acks)
        try:
            self.deliver(packets.event_messages(self.namespace.name, name, arguments, number))
            async with asyncio.timeout(timeout):
                return await ack
        finally:
            self._acks.forget(number)

    def acknowledged(self, number: int, values: list[Any]) -> None:
        """An ack came. One that nobody waits for any more is nothing."""
        if self._acks is not None:
            self._acks.resolve(number, values)

    # --- rooms --------------------------------------------------------------------------------

    @property
    def rooms(self) -> Collection[str]:
        return frozenset(self._rooms or ())

    def enter(self, room: str) -> None:
        """Be among those whom ``Namespace.emit`` to the room reaches, until one leaves or disconnects."""
        if not self.is_connected:
            return
        if self._rooms is None:
            self._rooms = set()
        self._rooms.add(room)
        self.namespace.rooms.setdefault(room, {})[self] = None

    def leave(self, room: str) -> None:
        """Safe twice."""
        if self._rooms is None or room not in self._rooms:
            return
        self._rooms.discard(room)
        members = self.namespace.rooms[room]
        del members[self]
        if not members:
            del self.namespace.rooms[room]

    # --- the end ------------------------------------------------------------------------------

    def disconnect(self, *, close: bool = False) -> None:
        """Put the client out of the namespace. Safe twice.

        Args:
            close: end its connection as well, and so its place in all namespaces.
        """
        self._outlet.part(self, close=close)

    def cut_off(self) -> None:
        """Nothing reaches the client any more: its connection says so."""
        self.is_connected = False
        if self._acks is not None:
            self._acks.abandon()

    def ended(self) -> None:
        """The client is out of the namespace, after all of its events: its connection says so."""
        self.cut_off()
        for room in self.rooms:
            self.leave(room)


class _Acks:
    """The acks that are waited for from one client."""

    __slots__ = ("_last", "_waiting")

    def __init__(self) -> None:
        self._last = -1
        self._waiting: dict[int, asyncio.Future[list[Any]]] = {}

    def expect(self, limit: int) -> tuple[int, asyncio.Future[list[Any]]]:
        if len(self._waiting) >= limit:
            raise TooManyAcks
        self._last += 1
        self._waiting[self._last] = ack = asyncio.get_running_loop().create_future()
        return self._last, ack

    def resolve(self, number: int, values: list[Any]) -> None:
        ack = self._waiting.get(number)
        if ack is not None and not ack.done():
            ack.set_result(values)

    def forget(self, number: int) -> None:
        self._waiting.pop(number, None)

    def abandon(self) -> None:
        for ack in self._waiting.values():
            if not ack.done():
                ack.set_exception(Disconnected())


@dataclass(slots=True)
class Namespace:
    """A namespace: its name with a slash in front, what a program does in it, and who is in it."""

    name: str
    handlers: Handlers
    sockets: dict[str, Socket] = field(default_factory=dict)
    rooms: dict[str, dict[Socket, None]] = field(default_factory=dict)

    def emit(
        self,
        name: str,
        *arguments: Any,
        to: Iterable[Socket] | None = None,
        room: str | None = None,
        skip: Socket | None = None,
    ) -> None:
        """Send an event to several, encoded once.

        Args:
            to: to these; None for the members of ``room``, or without one to everybody.
            skip: not to this one.
        """
        if to is None:
            to = self.sockets.values() if room is None else self.rooms.get(room, ())
        messages = packets.event_messages(self.name, name, arguments)
        for socket in tuple(to):
            if socket is not skip:
                socket.deliver(messages)
