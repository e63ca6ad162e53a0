"""What hosts and moderators do: in a call, with those who knock, and with their rooms from outside.

Each act is checked by a rule of :mod:`visavis.moderation`, done, told to the one whom it concerns, and
written into the history of the room.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from visavis import admission, moderation, rooms
from visavis.calls import Calls
from visavis.clock import Clock
from visavis.errors import NotAllowed
from visavis.identity import Account, Identity
from visavis.knocks import State
from visavis.live import Call, Moderated
from visavis.lobby import ConnectionId
from visavis.moderation import Action, Changes
from visavis.records import Acted, Excluded, Moment, Readmitted, new_act_id
from visavis.registry import check_host
from visavis.rooms import (
    AccountId,
    Exclusion,
    Participant,
    ParticipantId,
    Role,
    Room,
    RoomChanged,
    RoomId,
    Updated,
    Why,
)

log = structlog.get_logger(__name__)

REMOVAL = 12 * 3600.0
"""Seconds for which one who was removed stays out."""

_ANSWERS = {Action.ADMIT: State.ADMITTED, Action.DENY: State.DENIED}


async def at_once() -> None:
    """What is noted is kept."""


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody who does something, or to whom it is done. ``id``: of those in the call."""

    name: str
    id: ParticipantId | None = None


class Chair:
    """The acts of those who look after rooms.

    Args:
        note: has what happens remembered; may neither block nor raise.
        ticket_lifetime: in seconds; so long must be remembered which tickets are void.
        kept: waits until what was noted so far survives a crash, as long as that is of use.
    """

    def __init__(
        self,
        calls: Calls,
        clock: Clock,
        note: Callable[[Moment], None],
        ticket_lifetime: float,
        kept: Callable[[], Awaitable[None]] = at_once,
    ) -> None:
        self.kept = kept
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
        return self._answer_all(connection, Action.ADMIT)

    def deny_all(self, connection: ConnectionId) -> int:
        """Deny all who knock. How many they were.

        Raises:
            NotInRoom, NotAllowed
        """
        return self._answer_all(connection, Action.DENY)

    def _answer_all(self, connection: ConnectionId, action: Action) -> int:
        call, actor = self._calls.call(connection)
        if not moderation.may_answer(call.roster, actor):
            raise NotAllowed
        room = call.roster.room
        knocks = self._calls.door.answer_all(room.id, _ANSWERS[action])
        for knock in knocks:
            self._write(room, action, actor, call, detail=knock.visitor.name)
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
            case Action.STOP_SHARE:
                self._calls.change(call, moderation.stop_share(call.roster, actor.id, target.id))
            case Action.LOWER_HAND:
                self._calls.change(call, rooms.set_hand(call.roster, target.id, None))
            case Action.REMOVE | Action.BAN:
                self._put_out(call, actor, target, action)
                return
            case _:
                pass  # it is theirs to do
        self._write(call.roster.room, action, actor, call, target)
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
        call.appointed.add(target.id)
        for old in call.roster.room.exclusions:
            if old.why is Why.DEMOTED and mark in old.marks:
                self._lift(call.roster.room, old.id)
        if role is Role.PARTICIPANT:
            self._shut(call.roster.room, Why.DEMOTED, target.name, frozenset({mark}), self._ticket_lifetime)
        self._stop_shares(call)
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
            return await self._change(room, changes, _Person(identity.name or ""))

    async def delete_room(self, room_id: str, identity: Identity, host_key: str | None) -> None:
        """Delete a room. A call that goes on there ends for all.

        Raises:
            as ``room_of``
        """
        room = await self.room_of(room_id, identity, host_key)
        await self._calls.registry.delete(room.id)
        self._write(room, Action.DELETE, _Person(identity.name or ""))
        self._calls.door.answer_all(room.id, State.DENIED)
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
        self._readmit(room, exclusion_id, _Person(identity.name or ""))

    async def appoint_account(self, room_id: str, login: str, identity: Identity) -> Room:
        """Make an account a moderator of a room: whenever it joins, and at once where it is in the call.

        Raises:
            RoomIdInvalid, RoomNotFound, NotAllowed, AccountNotFound, StorageUnavailable
        """
        parsed = rooms.parse_room_id(room_id)
        async with self._calls.registry.turn(parsed):
            room = await self.room_of(room_id, identity, None)
            account = await self._calls.registry.account(login)
            if account.id in room.moderators or account.id == room.owner:
                return room
            return await self._moderate_with(room, account, room.moderators | {account.id}, identity)

    async def dismiss_account(self, room_id: str, account_id: str, identity: Identity) -> Room:
        """Let an account not moderate a room any more, at once. Nothing where it does not.

        Raises:
            RoomIdInvalid, RoomNotFound, NotAllowed, StorageUnavailable
        """
        parsed, known = rooms.parse_room_id(room_id), AccountId(account_id)
        async with self._calls.registry.turn(parsed):
            room = await self.room_of(room_id, identity, None)
            if known not in room.moderators:
                return room
            named = [one for one in await self._calls.registry.moderators(room) if one.id == known]
            account = named[0] if named else Account(known, None, None, "", 0)
            return await self._moderate_with(room, account, room.moderators - {known}, identity)

    def take_over(self, room_id: RoomId, before: Room | None, found: Room | None) -> None:
        """Somebody else may have changed a room, or deleted it.

        Args:
            before: as it was in its call when one began to ask; None where nobody was in it.
            found: as it is in the storage; None where there is none.
        """
        call = self._calls.call_in(room_id)
        if found is None:
            self._calls.door.answer_all(room_id, State.DENIED)
        else:
            self._turn_away(found)
        if call is None:
            if found is not None and _lets_all_in(found):
                self._calls.door.answer_all(room_id, State.ADMITTED)
        elif call.roster.room is not before or self._calls.registry.is_changing(room_id):
            pass  # it was changed here meanwhile: the next look tells
        elif found is None or found.created_at != before.created_at:
            # Another room may have its id by now.
            log.info("room was deleted elsewhere", room=room_id)
            self._end(call)
        elif found != before:
            log.info("room was changed elsewhere", room=room_id)
            call.roster = replace(call.roster, room=replace(before, exclusions=found.exclusions))
            self._take_effect(before, found)
            known = {exclusion.id for exclusion in before.exclusions}
            for exclusion in found.exclusions:
                if exclusion.id not in known and exclusion.holds(self._clock.now()):
                    self._follow(call, exclusion)

    def put_out_accounts(self, account_ids: frozenset[AccountId]) -> None:
        """These accounts may not be used any more: who is in a call by one of them is out of it."""
        for call in self._calls.calls():
            gone = [p.id for p in call.roster.participants if p.account_id in account_ids]
            if gone:
                log.info("accounts put out", room=call.roster.room.id, participants=gone)
                self._calls.expel(call, gone, "account")

    # --- inside -------------------------------------------------------------------------------

    async def _change(self, room: Room, changes: Changes, by: Participant | _Person) -> Room:
        """Holding the room's turn."""
        kept, changed = await self._calls.registry.change(room, changes)
        others = moderation.differences(kept, changed)
        changed = self._take_effect(room, changed)
        if not others:
            return changed
        call = self._calls.call_in(room.id)
        self._write(changed, Action.CHANGE, by, call, detail=", ".join(others))
        return changed

    async def _moderate_with(
        self, room: Room, account: Account, moderators: frozenset[AccountId], identity: Identity
    ) -> Room:
        """Holding the room's turn."""
        changed = await self._calls.registry.set_people(room, room.owner, moderators)
        role = Role.MODERATOR if account.id in moderators else Role.PARTICIPANT
        changed = self._mark_demoted(changed, account.id, account.name, role)
        self._take_effect(room, changed)
        by, call = _Person(identity.name or ""), self._calls.call_in(room.id)
        self._write(changed, Action.APPOINT, by, call, _Person(account.name), role.value)
        await self.kept()
        return changed

    def _mark_demoted(self, room: Room, account_id: AccountId, name: str, role: Role) -> Room:
        """Let tickets of a role that an account had before give it no more, or again."""
        mark = admission.account_mark(account_id)
        for old in room.exclusions:
            if old.why is Why.DEMOTED and mark in old.marks:
                room = self._lift(room, old.id)
        if role is Role.PARTICIPANT:
            room = self._shut(room, Why.DEMOTED, name, frozenset({mark}), self._ticket_lifetime)
        return room

    def _take_effect(self, before: Room, room: Room) -> Room:
        """A room is another from now on: in the call, and before its door."""
        call = self._calls.call_in(room.id)
        if call is not None:
            # Who is shut out may have changed meanwhile.
            room = replace(room, exclusions=call.roster.room.exclusions)
            if room != call.roster.room:
                self._calls.change(call, RoomChanged(call.roster.version + 1, room))
            for participant in call.roster.participants:
                self._give_role(call, participant, moderation.role_after(participant, before, room))
            self._stop_shares(call)
        if moderation.narrows(before, room):
            self._calls.lobby.close(room.id)
        if _lets_all_in(room) and not _lets_all_in(before):
            self._calls.door.answer_all(room.id, State.ADMITTED)
        return room

    def _give_role(self, call: Call, participant: Participant, role: Role) -> None:
        """Somebody has another role by its account."""
        if role is participant.role:
            return
        self._calls.change(call, Updated(call.roster.version + 1, replace(participant, role=role)))
        ticket = self._calls.ticket(call, participant.id)
        self._tell(call, participant, Moderated(Action.APPOINT, None, role=role, ticket=ticket))

    def _stop_shares(self, call: Call) -> None:
        """Nobody shows a screen any more who may not."""
        for participant in call.roster.participants:
            stopped = rooms.stop_share(call.roster, participant.id)
            if stopped is not None:
                self._calls.change(call, stopped)
                self._tell(call, participant, Moderated(Action.STOP_SHARE, None))

    def _end(self, call: Call) -> None:
        room = call.roster.room
        mark = admission.call_mark(call.id)
        self._shut(room, Why.ENDED, "", frozenset({mark}), self._ticket_lifetime)
        self._calls.expel(call, [participant.id for participant in call.roster.participants], "closed")
        log.info("call ended for all", room=room.id)

    def _put_out(self, call: Call, actor: Participant, target: Participant, action: Action) -> None:
        """Remove or ban somebody: with all devices and tabs by which they are in the call."""
        marks = call.marks.get(target.id, frozenset())
        others = [
            other
            for other in call.roster.participants
            if other.id != target.id
            and call.marks.get(other.id, frozenset()) & marks
            and moderation.allows(action, actor, other)
        ]
        for other in (target, *others):
            marks |= call.marks.get(other.id, frozenset()) | {admission.participant_mark(other.id)}
        why, seconds = (Why.BANNED, None) if action is Action.BAN else (Why.REMOVED, REMOVAL)
        self._shut(call.roster.room, why, target.name, marks, seconds)
        for other in (target, *others):
            self._write(call.roster.room, action, actor, call, other)
        self._calls.expel(call, [target.id, *(other.id for other in others)], "removed")

    def _turn_away(self, room: Room) -> None:
        """Nobody waits at the door who is shut out."""
        for exclusion in shut_out(room, self._clock.now()):
            self._calls.door.turn_away(room.id, exclusion.marks)

    def _follow(self, call: Call, exclusion: Exclusion) -> None:
        """Somebody was shut out elsewhere: whom it concerns is out of this call. Nobody removes a host."""
        if exclusion.why is Why.ENDED and admission.call_mark(call.id) in exclusion.marks:
            self._calls.expel(call, [p.id for p in call.roster.participants], "closed")
        elif exclusion.why in (Why.REMOVED, Why.BANNED):
            gone = [
                p.id
                for p in call.roster.participants
                if p.role is not Role.HOST
                and exclusion.marks & (call.marks.get(p.id, frozenset()) | {admission.participant_mark(p.id)})
            ]
            self._calls.expel(call, gone, "removed")

    def _shut(self, room: Room, why: Why, name: str, marks: frozenset[str], seconds: float | None) -> Room:
        now = self._clock.now()
        until = None if seconds is None else now + seconds
        exclusion = admission.new_exclusion(why, name, marks, now, until)
        shut = admission.exclude(room, exclusion, now)
        self._remember(shut, Excluded(room.id, exclusion))
        self._turn_away(shut)
        return shut

    def _lift(self, room: Room, exclusion_id: str) -> Room:
        lifted = admission.readmit(room, exclusion_id)
        self._remember(lifted, Readmitted(room.id, exclusion_id))
        return lifted

    def _readmit(self, room: Room, exclusion_id: str, by: Participant | _Person) -> None:
        lifted = next((e for e in room.exclusions if e.id == exclusion_id), None)
        if lifted is None:
            return
        self._lift(room, exclusion_id)
        self._write(room, Action.READMIT, by, detail=lifted.name)

    def _remember(self, room: Room, moment: Excluded | Readmitted) -> None:
        """Who is shut out has changed: in the call at once, and for later."""
        call = self._calls.call_in(room.id)
        if call is not None:
            known = replace(call.roster.room, exclusions=room.exclusions)
            call.roster = replace(call.roster, room=known)
        if not self._calls.registry.is_passing(room.id):
            self._note(moment)
        self._calls.registry.remember(room)

    def _tell(self, call: Call, target: Participant, done: Moderated) -> None:
        self._calls.tell_moderated(call, target.id, done)

    def _write(
        self,
        room: Room,
        action: Action,
        by: Participant | _Person,
        call: Call | None = None,
        target: Participant | _Person | None = None,
        detail: str = "",
    ) -> None:
        """A line of the room's history."""
        if self._calls.registry.is_passing(room.id):
            return
        self._note(
            Acted(
                new_act_id(),
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


def _lets_all_in(room: Room) -> bool:
    """Whether nobody need wait at the door: neither to be let in, nor for the lock to be opened."""
    return not room.rules.lobby and not room.rules.locked


def shut_out(room: Room, now: float) -> tuple[Exclusion, ...]:
    """The people who are shut out of a room."""
    return tuple(e for e in room.exclusions if e.why in (Why.REMOVED, Why.BANNED) and e.holds(now))
