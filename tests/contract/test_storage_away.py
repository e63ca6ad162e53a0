"""Databases that are taken away for real, and come back: nobody waits, and nothing that was noted is lost."""

import asyncio
import gc
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.contract.conftest import KEEP
from tests.support.databases import MONGODB, FileLock, MongodbServer, PostgresqlServer
from tests.support.eventually import eventually_async
from visavis.clock import SystemClock
from visavis.data_folder import DataFolder
from visavis.errors import StorageUnavailable
from visavis.history import History
from visavis.records import CallId, Departed, Departure, Ended, Entered, Moment, NodeId
from visavis.rooms import ParticipantId, Room, RoomId
from visavis.storage.base import Storage
from visavis.storage.choice import make_storage
from visavis.storage.sqlite import SqliteStorage

# A connection that fails leaves its socket to the garbage collector in Python 3.11 (mended in 3.12).
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

LESSON = Room(RoomId("piano-lesson"), 4)
T = 1_790_000_000.25


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Such a socket is found here, and not in a test to come that has nothing to do with it."""
    yield
    gc.collect()


@dataclass(frozen=True)
class Removable:
    """A storage, open, whose database can be taken away, so that it cannot be written, and brought back."""

    storage: Storage
    take: Callable[[], None]
    give: Callable[[], None]


def call(number: int) -> list[Moment]:
    call_id, mara = CallId(f"call-{number}"), ParticipantId("mara")
    return [
        Entered(call_id, LESSON.id, mara, "Mara", T + number),
        Departed(call_id, mara, Departure.LEFT, T + number + 10),
        Ended(call_id, T + number + 10),
    ]


# --- ways to go away --------------------------------------------------------------------------------


def moved(folder: Path) -> tuple[Callable[[], None], Callable[[], None]]:
    """The whole folder is elsewhere, as when a disk is unmounted."""
    elsewhere = folder.with_name("elsewhere")

    def take() -> None:
        folder.rename(elsewhere)

    def give() -> None:
        elsewhere.rename(folder)

    return take, give


def full(folder: Path) -> tuple[Callable[[], None], Callable[[], None]]:
    """There is no room on the disk for another byte."""
    ballast = folder / "ballast"

    def take() -> None:
        with ballast.open("wb", buffering=0) as stream, suppress(OSError):
            while stream.write(b"x" * 4096):
                pass

    return take, ballast.unlink


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "visavis-test", place], check=True)
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture(
    params=["sqlite locked", "sqlite moved", "sqlite full", "postgresql crashed", "mongodb crashed"]
)
async def removable(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Removable]:
    kind, _, how = request.param.partition(" ")
    if kind == "sqlite":
        disk = request.getfixturevalue("small_disk") if how == "full" else tmp_path
        folder = DataFolder(disk / "data")
        storage: Storage = SqliteStorage(folder.database, patience=0.2)
        match how:
            case "locked":
                lock = FileLock(folder.database)
                take, give = lock.take, lock.release
            case "moved":
                take, give = moved(folder.path)
            case _:
                take, give = full(disk)
    else:
        if kind == "mongodb" and MONGODB:
            pytest.skip("another's server is not taken away")
        server: PostgresqlServer | MongodbServer = request.getfixturevalue(kind)
        impatient = "?serverSelectionTimeoutMS=500" if kind == "mongodb" else ""
        storage = make_storage(server.new_database() + impatient, tmp_path, KEEP)
        take, give = server.crash, server.start
    await storage.open()
    yield Removable(storage, take, give)
    await storage.close()


# --- what is promised then --------------------------------------------------------------------------


async def add_rooms(storage: Storage) -> None:
    """So many that they do not fit on the small disk."""
    for number in range(10_000):
        await storage.add_room(Room(RoomId(f"other-{number}"), 2))


async def test_what_is_noted_while_the_database_is_away_is_written_when_it_is_back(
    removable: Removable,
) -> None:
    storage = removable.storage
    await storage.add_room(LESSON)
    history = History(storage, SystemClock(), NodeId("here"), 1e10)
    history.start(lambda: ())
    noted = 0

    def note_until(holds: Callable[[], bool]) -> bool:
        nonlocal noted
        for moment in call(noted):
            history.note(moment)
        noted += 1
        return holds()

    def is_written() -> bool:
        return history.progress.waiting == 0

    note_until(is_written)
    await eventually_async("the first call is written", is_written)
    with capture_logs() as logged:
        removable.take()
        # A disk that is full still takes what fits into the space that is allocated.
        await eventually_async("it is behind", lambda: note_until(lambda: history.progress.behind), within=20)
        with pytest.raises(StorageUnavailable):
            await add_rooms(storage)
        note_until(is_written)
        removable.give()
        await eventually_async("it has caught up", is_written, within=30)
    await eventually_async("the last word is written", is_written)
    assert [one.id for one in await storage.recent_calls(10_000)] == [f"call-{n}" for n in range(noted)][::-1]
    assert all(one.ended_at is not None for one in await storage.recent_calls(10_000))
    # Nobody is told twice. That the outage is over is said after 15 s without a failure, so mostly later.
    events = [line["event"] for line in logged]
    assert events.count("database can be written again") <= 1
    assert [event for event in events if event != "database can be written again"] == [
        "database cannot be written",
        "history is behind; calls go on",
        "history has caught up",
    ]
    assert await storage.room(LESSON.id) == LESSON
    await storage.add_room(Room(RoomId("other"), 2))
    await history.close(within=1)


async def test_a_storage_whose_database_is_away_can_be_closed_soon(removable: Removable) -> None:
    removable.take()
    waiting = asyncio.ensure_future(removable.storage.record(NodeId("here"), call(1)))
    await asyncio.sleep(0)  # one turn: it waits by then
    async with asyncio.timeout(7):
        await removable.storage.close()
    await asyncio.gather(waiting, return_exceptions=True)
    removable.give()


@pytest.mark.parametrize("how", ["locked", "full"])
async def test_a_database_that_cannot_be_written_can_be_read(
    request: pytest.FixtureRequest, tmp_path: Path, how: str
) -> None:
    disk = request.getfixturevalue("small_disk") if how == "full" else tmp_path
    folder = DataFolder(disk / "data")
    storage = SqliteStorage(folder.database, patience=0.2)
    await storage.open()
    await storage.add_room(LESSON)
    lock = FileLock(folder.database)
    take, give = (lock.take, lock.release) if how == "locked" else full(disk)
    take()
    assert await storage.room(LESSON.id) == LESSON
    give()
    await storage.close()


async def test_nobody_waits_for_a_lock_longer_than_patience_in_line_behind_others_or_not(
    tmp_path: Path,
) -> None:
    folder, patience = DataFolder(tmp_path / "data"), 1.5
    storage = SqliteStorage(folder.database, patience=patience)
    await storage.open()
    lock = FileLock(folder.database)
    lock.take()

    async def refused_after(name: str) -> float:
        asked = asyncio.get_running_loop().time()
        with pytest.raises(StorageUnavailable):
            await storage.add_room(Room(RoomId(name), 2))
        return asyncio.get_running_loop().time() - asked

    first = asyncio.create_task(refused_after("first"))
    # A read's time later the first is waited for at the lock, and the second stands in line behind it.
    assert await storage.room(LESSON.id) is None
    waits = await asyncio.gather(first, refused_after("second"))
    assert max(waits) < patience + 0.7, waits
    lock.release()
    await storage.add_room(Room(RoomId("third"), 2))
    await storage.close()


async def test_a_database_that_was_moved_is_not_made_anew_in_its_place(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    storage = SqliteStorage(folder.database, patience=0.2)
    await storage.open()
    await storage.add_room(LESSON)
    elsewhere = folder.database.with_name("elsewhere.db")
    folder.database.rename(elsewhere)
    with pytest.raises(StorageUnavailable):
        await storage.room(LESSON.id)
    with pytest.raises(StorageUnavailable):
        await storage.add_room(LESSON)
    assert not folder.database.exists()
    await storage.close()


async def test_a_backup_that_is_put_in_the_place_of_the_database_is_the_database(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    storage = SqliteStorage(folder.database, patience=0.2)
    await storage.open()
    await storage.add_room(LESSON)
    backup = tmp_path / "backup.db"
    source, target = sqlite3.connect(folder.database), sqlite3.connect(backup)
    source.backup(target)
    source.close()
    target.close()
    await storage.add_room(Room(RoomId("after-the-backup"), 2))
    for file in folder.path.glob("visavis.db*"):
        file.unlink()
    shutil.copy(backup, folder.database)
    assert await storage.room(LESSON.id) == LESSON
    assert await storage.room(RoomId("after-the-backup")) is None
    await storage.add_room(Room(RoomId("after-the-backup"), 2))
    await storage.close()


async def test_a_postgresql_that_does_not_answer_is_given_up(
    postgresql: PostgresqlServer, tmp_path: Path
) -> None:
    """A table that somebody has locked stands for whatever makes a statement hang."""
    url = postgresql.new_database()
    storage = make_storage(f"{url}?options=-c%20lock_timeout%3D300", tmp_path, KEEP)
    await storage.open()
    other = make_storage(url, tmp_path, KEEP)
    await other.open()
    name = url.rpartition("/")[2]
    holder = asyncio.ensure_future(
        asyncio.to_thread(postgresql.execute, name, "BEGIN; LOCK TABLE rooms; SELECT pg_sleep(2); COMMIT")
    )
    with pytest.raises(StorageUnavailable):
        await eventually_async("a statement is given up", lambda: storage.room(LESSON.id))
    await holder
    assert await storage.room(LESSON.id) is None
    await storage.close()
    await other.close()


async def test_a_mongodb_that_was_never_there_stops_the_start_in_one_line(tmp_path: Path) -> None:
    storage = make_storage("mongodb://me:hush@127.0.0.1:1/x?serverSelectionTimeoutMS=200", tmp_path, KEEP)
    with pytest.raises(StorageUnavailable) as caught:
        await storage.open()
    assert "Connection refused" in str(caught.value) or "Connect call failed" in str(caught.value)
    assert "hush" not in str(caught.value)
    assert "\n" not in str(caught.value)
    await storage.close()


@pytest.mark.parametrize(
    "url", ["postgresql://me:hush@127.0.0.1:1/x", "postgresql://me:hu@sh@127.0.0.1:1a/x"]
)
async def test_a_postgresql_that_cannot_be_reached_stops_the_start_in_one_line(
    tmp_path: Path, url: str
) -> None:
    storage = make_storage(url, tmp_path, KEEP)
    with pytest.raises(StorageUnavailable) as caught:
        await storage.open()
    assert "hush" not in str(caught.value)
    assert "\n" not in str(caught.value)
    await storage.close()


@pytest.mark.parametrize(("url", "module"), [("postgresql://x/y", "asyncpg"), ("mongodb://x/y", "pymongo")])
def test_a_driver_that_is_not_installed_is_named_with_what_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    for name in ("visavis.storage.postgresql", "visavis.storage.mongodb"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(StorageUnavailable, match=r"pip install 'visavis\["):
        make_storage(url, tmp_path, KEEP)
