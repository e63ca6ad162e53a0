"""Links that are prepared with those who stand before the door of a room.

A *visitor* is a connection that has said which room it is about to enter. With each member of the call
in that room it negotiates a *prepared link*: one offer of the member, one answer of the visitor, each
addressed to the link's id, which says nothing of who is at the other end. Their addresses (candidates)
are held here until the visitor enters; without them no packet finds its way.

Synchronous; time comes from a clock. Everything is bounded: visitors of a room, how often they may come,
links of a visitor, what is held, and for how long. Connections are opaque ids of the edge.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NewType, Protocol

from visavis.clock import Clock, Timer
from visavis.errors import NotPrepared, ParticipantNotFound, TooManyCandidates
from visavis.rates import KeyedRateLimit
from visavis.rooms import ParticipantId, RoomId

ConnectionId = NewType("ConnectionId", str)
LinkId = NewType("LinkId", str)

MAX_LINKS = 8
"""Of one visitor. With further members it negotiates when it has entered."""

MAX_HELD = 32
MAX_HELD_BYTES = 16 * 1024
"""Candidates of one end of a link, and their bytes as JSON. Half a dozen with 1 KB are usual."""

VISITS_PER_MINUTE = 60
"""Of one room: how often its members may be asked to prepare."""

LIFETIME = 420.0
"""Seconds for which links stay prepared. Routers and relays forget, so a visitor who waits asks anew."""

REFRESH = 240.0
"""Seconds after which a visitor who still waits should ask anew."""

ECHO = 10.0
"""Seconds after the visitor entered in which a signal to the link's id still arrives."""


class Doors(Protocol):
    """How visitors and members hear of their links. The edge implements it; it may not block or raise."""

    def visitor_came(self, member: ConnectionId, link: LinkId) -> bool:
        """Ask a member for an offer to somebody before the door. False: it does not know of such things."""

    def unprepared(self, connection: ConnectionId, link: LinkId) -> None:
        """Tell one end of a link that nothing will become of it."""


@dataclass(slots=True)
class PreparedLink:
    """One link between a visitor and a member, before it is one between participants."""

    id: LinkId
    visitor: ConnectionId
    member: ConnectionId
    is_offered: bool = False
    is_answered: bool = False
    held: dict[ConnectionId, list[Any]] = field(default_factory=dict)
    """Candidates of each end, as they came."""
    held_bytes: dict[ConnectionId, int] = field(default_factory=dict)
    participants: Mapping[ConnectionId, ParticipantId] | None = None
    """Whom each end became; None until the visitor has entered."""

    def other(self, connection: ConnectionId) -> ConnectionId:
        return self.member if connection == self.visitor else self.visitor

    def offer(self, sender: ConnectionId) -> None:
        """Note the one offer, which the member makes.

        Raises:
            NotPrepared: it is not the member's turn.
        """
        if sender != self.member or self.is_offered:
            raise NotPrepared("A prepared link has one offer, and the member makes it.")
        self.is_offered = True

    def answer(self, sender: ConnectionId) -> None:
        """Note the one answer, which the visitor makes.

        Raises:
            NotPrepared: it is not the visitor's turn.
        """
        if sender != self.visitor or not self.is_offered or self.is_answered:
            raise NotPrepared("A prepared link has one answer, and the visitor makes it.")
        self.is_answered = True

    def hold(self, sender: ConnectionId, candidates: Sequence[Any], size: int) -> None:
        """Keep candidates back. ``size``: their bytes.

        Raises:
            TooManyCandidates
        """
        held = self.held.setdefault(sender, [])
        total = self.held_bytes.get(sender, 0) + size
        if len(held) + len(candidates) > MAX_HELD or total > MAX_HELD_BYTES:
            raise TooManyCandidates(
                f"A prepared link has {MAX_HELD} candidates at most, with {MAX_HELD_BYTES} bytes."
            )
        held.extend(candidates)
        self.held_bytes[sender] = total


@dataclass(slots=True)
class _Visit:
    room_id: RoomId
    end: Timer
    proven: str | None
    knocks: bool


class Lobby:
    """All visitors of this node, and their links."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rate = KeyedRateLimit(VISITS_PER_MINUTE, 60.0, clock.now)
        self._visits: dict[ConnectionId, _Visit] = {}
        self._visitors: dict[RoomId, dict[ConnectionId, None]] = {}
        self._links: dict[LinkId, PreparedLink] = {}
        self._ends: dict[ConnectionId, dict[LinkId, None]] = {}
        self._doors: Doors | None = None

    def attach(self, doors: Doors) -> None:
        """Say who speaks to the ends of the links. Once, before the first visit."""
        self._doors = doors

    def count(self, room_id: RoomId) -> int:
        """How many stand before the door."""
        return len(self._visitors.get(room_id, ()))

    def enter(
        self,
        visitor: ConnectionId,
        room_id: RoomId,
        members: Iterable[ConnectionId],
        proven: str | None = None,
        *,
        knocks: bool = False,
    ) -> int:
        """Prepare links between a visitor and members. What it had prepared before is dropped.

        Args:
            members: all who may know that somebody is before the door.
            proven: the passcode of the room, as it is kept, where the visitor has said it.
            knocks: the visitor waits to be let in, which only those know who may answer.

        Returns:
            How many links are being prepared; 0 where visitors come too often.
        """
        self.leave(visitor)
        if not self._rate.allow(room_id):
            return 0
        end = self._clock.call_later(LIFETIME, lambda: self.leave(visitor))
        self._visits[visitor] = _Visit(room_id, end, proven, knocks)
        self._visitors.setdefault(room_id, {})[visitor] = None
        for member in members:
            self._prepare(visitor, member)
        return len(self._ends.get(visitor, ()))

    def has_proven(self, visitor: ConnectionId, room_id: RoomId, kept: str) -> bool:
        """Whether a visitor of a room has said this passcode."""
        visit = self._visits.get(visitor)
        return visit is not None and visit.room_id == room_id and visit.proven == kept

    def meet(self, room_id: RoomId, member: ConnectionId, *, may_answer: bool) -> None:
        """Prepare links between a new member and those who stand before the door.

        Args:
            may_answer: whether the member knows of those who knock.
        """
        for visitor in self._visitors.get(room_id, ()):
            if may_answer or not self._visits[visitor].knocks:
                self._prepare(visitor, member)

    def leave(self, connection: ConnectionId) -> None:
        """Drop all links of a connection, visitor or member, and its visit. Safe twice."""
        self._end_visit(connection)
        for link_id in list(self._ends.get(connection, ())):
            self.drop(connection, link_id)

    def close(self, room_id: RoomId) -> None:
        """Nobody may be prepared for any more who stands before a door: drop the links, tell both ends."""
        for visitor in list(self._visitors.get(room_id, ())):
            links = list(self._ends.get(visitor, ()))
            self.leave(visitor)
            if self._doors is not None:
                for link_id in links:
                    self._doors.unprepared(visitor, link_id)

    def drop(self, connection: ConnectionId, link_id: LinkId) -> None:
        """Drop one link, and tell its other end. Nothing where there is none. Safe twice."""
        link = self.find(connection, link_id)
        if link is None:
            return
        self._forget(link)
        if self._doors is not None and link.participants is None:
            self._doors.unprepared(link.other(connection), link.id)

    def find(self, connection: ConnectionId, link_id: str) -> PreparedLink | None:
        """The link of that id, where the connection is an end of it."""
        link = self._links.get(LinkId(link_id))
        return link if link is not None and connection in (link.visitor, link.member) else None

    def get(self, connection: ConnectionId, link_id: str) -> PreparedLink:
        """The same.

        Raises:
            ParticipantNotFound: there is none.
        """
        link = self.find(connection, link_id)
        if link is None:
            raise ParticipantNotFound
        return link

    def release(
        self, visitor: ConnectionId, room_id: RoomId, members: Mapping[ConnectionId, ParticipantId]
    ) -> list[PreparedLink]:
        """A visitor enters a room: its links there become links between participants.

        Args:
            members: the others in the room, and the visitor.

        Returns:
            The links that have an offer at least. The others are dropped, and so are those of another room.
        """
        visit = self._visits.get(visitor)
        is_here = visit is not None and visit.room_id == room_id
        self._end_visit(visitor)
        released = []
        for link_id in list(self._ends.get(visitor, ())):
            link = self._links[link_id]
            if is_here and link.is_offered and link.member in members:
                link.participants = {end: members[end] for end in (link.visitor, link.member)}
                self._clock.call_later(ECHO, partial(self._forget, link))
                released.append(link)
            else:
                self.drop(visitor, link_id)
        return released

    def _prepare(self, visitor: ConnectionId, member: ConnectionId) -> None:
        ends = self._ends.setdefault(visitor, {})
        if len(ends) >= MAX_LINKS:
            return
        link = PreparedLink(LinkId(secrets.token_urlsafe(16)), visitor, member)
        self._links[link.id] = link
        ends[link.id] = None
        self._ends.setdefault(member, {})[link.id] = None
        if self._doors is None or not self._doors.visitor_came(member, link.id):
            self._forget(link)

    def _end_visit(self, visitor: ConnectionId) -> None:
        visit = self._visits.pop(visitor, None)
        if visit is None:
            return
        visit.end.cancel()
        visitors = self._visitors[visit.room_id]
        del visitors[visitor]
        if not visitors:
            del self._visitors[visit.room_id]

    def _forget(self, link: PreparedLink) -> None:
        """Nothing of a link is left. Safe twice."""
        self._links.pop(link.id, None)
        for connection in (link.visitor, link.member):
            ends = self._ends.get(connection)
            if ends is None:
                continue
            ends.pop(link.id, None)
            if not ends:
                del self._ends[connection]
