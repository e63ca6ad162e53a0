"""Looks again at the rooms that are in use: others change them too, by the command line, or on another node
of the same database.

Every two seconds the storage is asked for all rooms in which somebody is or knocks; those that are others now
are so at once, as if they had been changed here, and who is shut out now is out of the call. It is asked for
the accounts of those inside too: who is there by one that was disabled or deleted is out. While the storage
is away nothing is taken over.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

import structlog

from visavis.calls import Calls
from visavis.chair import Chair
from visavis.errors import StorageUnavailable
from visavis.logs import report
from visavis.rooms import AccountId

log = structlog.get_logger(__name__)

PAUSE = 2.0
"""Seconds between two looks."""

_AT_ONCE = 200
"""Rooms, or accounts, that are asked for together."""


class RoomWatch:
    """See the module. To be started and closed once."""

    def __init__(self, calls: Calls, chair: Chair) -> None:
        self._calls = calls
        self._chair = chair
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Safe twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def look(self) -> None:
        """Take over what is another in the storage.

        Raises:
            StorageUnavailable: the rest is as it was.
        """
        for known in _parts(list(self._calls.in_use().items())):
            found = await self._calls.registry.look_again([room_id for room_id, _ in known])
            for room_id, before in known:
                self._chair.take_over(room_id, before, found.get(room_id))
        inside = list(self._calls.accounts())
        used: frozenset[AccountId] = frozenset()
        for accounts in _parts(inside):
            in_use = await self._calls.registry.who_may_act(accounts)
            self._chair.put_out_accounts(frozenset(accounts) - in_use)
            used |= in_use
        self._calls.found_in_use(frozenset(inside), used)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            try:
                await self.look()
            except StorageUnavailable:
                pass  # the storage says so itself
            except Exception as error:  # noqa: BLE001 - one room that is at fault must not stop the watch
                report(log, "rooms cannot be looked at", error)


T = TypeVar("T")


def _parts(known: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(known), _AT_ONCE):
        yield known[start : start + _AT_ONCE]
