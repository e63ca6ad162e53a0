"""What crosses the wire between a client and the server: requests, replies and what they are made of, as one
typed class each.

The TypeScript types of the client are generated from here (``make protocol``), and docs/protocol.md
describes each in words. On the wire the names are camelCase.

A request names the event that carries it and the class of the reply in its ack. What the server sends by
itself is in :mod:`~visavis.signaling.notices`.
"""

from typing import Annotated, ClassVar, Literal

import msgspec

PROTOCOL_VERSION = 1
"""Sent by the client in the handshake (``auth.version``); a positional client sends none."""

MAX_DESCRIPTION_BYTES = 64 * 1024
MAX_CANDIDATE_BYTES = 4 * 1024
MAX_CANDIDATES = 64
MAX_OFFERS = 8
MAX_MESSAGE_ID = 64

# Descriptions and candidates are relayed as they came, byte for byte: what a browser adds to them
# tomorrow passes.
Description = Annotated[
    msgspec.Raw, msgspec.Meta(extra_json_schema={"x-typescript": "RTCSessionDescriptionInit"})
]
Candidate = Annotated[msgspec.Raw, msgspec.Meta(extra_json_schema={"x-typescript": "RTCIceCandidateInit"})]

RoleName = Literal["host", "moderator", "participant"]

AllowedName = Literal["everybody", "moderators"]

AnsweringName = Literal["nobody", "participants"]

ActOnSelf = Literal["askToUnmute", "mute", "stopShare", "lowerHand", "rename", "appoint"]

Secret = Annotated[str, msgspec.Meta(max_length=128)]

Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=600_000)]


Reaction = Literal["yes", "no", "heart", "laugh", "celebrate"]


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """Anything that crosses the wire."""


class Media(Message, frozen=True):
    """What a participant sends at the moment. A muted microphone is ``audio: false``."""

    audio: bool
    video: bool
    screen: bool = False


class Participant(Message, frozen=True):
    """A member of a room as the others see it.

    ``joined_at`` orders them; ``hand`` orders those who wait to speak, and is null while the hand is down.
    Both in seconds since the epoch. ``silenced``: a moderator muted it, and it has not unmuted itself since:
    do not play its sound, whatever comes.
    """

    id: str
    name: str
    joined_at: float
    media: Media
    presence: Literal["connected", "reconnecting"]
    hand: float | None = None
    role: RoleName = "participant"
    silenced: bool = False


class ChatMessage(Message, frozen=True):
    """One message of the chat.

    ``number``: its place in the call, from 1; who may not read all sees gaps. ``id``: the writer's own name
    for it. ``at``: seconds since the epoch. ``to``: its only reader; null: everybody.
    """

    number: int
    id: str
    at: float
    from_: str = msgspec.field(name="from")
    name: str
    to: str | None
    text: str


class RoomSettings(Message, frozen=True, omit_defaults=True):
    """What a room lets people do. What is absent is as it usually is.

    ``passcode``: whether it has one. ``lobby``: whether one knocks. ``locked``: nobody new enters. ``share``,
    ``chat``: who may show a screen, and write to all. ``answer_when_alone``: who lets people in while neither
    host nor moderator is there. Times in seconds since the epoch. ``once``: the room is over soon after its
    first call.
    """

    name: str = ""
    passcode: bool = False
    lobby: bool = False
    locked: bool = False
    share: AllowedName = "everybody"
    chat: AllowedName = "everybody"
    answer_when_alone: AnsweringName = "nobody"
    opens_at: float | None = None
    expires_at: float | None = None
    once: bool = False


class RoomSnapshot(Message, frozen=True):
    """All that a member knows of the room, as of ``version``. Participants by ``joined_at``, then id.

    An ``epoch`` other than that of the last snapshot means that the server has begun the roster anew
    (it was restarted): who is missing from it may be about to resume.
    """

    id: str
    capacity: int
    epoch: str
    version: int
    participants: list[Participant]
    settings: RoomSettings = RoomSettings()


class SettingsChange(Message, frozen=True):
    """Settings of a room that are to be others; those that are absent stay. See ``RoomSettings``.

    ``passcode``: 4 to 64 characters; null: none any more.
    """

    name: str | msgspec.UnsetType = msgspec.UNSET
    capacity: int | msgspec.UnsetType = msgspec.UNSET
    passcode: str | msgspec.UnsetType | None = msgspec.UNSET
    lobby: bool | msgspec.UnsetType = msgspec.UNSET
    locked: bool | msgspec.UnsetType = msgspec.UNSET
    share: AllowedName | msgspec.UnsetType = msgspec.UNSET
    chat: AllowedName | msgspec.UnsetType = msgspec.UNSET
    answer_when_alone: AnsweringName | msgspec.UnsetType = msgspec.UNSET
    opens_at: float | msgspec.UnsetType | None = msgspec.UNSET
    expires_at: float | msgspec.UnsetType | None = msgspec.UNSET
    once: bool | msgspec.UnsetType = msgspec.UNSET


class Knock(Message, frozen=True):
    """Somebody before the door. ``name``: what they call themselves. ``account``: how the server knows them,
    null for guests. ``at``: since when, in seconds since the epoch."""

    id: str
    name: str
    account: str | None
    at: float


class Exclusion(Message, frozen=True):
    """Somebody who stays out of the room. ``until``: seconds since the epoch; null: until it is lifted."""

    id: str
    name: str
    why: Literal["removed", "banned"]
    at: float
    until: float | None


class IceServer(Message, frozen=True):
    """An RTCIceServer (W3C WebRTC, section 4.2.2). Credentials stand with TURN servers only."""

    urls: list[str]
    username: str | msgspec.UnsetType = msgspec.UNSET
    credential: str | msgspec.UnsetType = msgspec.UNSET


class Ice(Message, frozen=True):
    """The STUN and TURN servers of one participant.

    ``relay_only``: the server wants all media to go through TURN. ``expires_in``: seconds for which the
    credentials are good, to be renewed before by ``getIceServers``; null: for ever.
    """

    servers: list[IceServer]
    relay_only: bool
    expires_in: float | None


# --- replies: the fields of an ack besides status -------------------------------------------------


class Reply(Message, frozen=True, tag_field="status", tag="ok"):
    """The ack of a request that was carried out: ``status`` is "ok"."""


class Done(Reply, frozen=True):
    """Nothing to tell but that it was done."""


class RoomCreated(Reply, frozen=True):
    """``host_key``: makes whoever has it a host of the room; for guests only, and only now."""

    room_id: str
    capacity: int
    host_key: str | None = None


class ReadyLink(Message, frozen=True):
    """A link that one had made ready before one entered, and whose it is now.

    ``link``: the id under which it was prepared, with the other side's candidates that were held back.
    ``offer``: where none was prepared, which of the offers of ``joinRoom`` went there, from 0.
    """

    participant_id: str
    link: str | None = None
    offer: int | None = None
    candidates: list[Candidate] = []


class RoomEntered(Reply, frozen=True):
    """The way in, and the way back in: ``ticket`` is what ``resume`` takes.

    ``grace``: for how many seconds a place is kept for one whose connection is lost.
    """

    participant_id: str
    ticket: str
    grace: float
    room: RoomSnapshot
    ice: Ice
    prepared: list[ReadyLink] = []
    knocks: list[Knock] = []


class Waiting(Reply, frozen=True):
    """One waits at the door. ``knock`` is what to enter with when ``admitted`` comes, and what to go on
    waiting with on another connection. ``attended``: whether somebody is there who may let one in."""

    knock: str
    waiting: bool
    attended: bool


class Exclusions(Reply, frozen=True):
    exclusions: list[Exclusion]


class LinksPrepared(Reply, frozen=True):
    """``links``: how many are being prepared. ``refresh_in``: seconds after which to ask anew. ``refusal``:
    the code with which ``joinRoom`` would be refused now; null: one may enter, or knock."""

    links: int
    refresh_in: float
    ice: Ice
    refusal: str | None = None


class IceServers(Reply, frozen=True):
    ice: Ice


class ChatWritten(Reply, frozen=True):
    message: ChatMessage


class ChatRead(Reply, frozen=True):
    messages: list[ChatMessage]


class RoomState(Reply, frozen=True):
    room: RoomSnapshot


class Refused(Message, frozen=True, tag_field="status", tag="error"):
    """The ack of a request that was not carried out: ``status`` is "error"."""

    code: str
    message: str


# --- requests: client to server -------------------------------------------------------------------


class Request(Message, frozen=True):
    event: ClassVar[str]
    reply: ClassVar[type[Reply]] = Done
    alternative: ClassVar[type[Reply] | None] = None
    """Another reply that is no refusal."""


class CreateRoom(Request, frozen=True):
    """Make a room. Without ``room_id`` the server makes one up, as for every room that does not last.
    ``host_key``: of the room of that id that was deleted."""

    event: ClassVar[str] = "createRoom"
    reply: ClassVar[type[Reply]] = RoomCreated
    room_id: str | None = None
    capacity: int | None = None
    lasting: bool = True
    settings: SettingsChange = SettingsChange()
    host_key: Secret | None = None


class Prepare(Request, frozen=True):
    """Negotiate links with the members of a room before one enters it; anew, if one has done so before."""

    event: ClassVar[str] = "prepare"
    reply: ClassVar[type[Reply]] = LinksPrepared
    room_id: str
    token: str | None = None
    passcode: str | None = None
    host_key: Secret | None = None
    browser: Secret | None = None


class Unprepare(Request, frozen=True):
    """Give up a link that is being prepared, or all of them."""

    event: ClassVar[str] = "unprepare"
    link: str | None = None


class JoinRoom(Request, frozen=True):
    """Enter a room as a new participant, or wait at its door. ``offers``: for members with whom no link is
    prepared. ``token``: a room token, which says who it is. ``browser``: a random text by which the browser
    is known again. ``knock``: of ``Waiting``.
    """

    event: ClassVar[str] = "joinRoom"
    reply: ClassVar[type[Reply]] = RoomEntered
    alternative: ClassVar[type[Reply] | None] = Waiting
    room_id: str
    name: str = ""
    media: Media = Media(audio=True, video=True)
    offers: list[Description] = []
    token: str | None = None
    passcode: str | None = None
    host_key: Secret | None = None
    browser: Secret | None = None
    knock: Secret | None = None


class Resume(Request, frozen=True):
    """Take one's place again, with the ticket of the last ``RoomEntered``."""

    event: ClassVar[str] = "resume"
    reply: ClassVar[type[Reply]] = RoomEntered
    ticket: str
    media: Media = Media(audio=True, video=True)


class LeaveRoom(Request, frozen=True):
    """Leave for good, or stop waiting at the door. The ack comes after the others were told."""

    event: ClassVar[str] = "leaveRoom"


class GetRoom(Request, frozen=True):
    """Ask for a snapshot: after a gap in the versions."""

    event: ClassVar[str] = "getRoom"
    reply: ClassVar[type[Reply]] = RoomState


class GetIceServers(Request, frozen=True):
    """Ask for ICE servers with fresh credentials."""

    event: ClassVar[str] = "getIceServers"
    reply: ClassVar[type[Reply]] = IceServers


class UpdateMedia(Request, frozen=True):
    """Tell the others that a microphone or camera went on or off."""

    event: ClassVar[str] = "updateMedia"
    media: Media


class JoinTimed(Request, frozen=True):
    """How long it took to enter, in milliseconds from the press on Join: for the log and the
    history of calls.

    ``ack``: until the server had let one in. ``ice``, ``dtls``, ``frame``: until the first of the links had
    a path and was secured, and until its first picture was painted; None where it never was.
    """

    event: ClassVar[str] = "joinTimed"
    way: Literal["prepared", "offered", "plain"]
    ack: Milliseconds
    ice: Milliseconds | None = None
    dtls: Milliseconds | None = None
    frame: Milliseconds | None = None


class SetHand(Request, frozen=True):
    """Raise or lower one's hand."""

    event: ClassVar[str] = "setHand"
    raised: bool


class React(Request, frozen=True):
    """Show the others what one feels. It passes, and is not kept."""

    event: ClassVar[str] = "react"
    reaction: Reaction


class WriteChat(Request, frozen=True):
    """Write to everybody in the room, or to one. Sent twice under one ``id`` it counts once."""

    event: ClassVar[str] = "chat"
    reply: ClassVar[type[Reply]] = ChatWritten
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_MESSAGE_ID)]
    text: str
    to: str | None = None


class ReadChat(Request, frozen=True):
    """Ask for the messages after number ``since``."""

    event: ClassVar[str] = "getChat"
    reply: ClassVar[type[Reply]] = ChatRead
    since: int = 0


class Admit(Request, frozen=True):
    """Let somebody in who knocks."""

    event: ClassVar[str] = "admit"
    knock: str


class AdmitAll(Request, frozen=True):
    """Let everybody in who knocks."""

    event: ClassVar[str] = "admitAll"


class DenyAll(Request, frozen=True):
    """Let nobody in of those who knock now."""

    event: ClassVar[str] = "denyAll"


class Deny(Request, frozen=True):
    """Do not let somebody in who knocks."""

    event: ClassVar[str] = "deny"
    knock: str


class Moderate(Request, frozen=True):
    """Do something to a participant of one's own room."""

    event: ClassVar[str] = "moderate"
    participant_id: str
    act: Literal["askToUnmute", "mute", "stopShare", "lowerHand", "remove", "ban"]


class Rename(Request, frozen=True):
    """Give a participant another name."""

    event: ClassVar[str] = "rename"
    participant_id: str
    name: str


class Appoint(Request, frozen=True):
    """Make a participant a moderator of this call, or a participant again."""

    event: ClassVar[str] = "appoint"
    participant_id: str
    role: Literal["moderator", "participant"]


class EndForAll(Request, frozen=True):
    """End the call for everybody."""

    event: ClassVar[str] = "endForAll"


class ChangeRoom(Request, frozen=True):
    """Change settings of the room that one is in."""

    event: ClassVar[str] = "changeRoom"
    settings: SettingsChange


class GetExclusions(Request, frozen=True):
    """Ask who stays out of the room."""

    event: ClassVar[str] = "getExclusions"
    reply: ClassVar[type[Reply]] = Exclusions


class Readmit(Request, frozen=True):
    """Let somebody come in again who was removed or banned."""

    event: ClassVar[str] = "readmit"
    exclusion: str


class Offer(Request, frozen=True):
    """An SDP offer for one participant of one's own room (RFC 3264), or for a link that is prepared."""

    event: ClassVar[str] = "offer"
    to: str
    description: Description


class Answer(Request, frozen=True):
    """An SDP answer for one participant of one's own room (RFC 3264)."""

    event: ClassVar[str] = "answer"
    to: str
    description: Description


class IceCandidate(Request, frozen=True):
    """A batch of ICE candidates for one participant of one's own room (RFC 8838)."""

    event: ClassVar[str] = "iceCandidate"
    to: str
    candidates: list[Candidate]


class Handshake(Message, frozen=True):
    """The ``auth`` payload of the Socket.IO CONNECT packet."""

    version: int


REQUESTS: tuple[type[Request], ...] = (
    CreateRoom,
    Prepare,
    Unprepare,
    JoinRoom,
    Resume,
    LeaveRoom,
    GetRoom,
    GetIceServers,
    UpdateMedia,
    SetHand,
    React,
    WriteChat,
    ReadChat,
    Offer,
    Answer,
    IceCandidate,
    JoinTimed,
    Admit,
    AdmitAll,
    DenyAll,
    Deny,
    Moderate,
    Rename,
    Appoint,
    EndForAll,
    ChangeRoom,
    GetExclusions,
    Readmit,
)
