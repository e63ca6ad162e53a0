"""What an identity provider says of somebody, and what of it is believed. Pure: time is handed in."""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from visavis.errors import AccountNotAllowed, EmailInvalid, ProviderAnswerInvalid
from visavis.identity import ProviderIdentity, parse_email
from visavis.rooms import MAX_NAME_LENGTH, cleaned

LEEWAY = 60.0
"""Seconds by which the provider's clock may differ from ours."""

_MAX_SUBJECT = 255


class _IdToken(msgspec.Struct, frozen=True):
    """The claims that an ID token must have (OpenID Connect Core 1.0, section 2), and those that bind it."""

    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    iat: float
    nonce: str
    azp: str | None = None


def check_id_token(
    payload: Mapping[str, Any], issuer: str, client_id: str, nonce: str, now: float
) -> ProviderIdentity:
    """Whom an ID token is about, once it is for us, for this sign-in, and of now (Core 1.0, section 3.1.3.7).

    Args:
        payload: of a token whose signature is known to be right.
        nonce: that of the sign-in.

    Raises:
        ProviderAnswerInvalid
    """
    try:
        token = msgspec.convert(payload, _IdToken)
    except (msgspec.ValidationError, OverflowError) as error:
        raise ProviderAnswerInvalid(f"The provider's ID token is of another form: {error}.") from None
    audience = [token.aud] if isinstance(token.aud, str) else token.aud
    wrong = {
        "issuer": token.iss != issuer,
        "audience": client_id not in audience,
        "authorised party": token.azp not in ((client_id, None) if len(audience) == 1 else (client_id,)),
        "expiry": token.exp <= now - LEEWAY,
        "time": token.iat > now + LEEWAY,
        "nonce": not hmac.compare_digest(token.nonce.encode("utf-8", "replace"), nonce.encode()),
        "subject": not (
            0 < len(token.sub) <= _MAX_SUBJECT and token.sub.isascii() and token.sub.isprintable()
        ),
    }
    found = [name for name, is_wrong in wrong.items() if is_wrong]
    if found:
        raise ProviderAnswerInvalid(f"The provider's ID token has another {' and '.join(found)}.")
    return ProviderIdentity(issuer, token.sub)


@dataclass(frozen=True, slots=True)
class GroupRules:
    """Which groups of the provider mean what here.

    Attributes:
        claim: where the provider names somebody's groups.
        allowed: one of these is needed; none: everybody is let in.
        admins: those in one of these look after the server; none: the provider has no say in that.
    """

    claim: str = "groups"
    allowed: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the provider knows them.

    Attributes:
        name: may be empty.
        email: only where the provider says that it is theirs.
        admin: None where the provider has no say in that.
    """

    identity: ProviderIdentity
    name: str
    email: str | None
    admin: bool | None


def person_of(identity: ProviderIdentity, claims: Mapping[str, Any], rules: GroupRules) -> Person:
    """
    Args:
        claims: of the ID token, and of the user info where that was asked for.

    Raises:
        AccountNotAllowed: not in a group that is let in.
    """
    groups = _groups(claims.get(rules.claim))
    if rules.allowed and not rules.allowed & groups:
        raise AccountNotAllowed
    admin = bool(rules.admins & groups) if rules.admins else None
    return Person(identity, _name(claims), _email(claims), admin)


def is_missing(claims: Collection[str], rules: GroupRules) -> bool:
    """Whether something that is used here is not among the claims, and may be in the user info."""
    wanted = {"name", "email"} | ({rules.claim} if rules.allowed or rules.admins else set())
    return not wanted <= set(claims)


def _groups(value: object) -> frozenset[str]:
    found = value if isinstance(value, list) else [value]
    return frozenset(group for group in found if isinstance(group, str))


def _name(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username"):
        value = claims.get(claim)
        if isinstance(value, str) and (name := cleaned(value)[:MAX_NAME_LENGTH].strip()):
            return name
    return ""


def _email(claims: Mapping[str, Any]) -> str | None:
    value = claims.get("email")
    # Not what merely counts as true: "false" would.
    if not isinstance(value, str) or claims.get("email_verified") is not True:
        return None
    try:
        return parse_email(value)
    except EmailInvalid:
        return None
