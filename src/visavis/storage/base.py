"""What outlives a restart. Implementations are chosen in ``choice.py`` and known nowhere else."""

from collections.abc import Sequence
from typing import Protocol

from visavis.records import CallRecord, Moment, NodeId
from visavis.rooms import Room, RoomId


class Storage(Protocol):
    """Domain objects in, domain objects out.

    Every operation may raise :class:`~visavis.errors.StorageUnavailable`: the database cannot be
    reached or does not work, and trying again may help. What was to be changed may or may not have been.
    """

    async def open(self) -> None:
        """Get ready, and bring the database to the form of this program: before anything else, once.

        Raises:
            StorageUnavailable: it cannot be opened, or a newer program made it. The message has the
                reason: it is for the operator who starts the server.
        """

    async def close(self) -> None:
        """Let go of everything. Safe twice, and after an ``open`` that failed. Never raises."""

    async def add_room(self, room: Room) -> None:
        """Keep a new room. When this returns, the room survives a crash.

        Raises:
            RoomExists: there is a room with this id; it is left as it was.
        """

    async def room(self, room_id: RoomId) -> Room | None:
        """The room with this id, or None."""

    async def record(self, node: NodeId, moments: Sequence[Moment]) -> None:
        """Write what happened in the calls of a node, in order. When this returns, it survives a crash.

        Where it fails, some of the moments, from the first on, may have been written; all of them are to
        be written again. A moment of a call that is not known changes nothing.

        Raises:
            Exception: besides StorageUnavailable: a moment that this database will never take.
        """

    async def recent_calls(self, limit: int) -> tuple[CallRecord, ...]:
        """The calls that began last, the latest first: at most ``limit``."""
