"""What hosts and moderators do: in a call, with those who knock, and with their rooms from outside.

Each act is checked by a rule of :mod:`visavis.moderation`, done, told to the one whom it concerns, and
written into the history of the room.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from visavis import admission, moderation, rooms
from visavis.calls import Calls
from visavis.clock import Clock
from visavis.errors import NotAllowed
from visavis.identity import Identity
from visavis.knocks import State
from visavis.live import Call, Moderated
from visavis.lobby import ConnectionId
from visavis.moderation import Action, Changes
from visavis.records import Acted, Excluded, Moment, Readmitted
from visavis.registry import check_host
from visavis.rooms import Exclusion, Participant, ParticipantId, Role, Room, RoomChanged, Why

log = structlog.get_logger(__name__)

REMOVAL = 12 * 3600.0
"""Seconds for which one who was removed stays out."""

_ANSWERS = {Action.ADMIT: State.ADMITTED, Action.DENY: State.DENIED}


@dataclass(frozen=True, slots=True)
class _By:
    """Who did something. ``id``: where it was done in a call."""

    name: str
    id: ParticipantId | None = None


class Chair:
    """The acts of those who look after rooms.

    Args:
        note: has what happens remembered; may neither block nor raise.
        ticket_lifetime: in seconds; so long must be remembered which tickets are void.
    """

    def __init__(
        self, calls: Calls, clock: Clock, note: Callable[[Moment], None], ticket_lifetime: float
    ) -> None:
        self._calls = calls
        self._clock = clock
        self._note = note
        self._ticket_lifetime = ticket_lifetime

    # --- the door -----------------------------------------------------------------------------

    def answer(self, connection: ConnectionId, knock_id: str, action: Action) -> None:
        """Admit somebody who knocks, or deny it.

        Raises:
            NotInRoom, NotAllowed, KnockNotFound, KnockDecided
        """
        call, actor = self._calls.call(connection)
        knock = self._calls.door.answer(call, actor, knock_id, _ANSWERS[action])
        if knock is not None:
            self._write(call.roster.room, action, actor, call, detail=knock.visitor.name)

    def admit_all(self, connection: ConnectionId) -> int:
        """Admit all who knock. How many they were.

        Raises:
            NotInRoom, NotAllowed
        """
        call, actor = self._calls.call(connection)
        if not moderation.may_answer(call.roster, actor):
            raise NotAllowed
        knocks = self._calls.door.open(call.roster.room.id)
        for knock in knocks:
            self._write(call.roster.room, Action.ADMIT, actor, call, detail=knock.visitor.name)
        return len(knocks)

    # --- those in the call --------------------------------------------------------------------

    def moderate(self, connection: ConnectionId, target_id: str, action: Action) -> None:
        """Do one of :data:`visavis.moderation.SIMPLE` to somebody.

        Raises:
            NotInRoom, ParticipantNotFound, NotAllowed
        """
        call, actor = self._calls.call(connection)
        target = moderation.check(action, call.roster, actor.id, ParticipantId(target_id))
        match action:
            case Action.MUTE:
                self._calls.change(call, moderation.mute(call.roster, actor.id, target.id))
            case Action.LOWER_HAND:
                self._calls.change(call, rooms.set_hand(call.roster, target.id, None))
            case Action.REMOVE:
                self._exclude(call, target, Why.REMOVED, REMOVAL)
            case Action.BAN:
                self._exclude(call, target, Why.BANNED, None)
            case _:
                pass  # it is theirs to do
        self._write(call.roster.room, action, actor, call, target)
        if action in (Action.REMOVE, Action.BAN):
            self._calls.expel(call, [target.id], "removed")
        else:
            self._tell(call, target, Moderated(action, actor.id))

    def rename(self, connection: ConnectionId, target_id: str, name: str) -> None:
        """Give somebody another name.

        Raises:
            NotInRoom, ParticipantNotFound, NotAllowed, NameTooLong
        """
        call, actor = self._calls.call(connection)
        change = moderation.rename(call.roster, actor.id, ParticipantId(target_id), name)
        if change is None:
            return
        before = call.roster.get(change.participant.id)
        self._calls.change(call, change)
        now = change.participant
        self._write(call.roster.room, Action.RENAME, actor, call, before, now.name)
        # A ticket has the name in it.
        ticket = self._calls.ticket(call, now.id)
        self._tell(call, now, Moderated(Action.RENAME, actor.id, name=now.name, ticket=ticket))

    def appoint(self, connection: ConnectionId, target_id: str, role: Role) -> None:
        """Make somebody a moderator of this call, or a participant again.

        Raises:
            NotInRoom, ParticipantNotFound, NotAllowed
        """
        call, actor = self._calls.call(connection)
        change = moderation.appoint(call.roster, actor.id, ParticipantId(target_id), role)
        if change is None:
            return
        self._calls.change(call, change)
        target, mark = change.participant, admission.participant_mark(change.participant.id)
        for old in call.roster.room.exclusions:
            if old.why is Why.DEMOTED and mark in old.marks:
                self._lift(call, old.id)
        if role is Role.PARTICIPANT:
            self._shut(call, Why.DEMOTED, target.name, frozenset({mark}), self._ticket_lifetime)
        self._write(call.roster.room, Action.APPOINT, actor, call, target, role.value)
        ticket = self._calls.ticket(call, target.id)
        self._tell(call, target, Moderated(Action.APPOINT, actor.id, role=role, ticket=ticket))

    def end(self, connection: ConnectionId) -> None:
        """End the call for all. Tickets of this call lead nowhere from now on.

        Raises:
            NotInRoom, NotAllowed
        """
        call, actor = self._calls.call(connection)
        moderation.check_alone(Action.END, actor)
        self._write(call.roster.room, Action.END, actor, call)
        self._end(call)

    # --- the room, from inside ----------------------------------------------------------------

    async def change(self, connection: ConnectionId, changes: Changes) -> None:
        """Change settings of the room that one is in. They hold at once.

        Raises:
            NotInRoom, NotAllowed, and as :meth:`visavis.registry.Registry.change`
        """
        room_id = self._calls.place(connection).room_id
        async with self._calls.registry.turn(room_id):
            call, actor = self._calls.call(connection)
            moderation.check_changes(actor.role, frozenset(changes))
            await self._change(call.roster.room, changes, actor)

    def exclusions(self, connection: ConnectionId) -> tuple[Exclusion, ...]:
        """Who is shut out of the room that one is in.

        Raises:
            NotInRoom, NotAllowed
        """
        call, actor = self._calls.call(connection)
        moderation.check_alone(Action.READMIT, actor)
        return shut_out(call.roster.room, self._clock.now())

    def readmit(self, connection: ConnectionId, exclusion_id: str) -> None:
        """Let somebody come in again. Nothing where there is no such exclusion.

        Raises:
            NotInRoom, NotAllowed
        """
        call, actor = self._calls.call(connection)
        moderation.check_alone(Action.READMIT, actor)
        self._readmit(call.roster.room, exclusion_id, actor)

    # --- the room, from outside ---------------------------------------------------------------

    async def room_of(self, room_id: str, identity: Identity, host_key: str | None) -> Room:
        """A room with all that its hosts may know.

        Raises:
            RoomIdInvalid, RoomNotFound, NotAllowed, StorageUnavailable
        """
        room = (await self._calls.look_up(room_id, identity=identity)).room
        check_host(room, identity, host_key)
        return room

    async def change_room(
        self, room_id: str, changes: Changes, identity: Identity, host_key: str | None
    ) -> Room:
        """Change settings of a room. They hold at once, in a call that goes on too.

        Raises:
            as ``room_of``, and as :meth:`visavis.registry.Registry.change`
        """
        parsed = rooms.parse_room_id(room_id)
        async with self._calls.registry.turn(parsed):
            room = await self.room_of(room_id, identity, host_key)
            return await self._change(room, changes, _By(identity.name or ""))

    async def delete_room(self, room_id: str, identity: Identity, host_key: str | None) -> None:
        """Delete a room. A call that goes on there ends for all.

        Raises:
            as ``room_of``
        """
        room = await self.room_of(room_id, identity, host_key)
        await self._calls.registry.delete(room.id)
        call = self._calls.call_in(room.id)
        if call is not None:
            self._end(call)

    async def readmit_from_outside(
        self, room_id: str, exclusion_id: str, identity: Identity, host_key: str | None
    ) -> None:
        """
        Raises:
            as ``room_of``
        """
        room = await self.room_of(room_id, identity, host_key)
        self._readmit(room, exclusion_id, _By(identity.name or ""))

    # --- inside -------------------------------------------------------------------------------

    async def _change(self, room: Room, changes: Changes, by: Participant | _By) -> Room:
        """Holding the room's turn."""
        changed = await self._calls.registry.change(room, changes)
        call = self._calls.call_in(room.id)
        if call is not None:
            # Who is shut out may have changed meanwhile, and nothing else.
            changed = replace(changed, exclusions=call.roster.room.exclusions)
            if changed != call.roster.room:
                self._calls.change(call, RoomChanged(call.roster.version + 1, changed))
        if room.rules.lobby and not changed.rules.lobby:
            self._calls.door.open(room.id)
        # Which settings, and not what they are: a passcode is among them.
        detail = ", ".join(sorted(changes))
        self._write(changed, Action.CHANGE, by, call, detail=detail)
        return changed

    def _end(self, call: Call) -> None:
        room = call.roster.room
        mark = admission.call_mark(call.id)
        self._shut(call, Why.ENDED, "", frozenset({mark}), self._ticket_lifetime)
        self._calls.expel(call, [participant.id for participant in call.roster.participants], "closed")
        log.info("call ended for all", room=room.id)

    def _exclude(self, call: Call, target: Participant, why: Why, seconds: float | None) -> None:
        marks = call.marks.get(target.id, frozenset()) | {admission.participant_mark(target.id)}
        self._shut(call, why, target.name, marks, seconds)

    def _shut(self, call: Call, why: Why, name: str, marks: frozenset[str], seconds: float | None) -> None:
        now = self._clock.now()
        until = None if seconds is None else now + seconds
        exclusion = Exclusion(secrets.token_urlsafe(12), why, name, marks, now, until)
        room = admission.exclude(call.roster.room, exclusion, now)
        self._remember(room, Excluded(room.id, exclusion))

    def _lift(self, call: Call, exclusion_id: str) -> None:
        room = admission.readmit(call.roster.room, exclusion_id)
        self._remember(room, Readmitted(room.id, exclusion_id))

    def _readmit(self, room: Room, exclusion_id: str, by: Participant | _By) -> None:
        lifted = next((e for e in room.exclusions if e.id == exclusion_id), None)
        if lifted is None:
            return
        self._remember(admission.readmit(room, exclusion_id), Readmitted(room.id, exclusion_id))
        self._write(room, Action.READMIT, by, detail=lifted.name)

    def _remember(self, room: Room, moment: Excluded | Readmitted) -> None:
        """Who is shut out has changed: in the call at once, and for later."""
        call = self._calls.call_in(room.id)
        if call is not None:
            call.roster = replace(call.roster, room=room)
        self._calls.registry.remember(room)
        if not self._calls.registry.is_passing(room.id):
            self._note(moment)

    def _tell(self, call: Call, target: Participant, done: Moderated) -> None:
        self._calls.tell_moderated(call, target.id, done)

    def _write(
        self,
        room: Room,
        action: Action,
        by: Participant | _By,
        call: Call | None = None,
        target: Participant | None = None,
        detail: str = "",
    ) -> None:
        """A line of the room's history."""
        if self._calls.registry.is_passing(room.id):
            return
        self._note(
            Acted(
                secrets.token_urlsafe(12),
                room.id,
                action,
                by.name,
                self._clock.now(),
                None if call is None else call.id,
                by.id,
                None if target is None else target.name,
                None if target is None else target.id,
                detail,
            )
        )


def shut_out(room: Room, now: float) -> tuple[Exclusion, ...]:
    """The people who are shut out of a room."""
    return tuple(e for e in room.exclusions if e.why in (Why.REMOVED, Why.BANNED) and e.holds(now))
