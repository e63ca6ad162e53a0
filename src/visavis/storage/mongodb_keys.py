"""API keys in MongoDB, and the identities at providers by which one signs in to accounts: a document each."""

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from visavis.identity import Account, ApiKey, ApiKeyId, ProviderIdentity
from visavis.rooms import AccountId
from visavis.storage.mongodb_accounts import MongodbAccounts


class MongodbKeys(MongodbAccounts):
    """See :class:`~visavis.storage.base.KeyStorage`."""

    async def add_api_key(self, key: ApiKey) -> None:
        document = {
            "_id": key.id,
            "name": key.name,
            "sealed_secret": key.sealed_secret,
            "makes_rooms": key.makes_rooms,
            "created_at": key.created_at,
            "revoked_at": key.revoked_at,
        }
        async with self._writing() as database:
            await database.api_keys.insert_one(document)

    async def api_key(self, key_id: ApiKeyId) -> ApiKey | None:
        async with self._reading() as database:
            found = await database.api_keys.find_one({"_id": key_id})
        return None if found is None else _api_key(found)

    async def api_keys(self) -> tuple[ApiKey, ...]:
        async with self._reading() as database:
            order = [("created_at", ASCENDING), ("_id", ASCENDING)]
            return tuple(_api_key(found) for found in await database.api_keys.find().sort(order).to_list())

    async def revoke_api_key(self, key_id: ApiKeyId, at: float) -> bool:
        async with self._writing() as database:
            unrevoked = {"_id": key_id, "revoked_at": None}
            await database.api_keys.update_one(unrevoked, {"$set": {"revoked_at": at}})
            return await database.api_keys.find_one({"_id": key_id}) is not None

    async def account_bound_to(self, identity: ProviderIdentity) -> Account | None:
        async with self._reading() as database:
            found = await database.provider_identities.find_one({"_id": _name(identity)})
        return None if found is None else await self.account(found["account_id"])

    async def bind_account(self, identity: ProviderIdentity, account_id: AccountId) -> bool:
        if await self.account(account_id) is None:
            return False
        async with self._writing() as database:
            try:
                document = {"_id": _name(identity), "account_id": account_id}
                await database.provider_identities.insert_one(document)
            except DuplicateKeyError:
                return False
        return True

    async def delete_account(self, account_id: AccountId) -> bool:
        deleted = await super().delete_account(account_id)
        async with self._writing() as database:
            await database.provider_identities.delete_many({"account_id": account_id})
        return deleted


def _name(identity: ProviderIdentity) -> dict[str, str]:
    return {"issuer": identity.issuer, "subject": identity.subject}


def _api_key(document: Mapping[str, Any]) -> ApiKey:
    return ApiKey(
        document["_id"],
        document["name"],
        document["sealed_secret"],
        document["makes_rooms"],
        document["created_at"],
        document["revoked_at"],
    )
