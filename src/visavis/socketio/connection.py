"""One client's Socket.IO connection: packets in, handlers run, one after the other.

What came first is done first. A handler that is a plain function is done when it returns; a coroutine
becomes a task, and what comes meanwhile waits in a bounded queue. Pings and acks are not held up.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import CoroutineType
from typing import Any

from visavis.socketio import packets
from visavis.socketio.admission import Rate
from visavis.socketio.limits import Limits, Timing
from visavis.socketio.namespace import INTERNAL_ERROR, UNKNOWN, ConnectRefused, Event, Namespace, Socket
from visavis.socketio.packets import Malformed, Message, Packet
from visavis.socketio.reasons import Reason
from visavis.socketio.request import Request
from visavis.socketio.session import Session

log = logging.getLogger(__name__)

_LAST_GRACE = 1.0
"""Seconds for a handler that was cancelled to end, before the events behind it go on without it."""


class _Flood(Exception):
    """More packets than anybody sends in good faith."""


Then = Callable[[Any], None]
Otherwise = Callable[[BaseException], None]


class Connection:
    """Receives from a session. See the module.

    Args:
        namespaces: all there are, by name.
        tasks: where a running handler is noted, so that the server can wait for it at its end.
    """

    __slots__ = (
        "_busy",
        "_connect_timer",
        "_jobs",
        "_limits",
        "_loop",
        "_namespaces",
        "_partial",
        "_rate",
        "_session",
        "_sockets",
        "_task",
        "_tasks",
        "_timing",
        "_waiting_bytes",
    )

    def __init__(
        self,
        session: Session,
        namespaces: Mapping[str, Namespace],
        bounds: tuple[Limits, Timing],
        tasks: "set[asyncio.Task[Any]]",
    ) -> None:
        self._session = session
        self._namespaces = namespaces
        self._limits, self._timing = bounds
        self._tasks = tasks
        self._loop = loop = asyncio.get_running_loop()
        self._sockets: dict[str, Socket] = {}
        self._rate = Rate()
        self._partial: _Partial | None = None
        self._busy = False
        self._jobs: deque[tuple[Callable[[], None], int]] | None = None
        self._waiting_bytes = 0
        self._task: asyncio.Task[Any] | None = None
        self._connect_timer: asyncio.TimerHandle | None = loop.call_later(
            self._timing.connect, session.close, Reason.NO_CONNECT
        )

    # --- from the session (Receiver) ----------------------------------------------------------

    def received(self, data: str | bytes) -> None:
        try:
            if isinstance(data, bytes):
                self._attach(data)
            elif data[:2] == "2[" and self._partial is None:  # most of what ever comes
                self._on_event("/", None, data[1:], (), allowed=self._allow())
            else:
                self._take(packets.parse(data))
        except Malformed as error:
            self._session.close(Reason.MALFORMED, str(error))
        except _Flood:
            self._session.close(Reason.FLOOD, "too many packets")

    def closed(self, reason: Reason) -> None:
        self._stop_waiting()
        self._partial = None
        for socket in tuple(self._sockets.values()):
            self._leave(socket, reason)

    # --- packets ------------------------------------------------------------------------------

    def _take(self, packet: Packet) -> None:
        if self._partial is not None:
            raise Malformed("text in the place of an attachment")
        allowed = self._allow()
        if packet.attachments:
            if packet.attachments > self._limits.attachments:
                raise Malformed("too many attachments")
            self._partial = _Partial(packet, allowed=allowed)
        else:
            self._complete(packet, (), allowed=allowed)

    def _allow(self) -> bool:
        """Count one more packet and say whether it may pass.

        Raises:
            _Flood: so many may not that the connection is to end.
        """
        if self._rate.allow(self._limits, self._loop.time()):
            return True
        if self._rate.is_flood(self._limits):
            raise _Flood
        return False

    def _attach(self, data: bytes) -> None:
        waiting = self._partial
        if waiting is None:
            raise Malformed("an attachment of nothing")
        waiting.attachments.append(data)
        waiting.size += len(data)
        if waiting.size > self._limits.payload:
            self._session.close(Reason.TOO_LARGE)
        elif len(waiting.attachments) == waiting.packet.attachments:
            self._partial = None
            self._complete(waiting.packet, waiting.attachments, allowed=waiting.allowed)

    def _complete(self, packet: Packet, attachments: Sequence[bytes], *, allowed: bool) -> None:
        kind = packet.kind
        if kind in (packets.EVENT, packets.BINARY_EVENT):
            self._on_event(packet.namespace, packet.id, packet.payload, attachments, allowed=allowed)
        elif kind in (packets.ACK, packets.BINARY_ACK):
            self._on_ack(packet, attachments)
        elif kind == packets.CONNECT and packet.id is None:
            auth = packets.auth(packet.payload)
            self._submit(partial(self._connect, packet.namespace, auth), len(packet.payload))
        elif kind == packets.DISCONNECT and packet.id is None and not packet.payload:
            self._submit(partial(self._good_bye, packet.namespace))
        else:
            raise Malformed("a packet that is not for servers")

    def _on_event(
        self, namespace: str, ack_id: int | None, payload: str, attachments: Sequence[bytes], *, allowed: bool
    ) -> None:
        name, arguments = packets.event(payload)
        if namespace not in self._namespaces:
            raise Malformed("an event in a namespace that is none")
        if not allowed:
            self._submit(partial(self._refuse, namespace, name, ack_id), len(payload))
            return
        event = Event(name, arguments, attachments)
        if self._busy:
            size = len(payload) + sum(map(len, attachments))
            self._submit(partial(self._handle, namespace, event, ack_id), size)
        else:
            self._busy = True
            self._handle(namespace, event, ack_id)
            self._next()

    def _on_ack(self, packet: Packet, attachments: Sequence[bytes]) -> None:
        """Not in the order of the events: a handler may wait for it."""
        if packet.id is None:
            raise Malformed("an ack without an id")
        values = packets.fill(packets.arguments(packet.payload), attachments)
        socket = self._sockets.get(packet.namespace)
        if socket is not None:
            socket.acknowledged(packet.id, values)

    # --- the order ----------------------------------------------------------------------------

    def _submit(self, job: Callable[[], None], size: int = 0) -> None:
        """Do a job after all those before it: now, where there is none."""
        if not self._busy:
            self._busy = True
            job()
            self._next()
            return
        if self._jobs is None:
            self._jobs = deque()
        self._jobs.append((job, size))
        self._waiting_bytes += size
        too_many = len(self._jobs) > self._limits.waiting_events
        if too_many or self._waiting_bytes > self._limits.waiting_bytes:
            self._session.close(Reason.FLOOD, "too many events wait")

    def _next(self) -> None:
        """After a job, do those that wait behind it, up to one that has to wait itself."""
        while self._task is None:
            if not self._jobs:
                self._jobs = None
                self._busy = False
                return
            job, size = self._jobs.popleft()
            self._waiting_bytes -= size
            job()

    def _settle(self, outcome: Any, then: Then, otherwise: Otherwise) -> None:
        """Go on with what a handler came to, once it has."""
        if type(outcome) is not CoroutineType:
            then(outcome)
            return
        self._task = task = self._loop.create_task(outcome)
        self._tasks.add(task)
        overdue = self._loop.call_later(self._timing.handler, self._cancel, task, otherwise)
        task.add_done_callback(partial(self._finished, overdue, then, otherwise))

    def _finished(
        self, overdue: asyncio.TimerHandle, then: Then, otherwise: Otherwise, task: "asyncio.Task[Any]"
    ) -> None:
        self._tasks.discard(task)
        overdue.cancel()
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if self._task is not task:
            return  # it was given up
        if error is None:
            self._go_on(partial(then, task.result()))
        else:
            late = isinstance(error, asyncio.CancelledError)
            self._go_on(partial(otherwise, TimeoutError() if late else error))

    def _cancel(self, task: "asyncio.Task[Any]", otherwise: Otherwise) -> None:
        task.cancel()
        self._loop.call_later(_LAST_GRACE, self._give_up, task, otherwise)

    def _give_up(self, task: "asyncio.Task[Any]", otherwise: Otherwise) -> None:
        if self._task is task:
            self._go_on(partial(otherwise, TimeoutError()))

    def _go_on(self, job: Callable[[], None]) -> None:
        self._task = None
        job()
        self._next()

    # --- jobs: none of them raises ------------------------------------------------------------

    def _connect(self, name: str, auth: dict[str, Any]) -> None:
        if not self._session.is_open:
            return
        namespace = self._namespaces.get(name)
        if namespace is None:
            self._session.send(packets.connect_error_packet(name, "Invalid namespace"))
        elif name in self._sockets:
            self._session.close(Reason.MALFORMED, "connected twice")
        else:
            socket = Socket(namespace, self)
            self._attempt(
                partial(namespace.handlers.authorise, socket, auth),
                lambda _: self._admit(socket, auth),
                partial(self._reject, socket),
            )

    def _attempt(self, handler: Callable[[], Any], then: Then, otherwise: Otherwise) -> None:
        try:
            outcome = handler()
        except Exception as error:  # noqa: BLE001 - whatever it is, the hook is told
            otherwise(error)
        else:
            self._settle(outcome, then, otherwise)

    def _reject(self, socket: Socket, error: BaseException) -> None:
        name = socket.namespace.name
        if not isinstance(error, ConnectRefused):
            error = ConnectRefused("Internal error", self._fault(socket, "connect", error))
        try:
            packet = packets.connect_error_packet(name, error.message, error.data)
        except Exception as problem:  # noqa: BLE001 - what cannot be encoded is the handler's fault
            self._fault(socket, "connect", problem)
            packet = packets.connect_error_packet(name, "Internal error", INTERNAL_ERROR)
        self._session.send(packet)

    def _admit(self, socket: Socket, auth: dict[str, Any]) -> None:
        if not self._session.is_open:
            return  # gone meanwhile, before it was here
        namespace = socket.namespace
        self._sockets[namespace.name] = socket
        namespace.sockets[socket.id] = socket
        socket.is_connected = True
        self._stop_waiting()
        if len(self._sockets) == len(self._namespaces):
            self._session.request = None  # nobody will ask for it
        self._session.send(packets.connect_packet(namespace.name, socket.id))
        self._attempt(
            partial(namespace.handlers.connected, socket, auth),
            _nothing,
            partial(self._note, socket, "connect"),
        )

    def _handle(self, name: str, event: Event, ack_id: int | None) -> None:
        socket = self._sockets.get(name)
        if socket is None:
            return  # it has left, or was refused
        handlers = socket.namespace.handlers
        try:
            outcome = handlers.event(socket, event)
        except Malformed as error:
            self._session.close(Reason.MALFORMED, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an ack
            self._fail(socket, event.name, ack_id, error)
        else:
            if type(outcome) is CoroutineType:
                self._settle(
                    outcome,
                    partial(self._acknowledge, socket, event.name, ack_id),
                    partial(self._fail, socket, event.name, ack_id),
                )
            elif ack_id is not None:
                self._acknowledge(socket, event.name, ack_id, outcome)

    def _refuse(self, name: str, event: str, ack_id: int | None) -> None:
        """An event was one too many."""
        socket = self._sockets.get(name)
        if socket is None or ack_id is None:
            return
        try:
            answer = socket.namespace.handlers.excess(socket, event)
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(socket, event, ack_id, error)
        else:
            self._acknowledge(socket, event, ack_id, answer)

    def _good_bye(self, name: str) -> None:
        socket = self._sockets.get(name)
        if socket is not None and socket.is_connected:
            self._disconnect(socket, Reason.CLIENT_LEFT)

    def _disconnect(self, socket: Socket, reason: Reason) -> None:
        del self._sockets[socket.namespace.name]
        del socket.namespace.sockets[socket.id]
        socket.ended()
        self._attempt(
            partial(socket.namespace.handlers.disconnected, socket, reason),
            _nothing,
            partial(self._note, socket, "disconnect"),
        )

    # --- what handlers come to ----------------------------------------------------------------

    def _acknowledge(self, socket: Socket, event: str, ack_id: int | None, outcome: Any) -> None:
        if ack_id is None or outcome is UNKNOWN:
            return
        arguments = outcome if isinstance(outcome, tuple) else () if outcome is None else (outcome,)
        try:
            messages = packets.ack_messages(socket.namespace.name, ack_id, arguments)
        except Exception as error:  # noqa: BLE001 - what cannot be encoded is the handler's fault
            self._fail(socket, event, ack_id, error)
        else:
            socket.deliver(messages)

    def _fail(self, socket: Socket, event: str, ack_id: int | None, error: BaseException) -> None:
        answer = self._fault(socket, event, error)
        if ack_id is None:
            return
        try:
            messages = packets.ack_messages(socket.namespace.name, ack_id, (answer,))
        except Exception:
            log.exception("the fault hook gave what cannot be encoded, for %r", event)
            messages = packets.ack_messages(socket.namespace.name, ack_id, (INTERNAL_ERROR,))
        socket.deliver(messages)

    def _note(self, socket: Socket, what: str, error: BaseException) -> None:
        self._fault(socket, what, error)

    def _fault(self, socket: Socket, what: str, error: BaseException) -> Any:
        try:
            return socket.namespace.handlers.failed(socket, what, error)
        except Exception:
            log.exception("the fault hook failed, for %r", what)
            return INTERNAL_ERROR

    # --- the end ------------------------------------------------------------------------------

    def _leave(self, socket: Socket, reason: Reason) -> None:
        """Nothing goes out any more; ``disconnected`` follows after the events that came before."""
        if not socket.is_connected:
            return
        socket.cut_off()
        self._submit(partial(self._disconnect, socket, reason))

    def _stop_waiting(self) -> None:
        if self._connect_timer is not None:
            self._connect_timer.cancel()
            self._connect_timer = None

    # --- for sockets (Outlet) -----------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self._session.is_open

    @property
    def request(self) -> Request | None:
        return self._session.request

    @property
    def pending_acks(self) -> int:
        return self._limits.pending_acks

    def send(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._session.send(message)

    def part(self, socket: Socket, *, close: bool) -> None:
        if socket.is_connected:
            self._session.send(packets.disconnect_packet(socket.namespace.name))
            self._leave(socket, Reason.SERVER_LEFT)
        if close:
            self._session.finish(Reason.SERVER_LEFT)


class _Partial:
    """An event whose attachments are still to come."""

    __slots__ = ("allowed", "attachments", "packet", "size")

    def __init__(self, packet: Packet, *, allowed: bool) -> None:
        self.packet = packet
        self.allowed = allowed
        self.attachments: list[bytes] = []
        self.size = 0


def _nothing(_outcome: Any) -> None:
    pass
