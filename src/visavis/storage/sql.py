"""Storage in a SQL database: SQLite, one file in the data folder."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, event, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from visavis.errors import RoomExists, StorageUnavailable
from visavis.logs import report
from visavis.rooms import Room, RoomId
from visavis.storage.tables import HEAD, rooms

log = structlog.get_logger(__name__)

_BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process that writes to the file."""


class SqlStorage:
    """Rooms in a database that SQLAlchemy reaches.

    Args:
        url: an SQLAlchemy URL with an asynchronous driver.
        now: seconds since the epoch.
    """

    def __init__(self, url: str, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._engine = create_async_engine(url, connect_args={"timeout": _BUSY_TIMEOUT})
        event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)

    async def open(self) -> None:
        """Bring the database to the schema of this program.

        Raises:
            StorageUnavailable: it cannot be opened, or a newer program made it. The message has the
                reason: it is for the operator who starts the server.
        """
        try:
            async with self._engine.connect() as connection:
                if connection.dialect.name == "sqlite":
                    await _use_wal(connection)
                # One writer at a time: of two servers that start at once, the second finds all done.
                await connection.execute(text("BEGIN IMMEDIATE"))
                before = await connection.run_sync(_revision)
                if before != HEAD:
                    await connection.run_sync(_migrate)
                    log.info("database migrated", before=before, now=HEAD)
                await connection.commit()
        except (SQLAlchemyError, OSError) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            database = self._engine.url.render_as_string(hide_password=True)
            raise StorageUnavailable(f"The database {database} cannot be opened: {reason}.") from error

    async def close(self) -> None:
        await self._engine.dispose()

    async def add_room(self, room: Room) -> None:
        values = {"id": room.id, "capacity": room.capacity, "created_at": self._now()}
        async with self._connection() as connection:
            try:
                await connection.execute(insert(rooms).values(values))
            except IntegrityError:
                raise RoomExists from None
            await connection.commit()

    async def room(self, room_id: RoomId) -> Room | None:
        async with self._connection() as connection:
            found = await connection.execute(select(rooms.c.capacity).where(rooms.c.id == room_id))
            capacity = found.scalar_one_or_none()
        return None if capacity is None else Room(room_id, capacity)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose errors are ours. What is not committed is rolled back."""
        try:
            async with self._engine.connect() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            fault = report(log, "database failed", error)
            raise StorageUnavailable(f"{StorageUnavailable.default} ({fault})") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """What each new connection to SQLite needs. The driver was given the busy time-out."""
    cursor = connection.cursor()
    # A committed room survives a power failure too.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


async def _use_wal(connection: AsyncConnection) -> None:
    """Let readers and the writer not wait for each other. The file remembers it."""
    deadline = time.monotonic() + _BUSY_TIMEOUT
    waiting = True
    while waiting:
        try:
            await connection.execute(text("PRAGMA journal_mode = WAL"))
            waiting = False
        except OperationalError:
            # Another server makes the same step on the same new file. For this one statement,
            # SQLite does not wait until the other is done.
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.01)


def _revision(connection: Connection) -> str | None:
    """The revision of the schema in the database; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version"))
    return found.scalars().one_or_none()


def _migrate(connection: Connection) -> None:
    """Bring the schema to the newest revision, in the transaction of ``connection``."""
    # Imported here: it takes a tenth of a second, and most starts find nothing to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    migrations = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageUnavailable(
            f"The database cannot be brought to revision {HEAD}: {error}. "
            "Was it made by a newer version of Visavis?"
        ) from error
