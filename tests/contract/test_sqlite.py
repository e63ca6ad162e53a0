"""SQLite alone: its file, its locks, its threads."""

import asyncio
import sqlite3

import pytest
from structlog.testing import capture_logs

from visavis.data_folder import DataFolder
from visavis.errors import RoomExists, StorageUnavailable
from visavis.rooms import Room, RoomId
from visavis.storage.sqlite import SqliteStorage

LESSON = Room(RoomId("piano-lesson"), 4)


async def test_a_refused_room_leaves_no_lock_behind(sqlite: SqliteStorage, folder: DataFolder) -> None:
    await sqlite.add_room(LESSON)
    with pytest.raises(RoomExists):
        await sqlite.add_room(LESSON)
    with sqlite3.connect(folder.path / "visavis.db", timeout=0) as other:
        other.execute("UPDATE rooms SET capacity = 5")
    other.close()
    assert await sqlite.room(LESSON.id) == Room(LESSON.id, 5)


async def test_rooms_can_be_read_while_another_program_holds_the_lock_to_write(
    sqlite: SqliteStorage, folder: DataFolder
) -> None:
    await sqlite.add_room(LESSON)
    other = sqlite3.connect(folder.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    adding = asyncio.ensure_future(sqlite.add_room(Room(RoomId("waits"), 2)))
    assert await sqlite.room(LESSON.id) == LESSON
    assert not adding.done()
    other.execute("ROLLBACK")
    other.close()
    await adding
    assert await sqlite.room(RoomId("waits")) == Room(RoomId("waits"), 2)


async def test_a_burst_of_rooms_is_kept_whole_but_for_those_that_exist(sqlite: SqliteStorage) -> None:
    await sqlite.add_room(LESSON)
    burst = [Room(RoomId(f"room-{number}"), 2) for number in range(500)]
    burst.insert(250, LESSON)
    outcomes = await asyncio.gather(*(sqlite.add_room(room) for room in burst), return_exceptions=True)
    assert [room for room, outcome in zip(burst, outcomes, strict=True) if outcome is not None] == [LESSON]
    assert isinstance(outcomes[250], RoomExists)
    await sqlite.close()
    await sqlite.open()
    assert [await sqlite.room(room.id) for room in burst[:250]] == burst[:250]


async def test_a_burst_that_cannot_be_kept_fails_whole_and_can_be_tried_again(
    sqlite: SqliteStorage, folder: DataFolder
) -> None:
    burst = [Room(RoomId(f"room-{number}"), 2) for number in range(20)]
    with sqlite3.connect(folder.database) as vandal:
        # The twentieth fails in a way that no other room is at fault for.
        vandal.execute(
            "CREATE TRIGGER full BEFORE INSERT ON rooms WHEN new.id = 'room-19' "
            "BEGIN SELECT json('no json'); END"
        )
    outcomes = await asyncio.gather(*(sqlite.add_room(room) for room in burst), return_exceptions=True)
    assert isinstance(outcomes[19], StorageUnavailable)
    failed = [room for room, outcome in zip(burst, outcomes, strict=True) if outcome is not None]
    assert len(failed) > 1
    assert [await sqlite.room(room.id) for room in failed] == [None] * len(failed)
    vandal.execute("DROP TRIGGER full")
    vandal.close()
    await asyncio.gather(*(sqlite.add_room(room) for room in failed))
    assert [await sqlite.room(room.id) for room in burst] == burst


async def test_one_who_stops_waiting_does_no_harm_to_others(sqlite: SqliteStorage) -> None:
    given_up = asyncio.ensure_future(sqlite.add_room(LESSON))
    waits = asyncio.ensure_future(sqlite.room(LESSON.id))
    await asyncio.sleep(0)  # one turn: both are with the thread by then
    given_up.cancel()
    await waits
    await sqlite.add_room(Room(RoomId("other"), 2))
    assert await sqlite.room(RoomId("other")) == Room(RoomId("other"), 2)


async def test_the_file_is_in_wal_mode_and_for_the_owner_only(
    sqlite: SqliteStorage, folder: DataFolder
) -> None:
    await sqlite.add_room(LESSON)
    files = {file.name: file.stat().st_mode & 0o777 for file in folder.path.iterdir()}
    assert files == dict.fromkeys(("visavis.db", "visavis.db-shm", "visavis.db-wal"), 0o600)


async def test_a_database_that_breaks_is_unavailable_and_logged_with_an_id(
    sqlite: SqliteStorage, folder: DataFolder
) -> None:
    await sqlite.add_room(LESSON)
    with sqlite3.connect(folder.path / "visavis.db") as vandal:
        vandal.execute("DROP TABLE rooms")
    vandal.close()
    with capture_logs() as logged:
        with pytest.raises(StorageUnavailable) as on_read:
            await sqlite.room(LESSON.id)
        with pytest.raises(StorageUnavailable) as on_write:
            await sqlite.add_room(Room(RoomId("other"), 2))
    for caught, line in zip((on_read, on_write), logged, strict=True):
        assert line["log_level"] == "error"
        assert line["fault"] in str(caught.value)
        assert "no such table" not in str(caught.value)


async def test_a_file_that_is_no_database_is_unavailable(folder: DataFolder) -> None:
    (folder.path / "visavis.db").write_bytes(b"this is not a database" * 1000)
    broken = SqliteStorage(folder.database)
    with pytest.raises(StorageUnavailable, match=r"visavis\.db cannot be opened: file is not a database"):
        await broken.open()
    with pytest.raises(StorageUnavailable):
        await broken.room(LESSON.id)
    await broken.close()
