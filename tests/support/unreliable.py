"""A storage whose database fails in the middle of writing, used by somebody who tries again."""

from collections.abc import Sequence

from visavis.records import CallRecord, Moment, NodeId
from visavis.rooms import Room, RoomId
from visavis.storage.base import Storage


class Unreliable:
    """Implements :class:`visavis.storage.base.Storage` by another one.

    To write moments fails three times: when half of them are written, when none is, and when all are and
    only the answer is lost. They are tried again, all of them, as :class:`visavis.history.History` does.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def open(self) -> None:
        await self._storage.open()

    async def close(self) -> None:
        await self._storage.close()

    async def add_room(self, room: Room) -> None:
        await self._storage.add_room(room)

    async def room(self, room_id: RoomId) -> Room | None:
        return await self._storage.room(room_id)

    async def record(self, node: NodeId, moments: Sequence[Moment]) -> None:
        for written in (len(moments) // 2, 0, len(moments)):
            await self._storage.record(node, moments[:written])
        await self._storage.record(node, moments)

    async def recent_calls(self, limit: int) -> tuple[CallRecord, ...]:
        return await self._storage.recent_calls(limit)
