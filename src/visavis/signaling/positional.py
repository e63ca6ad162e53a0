"""The positional forms: what a plain Socket.IO client that knows nothing of our messages speaks.

It sends ``createRoom(roomId)``, ``joinRoom(roomId)``, ``leaveRoom(roomId)``, ``offer(roomId,
description)``, ``answer(roomId, description)``, ``iceCandidate(roomId, candidate)``, each with an ack if
it likes, and hears ``userJoined(id)``, ``offer(id, description)``, ``answer(id, description)``,
``iceCandidate(id, candidate)``, ``userLeft(id)``. A signal goes to everybody else in the room.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from visavis.errors import EventUnknown, MessageInvalid
from visavis.signaling.messages import Answer, IceCandidate, Offer
from visavis.signaling.notices import (
    AnswerReceived,
    IceCandidateReceived,
    Notice,
    OfferReceived,
    UserJoined,
    UserLeft,
)


class Create(msgspec.Struct, frozen=True):
    """Make a room and enter it."""

    room_id: str


class Join(msgspec.Struct, frozen=True):
    room_id: str


class Leave(msgspec.Struct, frozen=True):
    room_id: str


class Broadcast(msgspec.Struct, frozen=True):
    """For everybody else in the room; ``to`` of the signal stays empty. None: the end of candidates,
    which no browser waits for."""

    room_id: str
    signal: Offer | Answer | IceCandidate | None


Form = Create | Join | Leave | Broadcast

_FORMS = {
    "createRoom": "createRoom(roomId)",
    "joinRoom": "joinRoom(roomId)",
    "leaveRoom": "leaveRoom(roomId)",
    "offer": "offer(roomId, description)",
    "answer": "answer(roomId, description)",
    "iceCandidate": "iceCandidate(roomId, candidate)",
}

_QUOTE = ord('"')

_decode_text = msgspec.json.Decoder(str).decode


def is_positional(arguments: Sequence[Raw]) -> bool:
    """Whether an event came in its positional form: the room's id, as text, is first."""
    return bool(arguments) and memoryview(arguments[0])[0] == _QUOTE


def parse(event: str, arguments: Sequence[Raw]) -> Form:
    """
    Args:
        arguments: as JSON; the first is text.

    Raises:
        EventUnknown: there is no such form.
        MessageInvalid: its arguments are others.
    """
    if event not in _FORMS:
        raise EventUnknown
    try:
        room_id = _decode_text(arguments[0])
    except msgspec.MsgspecError as error:
        raise MessageInvalid from error
    match event, arguments:
        case "iceCandidate", [_, candidate]:  # most of what ever comes
            is_end = bytes(candidate) == b"null"
            return Broadcast(room_id, None if is_end else IceCandidate("", [candidate]))
        case "createRoom", [_]:
            return Create(room_id)
        case "joinRoom", [_]:
            return Join(room_id)
        case "leaveRoom", [_]:
            return Leave(room_id)
        case "offer", [_, description]:
            return Broadcast(room_id, Offer("", description))
        case "answer", [_, description]:
            return Broadcast(room_id, Answer("", description))
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
