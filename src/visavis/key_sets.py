"""A key set that its owner publishes at an address (JWKS), and changes when it likes.

Asked when it is first needed, then in the background once an hour, and when a token names a key that is not
in it; never more than once in :data:`PAUSE`. While its owner cannot be reached, the last set goes on.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from visavis.errors import KeysUnavailable
from visavis.fetching import FetchFailed, fetch
from visavis.web_tokens import KeyUnusable, VerificationKey, WebTokenInvalid, keys_in_set, only

log = structlog.get_logger(__name__)

PAUSE = 15.0
"""Seconds between two questions: so much later a new key is known, if somebody asks for keys that are not."""

FRESH = 3600.0
"""Seconds after which the set is asked for again: by then a key that was withdrawn is no longer believed."""


def always(url: str) -> Callable[[], Awaitable[str]]:
    """An address that is known."""

    async def address() -> str:
        return url

    return address


class RemoteKeySet:
    """The keys at an address.

    Args:
        address: says the address. May raise FetchFailed.
        now: seconds, of a clock that does not jump.
    """

    def __init__(self, address: Callable[[], Awaitable[str]], now: Callable[[], float]) -> None:
        self._address = address
        self._now = now
        self._keys: tuple[VerificationKey, ...] | None = None
        self._asked_at: float | None = None
        self._failing = False
        self._asking: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None, algorithm: str) -> VerificationKey:
        """The key that a token names; of one that names none, the only key that there is for its algorithm.

        Raises:
            WebTokenInvalid: there is none.
            KeysUnavailable: there may be, but the owner cannot be asked.
        """
        if self._keys is None:
            await self._refresh()
        elif self._asked_at is not None and self._now() - self._asked_at > FRESH:
            self._begin()
        found = self._look_up(key_id, algorithm)
        if found is None:
            await self._refresh()
            found = self._look_up(key_id, algorithm)
        if found is not None:
            return found
        if self._failing:
            raise KeysUnavailable
        raise WebTokenInvalid("its key is not known here")

    async def close(self) -> None:
        """Safe twice."""
        if self._asking is not None:
            self._asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._asking

    def _look_up(self, key_id: str | None, algorithm: str) -> VerificationKey | None:
        keys = self._keys or ()
        if key_id is None:
            of_algorithm = only(keys, algorithm)
            return of_algorithm[0] if len(of_algorithm) == 1 else None
        return next((key for key in keys if key.id == key_id), None)

    async def _refresh(self) -> None:
        """Ask, unless that was done just now; or wait for the answer that is on its way."""
        self._begin()
        if self._asking is not None:
            await asyncio.shield(self._asking)

    def _begin(self) -> None:
        is_asking = self._asking is not None and not self._asking.done()
        is_too_soon = self._asked_at is not None and self._now() - self._asked_at < PAUSE
        if not is_asking and not is_too_soon:
            self._asked_at = self._now()
            self._asking = asyncio.create_task(self._ask(), name="key set")

    async def _ask(self) -> None:
        try:
            self._keys = keys_in_set(await fetch(await self._address()))
        except (FetchFailed, KeyUnusable) as error:
            if not self._failing:
                log.warning("key set cannot be had; the last one goes on", reason=str(error))
            self._failing = True
            return
        if self._failing:
            log.info("key set can be had again")
        self._failing = False
