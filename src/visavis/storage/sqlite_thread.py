"""One connection to an SQLite file, and the one thread that uses it.

What is asked for while the thread is at work waits, and is then done together: one transaction, one sync
of the disk, one word back to the event loop, for however many there are. The statements of a burst so cost
little more than one.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from visavis.errors import StorageUnavailable
from visavis.logs import report

log = structlog.get_logger(__name__)

T = TypeVar("T")

Work = Callable[[Connection], T]
"""An operation: statements that are carried out whole or not at all. An :class:`IntegrityError` is its own
failure; anything else that it raises undoes, and fails, all that was to be committed with it."""

_Job = tuple[Work[Any], "asyncio.Future[Any]"]
_Outcome = tuple["asyncio.Future[Any]", Any, BaseException | None]

_MOST_AT_ONCE = 200
"""Jobs in one transaction: the first of them waits for the last."""


class SqliteThread:
    """See the module. Belongs to the event loop that runs when it is made.

    Args:
        engine: of the database, which is in WAL mode. In autocommit: where a transaction begins and ends is
            said here.
        writes: whether the work is to be done in transactions that write. One that only reads never
            waits for one that writes.
    """

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        self._engine = engine
        self._writes = writes
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        # It does not hold up the end of the process: nobody was told yet of what it has not committed.
        self._thread = Thread(target=self._run, name="sqlite", daemon=True)
        self._thread.start()

    async def do(self, work: Work[T]) -> T:
        """The result of a work, once it is committed.

        Raises:
            IntegrityError: the data do not allow it.
            StorageUnavailable: nothing of it was done, nor of what was to be committed with it.
        """
        done: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put((work, done))
        return await done

    async def close(self) -> None:
        """Finish what was asked for, and let go of the file. Nothing may be asked for afterwards."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    # --- in the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        connection: Connection | None = None
        jobs: list[_Job] = []
        while self._take(jobs):
            try:
                connection = connection or self._engine.connect()
                outcomes = self._work_off(connection, jobs)
            except Exception as error:  # noqa: BLE001 - those who wait for it are told
                fault = report(log, "database failed", error)
                unavailable = StorageUnavailable(f"{StorageUnavailable.default} ({fault})")
                outcomes = [(done, None, unavailable) for _, done in jobs]
            self._loop.call_soon_threadsafe(_tell, outcomes)
        if connection is not None:
            connection.close()

    def _take(self, jobs: list[_Job]) -> bool:
        """Replace the jobs by the next ones: those that wait, or the first that comes. False: the end."""
        jobs.clear()
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == _MOST_AT_ONCE:
                return True
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return True
        if jobs:
            self._jobs.put(None)  # for the next time
        return bool(jobs)

    def _work_off(self, connection: Connection, jobs: list[_Job]) -> list[_Outcome]:
        if not self._writes:
            return [_attempt(connection, job) for job in jobs]
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            # One alone has the transaction to itself; of several, each is undone by itself.
            attempt = _attempt if len(jobs) == 1 else _attempt_apart
            outcomes = [attempt(connection, job) for job in jobs]
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            with suppress(SQLAlchemyError):  # where SQLite has done so by itself
                connection.exec_driver_sql("ROLLBACK")
            raise
        return outcomes


def _attempt(connection: Connection, job: _Job) -> _Outcome:
    work, done = job
    try:
        return done, work(connection), None
    except IntegrityError as error:
        return done, None, error


def _attempt_apart(connection: Connection, job: _Job) -> _Outcome:
    connection.exec_driver_sql("SAVEPOINT job")
    outcome = _attempt(connection, job)
    if outcome[2] is not None:
        connection.exec_driver_sql("ROLLBACK TO job")
    connection.exec_driver_sql("RELEASE job")
    return outcome


def _tell(outcomes: list[_Outcome]) -> None:
    for done, result, error in outcomes:
        if done.done():
            continue  # whoever waited was cancelled
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)
