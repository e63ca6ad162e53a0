"""Room tokens: with one, another system lets its user into one room, with a role and a name.

A token is a signed web token (docs/tokens.md). Its ``kid`` says with which key: an API key's id; the id of a
key in the key set at ``token_jwks_url``; this server's own, for tokens that the operator makes; or none, for
one of the public keys in the file ``token_public_keys``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from visavis.errors import TokenInvalid
from visavis.identity import Grant, Identity, is_api_key_id
from visavis.key_sets import RemoteKeySet, always
from visavis.rooms import parse_room_id
from visavis.settings import Settings, SettingsInvalid
from visavis.tokens.api_keys import ApiKeys
from visavis.tokens.claims import MAX_LENGTH, TokenRules, check
from visavis.tokens.operator import OPERATOR, operator_key
from visavis.web_tokens import (
    KeyUnusable,
    UnverifiedToken,
    VerificationKey,
    WebTokenInvalid,
    keys_in_pem,
    parse,
    shared_key,
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Another system, known by public keys: those of a file, those that it publishes, or both.

    ``makes_rooms``: whether its tokens make their rooms where there are none.
    """

    name: str
    keys: Sequence[VerificationKey] = ()
    key_set: RemoteKeySet | None = None
    makes_rooms: bool = False


def issuer_of(settings: Settings, monotonic: Callable[[], float]) -> Issuer | None:
    """The issuer that the settings name, if they name one.

    Raises:
        SettingsInvalid: the file of its keys cannot be used.
    """
    if settings.token_issuer is None:
        return None
    file, url = settings.token_public_keys, settings.token_jwks_url
    try:
        keys = () if file is None else keys_in_pem(file.read_bytes())
    except OSError as error:
        raise SettingsInvalid(f"token_public_keys: {file} cannot be read: {error.strerror}.") from None
    except KeyUnusable as error:
        raise SettingsInvalid(f"token_public_keys: {file} cannot be used: {error}.") from None
    key_set = None if url is None else RemoteKeySet(always(url), monotonic)
    return Issuer(settings.token_issuer, keys, key_set, settings.token_rooms)


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a token comes from, as far as it says so."""

    issuer: str
    keys: Sequence[VerificationKey]
    makes_rooms: bool


class RoomTokens:
    """Reads them.

    Args:
        secret: the server's.
        issuer: a system besides those that have API keys.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        api_keys: ApiKeys,
        secret: bytes,
        rules: TokenRules,
        now: Callable[[], float],
        issuer: Issuer | None = None,
    ) -> None:
        self._api_keys = api_keys
        self._own = operator_key(secret)
        self._rules = rules
        self._now = now
        self._issuer = issuer

    async def read(self, text: str, room: str) -> Identity:
        """Who shows a token at the door of a room.

        Raises:
            TokenInvalid, TokenExpired, TokenForOtherRoom, RoomIdInvalid
            KeysUnavailable, StorageUnavailable: its key cannot be looked up now.
        """
        room_id = parse_room_id(room)
        try:
            token = parse(text, MAX_LENGTH)
            origin = await self._origin(token)
            payload = token.verified_by(origin.keys)
        except WebTokenInvalid as error:
            raise TokenInvalid(f"This room token is not valid: {error}.") from None
        claims = check(payload, origin.issuer, self._rules, room_id, self._now())
        bearer = None if claims.sub is None else f"{origin.issuer} {claims.sub}"
        grant = Grant(room_id, claims.role, bearer, makes_room=origin.makes_rooms)
        return Identity(name=claims.name, grant=grant)

    async def close(self) -> None:
        """Ask nobody for keys any more. Safe twice."""
        if self._issuer is not None and self._issuer.key_set is not None:
            await self._issuer.key_set.close()

    async def _origin(self, token: UnverifiedToken) -> _Origin:
        """
        Raises:
            WebTokenInvalid: its key is not known.
        """
        key_id, issuer = token.key_id, self._issuer
        if key_id == OPERATOR:
            return _Origin(OPERATOR, (self._own,), makes_rooms=True)
        if key_id is not None and is_api_key_id(key_id):
            found = await self._api_keys.find(key_id)
            if found is not None:
                key, secret = found
                return _Origin(key.id, (shared_key(secret, key.id),), key.makes_rooms)
        elif issuer is not None and key_id is None and issuer.keys:
            return _Origin(issuer.name, issuer.keys, issuer.makes_rooms)
        elif issuer is not None and key_id is not None and issuer.key_set is not None:
            key_of_set = await issuer.key_set.find(key_id, token.algorithm)
            return _Origin(issuer.name, (key_of_set,), issuer.makes_rooms)
        raise WebTokenInvalid("its key (kid) is not known here")


def room_tokens(
    settings: Settings,
    api_keys: ApiKeys,
    secret: bytes,
    now: Callable[[], float],
    monotonic: Callable[[], float],
) -> RoomTokens:
    """What reads room tokens as the settings want it.

    Raises:
        SettingsInvalid: the file of the issuer's keys cannot be used.
    """
    rules = TokenRules(settings.token_audience, settings.token_lifetime)
    return RoomTokens(api_keys, secret, rules, now, issuer_of(settings, monotonic))
