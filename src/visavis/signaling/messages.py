"""Every message of the signaling protocol, as one typed class each.

The TypeScript types of the client are generated from here (``make protocol``), and docs/protocol.md
describes each in words. On the wire the names are camelCase.

A request names the event that carries it and the class of the reply in its ack. A notice is what the
server sends by itself.
"""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

PROTOCOL_VERSION = 1
"""Sent by the client in the handshake (``auth.version``). A client that sends none is a positional one."""

MAX_DESCRIPTION_BYTES = 64 * 1024
MAX_CANDIDATE_BYTES = 4 * 1024
MAX_CANDIDATES = 64

# Descriptions and candidates are relayed as they came: what a browser adds to them tomorrow passes.
Description = Annotated[
    dict[str, Any], msgspec.Meta(extra_json_schema={"x-typescript": "RTCSessionDescriptionInit"})
]
Candidate = Annotated[
    dict[str, Any], msgspec.Meta(extra_json_schema={"x-typescript": "RTCIceCandidateInit"})
]


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """Anything that crosses the wire."""


class Media(Message):
    """What a participant sends at the moment. A muted microphone is ``audio: false``."""

    audio: bool
    video: bool


class Participant(Message):
    """A member of a room as the others see it."""

    id: str
    name: str
    media: Media
    presence: Literal["connected", "reconnecting"]


class RoomSnapshot(Message):
    """All that a member knows of the room, as of ``version``. Participants in order of entering."""

    id: str
    capacity: int
    version: int
    participants: list[Participant]


# --- replies: the fields of an ack besides status ---------------------------------------------------


class Reply(Message, tag_field="status", tag="ok"):
    """The ack of a request that was carried out: ``status`` is "ok"."""


class Done(Reply):
    """Nothing to tell but that it was done."""


class RoomCreated(Reply):
    room_id: str
    capacity: int


class RoomEntered(Reply):
    """The way in, and the way back in: ``ticket`` is what ``resume`` takes."""

    participant_id: str
    ticket: str
    room: RoomSnapshot


class RoomState(Reply):
    room: RoomSnapshot


class Refused(Message, tag_field="status", tag="error"):
    """The ack of a request that was not carried out: ``status`` is "error"."""

    code: str
    message: str


# --- requests: client to server ---------------------------------------------------------------------


class Request(Message):
    event: ClassVar[str]
    reply: ClassVar[type[Reply]] = Done


class CreateRoom(Request):
    """Make a room. Without ``room_id`` the server makes one up."""

    event: ClassVar[str] = "createRoom"
    reply: ClassVar[type[Reply]] = RoomCreated
    room_id: str | None = None
    capacity: int | None = None


class JoinRoom(Request):
    """Enter a room as a new participant."""

    event: ClassVar[str] = "joinRoom"
    reply: ClassVar[type[Reply]] = RoomEntered
    room_id: str
    name: str = ""
    media: Media = Media(audio=True, video=True)


class Resume(Request):
    """Take one's place again, with the ticket of the last ``RoomEntered``."""

    event: ClassVar[str] = "resume"
    reply: ClassVar[type[Reply]] = RoomEntered
    ticket: str
    media: Media = Media(audio=True, video=True)


class LeaveRoom(Request):
    """Leave for good. The ack comes after the others were told."""

    event: ClassVar[str] = "leaveRoom"


class GetRoom(Request):
    """Ask for a snapshot: after a gap in the versions."""

    event: ClassVar[str] = "getRoom"
    reply: ClassVar[type[Reply]] = RoomState


class UpdateMedia(Request):
    """Tell the others that a microphone or camera went on or off."""

    event: ClassVar[str] = "updateMedia"
    media: Media


class Offer(Request):
    """An SDP offer for one participant of one's own room (RFC 3264)."""

    event: ClassVar[str] = "offer"
    to: str
    description: Description


class Answer(Request):
    """An SDP answer for one participant of one's own room (RFC 3264)."""

    event: ClassVar[str] = "answer"
    to: str
    description: Description


class IceCandidate(Request):
    """A batch of ICE candidates for one participant of one's own room (RFC 8838)."""

    event: ClassVar[str] = "iceCandidate"
    to: str
    candidates: list[Candidate]


# --- notices: server to client ----------------------------------------------------------------------


class Notice(Message):
    event: ClassVar[str]


class UserJoined(Notice):
    event: ClassVar[str] = "userJoined"
    version: int
    participant: Participant


class UserUpdated(Notice):
    """A participant's media or presence changed. The whole participant is sent."""

    event: ClassVar[str] = "userUpdated"
    version: int
    participant: Participant


class UserLeft(Notice):
    event: ClassVar[str] = "userLeft"
    version: int
    participant_id: str
    reason: Literal["left", "timedOut"]


class Ended(Notice):
    """This connection is out of its room without having asked for it.

    ``replaced``: another connection resumed with the same ticket.
    """

    event: ClassVar[str] = "ended"
    reason: Literal["replaced"]


class OfferReceived(Notice):
    event: ClassVar[str] = "offer"
    from_: str = msgspec.field(name="from")
    description: Description


class AnswerReceived(Notice):
    event: ClassVar[str] = "answer"
    from_: str = msgspec.field(name="from")
    description: Description


class IceCandidateReceived(Notice):
    event: ClassVar[str] = "iceCandidate"
    from_: str = msgspec.field(name="from")
    candidates: list[Candidate]


class Handshake(Message):
    """The ``auth`` payload of the Socket.IO CONNECT packet."""

    version: int


REQUESTS: tuple[type[Request], ...] = (
    CreateRoom,
    JoinRoom,
    Resume,
    LeaveRoom,
    GetRoom,
    UpdateMedia,
    Offer,
    Answer,
    IceCandidate,
)

NOTICES: tuple[type[Notice], ...] = (
    UserJoined,
    UserUpdated,
    UserLeft,
    Ended,
    OfferReceived,
    AnswerReceived,
    IceCandidateReceived,
)
