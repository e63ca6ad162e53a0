"""All that one can ask about accounts, put together."""

import time
from collections.abc import Callable

from visavis.accounts.mail import Background, SmtpServer
from visavis.accounts.membership import Membership, Post
from visavis.accounts.passwords import Passwords
from visavis.accounts.sessions import Sessions
from visavis.accounts.sign_in import SignIn
from visavis.accounts.throttle import Devices, SignInThrottle
from visavis.settings import Settings
from visavis.storage.base import Storage


class Reception:
    """The parts that know accounts, as the settings want them. To be closed at the end.

    Args:
        secret: the server's.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        sessions: Sessions,
        secret: bytes,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._passwords = Passwords()
        self._background = Background()
        self.storage = storage
        self.sessions = sessions
        self.devices = Devices(secret)
        post = post_of(settings, self._background)
        is_open = settings.signup == "open"
        self.membership = Membership(storage, self._passwords, post, is_open=is_open, now=now)
        throttle = SignInThrottle(time.monotonic)
        self.sign_in = SignIn(storage, self._passwords, sessions, throttle, self.devices)
        self._wants_accounts = settings.access != "open"

    async def first_administrator(self) -> str | None:
        """The secret of a link for the first administrator, where accounts are wanted and there is none.

        Raises:
            StorageUnavailable
        """
        return await self.membership.first_administrator() if self._wants_accounts else None

    async def close(self) -> None:
        await self._background.close()
        self._passwords.close()


def post_of(settings: Settings, background: Background) -> Post | None:
    """How links reach people by mail; None where the settings name no mail server."""
    if settings.smtp_host is None or settings.smtp_from is None or settings.base_url is None:
        return None
    password = settings.smtp_password
    server = SmtpServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_from,
        settings.smtp_username,
        None if password is None else password.get_secret_value(),
    )
    return Post(settings.base_url, server, background)
