"""Storage in PostgreSQL, reached by asyncpg."""

import time
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from visavis.errors import AppError, StorageUnavailable
from visavis.records import Acted, CallRecord, Moment, NodeId
from visavis.rooms import AccountId, Room, RoomId
from visavis.storage import sql
from visavis.storage.outage import Outage
from visavis.storage.schema import bring_up_to_date
from visavis.storage.sql_keys import SqlKeys

P = ParamSpec("P")
T = TypeVar("T")

_CONNECT_TIMEOUT = 5.0
"""Seconds."""

_COMMAND_TIMEOUT = 10.0
"""Seconds that a statement may take, locks that others hold included."""

_CONNECTIONS = 10

_MIGRATION_LOCK = 0x5649534156
"""The number of our advisory lock: any, and the same for every server."""

_DATA_AT_FAULT = ("22", "23")
"""The classes of SQLSTATE that say that what was to be written is at fault (PostgreSQL, appendix A)."""


class PostgresqlStorage(SqlKeys):
    """A PostgreSQL database.

    Args:
        url: as for psql (PostgreSQL, section 34.1.1.2): ``postgresql://user:password@host/database``.
        now: seconds since the epoch.
    """

    def __init__(self, url: str, now: Callable[[], float] = time.time) -> None:
        self._url = url
        self._now = now
        self._reads = Outage("read")
        self._writes = Outage("written")
        self._engine: AsyncEngine | None = None

    async def open(self) -> None:
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_CONNECT_TIMEOUT,
            pool_pre_ping=True,  # a server that was restarted costs nobody a failed request
            hide_parameters=True,
        )
        try:
            async with self._engine.begin() as connection:
                # Of servers that start at once, one does it and the others wait, then find all done.
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
                await connection.run_sync(bring_up_to_date)
        except AppError:
            raise
        except Exception as error:
            # The driver says many things of a bad address, in its own and in the system's errors.
            raise StorageUnavailable(f"PostgreSQL cannot be opened: {_cause(error)}.") from error

    async def close(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.dispose()

    async def add_room(self, room: Room) -> None:
        await self._write(sql.add_room, room, self._now())

    async def room(self, room_id: RoomId) -> Room | None:
        return await self._read(sql.find_room, room_id)

    async def change_room(self, room: Room) -> None:
        await self._run(self._writes, sql.change_room, room)

    async def delete_room(self, room_id: RoomId) -> None:
        await self._run(self._writes, sql.delete_room, room_id)

    async def rooms(self, owner: AccountId | None, limit: int) -> tuple[Room, ...]:
        return await self._run(self._reads, sql.list_rooms, owner, limit)

    async def record(self, node: NodeId, moments: Sequence[Moment]) -> None:
        await self._write(sql.record, node, moments)

    async def recent_calls(self, limit: int) -> tuple[CallRecord, ...]:
        return await self._read(sql.recent_calls, limit)

    async def _read(
        self, operation: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        return await self._run(self._reads, operation, *arguments, **options)

    async def _write(
        self, operation: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        return await self._run(self._writes, operation, *arguments, **options)

    async def acts(self, room_id: RoomId, limit: int) -> tuple[Acted, ...]:
        return await self._run(self._reads, sql.list_acts, room_id, limit)

    async def _connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(
            self._url,
            timeout=_CONNECT_TIMEOUT,
            command_timeout=_COMMAND_TIMEOUT,
            server_settings={"application_name": "visavis"},
        )

    async def _run(
        self,
        outage: Outage,
        operation: Callable[Concatenate[Connection, P], T],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> T:
        """The result of an operation in a transaction of its own, once it is committed."""
        if self._engine is None:
            raise StorageUnavailable
        try:
            async with self._engine.begin() as connection:
                result = await connection.run_sync(operation, *arguments, **options)
        except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if (getattr(_cause(error), "sqlstate", None) or "").startswith(_DATA_AT_FAULT):
                raise
            raise outage.failure(_cause(error)) from error
        outage.success()
        return result


def _cause(error: BaseException) -> BaseException:
    """The driver's error, without the statement and its values."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error
