"""Offers, answers and candidates between participants of one room: opaque, and bounded.

The address of a signal is (the sender's own room, participant): a signal cannot leave its room. Or it is
the id of a link that is being prepared (:mod:`visavis.lobby`), of which the sender is one end. What is
inside is looked at just far enough to bound it.
"""

import re
from collections.abc import Sequence

import msgspec
from msgspec import Raw

from visavis.calls import Calls
from visavis.errors import (
    CandidateTooLarge,
    DescriptionTooLarge,
    MessageInvalid,
    TooManyCandidates,
)
from visavis.lobby import ConnectionId, PreparedLink
from visavis.rooms import ParticipantId
from visavis.signaling.messages import (
    MAX_CANDIDATE_BYTES,
    MAX_CANDIDATES,
    MAX_DESCRIPTION_BYTES,
    MAX_OFFERS,
    Answer,
    IceCandidate,
    Offer,
)
from visavis.signaling.notices import AnswerReceived, IceCandidateReceived, Notice, OfferReceived

Signal = Offer | Answer | IceCandidate


def to_one(calls: Calls, sender: ConnectionId, signal: Signal) -> tuple[ConnectionId, Notice] | None:
    """Where a signal goes, and what arrives there. None where it is held back.

    Raises:
        NotInRoom, ParticipantNotFound, ParticipantAway, NotPrepared, MessageInvalid, DescriptionTooLarge,
        TooManyCandidates, CandidateTooLarge
    """
    link = calls.lobby.find(sender, signal.to)
    if link is not None:
        return _over(link, sender, signal)
    notice = _stamp(signal, calls.place(sender).participant_id)
    return calls.peer(sender, ParticipantId(signal.to)), notice


def _over(link: PreparedLink, sender: ConnectionId, signal: Signal) -> tuple[ConnectionId, Notice] | None:
    """The same for a link that is being prepared, or that became one between participants just now."""
    if link.participants is not None:
        return link.other(sender), _stamp(signal, link.participants[sender])
    notice = _stamp(signal, link.id)
    match signal:
        case IceCandidate():
            link.hold(sender, signal.candidates, sum(map(_extent, signal.candidates)))
            return None
        case Offer():
            _check_without_addresses(signal.description)
            link.offer(sender)
        case Answer():
            _check_without_addresses(signal.description)
            link.answer(sender)
    return link.other(sender), notice


# Candidates, and addresses in the connection data (RFC 8839, sections 5.1 and 4.3.1).
_ADDRESS = re.compile(r"^(a=candidate:|c=(?!IN IP4 0\.0\.0\.0\s*$|IN IP6 ::\s*$))", re.MULTILINE)


def _check_without_addresses(description: Raw) -> None:
    if _ADDRESS.search(_read_description(description).sdp):
        raise MessageInvalid("A description for a link that is being prepared has no addresses in it.")


def offers(brought: Sequence[Raw]) -> list[Raw]:
    """Offers that one brings who enters, bounded.

    Raises:
        MessageInvalid, DescriptionTooLarge
    """
    if len(brought) > MAX_OFFERS:
        raise MessageInvalid(f"One who enters brings {MAX_OFFERS} offers at most.")
    return [_description(offer, "offer") for offer in brought]


def to_all(calls: Calls, sender: ConnectionId, signal: Signal) -> tuple[list[ConnectionId], Notice]:
    """The same for everybody else in the room; ``signal.to`` is not looked at.

    Raises:
        NotInRoom, MessageInvalid, DescriptionTooLarge, TooManyCandidates, CandidateTooLarge
    """
    notice = _stamp(signal, calls.place(sender).participant_id)
    return calls.peers(sender), notice


def _stamp(signal: Signal, sender: str) -> Notice:
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
