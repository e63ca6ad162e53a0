"""Signing in with a password."""

from visavis.accounts.credentials import Credentials
from visavis.accounts.passwords import Passwords
from visavis.accounts.sessions import Client, Sessions
from visavis.accounts.throttle import Devices, SignInThrottle
from visavis.errors import InputError, PasswordWrong, SignInFailed
from visavis.identity import Account, parse_login
from visavis.storage.base import Storage


class SignIn:
    """Lets people in who know their password, and keeps others from guessing it."""

    def __init__(
        self,
        storage: Storage,
        passwords: Passwords,
        sessions: Sessions,
        throttle: SignInThrottle,
        devices: Devices,
    ) -> None:
        self._storage = storage
        self._passwords = passwords
        self._sessions = sessions
        self._throttle = throttle
        self._devices = devices

    async def sign_in(
        self, login: str, password: str, client: Client, credentials: Credentials
    ) -> tuple[Account, str]:
        """Begin a session.

        Whether there is an account of that name can be told neither by the answer nor by the work.

        Args:
            login: a user name or an email address, as typed.
            credentials: what the browser has. A session that it has ends.

        Returns:
            The account, and the secret of the session.

        Raises:
            TooManyAttempts, SignInFailed, Busy, StorageUnavailable
        """
        try:
            parsed = parse_login(login)
            account = await self._storage.account_by_login(parsed)
        except InputError:
            parsed, account = login, None
        encoded = await self._prove(account, parsed, password, client, credentials)
        if account is None or encoded is None:
            raise SignInFailed
        secret = await self._sessions.begin(
            account, client, instead_of=credentials.session, proven_by=encoded
        )
        return account, secret

    async def confirm(
        self, account: Account, password: str, client: Client, credentials: Credentials
    ) -> None:
        """Make sure that it is the owner who asks, and not somebody at their browser.

        Raises:
            TooManyAttempts, PasswordWrong, Busy, StorageUnavailable
        """
        if await self._prove(account, account.login, password, client, credentials) is None:
            raise PasswordWrong

    async def _prove(
        self, account: Account | None, login: str, password: str, client: Client, credentials: Credentials
    ) -> str | None:
        """The hash that the password was proven against; None where it is wrong."""
        device = self._devices.known(credentials.device, None if account is None else account.id)
        self._throttle.attempt(login, client.address, device)
        encoded = None if account is None or account.disabled else account.password_hash
        verdict = await self._passwords.check(encoded, password)
        if not verdict.is_right or account is None or encoded is None:
            return None
        self._throttle.succeeded(login, client.address, device)
        if verdict.better is not None:
            await self._storage.rehash_password(account.id, encoded, verdict.better)
            return verdict.better
        return encoded
