"""Accounts, sessions and one-time links in MongoDB.

Each is a document. A step that touches several is made of atomic ones in such an order that what an
attacker might hope for never happens in between: a link is used up before what it is good for, and a
session that comes while its account is changed ends itself.
"""

import datetime
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from visavis.errors import AccountExists, LinkInvalid
from visavis.identity import (
    Account,
    AccountChange,
    Digest,
    OneTimeLink,
    Purpose,
    Session,
    SessionId,
)
from visavis.rooms import AccountId

_Document = dict[str, Any]


async def prepare_accounts(database: AsyncDatabase[_Document]) -> None:
    """Make the indexes. Many servers may do it at once."""
    # Sparse: an account need not have both, and those without one are not the same.
    await database.accounts.create_index("user_name", name="accounts_by_user_name", unique=True, sparse=True)
    await database.accounts.create_index("email", name="accounts_by_email", unique=True, sparse=True)
    await database.sessions.create_index("id", name="sessions_by_id", unique=True)
    for collection in (database.sessions, database.links):
        await collection.create_index("account_id", name=f"{collection.name}_by_account")
        await collection.create_index("expires_on", name=f"{collection.name}_to_forget", expireAfterSeconds=0)


class MongodbAccounts:
    """See :class:`~visavis.storage.base.AccountStorage`."""

    def _reading(self) -> AbstractAsyncContextManager[AsyncDatabase[_Document]]:
        """The database to read from, with our words for what goes wrong."""
        raise NotImplementedError

    def _writing(self) -> AbstractAsyncContextManager[AsyncDatabase[_Document]]:
        """The same to write to."""
        raise NotImplementedError

    # --- accounts -----------------------------------------------------------------------------

    async def add_account(self, account: Account) -> None:
        async with self._writing() as database, _refusing_doubles():
            await database.accounts.insert_one(_account_document(account))

    async def account(self, account_id: AccountId) -> Account | None:
        return await self._find_account({"_id": account_id})

    async def account_by_login(self, login: str) -> Account | None:
        return await self._find_account({"$or": [{"user_name": login}, {"email": login}]})

    async def accounts(self) -> tuple[Account, ...]:
        async with self._reading() as database:
            order = [("created_at", ASCENDING), ("_id", ASCENDING)]
            return tuple(_account(found) for found in await database.accounts.find().sort(order).to_list())

    async def who_may_act(self, account_ids: Sequence[AccountId]) -> frozenset[AccountId]:
        wanted: _Document = {"_id": {"$in": list(account_ids)}, "disabled": False}
        async with self._reading() as database:
            found = await database.accounts.find(wanted, {"_id": True}).to_list()
        return frozenset(AccountId(one["_id"]) for one in found)

    async def change_account(self, account_id: AccountId, change: AccountChange) -> bool:
        values = {name: value for name, value in asdict(change).items() if value is not None}
        if not values:
            return await self.account(account_id) is not None
        async with self._writing() as database:
            changed = await database.accounts.update_one({"_id": account_id}, {"$set": values})
        return changed.matched_count > 0

    async def set_password(self, account_id: AccountId, password_hash: str, keep: SessionId | None) -> bool:
        async with self._writing() as database:
            # First, so that nobody signs in with the old one after the sessions have ended.
            set_hash = {"$set": {"password_hash": password_hash}}
            changed = await database.accounts.update_one({"_id": account_id}, set_hash)
            await database.links.delete_many({"account_id": account_id})
            await database.sessions.delete_many(_all_but(account_id, keep))
        return changed.matched_count > 0

    async def rehash_password(self, account_id: AccountId, old: str, new: str) -> None:
        async with self._writing() as database:
            unchanged = {"_id": account_id, "password_hash": old}
            await database.accounts.update_one(unchanged, {"$set": {"password_hash": new}})

    async def delete_account(self, account_id: AccountId) -> bool:
        async with self._writing() as database:
            deleted = await database.accounts.delete_one({"_id": account_id})
            await database.links.delete_many({"account_id": account_id})
            await database.sessions.delete_many({"account_id": account_id})
            own = await database.calls.find({"accounts": account_id}).to_list()
            for call in own:
                named = [
                    f"attendances.{participant_id}.account_id"
                    for participant_id, known in call["attendances"].items()
                    if known.get("account_id") == account_id
                ]
                unnamed = {"$pull": {"accounts": account_id}, "$set": dict.fromkeys(named)}
                await database.calls.update_one({"_id": call["_id"]}, unnamed)
        return deleted.deleted_count > 0

    # --- sessions -----------------------------------------------------------------------------

    async def add_session(
        self,
        session: Session,
        digest: Digest,
        *,
        instead_of: Digest | None = None,
        proven_by: str | None = None,
    ) -> bool:
        may_act: _Document = {"_id": session.account_id, "disabled": False}
        if proven_by is not None:
            may_act["password_hash"] = proven_by
        document = asdict(session) | {"_id": digest, "expires_on": _date(session.expires_at)}
        async with self._writing() as database:
            await database.sessions.delete_many({"expires_at": {"$lt": session.created_at}})
            await database.sessions.delete_one({"_id": instead_of})
            await database.sessions.insert_one(document)
            # Asked afterwards: who changes the account now ends the sessions when it is done, this one too.
            if await database.accounts.find_one(may_act) is not None:
                return True
            await database.sessions.delete_one({"_id": digest})
        return False

    async def session(self, digest: Digest) -> tuple[Session, Account] | None:
        async with self._reading() as database:
            found = await database.sessions.find_one({"_id": digest})
            if found is None:
                return None
            account = await database.accounts.find_one({"_id": found["account_id"]})
        return None if account is None else (_session(found), _account(account))

    async def touch_session(
        self, session_id: SessionId, seen_at: float, expires_at: float, address: str
    ) -> None:
        seen = {
            "seen_at": seen_at,
            "expires_at": expires_at,
            "expires_on": _date(expires_at),
            "address": address,
        }
        async with self._writing() as database:
            await database.sessions.update_one({"id": session_id}, {"$set": seen})

    async def sessions(self, account_id: AccountId) -> tuple[Session, ...]:
        order = [("seen_at", DESCENDING), ("id", ASCENDING)]
        async with self._reading() as database:
            found = await database.sessions.find({"account_id": account_id}).sort(order).to_list()
        return tuple(_session(document) for document in found)

    async def end_session(self, account_id: AccountId, session_id: SessionId) -> bool:
        async with self._writing() as database:
            ended = await database.sessions.delete_one({"id": session_id, "account_id": account_id})
        return ended.deleted_count > 0

    async def end_sessions(self, account_id: AccountId, keep: SessionId | None = None) -> int:
        async with self._writing() as database:
            return (await database.sessions.delete_many(_all_but(account_id, keep))).deleted_count

    # --- links --------------------------------------------------------------------------------

    async def add_link(self, link: OneTimeLink, digest: Digest) -> None:
        document = asdict(link) | {
            "_id": digest,
            "purpose": link.purpose.value,
            "expires_on": _date(link.expires_at),
        }
        async with self._writing() as database:
            await database.links.delete_many({"expires_at": {"$lt": link.created_at}})
            if link.purpose is Purpose.FIRST_ADMINISTRATOR:
                await database.links.delete_many({"purpose": link.purpose.value})
            await database.links.insert_one(document)

    async def link(self, digest: Digest) -> OneTimeLink | None:
        async with self._reading() as database:
            found = await database.links.find_one({"_id": digest})
        return None if found is None else _link(found)

    async def sign_up(self, digest: Digest, purpose: Purpose, account: Account) -> None:
        async with self._writing() as database:
            taken = await _take(database, digest, purpose, account.created_at)
            try:
                async with _refusing_doubles():
                    await database.accounts.insert_one(_account_document(account))
            except AccountExists:
                await database.links.insert_one(taken)
                raise

    async def reset_password(self, digest: Digest, password_hash: str, now: float) -> Account:
        async with self._writing() as database:
            taken = await _take(database, digest, Purpose.PASSWORD_RESET, now)
        account_id = taken["account_id"]
        if not await self.set_password(account_id, password_hash, None):
            raise LinkInvalid
        account = await self.account(account_id)
        if account is None:
            raise LinkInvalid
        return account

    async def _find_account(self, query: _Document) -> Account | None:
        async with self._reading() as database:
            found = await database.accounts.find_one(query)
        return None if found is None else _account(found)


@asynccontextmanager
async def _refusing_doubles() -> AsyncIterator[None]:
    try:
        yield
    except DuplicateKeyError:
        raise AccountExists from None


async def _take(
    database: AsyncDatabase[_Document], digest: Digest, purpose: Purpose, now: float
) -> _Document:
    """Use up a link: its document."""
    is_good = {"_id": digest, "purpose": purpose.value, "expires_at": {"$gt": now}}
    taken = await database.links.find_one_and_delete(is_good)
    if taken is None:
        raise LinkInvalid
    return taken


def _all_but(account_id: AccountId, keep: SessionId | None) -> _Document:
    return {"account_id": account_id} | ({} if keep is None else {"id": {"$ne": keep}})


def _date(at: float) -> datetime.datetime:
    """For a TTL index, which wants a date."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC)


def _account_document(account: Account) -> _Document:
    """Without the fields that are None: what is not there is not the same in two accounts."""
    document = {name: value for name, value in asdict(account).items() if value is not None}
    document["_id"] = document.pop("id")
    return document


def _account(document: Mapping[str, Any]) -> Account:
    values = {name: value for name, value in document.items() if name != "_id"}
    return Account(**{"user_name": None, "email": None, **values, "id": document["_id"]})


def _session(document: Mapping[str, Any]) -> Session:
    return Session(**{name: value for name, value in document.items() if name not in ("_id", "expires_on")})


def _link(document: Mapping[str, Any]) -> OneTimeLink:
    values = {name: value for name, value in document.items() if name not in ("_id", "expires_on")}
    return OneTimeLink(**values | {"purpose": Purpose(document["purpose"])})
