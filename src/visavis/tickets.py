"""Tickets: the signed proof with which a participant resumes.

A ticket is a JSON Web Token (RFC 7519), signed with HMAC-SHA256 by a key that outlives the server, so
that a roster can be rebuilt from nothing but the tickets of those who come back. It holds all that the
others know of a participant; what it sends at the moment comes with the request.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass

import jwt
import msgspec

from visavis.errors import TicketExpired, TicketInvalid
from visavis.records import CallId
from visavis.rooms import AccountId, ParticipantId, Role, RoomId

_ALGORITHM = "HS256"
_AUDIENCE = "visavis:ticket"
_MAX_LENGTH = 2048
_HEADER = b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
"""What every ticket begins with: ``{"alg":"HS256","typ":"JWT"}``. Written here, and not by the library that
reads, since everybody who enters is given a ticket, and few ever bring one back."""

_CLAIMS = ["aud", "exp", "room", "sub", "name", "joined"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says. ``joined_at`` in seconds since the epoch."""

    room_id: RoomId
    participant_id: ParticipantId
    name: str
    joined_at: float
    call_id: CallId | None = None
    """Missing in tickets of versions that kept no history."""
    account_id: AccountId | None = None
    role: Role = Role.PARTICIPANT
    marks: frozenset[str] = frozenset()
    """By which the bearer is known again where it was removed."""
    epoch: str | None = None
    """Of the roster for which it was signed."""
    appointed: bool = False
    """Whether a host gave the role, in the call and for it."""


class Tickets:
    """Signs and reads tickets.

    Args:
        secret: the signing key, at least 32 bytes (RFC 7518, section 3.2).
        lifetime: of a ticket, in seconds.
        clock: seconds since the epoch.
    """

    def __init__(self, secret: bytes, lifetime: float, clock: Callable[[], float]) -> None:
        self._secret = secret
        self._lifetime = lifetime
        self._clock = clock

    def sign(self, ticket: Ticket) -> str:
        claims = {
            "aud": _AUDIENCE,
            "exp": self._clock() + self._lifetime,
            "room": ticket.room_id,
            "sub": ticket.participant_id,
            "name": ticket.name,
            "joined": ticket.joined_at,
            "call": ticket.call_id,
            "account": ticket.account_id,
            "role": ticket.role.value,
            "marks": sorted(ticket.marks),
            "epoch": ticket.epoch,
            "appointed": ticket.appointed,
        }
        signed = _HEADER + b"." + _base64url(msgspec.json.encode(claims))
        return (signed + b"." + _base64url(hmac.digest(self._secret, signed, "sha256"))).decode()

    def read(self, text: str) -> Ticket:
        """What a ticket says, once it is known to be ours.

        Raises:
            TicketInvalid: it was not signed here, or not as a ticket.
            TicketExpired: its lifetime is over.
        """
        if len(text) > _MAX_LENGTH or not text.isascii():
            raise TicketInvalid
        try:
            claims = jwt.decode(
                text,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                # The expiry is checked below, against our own clock.
                options={"require": _CLAIMS, "verify_exp": False},
            )
        except jwt.InvalidTokenError as error:
            raise TicketInvalid from error
        if claims["exp"] <= self._clock():
            raise TicketExpired
        return Ticket(
            RoomId(claims["room"]),
            ParticipantId(claims["sub"]),
            claims["name"],
            claims["joined"],
            claims.get("call"),
            claims.get("account"),
            Role(claims.get("role", Role.PARTICIPANT)),
            frozenset(claims.get("marks", ())),
            claims.get("epoch"),
            claims.get("appointed", False),
        )


def _base64url(data: bytes) -> bytes:
    """Without padding (RFC 7515, section 2)."""
    return urlsafe_b64encode(data).rstrip(b"=")
