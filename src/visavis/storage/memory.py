"""A storage that forgets: for trying out, and for tests."""

from visavis.errors import RoomExists
from visavis.rooms import Room, RoomId


class MemoryStorage:
    """Keeps rooms for as long as it lives, and is never unavailable."""

    def __init__(self) -> None:
        self._rooms: dict[RoomId, Room] = {}

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def add_room(self, room: Room) -> None:
        if room.id in self._rooms:
            raise RoomExists
        self._rooms[room.id] = room

    async def room(self, room_id: RoomId) -> Room | None:
        return self._rooms.get(room_id)
