"""How accounts come to be, and how passwords change."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from visavis.accounts import letters
from visavis.accounts.letters import Letter
from visavis.accounts.mail import Background, SmtpServer
from visavis.accounts.passwords import Passwords, check_password
from visavis.errors import (
    AccountNotFound,
    InputError,
    LinkInvalid,
    MailOff,
    SignupClosed,
    UserNameInvalid,
)
from visavis.identity import (
    Account,
    AccountChange,
    OneTimeLink,
    Purpose,
    SessionId,
    digest_of,
    new_account_id,
    new_secret,
    parse_email,
    parse_login,
    parse_user_name,
)
from visavis.rooms import clean_name
from visavis.storage.base import Storage

log = structlog.get_logger(__name__)

_DAY = 86_400.0

INVITATION_LIFETIME = 7 * _DAY
FIRST_ADMINISTRATOR_LIFETIME = _DAY
RESET_LIFETIME = 3600.0
HANDED_OVER_LIFETIME = _DAY
"""Of a link to reset a password that an administrator hands over. All in seconds."""

LINK_PATH = "/welcome"
"""Where such links lead. The secret stands behind a ``#``, which browsers send to nobody."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is to have an account, as typed. A user name, an email address, or both."""

    user_name: str | None = None
    email: str | None = None
    name: str = ""
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Post:
    """How links reach people. ``base``: the address of the server as people know it, such as
    ``https://calls.example.org``."""

    base: str
    server: SmtpServer
    background: Background


def path_of(secret: str) -> str:
    """The path of a one-time link."""
    return f"{LINK_PATH}#{secret}"


class Membership:
    """Makes accounts, and changes them.

    Args:
        post: None where the server sends no mail.
        is_open: whether everybody may make an account.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        storage: Storage,
        passwords: Passwords,
        post: Post | None = None,
        *,
        is_open: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._storage = storage
        self._passwords = passwords
        self._post = post
        self._is_open = is_open
        self._now = now

    @property
    def sends_mail(self) -> bool:
        return self._post is not None

    # --- accounts -----------------------------------------------------------------------------

    async def add(self, newcomer: Newcomer, *, admin: bool = False) -> Account:
        """Make an account.

        Raises:
            InputError: its name, its address or its password cannot be.
            AccountExists, Busy, StorageUnavailable
        """
        account = await self._account_of(newcomer, admin=admin)
        await self._storage.add_account(account)
        log.info("account made", account=account.id, admin=admin)
        return account

    async def sign_up(self, newcomer: Newcomer, secret: str | None) -> Account:
        """Make an account by a link, or without one where sign-up is open.

        Raises:
            SignupClosed: there is no link, and there must be one.
            LinkInvalid: it is not good any more.
            InputError, AccountExists, Busy, StorageUnavailable
        """
        if secret is None:
            if not self._is_open:
                raise SignupClosed
            return await self.add(newcomer)
        link = await self.look(secret)
        if link.purpose is Purpose.PASSWORD_RESET:
            raise LinkInvalid
        is_first = link.purpose is Purpose.FIRST_ADMINISTRATOR
        account = await self._account_of(newcomer, admin=link.admin or is_first)
        if is_first and await self._storage.accounts():
            raise LinkInvalid
        await self._storage.sign_up(digest_of(secret), link.purpose, account)
        log.info("account made", account=account.id, admin=account.admin, by=link.purpose.value)
        return account

    async def find(self, login: str) -> Account:
        """The account with a user name or an email address.

        Raises:
            AccountNotFound, StorageUnavailable
        """
        try:
            found = await self._storage.account_by_login(parse_login(login))
        except InputError:
            found = None
        if found is None:
            raise AccountNotFound
        return found

    async def all(self) -> tuple[Account, ...]:
        return await self._storage.accounts()

    async def rename(self, account: Account, name: str) -> None:
        """Have an account called otherwise; without a name, by its user name or address.

        Raises:
            NameTooLong, AccountNotFound, StorageUnavailable
        """
        change = AccountChange(name=clean_name(name) or _usual_name(account.user_name, account.email))
        if not await self._storage.change_account(account.id, change):
            raise AccountNotFound

    async def set_disabled(self, account: Account, *, disabled: bool) -> None:
        """Let an account not act any more, at once, or let it sign in again.

        Raises:
            AccountNotFound, StorageUnavailable
        """
        if not await self._storage.change_account(account.id, AccountChange(disabled=disabled)):
            raise AccountNotFound
        if disabled:
            await self._storage.end_sessions(account.id)
        log.info("account disabled" if disabled else "account enabled", account=account.id)

    async def delete(self, account: Account) -> None:
        """
        Raises:
            AccountNotFound, StorageUnavailable
        """
        if not await self._storage.delete_account(account.id):
            raise AccountNotFound
        log.info("account deleted", account=account.id)

    # --- links --------------------------------------------------------------------------------

    async def invite(self, *, admin: bool = False, email: str | None = None) -> str:
        """Make a link with which somebody can have an account. Where they have an address, and the server
        sends mail, it is sent there too.

        Returns:
            The secret.

        Raises:
            EmailInvalid, StorageUnavailable
        """
        address = None if email is None else parse_email(email)
        now = self._now()
        link = OneTimeLink(Purpose.INVITATION, now, now + INVITATION_LIFETIME, admin, address)
        secret = await self._keep(link)
        if address is not None:
            days = round(INVITATION_LIFETIME / _DAY)
            self._send(address, letters.invitation(self._url(secret), days))
        return secret

    async def first_administrator(self) -> str | None:
        """The secret of a link for whoever is the first, and looks after the server; None where there is an
        account. Links of this kind that were made before are good no more.

        Raises:
            StorageUnavailable
        """
        if await self._storage.accounts():
            return None
        now = self._now()
        lifetime = FIRST_ADMINISTRATOR_LIFETIME
        return await self._keep(OneTimeLink(Purpose.FIRST_ADMINISTRATOR, now, now + lifetime, admin=True))

    async def reset_link(self, account: Account) -> str:
        """The secret of a link for an administrator to hand over.

        Raises:
            StorageUnavailable
        """
        return await self._keep_reset(account, HANDED_OVER_LIFETIME)

    def send_reset_link(self, login: str) -> None:
        """Send a link to whoever has that user name or address. Whether there is anybody, or any mail was
        sent, is not to be told from outside: it is done behind.

        Raises:
            MailOff
        """
        if self._post is None:
            raise MailOff
        self._post.background.do(self._send_reset_link(login), "mail with a link")

    async def look(self, secret: str) -> OneTimeLink:
        """The link with this secret, while it is good.

        Raises:
            LinkInvalid, StorageUnavailable
        """
        link = await self._storage.link(digest_of(secret))
        if link is None or link.expires_at <= self._now():
            raise LinkInvalid
        return link

    # --- passwords ----------------------------------------------------------------------------

    async def set_password(self, account: Account, password: str, keep: SessionId | None = None) -> None:
        """Change a password. All sessions but one end, and no link is good any more.

        Raises:
            PasswordTooShort, PasswordTooLong, PasswordTooCommon
            AccountNotFound, Busy, StorageUnavailable
        """
        check_password(password, account.user_name, account.email, account.name)
        encoded = await self._passwords.hash(password)
        if not await self._storage.set_password(account.id, encoded, keep):
            raise AccountNotFound
        self._tell_of_change(account)

    async def reset_password(self, secret: str, password: str) -> Account:
        """Change a password by a link. All sessions end.

        Raises:
            LinkInvalid
            PasswordTooShort, PasswordTooLong, PasswordTooCommon: the link is still good.
            Busy, StorageUnavailable
        """
        link = await self.look(secret)
        account = None if link.account_id is None else await self._storage.account(link.account_id)
        if link.purpose is not Purpose.PASSWORD_RESET or account is None:
            raise LinkInvalid
        check_password(password, account.user_name, account.email, account.name)
        encoded = await self._passwords.hash(password)
        changed = await self._storage.reset_password(digest_of(secret), encoded, self._now())
        self._tell_of_change(changed)
        return changed

    # --- inside -------------------------------------------------------------------------------

    async def _account_of(self, newcomer: Newcomer, *, admin: bool) -> Account:
        user_name = parse_user_name(newcomer.user_name) if newcomer.user_name else None
        email = parse_email(newcomer.email) if newcomer.email else None
        if user_name is None and email is None:
            raise UserNameInvalid
        name = clean_name(newcomer.name) or _usual_name(user_name, email)
        encoded = None
        if newcomer.password is not None:
            check_password(newcomer.password, user_name, email, name)
            encoded = await self._passwords.hash(newcomer.password)
        return Account(new_account_id(), user_name, email, name, self._now(), encoded, admin)

    async def _keep(self, link: OneTimeLink) -> str:
        secret = new_secret()
        await self._storage.add_link(link, digest_of(secret))
        log.info("link made", purpose=link.purpose.value)
        return secret

    async def _keep_reset(self, account: Account, lifetime: float) -> str:
        now = self._now()
        return await self._keep(
            OneTimeLink(Purpose.PASSWORD_RESET, now, now + lifetime, account_id=account.id)
        )

    async def _send_reset_link(self, login: str) -> None:
        try:
            account = await self.find(login)
        except AccountNotFound:
            return
        # Who signs in by other means only is not to come in by a mailbox.
        if account.email is None or account.disabled or account.password_hash is None:
            return
        secret = await self._keep_reset(account, RESET_LIFETIME)
        minutes = round(RESET_LIFETIME / 60)
        self._send(account.email, letters.password_reset(self._url(secret), minutes))

    def _tell_of_change(self, account: Account) -> None:
        log.info("password changed", account=account.id)
        if account.email is not None:
            self._send(account.email, letters.password_changed(account.name))

    def _url(self, secret: str) -> str:
        return ("" if self._post is None else self._post.base) + path_of(secret)

    def _send(self, to: str, letter: Letter) -> None:
        """Send a letter, where the server sends mail."""
        if self._post is not None:
            deliver = asyncio.to_thread(self._post.server.deliver, to, letter.subject, letter.text)
            self._post.background.do(deliver, "mail")


def _usual_name(user_name: str | None, email: str | None) -> str:
    return user_name or (email or "").partition("@")[0]
