"""What of a storage is the same on every SQL database, put together."""

from collections.abc import Mapping, Sequence

from visavis.records import Acted, CallId, CallRecord, Moment, NodeId
from visavis.rooms import AccountId, Maker, Room, RoomId
from visavis.storage import sql
from visavis.storage.sql_keys import SqlKeys


class SqlStorage(SqlKeys):
    """Implements :class:`~visavis.storage.base.Storage`, but for how it is opened and closed, and how an
    operation is run.
    """

    async def add_room(self, room: Room, maker: Maker | None = None) -> None:
        await self._write(sql.add_room, room, maker)

    async def room(self, room_id: RoomId) -> Room | None:
        return (await self._read(sql.find_rooms, [room_id])).get(room_id)

    async def rooms_by_id(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, Room]:
        return await self._read(sql.find_rooms, room_ids)

    async def change_room(self, room: Room) -> None:
        await self._write(sql.change_room, room)

    async def delete_room(self, room_id: RoomId, at: float = 0.0, keep_until: float = 0.0) -> None:
        await self._write(sql.delete_room, room_id, at, keep_until)

    async def rooms(self, account_id: AccountId | None, before: float | None, limit: int) -> tuple[Room, ...]:
        return await self._read(sql.list_rooms, account_id, before, limit)

    async def last_calls(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, float]:
        return await self._read(sql.last_calls, room_ids)

    async def record(self, node: NodeId, moments: Sequence[Moment]) -> None:
        await self._write(sql.record, node, moments)

    async def recent_calls(self, limit: int) -> tuple[CallRecord, ...]:
        return await self._read(sql.recent_calls, limit)

    async def call(self, call_id: CallId) -> CallRecord | None:
        return await self._read(sql.call, call_id)

    async def acts(self, room_id: RoomId, limit: int) -> tuple[Acted, ...]:
        return await self._read(sql.list_acts, room_id, limit)
