"""Offers, answers and candidates between participants of one room: opaque, and bounded.

The address of a signal is (the sender's own room, participant): a signal cannot leave its room. What is
inside is looked at just far enough to bound it.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from visavis.calls import Calls, ConnectionId
from visavis.errors import (
    CandidateTooLarge,
    DescriptionTooLarge,
    MessageInvalid,
    TooManyCandidates,
)
from visavis.rooms import ParticipantId
from visavis.signaling.messages import (
    MAX_CANDIDATE_BYTES,
    MAX_CANDIDATES,
    MAX_DESCRIPTION_BYTES,
    Answer,
    AnswerReceived,
    IceCandidate,
    IceCandidateReceived,
    Notice,
    Offer,
    OfferReceived,
)

Signal = Offer | Answer | IceCandidate


def to_one(calls: Calls, sender: ConnectionId, signal: Signal) -> tuple[ConnectionId, Notice]:
    """Where a signal goes, and what arrives there.

    Raises:
        NotInRoom, ParticipantNotFound, ParticipantAway, MessageInvalid, DescriptionTooLarge,
        TooManyCandidates, CandidateTooLarge
    """
    notice = _stamp(signal, calls.place(sender).participant_id)
    return calls.peer(sender, ParticipantId(signal.to)), notice


def to_all(calls: Calls, sender: ConnectionId, signal: Signal) -> tuple[list[ConnectionId], Notice]:
    """The same for everybody else in the room; ``signal.to`` is not looked at.

    Raises:
        NotInRoom, MessageInvalid, DescriptionTooLarge, TooManyCandidates, CandidateTooLarge
    """
    notice = _stamp(signal, calls.place(sender).participant_id)
    return calls.peers(sender), notice


def _stamp(signal: Signal, sender: ParticipantId) -> Notice:
    """The signal as the other gets it: bounded, and with the sender that the server knows."""
    match signal:
        case Offer():
            return OfferReceived(sender, _description(signal.description, "offer"))
        case Answer():
            return AnswerReceived(sender, _description(signal.description, "answer"))
        case IceCandidate():
            return IceCandidateReceived(sender, _candidates(signal.candidates))


def _description(value: dict[str, Any], kind: str) -> dict[str, Any]:
    """An RTCSessionDescriptionInit (W3C WebRTC, section 4.6.2) of at most 64 KiB of SDP."""
    if value.get("type") != kind or not isinstance(value.get("sdp"), str):
        raise MessageInvalid(f'An {kind} is {{"type": "{kind}", "sdp": text}}.')
    if len(value["sdp"].encode(errors="replace")) > MAX_DESCRIPTION_BYTES:
        raise DescriptionTooLarge
    if _extent(value) > 2 * MAX_DESCRIPTION_BYTES:  # what a browser may add, and JSON's escapes
        raise DescriptionTooLarge
    return value


def _candidates(values: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A batch of RTCIceCandidateInit (W3C WebRTC, section 4.8.1.1)."""
    if len(values) > MAX_CANDIDATES:
        raise TooManyCandidates
    for value in values:
        if not isinstance(value.get("candidate", ""), str):
            raise MessageInvalid('A candidate is {"candidate": text, ...}.')
        if _extent(value) > MAX_CANDIDATE_BYTES:
            raise CandidateTooLarge
    return list(values)


def _extent(value: Any) -> int:
    """Bytes of a value as JSON."""
    try:
        return len(msgspec.json.encode(value))
    except (UnicodeEncodeError, RecursionError) as error:  # half a surrogate pair; a deep nest
        raise MessageInvalid from error
