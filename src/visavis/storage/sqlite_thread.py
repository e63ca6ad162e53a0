"""One connection to an SQLite file, and the one thread that uses it.

What is asked for while the thread is at work waits, and is then done together: one transaction, one sync
of the disk, one word back to the event loop, for however many there are. The statements of a burst so cost
little more than one.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from visavis.storage.outage import Outage

T = TypeVar("T")

Work = Callable[[Connection], T]
"""An operation: statements that are carried out whole or not at all. Where the database fails, all that was
to be committed with it is undone, and fails; anything else that it raises is its own failure."""

_Job = tuple[Work[Any], "asyncio.Future[Any]", float]
"""A work, who waits for it, and since when (``time.monotonic``)."""

_Outcome = tuple["asyncio.Future[Any]", Any, BaseException | None]

_MOST_AT_ONCE = 200
"""Jobs in one transaction: the first of them waits for the last."""

_LEAST_PATIENCE = 0.25
"""Seconds that a transaction waits at the least, however long it stood in line: most are done by then."""

_LAST_WORDS = 1.0
"""Seconds for which the end of the server waits for what was asked for before."""


class SqliteThread:
    """See the module. Belongs to the event loop that runs when it is made.

    Args:
        engine: of the database, which is in WAL mode. In autocommit: where a transaction begins and ends is
            said here.
        file: the same database.
        outage: is told when the database does not work, and when it does.
        patience: seconds to wait for another process that writes to the file, from when the work was asked
            for: whoever stood in line behind work that failed does not wait as long again.
        writes: whether the work is to be done in transactions that write. One that only reads never
            waits for one that writes.
    """

    def __init__(self, engine: Engine, file: Path, outage: Outage, patience: float, *, writes: bool) -> None:
        self._engine = engine
        self._file = file
        self._outage = outage
        self._connection: Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._patience = patience
        self._writes = writes
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        # It does not hold up the end of the process: nobody was told yet of what it has not committed.
        self._thread = Thread(target=self._run, name="sqlite", daemon=True)
        self._thread.start()

    async def do(self, work: Work[T]) -> T:
        """The result of a work, once it is committed.

        Raises:
            StorageUnavailable: nothing of it was done, nor of what was to be committed with it.
            Exception: as the work raised it; nothing of it was done.
        """
        done: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put((work, done, time.monotonic()))
        return await done

    async def close(self) -> None:
        """Finish what was asked for, and let go of the file. Nothing may be asked for afterwards.

        A thread that waits for a lock or for the disk is left behind after a second.
        """
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join, _LAST_WORDS)

    # --- in the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        jobs: list[_Job] = []
        while self._take(jobs):
            try:
                outcomes = self._work_off(self._reach(), jobs)
                self._outage.success()
            except Exception as error:  # noqa: BLE001 - those who wait for it are told
                self._let_go()
                unavailable = self._outage.failure(_cause(error))
                outcomes = [(done, None, unavailable) for _, done, _ in jobs]
            with suppress(RuntimeError):  # the event loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(_tell, outcomes)
        self._let_go()

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

    def _reach(self) -> Connection:
        """A connection to the file that has the name now.

        Where it was moved or replaced, SQLite itself would go on with the old one.
        """
        found = self._file.stat()
        if self._connection is not None and self._inode != (found.st_dev, found.st_ino):
            self._let_go()
        if self._connection is None:
            self._connection = self._engine.connect()
            self._inode = (found.st_dev, found.st_ino)
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):  # it is of no use any more, whatever it says
                connection.close()

    def _work_off(self, connection: Connection, jobs: list[_Job]) -> list[_Outcome]:
        if not self._writes:
            return [_attempt(connection, job) for job in jobs]
        waited = time.monotonic() - jobs[0][2]
        patience = max(_LEAST_PATIENCE, self._patience - waited)
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            # One alone has the transaction to itself; of several, each is undone by itself.
            if len(jobs) == 1:
                outcomes = [_attempt(connection, jobs[0])]
                connection.exec_driver_sql("COMMIT" if outcomes[0][2] is None else "ROLLBACK")
            else:
                outcomes = [_attempt_apart(connection, job) for job in jobs]
                connection.exec_driver_sql("COMMIT")
        except BaseException:
            with suppress(SQLAlchemyError):  # where SQLite has done so by itself
                connection.exec_driver_sql("ROLLBACK")
            raise
        return outcomes


def _attempt(connection: Connection, job: _Job) -> _Outcome:
    work, done, _ = job
    try:
        return done, work(connection), None
    except Exception as error:
        if _is_of_the_database(error):
            raise
        return done, None, error


def _attempt_apart(connection: Connection, job: _Job) -> _Outcome:
    connection.exec_driver_sql("SAVEPOINT job")
    outcome = _attempt(connection, job)
    if outcome[2] is not None:
        connection.exec_driver_sql("ROLLBACK TO job")
    connection.exec_driver_sql("RELEASE job")
    return outcome


def _is_of_the_database(error: Exception) -> bool:
    """Whether the database is at fault, and not what was to be written."""
    return isinstance(error, SQLAlchemyError | OSError) and not isinstance(error, IntegrityError | DataError)


def _cause(error: Exception) -> BaseException:
    """The driver's error, without the statement."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def _tell(outcomes: list[_Outcome]) -> None:
    for done, result, error in outcomes:
        if done.done():
            continue  # whoever waited was cancelled
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)
