"""Who may enter a room, and as what. Pure: (room, who asks, what they bring) -> a way in, or a refusal.

Somebody is known by *marks*: short texts that hold an account's id, or a hash of what the browser says of
itself. An exclusion is a set of marks, and whoever bears one of them stays out.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from visavis import rooms
from visavis.errors import (
    Excluded,
    KnockNeeded,
    PasscodeNeeded,
    PasscodeWrong,
    RoomFull,
    RoomLocked,
    RoomNotOpen,
    RoomOver,
)
from visavis.identity import Grant, Identity
from visavis.rooms import (
    AccountId,
    Exclusion,
    Media,
    Participant,
    ParticipantId,
    Role,
    Room,
    RoomId,
    Roster,
    State,
    Why,
    state_of,
)

RANK: Mapping[Role, int] = {Role.PARTICIPANT: 0, Role.MODERATOR: 1, Role.HOST: 2}

MAX_EXCLUSIONS = 500
"""Of one room. Beyond, the oldest are forgotten."""

REBUILDING = 600.0
"""Seconds after the start of a server in which tickets of an earlier roster lead into a locked room."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody brings who asks to enter. Nothing of it is believed without a check.

    ``browser``: a random text that the browser keeps. ``address``: of the client, as the server knows it.
    ``knock``: the secret of a knock at this room's door.
    """

    host_key: str | None = field(default=None, repr=False)
    passcode: str | None = field(default=None, repr=False)
    browser: str | None = field(default=None, repr=False)
    address: str = ""
    knock: str | None = field(default=None, repr=False)


NOTHING = Claim()


class Way(Enum):
    """How somebody gets in."""

    ENTER = 1
    KNOCK = 2


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks to enter, after what they brought was checked.

    ``vouched``: a room token lets them in. ``knows_passcode``: None where they gave none. ``admitted``: they
    knocked, and were let in.
    """

    role: Role
    marks: frozenset[str] = frozenset()
    vouched: bool = False
    knows_passcode: bool | None = None
    admitted: bool = False


# --- keys and marks -------------------------------------------------------------------------------


def new_host_key() -> str:
    """192 random bits."""
    return secrets.token_urlsafe(24)


def hash_key(key: str) -> str:
    """What is kept of a host key. It cannot be guessed, so a fast hash does."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


_PARTICIPANT = "participant:"


def account_mark(account_id: AccountId) -> str:
    return f"account:{account_id}"


def participant_mark(participant_id: ParticipantId) -> str:
    return f"{_PARTICIPANT}{participant_id}"


def call_mark(call_id: str) -> str:
    return f"call:{call_id}"


def marks_of(room_id: RoomId, identity: Identity, claim: Claim) -> frozenset[str]:
    """By what somebody can be known again in this room; in another room the same browser has another mark."""
    marks = set()
    if identity.account_id is not None:
        marks.add(account_mark(identity.account_id))
    if identity.grant is not None and identity.grant.bearer:
        marks.add(f"bearer:{_hashed(room_id, identity.grant.bearer)}")
    if claim.browser:
        marks.add(f"browser:{_hashed(room_id, claim.browser)}")
    return frozenset(marks)


def _hashed(room_id: RoomId, text: str) -> str:
    return hashlib.sha256(f"{room_id} {text}".encode(errors="replace")).hexdigest()[:32]


# --- roles ----------------------------------------------------------------------------------------


def role_in(room: Room, identity: Identity, claim: Claim) -> Role:
    """The highest role that somebody can show a right to: by account, host key or room token."""
    if is_host(room, identity, claim.host_key):
        return Role.HOST
    grant = grant_in(room, identity)
    granted = Role.PARTICIPANT if grant is None else grant.role
    if identity.account_id is not None and identity.account_id in room.moderators:
        return higher(granted, Role.MODERATOR)
    return granted


def is_host(room: Room, identity: Identity, host_key: str | None) -> bool:
    """Whether somebody owns a room, or has its host key, or a token that says so."""
    if identity.account_id is not None and identity.account_id == room.owner:
        return True
    grant = grant_in(room, identity)
    if grant is not None and grant.role is Role.HOST:
        return True
    if room.host_key is None or host_key is None:
        return False
    return hmac.compare_digest(hash_key(host_key), room.host_key)


def higher(one: Role, other: Role) -> Role:
    return max(one, other, key=RANK.__getitem__)


def grant_in(room: Room, identity: Identity) -> Grant | None:
    """What a room token gives in this room."""
    grant = identity.grant
    return grant if grant is not None and grant.room_id == room.id else None


def newcomer(name: str, media: Media, identity: Identity, role: Role, now: float) -> Participant:
    """Somebody who enters for the first time, by the name that they say; by that in their token, where they
    have one.

    Raises:
        NameTooLong
    """
    own, given = rooms.clean_name(name), identity.name or ""
    return Participant(
        rooms.new_participant_id(),
        (own or given) if identity.grant is None else (given or own),
        now,
        media,
        account_id=identity.account_id,
        role=role,
    )


# --- the door -------------------------------------------------------------------------------------


def decide(roster: Roster, applicant: Applicant, now: float) -> Way:
    """Whether somebody enters, or has to knock.

    Raises:
        Excluded, RoomNotOpen, RoomOver, PasscodeNeeded, PasscodeWrong, RoomLocked, RoomFull
    """
    room, rules = roster.room, roster.room.rules
    is_host = applicant.role is Role.HOST
    is_trusted = RANK[applicant.role] >= RANK[Role.MODERATOR]
    if not is_host:
        check_exclusions(room, applicant.marks, now)
    state = state_of(room, now)
    if state is State.OVER:
        raise RoomOver
    if not is_trusted:
        if state is State.NOT_OPEN:
            raise RoomNotOpen
        if room.passcode is not None and not applicant.vouched and not applicant.admitted:
            _check_passcode(applicant)
        if rules.locked and not applicant.admitted:
            raise RoomLocked
    if len(roster.participants) >= room.capacity:
        raise RoomFull
    if rules.lobby and not (is_trusted or applicant.vouched or applicant.admitted):
        return Way.KNOCK
    return Way.ENTER


def _check_passcode(applicant: Applicant) -> None:
    if applicant.knows_passcode is None:
        raise PasscodeNeeded
    if not applicant.knows_passcode:
        raise PasscodeWrong


def check_exclusions(room: Room, marks: Iterable[str], now: float) -> None:
    """
    Raises:
        Excluded: one of the marks is shut out.
    """
    borne = frozenset(marks)
    for exclusion in room.exclusions:
        if exclusion.why is not Why.DEMOTED and exclusion.holds(now) and exclusion.marks & borne:
            raise Excluded


@dataclass(frozen=True, slots=True)
class Return:
    """Somebody who comes back with a ticket. ``same_roster``: it was signed for the roster of now;
    ``same_call``: for the call of now, or for one that everybody lost. ``uptime``: of the server, in seconds.
    ``appointed``: whether a host gave the role, for one call. ``over``: whether the call was over before the
    server ended, as far as it is remembered.
    """

    participant_id: ParticipantId
    role: Role
    marks: frozenset[str]
    same_roster: bool
    same_call: bool
    uptime: float
    appointed: bool = False
    over: bool = False

    @property
    def was_lost(self) -> bool:
        """Whether the call was going on when the server ended."""
        return not self.same_roster and not self.over and self.uptime < REBUILDING


def take_back(roster: Roster, back: Return, now: float) -> Role:
    """The role with which somebody comes back.

    Who has been in the call needs no passcode and does not knock again; for who was in an earlier one the
    door is what it is for all. A locked room takes back those whose place is kept; and, where the server has
    lost the roster, those who were in it.

    Raises:
        Excluded, RoomLocked; of an earlier call KnockNeeded, and as ``decide``
    """
    marks = back.marks | {participant_mark(back.participant_id)}
    room = roster.room
    check_exclusions(room, marks, now)
    known = roster.find(back.participant_id)
    if known is not None:
        return known.role
    was_lost = back.was_lost or (back.same_call and not back.same_roster)
    is_of_call = back.same_call or was_lost
    given = Role.PARTICIPANT if back.appointed and not is_of_call else back.role
    role = _role_of_now(room, given, marks, now)
    if room.rules.locked and not was_lost and RANK[role] < RANK[Role.MODERATOR]:
        raise RoomLocked
    if not is_of_call and decide(roster, Applicant(role, marks), now) is Way.KNOCK:
        raise KnockNeeded
    return role


def _role_of_now(room: Room, role: Role, marks: frozenset[str], now: float) -> Role:
    """What is left of the role in a ticket, and what the account has been given since."""
    demoted = [e.marks & marks for e in room.exclusions if e.why is Why.DEMOTED and e.holds(now)]
    if any(demoted):
        role = Role.PARTICIPANT
    if any(mark.startswith(_PARTICIPANT) for of_one in demoted for mark in of_one):
        return role  # in this very call, whoever it is
    if room.owner is not None and account_mark(room.owner) in marks:
        return Role.HOST
    if any(account_mark(account_id) in marks for account_id in room.moderators):
        return higher(role, Role.MODERATOR)
    return role


# --- who stays out --------------------------------------------------------------------------------


def new_exclusion(why: Why, name: str, marks: frozenset[str], now: float, until: float | None) -> Exclusion:
    """Its id is 96 random bits."""
    return Exclusion(secrets.token_urlsafe(12), why, name, marks, now, until)


def exclude(room: Room, exclusion: Exclusion, now: float) -> Room:
    """The room with one more exclusion, and without those that are over."""
    kept = [e for e in room.exclusions if e.holds(now) and e.id != exclusion.id]
    return replace(room, exclusions=(*kept, exclusion)[-MAX_EXCLUSIONS:])


def readmit(room: Room, exclusion_id: str) -> Room:
    """The room without an exclusion. The same where there is none of that id."""
    return replace(room, exclusions=tuple(e for e in room.exclusions if e.id != exclusion_id))
