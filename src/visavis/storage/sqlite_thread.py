"""One connection to an SQLite file, and the one thread that uses it.

What is asked for while the thread is at work waits, and is then done together: one transaction, one sync
of the disk, one word back to the event loop, for however many there are. The statements of a burst so cost
little more than one.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

import structlog

from visavis.errors import StorageUnavailable
from visavis.logs import report

log = structlog.get_logger(__name__)

T = TypeVar("T")

Work = Callable[[sqlite3.Connection], T]
"""One statement. A :class:`sqlite3.IntegrityError` is its own failure; anything else that it raises undoes,
and fails, all that was to be committed with it."""

_Job = tuple[Work[Any], "asyncio.Future[Any]"]
_Outcome = tuple["asyncio.Future[Any]", Any, BaseException | None]

_MOST_AT_ONCE = 200
"""Jobs in one transaction: the first of them waits for the last."""


class SqliteThread:
    """See the module. Belongs to the event loop that runs when it is made.

    Args:
        file: the database, which is in WAL mode.
        patience: seconds to wait for another process that writes to it.
        writes: whether the work is to be done in transactions that write. One that only reads never
            waits for one that writes.
    """

    def __init__(self, file: Path, patience: float, *, writes: bool) -> None:
        self._file = file
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
            sqlite3.IntegrityError: the data do not allow it.
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
        connection: sqlite3.Connection | None = None
        jobs: list[_Job] = []
        while self._take(jobs):
            try:
                connection = connection or self._connect()
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

    def _connect(self) -> sqlite3.Connection:
        # In autocommit mode: transactions begin and end where it is said so, below.
        connection = sqlite3.connect(self._file, self._patience, isolation_level=None)
        # A committed room survives a power failure too.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _work_off(self, connection: sqlite3.Connection, jobs: list[_Job]) -> list[_Outcome]:
        if not self._writes or len(jobs) == 1:
            # In autocommit mode one statement is a transaction by itself. To say so would cost two more,
            # each of which hands the interpreter's lock to and fro.
            return [_attempt(connection, job) for job in jobs]
        connection.execute("BEGIN IMMEDIATE")
        try:
            outcomes = [_attempt(connection, job) for job in jobs]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return outcomes


def _attempt(connection: sqlite3.Connection, job: _Job) -> _Outcome:
    work, done = job
    try:
        return done, work(connection), None
    except sqlite3.IntegrityError as error:
        return done, None, error  # SQLite undid this statement alone


def _tell(outcomes: list[_Outcome]) -> None:
    for done, result, error in outcomes:
        if done.done():
            continue  # whoever waited was cancelled
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)
