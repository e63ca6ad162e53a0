"""API keys on a SQL database, and the identities at providers by which one signs in to accounts.

As in :mod:`~visavis.storage.sql_accounts`, each operation is a plain function of a connection, which is in
a transaction.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from visavis.identity import Account, ApiKey, ApiKeyId, ProviderIdentity
from visavis.rooms import AccountId
from visavis.storage.sql_accounts import SqlAccounts
from visavis.storage.tables import accounts, api_keys, provider_identities


class SqlKeys(SqlAccounts):
    """See :class:`~visavis.storage.base.KeyStorage`."""

    async def add_api_key(self, key: ApiKey) -> None:
        await self._write(_add_api_key, key)

    async def api_key(self, key_id: ApiKeyId) -> ApiKey | None:
        return await self._read(_api_key, key_id)

    async def api_keys(self) -> tuple[ApiKey, ...]:
        return await self._read(_api_keys)

    async def revoke_api_key(self, key_id: ApiKeyId, at: float) -> bool:
        return await self._write(_revoke_api_key, key_id, at)

    async def account_bound_to(self, identity: ProviderIdentity) -> Account | None:
        return await self._read(_account_bound_to, identity)

    async def bind_account(self, identity: ProviderIdentity, account_id: AccountId) -> bool:
        return await self._write(_bind_account, identity, account_id)


def _add_api_key(connection: Connection, key: ApiKey) -> None:
    values = {
        "id": key.id,
        "name": key.name,
        "sealed_secret": key.sealed_secret,
        "makes_rooms": key.makes_rooms,
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }
    connection.execute(insert(api_keys), values)


def _api_key(connection: Connection, key_id: ApiKeyId) -> ApiKey | None:
    row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
    return None if row is None else _key(row)


def _api_keys(connection: Connection) -> tuple[ApiKey, ...]:
    rows = connection.execute(select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id))
    return tuple(_key(row) for row in rows)


def _revoke_api_key(connection: Connection, key_id: ApiKeyId, at: float) -> bool:
    good = (api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    connection.execute(update(api_keys).where(*good).values(revoked_at=at))
    return connection.execute(select(api_keys.c.id).where(api_keys.c.id == key_id)).first() is not None


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(row.id, row.name, row.sealed_secret, row.makes_rooms, row.created_at, row.revoked_at)


def _account_bound_to(connection: Connection, identity: ProviderIdentity) -> Account | None:
    bound = select(accounts).join(provider_identities, provider_identities.c.account_id == accounts.c.id)
    row = connection.execute(bound.where(*_is(identity))).one_or_none()
    return None if row is None else Account(**row._mapping)


def _bind_account(connection: Connection, identity: ProviderIdentity, account_id: AccountId) -> bool:
    values = {"issuer": identity.issuer, "subject": identity.subject, "account_id": account_id}
    try:
        connection.execute(insert(provider_identities), values)
    except IntegrityError:  # of its own key, or of the account's
        return False
    return True


def _is(identity: ProviderIdentity) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    known = provider_identities.c
    return known.issuer == identity.issuer, known.subject == identity.subject
