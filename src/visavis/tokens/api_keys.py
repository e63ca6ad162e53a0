"""API keys: how a program says who it is, and with what it signs room tokens."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from visavis.errors import ApiKeyInvalid, ApiKeyNotFound
from visavis.identity import ApiKey, ApiKeyId, Identity, is_api_key_id, new_api_key_id
from visavis.rooms import clean_name
from visavis.sealing import Seal, SealBroken
from visavis.storage.base import Storage

log = structlog.get_logger(__name__)

_SECRET_BYTES = 32
_MAX_CREDENTIAL = 256


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key that was just made. Its secret is not shown again."""

    key: ApiKey
    secret: str = field(repr=False)


class ApiKeys:
    """Makes, lists, revokes and knows them.

    A secret is text; as a key for HS256 it is the bytes of that text. The storage has it sealed.

    Args:
        secret: the server's.
        now: seconds since the epoch.
    """

    def __init__(self, storage: Storage, secret: bytes, now: Callable[[], float]) -> None:
        self._storage = storage
        self._seal = Seal(secret, "api keys")
        self._now = now

    async def make(self, name: str, *, makes_rooms: bool) -> NewApiKey:
        """Make a key.

        Args:
            name: for the operator, to tell keys apart; cleaned.
            makes_rooms: whether its tokens make their rooms where there are none.

        Raises:
            NameTooLong, StorageUnavailable
        """
        key_id, secret = new_api_key_id(), secrets.token_urlsafe(_SECRET_BYTES)
        sealed = self._seal.close(secret.encode(), key_id)
        key = ApiKey(key_id, clean_name(name), sealed, makes_rooms, self._now())
        await self._storage.add_api_key(key)
        log.info("api key made", key=key_id)
        return NewApiKey(key, secret)

    async def all(self) -> tuple[ApiKey, ...]:
        """Every key, revoked ones too, the oldest first.

        Raises:
            StorageUnavailable
        """
        return await self._storage.api_keys()

    async def revoke(self, key_id: str) -> None:
        """Believe nothing any more that comes with a key. Safe twice.

        Raises:
            ApiKeyNotFound, StorageUnavailable
        """
        if not await self._storage.revoke_api_key(ApiKeyId(key_id), self._now()):
            raise ApiKeyNotFound
        log.info("api key revoked", key=key_id)

    async def identify(self, credential: str) -> Identity:
        """Whose program it is that shows ``KEYID.SECRET``.

        Raises:
            ApiKeyInvalid, StorageUnavailable
        """
        key_id, _, secret = credential.partition(".")
        if len(credential) > _MAX_CREDENTIAL:
            raise ApiKeyInvalid
        found = await self.find(key_id)
        if found is None or not hmac.compare_digest(found[1], secret.encode("utf-8", "replace")):
            raise ApiKeyInvalid
        return Identity(api_key=found[0].id, name=found[0].name)

    async def find(self, key_id: str) -> tuple[ApiKey, bytes] | None:
        """A key that is good, and its secret.

        Raises:
            StorageUnavailable
        """
        if not is_api_key_id(key_id):
            return None
        key = await self._storage.api_key(ApiKeyId(key_id))
        if key is None or key.revoked_at is not None:
            return None
        try:
            return key, self._seal.open(key.sealed_secret, key.id)
        except SealBroken:
            log.warning("api key cannot be used: it was made with another secret of the server", key=key.id)
            return None
