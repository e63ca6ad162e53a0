"""What hosts and moderators may do with a room and with those in it. Pure: (roster, actor, target) -> change.

Actor and target are looked up in one roster, so nobody acts on somebody in another room. A refused act
raises; one that changes nothing returns None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypedDict, cast

from visavis import rooms
from visavis.admission import RANK, higher
from visavis.errors import NotAllowed, TimesInvalid
from visavis.rooms import (
    Allowed,
    Answering,
    LeaveReason,
    Left,
    Participant,
    ParticipantId,
    Presence,
    Role,
    Room,
    Roster,
    Rules,
    Updated,
)


class Action(StrEnum):
    """What is done to somebody, or to the room. The history keeps these words."""

    ASK_TO_UNMUTE = "askToUnmute"
    MUTE = "mute"
    STOP_SHARE = "stopShare"
    LOWER_HAND = "lowerHand"
    RENAME = "rename"
    APPOINT = "appoint"
    REMOVE = "remove"
    BAN = "ban"
    READMIT = "readmit"
    ADMIT = "admit"
    DENY = "deny"
    CHANGE = "change"
    END = "end"
    MAKE = "make"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class _Need:
    """The lowest role for an act, and whether the target's must be below the actor's."""

    role: Role
    below: bool = False


_NEEDS: Mapping[Action, _Need] = {
    Action.ASK_TO_UNMUTE: _Need(Role.MODERATOR),
    Action.MUTE: _Need(Role.MODERATOR),
    Action.STOP_SHARE: _Need(Role.MODERATOR),
    Action.LOWER_HAND: _Need(Role.MODERATOR),
    Action.RENAME: _Need(Role.MODERATOR),
    Action.REMOVE: _Need(Role.MODERATOR, below=True),
    Action.APPOINT: _Need(Role.HOST, below=True),
    Action.BAN: _Need(Role.HOST, below=True),
    Action.READMIT: _Need(Role.HOST),
    Action.END: _Need(Role.HOST),
}

SIMPLE = frozenset(
    {Action.ASK_TO_UNMUTE, Action.MUTE, Action.STOP_SHARE, Action.LOWER_HAND, Action.REMOVE, Action.BAN}
)
"""Those that need nothing but a target."""

_OF_ROOM = ("name", "capacity", "passcode")

_OF_RULES = frozenset(field.name for field in fields(Rules))

_LAST_TIME = 253_402_300_799.0
"""The end of the year 9999, in seconds since the epoch: later ones can be neither said nor drawn."""

_BY_MODERATORS = frozenset({"lobby", "locked"})
"""The settings that moderators may change."""


def allows(act: Action, actor: Participant, target: Participant | None = None) -> bool:
    """Whether a role allows an act, on a target where it has one. Nobody acts on oneself."""
    need = _NEEDS[act]
    if RANK[actor.role] < RANK[need.role]:
        return False
    if target is None:
        return True
    if target.id == actor.id or RANK[target.role] > RANK[actor.role]:
        return False
    return not need.below or RANK[target.role] < RANK[actor.role]


def check(act: Action, roster: Roster, actor_id: ParticipantId, target_id: ParticipantId) -> Participant:
    """The target of an act that is allowed.

    Raises:
        ParticipantNotFound: one of them is not in this room.
        NotAllowed
    """
    actor, target = roster.get(actor_id), roster.get(target_id)
    if not allows(act, actor, target):
        raise NotAllowed
    return target


def check_alone(act: Action, actor: Participant) -> None:
    """Whether somebody may do something to the room.

    Raises:
        NotAllowed
    """
    if not allows(act, actor):
        raise NotAllowed


def mute(roster: Roster, actor_id: ParticipantId, target_id: ParticipantId) -> Updated | None:
    """Mute somebody until it unmutes itself; the others do not play it meanwhile.

    Raises:
        ParticipantNotFound, NotAllowed
    """
    check(Action.MUTE, roster, actor_id, target_id)
    target = roster.get(target_id)
    muted = replace(target, media=replace(target.media, audio=False), silenced=True)
    return None if not target.media.audio or muted == target else Updated(roster.version + 1, muted)


def stop_share(roster: Roster, actor_id: ParticipantId, target_id: ParticipantId) -> Updated | None:
    """Let the others not show somebody's screen any more; its owner may show it again.

    Raises:
        ParticipantNotFound, NotAllowed
    """
    target = check(Action.STOP_SHARE, roster, actor_id, target_id)
    if not target.media.screen:
        return None
    return Updated(roster.version + 1, replace(target, media=replace(target.media, screen=False)))


def rename(roster: Roster, actor_id: ParticipantId, target_id: ParticipantId, name: str) -> Updated | None:
    """Give somebody another name.

    Raises:
        ParticipantNotFound, NotAllowed, NameTooLong
    """
    check(Action.RENAME, roster, actor_id, target_id)
    target = roster.get(target_id)
    cleaned = rooms.clean_name(name)
    return None if cleaned == target.name else Updated(roster.version + 1, replace(target, name=cleaned))


def appoint(roster: Roster, actor_id: ParticipantId, target_id: ParticipantId, role: Role) -> Updated | None:
    """Make somebody a moderator for this call, or a participant again. Hosts are not appointed.

    Raises:
        ParticipantNotFound, NotAllowed
    """
    check(Action.APPOINT, roster, actor_id, target_id)
    if role is Role.HOST:
        raise NotAllowed("Nobody is made a host in a call.")
    target = roster.get(target_id)
    return None if target.role is role else Updated(roster.version + 1, replace(target, role=role))


def role_after(participant: Participant, before: Room, room: Room) -> Role:
    """The role of somebody whose account was, or is now, given one by the room itself."""
    account_id, role = participant.account_id, participant.role
    if account_id is None:
        return role
    if account_id == room.owner:
        return Role.HOST
    owned = account_id == before.owner and role is Role.HOST
    if owned:
        role = Role.PARTICIPANT
    if account_id in room.moderators and (owned or account_id not in before.moderators):
        return higher(role, Role.MODERATOR)
    if account_id in before.moderators - room.moderators and role is Role.MODERATOR:
        return Role.PARTICIPANT
    return role


def remove(roster: Roster, participant_id: ParticipantId) -> Left:
    """Take somebody out, after the act was checked."""
    return Left(roster.version + 1, participant_id, LeaveReason.REMOVED)


# --- the door -------------------------------------------------------------------------------------


def may_answer(roster: Roster, participant: Participant) -> bool:
    """Whether somebody decides who is let in: hosts and moderators; where none of them is there, those
    whom the room names for that.
    """
    if participant.presence is not Presence.CONNECTED:
        return False
    if RANK[participant.role] >= RANK[Role.MODERATOR]:
        return True
    return roster.room.rules.answer_when_alone is Answering.PARTICIPANTS and not _has_moderator(roster)


def _has_moderator(roster: Roster) -> bool:
    return any(
        RANK[other.role] >= RANK[Role.MODERATOR] and other.presence is Presence.CONNECTED
        for other in roster.participants
    )


# --- the rules of the room ------------------------------------------------------------------------


class Changes(TypedDict, total=False):
    """Settings of a room that are to be others; those that are missing stay. None for a passcode is none."""

    name: str
    capacity: int
    passcode: str | None
    lobby: bool
    locked: bool
    share: Allowed
    chat: Allowed
    answer_when_alone: Answering
    opens_at: float | None
    expires_at: float | None
    once: bool


def change(room: Room, changes: Changes, *, max_capacity: int) -> Room:
    """The room after its settings were changed.

    Args:
        changes: with a hash for a passcode.

    Raises:
        CapacityInvalid, NameTooLong, TimesInvalid
    """
    own = {name: value for name, value in changes.items() if name in _OF_RULES}
    rules = replace(room.rules, **cast("dict[str, Any]", own))
    for time in (changes.get("opens_at"), changes.get("expires_at")):
        if time is not None and not 0 <= time <= _LAST_TIME:  # nor is it no number at all
            raise TimesInvalid
    if rules.opens_at is not None and rules.expires_at is not None and rules.opens_at >= rules.expires_at:
        raise TimesInvalid
    capacity = changes.get("capacity", room.capacity)
    if capacity != room.capacity:
        rooms.make_room(room.id, capacity, max_capacity=max_capacity)
    return replace(
        room,
        capacity=capacity,
        name=rooms.clean_name(changes.get("name", room.name)),
        passcode=changes.get("passcode", room.passcode),
        rules=rules,
    )


def differences(before: Room, after: Room) -> list[str]:
    """The names of the settings that are others, and not what they are: a passcode is among them."""
    of_room = {name for name in _OF_ROOM if getattr(before, name) != getattr(after, name)}
    of_rules = {name for name in _OF_RULES if getattr(before.rules, name) != getattr(after.rules, name)}
    return sorted(of_room | of_rules)


def narrows(before: Room, after: Room) -> bool:
    """Whether something keeps people out now who could enter before."""
    was, is_now = before.rules, after.rules
    return (
        (is_now.lobby and not was.lobby)
        or (is_now.locked and not was.locked)
        or (after.passcode is not None and before.passcode is None)
        or (is_now.opens_at, is_now.expires_at) != (was.opens_at, was.expires_at)
    )


def check_changes(role: Role, names: frozenset[str]) -> None:
    """Whether a role may change settings of a room by these names.

    Raises:
        NotAllowed
    """
    if role is Role.HOST or (role is Role.MODERATOR and names <= _BY_MODERATORS):
        return
    raise NotAllowed
