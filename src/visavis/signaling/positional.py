"""The positional forms: what a plain Socket.IO client that knows nothing of our messages speaks.

It sends ``createRoom(roomId)``, ``joinRoom(roomId)``, ``leaveRoom(roomId)``, ``offer(roomId,
description)``, ``answer(roomId, description)``, ``iceCandidate(roomId, candidate)``, each with an ack if
it likes, and hears ``userJoined(id)``, ``offer(id, description)``, ``answer(id, description)``,
``iceCandidate(id, candidate)``, ``userLeft(id)``. A signal goes to everybody else in the room.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from visavis.errors import EventUnknown, MessageInvalid
from visavis.signaling.messages import (
    AnswerReceived,
    IceCandidateReceived,
    Notice,
    OfferReceived,
    UserJoined,
    UserLeft,
)


@dataclass(frozen=True, slots=True)
class Create:
    """Make a room and enter it."""

    room_id: str


@dataclass(frozen=True, slots=True)
class Join:
    room_id: str


@dataclass(frozen=True, slots=True)
class Leave:
    room_id: str


@dataclass(frozen=True, slots=True)
class Signal:
    """For everybody else in the room. ``payload`` is None for the end of candidates."""

    room_id: str
    kind: Literal["offer", "answer", "iceCandidate"]
    payload: dict[str, Any] | None


Form = Create | Join | Leave | Signal

_FORMS = {
    "createRoom": "createRoom(roomId)",
    "joinRoom": "joinRoom(roomId)",
    "leaveRoom": "leaveRoom(roomId)",
    "offer": "offer(roomId, description)",
    "answer": "answer(roomId, description)",
    "iceCandidate": "iceCandidate(roomId, candidate)",
}


def is_positional(arguments: Sequence[Any]) -> bool:
    """Whether an event came in its positional form: the room's id, as text, is first."""
    return bool(arguments) and isinstance(arguments[0], str)


def parse(event: str, arguments: Sequence[Any]) -> Form:
    """
    Raises:
        EventUnknown: there is no such form.
        MessageInvalid: its arguments are others.
    """
    match (event, *arguments):
        case ("createRoom", str(room_id)):
            return Create(room_id)
        case ("joinRoom", str(room_id)):
            return Join(room_id)
        case ("leaveRoom", str(room_id)):
            return Leave(room_id)
        case ("offer" | "answer" as kind, str(room_id), dict(payload)):
            return Signal(room_id, kind, payload)
        case ("iceCandidate" as kind, str(room_id), (dict() | None) as payload):
            return Signal(room_id, kind, payload)
    if event not in _FORMS:
        raise EventUnknown
    raise MessageInvalid(f"The positional form of this event is {_FORMS[event]}.")


def arguments_of(notice: Notice) -> Iterator[tuple[Any, ...]]:
    """A notice as events for a plain client: their arguments. None for what it does not know."""
    match notice:
        case UserJoined():
            yield (notice.participant.id,)
        case UserLeft():
            yield (notice.participant_id,)
        case OfferReceived() | AnswerReceived():
            yield (notice.from_, notice.description)
        case IceCandidateReceived():
            for candidate in notice.candidates:
                yield (notice.from_, candidate)
        case _:
            return
