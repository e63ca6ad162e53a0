"""Offers, answers and candidates between participants of one room: opaque, and bounded.

The address of a signal is (the sender's own room, participant): a signal cannot leave its room. What is
inside is looked at just far enough to bound it.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Raw

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


class _Description(msgspec.Struct):
    """As much of an RTCSessionDescriptionInit (W3C WebRTC, section 4.6.2) as is looked at."""

    type: str
    sdp: str


class _Candidate(msgspec.Struct):
    """As much of an RTCIceCandidateInit (W3C WebRTC, section 4.8.1.1) as is looked at."""

    candidate: str = ""


_read_description = msgspec.json.Decoder(_Description).decode
_read_candidate = msgspec.json.Decoder(_Candidate).decode


def _description(raw: Raw, kind: str) -> Raw:
    """A description of at most 64 KiB of SDP, as it came."""
    try:
        read = _read_description(raw)
    except msgspec.MsgspecError as error:
        raise MessageInvalid(f'An {kind} is {{"type": "{kind}", "sdp": text}}.') from error
    if read.type != kind:
        raise MessageInvalid(f'An {kind} is {{"type": "{kind}", "sdp": text}}.')
    if len(read.sdp.encode()) > MAX_DESCRIPTION_BYTES:
        raise DescriptionTooLarge
    if _extent(raw) > 2 * MAX_DESCRIPTION_BYTES:  # what a browser may add, and JSON's escapes
        raise DescriptionTooLarge
    return raw


def _candidates(batch: Sequence[Raw]) -> list[Raw]:
    """A batch of candidates, as they came."""
    if len(batch) > MAX_CANDIDATES:
        raise TooManyCandidates
    for raw in batch:
        if _extent(raw) > MAX_CANDIDATE_BYTES:
            raise CandidateTooLarge
        try:
            _read_candidate(raw)
        except msgspec.MsgspecError as error:
            raise MessageInvalid('A candidate is {"candidate": text, ...}.') from error
    return list(batch)


def _extent(raw: Raw) -> int:
    """Bytes as JSON."""
    return memoryview(raw).nbytes
