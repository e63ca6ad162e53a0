"""What the server sends by itself, as one typed class each: the rest of the protocol is in
:mod:`~visavis.signaling.messages`.
"""

from typing import ClassVar, Literal

import msgspec

from visavis.signaling.messages import (
    ActOnSelf,
    Candidate,
    ChatMessage,
    Description,
    Knock,
    Message,
    Participant,
    Reaction,
    RoleName,
    RoomSettings,
)


class Notice(Message, frozen=True):
    event: ClassVar[str]


class VisitorCame(Notice, frozen=True):
    """Somebody is about to enter: make an offer, without candidates, to ``link``."""

    event: ClassVar[str] = "visitorCame"
    link: str


class Unprepared(Notice, frozen=True):
    """Nothing will become of a link that was being prepared."""

    event: ClassVar[str] = "unprepared"
    link: str


class Prepared(Notice, frozen=True):
    """Somebody enters, with whom there is a link already. ``userJoined`` follows.

    ``link``: the id under which it was prepared, with the candidates that were held back. Where there is
    none, ``offer`` is to be answered.
    """

    event: ClassVar[str] = "prepared"
    participant_id: str
    link: str | None = None
    offer: Description | None = None
    candidates: list[Candidate] = msgspec.field(default_factory=list)


class UserJoined(Notice, frozen=True):
    event: ClassVar[str] = "userJoined"
    version: int
    participant: Participant


class UserUpdated(Notice, frozen=True):
    """A participant's media or presence changed. The whole participant is sent."""

    event: ClassVar[str] = "userUpdated"
    version: int
    participant: Participant


class UserLeft(Notice, frozen=True):
    event: ClassVar[str] = "userLeft"
    version: int
    participant_id: str
    reason: Literal["left", "timedOut", "removed"]


class RoomChanged(Notice, frozen=True):
    """The room's settings changed. All of them are sent."""

    event: ClassVar[str] = "roomChanged"
    version: int
    capacity: int
    settings: RoomSettings


class Ended(Notice, frozen=True):
    """This connection is out of its room without having asked for it.

    ``replaced``: another connection resumed with the same ticket. ``removed``: one was removed. ``closed``:
    the call was ended for all. ``account``: one's account was disabled or deleted.
    """

    event: ClassVar[str] = "ended"
    reason: Literal["replaced", "removed", "closed", "account"]


class Knocked(Notice, frozen=True):
    """Somebody knocks, and one may answer."""

    event: ClassVar[str] = "knocked"
    knock: Knock


class KnockEnded(Notice, frozen=True):
    """A knock is not one's own to answer any more: it was answered, or whoever knocked is gone."""

    event: ClassVar[str] = "knockEnded"
    knock: str


class Admitted(Notice, frozen=True):
    """One is let in: send ``joinRoom`` again, with the knock."""

    event: ClassVar[str] = "admitted"


class Attended(Notice, frozen=True):
    """While one waits: whether somebody is there who may let one in."""

    event: ClassVar[str] = "attended"
    attended: bool


class Denied(Notice, frozen=True, omit_defaults=True):
    """One is not let in. ``full``: nobody said so; others have the places at the door."""

    event: ClassVar[str] = "denied"
    full: bool = False


class Moderated(Notice, frozen=True):
    """What was done to oneself. ``by``: the participant id of who did it; null: it was done from outside of
    the call, or by the rules of the room. ``ticket``: replaces the last one."""

    event: ClassVar[str] = "moderated"
    act: ActOnSelf
    by: str | None
    name: str | None = None
    role: RoleName | None = None
    ticket: str | None = None


class Stopping(Notice, frozen=True):
    """The server is being stopped: come back in so many seconds, so that not all come at once."""

    event: ClassVar[str] = "stopping"
    come_back_in: float


class Reacted(Notice, frozen=True):
    event: ClassVar[str] = "reaction"
    from_: str = msgspec.field(name="from")
    reaction: Reaction


class ChatReceived(Notice, frozen=True):
    event: ClassVar[str] = "chat"
    message: ChatMessage


class OfferReceived(Notice, frozen=True):
    event: ClassVar[str] = "offer"
    from_: str = msgspec.field(name="from")
    description: Description


class AnswerReceived(Notice, frozen=True):
    event: ClassVar[str] = "answer"
    from_: str = msgspec.field(name="from")
    description: Description


class IceCandidateReceived(Notice, frozen=True):
    event: ClassVar[str] = "iceCandidate"
    from_: str = msgspec.field(name="from")
    candidates: list[Candidate]


NOTICES: tuple[type[Notice], ...] = (
    VisitorCame,
    Unprepared,
    Prepared,
    UserJoined,
    UserUpdated,
    UserLeft,
    RoomChanged,
    Ended,
    Knocked,
    KnockEnded,
    Attended,
    Admitted,
    Denied,
    Moderated,
    Stopping,
    Reacted,
    ChatReceived,
    OfferReceived,
    AnswerReceived,
    IceCandidateReceived,
)
