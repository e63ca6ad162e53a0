"""Who a connection speaks for: a guest, an account, or the bearer of a room token.

An identity says who somebody is, and never what they may do in a room: that is a
:class:`~visavis.rooms.Role`, which the rules of the room give to an identity. Behind it stand accounts,
their sessions, links that are good for one use, and the keys of other programs. Pure; all times are in
seconds since the epoch, UTC.
"""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from visavis.errors import EmailInvalid, SignInRequired, UserNameInvalid
from visavis.rooms import AccountId, Role, RoomId

SessionId = NewType("SessionId", str)
"""Names a session among those of its account. No secret."""

Digest = NewType("Digest", str)
"""The SHA-256 of a secret, in hexadecimal: what is kept of it."""

ApiKeyId = NewType("ApiKeyId", str)
"""Names an API key. No secret."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a room token lets its bearer do: enter one room, with one role.

    Attributes:
        bearer: whom the issuer means: the same for the same person. None where it does not say.
        makes_room: whether the room is made where there is none.
    """

    room_id: RoomId
    role: Role
    bearer: str | None = None
    makes_room: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as far as the server knows.

    Attributes:
        account_id: of those who are signed in.
        name: by which the account or the token calls them; None for guests, who name themselves.
        admin: whether the account looks after this server.
        grant: of a room token.
        api_key: of a program, and not of a person.
    """

    account_id: AccountId | None = None
    name: str | None = None
    admin: bool = False
    grant: Grant | None = None
    api_key: ApiKeyId | None = None


GUEST = Identity()
"""Whoever brings neither a session nor a token."""


class Access(StrEnum):
    """For whom a server is."""

    OPEN = "open"
    """Everybody makes rooms, and joins by link."""
    ACCOUNTS = "accounts"
    """Accounts, and programs with an API key, make rooms; guests join by link."""
    CLOSED = "closed"
    """Accounts, and whoever brings a token for the room."""


def check_may_make_rooms(access: Access, identity: Identity) -> None:
    """
    Raises:
        SignInRequired
    """
    is_known = identity.account_id is not None or identity.api_key is not None
    if access is not Access.OPEN and not is_known:
        raise SignInRequired


def check_may_enter(access: Access, identity: Identity, room_id: RoomId) -> None:
    """Whether somebody may stand before the door at all. What the room says to them is its own affair.

    Raises:
        SignInRequired
    """
    has_grant = identity.grant is not None and identity.grant.room_id == room_id
    if access is Access.CLOSED and identity.account_id is None and not has_grant:
        raise SignInRequired


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody whom the server knows. It has a user name, an email address, or both, and no other account
    has the same.

    Attributes:
        user_name: as ``parse_user_name`` returns it.
        email: as ``parse_email`` returns it.
        name: by which others know them.
        password_hash: argon2's encoded form; None for one who signs in by other means only.
        admin: whether it looks after this server.
        disabled: it can neither sign in nor act.
    """

    id: AccountId
    user_name: str | None
    email: str | None
    name: str
    created_at: float
    password_hash: str | None = field(default=None, repr=False)
    admin: bool = False
    disabled: bool = False

    @property
    def identity(self) -> Identity:
        return Identity(self.id, self.name, self.admin)

    @property
    def login(self) -> str:
        """One of the texts with which it signs in."""
        return self.user_name or self.email or ""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What is to be another in an account; None leaves it as it is."""

    name: str | None = None
    admin: bool | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which an account is signed in. Its secret is in the browser alone.

    Attributes:
        seen_at: when it was last used, about.
        expires_at: when it ends if it is not used again; never after ``ends_at``.
        ends_at: when it ends in any case.
        user_agent: what the browser says of itself.
        address: from which it was last used.
    """

    id: SessionId
    account_id: AccountId
    created_at: float
    seen_at: float
    expires_at: float
    ends_at: float
    user_agent: str = ""
    address: str = ""


class Purpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    """To make an account."""
    FIRST_ADMINISTRATOR = "firstAdministrator"
    """To make the first account, which looks after the server."""
    PASSWORD_RESET = "passwordReset"  # noqa: S105 - a word
    """To choose another password for an account."""


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link that is good for one use. Its secret is in the link alone.

    Attributes:
        admin: whether the account that an invitation makes looks after the server.
        email: to whom it was sent, where it was; of an invitation, the account's address.
        account_id: whose password it resets.
    """

    purpose: Purpose
    created_at: float
    expires_at: float
    admin: bool = False
    email: str | None = None
    account_id: AccountId | None = None


def new_account_id() -> AccountId:
    """96 random bits."""
    return AccountId(secrets.token_urlsafe(12))


def new_session_id() -> SessionId:
    """96 random bits."""
    return SessionId(secrets.token_urlsafe(12))


def new_secret() -> str:
    """256 random bits: nobody guesses them, however fast, so that a plain SHA-256 is enough to keep."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> Digest:
    return Digest(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest())


_USER_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),:;\[\]\\\x00-\x1f\x7f]{3,189}")


def parse_user_name(text: str) -> str:
    """A user name, in lower case: the same however somebody spells it.

    Raises:
        UserNameInvalid
    """
    name = unicodedata.normalize("NFC", text).strip().lower()
    if not _USER_NAME.fullmatch(name):
        raise UserNameInvalid
    return name


def parse_email(text: str) -> str:
    """An email address, in lower case. Whether mail arrives there is not asked.

    Raises:
        EmailInvalid
    """
    address = unicodedata.normalize("NFC", text).strip().lower()
    domain = address.rpartition("@")[2]
    is_whole = _EMAIL.fullmatch(address) is not None and address.isprintable()
    if not is_whole or "." not in domain.strip(".") or ".." in address:
        raise EmailInvalid
    return address


def parse_login(text: str) -> str:
    """What somebody typed to sign in, as accounts have it: an email address if there is an ``@`` in it.

    Raises:
        UserNameInvalid, EmailInvalid: no account can have it.
    """
    return parse_email(text) if "@" in text else parse_user_name(text)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """With what another program says who it is, and signs room tokens.

    Attributes:
        name: for the operator.
        sealed_secret: as :class:`~visavis.sealing.Seal` closed it.
        makes_rooms: whether its tokens make their rooms where there are none.
    """

    id: ApiKeyId
    name: str
    sealed_secret: str = field(repr=False)
    makes_rooms: bool
    created_at: float
    revoked_at: float | None = None


@dataclass(frozen=True, slots=True)
class ProviderIdentity:
    """Who somebody is to an identity provider: the same person for ever (OpenID Connect Core 1.0, section 2).

    Attributes:
        subject: means nothing without the issuer.
    """

    issuer: str
    subject: str


_API_KEY_ID = re.compile(r"vk_[0-9a-f]{16}")


def new_api_key_id() -> ApiKeyId:
    return ApiKeyId(f"vk_{secrets.token_hex(8)}")


def is_api_key_id(text: str) -> bool:
    """Whether it has the form of one. Nothing else that names a key has it."""
    return _API_KEY_ID.fullmatch(text) is not None
