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
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog

from visavis import admission, live, rooms
from visavis.admission import NOTHING, REBUILDING, Applicant, Claim, Return, Way
from visavis.chat import Chat
from visavis.company import Company
from visavis.crowd import Visitor
from visavis.errors import AlreadyInRoom, AppError, KnockNeeded, RoomFull, StorageUnavailable
from visavis.identity import GUEST, Grant, Identity, check_may_enter, check_may_make_rooms
from visavis.knocks import Knock, State
from visavis.live import Call, Entry, Place, Prepared, Visit
from visavis.lobby import REFRESH, ConnectionId
from visavis.moderation import Action, Changes
from visavis.records import Acted, new_act_id, new_call_id
from visavis.registry import Made
from visavis.rooms import AccountId, Media, Participant, Role, Room, RoomId, Roster
from visavis.tickets import Ticket

log = structlog.get_logger(__name__)


DOWN = 3600.0
"""Seconds before the start of a server for which a call that was interrupted may go on."""


class Calls(Company):
    """All live calls of this node, and the ways into them."""

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

    def found_in_use(self, asked: frozenset[AccountId], found: frozenset[AccountId]) -> None:
        """The storage was asked for these accounts, and these of them may be used."""
        self._in_use = (self._in_use - asked | found) & self.accounts()

    # --- entering -----------------------------------------------------------------------------

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
