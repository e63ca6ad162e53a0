"""Accounts, sessions and one-time links in memory."""

from collections.abc import Sequence
from dataclasses import asdict, replace

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


class MemoryAccounts:
    """See :class:`~visavis.storage.base.AccountStorage`. Nothing is awaited, so that each operation is
    carried out whole.
    """

    def __init__(self) -> None:
        self._accounts: dict[AccountId, Account] = {}
        self._sessions: dict[Digest, Session] = {}
        self._links: dict[Digest, OneTimeLink] = {}

    async def add_account(self, account: Account) -> None:
        logins = {account.user_name, account.email} - {None}
        if account.id in self._accounts or any(
            logins & {other.user_name, other.email} for other in self._accounts.values()
        ):
            raise AccountExists
        self._accounts[account.id] = account

    async def account(self, account_id: AccountId) -> Account | None:
        return self._accounts.get(account_id)

    async def account_by_login(self, login: str) -> Account | None:
        found = (one for one in self._accounts.values() if login in (one.user_name, one.email))
        return next(found, None)

    async def accounts(self) -> tuple[Account, ...]:
        return tuple(sorted(self._accounts.values(), key=lambda one: (one.created_at, one.id)))

    async def who_may_act(self, account_ids: Sequence[AccountId]) -> frozenset[AccountId]:
        found = (self._accounts.get(account_id) for account_id in account_ids)
        return frozenset(one.id for one in found if one is not None and not one.disabled)

    async def change_account(self, account_id: AccountId, change: AccountChange) -> bool:
        known = self._accounts.get(account_id)
        if known is None:
            return False
        values = {name: value for name, value in asdict(change).items() if value is not None}
        self._accounts[account_id] = replace(known, **values)
        return True

    async def set_password(self, account_id: AccountId, password_hash: str, keep: SessionId | None) -> bool:
        known = self._accounts.get(account_id)
        if known is None:
            return False
        self._accounts[account_id] = replace(known, password_hash=password_hash)
        await self.end_sessions(account_id, keep)
        self._links = {digest: link for digest, link in self._links.items() if link.account_id != account_id}
        return True

    async def rehash_password(self, account_id: AccountId, old: str, new: str) -> None:
        known = self._accounts.get(account_id)
        if known is not None and known.password_hash == old:
            self._accounts[account_id] = replace(known, password_hash=new)

    async def delete_account(self, account_id: AccountId) -> bool:
        await self.end_sessions(account_id)
        self._links = {digest: link for digest, link in self._links.items() if link.account_id != account_id}
        return self._accounts.pop(account_id, None) is not None

    async def add_session(
        self,
        session: Session,
        digest: Digest,
        *,
        instead_of: Digest | None = None,
        proven_by: str | None = None,
    ) -> bool:
        account = self._accounts.get(session.account_id)
        if account is None or account.disabled or proven_by not in (None, account.password_hash):
            return False
        self._sessions = {
            known: other
            for known, other in self._sessions.items()
            if known != instead_of and other.expires_at >= session.created_at
        }
        self._sessions[digest] = session
        return True

    async def session(self, digest: Digest) -> tuple[Session, Account] | None:
        found = self._sessions.get(digest)
        return None if found is None else (found, self._accounts[found.account_id])

    async def touch_session(
        self, session_id: SessionId, seen_at: float, expires_at: float, address: str
    ) -> None:
        for digest, known in self._sessions.items():
            if known.id == session_id:
                self._sessions[digest] = replace(
                    known, seen_at=seen_at, expires_at=expires_at, address=address
                )

    async def sessions(self, account_id: AccountId) -> tuple[Session, ...]:
        own = [known for known in self._sessions.values() if known.account_id == account_id]
        return tuple(sorted(own, key=lambda known: (-known.seen_at, known.id)))

    async def end_session(self, account_id: AccountId, session_id: SessionId) -> bool:
        for digest, known in self._sessions.items():
            if known.id == session_id and known.account_id == account_id:
                del self._sessions[digest]
                return True
        return False

    async def end_sessions(self, account_id: AccountId, keep: SessionId | None = None) -> int:
        ended = [
            digest
            for digest, known in self._sessions.items()
            if known.account_id == account_id and known.id != keep
        ]
        for digest in ended:
            del self._sessions[digest]
        return len(ended)

    async def add_link(self, link: OneTimeLink, digest: Digest) -> None:
        is_alone = link.purpose is Purpose.FIRST_ADMINISTRATOR
        self._links = {
            known: other
            for known, other in self._links.items()
            if other.expires_at >= link.created_at and not (is_alone and other.purpose is link.purpose)
        }
        self._links[digest] = link

    async def link(self, digest: Digest) -> OneTimeLink | None:
        return self._links.get(digest)

    async def sign_up(self, digest: Digest, purpose: Purpose, account: Account) -> None:
        self._good_link(digest, purpose, account.created_at)
        await self.add_account(account)
        del self._links[digest]

    async def reset_password(self, digest: Digest, password_hash: str, now: float) -> Account:
        link = self._good_link(digest, Purpose.PASSWORD_RESET, now)
        if link.account_id is None or not await self.set_password(link.account_id, password_hash, None):
            raise LinkInvalid
        return self._accounts[link.account_id]

    def _good_link(self, digest: Digest, purpose: Purpose, now: float) -> OneTimeLink:
        link = self._links.get(digest)
        if link is None or link.purpose is not purpose or link.expires_at <= now:
            raise LinkInvalid
        return link
