"""What outlives a restart. Implementations are chosen in ``choice.py`` and known nowhere else."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from visavis.identity import (
    Account,
    AccountChange,
    ApiKey,
    ApiKeyId,
    Digest,
    OneTimeLink,
    ProviderIdentity,
    Purpose,
    Session,
    SessionId,
)
from visavis.records import Acted, CallId, CallRecord, Moment, NodeId
from visavis.rooms import AccountId, Maker, Room, RoomId


class AccountStorage(Protocol):
    """Accounts, their sessions, and one-time links. As :class:`Storage` in all else.

    Nothing here knows a secret: a session and a link are found by the digest of theirs.
    """

    async def add_account(self, account: Account) -> None:
        """Keep a new account.

        Raises:
            AccountExists: another has its user name or its email address.
        """

    async def account(self, account_id: AccountId) -> Account | None:
        """The account with this id, or None."""

    async def account_by_login(self, login: str) -> Account | None:
        """The account with this user name or email address, or None.

        Args:
            login: as :func:`~visavis.identity.parse_login` returns it.
        """

    async def accounts(self) -> tuple[Account, ...]:
        """All accounts, the oldest first."""

    async def who_may_act(self, account_ids: Sequence[AccountId]) -> frozenset[AccountId]:
        """Those of these accounts that there are and that are not disabled; at most some hundred are asked
        for."""

    async def change_account(self, account_id: AccountId, change: AccountChange) -> bool:
        """Change what a change names, and nothing else. Whether there is such an account."""

    async def set_password(self, account_id: AccountId, password_hash: str, keep: SessionId | None) -> bool:
        """Give an account another password, and end its sessions, all but one, and its links: all at once.

        Args:
            keep: the session that goes on; None for none.

        Returns:
            Whether there is such an account.
        """

    async def rehash_password(self, account_id: AccountId, old: str, new: str) -> None:
        """Put another hash of the same password in place of an old one, unless that has changed meanwhile."""

    async def delete_account(self, account_id: AccountId) -> bool:
        """Delete an account, its sessions and its links; the history does not name it any more.
        Whether there was one."""

    async def add_session(
        self,
        session: Session,
        digest: Digest,
        *,
        instead_of: Digest | None = None,
        proven_by: str | None = None,
    ) -> bool:
        """Keep a new session, end the one in whose place it comes, and forget those that have expired.

        Args:
            proven_by: the hash of the password with which somebody proved who they are; None where
                they did by other means.

        Returns:
            Whether there is an account for it that may act, still with that password. Where not, no
            session is kept, and the other may have ended.
        """

    async def session(self, digest: Digest) -> tuple[Session, Account] | None:
        """The session with this secret, expired or not, and its account, disabled or not; or None."""

    async def touch_session(
        self, session_id: SessionId, seen_at: float, expires_at: float, address: str
    ) -> None:
        """Note that a session was used. One that has ended meanwhile stays ended."""

    async def sessions(self, account_id: AccountId) -> tuple[Session, ...]:
        """The sessions of an account, expired ones too, the last used first."""

    async def end_session(self, account_id: AccountId, session_id: SessionId) -> bool:
        """End one session of an account. Whether there was one."""

    async def end_sessions(self, account_id: AccountId, keep: SessionId | None = None) -> int:
        """End all sessions of an account but one. How many it were."""

    async def add_link(self, link: OneTimeLink, digest: Digest) -> None:
        """Keep a new link, and forget those that have expired before it was made.

        A link for the first administrator takes the place of all for that purpose.
        """

    async def link(self, digest: Digest) -> OneTimeLink | None:
        """The link with this secret, expired or not, or None."""

    async def sign_up(self, digest: Digest, purpose: Purpose, account: Account) -> None:
        """Use a link up to make an account: both, or neither. Of several at once, one does.

        Raises:
            LinkInvalid: there is no link with this secret for this purpose, or it expired before
                the account was made.
            AccountExists: the link is still good. (Where the database fails right then, it may not be.)
        """

    async def reset_password(self, digest: Digest, password_hash: str, now: float) -> Account:
        """Use a link up to give an account another password, as ``set_password`` does: both, or neither.

        Raises:
            LinkInvalid: there is no link with this secret for this purpose, or it expired before ``now``.
        """

    async def calls_of(
        self, account_id: AccountId, before: float | None, limit: int
    ) -> tuple[CallRecord, ...]:
        """The calls in which an account was, those that began last first: at most ``limit``.

        Args:
            before: only calls that began earlier than this; None for all.
        """


class KeyStorage(Protocol):
    """API keys, and the identities at providers by which one signs in to accounts. As :class:`Storage` in
    all else.
    """

    async def add_api_key(self, key: ApiKey) -> None:
        """Keep a new key. Its id is new."""

    async def api_key(self, key_id: ApiKeyId) -> ApiKey | None:
        """The key with this id, revoked or not, or None."""

    async def api_keys(self) -> tuple[ApiKey, ...]:
        """All of them, the oldest first; of the same age, by id."""

    async def revoke_api_key(self, key_id: ApiKeyId, at: float) -> bool:
        """Note that a key is good no more; the first time counts. False: there is no such key."""

    async def account_bound_to(self, identity: ProviderIdentity) -> Account | None:
        """The account to which one signs in with this identity, disabled or not; or None."""

    async def bind_account(self, identity: ProviderIdentity, account_id: AccountId) -> bool:
        """Let one sign in to an account with an identity, for as long as there is the account.

        Returns:
            False: there is no such account, or the identity is bound already. Nothing was changed.
        """


class Storage(AccountStorage, KeyStorage, Protocol):
    """Domain objects in, domain objects out.

    Every operation may raise :class:`~visavis.errors.StorageUnavailable`: the database cannot be
    reached or does not work, and trying again may help. What was to be changed may or may not have been.
    """

    async def open(self) -> None:
        """Get ready, and bring the database to the form of this program: before anything else, once.

        Raises:
            StorageUnavailable: it cannot be opened, or a newer program made it. The message has the
                reason: it is for the operator who starts the server.
        """

    async def close(self) -> None:
        """Let go of everything. Safe twice, and after an ``open`` that failed. Never raises."""

    async def add_room(self, room: Room, maker: Maker | None = None) -> None:
        """Keep a new room, whose exclusions are empty. When this returns, the room survives a crash.

        Args:
            maker: for whom the link must be free (:class:`~visavis.rooms.KeptLink`) when the room is made;
                None: whether it is kept for somebody is not asked.

        Raises:
            RoomExists: there is a room with this id, and it is left as it was; or its link is kept for
                somebody else.
        """

    async def room(self, room_id: RoomId) -> Room | None:
        """The room with this id, or None."""

    async def rooms_by_id(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, Room]:
        """Those of these rooms that there are; at most some hundred are asked for."""

    async def change_room(self, room: Room) -> None:
        """Keep a room as it is now, but for when it was made, and its exclusions: these change by moments.

        Raises:
            RoomNotFound
        """

    async def delete_room(self, room_id: RoomId, at: float = 0.0, keep_until: float = 0.0) -> None:
        """Forget a room and its exclusions. Its calls stay in the history.

        Its link is kept for those who had it (:class:`~visavis.rooms.KeptLink`) until ``keep_until``; links
        that are kept no more at the time ``at`` are forgotten.

        Raises:
            RoomNotFound
        """

    async def rooms(self, account_id: AccountId | None, before: float | None, limit: int) -> tuple[Room, ...]:
        """The rooms that an account owns or moderates, or all, without their exclusions. The last that was
        made comes first.

        Args:
            before: only those that were made earlier than this; None for all.
        """

    async def last_calls(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, float]:
        """When the last call in each of these rooms began, where one is remembered."""

    async def record(self, node: NodeId, moments: Sequence[Moment]) -> None:
        """Write what happened in the calls of a node, in order. When this returns, it survives a crash.

        Where it fails, some of the moments, from the first on, may have been written; all of them are to
        be written again. A moment of a call that is not known changes nothing.

        Raises:
            Exception: besides StorageUnavailable: a moment that this database will never take.
        """

    async def recent_calls(self, limit: int) -> tuple[CallRecord, ...]:
        """The calls that began last, the latest first: at most ``limit``."""

    async def call(self, call_id: CallId) -> CallRecord | None:
        """One that is remembered."""

    async def acts(self, room_id: RoomId, limit: int) -> tuple[Acted, ...]:
        """What was done in a room by those who have a role there, the latest first: at most ``limit``."""
