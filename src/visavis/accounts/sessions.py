"""Sessions: browsers in which somebody is signed in."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from visavis.accounts.credentials import Credentials
from visavis.errors import SessionNotFound, SignInFailed, SignInRequired, StorageUnavailable
from visavis.identity import (
    GUEST,
    Account,
    Digest,
    Identity,
    Session,
    SessionId,
    digest_of,
    new_secret,
    new_session_id,
)
from visavis.storage.base import Storage

log = structlog.get_logger(__name__)

TOUCH_AFTER = 60.0
"""Seconds after which it is noted anew that a session is used."""

_LONGEST_USER_AGENT = 256


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Seconds. ``idle``: for which a session lasts without being used; ``longest``: in any case."""

    idle: float
    longest: float


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, as far as it can be seen."""

    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that is good, and its account."""

    session: Session
    account: Account


class Sessions:
    """All sessions.

    Args:
        now: seconds since the epoch.
    """

    def __init__(self, storage: Storage, lifetimes: Lifetimes, now: Callable[[], float] = time.time) -> None:
        self._storage = storage
        self._lifetimes = lifetimes
        self._now = now

    async def begin(
        self,
        account: Account,
        client: Client,
        *,
        instead_of: Digest | None = None,
        proven_by: str | None = None,
    ) -> str:
        """Sign in. The secret is new, whatever the browser had before.

        Args:
            instead_of: the session that the browser had, which ends.
            proven_by: as for :meth:`~visavis.storage.base.AccountStorage.add_session`.

        Returns:
            The secret, for the browser alone.

        Raises:
            SignInFailed: the account is disabled or gone by now, or its password is another.
            StorageUnavailable
        """
        now = self._now()
        ends_at = now + self._lifetimes.longest
        session = Session(
            new_session_id(),
            account.id,
            now,
            now,
            min(now + self._lifetimes.idle, ends_at),
            ends_at,
            _visible(client.user_agent),
            client.address,
        )
        secret = new_secret()
        if not await self._storage.add_session(
            session, digest_of(secret), instead_of=instead_of, proven_by=proven_by
        ):
            raise SignInFailed
        log.info("signed in", account=account.id, session=session.id)
        return secret

    async def find(self, credentials: Credentials, address: str | None = None) -> SignedIn | None:
        """Who is signed in, if anybody is.

        Args:
            address: of the client; where given, it is noted that the session is used.

        Raises:
            StorageUnavailable
        """
        if credentials.session is None:
            return None
        found = await self._storage.session(credentials.session)
        if found is None:
            return None
        session, account = found
        now = self._now()
        if session.expires_at <= now or account.disabled:
            return None
        if address is not None and now - session.seen_at >= TOUCH_AFTER:
            await self._touch(session, now, address)
        return SignedIn(session, account)

    async def get(self, credentials: Credentials, address: str | None = None) -> SignedIn:
        """The same.

        Raises:
            SignInRequired: nobody is.
            StorageUnavailable
        """
        found = await self.find(credentials, address)
        if found is None:
            raise SignInRequired
        return found

    async def identity(self, credentials: Credentials) -> Identity:
        """For whom a request speaks: a guest where it brings nothing that is good, and where the database
        cannot be asked. Calls go on without it, and a guest may do least.
        """
        try:
            found = await self.find(credentials)
        except StorageUnavailable:
            return GUEST
        return GUEST if found is None else found.account.identity

    async def all_of(self, signed_in: SignedIn) -> tuple[Session, ...]:
        """Those of one's account that are good, the last used first.

        Raises:
            StorageUnavailable
        """
        now = self._now()
        known = await self._storage.sessions(signed_in.account.id)
        return tuple(session for session in known if session.expires_at > now)

    async def end(self, signed_in: SignedIn, session_id: SessionId) -> None:
        """End one of one's sessions.

        Raises:
            SessionNotFound, StorageUnavailable
        """
        if not await self._storage.end_session(signed_in.account.id, session_id):
            raise SessionNotFound
        log.info("session ended", account=signed_in.account.id, session=session_id)

    async def end_others(self, signed_in: SignedIn) -> int:
        """End all of one's sessions but this one. How many it were.

        Raises:
            StorageUnavailable
        """
        ended = await self._storage.end_sessions(signed_in.account.id, signed_in.session.id)
        log.info("other sessions ended", account=signed_in.account.id, sessions=ended)
        return ended

    async def _touch(self, session: Session, now: float, address: str) -> None:
        expires_at = min(now + self._lifetimes.idle, session.ends_at)
        try:
            await self._storage.touch_session(session.id, now, expires_at, address)
        except StorageUnavailable:
            return  # noted the next time


def _visible(user_agent: str) -> str:
    """What a browser says of itself, without what could do harm where it is shown."""
    return "".join(c for c in user_agent if c.isascii() and c.isprintable())[:_LONGEST_USER_AGENT]
