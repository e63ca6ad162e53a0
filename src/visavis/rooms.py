"""Rooms and their rules: who may be in one, and what its members know of each other.

Pure and synchronous: no clock, no socket, no storage. A rule looks at a :class:`Roster`, and either
raises an :class:`~visavis.errors.AppError` or returns the one *change* that it allows; ``apply`` makes
the next roster from it. The same change goes to the members, who apply it to their copy, so that
``apply(change, old) == new`` holds on both sides of the wire.

Invariants of every roster that comes out of here:

* each id once, in the order in which they entered, and nobody enters above ``room.capacity``;
* a participant who is reconnecting keeps its place and counts;
* the version grows by exactly one with each change.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NewType, assert_never

from visavis.errors import (
    CapacityInvalid,
    NameTooLong,
    NotAllowed,
    ParticipantNotFound,
    RoomFull,
    RoomIdInvalid,
)

RoomId = NewType("RoomId", str)
ParticipantId = NewType("ParticipantId", str)
AccountId = NewType("AccountId", str)

ROOM_ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9_-]{2,63}")
"""The one pattern of a room id, after upper-case letters were lowered. Matched whole."""

MIN_CAPACITY = 2
MAX_NAME_LENGTH = 60
"""In Unicode code points, after cleaning."""


class Presence(StrEnum):
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    """The socket is gone; the place is kept until the grace is over."""


class Role(StrEnum):
    """What a participant may do in one room. Held by the server, never claimed by a client."""

    HOST = "host"
    MODERATOR = "moderator"
    PARTICIPANT = "participant"


class Act(StrEnum):
    """What a participant may be allowed to do or not."""

    SHARE = "share"
    CHAT = "chat"


class LeaveReason(StrEnum):
    LEFT = "left"
    TIMED_OUT = "timedOut"
    """Did not come back within the grace."""
    REMOVED = "removed"
    """Was removed by one who may, or the call was ended for all."""


@dataclass(frozen=True, slots=True)
class Media:
    """What a participant sends at the moment."""

    audio: bool = True
    video: bool = True
    screen: bool = False


@dataclass(frozen=True, slots=True)
class Participant:
    """One person's one device in one call.

    ``joined_at`` is in seconds since the epoch. It orders the roster and survives reconnects, so that
    a roster rebuilt from tickets is in the order of the old one. ``hand``: when it was raised, in seconds
    since the epoch, which orders those who wait to speak; None while it is down. ``account_id``: of one
    who was signed in on entering; the others are not told.

    ``silenced``: a moderator muted it, and it has not unmuted itself since. The others do not play its
    sound, whatever still comes.
    """

    id: ParticipantId
    name: str
    joined_at: float
    media: Media = Media()
    presence: Presence = Presence.CONNECTED
    hand: float | None = None
    account_id: AccountId | None = None
    role: Role = Role.PARTICIPANT
    silenced: bool = False


class Allowed(StrEnum):
    """Who may do something in a room."""

    EVERYBODY = "everybody"
    MODERATORS = "moderators"
    """And hosts."""


class Answering(StrEnum):
    """Who lets those in who knock while no host and no moderator is there."""

    NOBODY = "nobody"
    PARTICIPANTS = "participants"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a room lets people do. Its hosts change them, in a call too.

    ``opens_at`` and ``expires_at``, in seconds since the epoch: nobody enters before or after; None for no
    such time. Who is in the call when the room expires stays. ``once``: the room is for one call, and over
    soon after it.
    """

    lobby: bool = False
    locked: bool = False
    share: Allowed = Allowed.EVERYBODY
    chat: Allowed = Allowed.EVERYBODY
    answer_when_alone: Answering = Answering.NOBODY
    opens_at: float | None = None
    expires_at: float | None = None
    once: bool = False


class State(StrEnum):
    """Whether it is a room's time."""

    OPEN = "open"
    NOT_OPEN = "notOpen"
    OVER = "over"


class Why(StrEnum):
    """Why somebody is shut out of a room, or something of it is."""

    REMOVED = "removed"
    BANNED = "banned"
    DEMOTED = "demoted"
    """Not shut out: tickets of an earlier role give none any more."""
    ENDED = "ended"
    """A call that was ended for all: its tickets lead nowhere."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Somebody, by all the marks that are known of them, who does not come in again.

    ``marks`` are as :mod:`visavis.admission` makes them. ``until`` in seconds since the epoch; None: until
    it is lifted.
    """

    id: str
    why: Why
    name: str
    marks: frozenset[str]
    at: float
    until: float | None

    def holds(self, now: float) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Room:
    """A place with a link. It lasts; the calls in it come and go.

    ``owner``: the account of its host, and ``moderators`` further accounts. ``host_key`` and ``passcode`` are
    hashes. ``created_at``: in seconds since the epoch; 0 where nobody noted it.
    """

    id: RoomId
    capacity: int
    name: str = ""
    owner: AccountId | None = None
    moderators: frozenset[AccountId] = frozenset()
    rules: Rules = Rules()
    host_key: str | None = field(default=None, repr=False)
    passcode: str | None = field(default=None, repr=False)
    exclusions: tuple[Exclusion, ...] = ()
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a room under an id of their own. ``host_key``: the hash of one that they show."""

    account: AccountId | None = None
    host_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KeptLink:
    """The link of a room that was deleted: invitations lead there still. Until a time, in seconds since the
    epoch, nobody makes the room again but who owned it, or has its host key: ``owner`` and ``host_key`` are
    those of the room.
    """

    owner: AccountId | None
    host_key: str | None = field(repr=False)
    until: float

    def is_free_for(self, maker: Maker, now: float) -> bool:
        if now >= self.until:
            return True
        if self.owner is not None and maker.account == self.owner:
            return True
        return self.host_key is not None and maker.host_key == self.host_key


@dataclass(frozen=True, slots=True)
class Joined:
    version: int
    participant: Participant


@dataclass(frozen=True, slots=True)
class Updated:
    version: int
    participant: Participant


@dataclass(frozen=True, slots=True)
class Left:
    version: int
    participant_id: ParticipantId
    reason: LeaveReason


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """The room's settings changed, or who is shut out of it."""

    version: int
    room: Room


Change = Joined | Updated | Left | RoomChanged


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in a room now. Immutable: every change makes a new one.

    ``epoch`` names the run of this roster: a server that has forgotten the last one (it was restarted,
    or the room was empty) begins another, at version 0, with those who have come back so far.
    """

    room: Room
    epoch: str
    version: int = 0
    participants: tuple[Participant, ...] = ()

    def find(self, participant_id: ParticipantId) -> Participant | None:
        return next((p for p in self.participants if p.id == participant_id), None)

    def get(self, participant_id: ParticipantId) -> Participant:
        found = self.find(participant_id)
        if found is None:
            raise ParticipantNotFound
        return found


def admit(roster: Roster, participant: Participant) -> Joined | Updated:
    """Let a participant in, or back in.

    One who is in the roster already (it reconnects within the grace) gets its place back; one who
    comes with the id from an earlier roster (the server was restarted, or the grace is over) enters
    under that id again. What it says that it sends holds as far as the room lets it.

    Raises:
        RoomFull: every place is taken.
    """
    known = roster.find(participant.id)
    if known is not None:
        kept = replace(participant, hand=known.hand, name=known.name, role=known.role)
        silenced = known.silenced and not participant.media.audio
        return Updated(roster.version + 1, _within_rules(roster.room, replace(kept, silenced=silenced)))
    if len(roster.participants) >= roster.room.capacity:
        raise RoomFull
    return Joined(roster.version + 1, _within_rules(roster.room, participant))


def _within_rules(room: Room, participant: Participant) -> Participant:
    """As a participant comes in: who may not share a screen comes in without."""
    if not participant.media.screen or allows(room, participant.role, Act.SHARE):
        return participant
    return replace(participant, media=replace(participant.media, screen=False))


MAX_VISITORS = 4
"""Who may be prepared for at once: each costs every member a peer connection."""


def receive(roster: Roster, visitors: int) -> bool:
    """Whether links are prepared for somebody before the door, where ``visitors`` are prepared for already.

    Whatever keeps somebody out belongs here too: members are told of a visitor, and the visitor gets
    their descriptions.

    Raises:
        RoomFull: every place is taken.
    """
    if len(roster.participants) >= roster.room.capacity:
        raise RoomFull
    return visitors < MAX_VISITORS


def is_open(room: Room) -> bool:
    """Whether everybody may enter who has the link: who they are who are inside is then no secret."""
    return room.passcode is None and not room.rules.lobby and not room.rules.locked


def state_of(room: Room, now: float) -> State:
    if room.rules.expires_at is not None and now >= room.rules.expires_at:
        return State.OVER
    if room.rules.opens_at is not None and now < room.rules.opens_at:
        return State.NOT_OPEN
    return State.OPEN


def lose(roster: Roster, participant_id: ParticipantId) -> Updated | None:
    """Mark a participant whose socket vanished. None where there is nothing to change."""
    participant = roster.find(participant_id)
    if participant is None or participant.presence is Presence.RECONNECTING:
        return None
    return Updated(roster.version + 1, replace(participant, presence=Presence.RECONNECTING))


def leave(roster: Roster, participant_id: ParticipantId) -> Left | None:
    """Take out a participant who leaves. None where it is gone already."""
    if roster.find(participant_id) is None:
        return None
    return Left(roster.version + 1, participant_id, LeaveReason.LEFT)


def expire(roster: Roster, participant_id: ParticipantId) -> Left | None:
    """Take out a participant whose grace is over. None where it came back or is gone already."""
    participant = roster.find(participant_id)
    if participant is None or participant.presence is Presence.CONNECTED:
        return None
    return Left(roster.version + 1, participant_id, LeaveReason.TIMED_OUT)


def allows(room: Room, role: Role, act: Act) -> bool:
    """Whether a role may do something in a room. Hosts and moderators may."""
    allowed = room.rules.share if act is Act.SHARE else room.rules.chat
    return allowed is Allowed.EVERYBODY or role is not Role.PARTICIPANT


def may(roster: Roster, participant_id: ParticipantId, act: Act) -> bool:
    """Whether a participant may do something in this room.

    Raises:
        ParticipantNotFound: it is not in the roster.
    """
    return allows(roster.room, roster.get(participant_id).role, act)


def check(roster: Roster, participant_id: ParticipantId, act: Act) -> None:
    """
    Raises:
        NotAllowed: the participant may not do this here.
    """
    if not may(roster, participant_id, act):
        raise NotAllowed


def set_media(roster: Roster, participant_id: ParticipantId, media: Media) -> Updated | None:
    """Note what a participant sends now. None where that is what is known already.

    Raises:
        ParticipantNotFound: it is not in the roster.
        NotAllowed: it may not share its screen.
    """
    participant = roster.get(participant_id)
    if media.screen and not participant.media.screen:
        check(roster, participant_id, Act.SHARE)
    silenced = participant.silenced and not media.audio
    changed = replace(participant, media=media, silenced=silenced)
    return None if changed == participant else Updated(roster.version + 1, changed)


def stop_share(roster: Roster, participant_id: ParticipantId) -> Updated | None:
    """Note that somebody does not show its screen any more who may not. None where there is nothing to stop.

    Raises:
        ParticipantNotFound: it is not in the roster.
    """
    participant = roster.get(participant_id)
    if not participant.media.screen or may(roster, participant_id, Act.SHARE):
        return None
    return Updated(roster.version + 1, replace(participant, media=replace(participant.media, screen=False)))


def set_hand(roster: Roster, participant_id: ParticipantId, raised_at: float | None) -> Updated | None:
    """Raise a hand, or lower it (None). None where it is so already: who raises it twice keeps their turn.

    Raises:
        ParticipantNotFound: it is not in the roster.
    """
    participant = roster.get(participant_id)
    if (participant.hand is None) == (raised_at is None):
        return None
    return Updated(roster.version + 1, replace(participant, hand=raised_at))


def apply(change: Change, roster: Roster) -> Roster:
    """The roster after a change. The change must be the next one: ``roster.version + 1``."""
    if change.version != roster.version + 1:
        raise ValueError(f"expected change {roster.version + 1}, got {change.version}")
    match change:
        case Joined(version, participant):
            kept = roster.participants
            # Sorted, and not appended: after a crash the first to resume need not be the first who came.
            entered = sorted((*kept, participant), key=lambda p: (p.joined_at, p.id))
            return replace(roster, version=version, participants=tuple(entered))
        case Updated(version, participant):
            updated = tuple(participant if p.id == participant.id else p for p in roster.participants)
            return replace(roster, version=version, participants=updated)
        case Left(version, participant_id):
            kept = tuple(p for p in roster.participants if p.id != participant_id)
            return replace(roster, version=version, participants=kept)
        case RoomChanged(version, room):
            return replace(roster, version=version, room=room)
        case _:
            assert_never(change)


def make_room(room_id: RoomId, capacity: int, *, max_capacity: int) -> Room:
    """A room after its rules were checked.

    Raises:
        CapacityInvalid: ``capacity`` is below 2 or above ``max_capacity``.
    """
    if not MIN_CAPACITY <= capacity <= max_capacity:
        raise CapacityInvalid(f"A room here holds {MIN_CAPACITY} to {max_capacity} people, not {capacity}.")
    return Room(room_id, capacity)


def parse_room_id(text: str) -> RoomId:
    """A room id as a person gave it. Upper-case letters are lowered: ids are read aloud.

    Raises:
        RoomIdInvalid: it does not match :data:`ROOM_ID_PATTERN`.
    """
    lowered = text.lower()
    if not text.isascii() or not ROOM_ID_PATTERN.fullmatch(lowered):
        raise RoomIdInvalid
    return RoomId(lowered)


_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"


def new_room_id() -> RoomId:
    """64 random bits as four proquints, like ``lusab-babad-gutih-tugad``.

    A proquint is 16 bits in five letters that alternate between consonants and vowels, so that it can
    be spoken and spelled in most languages (D. Wilkerson, "A Proposal for Proquints", arXiv:0901.4016).
    """
    return RoomId("-".join(_proquint(secrets.randbits(16)) for _ in range(4)))


def _proquint(bits: int) -> str:
    return (
        _CONSONANTS[bits >> 12 & 15]
        + _VOWELS[bits >> 10 & 3]
        + _CONSONANTS[bits >> 6 & 15]
        + _VOWELS[bits >> 4 & 3]
        + _CONSONANTS[bits & 15]
    )


def new_participant_id() -> ParticipantId:
    """128 random bits: nobody can guess the id of somebody in another room."""
    return ParticipantId(secrets.token_urlsafe(16))


# Cc, Cf, Cs, Co, Cn: control characters, bidi overrides and other invisible formatting, lone
# surrogates, private use, unassigned. Zl and Zp break lines.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Joiners are Cf too, and names in Persian, Hindi or emoji need them.
_JOINERS = frozenset("\u200c\u200d")


def clean_name(text: str) -> str:
    """A name as others may see it, as :func:`cleaned` makes it.

    Raises:
        NameTooLong: more than 60 characters are left.
    """
    name = cleaned(text)
    if len(name) > MAX_NAME_LENGTH:
        raise NameTooLong
    return name


def cleaned(text: str) -> str:
    """A text in one line, composed (NFC), with nothing invisible. May return "".

    A person is not told of characters that they did not see; they are taken out.
    """
    composed = unicodedata.normalize("NFC", text)
    spaced = "".join(" " if c.isspace() else c for c in composed)
    seen = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
    return " ".join(seen.split()).strip("".join(_JOINERS) + " ")
