"""The schema of SQL databases: from every earlier form of it to the newest, with what is in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

import visavis.storage
from tests.contract.conftest import Database, make_database
from visavis.data_folder import DataFolder
from visavis.errors import StorageUnavailable
from visavis.identity import ProviderIdentity
from visavis.records import Entered, NodeId, new_call_id
from visavis.rooms import ParticipantId, Room, RoomId
from visavis.storage.tables import HEAD, metadata

SCRIPTS = Config()
SCRIPTS.set_main_option("script_location", str(Path(visavis.storage.__file__).parent / "migrations"))

REVISIONS = [script.revision for script in ScriptDirectory.from_config(SCRIPTS).walk_revisions()][::-1]

ACT = '{"id": "act", "room_id": "piano-lesson", "act": "mute", "actor": "Mara", "at": 1790000001}'

DATA = {
    "0001": ["INSERT INTO rooms VALUES ('piano-lesson', 4, 1790000000.5)"],
    "0002": [
        "INSERT INTO calls VALUES ('call', 'piano-lesson', 'node', 1790000000.5, 1790000030, NULL)",
        "INSERT INTO attendances VALUES ('call', 'mara', 'Mara', 1790000000.5, NULL, NULL)",
    ],
    "0003": [
        "INSERT INTO accounts VALUES ('id', 'mara', 'mara@example.org', 'Mara', 1.5, 'hash', TRUE, FALSE)",
        "INSERT INTO sessions VALUES ('digest', 'session', 'id', 1.5, 2.5, 3.5, 4.5, 'Firefox', '192.0.2.1')",
        "INSERT INTO links VALUES ('digest', 'passwordReset', 1.5, 2.5, FALSE, NULL, 'id')",
        "UPDATE attendances SET account_id = 'id'",
    ],
    "0004": [
        "INSERT INTO api_keys VALUES ('vk_1', 'Shop', 'sealed', TRUE, 1.5, NULL)",
        "INSERT INTO provider_identities VALUES ('https://id.example', 'subject', 'id')",
    ],
    "0005": [
        "UPDATE rooms SET owner = NULL, settings = '{}'",
        f"INSERT INTO acts VALUES ('act', 'piano-lesson', 1790000001, '{ACT}')",  # noqa: S608 - our own
    ],
    "0006": ["INSERT INTO moderators VALUES ('piano-lesson', 'id')"],
    "0007": ["""UPDATE attendances SET join_times = '{"way": "plain", "ack": 1.5}'"""],
    "0008": ["INSERT INTO kept_links VALUES ('choir', 'id', 'hash', 1790000000)"],
}
"""What a server of each revision may have written, beside what those before it have."""

LESSON = Room(RoomId("piano-lesson"), 4, created_at=1_790_000_000.5)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    return make_database(request.param, request)


async def on(database: Database, folder: DataFolder, act: Callable[[Connection], None]) -> None:
    """Do something with a connection to the database, and commit."""
    if database.url is None:
        engine = create_engine(f"sqlite:///{folder.database}")
        with engine.begin() as connection:
            act(connection)
        engine.dispose()
    else:
        asynchronous = create_async_engine(database.url.replace("postgresql:", "postgresql+asyncpg:"))
        async with asynchronous.begin() as asynchronous_connection:
            await asynchronous_connection.run_sync(act)
        await asynchronous.dispose()


def filled(revision: str) -> Callable[[Connection], None]:
    """Makes a database as a server of this revision had it."""

    def fill(connection: Connection) -> None:
        SCRIPTS.attributes["connection"] = connection
        for step in REVISIONS[: REVISIONS.index(revision) + 1]:
            command.upgrade(SCRIPTS, step)
            for statement in DATA[step]:
                connection.exec_driver_sql(statement)

    return fill


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_database_of_every_revision_is_brought_to_the_newest_with_what_is_in_it(
    database: Database, folder: DataFolder, revision: str
) -> None:
    await on(database, folder, filled(revision))
    storage = database.storage()
    await storage.open()
    assert await storage.room(LESSON.id) == LESSON
    assert len(await storage.acts(LESSON.id, 10)) == (1 if revision >= "0005" else 0)
    assert len(await storage.recent_calls(10)) == (1 if revision >= "0002" else 0)
    entered = Entered(new_call_id(), LESSON.id, ParticipantId("jonas"), "Jonas", 1_790_000_100.0)
    await storage.record(NodeId("node"), [entered])
    assert (await storage.recent_calls(1))[0].attendances[0].name == "Jonas"
    accounts = await storage.accounts()
    assert [account.user_name for account in accounts] == (["mara"] if revision >= "0003" else [])
    for account in accounts:
        assert account.admin is True
        assert len(await storage.calls_of(account.id, None, 10)) == 1
        assert len(await storage.sessions(account.id)) == 1
    assert [key.makes_rooms for key in await storage.api_keys()] == ([True] if revision >= "0004" else [])
    bound = await storage.account_bound_to(ProviderIdentity("https://id.example", "subject"))
    assert (bound is not None) == (revision >= "0004")
    await storage.close()


async def test_a_database_of_a_newer_version_stops_the_start_and_is_left_alone(
    database: Database, folder: DataFolder
) -> None:
    await on(database, folder, filled(HEAD))
    newer = "UPDATE alembic_version SET version_num = '9999'"
    await on(database, folder, lambda connection: connection.exec_driver_sql(newer).close())
    storage = database.storage()
    with pytest.raises(StorageUnavailable, match="newer version"):
        await storage.open()
    await storage.close()
    revisions: list[str] = []
    asked = "SELECT version_num FROM alembic_version"
    await on(database, folder, lambda c: revisions.extend(c.exec_driver_sql(asked).scalars()))
    assert revisions == ["9999"]


async def test_the_migrations_lead_to_the_tables_that_the_program_uses(
    database: Database, folder: DataFolder
) -> None:
    storage = database.storage()
    await storage.open()
    await storage.close()
    differences: list[object] = []
    await on(
        database,
        folder,
        lambda connection: differences.extend(
            compare_metadata(MigrationContext.configure(connection), metadata)
        ),
    )
    assert differences == []


def test_the_program_knows_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(SCRIPTS).get_heads() == [HEAD]


def test_no_migration_goes_back() -> None:
    """They go forward only: who wants to go back has a backup."""
    scripts = ScriptDirectory.from_config(SCRIPTS).walk_revisions()
    assert not [script.revision for script in scripts if hasattr(script.module, "downgrade")]
