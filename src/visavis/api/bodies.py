"""Every body of the HTTP API, as one typed class each. The client's types are generated from here."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, strict=True, validate_by_name=True)


class NewRoom(Body):
    """Asks for a room. Without `id` the server makes one up."""

    id: str | None = None
    capacity: int | None = None


class RoomView(Body):
    """A room as seen from outside. `inside`: names, in order of entering. `called`: the name in the room
    token that was shown."""

    id: str
    capacity: int
    inside: list[str]
    called: str | None = None


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


ALL: tuple[type[Body], ...] = (NewRoom, RoomView, StunServer, PublicIce, Health)
"""Those of which the client has types. It knows Refused from the signaling messages."""
