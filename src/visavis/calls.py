"""The live calls of this node: who is in which room, by which connection, and who is told of it.

Each act is the same three steps: check (a rule of :mod:`visavis.rooms` decides), do (the roster
changes), notify (the members hear of it). Nothing is awaited from the check to the notice, so changes,
and the notices of them, are in one order for everybody without a lock. Only the storage is awaited, and
before the check.

A *connection* is an opaque id of the edge. A participant has at most one connection, and has none while
it is reconnecting; a connection speaks for at most one participant. Before it does it may be a visitor,
with whom links are prepared (:mod:`visavis.lobby`).
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import structlog

from visavis import admission, live, moderation, rooms
from visavis.admission import NOTHING, REBUILDING, Applicant, Claim, Return, Way
from visavis.chat import Chat
from visavis.clock import Clock
from visavis.crowd import Visitor
from visavis.door import Door
from visavis.errors import AlreadyInRoom, AppError, KnockNeeded, RoomFull, StorageUnavailable
from visavis.identity import GUEST, Grant, Identity, check_may_enter, check_may_make_rooms
from visavis.knocks import Knock, State
from visavis.live import (
    Call,
    Entry,
    Limits,
    Members,
    Moderated,
    Place,
    Prepared,
    Visit,
    Why,
    moments_of,
)
from visavis.lobby import REFRESH, ConnectionId, Lobby
from visavis.lost_calls import LostCalls
from visavis.moderation import Action, Changes
from visavis.records import (
    Acted,
    Departed,
    Departure,
    Ended,
    JoinTimes,
    Moment,
    Spent,
    Timed,
    new_act_id,
    new_call_id,
)
from visavis.registry import NOTHING_WAITS, Journal, Made, Registry
from visavis.rooms import (
    AccountId,
    Change,
    LeaveReason,
    Left,
    Media,
    Participant,
    ParticipantId,
    Role,
    Room,
    RoomId,
    Roster,
)
from visavis.storage.base import Storage
from visavis.tickets import Ticket, Tickets
from visavis.whereabouts import Whereabouts

log = structlog.get_logger(__name__)


DOWN = 3600.0
"""Seconds before the start of a server for which a call that was interrupted may go on."""

AFTERWARDS = 600.0
"""Seconds after its call for which a room that is for one call can still be entered: who left by mistake
comes back."""


class Calls(Whereabouts):
    """All live calls of this node.

    Args:
        note: has what happens remembered; may neither block nor raise.
        journal: how far that is.
    """

    def __init__(
        self,
        storage: Storage,
        tickets: Tickets,
        clock: Clock,
        limits: Limits,
        note: Callable[[Moment], None] = lambda _: None,
        journal: Journal = NOTHING_WAITS,
    ) -> None:
        super().__init__()
        self._tickets = tickets
        self._clock = clock
        self._limits = limits
        self._note = note
        self._started = clock.now()
        self._lobby = Lobby(clock)
        self._lost = LostCalls(clock.now)
        self._in_use: set[AccountId] = set()
        self._members: Members | None = None
        self.registry = Registry(storage, clock, (limits.capacity, limits.max_capacity), journal)
        self.door = Door(clock, self._lobby)

    def attach(self, members: Members) -> None:
        """Say who speaks to the members. Once, before the first join."""
        self._members = members
        self._lobby.attach(members)
        self.door.attach(members, self._calls)

    @property
    def lobby(self) -> Lobby:
        """The links of those who are about to enter."""
        return self._lobby

    # --- rooms --------------------------------------------------------------------------------

    async def create_room(
        self,
        room_id: str | None,
        capacity: int | None,
        *,
        changes: Changes | None = None,
        identity: Identity = GUEST,
        host_key: str | None = None,
    ) -> Made:
        """Make a room that lasts.

        Raises:
            SignInRequired, and as :meth:`visavis.registry.Registry.make`
        """
        check_may_make_rooms(self._limits.access, identity)
        made = await self.registry.make(room_id, capacity, changes, identity, host_key)
        self._note_made(made.room, identity)
        return made

    async def create_passing_room(
        self, capacity: int | None, *, changes: Changes | None = None, identity: Identity = GUEST
    ) -> Made:
        """Make a room that is gone with its call, or after the grace where nobody enters it.

        Raises:
            SignInRequired, and as :meth:`visavis.registry.Registry.make`
        """
        check_may_make_rooms(self._limits.access, identity)
        made = await self.registry.make_passing(capacity, changes, identity)
        self._clock.call_later(self._limits.grace, lambda: self._let_pass(made.room.id))
        return made

    def _note_made(self, room: Room, identity: Identity) -> None:
        """The first line of the room's history."""
        self._note(Acted(new_act_id(), room.id, Action.MAKE, identity.name or "", room.created_at))

    async def look_up(self, room_id: str, *, identity: Identity = GUEST) -> Roster:
        """A room and who is in it now; for one whose token makes it, as it would be.

        Raises:
            RoomIdInvalid, SignInRequired, RoomNotFound, StorageUnavailable
        """
        return (await self._find(self._door(room_id, identity), identity.grant)).roster

    def in_use(self) -> dict[RoomId, Room | None]:
        """The rooms that last in which somebody is, as they are known there, or before whose door somebody
        waits."""
        used: dict[RoomId, Room | None] = dict.fromkeys(self.door.rooms())
        used |= {room_id: call.roster.room for room_id, call in self._calls.items()}
        return {room_id: room for room_id, room in used.items() if not self.registry.is_passing(room_id)}

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
        """Make a room and enter it as its host. The storage is not asked for what was just given to it.

        Raises:
            as ``create_room`` and ``join``. The room is there although one could not enter it.
        """
        room = (await self.create_room(room_id, None, identity=identity)).room
        self._check_free(connection)
        marks = admission.marks_of(room.id, identity, admission.NOTHING)
        participant = admission.newcomer(name, media, identity, Role.HOST, self._clock.now())
        return self._enter(connection, self._live(room), participant, marks)

    async def prepare(
        self,
        connection: ConnectionId,
        room_id: str,
        *,
        identity: Identity = GUEST,
        claim: Claim = NOTHING,
    ) -> Visit:
        """Prepare links with the members of a room that one is about to enter.

        Members are told of nobody whom something keeps out: who has to say a passcode, or to knock. Of one
        who knocks those are told who may answer.

        Raises:
            AlreadyInRoom, RoomIdInvalid, SignInRequired, RoomNotFound, RoomFull, StorageUnavailable
        """
        self._check_free(connection)
        call = await self._find(self._door(room_id, identity), identity.grant)
        kept = call.roster.room.passcode
        try:
            knows = await self._knows_passcode(connection, call.roster.room, identity, claim)
            call = self._calls.get(call.roster.room.id, call)  # others may have entered meanwhile
            room = call.roster.room
            knows = knows if room.passcode == kept else None
            self._lobby.leave(connection)
            self._check_free(connection)
            applicant = replace(self._applicant(room, identity, claim), knows_passcode=knows)
            way = admission.decide(call.roster, applicant, self._clock.now())
        except (RoomFull, AlreadyInRoom):
            raise
        except AppError as refusal:
            self._lobby.leave(connection)
            return Visit(0, REFRESH, refusal, may_enter=False)
        knocks = way is Way.KNOCK
        if knocks and not self.door.has(room.id, connection):
            return Visit(0, REFRESH, may_enter=False)
        links = 0
        if rooms.receive(call.roster, self._lobby.count(room.id)) and self._limits.prepare:
            members = self.door.answering(call) if knocks else call.connections.values()
            proven = kept if knows else None
            links = self._lobby.enter(connection, room.id, members, proven, knocks=knocks)
        return Visit(links, REFRESH, may_enter=not knocks)

    async def join(  # noqa: PLR0913 - who, where, as what, with what
        self,
        connection: ConnectionId,
        room_id: str,
        name: str,
        media: Media,
        offers: Sequence[Any] = (),
        *,
        identity: Identity = GUEST,
        claim: Claim = NOTHING,
    ) -> Entry:
        """Enter a room as a new participant, or be refused.

        Args:
            name: empty for that of the identity; the one in a token comes first.
            offers: for members with whom no link is prepared, one for each; opaque.
            identity: who enters. A grant is for this room; whoever read the token has made sure of it.

        Raises:
            AlreadyInRoom, RoomIdInvalid, SignInRequired, NameTooLong, RoomNotFound, StorageUnavailable,
            KnockNeeded, RateLimited, and what :func:`visavis.admission.decide` raises
        """
        entered = await self.ask(connection, room_id, name, media, offers, identity=identity, claim=claim)
        if isinstance(entered, Knock):
            self.door.leave(connection)
            raise KnockNeeded
        return entered

    async def ask(  # noqa: PLR0913 - as ``join``
        self,
        connection: ConnectionId,
        room_id: str,
        name: str,
        media: Media,
        offers: Sequence[Any] = (),
        *,
        identity: Identity = GUEST,
        claim: Claim = NOTHING,
    ) -> Entry | Knock:
        """The same, or wait at the door where one has to knock.

        Raises:
            as ``join``, and KnockDenied, LobbyFull
        """
        self._check_free(connection)
        parsed = self._door(room_id, identity)
        if identity.grant is not None and parsed not in self._calls:
            made = await self.registry.make_granted(identity.grant)
            if made is not None:
                self._note_made(made, identity)
        call = await self._find(parsed)
        kept = call.roster.room.passcode
        knows = await self._knows_passcode(connection, call.roster.room, identity, claim)
        if parsed in self._calls:
            call = self._calls[parsed]  # others may have entered meanwhile
        room = call.roster.room
        knock = self.door.find(parsed, claim.knock)
        applicant = replace(
            self._applicant(room, identity, claim),
            knows_passcode=knows if room.passcode == kept else None,
            admitted=knock is not None and knock.state is State.ADMITTED,
        )
        # Who knocks was asked for the passcode when they began.
        if knock is not None and applicant.knows_passcode is None:
            applicant = replace(applicant, knows_passcode=True)
        participant = admission.newcomer(name, media, identity, applicant.role, self._clock.now())
        if admission.decide(call.roster, applicant, self._clock.now()) is Way.KNOCK:
            account = identity.name if identity.account_id is not None else None
            visitor = Visitor(participant.name, account, applicant.marks, claim.address)
            return self.door.knock(parsed, visitor, connection, knock)
        self.door.enter(knock)
        return self._enter(connection, call, participant, applicant.marks, offers)

    async def resume(self, connection: ConnectionId, ticket: str, media: Media) -> Entry:
        """Take one's place again. Works after the grace and after a restart of the server too.

        Where another connection still speaks for the participant, this one takes over: the old one
        may be a socket whose end the server has not noticed yet.

        Raises:
            AlreadyInRoom, TicketInvalid, TicketExpired, AccountNotAllowed, RoomNotFound, StorageUnavailable,
            and what :func:`visavis.admission.take_back` raises
        """
        known = self._tickets.read(ticket)
        self._check_free(connection)
        if known.account_id is not None:
            await self._check_account(known.room_id, known.account_id)
        over = await self._is_over(known)
        call = await self._find(known.room_id)
        now, is_first = self._clock.now(), not call.roster.participants
        of_call = frozenset() if known.call_id is None else frozenset({admission.call_mark(known.call_id)})
        back = Return(
            known.participant_id,
            known.role,
            known.marks | of_call,
            same_roster=known.epoch == call.roster.epoch,
            same_call=known.call_id == call.id or (is_first and self._lost.has(known.room_id, known.call_id)),
            uptime=now - self._started,
            appointed=known.appointed,
            over=over,
        )
        role = admission.take_back(call.roster, back, now)
        participant = Participant(
            known.participant_id,
            known.name,
            known.joined_at,
            media,
            account_id=known.account_id,
            role=role,
        )
        if known.call_id is not None and is_first and (back.same_call or back.was_lost):
            call.id = known.call_id  # this is the first who is back
        if known.appointed and role is Role.MODERATOR:
            call.appointed.add(known.participant_id)
        return self._enter(connection, call, participant, known.marks)

    def leave(self, connection: ConnectionId) -> None:
        """Leave for good: the place is free at once. Or stop waiting at the door.

        Raises:
            NotInRoom
        """
        if self.door.leave(connection):
            self._lobby.leave(connection)
            return
        place = self.place(connection)
        call = self._calls[place.room_id]
        self._forget(call, place.participant_id)
        self.change(call, rooms.leave(call.roster, place.participant_id))
        log.info("participant left", room=place.room_id, participant=place.participant_id)

    def lose(self, connection: ConnectionId) -> None:
        """A connection is gone: keep the place of its participant for the grace. Safe twice."""
        self._lobby.leave(connection)
        self.door.lose(connection)
        place = self._places.get(connection)
        if place is None:
            return  # it never joined, left, or was replaced by another connection
        call = self._calls[place.room_id]
        self._forget(call, place.participant_id)
        call.graces[place.participant_id] = self._clock.call_later(
            self._limits.grace, lambda: self._expire(call, place)
        )
        self.change(call, rooms.lose(call.roster, place.participant_id))
        log.info("participant lost", room=place.room_id, participant=place.participant_id)

    # --- in the call --------------------------------------------------------------------------

    def set_media(self, connection: ConnectionId, media: Media) -> None:
        """Note what a participant sends now.

        Raises:
            NotInRoom, NotAllowed
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        self.change(call, rooms.set_media(call.roster, place.participant_id, media))

    def set_hand(self, connection: ConnectionId, *, is_raised: bool) -> None:
        """Raise or lower one's hand.

        Raises:
            NotInRoom
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        raised_at = self._clock.now() if is_raised else None
        self.change(call, rooms.set_hand(call.roster, place.participant_id, raised_at))

    def note_join(self, connection: ConnectionId, times: JoinTimes) -> None:
        """Note how long somebody took to enter. The first note counts.

        Raises:
            NotInRoom
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        if place.participant_id not in call.timed:
            call.timed.add(place.participant_id)
            self._note(Timed(call.id, place.participant_id, times))
            log.info("join timed", room=place.room_id, participant=place.participant_id, **asdict(times))

    # --- for those who look after rooms (visavis.chair) ---------------------------------------

    def expel(self, call: Call, participant_ids: Sequence[ParticipantId], why: Why) -> None:
        """Take people out of a call, and tell them, and then those who stay."""
        for participant_id in participant_ids:
            connection = call.connections.get(participant_id)
            self._forget(call, participant_id)
            if connection is not None and self._members is not None:
                self._members.dismiss(connection, why)
        for participant_id in participant_ids:
            self.change(call, moderation.remove(call.roster, participant_id))

    def tell_moderated(self, call: Call, participant_id: ParticipantId, done: Moderated) -> None:
        """Tell somebody what was done to them: at once, or when they are back."""
        connection = call.connections.get(participant_id)
        if connection is None:
            call.remember(participant_id, done)
        elif self._members is not None:
            self._members.moderated(connection, done)

    def found_in_use(self, asked: frozenset[AccountId], found: frozenset[AccountId]) -> None:
        """The storage was asked for these accounts, and these of them may be used."""
        self._in_use = (self._in_use - asked | found) & self.accounts()

    # --- inside -------------------------------------------------------------------------------

    def _door(self, room_id: str, identity: Identity) -> RoomId:
        """The room before whose door somebody may stand."""
        parsed = rooms.parse_room_id(room_id)
        check_may_enter(self._limits.access, identity, parsed)
        return parsed

    async def _find(self, room_id: RoomId, grant: Grant | None = None) -> Call:
        """The live call of a room, or one that nobody has entered yet.

        Args:
            grant: of somebody who may find a room as it would be.
        """
        if room_id not in self._calls:
            room = await self.registry.find(room_id, grant)
            # Looked up again: others may have entered while the storage was awaited.
            return self._live(room)
        return self._calls[room_id]

    def _live(self, room: Room) -> Call:
        roster = Roster(room, secrets.token_urlsafe(8))
        return self._calls.get(room.id) or Call(new_call_id(), roster, Chat(self._clock.now))

    async def _check_account(self, room_id: RoomId, account_id: AccountId) -> None:
        """Whether somebody comes back whose account may still be used. Without the database one comes back
        to a call that goes on, by an account that was found in use when it was there for the last time.

        Raises:
            AccountNotAllowed, StorageUnavailable
        """
        try:
            await self.registry.check_account(account_id)
        except StorageUnavailable:
            if room_id not in self._calls or account_id not in self._in_use:
                raise

    async def _is_over(self, known: Ticket) -> bool:
        """Whether the call of a ticket was over before the server was started; asked for as long as it is
        taken for one that goes on. Without the database, beside another call, it is.

        Raises:
            StorageUnavailable
        """
        live = self._calls.get(known.room_id)
        if known.call_id is None or self._clock.now() - self._started >= REBUILDING:
            return False
        if live is not None and (live.id == known.call_id or live.roster.epoch == known.epoch):
            return False
        try:
            return not await self.registry.goes_on(known.call_id, self._started - DOWN)
        except StorageUnavailable:
            if live is None:
                raise
            return True

    def _check_free(self, connection: ConnectionId) -> None:
        if connection in self._places:
            raise AlreadyInRoom

    def _applicant(self, room: Room, identity: Identity, claim: Claim) -> Applicant:
        return Applicant(
            admission.role_in(room, identity, claim),
            admission.marks_of(room.id, identity, claim),
            vouched=admission.grant_in(room, identity) is not None,
        )

    async def _knows_passcode(
        self, connection: ConnectionId, room: Room, identity: Identity, claim: Claim
    ) -> bool | None:
        """Whether somebody knows the passcode of a room; None where they say none, or need none."""
        passcode, applicant = claim.passcode, self._applicant(room, identity, claim)
        if room.passcode is None or passcode is None or applicant.vouched:
            return None
        if applicant.role is not Role.PARTICIPANT:
            return None
        admission.check_exclusions(room, applicant.marks, self._clock.now())
        if self._lobby.has_proven(connection, room.id, room.passcode):
            return True  # to look again takes long, and is waited for
        return await self.registry.passcodes.check(room.id, claim.address, passcode, room.passcode)

    def _enter(
        self,
        connection: ConnectionId,
        call: Call,
        participant: Participant,
        marks: frozenset[str],
        offers: Sequence[Any] = (),
    ) -> Entry:
        """Enter, where the rules have nothing against it."""
        room_id = call.roster.room.id
        untold = call.untold.pop(participant.id, {})
        change = rooms.admit(call.roster, live.obeying(participant, untold))
        replaced = call.connections.get(participant.id)
        self._forget(call, participant.id)
        self.door.leave(connection)
        self._calls[room_id] = call
        self._places[connection] = Place(room_id, participant.id)
        call.connections[participant.id] = connection
        call.marks[participant.id] = marks
        if participant.account_id is not None:
            self._in_use.add(participant.account_id)
        self.door.know(room_id, marks)
        if replaced is not None and self._members is not None:
            self._members.dismiss(replaced, "replaced")
        prepared = self._release(call, connection, offers)
        self.change(call, change, but=connection)  # which gets the whole roster
        for done in untold.values():
            self.tell_moderated(call, participant.id, done)
        may_answer = connection in self.door.answering(call)
        self._lobby.meet(room_id, connection, may_answer=may_answer)
        call.has_met = call.has_met or len(call.roster.participants) > 1
        log.info("participant entered", room=room_id, participant=participant.id)
        return Entry(
            participant.id,
            self.ticket(call, participant.id),
            self._limits.grace,
            call.roster,
            prepared,
            self.door.waiting(call.roster, participant.id),
        )

    def ticket(self, call: Call, participant_id: ParticipantId) -> str:
        """With which a participant, as it is now, comes back."""
        known = call.roster.get(participant_id)
        ticket = Ticket(
            call.roster.room.id,
            known.id,
            known.name,
            known.joined_at,
            call.id,
            known.account_id,
            known.role,
            call.marks.get(known.id, frozenset()),
            call.roster.epoch,
            known.role is Role.MODERATOR and known.id in call.appointed,
        )
        return self._tickets.sign(ticket)

    def _release(self, call: Call, connection: ConnectionId, offers: Sequence[Any]) -> list[Prepared]:
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

    def _forget(self, call: Call, participant_id: ParticipantId) -> None:
        """Undo what ties a participant to a connection or to a grace."""
        connection = call.connections.pop(participant_id, None)
        if connection is not None:
            del self._places[connection]
            self._lobby.leave(connection)
        grace = call.graces.pop(participant_id, None)
        if grace is not None:
            grace.cancel()

    def _expire(self, call: Call, place: Place) -> None:
        del call.graces[place.participant_id]
        self.change(call, rooms.expire(call.roster, place.participant_id))
        log.info("participant timed out", room=place.room_id, participant=place.participant_id)

    def _let_pass(self, room_id: RoomId) -> None:
        """Forget a room that was not made to last, unless there is a call in it."""
        if room_id not in self._calls and self.registry.is_passing(room_id):
            self.registry.let_pass(room_id)
            self.door.answer_all(room_id, State.DENIED)

    def change(self, call: Call, change: Change | None, but: ConnectionId | None = None) -> None:
        """Do, then notify everybody who has a connection, ``but`` one."""
        if change is None:
            return
        before, call.roster = call.roster, rooms.apply(change, call.roster)
        if not self.registry.is_passing(call.roster.room.id):  # nothing of which lasts
            now = self._clock.now()
            for moment in moments_of(call, change, now, self._limits.grace):
                self._note(moment)
            if not call.roster.participants and call.has_met and call.roster.room.rules.once:
                self._note(Spent(call.roster.room.id, now + AFTERWARDS))
        if not call.roster.participants:
            del self._calls[call.roster.room.id]
            if isinstance(change, Left) and change.reason is LeaveReason.TIMED_OUT:
                self._lost.add(call.roster.room.id, call.id)
            self._let_pass(call.roster.room.id)
            log.info("call ended", room=call.roster.room.id)
        recipients = [connection for connection in call.connections.values() if connection != but]
        if recipients and self._members is not None:
            self._members.tell(change, recipients)
        self.door.review(call, before)
