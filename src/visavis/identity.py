"""Who a connection speaks for: a guest, an account, or the bearer of a room token.

An identity says who somebody is, and never what they may do in a room: that is a
:class:`~visavis.rooms.Role`, which the rules of the room give to an identity.
"""

from dataclasses import dataclass

from visavis.rooms import AccountId, Role, RoomId


@dataclass(frozen=True, slots=True)
class Grant:
    """What a room token lets its bearer do: enter one room, with one role."""

    room_id: RoomId
    role: Role


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as far as the server knows.

    Attributes:
        account_id: of those who are signed in.
        name: by which the account or the token calls them; None for guests, who name themselves.
        admin: whether the account looks after this server.
        grant: of a room token.
    """

    account_id: AccountId | None = None
    name: str | None = None
    admin: bool = False
    grant: Grant | None = None


GUEST = Identity()
"""Whoever brings neither a session nor a token."""
