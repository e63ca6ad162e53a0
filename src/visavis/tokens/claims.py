"""What a room token has to say. Pure: time is handed in, and the signature is somebody else's affair."""

from dataclasses import dataclass
from typing import Any

import msgspec

from visavis.errors import NameTooLong, RoomIdInvalid, TokenExpired, TokenForOtherRoom, TokenInvalid
from visavis.rooms import Role, RoomId, clean_name, parse_room_id

MAX_LENGTH = 4096
"""Characters of a token."""

LEEWAY = 30.0
"""Seconds by which the clock of who signs may be ahead of ours."""

_MAX_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class TokenRules:
    """``audience``: what tokens for this server have as ``aud``. ``lifetime``: the longest, in seconds."""

    audience: str
    lifetime: float


class Claims(msgspec.Struct, frozen=True):
    """The claims that count; others are ignored. Times are in seconds since the epoch (RFC 7519)."""

    iss: str
    aud: str | list[str]
    exp: float
    room: str
    role: Role = Role.PARTICIPANT
    name: str | None = None
    sub: str | None = None
    nbf: float | None = None
    iat: float | None = None


def check(payload: dict[str, Any], issuer: str, rules: TokenRules, room_id: RoomId, now: float) -> Claims:
    """The claims of a token that is good for entering a room now; its name is cleaned.

    Args:
        payload: of a token whose signature is known to be right.
        issuer: whom its key belongs to.

    Raises:
        TokenInvalid, TokenExpired, TokenForOtherRoom
    """
    claims = _parse(payload)
    if claims.iss != issuer:
        raise TokenInvalid("This room token has another issuer (iss) than its key.")
    if rules.audience not in ([claims.aud] if isinstance(claims.aud, str) else claims.aud):
        raise TokenInvalid("This room token is for another audience (aud).")
    if claims.exp <= now:
        raise TokenExpired
    if claims.exp > now + rules.lifetime + LEEWAY:
        raise TokenInvalid(f"A room token lasts {rules.lifetime:.0f} seconds at most (exp).")
    if max(claims.nbf or now, claims.iat or now) > now + LEEWAY:
        raise TokenInvalid("This room token is not good yet (nbf, iat).")
    if _room(claims.room) != room_id:
        raise TokenForOtherRoom
    return msgspec.structs.replace(claims, name=_name(claims.name))


def _parse(payload: dict[str, Any]) -> Claims:
    try:
        claims = msgspec.convert(payload, Claims)
    except (msgspec.ValidationError, OverflowError) as error:
        raise TokenInvalid(f"This room token says something else than it has to: {error}.") from None
    if claims.sub is not None and not (0 < len(claims.sub) <= _MAX_SUBJECT and claims.sub.isprintable()):
        raise TokenInvalid(f"The subject of a room token has 1 to {_MAX_SUBJECT} visible characters (sub).")
    return claims


def _room(text: str) -> RoomId:
    try:
        return parse_room_id(text)
    except RoomIdInvalid:
        raise TokenInvalid("This room token names a room that cannot be (room).") from None


def _name(text: str | None) -> str | None:
    """None where nothing of it can be seen: then one names oneself."""
    try:
        return (clean_name(text) or None) if text is not None else None
    except NameTooLong:
        raise TokenInvalid("The name of a room token has 60 characters at most (name).") from None
