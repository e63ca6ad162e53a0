"""API keys in memory, and the identities at providers by which one signs in to accounts."""

from dataclasses import replace

from visavis.identity import Account, ApiKey, ApiKeyId, ProviderIdentity
from visavis.rooms import AccountId
from visavis.storage.memory_accounts import MemoryAccounts


class MemoryKeys(MemoryAccounts):
    """See :class:`~visavis.storage.base.KeyStorage`."""

    def __init__(self) -> None:
        super().__init__()
        self._api_keys: dict[ApiKeyId, ApiKey] = {}
        self._bound: dict[ProviderIdentity, AccountId] = {}

    async def add_api_key(self, key: ApiKey) -> None:
        self._api_keys[key.id] = key

    async def api_key(self, key_id: ApiKeyId) -> ApiKey | None:
        return self._api_keys.get(key_id)

    async def api_keys(self) -> tuple[ApiKey, ...]:
        return tuple(sorted(self._api_keys.values(), key=lambda key: (key.created_at, key.id)))

    async def revoke_api_key(self, key_id: ApiKeyId, at: float) -> bool:
        key = self._api_keys.get(key_id)
        if key is not None and key.revoked_at is None:
            self._api_keys[key_id] = replace(key, revoked_at=at)
        return key is not None

    async def account_bound_to(self, identity: ProviderIdentity) -> Account | None:
        account_id = self._bound.get(identity)
        return None if account_id is None else await self.account(account_id)

    async def bind_account(self, identity: ProviderIdentity, account_id: AccountId) -> bool:
        if identity in self._bound or await self.account(account_id) is None:
            return False
        self._bound[identity] = account_id
        return True

    async def delete_account(self, account_id: AccountId) -> bool:
        self._bound = {identity: bound for identity, bound in self._bound.items() if bound != account_id}
        return await super().delete_account(account_id)
