"""Every body of the HTTP API, as one typed class each. The client's types are generated from here."""

from typing import Literal

import msgspec
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from visavis.moderation import Changes

AllowedName = Literal["everybody", "moderators"]
AnsweringName = Literal["nobody", "participants"]
StateName = Literal["open", "notOpen", "over"]
RoleName = Literal["host", "moderator"]


class Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, strict=True, validate_by_name=True)


class RoomChanges(Body):
    """Settings of a room that are to be others; those that are absent stay.

    `passcode`: 4 to 64 characters; null: none any more. Times in seconds since the epoch.
    """

    name: str = ""
    capacity: int = 0
    passcode: str | None = None
    lobby: bool = False
    locked: bool = False
    share: AllowedName = "everybody"
    chat: AllowedName = "everybody"
    answer_when_alone: AnsweringName = "nobody"
    opens_at: float | None = None
    expires_at: float | None = None
    once: bool = False

    def changes(self) -> Changes:
        """What of it is there, in the words of the domain."""
        return msgspec.convert(self.model_dump(exclude_unset=True), Changes)


class NewRoom(Body):
    """Asks for a room. Without `id` the server makes one up."""

    id: str | None = None
    capacity: int | None = None
    settings: RoomChanges = RoomChanges()


class RoomView(Body):
    """A room as seen from outside.

    `inside`: names, in order of entering; none where something keeps strangers out. `passcode`: whether one
    is asked for it. `lobby`: whether one knocks. `locked`: whether nobody new enters. Times in seconds since
    the epoch; `state`: what they say of now. `called`: the name in the room token that was shown. `role`:
    what whoever asks would be there, by account, host key or token; absent where they would have no role.
    """

    id: str
    capacity: int
    inside: list[str]
    called: str | None = None
    name: str = ""
    full: bool = False
    passcode: bool = False
    lobby: bool = False
    locked: bool = False
    opens_at: float | None = None
    expires_at: float | None = None
    once: bool = False
    state: StateName = "open"
    role: RoleName | None = None


class MadeRoom(RoomView):
    """A new room. `hostKey`: makes whoever has it a host; for guests only, and only now."""

    host_key: str | None = None


class Exclusion(Body):
    """Somebody who stays out of a room. `until`: seconds since the epoch; null: until it is lifted."""

    id: str
    name: str
    why: Literal["removed", "banned"]
    at: float
    until: float | None


class ListedRoom(Body):
    """A room of those who look after it.

    `role`: what one is there. `state`: whether it is its time, by the server's clock. `inside`: names of
    those who are in the call. `waiting`: how many knock. `lastCallAt`: when the last call began. Times in
    seconds since the epoch; `createdAt` is 0 where nobody noted it.
    """

    id: str
    capacity: int
    name: str
    passcode: bool
    lobby: bool
    locked: bool
    share: AllowedName
    chat: AllowedName
    answer_when_alone: AnsweringName
    opens_at: float | None
    expires_at: float | None
    once: bool
    created_at: float
    role: RoleName
    state: StateName
    inside: list[str]
    waiting: int
    last_call_at: float | None


class ListedRooms(Body):
    """The rooms that an account owns or moderates, the last that was made first. `more`: ask again with
    `before`, the `createdAt` of the last of them."""

    rooms: list[ListedRoom]
    more: bool


class Moderator(Body):
    """An account that moderates a room whenever it joins. `login`: its user name, or its email address."""

    id: str
    name: str
    login: str


class HostedRoom(ListedRoom):
    """A room as its hosts see it."""

    exclusions: list[Exclusion]
    moderators: list[Moderator]


class NewModerator(Body):
    """Makes an account a moderator, by its user name or email address."""

    login: str


class ActLine(Body):
    """What somebody with a role did in a room. Names are those of the moment."""

    at: float
    act: str
    actor: str
    target: str | None
    detail: str


class Acts(Body):
    """The latest first."""

    acts: list[ActLine]


class StunServer(Body):
    """One entry of RTCConfiguration.iceServers (W3C WebRTC, section 4.2.2), for STUN."""

    urls: list[str]


class PublicIce(Body):
    """What one may know before one is in a room. `hasRelay`: whether participants get a TURN server.
    `relayOnly`: whether all media goes through it."""

    ice_servers: list[StunServer]
    has_relay: bool
    relay_only: bool


class Health(Body):
    """Counts of what is alive on this node. `status` is "ok" while it takes calls.

    `turn`: "off", "absent", "starting", "running", "restarting" or "failed". `history`: "ok", or how far it
    is behind.
    """

    status: str
    version: str
    rooms: int
    participants: int
    turn: str
    history: str


class FullIceServer(Body):
    """As a participant gets it: TURN servers have credentials."""

    urls: list[str]
    username: str | None
    credential: str | None


class Arrival(Body):
    """What has arrived of a request: for the doctor, who sent it.

    `address`, `host` and `secure` are what the server goes by. `proxied`: whether somebody on the way says
    that it asks for another; `believed`: whether the server believes it. `ice_servers`: as a participant
    would get them. `turn`: as in `Health`, and `turn_problem` why it is so.
    """

    address: str
    host: str
    secure: bool
    proxied: bool
    believed: bool
    turn: str
    turn_problem: str | None
    ice_servers: list[FullIceServer]


class Refused(Body):
    """Any answer that is not a success. The codes are those of the signaling protocol."""

    status: Literal["error"] = "error"
    code: str
    message: str


ALL: tuple[type[Body], ...] = (
    NewRoom,
    RoomView,
    MadeRoom,
    ListedRooms,
    HostedRoom,
    NewModerator,
    StunServer,
    PublicIce,
    Health,
)
"""Those of which the client has types. It knows Refused from the signaling messages."""
