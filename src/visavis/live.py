"""What a live call is made of, and how it speaks to those who are in it or before its door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from visavis.chat import Chat
from visavis.clock import Timer
from visavis.errors import AppError
from visavis.identity import Access
from visavis.knocks import Knock
from visavis.lobby import ConnectionId, Doors, LinkId
from visavis.moderation import Action
from visavis.records import CallId, Departed, Departure, Ended, Entered, Moment
from visavis.rooms import Change, Joined, LeaveReason, Left, Participant, ParticipantId, Role, RoomId, Roster


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


@dataclass(frozen=True, slots=True)
class Moderated:
    """What was done to somebody, as they are told of it. ``by``: who did it; None: somebody outside of the
    call, or the rules of the room. ``ticket``: to come back with, as that which was done is in it."""

    action: Action
    by: ParticipantId | None
    name: str | None = None
    role: Role | None = None
    ticket: str | None = None


Why = Literal["replaced", "removed", "closed", "account"]
"""Why a connection is out of its room: another one speaks for its participant, it was removed, the call was
ended for all, or its account may not be used any more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``capacity``: of a room for which none was asked. ``grace`` in seconds. ``prepare``: whether links
    are prepared with those who are about to enter. ``access``: for whom this server is."""

    capacity: int
    max_capacity: int
    grace: float
    prepare: bool = True
    access: Access = Access.OPEN


class Members(Doors, Protocol):
    """How a call speaks to its members. The edge implements it; none of it may block or raise."""

    def prepared(self, member: ConnectionId, link: Prepared) -> bool:
        """Tell a member that somebody enters with whom it has a link already. Comes before the change.
        False: it does not know of such things."""

    def tell(self, change: Change, recipients: Sequence[ConnectionId]) -> None:
        """Tell members of a change in their roster."""

    def dismiss(self, connection: ConnectionId, why: Why) -> None:
        """Tell a connection that it is out of its room."""

    def knocked(self, knock: Knock, recipients: Sequence[ConnectionId]) -> None:
        """Tell those who answer the door that somebody knocks."""

    def knock_ended(self, knock: Knock, recipients: Sequence[ConnectionId]) -> None:
        """Tell the same that this knock is not theirs to answer any more."""

    def answered(self, knock: Knock) -> None:
        """Tell whoever knocks that they were let in, or denied."""

    def attended(self, knock: Knock, *, is_attended: bool) -> None:
        """Tell whoever knocks that there is somebody now who may let them in, or nobody any more."""

    def moderated(self, connection: ConnectionId, done: Moderated) -> None:
        """Tell somebody what was done to them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one gets who enters a call. ``knocks``: those that one may answer."""

    participant_id: ParticipantId
    ticket: str
    grace: float
    roster: Roster
    prepared: Sequence[Prepared] = ()
    knocks: Sequence[Knock] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visitor gets. ``links``: how many are prepared, 0 where the server does not. ``refresh_in``:
    seconds after which to ask anew, if it still waits. ``refusal``: with what it would be refused if it
    entered now. ``may_enter``: whether it would neither be refused nor have to knock."""

    links: int
    refresh_in: float
    refusal: AppError | None = None
    may_enter: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection is: a participant of a call."""

    room_id: RoomId
    participant_id: ParticipantId


@dataclass(slots=True)
class Call:
    """A room with somebody in it. Each participant has either a connection or a grace that runs."""

    id: CallId
    roster: Roster
    chat: Chat
    connections: dict[ParticipantId, ConnectionId] = field(default_factory=dict)
    graces: dict[ParticipantId, Timer] = field(default_factory=dict)
    marks: dict[ParticipantId, frozenset[str]] = field(default_factory=dict)
    """By which each is known again (:mod:`visavis.admission`)."""
    appointed: set[ParticipantId] = field(default_factory=set)
    """Who moderates this call, and no other, by the word of a host."""
    last_departure: float = 0.0
    has_met: bool = False
    """Whether two were in it at once."""
    timed: set[ParticipantId] = field(default_factory=set)
    """Whose entering was timed: once for each."""
    untold: dict[ParticipantId, dict[Action, Moderated]] = field(default_factory=dict)
    """What was done to those who were reconnecting: they are told when they are back."""

    def remember(self, who: ParticipantId, done: Moderated) -> None:
        """Somebody is to be told of it later; of each act, the last."""
        untold = self.untold.setdefault(who, {})
        untold.pop(done.action, None)
        untold[done.action] = done

    def connected(self, among: set[ParticipantId]) -> list[ConnectionId]:
        """The connections of these participants, as far as they have one."""
        return [connection for who, connection in self.connections.items() if who in among]


def moments_of(call: Call, change: Change, now: float, grace: float) -> list[Moment]:
    """What is to be remembered of a change that was just made in a call."""
    match change:
        case Joined(_, p):
            return [Entered(call.id, call.roster.room.id, p.id, p.name, now, p.account_id)]
        case Left(_, participant_id, LeaveReason.TIMED_OUT):
            # It was there until its grace began.
            departed = Departed(call.id, participant_id, Departure.LOST, now - grace)
        case Left(_, participant_id):
            departed = Departed(call.id, participant_id, Departure.LEFT, now)
        case _:
            return []
    call.last_departure = max(call.last_departure, departed.at)
    return [departed] if call.roster.participants else [departed, Ended(call.id, call.last_departure)]


def obeying(participant: Participant, untold: Mapping[Action, Moderated]) -> Participant:
    """As somebody comes back to whom something was done meanwhile, of which they do not know yet."""
    media = participant.media
    audio = media.audio and Action.MUTE not in untold
    screen = media.screen and Action.STOP_SHARE not in untold
    return replace(participant, media=replace(media, audio=audio, screen=screen))
