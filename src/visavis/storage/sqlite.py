"""Storage in SQLite, one file in the data folder."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, insert, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from visavis.errors import RoomExists, StorageUnavailable
from visavis.rooms import Room, RoomId
from visavis.storage.schema import bring_up_to_date
from visavis.storage.sqlite_thread import SqliteThread, Work
from visavis.storage.tables import rooms

T = TypeVar("T")

_BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process that writes to the file."""


_ADD_ROOM = insert(rooms)
_FIND_ROOM = select(rooms.c.capacity).where(rooms.c.id == bindparam("room_id"))


class SqliteStorage:
    """Rooms in an SQLite file. Reads and writes have a thread each, so that reads never wait.

    Args:
        file: the database; made where it is missing.
        now: seconds since the epoch.
    """

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._now = now
        url = URL.create("sqlite", database=str(file))
        self._engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _BUSY_TIMEOUT})
        event.listen(self._engine, "connect", _set_up)
        self._reader: SqliteThread | None = None
        self._writer: SqliteThread | None = None

    async def open(self) -> None:
        """Bring the database to the schema of this program.

        Raises:
            StorageUnavailable: it cannot be opened, or a newer program made it. The message has the
                reason: it is for the operator who starts the server.
        """
        try:
            await asyncio.to_thread(_prepare, self._engine)
        except (SQLAlchemyError, OSError) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            database = self._engine.url.database
            raise StorageUnavailable(f"The database {database} cannot be opened: {reason}.") from error
        autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = SqliteThread(autocommit, writes=False)
        self._writer = SqliteThread(autocommit, writes=True)

    async def close(self) -> None:
        reader, self._reader = self._reader, None
        writer, self._writer = self._writer, None
        for thread in (writer, reader):
            if thread is not None:
                await thread.close()

    async def add_room(self, room: Room) -> None:
        values = {"id": room.id, "capacity": room.capacity, "created_at": self._now()}
        try:
            await _do(self._writer, lambda connection: connection.execute(_ADD_ROOM, values).close())
        except IntegrityError:
            raise RoomExists from None

    async def room(self, room_id: RoomId) -> Room | None:
        def find(connection: Connection) -> int | None:
            return connection.execute(_FIND_ROOM, {"room_id": room_id}).scalar_one_or_none()

        capacity = await _do(self._reader, find)
        return None if capacity is None else Room(room_id, capacity)


async def _do(thread: SqliteThread | None, work: Work[T]) -> T:
    if thread is None:
        raise StorageUnavailable
    return await thread.do(work)


def _set_up(connection: Any, _record: object) -> None:
    """What each new connection needs. The driver was given the busy time-out."""
    # A committed room survives a power failure too.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _prepare(engine: Engine) -> None:
    """Make the file ready for both threads."""
    with engine.connect() as connection:
        _use_wal(connection)
        # One writer at a time: of two servers that start at once, the second finds all done.
        connection.execute(text("BEGIN IMMEDIATE"))
        bring_up_to_date(connection)
        connection.commit()


def _use_wal(connection: Connection) -> None:
    """Let readers and the writer not wait for each other. The file remembers it."""
    deadline = time.monotonic() + _BUSY_TIMEOUT
    waiting = True
    while waiting:
        try:
            connection.execute(text("PRAGMA journal_mode = WAL"))
            waiting = False
        except OperationalError:
            # Another server makes the same step on the same new file. For this one statement,
            # SQLite does not wait until the other is done.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
