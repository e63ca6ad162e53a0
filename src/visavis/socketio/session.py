"""One Engine.IO connection, whatever carries it: its state, its timers, its queue.

States::

    open ------ finish() ------> closing -- all was sent, or time is over --> closed
      \\------------------- close(), lost(), a time-out -------------------/

In *closing* what was sent before still goes out, and nothing that comes is looked at any more. The
receiver hears of the end exactly once, when *open* is left.

A session is carried by polling, which needs no object of its own: messages wait in the queue for a GET;
or by a WebSocket, its :class:`Carrier`. Source: Engine.IO protocol 4.
"""

import asyncio
from collections import deque
from enum import Enum
from typing import Final, Protocol

from visavis.socketio import frames
from visavis.socketio.limits import Limits, Timing
from visavis.socketio.packets import (
    CLOSE,
    MESSAGE,
    NOOP,
    PING,
    PONG,
    UPGRADE,
    Malformed,
    Message,
    packet,
    split_body,
)
from visavis.socketio.reasons import Reason
from visavis.socketio.request import BAD_REQUEST, TOO_LARGE, Refusal, Request

PING_PACKET: Final = packet(PING)
CLOSE_PACKET: Final = packet(CLOSE)
NOOP_PACKET: Final = packet(NOOP)
PROBE_ANSWER: Final = packet(PONG, "probe")

_HOLD = 0.01
"""Seconds for what was sent before to come, although by another socket and so perhaps behind: an UPGRADE
packet for which a GET waits, or a GET for which the POST of a CLOSE packet waits."""

_MAX_STRAYS = 1_000
"""Packets without a meaning at their moment, such as NOOP, that one connection may send."""

_MOST_PACKETS = 16
"""Packets in the answer to one GET. The protocol has no bound, but python-engineio's clients take no more."""

_CLOSE_CODES = {
    Reason.PING_TIMEOUT: frames.NORMAL,
    Reason.MALFORMED: frames.PROTOCOL_ERROR,
    Reason.TOO_LARGE: frames.TOO_BIG,
    Reason.FLOOD: frames.POLICY,
    Reason.NO_CONNECT: frames.POLICY,
    Reason.STOPPING: frames.RESTART,
}


Poll = asyncio.Future[list[Message] | Refusal]
"""What a GET waits for."""


class Link(Protocol):
    """What stands behind a WebSocket: a session, or an upgrade to one."""

    def received(self, data: str | bytes) -> None:
        """A whole message came."""

    def lost(self) -> None:
        """The WebSocket is closed or broken. Safe twice."""

    def drain(self) -> None:
        """The WebSocket takes more again."""


class Carrier(Protocol):
    """A WebSocket after its opening handshake, as a session sees it.

    ``ready``: it takes a message now. Whoever writes asks first; once it is ready again it calls
    ``link.drain``. ``link``: where what comes is handed to.
    """

    ready: bool
    link: Link | None

    def write(self, message: Message) -> None:
        """Send. Never raises and never calls the link."""

    def close(self, code: int, reason: str) -> None:
        """Send a CLOSE frame after what was written, and end soon. Calls the link no more. Safe twice."""

    def abort(self) -> None:
        """End at once, whatever was written. Calls the link no more. Safe twice."""


class Receiver(Protocol):
    """What a session delivers to. Neither may raise."""

    def received(self, data: str | bytes) -> None:
        """A message, in the order of their sending."""

    def closed(self, reason: Reason) -> None:
        """The session is over. Once."""


class State(Enum):
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Owner(Protocol):
    """Who made a session and keeps it."""

    def session_left(self, session: "Session", detail: str) -> None:
        """*Open* was left: ``session.reason`` says why, and ``detail`` what the log is to know besides."""

    def session_ended(self, session: "Session") -> None:
        """*Closed*: nothing is left of it."""


class Session:
    """See the module. Made by the engine, before the handshake is answered: the timers run from here.

    Attributes:
        id: known to its client alone; whoever has it can speak for it.
        receiver: set by the engine before anything is received.
        reason: why it ended; None while it is open.
        carrier: its WebSocket; None while it is carried by polling.
    """

    __slots__ = (
        "_awaiting_pong",
        "_deadline",
        "_last_word",
        "_limits",
        "_loop",
        "_owner",
        "_poll",
        "_posting",
        "_queue",
        "_queued_bytes",
        "_state",
        "_strays",
        "_timer",
        "_timing",
        "_upgrade",
        "address_key",
        "carrier",
        "id",
        "reason",
        "receiver",
        "request",
    )

    def __init__(self, sid: str, request: Request, owner: Owner, bounds: tuple[Limits, Timing]) -> None:
        self.id = sid
        self.request: Request | None = request
        self.address_key: str | None = None
        self.carrier: Carrier | None = None
        self.receiver: Receiver
        self.reason: Reason | None = None
        self._limits, self._timing = bounds
        self._owner = owner
        self._loop = loop = asyncio.get_running_loop()
        self._state = State.OPEN
        self._queue: deque[Message] | None = None
        self._queued_bytes = 0
        self._poll: Poll | None = None
        self._posting = False
        self._upgrade: Upgrade | None = None
        self._strays = 0
        self._last_word = CLOSE_PACKET
        self._awaiting_pong = False
        self._deadline = loop.time() + self._timing.ping_interval
        self._timer = loop.call_at(self._deadline, self._tick)

    @property
    def is_open(self) -> bool:
        return self._state is State.OPEN

    @property
    def upgrading(self) -> bool:
        return self._upgrade is not None

    # --- to the client ------------------------------------------------------------------------

    def send(self, message: Message) -> None:
        """Send, or keep until it can be sent. Nothing happens where the session is over."""
        if self._state is not State.OPEN:
            return
        carrier = self.carrier
        if carrier is not None and carrier.ready and not self._queue:
            carrier.write(message)
            return
        self._enqueue(message)
        if self._queued_bytes > self._limits.queue_bytes or (
            self._queue is not None and len(self._queue) > self._limits.queue_messages
        ):
            self.close(Reason.SLOW_CONSUMER)
        elif carrier is None and self._poll is not None:
            # At the end of this turn of the loop, so that what is sent in it goes in one answer.
            self._loop.call_soon(self._flush_poll)

    def _enqueue(self, message: Message) -> None:
        if self._queue is None:
            self._queue = deque()
        self._queue.append(message)
        self._queued_bytes += len(message.payload)

    def drain(self) -> None:
        """The WebSocket takes more again."""
        carrier, queue = self.carrier, self._queue
        if carrier is None:
            return
        while queue and carrier.ready:
            message = queue.popleft()
            self._queued_bytes -= len(message.payload)
            carrier.write(message)
        if not queue:
            self._queue = None  # an idle connection has none
            if self._state is State.CLOSING:
                self._end()

    def _take(self) -> list[Message]:
        """What one GET is answered with. The rest waits for the next one."""
        queue = self._queue or deque()
        taken = [queue.popleft() for _ in range(min(len(queue), _MOST_PACKETS))]
        self._queued_bytes -= sum(len(message.payload) for message in taken)
        if not queue:
            self._queue = None
        return taken

    def _last(self) -> list[Message]:
        """What one GET is answered with while closing: with what is left, the end."""
        messages = self._take()
        if not self._queue:
            messages.append(self._last_word)
            self._end()
        return messages

    # --- from the client ----------------------------------------------------------------------

    def received(self, data: str | bytes) -> None:
        """One packet: text with its type in front, or the bytes of a binary message."""
        if self._state is not State.OPEN:
            return
        limit = self._limits.payload
        if len(data) * 4 > limit and _size(data) > limit:  # a character has four bytes at most
            self.close(Reason.TOO_LARGE)
        elif isinstance(data, bytes):
            self.receiver.received(data)
        elif data[:1] == MESSAGE:
            self.receiver.received(data[1:])
        else:
            self._control(data)

    def _control(self, data: str) -> None:
        if data == PONG and self._awaiting_pong:
            self._awaiting_pong = False
            # Counted from when the last ping was due, so that pings keep their beat.
            self._schedule(self._deadline - self._timing.ping_timeout + self._timing.ping_interval)
        elif data == CLOSE:
            self._closed_by_client()
        elif data in (PONG, NOOP):
            self._strays += 1
            if self._strays > _MAX_STRAYS:
                self.close(Reason.FLOOD)
        else:
            self.close(Reason.MALFORMED, f"engine packet {data[:20]!r}")

    def _closed_by_client(self) -> None:
        if self.carrier is None and self._poll is None:
            # One that polls has a GET on its way at all times: see ``settle``.
            self._last_word = NOOP_PACKET
            self._leave_open(Reason.TRANSPORT_CLOSED, "")
            self._schedule(self._loop.time() + self._timing.close)
        else:
            self._answer_poll([NOOP_PACKET])
            self.close(Reason.TRANSPORT_CLOSED)

    def lost(self) -> None:
        """The WebSocket that carried it is gone."""
        self.carrier = None
        self.close(Reason.TRANSPORT_CLOSED)

    # --- HTTP long-polling --------------------------------------------------------------------

    def poll(self) -> list[Message] | Poll | Refusal:
        """What a GET is answered with: at once where something waits, else a future of it.

        Whoever waits for the future tells ``abandon`` where the client aborts the GET.
        """
        if self._state is State.CLOSED or self.carrier is not None:
            return BAD_REQUEST
        if self._poll is not None:
            self.close(Reason.MALFORMED, "two polls at once")
            return BAD_REQUEST
        if self._state is State.CLOSING:
            return self._last()
        if self._queue:
            return self._take()
        self._poll = poll = self._loop.create_future()
        if self._upgrade is not None and self._upgrade.probed:
            self._loop.call_later(_HOLD, self._release, poll)
        return poll

    def abandon(self, poll: Poll) -> None:
        """The client aborted a GET: nobody can say what it got, so the session ends. Safe twice."""
        if self._poll is poll:
            self.close(Reason.TRANSPORT_CLOSED)

    def begin_post(self) -> Refusal | None:
        """A POST comes, its body still on the way. Each that may is to be ended by ``post``."""
        if self._posting:
            self.close(Reason.MALFORMED, "two posts at once")
            return BAD_REQUEST
        self._posting = True
        return None

    def post(self, body: bytes | Reason) -> Refusal | None:
        """Take the packets of a POST, in their order.

        Args:
            body: of the request; the reason where it was not read to its end.
        """
        self._posting = False
        if self._state is not State.OPEN or self.carrier is not None:
            return BAD_REQUEST
        if isinstance(body, Reason):
            self.close(body)
            return TOO_LARGE if body is Reason.TOO_LARGE else BAD_REQUEST
        try:
            packets = split_body(body)
        except Malformed as error:
            self.close(Reason.MALFORMED, str(error))
            return BAD_REQUEST
        for data in packets:
            self.received(data)
        return BAD_REQUEST if self.reason is Reason.MALFORMED else None

    async def settle(self) -> None:
        """Before a POST is answered: where it brought a CLOSE packet, let the GET come that is to be let
        go by it. After the answer the session is known no more.
        """
        if self._state is State.CLOSING and self._last_word is NOOP_PACKET:
            await asyncio.sleep(_HOLD)
            self._end()

    def _flush_poll(self) -> None:
        if self._poll is not None and self._queue:
            self._answer_poll(self._take())

    def _release(self, poll: Poll) -> None:
        """Let a GET go that was held in the middle of an upgrade."""
        if self._poll is poll:
            self._answer_poll([NOOP_PACKET])

    def _answer_poll(self, answer: list[Message] | Refusal) -> None:
        if self._poll is not None:
            if not self._poll.done():
                self._poll.set_result(answer)
            self._poll = None

    # --- upgrade ------------------------------------------------------------------------------

    def begin_upgrade(self, carrier: Carrier) -> bool:
        """Let a WebSocket try to take over. False where one has done so or tries already."""
        if self._state is not State.OPEN or self.carrier is not None or self._upgrade is not None:
            return False
        self._upgrade = Upgrade(self, carrier, self._loop, self._timing.upgrade)
        carrier.link = self._upgrade
        return True

    def probed(self) -> None:
        """The WebSocket works: let go of the GET, so that the client can stop to poll."""
        self._answer_poll([NOOP_PACKET])

    def upgraded(self, carrier: Carrier) -> None:
        """The WebSocket carries the session from here on."""
        self._upgrade = None
        self.carrier = carrier
        carrier.link = self
        self._answer_poll(BAD_REQUEST)
        self.drain()

    def upgrade_failed(self) -> None:
        """The session goes on with polling."""
        self._upgrade = None

    # --- time ---------------------------------------------------------------------------------

    @property
    def is_overdue(self) -> bool:
        """Whether the time for a pong is over, even where the timer's turn has not come yet."""
        return self._awaiting_pong and self._loop.time() >= self._deadline

    def _schedule(self, deadline: float) -> None:
        self._timer.cancel()
        self._deadline = deadline
        self._timer = self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        if self._state is State.CLOSING:
            self._end(abort=True)
        elif self._awaiting_pong:
            self.close(Reason.PING_TIMEOUT)
        else:
            self._awaiting_pong = True
            # Counted from when the ping was due; but a machine that slept must not blame its clients.
            patience = self._timing.ping_timeout
            self._schedule(max(self._deadline + patience, self._loop.time() + patience / 2))
            self.send(PING_PACKET)

    # --- the end ------------------------------------------------------------------------------

    def close(self, reason: Reason, detail: str = "") -> None:
        """End now. What waits to be sent is dropped. Safe twice."""
        if self._state is State.CLOSED:
            return
        self._leave_open(reason, detail)
        self._queue = None
        self._end(abort=reason is Reason.SLOW_CONSUMER)

    def finish(self, reason: Reason) -> None:
        """End once the client has taken what waits for it, or did not in time. Safe twice."""
        if self._state is not State.OPEN:
            return
        self._leave_open(reason, "")
        self._schedule(self._loop.time() + self._timing.close)
        if self.carrier is not None:
            self.drain()
        elif self._poll is not None:
            poll, self._poll = self._poll, None
            poll.set_result(self._last())

    def _leave_open(self, reason: Reason, detail: str) -> None:
        if self._state is not State.OPEN:
            return
        self._state = State.CLOSING
        self.reason = reason
        if self._upgrade is not None:
            self._upgrade.cancel()
        self._owner.session_left(self, detail)
        self.receiver.closed(reason)

    def _end(self, *, abort: bool = False) -> None:
        if self._state is State.CLOSED:
            return
        self._state = State.CLOSED
        self._timer.cancel()
        self._answer_poll([CLOSE_PACKET])
        carrier, self.carrier = self.carrier, None
        if carrier is not None and abort:
            carrier.abort()
        elif carrier is not None:
            reason = self.reason or Reason.TRANSPORT_CLOSED
            carrier.close(_CLOSE_CODES.get(reason, frames.NORMAL), reason.value if reason.is_fault else "")
        self._owner.session_ended(self)


class Upgrade:
    """A WebSocket that wants to take over a session: PING probe, PONG probe, UPGRADE.

    Until the last one the session stays with polling, whatever happens here.
    """

    __slots__ = ("_carrier", "_session", "_timer", "probed")

    def __init__(
        self, session: Session, carrier: Carrier, loop: asyncio.AbstractEventLoop, within: float
    ) -> None:
        self._session = session
        self._carrier = carrier
        self._timer = loop.call_later(within, self._refuse)
        self.probed = False

    def received(self, data: str | bytes) -> None:
        if not self.probed and data == PING + "probe":
            self.probed = True
            self._carrier.write(PROBE_ANSWER)
            self._session.probed()
        elif self.probed and data == UPGRADE:
            self._timer.cancel()
            self._session.upgraded(self._carrier)
        else:
            self._refuse()

    def lost(self) -> None:
        self._timer.cancel()
        self._session.upgrade_failed()

    def drain(self) -> None:
        """Nothing waits here."""

    def cancel(self) -> None:
        """The session has ended."""
        self._timer.cancel()
        self._carrier.close(frames.NORMAL, "")

    def _refuse(self) -> None:
        self.lost()
        self._carrier.close(frames.PROTOCOL_ERROR, "")


def _size(data: str | bytes) -> int:
    """In bytes, as UTF-8 where it is text."""
    return len(data) if isinstance(data, bytes) else len(data.encode())
