"""Storage in SQLite, one file in the data folder."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from visavis.errors import StorageUnavailable
from visavis.storage.outage import Outage
from visavis.storage.schema import bring_up_to_date
from visavis.storage.sql_storage import SqlStorage
from visavis.storage.sqlite_thread import SqliteThread

P = ParamSpec("P")
T = TypeVar("T")

_BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process that writes to the file."""


class SqliteStorage(SqlStorage):
    """An SQLite file. Reads and writes have a thread each, so that reads never wait.

    Args:
        file: the database; made where it is missing.
        patience: seconds to wait for another process that writes to the file.
    """

    def __init__(self, file: Path, patience: float = _BUSY_TIMEOUT) -> None:
        self._file = file
        self._patience = patience
        self._reader: SqliteThread | None = None
        self._writer: SqliteThread | None = None

    async def open(self) -> None:
        try:
            await asyncio.to_thread(_prepare, _engine(self._file, self._patience, "rwc"), self._patience)
        except (SQLAlchemyError, OSError) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise StorageUnavailable(f"The database {self._file} cannot be opened: {reason}.") from error
        # From here on the file is there: where it is gone, one without tables must not take its place.
        engine = _engine(self._file, self._patience, "rw").execution_options(isolation_level="AUTOCOMMIT")
        self._reader = SqliteThread(engine, self._file, Outage("read"), self._patience, writes=False)
        self._writer = SqliteThread(engine, self._file, Outage("written"), self._patience, writes=True)

    async def close(self) -> None:
        reader, self._reader = self._reader, None
        writer, self._writer = self._writer, None
        for thread in (writer, reader):
            if thread is not None:
                await thread.close()

    async def _read(
        self, operation: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        return await _do(self._reader, operation, *arguments, **options)

    async def _write(
        self, operation: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        return await _do(self._writer, operation, *arguments, **options)


async def _do(
    thread: SqliteThread | None,
    operation: Callable[Concatenate[Connection, P], T],
    *arguments: P.args,
    **options: P.kwargs,
) -> T:
    if thread is None:
        raise StorageUnavailable
    return await thread.do(lambda connection: operation(connection, *arguments, **options))


def _engine(file: Path, patience: float, mode: str) -> Engine:
    """How the file is reached. ``mode``: as SQLite has it in a URI, ``rwc`` to make what is missing."""
    url = URL.create("sqlite", database=f"file:{quote(file.as_posix())}", query={"mode": mode, "uri": "true"})
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": patience}, hide_parameters=True)
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    """What each new connection needs. The driver was given the busy time-out."""
    # A committed room survives a power failure too.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _prepare(engine: Engine, patience: float) -> None:
    """Make the file ready for both threads."""
    with engine.connect() as connection:
        _use_wal(connection, patience)
        # One writer at a time: of two servers that start at once, the second finds all done.
        connection.execute(text("BEGIN IMMEDIATE"))
        bring_up_to_date(connection)
        connection.commit()


def _use_wal(connection: Connection, patience: float) -> None:
    """Let readers and the writer not wait for each other. The file remembers it."""
    deadline = time.monotonic() + patience
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
