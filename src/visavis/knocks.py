"""Those who knock at the door of a room, until somebody decides, or they go.

Synchronous; time comes from a clock. A knock outlives a short loss of its connection: whoever has its secret
takes it up again. Everything is bounded: knocks of a room, of one address in it, and how often one may knock.
A knock that was answered is remembered for a while: one that was let in is the way in, and one that was
denied keeps the same person from knocking again at once.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NewType

from visavis import crowd
from visavis.clock import Clock, Timer
from visavis.crowd import Visitor
from visavis.errors import KnockDecided, KnockDenied, KnockNotFound, RateLimited
from visavis.lobby import ConnectionId
from visavis.rates import KeyedRateLimit, address_key
from visavis.rooms import RoomId

KnockId = NewType("KnockId", str)

PER_MINUTE = 40
"""Knocks of one address at one room, in 60 seconds."""

PER_MINUTE_OF_ALL = 200
"""Knocks of all addresses at one room, in 60 seconds, after which an address has three."""

PER_MINUTE_IN_FLOOD = 3

GRACE = 30.0
"""Seconds for which a knock stays whose connection is lost."""

PASS = 300.0
"""Seconds for which one who was let in may enter."""

DENIAL = 60.0
"""Seconds for which one who was denied may not knock again."""


class State(Enum):
    WAITING = 1
    ADMITTED = 2
    DENIED = 3
    CROWDED_OUT = 4
    """The place was given to somebody else (:mod:`visavis.crowd`)."""


_MOST_KNOWN = 10_000
"""Marks of those who were let in, of all rooms."""


@dataclass(slots=True)
class Knock:
    """``id`` is for those who answer, ``secret`` for the one who knocks. ``at``: seconds since the epoch."""

    id: KnockId
    secret: str = field(repr=False)
    room_id: RoomId
    visitor: Visitor
    at: float
    connection: ConnectionId | None
    state: State = State.WAITING
    timer: Timer | None = None

    @property
    def is_silent(self) -> bool:
        return self.connection is None


class Knocks:
    """All knocks of this node.

    Args:
        ended: is told of a knock that nobody answers any more, because whoever knocked has gone, or was
            crowded out.
    """

    def __init__(self, clock: Clock, ended: Callable[[Knock], None]) -> None:
        self._clock = clock
        self._ended = ended
        self._rate = KeyedRateLimit(PER_MINUTE, 60.0, clock.now)
        self._rate_of_room = KeyedRateLimit(PER_MINUTE_OF_ALL, 60.0, clock.now)
        self._known: OrderedDict[tuple[RoomId, str], None] = OrderedDict()
        self._rooms: dict[RoomId, dict[KnockId, Knock]] = {}
        self._secrets: dict[str, Knock] = {}
        self._connections: dict[ConnectionId, Knock] = {}

    def rooms(self) -> tuple[RoomId, ...]:
        """The rooms of all knocks."""
        return tuple(self._rooms)

    def waiting(self, room_id: RoomId) -> tuple[Knock, ...]:
        """Those who wait for an answer, the first first."""
        knocks = self._rooms.get(room_id, {}).values()
        return tuple(knock for knock in knocks if knock.state is State.WAITING)

    def find(self, room_id: RoomId, secret: str | None) -> Knock | None:
        """The knock of a secret, at this door."""
        knock = self._secrets.get(secret or "")
        return knock if knock is not None and knock.room_id == room_id else None

    def knock(self, room_id: RoomId, visitor: Visitor, connection: ConnectionId) -> Knock:
        """Begin to wait. A connection knocks at one door at a time.

        Whoever has no account is no stranger where they were let in before: see :meth:`know`.

        Raises:
            KnockDenied: somebody with one of these marks was denied a moment ago.
            LobbyFull, RateLimited
        """
        self.leave(connection)
        key = address_key(visitor.address)
        # Without any mark one is known by the address alone.
        marks = visitor.marks or frozenset({f"address:{key}"})
        waiting = self.waiting(room_id)
        is_known = visitor.account is not None or any((room_id, mark) in self._known for mark in marks)
        # With a second knock at once one is as strange as anybody.
        is_known = is_known and not any(k.visitor.known and k.visitor.marks & marks for k in waiting)
        visitor = replace(visitor, marks=marks, known=is_known)
        answered = self._rooms.get(room_id, {}).values()
        if any(k.state is State.DENIED and k.visitor.marks & marks for k in answered):
            raise KnockDenied
        gives_way = crowd.make_place(waiting, visitor)
        self._count(room_id, key, is_known=is_known)
        if gives_way is not None:
            self._crowd_out(gives_way)
        knock_id, secret = KnockId(secrets.token_urlsafe(12)), secrets.token_urlsafe(16)
        knock = Knock(knock_id, secret, room_id, visitor, self._clock.now(), connection)
        self._rooms.setdefault(room_id, {})[knock.id] = knock
        self._secrets[secret] = knock
        self._connections[connection] = knock
        return knock

    def take_up(self, knock: Knock, connection: ConnectionId) -> None:
        """Go on waiting on another connection."""
        if knock.connection is not None:
            self._connections.pop(knock.connection, None)
        self.leave(connection)
        if knock.state is State.WAITING:
            self._cancel(knock)
        knock.connection = connection
        self._connections[connection] = knock

    def lose(self, connection: ConnectionId) -> None:
        """A connection is gone: its knock stays for the grace. Safe twice."""
        knock = self._connections.pop(connection, None)
        if knock is None:
            return
        knock.connection = None
        if knock.state is State.WAITING:
            self._forget_in(knock, GRACE)

    def leave(self, connection: ConnectionId) -> bool:
        """Whoever knocked on this connection goes. False where nobody did. Safe twice."""
        knock = self._connections.pop(connection, None)
        if knock is None:
            return False
        knock.connection = None
        if knock.state is State.WAITING:
            self._forget(knock)
        return True

    def answer(self, room_id: RoomId, knock_id: str, state: State) -> Knock | None:
        """Let somebody in, or deny it. The first answer counts; None where it was given before already.

        Raises:
            KnockDecided: the other answer was given.
            KnockNotFound: nobody knocks at this door by this id.
        """
        knock = self._rooms.get(room_id, {}).get(KnockId(knock_id))
        if knock is None:
            raise KnockNotFound
        if knock.state is state:
            return None
        if knock.state is not State.WAITING:
            raise KnockDecided
        knock.state = state
        self._forget_in(knock, PASS if state is State.ADMITTED else DENIAL)
        return knock

    def spend(self, knock: Knock) -> None:
        """Whoever knocked has entered. Safe twice."""
        knock.state = State.ADMITTED
        self._forget(knock)

    def know(self, room_id: RoomId, marks: frozenset[str]) -> None:
        """Somebody with these marks is in the room, and no stranger at its door from now on."""
        for mark in marks:
            self._known[room_id, mark] = None
            self._known.move_to_end((room_id, mark))
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)

    def _count(self, room_id: RoomId, key: str, *, is_known: bool) -> None:
        """
        Raises:
            RateLimited
        """
        of_address, is_flooded = f"{room_id} {key}", self._rate_of_room.count(room_id) >= PER_MINUTE_OF_ALL
        if is_flooded and not is_known and self._rate.count(of_address) >= PER_MINUTE_IN_FLOOD:
            raise RateLimited
        if not self._rate.allow(of_address):
            raise RateLimited
        self._rate_of_room.allow(room_id)

    def _crowd_out(self, knock: Knock) -> None:
        knock.state = State.CROWDED_OUT
        self._forget(knock)
        self._ended(knock)

    def _forget_in(self, knock: Knock, seconds: float) -> None:
        self._cancel(knock)
        knock.timer = self._clock.call_later(seconds, lambda: self._forget(knock))

    def _cancel(self, knock: Knock) -> None:
        if knock.timer is not None:
            knock.timer.cancel()
            knock.timer = None

    def _forget(self, knock: Knock) -> None:
        self._cancel(knock)
        self._secrets.pop(knock.secret, None)
        if knock.connection is not None:
            self._connections.pop(knock.connection, None)
        in_room = self._rooms.get(knock.room_id, {})
        if in_room.pop(knock.id, None) is not None and not in_room:
            del self._rooms[knock.room_id]
        if knock.state is State.WAITING:
            self._ended(knock)
