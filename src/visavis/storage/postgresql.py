"""Storage in PostgreSQL, reached by asyncpg."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from visavis.errors import AppError, StorageUnavailable
from visavis.storage.outage import Outage
from visavis.storage.schema import bring_up_to_date
from visavis.storage.sql_storage import SqlStorage

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


class PostgresqlStorage(SqlStorage):
    """A PostgreSQL database.

    Args:
        url: as for psql (PostgreSQL, section 34.1.1.2): ``postgresql://user:password@host/database``.
    """

    def __init__(self, url: str) -> None:
        self._url = url
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

    async def _read(
        self, operation: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        return await self._run(self._reads, operation, *arguments, **options)

    async def _write(
        self, operation: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        return await self._run(self._writes, operation, *arguments, **options)

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
