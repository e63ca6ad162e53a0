"""What outlives a restart. Implementations are chosen in ``app.py`` and known nowhere else."""

from typing import Protocol

from visavis.rooms import Room, RoomId


class Storage(Protocol):
    """Domain objects in, domain objects out.

    Every operation may raise :class:`~visavis.errors.StorageUnavailable`: the database cannot be
    reached or does not work, nothing was changed as far as one can know, and trying again may help.
    """

    async def open(self) -> None:
        """Get ready: before anything else, once."""

    async def close(self) -> None:
        """Let go of everything. Safe twice, and after an ``open`` that failed. Never raises."""

    async def add_room(self, room: Room) -> None:
        """Keep a new room. When this returns, the room survives a crash.

        Raises:
            RoomExists: there is a room with this id; it is left as it was.
        """

    async def room(self, room_id: RoomId) -> Room | None:
        """The room with this id, or None."""
