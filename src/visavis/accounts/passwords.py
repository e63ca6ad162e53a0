"""Passwords: which are taken, and how they are hashed.

Hashed with argon2id (RFC 9106). The work is bounded: a few at a time, in threads of their own, and not too
many that wait.
"""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from visavis.errors import Busy, PasswordTooCommon, PasswordTooLong, PasswordTooShort

T = TypeVar("T")

MIN_LENGTH = 10
MAX_LENGTH = 256
"""Characters, that is, code points of the composed form."""

AT_ONCE = 2
"""Each takes 64 MiB."""

WAITING = 64
"""Some ten seconds' work. Who comes then is told to try again."""


def check_password(password: str, *names: str | None) -> None:
    """Whether a password may be chosen.

    Args:
        names: what others know or guess of its owner, which is no password.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon
    """
    composed = unicodedata.normalize("NFC", password)
    if len(composed) < MIN_LENGTH:
        raise PasswordTooShort
    if len(composed) > MAX_LENGTH:
        raise PasswordTooLong
    plain = composed.casefold()
    known = {name.casefold() for name in names if name}
    known |= {name.partition("@")[0] for name in known}
    if plain in known or plain in _commonest() or len(set(plain)) < 3:
        raise PasswordTooCommon


@cache
def _commonest() -> frozenset[str]:
    """Of those that are long enough."""
    return frozenset(files(__package__).joinpath("common_passwords.txt").read_text("utf-8").split())


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of a check. ``better``: a new hash to keep, where the old one is weaker than
    those of today."""

    is_right: bool
    better: str | None = None


class Passwords:
    """Hashes passwords, and checks them.

    Args:
        hasher: how much work a hash is. By default argon2-cffi's own choice, RFC 9106's second
            recommendation: 3 passes over 64 MiB in 4 lanes.
    """

    def __init__(
        self, hasher: PasswordHasher | None = None, at_once: int = AT_ONCE, waiting: int = WAITING
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._most = at_once + waiting
        self._under_way = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """
        Raises:
            Busy
        """
        return await self._do(lambda: self._hasher.hash(_bytes(password)))

    async def check(self, encoded: str | None, password: str) -> Verdict:
        """Whether a password is the one that was hashed.

        Args:
            encoded: the hash; None where there is no account, or one without a password: the work is
                the same.

        Raises:
            Busy
        """
        return await self._do(lambda: self._check(encoded, password))

    def close(self) -> None:
        """Do not wait for what is under way. Safe twice."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _do(self, work: Callable[[], T]) -> T:
        if self._under_way >= self._most:
            raise Busy
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1

    def _check(self, encoded: str | None, password: str) -> Verdict:
        if encoded is None:
            if self._nobodys is None:
                self._nobodys = self._hasher.hash(b"nobody's")
            self._verify(self._nobodys, password)
            return Verdict(is_right=False)
        if not self._verify(encoded, password):
            return Verdict(is_right=False)
        is_weaker = self._hasher.check_needs_rehash(encoded)
        return Verdict(is_right=True, better=self._hasher.hash(_bytes(password)) if is_weaker else None)

    def _verify(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
