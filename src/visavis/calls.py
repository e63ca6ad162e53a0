"""The live calls of this node: who is in which room, by which connection, and who is told of it.

Each act is the same three steps: check (a rule of :mod:`visavis.rooms` decides), do (the roster
changes), notify (the members hear of it). Nothing is awaited from the check to the notice, so changes,
and the notices of them, are in one order for everybody without a lock. Only the storage is awaited, and
before the check.

A *connection* is an opaque id of the edge. A participant has at most one connection, and has none while
it is reconnecting; a connection speaks for at most one participant. Before it does it may be a visitor,
with whom links are prepared (:mod:`visavis.lobby`).
"""

import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import structlog

from visavis import rooms
from visavis.chat import Chat
from visavis.clock import Clock, Timer
from visavis.errors import (
    AlreadyInRoom,
    NotInRoom,
    ParticipantAway,
    ParticipantNotFound,
    RoomExists,
    RoomNotFound,
)
from visavis.identity import GUEST, Access, Grant, Identity, check_may_enter, check_may_make_rooms
from visavis.lobby import REFRESH, ConnectionId, Doors, LinkId, Lobby
from visavis.records import CallId, Departed, Departure, Ended, Entered, Moment, new_call_id
from visavis.rooms import (
    Change,
    Joined,
    LeaveReason,
    Left,
    Media,
    Participant,
    ParticipantId,
    Room,
    RoomId,
    Roster,
)
from visavis.storage.base import Storage
from visavis.tickets import Ticket, Tickets

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A link that was made ready before one of its ends entered, as one end is told of it.

    ``link_id`` is what it was prepared under. Where that is None, the one who entered brought ``offer``
    (a member gets the offer itself; the one who entered gets its place among those that it brought).
    """

    participant_id: ParticipantId
    link_id: LinkId | None
    candidates: Sequence[Any] = ()
    """Of the other end, as they came."""
    offer: Any = None


class Members(Doors, Protocol):
    """How a call speaks to its members. The edge implements it; none of it may block or raise."""

    def prepared(self, member: ConnectionId, link: Prepared) -> bool:
        """Tell a member that somebody enters with whom it has a link already. Comes before the change.
        False: it does not know of such things."""

    def tell(self, change: Change, recipients: Sequence[ConnectionId]) -> None:
        """Tell members of a change in their roster."""

    def dismiss(self, connection: ConnectionId) -> None:
        """Tell a connection that another one speaks for its participant from now on."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``capacity``: of a room for which none was asked. ``grace`` in seconds. ``prepare``: whether links
    are prepared with those who are about to enter. ``access``: for whom this server is."""

    capacity: int
    max_capacity: int
    grace: float
    prepare: bool = True
    access: Access = Access.OPEN


@dataclass(frozen=True, slots=True)
class Entry:
    """What one gets who enters a call."""

    participant_id: ParticipantId
    ticket: str
    grace: float
    roster: Roster
    prepared: Sequence[Prepared] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visitor gets. ``links``: how many are prepared, 0 where the server does not. ``refresh_in``:
    seconds after which to ask anew, if it still waits."""

    links: int
    refresh_in: float


@dataclass(frozen=True, slots=True)
class JoinTimes:
    """How long it took somebody to enter, as they measured it: milliseconds from the press on Join.

    ``way``: how the first link was made. The rest: let in by the server; the first link has a path, is
    secured, has shown a picture. None where that never came.
    """

    way: str
    ack: float
    ice: float | None = None
    dtls: float | None = None
    frame: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection is: a participant of a call."""

    room_id: RoomId
    participant_id: ParticipantId


@dataclass(frozen=True, slots=True)
class Counts:
    rooms: int
    participants: int


@dataclass(slots=True)
class _Call:
    """A room with somebody in it. Each participant has either a connection or a grace that runs."""

    id: CallId
    roster: Roster
    chat: Chat
    connections: dict[ParticipantId, ConnectionId] = field(default_factory=dict)
    graces: dict[ParticipantId, Timer] = field(default_factory=dict)
    last_departure: float = 0.0
    timed: set[ParticipantId] = field(default_factory=set)
    """Whose entering was timed: once for each."""


class Calls:
    """All live calls of this node.

    Args:
        note: has what happens remembered; may neither block nor raise.
    """

    def __init__(
        self,
        storage: Storage,
        tickets: Tickets,
        clock: Clock,
        limits: Limits,
        note: Callable[[Moment], None] = lambda _: None,
    ) -> None:
        self._storage = storage
        self._tickets = tickets
        self._clock = clock
        self._limits = limits
        self._note = note
        self._calls: dict[RoomId, _Call] = {}
        self._places: dict[ConnectionId, Place] = {}
        self._passing: dict[RoomId, Room] = {}
        self._lobby = Lobby(clock)
        self._members: Members | None = None

    def attach(self, members: Members) -> None:
        """Say who speaks to the members. Once, before the first join."""
        self._members = members
        self._lobby.attach(members)

    @property
    def lobby(self) -> Lobby:
        """The links of those who are about to enter."""
        return self._lobby

    # --- rooms --------------------------------------------------------------------------------

    async def create_room(
        self, room_id: str | None, capacity: int | None, *, identity: Identity = GUEST
    ) -> Room:
        """Make a room that lasts.

        Args:
            room_id: as a person gave it; None for one that is made up.
            capacity: how many may be in it; None for the default.
            identity: who makes it.

        Raises:
            SignInRequired, RoomIdInvalid, CapacityInvalid, RoomExists, StorageUnavailable
        """
        check_may_make_rooms(self._limits.access, identity)
        room = rooms.make_room(
            rooms.new_room_id() if room_id is None else rooms.parse_room_id(room_id),
            self._limits.capacity if capacity is None else capacity,
            max_capacity=self._limits.max_capacity,
        )
        await self._storage.add_room(room)
        log.info("room created", room=room.id, capacity=room.capacity)
        return room

    def create_passing_room(self, capacity: int | None, *, identity: Identity = GUEST) -> Room:
        """Make a room that is gone with its call, or after the grace where nobody enters it.

        Args:
            capacity, identity: as in ``create_room``.

        Raises:
            SignInRequired, CapacityInvalid
        """
        check_may_make_rooms(self._limits.access, identity)
        capacity = self._limits.capacity if capacity is None else capacity
        room = rooms.make_room(rooms.new_room_id(), capacity, max_capacity=self._limits.max_capacity)
        self._passing[room.id] = room
        self._clock.call_later(self._limits.grace, lambda: self._let_pass(room.id))
        return room

    async def look_up(self, room_id: str, *, identity: Identity = GUEST) -> Roster:
        """A room and who is in it now; for one whose token makes it, as it would be.

        Raises:
            RoomIdInvalid, SignInRequired, RoomNotFound, StorageUnavailable
        """
        return (await self._find(self._door(room_id, identity), identity.grant)).roster

    def counts(self) -> Counts:
        return Counts(
            rooms=len(self._calls),
            participants=sum(len(call.roster.participants) for call in self._calls.values()),
        )

    def live(self) -> tuple[CallId, ...]:
        return tuple(call.id for call in self._calls.values())

    def stop(self) -> None:
        """The server is being stopped: note that every call ends here, as far as one can know.

        Nobody is told: all come back with their tickets, and their calls go on.
        """
        now = self._clock.now()
        for call in self._calls.values():
            for participant in call.roster.participants:
                self._note(Departed(call.id, participant.id, Departure.STOPPED, now))
            self._note(Ended(call.id, now))

    # --- entering and leaving -----------------------------------------------------------------

    async def create_and_join(
        self, connection: ConnectionId, room_id: str, name: str, media: Media, *, identity: Identity = GUEST
    ) -> Entry:
        """Make a room and enter it. The storage is not asked for what was just given to it.

        Raises:
            as ``create_room`` and ``join``. The room is there although one could not enter it.
        """
        room = await self.create_room(room_id, None, identity=identity)
        return await self._enter(connection, room.id, self._newcomer(name, media, identity), made=room)

    async def prepare(self, connection: ConnectionId, room_id: str, *, identity: Identity = GUEST) -> Visit:
        """Prepare links with the members of a room that one is about to enter.

        Raises:
            AlreadyInRoom, RoomIdInvalid, SignInRequired, RoomNotFound, RoomFull, StorageUnavailable
        """
        if connection in self._places:
            raise AlreadyInRoom
        call = await self._find(self._door(room_id, identity), identity.grant)
        room = call.roster.room
        self._lobby.leave(connection)
        if rooms.receive(call.roster, self._lobby.count(room.id)) and self._limits.prepare:
            return Visit(self._lobby.enter(connection, room.id, call.connections.values()), REFRESH)
        return Visit(0, REFRESH)

    async def join(
        self,
        connection: ConnectionId,
        room_id: str,
        name: str,
        media: Media,
        offers: Sequence[Any] = (),
        *,
        identity: Identity = GUEST,
    ) -> Entry:
        """Enter a room as a new participant.

        Args:
            name: empty for that of the identity; the one in a token comes first.
            offers: for members with whom no link is prepared, one for each; opaque.
            identity: who enters. A grant is for this room; whoever read the token has made sure of it.

        Raises:
            AlreadyInRoom, RoomIdInvalid, SignInRequired, NameTooLong, RoomNotFound, RoomFull,
            StorageUnavailable
        """
        participant, wanted = self._newcomer(name, media, identity), self._door(room_id, identity)
        if identity.grant is not None and identity.grant.makes_room:
            await self._make(connection, identity.grant)
        return await self._enter(connection, wanted, participant, offers)

    async def resume(self, connection: ConnectionId, ticket: str, media: Media) -> Entry:
        """Take one's place again. Works after the grace and after a restart of the server too.

        Where another connection still speaks for the participant, this one takes over: the old one
        may be a socket whose end the server has not noticed yet.

        Raises:
            AlreadyInRoom, TicketInvalid, TicketExpired, RoomNotFound, RoomFull, StorageUnavailable
        """
        known = self._tickets.read(ticket)
        participant = Participant(
            known.participant_id, known.name, known.joined_at, media, account_id=known.account_id
        )
        return await self._enter(connection, known.room_id, participant, call_id=known.call_id)

    def leave(self, connection: ConnectionId) -> None:
        """Leave for good: the place is free at once.

        Raises:
            NotInRoom
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        self._forget(call, place.participant_id)
        self._change(call, rooms.leave(call.roster, place.participant_id))
        log.info("participant left", room=place.room_id, participant=place.participant_id)

    def lose(self, connection: ConnectionId) -> None:
        """A connection is gone: keep the place of its participant for the grace. Safe twice."""
        self._lobby.leave(connection)
        place = self._places.get(connection)
        if place is None:
            return  # it never joined, left, or was replaced by another connection
        call = self._calls[place.room_id]
        self._forget(call, place.participant_id)
        call.graces[place.participant_id] = self._clock.call_later(
            self._limits.grace, lambda: self._expire(call, place)
        )
        self._change(call, rooms.lose(call.roster, place.participant_id))
        log.info("participant lost", room=place.room_id, participant=place.participant_id)

    # --- in the call --------------------------------------------------------------------------

    def set_media(self, connection: ConnectionId, media: Media) -> None:
        """Note what a participant sends now.

        Raises:
            NotInRoom, NotAllowed
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        self._change(call, rooms.set_media(call.roster, place.participant_id, media))

    def set_hand(self, connection: ConnectionId, *, is_raised: bool) -> None:
        """Raise or lower one's hand.

        Raises:
            NotInRoom
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        raised_at = self._clock.now() if is_raised else None
        self._change(call, rooms.set_hand(call.roster, place.participant_id, raised_at))

    def chat(self, connection: ConnectionId) -> Chat:
        """What is written in the call in which a connection is.

        Raises:
            NotInRoom
        """
        return self._calls[self.place(connection).room_id].chat

    def note_join(self, connection: ConnectionId, times: JoinTimes) -> None:
        """Note how long somebody took to enter. The first note counts.

        Raises:
            NotInRoom
        """
        place = self.place(connection)
        timed = self._calls[place.room_id].timed
        if place.participant_id not in timed:
            timed.add(place.participant_id)
            log.info("join timed", room=place.room_id, participant=place.participant_id, **asdict(times))

    def roster(self, connection: ConnectionId) -> Roster:
        """The roster of the room in which a connection is.

        Raises:
            NotInRoom
        """
        return self._calls[self.place(connection).room_id].roster

    def place(self, connection: ConnectionId) -> Place:
        """Where a connection is.

        Raises:
            NotInRoom
        """
        place = self._places.get(connection)
        if place is None:
            raise NotInRoom
        return place

    def peer(self, connection: ConnectionId, participant_id: ParticipantId) -> ConnectionId:
        """The connection of another participant of one's own room.

        Raises:
            NotInRoom, ParticipantNotFound, ParticipantAway
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        if participant_id == place.participant_id:
            raise ParticipantNotFound("A participant cannot send to itself.")
        call.roster.get(participant_id)
        found = call.connections.get(participant_id)
        if found is None:
            raise ParticipantAway
        return found

    def peers(self, connection: ConnectionId) -> list[ConnectionId]:
        """The connections of all others in one's own room, less those who are reconnecting.

        Raises:
            NotInRoom
        """
        call = self._calls[self.place(connection).room_id]
        return [other for other in call.connections.values() if other != connection]

    # --- inside -------------------------------------------------------------------------------

    def _door(self, room_id: str, identity: Identity) -> RoomId:
        """The room before whose door somebody may stand."""
        parsed = rooms.parse_room_id(room_id)
        check_may_enter(self._limits.access, identity, parsed)
        return parsed

    def _newcomer(self, name: str, media: Media, identity: Identity) -> Participant:
        own, given = rooms.clean_name(name), identity.name or ""
        return Participant(
            rooms.new_participant_id(),
            (own or given) if identity.grant is None else (given or own),
            self._clock.now(),
            media,
            account_id=identity.account_id,
        )

    async def _find(self, room_id: RoomId, grant: Grant | None = None) -> _Call:
        """The live call of a room, or one that nobody has entered yet.

        Args:
            grant: of somebody who may find a room as it would be.
        """
        if room_id not in self._calls:
            room = self._passing.get(room_id) or await self._storage.room(room_id)
            if room is None:
                room = self._granted(grant)
            # Looked up again: others may have entered while the storage was awaited.
            return self._live(room)
        return self._calls[room_id]

    def _granted(self, grant: Grant | None) -> Room:
        """The room that a grant makes."""
        if grant is None or not grant.makes_room:
            raise RoomNotFound
        return Room(grant.room_id, self._limits.capacity)

    async def _make(self, connection: ConnectionId, grant: Grant) -> None:
        """Make the room of a grant where there is none."""
        room_id = grant.room_id
        if connection in self._places or room_id in self._calls or room_id in self._passing:
            return
        if await self._storage.room(room_id) is None:
            # Of those who come at once, one makes it.
            with contextlib.suppress(RoomExists):
                await self._storage.add_room(self._granted(grant))
                log.info("room created", room=room_id, capacity=self._limits.capacity)

    def _live(self, room: Room) -> _Call:
        roster = Roster(room, secrets.token_urlsafe(8))
        return self._calls.get(room.id) or _Call(new_call_id(), roster, Chat(self._clock.now))

    async def _enter(
        self,
        connection: ConnectionId,
        room_id: RoomId,
        participant: Participant,
        offers: Sequence[Any] = (),
        *,
        made: Room | None = None,
        call_id: CallId | None = None,
    ) -> Entry:
        """``made``: the room, where it is known already. ``call_id``: of the call to go on with."""
        if connection in self._places:
            raise AlreadyInRoom
        call = await self._find(room_id) if made is None else self._live(made)
        if call_id is not None and not call.roster.participants:
            call.id = call_id  # this is the first who is back
        change = rooms.admit(call.roster, participant)
        replaced = call.connections.get(participant.id)
        self._forget(call, participant.id)
        self._calls[room_id] = call
        self._places[connection] = Place(room_id, participant.id)
        call.connections[participant.id] = connection
        if replaced is not None and self._members is not None:
            self._members.dismiss(replaced)
        prepared = self._release(call, connection, offers)
        self._change(call, change, but=connection)  # which gets the whole roster
        self._lobby.meet(room_id, connection)
        log.info("participant entered", room=room_id, participant=participant.id)
        ticket = Ticket(
            room_id, participant.id, participant.name, participant.joined_at, call.id, participant.account_id
        )
        return Entry(participant.id, self._tickets.sign(ticket), self._limits.grace, call.roster, prepared)

    def _release(self, call: _Call, connection: ConnectionId, offers: Sequence[Any]) -> list[Prepared]:
        """Make links between participants of those that were prepared, and tell the members.

        Returns:
            What the one who enters is told.
        """
        ids = {member: participant_id for participant_id, member in call.connections.items()}
        own_id = ids.pop(connection)
        own: list[Prepared] = []
        if self._members is None:
            return own
        for link in self._lobby.release(connection, call.roster.room.id, {**ids, connection: own_id}):
            of_visitor, of_member = link.held.get(connection, ()), link.held.get(link.member, ())
            self._members.prepared(link.member, Prepared(own_id, link.id, of_visitor))
            own.append(Prepared(ids.pop(link.member), link.id, of_member))
        left = list(enumerate(offers))
        for member, participant_id in ids.items():
            if left and self._members.prepared(member, Prepared(own_id, None, offer=left[0][1])):
                place, _ = left.pop(0)
                own.append(Prepared(participant_id, None, offer=place))
        return own

    def _forget(self, call: _Call, participant_id: ParticipantId) -> None:
        """Undo what ties a participant to a connection or to a grace."""
        connection = call.connections.pop(participant_id, None)
        if connection is not None:
            del self._places[connection]
            self._lobby.leave(connection)
        grace = call.graces.pop(participant_id, None)
        if grace is not None:
            grace.cancel()

    def _expire(self, call: _Call, place: Place) -> None:
        del call.graces[place.participant_id]
        self._change(call, rooms.expire(call.roster, place.participant_id))
        log.info("participant timed out", room=place.room_id, participant=place.participant_id)

    def _let_pass(self, room_id: RoomId) -> None:
        """Forget a room that was not made to last, unless there is a call in it."""
        if room_id not in self._calls:
            self._passing.pop(room_id, None)

    def _change(self, call: _Call, change: Change | None, but: ConnectionId | None = None) -> None:
        """Do, then notify everybody who has a connection, ``but`` one."""
        if change is None:
            return
        call.roster = rooms.apply(change, call.roster)
        self._remember(call, change)
        if not call.roster.participants:
            del self._calls[call.roster.room.id]
            self._let_pass(call.roster.room.id)
            log.info("call ended", room=call.roster.room.id)
        recipients = [connection for connection in call.connections.values() if connection != but]
        if recipients and self._members is not None:
            self._members.tell(change, recipients)

    def _remember(self, call: _Call, change: Change) -> None:
        if call.roster.room.id in self._passing:
            return  # nothing of it lasts
        match change:
            case Joined(_, participant):
                room_id, now = call.roster.room.id, self._clock.now()
                self._note(
                    Entered(call.id, room_id, participant.id, participant.name, now, participant.account_id)
                )
            case Left(_, participant_id, LeaveReason.LEFT):
                self._depart(call, participant_id, Departure.LEFT, self._clock.now())
            case Left(_, participant_id, LeaveReason.TIMED_OUT):
                # It was there until its grace began.
                began = self._clock.now() - self._limits.grace
                self._depart(call, participant_id, Departure.LOST, began)

    def _depart(self, call: _Call, participant_id: ParticipantId, departure: Departure, at: float) -> None:
        self._note(Departed(call.id, participant_id, departure, at))
        call.last_departure = max(call.last_departure, at)
        if not call.roster.participants:
            self._note(Ended(call.id, call.last_departure))
