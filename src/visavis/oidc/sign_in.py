"""Signing in at an identity provider: from the press on the button to an account.

What is needed when the browser comes back stands in a cookie of that browser, sealed, for ten minutes: a code
that somebody else's browser was given, or that comes without having been asked for, is worth nothing here
(RFC 9700, sections 2.1 and 4.7).
"""

import hashlib
import hmac
import json
import re
import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from visavis.errors import (
    AccountExists,
    AccountNotAllowed,
    ProviderRefused,
    SignInStale,
)
from visavis.identity import Account, AccountChange, ProviderIdentity
from visavis.oidc.claims import GroupRules, Person
from visavis.oidc.provider import Attempt, Client, Provider
from visavis.rooms import AccountId
from visavis.sealing import Seal, SealBroken
from visavis.settings import Settings, SettingsInvalid
from visavis.storage.base import Storage

log = structlog.get_logger(__name__)

LIFETIME = 600.0
"""Seconds in which one has to come back."""

_MOST_USED = 10_000
_COOKIE = "sign-in"
_PATH = re.compile(r"/(?!/)[A-Za-z0-9/_.~-]{0,200}")


def provider_sign_in(
    settings: Settings,
    storage: Storage,
    secret: bytes,
    now: Callable[[], float],
    monotonic: Callable[[], float],
) -> "ProviderSignIn | None":
    """The way in by the provider that the settings name, if they name one.

    Args:
        secret: the server's.
        now: seconds since the epoch.
        monotonic: seconds, of a clock that does not jump.

    Raises:
        SettingsInvalid: the file of the client's secret cannot be read.
    """
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    allowed, admins = frozenset(settings.oidc_allowed_groups), frozenset(settings.oidc_admin_groups)
    client = Client(
        settings.oidc_issuer,
        settings.oidc_client_id,
        _client_secret(settings),
        settings.oidc_scopes,
        GroupRules(settings.oidc_groups_claim, allowed, admins),
    )
    rules = Rules(settings.oidc_makes_accounts, settings.oidc_links_by_email)
    return ProviderSignIn(storage, Provider(client, now, monotonic), rules, secret, now)


def _client_secret(settings: Settings) -> str | None:
    given, file = settings.oidc_client_secret, settings.oidc_client_secret_file
    if file is None:
        return None if given is None else given.get_secret_value()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsInvalid(f"oidc_client_secret_file: {file} cannot be read.") from None


@dataclass(frozen=True, slots=True)
class Rules:
    """Whose accounts these may become.

    Attributes:
        makes_accounts: whether somebody who comes for the first time gets an account.
        links_by_email: whether an account that is there with the same email address is theirs.
    """

    makes_accounts: bool = True
    links_by_email: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the browser, and what it has to keep until it is back."""

    address: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Answer:
    """With what the provider sent a browser back (RFC 6749, section 4.1.2; RFC 9207)."""

    state: str
    code: str | None = None
    error: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the cookie holds."""

    attempt: Attempt
    then: str
    expires_at: float


class ProviderSignIn:
    """
    Args:
        secret: the server's.
        now: seconds since the epoch.
    """

    def __init__(
        self, storage: Storage, provider: Provider, rules: Rules, secret: bytes, now: Callable[[], float]
    ) -> None:
        self._storage = storage
        self._provider = provider
        self._rules = rules
        self._seal = Seal(secret, "sign-ins under way")
        self._now = now
        self._used: OrderedDict[str, None] = OrderedDict()

    async def close(self) -> None:
        """Safe twice."""
        await self._provider.close()

    async def start(self, redirect_uri: str, then: str) -> Started:
        """Begin.

        Args:
            redirect_uri: where the provider sends the browser back to.
            then: the path of our page to show afterwards; one that is none becomes the first page.

        Raises:
            ProviderUnavailable, ProviderAnswerInvalid
        """
        attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
        address = await self._provider.address(attempt, _challenge(attempt.verifier), redirect_uri)
        page = then if _PATH.fullmatch(then) else "/"
        kept = [attempt.state, attempt.nonce, attempt.verifier, page, self._now() + LIFETIME]
        return Started(address, self._seal.close(json.dumps(kept).encode(), _COOKIE))

    async def finish(self, answer: Answer, cookie: str | None, redirect_uri: str) -> tuple[Account, str]:
        """Who came back, and the path of the page to show.

        Raises:
            SignInStale: it did not begin in this browser, took too long, or is over already.
            ProviderRefused: the person or the provider changed their mind.
            ProviderAnswerInvalid, ProviderUnavailable
            AccountNotAllowed: not in a group that is let in, no account here, or a disabled one.
            StorageUnavailable
        """
        kept = self._take(cookie, answer.state)
        await self._provider.check_issuer(answer.issuer)
        if answer.code is None:
            log.info("identity provider sent somebody back", reason=(answer.error or "no code")[:100])
            raise ProviderRefused
        person = await self._provider.person(answer.code, kept.attempt, redirect_uri)
        account = await self._account(person)
        if account.disabled:
            raise AccountNotAllowed
        return await self._up_to_date(account, person), kept.then

    # --- inside -------------------------------------------------------------------------------

    def _take(self, cookie: str | None, state: str) -> _Kept:
        """What was kept for a sign-in, once."""
        kept = self._open(cookie or "")
        if kept is None or not hmac.compare_digest(kept.attempt.state.encode(), _bytes(state)):
            raise SignInStale
        if kept.expires_at <= self._now() or kept.attempt.state in self._used:
            raise SignInStale
        self._used[kept.attempt.state] = None
        if len(self._used) > _MOST_USED:
            self._used.popitem(last=False)
        return kept

    def _open(self, cookie: str) -> _Kept | None:
        try:
            state, nonce, verifier, then, expires_at = json.loads(self._seal.open(cookie, _COOKIE))
        except SealBroken:
            return None
        return _Kept(Attempt(state, nonce, verifier), then, expires_at)

    async def _account(self, person: Person) -> Account:
        """The account of somebody: the one that they had the last time, one that is theirs, or a new one."""
        bound = await self._storage.account_bound_to(person.identity)
        if bound is not None:
            return bound
        account = await self._theirs(person) or await self._new(person)
        if account is None:
            raise AccountNotAllowed
        await self._storage.bind_account(person.identity, account.id)
        log.info("account bound to an identity provider", account=account.id)
        # Who came at the same time may have been first: with another account, only by the email address.
        return await self._storage.account_bound_to(person.identity) or account

    async def _theirs(self, person: Person) -> Account | None:
        """An account with an address of which the provider says that it is theirs."""
        if person.email is None or not self._rules.links_by_email:
            return None
        return await self._storage.account_by_login(person.email)

    async def _new(self, person: Person) -> Account | None:
        """A new account. Its id follows from the identity, so that two tries do not make two accounts."""
        if not self._rules.makes_accounts:
            return None
        account_id = _account_id(person.identity)
        name = person.name or (person.email or "").partition("@")[0]
        account = Account(account_id, None, person.email, name, self._now(), admin=bool(person.admin))
        by_itself = Account(
            account_id, _user_name(account_id), None, name, self._now(), admin=bool(person.admin)
        )
        for candidate in (account, by_itself) if person.email is not None else (by_itself,):
            try:
                await self._storage.add_account(candidate)
            except AccountExists:
                # Made by a try before; or somebody else has the address, and it is left to them.
                if (found := await self._storage.account(account_id)) is not None:
                    return found
                continue
            log.info("account made", account=account_id, admin=candidate.admin)
            return candidate
        return None

    async def _up_to_date(self, account: Account, person: Person) -> Account:
        """The account, with the rights that the provider's groups give it now."""
        if person.admin is None or person.admin == account.admin:
            return account
        await self._storage.change_account(account.id, AccountChange(admin=person.admin))
        log.info("account changed by its groups", account=account.id, admin=person.admin)
        return await self._storage.account(account.id) or account


def _challenge(verifier: str) -> str:
    """S256 (RFC 7636, section 4.2)."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _account_id(identity: ProviderIdentity) -> AccountId:
    said = json.dumps([identity.issuer, identity.subject]).encode()
    return AccountId(_base64url(hashlib.sha256(said).digest()[:24]))


def _user_name(account_id: AccountId) -> str:
    """One that nobody types."""
    return "id-" + hashlib.sha256(account_id.encode()).hexdigest()[:16]


def _base64url(data: bytes) -> str:
    """Without padding (RFC 7515, section 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
