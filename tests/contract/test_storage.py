"""What every storage promises. SQL-only promises are at the end."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from structlog.testing import capture_logs

import visavis.storage
from visavis.data_folder import DataFolder
from visavis.errors import RoomExists, StorageUnavailable
from visavis.rooms import Room, RoomId
from visavis.storage.base import Storage
from visavis.storage.memory import MemoryStorage
from visavis.storage.sqlite import SqliteStorage
from visavis.storage.tables import HEAD, metadata

LESSON = Room(RoomId("piano-lesson"), 4)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture(params=["memory", "sqlite"])
async def storage(request: pytest.FixtureRequest, folder: DataFolder) -> AsyncIterator[Storage]:
    opened = MemoryStorage() if request.param == "memory" else SqliteStorage(folder.database)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def sql(folder: DataFolder) -> AsyncIterator[SqliteStorage]:
    opened = SqliteStorage(folder.database)
    await opened.open()
    yield opened
    await opened.close()


async def test_a_room_comes_back_as_it_was(storage: Storage) -> None:
    await storage.add_room(LESSON)
    assert await storage.room(LESSON.id) == LESSON


async def test_a_room_that_nobody_made_is_none(storage: Storage) -> None:
    await storage.add_room(LESSON)
    assert await storage.room(RoomId("piano")) is None


async def test_rooms_are_kept_apart(storage: Storage) -> None:
    rooms = [Room(RoomId(f"room-{number}"), 2 + number) for number in range(5)]
    for room in rooms:
        await storage.add_room(room)
    assert [await storage.room(room.id) for room in rooms] == rooms


async def test_a_second_room_with_the_same_id_is_refused_and_changes_nothing(storage: Storage) -> None:
    await storage.add_room(LESSON)
    with pytest.raises(RoomExists):
        await storage.add_room(Room(LESSON.id, 8))
    assert await storage.room(LESSON.id) == LESSON


async def test_of_many_who_make_the_same_room_at_once_one_wins(storage: Storage) -> None:
    tries = [Room(LESSON.id, capacity) for capacity in range(2, 22)]
    outcomes = await asyncio.gather(*(storage.add_room(room) for room in tries), return_exceptions=True)
    winners = [room for room, outcome in zip(tries, outcomes, strict=True) if outcome is None]
    assert len(winners) == 1
    assert sum(isinstance(outcome, RoomExists) for outcome in outcomes) == len(tries) - 1
    assert await storage.room(LESSON.id) == winners[0]


async def test_closing_twice_does_no_harm(storage: Storage) -> None:
    await storage.close()
    await storage.close()


async def test_closing_before_opening_does_no_harm(folder: DataFolder) -> None:
    for unopened in (MemoryStorage(), SqliteStorage(folder.database)):
        await unopened.close()


# --- SQL --------------------------------------------------------------------------------------------


async def test_a_room_survives_a_restart(sql: SqliteStorage, folder: DataFolder) -> None:
    await sql.add_room(LESSON)
    await sql.close()
    again = SqliteStorage(folder.database)
    await again.open()
    assert await again.room(LESSON.id) == LESSON
    await again.close()


async def test_a_room_is_there_for_another_server_as_soon_as_it_is_added(
    sql: SqliteStorage, folder: DataFolder
) -> None:
    other = SqliteStorage(folder.database)
    await other.open()
    await sql.add_room(LESSON)
    assert await other.room(LESSON.id) == LESSON
    with pytest.raises(RoomExists):
        await other.add_room(LESSON)
    await other.close()


async def test_servers_that_start_at_once_on_a_new_folder_all_open(folder: DataFolder) -> None:
    storages = [SqliteStorage(folder.database) for _ in range(5)]
    await asyncio.gather(*(storage.open() for storage in storages))
    await storages[0].add_room(LESSON)
    assert [await storage.room(LESSON.id) for storage in storages] == [LESSON] * 5
    await asyncio.gather(*(storage.close() for storage in storages))


async def test_a_refused_room_leaves_no_lock_behind(sql: SqliteStorage, folder: DataFolder) -> None:
    await sql.add_room(LESSON)
    with pytest.raises(RoomExists):
        await sql.add_room(LESSON)
    with sqlite3.connect(folder.path / "visavis.db", timeout=0) as other:
        other.execute("UPDATE rooms SET capacity = 5")
    other.close()
    assert await sql.room(LESSON.id) == Room(LESSON.id, 5)


async def test_rooms_can_be_read_while_another_program_holds_the_lock_to_write(
    sql: SqliteStorage, folder: DataFolder
) -> None:
    await sql.add_room(LESSON)
    other = sqlite3.connect(folder.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    adding = asyncio.ensure_future(sql.add_room(Room(RoomId("waits"), 2)))
    assert await sql.room(LESSON.id) == LESSON
    assert not adding.done()
    other.execute("ROLLBACK")
    other.close()
    await adding
    assert await sql.room(RoomId("waits")) == Room(RoomId("waits"), 2)


async def test_a_burst_of_rooms_is_kept_whole_but_for_those_that_exist(sql: SqliteStorage) -> None:
    await sql.add_room(LESSON)
    burst = [Room(RoomId(f"room-{number}"), 2) for number in range(500)]
    burst.insert(250, LESSON)
    outcomes = await asyncio.gather(*(sql.add_room(room) for room in burst), return_exceptions=True)
    assert [room for room, outcome in zip(burst, outcomes, strict=True) if outcome is not None] == [LESSON]
    assert isinstance(outcomes[250], RoomExists)
    await sql.close()
    await sql.open()
    assert [await sql.room(room.id) for room in burst[:250]] == burst[:250]


async def test_a_burst_that_cannot_be_kept_fails_whole_and_can_be_tried_again(
    sql: SqliteStorage, folder: DataFolder
) -> None:
    burst = [Room(RoomId(f"room-{number}"), 2) for number in range(20)]
    with sqlite3.connect(folder.database) as vandal:
        # The twentieth fails in a way that no other room is at fault for.
        vandal.execute(
            "CREATE TRIGGER full BEFORE INSERT ON rooms WHEN new.id = 'room-19' "
            "BEGIN SELECT json('no json'); END"
        )
    outcomes = await asyncio.gather(*(sql.add_room(room) for room in burst), return_exceptions=True)
    assert isinstance(outcomes[19], StorageUnavailable)
    failed = [room for room, outcome in zip(burst, outcomes, strict=True) if outcome is not None]
    assert len(failed) > 1
    assert [await sql.room(room.id) for room in failed] == [None] * len(failed)
    vandal.execute("DROP TRIGGER full")
    vandal.close()
    await asyncio.gather(*(sql.add_room(room) for room in failed))
    assert [await sql.room(room.id) for room in burst] == burst


async def test_one_who_stops_waiting_does_no_harm_to_others(sql: SqliteStorage) -> None:
    given_up = asyncio.ensure_future(sql.add_room(LESSON))
    waits = asyncio.ensure_future(sql.room(LESSON.id))
    await asyncio.sleep(0)
    given_up.cancel()
    await waits
    await sql.add_room(Room(RoomId("other"), 2))
    assert await sql.room(RoomId("other")) == Room(RoomId("other"), 2)


async def test_the_file_is_in_wal_mode_and_for_the_owner_only(sql: SqliteStorage, folder: DataFolder) -> None:
    await sql.add_room(LESSON)
    files = {file.name: file.stat().st_mode & 0o777 for file in folder.path.iterdir()}
    assert files == dict.fromkeys(("visavis.db", "visavis.db-shm", "visavis.db-wal"), 0o600)


async def test_a_database_that_breaks_is_unavailable_and_logged_with_an_id(
    sql: SqliteStorage, folder: DataFolder
) -> None:
    await sql.add_room(LESSON)
    with sqlite3.connect(folder.path / "visavis.db") as vandal:
        vandal.execute("DROP TABLE rooms")
    vandal.close()
    with capture_logs() as logged:
        with pytest.raises(StorageUnavailable) as on_read:
            await sql.room(LESSON.id)
        with pytest.raises(StorageUnavailable) as on_write:
            await sql.add_room(Room(RoomId("other"), 2))
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


async def test_a_database_of_a_newer_version_stops_the_start_and_is_left_alone(
    sql: SqliteStorage, folder: DataFolder
) -> None:
    await sql.close()
    with sqlite3.connect(folder.path / "visavis.db") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageUnavailable, match="newer version"):
        await sql.open()
    assert newer.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    newer.close()


def test_the_program_knows_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(visavis.storage.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_the_migrations_lead_to_the_tables_that_the_program_uses(
    sql: SqliteStorage, folder: DataFolder
) -> None:
    await sql.close()
    engine = create_engine(f"sqlite:///{folder.path / 'visavis.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
