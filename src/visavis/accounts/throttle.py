"""How often one may try to sign in. Pure: the clock is handed in. Kept in memory, on each node by itself.

Who guesses is slowed down by address, and by account and address together. There is no budget of an account
alone that others could use up: from an address of one's own, or from a browser in which one has signed in
before, there is always another try.
"""

import hmac
import secrets
from collections.abc import Callable

from visavis.errors import TooManyAttempts
from visavis.identity import digest_of
from visavis.rates import KeyedRateLimit, address_key
from visavis.rooms import AccountId

WINDOW = 900.0
"""Seconds in which the following numbers of tries fail at most."""

OF_DEVICE = 10
"""From a browser that was signed in to the account before, whatever others do."""

OF_ADDRESS = 100
"""From one address, at all accounts together: a school is behind one."""

OF_ACCOUNT_AND_ADDRESS = 10
OF_ACCOUNT_AND_ADDRESS_UNDER_ATTACK = 3

ATTACK = 100
"""Tries at one account from everywhere, within :data:`ATTACK_WINDOW`, that are taken for an attack."""

ATTACK_WINDOW = 3600.0

_MOST_KEYS = 100_000


class SignInThrottle:
    """Counts tries at accounts.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        def limit(most: int, window: float = WINDOW) -> KeyedRateLimit:
            return KeyedRateLimit(most, window, clock, max_keys=_MOST_KEYS)

        self._devices = limit(OF_DEVICE)
        self._addresses = limit(OF_ADDRESS)
        self._pairs = limit(OF_ACCOUNT_AND_ADDRESS)
        self._pairs_under_attack = limit(OF_ACCOUNT_AND_ADDRESS_UNDER_ATTACK)
        self._accounts = limit(ATTACK, ATTACK_WINDOW)

    def attempt(self, login: str, address: str, device: str | None) -> None:
        """Count one more try, before it is known how it ends.

        Args:
            login: as :func:`~visavis.identity.parse_login` returns it, or whatever was typed.
            address: the client's.
            device: the browser, where it is known to have been signed in to this account.

        Raises:
            TooManyAttempts
        """
        if device is not None:
            if not self._devices.allow(device):
                raise TooManyAttempts
            return
        account, place = digest_of(login), address_key(address)
        pair = f"{account} {place}"
        is_under_attack = not self._accounts.allow(account)
        if not self._pairs.allow(pair):
            raise TooManyAttempts
        if is_under_attack and not self._pairs_under_attack.allow(pair):
            raise TooManyAttempts
        if not self._addresses.allow(place):
            raise TooManyAttempts

    def succeeded(self, login: str, address: str, device: str | None) -> None:
        """That try was good: it does not count, nor do the others of this client at this account."""
        if device is not None:
            self._devices.forget(device)
            return
        account, place = digest_of(login), address_key(address)
        pair = f"{account} {place}"
        self._pairs.forget(pair)
        self._pairs_under_attack.forget(pair)
        self._addresses.take_back(place)
        self._accounts.take_back(account)


class Devices:
    """Knows browsers again that were signed in to an account: they have a budget of their own, and no more.

    Args:
        secret: the server's.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def mark(self, account_id: AccountId) -> str:
        """What such a browser keeps."""
        number = secrets.token_urlsafe(12)
        return f"{number}.{self._sign(number, account_id)}"

    def known(self, mark: str | None, account_id: AccountId | None) -> str | None:
        """The name of the browser in a throttle; None where it was not signed in to this account."""
        if mark is None or account_id is None:
            return None
        number, _, signature = mark.partition(".")
        expected = self._sign(number, account_id)
        return number if hmac.compare_digest(signature.encode(errors="replace"), expected.encode()) else None

    def _sign(self, number: str, account_id: AccountId) -> str:
        said = f"visavis:device:{number}:{account_id}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, said, "sha256").hex()
