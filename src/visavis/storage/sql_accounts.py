"""Accounts, sessions and one-time links on a SQL database: the operations, each written once.

As in :mod:`~visavis.storage.sql`, each is a plain function of a connection, which is in a transaction:
where it raises, nothing was changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

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
from visavis.records import CallRecord
from visavis.rooms import AccountId
from visavis.storage import sql
from visavis.storage.tables import accounts, attendances, links, sessions

P = ParamSpec("P")
T = TypeVar("T")


class SqlAccounts:
    """The part of a storage that is the same on every SQL database. Implements
    :class:`~visavis.storage.base.AccountStorage` by two ways to run an operation.
    """

    async def _read(
        self, operation: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """The result of an operation that changes nothing."""
        raise NotImplementedError

    async def _write(
        self, operation: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """The result of an operation in a transaction of its own, once it is committed."""
        raise NotImplementedError

    async def add_account(self, account: Account) -> None:
        await self._write(_add_account, account)

    async def account(self, account_id: AccountId) -> Account | None:
        return await self._read(_account, account_id)

    async def account_by_login(self, login: str) -> Account | None:
        return await self._read(_account_by_login, login)

    async def accounts(self) -> tuple[Account, ...]:
        return await self._read(_accounts)

    async def who_may_act(self, account_ids: Sequence[AccountId]) -> frozenset[AccountId]:
        return await self._read(_who_may_act, account_ids)

    async def change_account(self, account_id: AccountId, change: AccountChange) -> bool:
        return await self._write(_change_account, account_id, change)

    async def set_password(self, account_id: AccountId, password_hash: str, keep: SessionId | None) -> bool:
        return await self._write(_set_password, account_id, password_hash, keep)

    async def rehash_password(self, account_id: AccountId, old: str, new: str) -> None:
        await self._write(_rehash_password, account_id, old, new)

    async def delete_account(self, account_id: AccountId) -> bool:
        return await self._write(_delete_account, account_id)

    async def add_session(
        self,
        session: Session,
        digest: Digest,
        *,
        instead_of: Digest | None = None,
        proven_by: str | None = None,
    ) -> bool:
        return await self._write(_add_session, session, digest, instead_of, proven_by)

    async def session(self, digest: Digest) -> tuple[Session, Account] | None:
        return await self._read(_session, digest)

    async def touch_session(
        self, session_id: SessionId, seen_at: float, expires_at: float, address: str
    ) -> None:
        await self._write(_touch_session, session_id, seen_at, expires_at, address)

    async def sessions(self, account_id: AccountId) -> tuple[Session, ...]:
        return await self._read(_sessions, account_id)

    async def end_session(self, account_id: AccountId, session_id: SessionId) -> bool:
        return await self._write(_end_session, account_id, session_id)

    async def end_sessions(self, account_id: AccountId, keep: SessionId | None = None) -> int:
        return await self._write(_end_sessions, account_id, keep)

    async def add_link(self, link: OneTimeLink, digest: Digest) -> None:
        await self._write(_add_link, link, digest)

    async def link(self, digest: Digest) -> OneTimeLink | None:
        return await self._read(_link, digest)

    async def sign_up(self, digest: Digest, purpose: Purpose, account: Account) -> None:
        await self._write(_sign_up, digest, purpose, account)

    async def reset_password(self, digest: Digest, password_hash: str, now: float) -> Account:
        return await self._write(_reset_password, digest, password_hash, now)

    async def calls_of(
        self, account_id: AccountId, before: float | None, limit: int
    ) -> tuple[CallRecord, ...]:
        return await self._read(sql.calls_of, account_id, before, limit)


# --- accounts ---------------------------------------------------------------------------------------


def _add_account(connection: Connection, account: Account) -> None:
    try:
        connection.execute(insert(accounts), asdict(account))
    except IntegrityError:
        raise AccountExists from None


def _account(connection: Connection, account_id: AccountId) -> Account | None:
    row = connection.execute(select(accounts).where(accounts.c.id == account_id)).one_or_none()
    return None if row is None else Account(**row._mapping)


def _account_by_login(connection: Connection, login: str) -> Account | None:
    # A user name has no @ and an address has one, so that at most one account has it.
    has_it = or_(accounts.c.user_name == login, accounts.c.email == login)
    row = connection.execute(select(accounts).where(has_it)).one_or_none()
    return None if row is None else Account(**row._mapping)


def _accounts(connection: Connection) -> tuple[Account, ...]:
    rows = connection.execute(select(accounts).order_by(accounts.c.created_at, accounts.c.id))
    return tuple(Account(**row._mapping) for row in rows)


def _who_may_act(connection: Connection, account_ids: Sequence[AccountId]) -> frozenset[AccountId]:
    may_act = accounts.c.id.in_(account_ids) & accounts.c.disabled.is_(False)
    return frozenset(
        AccountId(found) for found in connection.execute(select(accounts.c.id).where(may_act)).scalars()
    )


def _change_account(connection: Connection, account_id: AccountId, change: AccountChange) -> bool:
    values = {name: value for name, value in asdict(change).items() if value is not None}
    if not values:
        return _account(connection, account_id) is not None
    changed = connection.execute(update(accounts).where(accounts.c.id == account_id).values(values))
    return changed.rowcount > 0


def _set_password(
    connection: Connection, account_id: AccountId, password_hash: str, keep: SessionId | None
) -> bool:
    is_it = accounts.c.id == account_id
    changed = connection.execute(update(accounts).where(is_it).values(password_hash=password_hash))
    _end_sessions(connection, account_id, keep)
    connection.execute(delete(links).where(links.c.account_id == account_id))
    return changed.rowcount > 0


def _rehash_password(connection: Connection, account_id: AccountId, old: str, new: str) -> None:
    unchanged = (accounts.c.id == account_id) & (accounts.c.password_hash == old)
    connection.execute(update(accounts).where(unchanged).values(password_hash=new))


def _delete_account(connection: Connection, account_id: AccountId) -> bool:
    unnamed = update(attendances).where(attendances.c.account_id == account_id).values(account_id=None)
    connection.execute(unnamed)
    return connection.execute(delete(accounts).where(accounts.c.id == account_id)).rowcount > 0


# --- sessions ---------------------------------------------------------------------------------------


def _add_session(
    connection: Connection,
    session: Session,
    digest: Digest,
    instead_of: Digest | None,
    proven_by: str | None,
) -> bool:
    may_act = (accounts.c.id == session.account_id) & accounts.c.disabled.is_(False)
    if proven_by is not None:
        may_act &= accounts.c.password_hash == proven_by
    # Locked, so that it cannot be disabled or given another password between this and the end.
    if connection.execute(select(accounts.c.id).where(may_act).with_for_update(read=True)).first() is None:
        return False
    over = sessions.c.expires_at < session.created_at
    if instead_of is not None:
        over |= sessions.c.digest == instead_of
    connection.execute(delete(sessions).where(over))
    connection.execute(insert(sessions), asdict(session) | {"digest": digest})
    return True


def _session(connection: Connection, digest: Digest) -> tuple[Session, Account] | None:
    # The columns of both tables, under names that differ.
    of_session = [column.label(f"session_{column.name}") for column in sessions.c if column.name != "digest"]
    found = select(accounts, *of_session).join(sessions, sessions.c.account_id == accounts.c.id)
    row = connection.execute(found.where(sessions.c.digest == digest)).one_or_none()
    if row is None:
        return None
    values = row._mapping
    session = Session(**{name.removeprefix("session_"): values[name] for name in _names(of_session)})
    return session, Account(**{name: values[name] for name in _names(accounts.c)})


def _names(columns: Any) -> list[str]:
    return [column.name for column in columns]


def _touch_session(
    connection: Connection, session_id: SessionId, seen_at: float, expires_at: float, address: str
) -> None:
    seen = {"seen_at": seen_at, "expires_at": expires_at, "address": address}
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen))


def _sessions(connection: Connection, account_id: AccountId) -> tuple[Session, ...]:
    of_account = select(sessions).where(sessions.c.account_id == account_id)
    rows = connection.execute(of_account.order_by(sessions.c.seen_at.desc(), sessions.c.id))
    return tuple(_session_of(row) for row in rows)


def _session_of(row: Row[Any]) -> Session:
    return Session(**{name: value for name, value in row._mapping.items() if name != "digest"})


def _end_session(connection: Connection, account_id: AccountId, session_id: SessionId) -> bool:
    is_it = (sessions.c.id == session_id) & (sessions.c.account_id == account_id)
    return connection.execute(delete(sessions).where(is_it)).rowcount > 0


def _end_sessions(connection: Connection, account_id: AccountId, keep: SessionId | None) -> int:
    ended = delete(sessions).where(sessions.c.account_id == account_id)
    if keep is not None:
        ended = ended.where(sessions.c.id != keep)
    return connection.execute(ended).rowcount


# --- links ------------------------------------------------------------------------------------------


def _add_link(connection: Connection, link: OneTimeLink, digest: Digest) -> None:
    over = links.c.expires_at < link.created_at
    if link.purpose is Purpose.FIRST_ADMINISTRATOR:
        over |= links.c.purpose == link.purpose.value
    connection.execute(delete(links).where(over))
    connection.execute(insert(links), asdict(link) | {"digest": digest, "purpose": link.purpose.value})


def _link(connection: Connection, digest: Digest) -> OneTimeLink | None:
    row = connection.execute(select(links).where(links.c.digest == digest)).one_or_none()
    return None if row is None else _link_of(row)


def _link_of(row: Row[Any]) -> OneTimeLink:
    values = {name: value for name, value in row._mapping.items() if name != "digest"}
    return OneTimeLink(**values | {"purpose": Purpose(row.purpose)})


def _take_link(connection: Connection, digest: Digest, purpose: Purpose, now: float) -> OneTimeLink:
    is_good = (links.c.digest == digest) & (links.c.purpose == purpose.value) & (links.c.expires_at > now)
    # Of two who do this at once, the second finds nothing to delete.
    row = connection.execute(delete(links).where(is_good).returning(links)).one_or_none()
    if row is None:
        raise LinkInvalid
    return _link_of(row)


def _sign_up(connection: Connection, digest: Digest, purpose: Purpose, account: Account) -> None:
    _take_link(connection, digest, purpose, account.created_at)
    _add_account(connection, account)


def _reset_password(connection: Connection, digest: Digest, password_hash: str, now: float) -> Account:
    link = _take_link(connection, digest, Purpose.PASSWORD_RESET, now)
    if link.account_id is None or not _set_password(connection, link.account_id, password_hash, None):
        raise LinkInvalid
    account = _account(connection, link.account_id)
    if account is None:
        raise LinkInvalid
    return account
