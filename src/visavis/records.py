"""What is remembered of calls: the moments in which something happened, and the records made of them.

All times are in seconds since the epoch, UTC. Moments are written in the order in which they happened;
to write one again, together with all that came after it, changes nothing.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from visavis.moderation import Action
from visavis.rooms import AccountId, Exclusion, ParticipantId, RoomId

CallId = NewType("CallId", str)
NodeId = NewType("NodeId", str)

UNHEARD = 600.0
"""Seconds after which a node that says nothing of its calls is taken for dead, and they for over."""


class Departure(StrEnum):
    """How a participant's part in a call ended."""

    LEFT = "left"
    LOST = "lost"
    """Its connection ended, and it did not come back within the grace."""
    STOPPED = "stopped"
    """The server was stopped, and it has not come back since."""
    UNKNOWN = "unknown"
    """The server ended without a word. It left some time after it was last known to be there."""


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
class Attendance:
    """A participant's part in a call. ``left_at`` and ``departure`` are None while it goes on.

    ``account_id``: of one who was signed in, unless the account was deleted since. ``join``: how long it took
    to enter; None of those who did not say, as of all who were alone.
    """

    participant_id: ParticipantId
    name: str
    joined_at: float
    left_at: float | None = None
    departure: Departure | None = None
    account_id: AccountId | None = None
    join: JoinTimes | None = None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call. ``ended_at`` is None while it goes on; ``attendances`` by ``joined_at``, then by id."""

    id: CallId
    room_id: RoomId
    began_at: float
    ended_at: float | None
    attendances: tuple[Attendance, ...]

    def was_interrupted(self) -> bool:
        """Whether it ended because its server did, as far as one can know."""
        by_server = (Departure.STOPPED, Departure.UNKNOWN)
        return any(
            known.departure in by_server and (known.left_at or 0.0) >= (self.ended_at or 0.0)
            for known in self.attendances
        )


@dataclass(frozen=True, slots=True)
class Entered:
    """A participant entered. The first makes the call; one who comes back takes up its attendance again,
    and the call with it, however they ended.
    """

    call_id: CallId
    room_id: RoomId
    participant_id: ParticipantId
    name: str
    at: float
    account_id: AccountId | None = None


@dataclass(frozen=True, slots=True)
class Timed:
    """A participant said how long it took to enter. Of one who never entered nothing is kept."""

    call_id: CallId
    participant_id: ParticipantId
    times: JoinTimes


@dataclass(frozen=True, slots=True)
class Departed:
    """A participant is gone."""

    call_id: CallId
    participant_id: ParticipantId
    departure: Departure
    at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """Nobody is in the call any more. Who is not known to have gone departed as ``UNKNOWN``."""

    call_id: CallId
    at: float


@dataclass(frozen=True, slots=True)
class Acted:
    """Somebody used their role in a room: a line of the room's history.

    ``id`` is its own: written twice, it is one line. Names are those of the moment. ``actor_id`` is None
    where it was done from outside of a call, and ``target`` where it was done to the room.
    """

    id: str
    room_id: RoomId
    act: Action
    actor: str
    at: float
    call_id: CallId | None = None
    actor_id: ParticipantId | None = None
    target: str | None = None
    target_id: ParticipantId | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Excluded:
    """Somebody stays out of a room from now on."""

    room_id: RoomId
    exclusion: Exclusion


@dataclass(frozen=True, slots=True)
class Readmitted:
    """An exclusion was lifted."""

    room_id: RoomId
    exclusion_id: str


@dataclass(frozen=True, slots=True)
class Spent:
    """The one call for which a room was made is over, and from this time on the room is."""

    room_id: RoomId
    at: float


@dataclass(frozen=True, slots=True)
class Alive:
    """The node lives, and ``calls`` are all that it has.

    Its other open calls are over, and so are those of nodes that were not heard of since
    ``at - UNHEARD``: they ended when they were last seen, and who was in them departed as ``UNKNOWN``.
    """

    calls: tuple[CallId, ...]
    at: float


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is known of calls that ended before this time is to be deleted, and what was done before it."""

    before: float


OfRoom = Excluded | Readmitted | Spent
"""Moments that change who comes in. They are kept whatever is remembered of calls."""

Moment = Entered | Timed | Departed | Ended | Acted | OfRoom | Alive | Forgotten


def by_entry(attendances: Iterable[Attendance]) -> tuple[Attendance, ...]:
    """In the order of a :class:`CallRecord`. Here, because databases order texts as they like."""
    return tuple(sorted(attendances, key=lambda known: (known.joined_at, known.participant_id)))


def by_age(exclusions: Iterable[Exclusion]) -> tuple[Exclusion, ...]:
    """In the order in which a room has them."""
    return tuple(sorted(exclusions, key=lambda known: (known.at, known.id)))


def new_act_id() -> str:
    """96 random bits."""
    return secrets.token_urlsafe(12)


def new_call_id() -> CallId:
    """128 random bits."""
    return CallId(secrets.token_urlsafe(16))
