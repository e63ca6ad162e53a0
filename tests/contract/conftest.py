"""The databases over which the contract is tried. Their servers are started once."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests.support.databases import MONGODB, MongodbServer, PostgresqlServer
from tests.support.unreliable import make_unreliable
from visavis.data_folder import DataFolder
from visavis.storage.base import Storage
from visavis.storage.choice import make_storage
from visavis.storage.memory import MemoryStorage
from visavis.storage.sqlite import SqliteStorage

KEEP = 3600.0

LASTING = ["sqlite", "postgresql", "mongodb"]
"""The databases that outlive a storage."""


@dataclass(frozen=True)
class Database:
    """A database with nothing in it at first. Each call of ``storage`` makes one more way to it."""

    kind: str
    storage: Callable[[], Storage]
    url: str | None = None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    server = PostgresqlServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def mongodb() -> Iterator[MongodbServer]:
    server = MongodbServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def mongodb_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A new database, at the server that was named or at ours."""
    if MONGODB is None:
        yield request.getfixturevalue("mongodb").new_database()
        return
    name = f"visavis_{secrets.token_hex(4)}"
    base, _, options = MONGODB.partition("?")
    yield f"{base.rstrip('/')}/{name}?{options}"
    client: MongoClient[dict[str, Any]] = MongoClient(MONGODB)
    client.drop_database(name)
    client.close()


def make_database(kind: str, request: pytest.FixtureRequest) -> Database:
    folder: DataFolder = request.getfixturevalue("folder")
    match kind:
        case "memory":
            only = MemoryStorage()
            return Database(kind, lambda: only)
        case "sqlite":
            return Database(kind, lambda: SqliteStorage(folder.database, patience=1))
        case "postgresql":
            url = request.getfixturevalue("postgresql").new_database()
        case _:
            url = request.getfixturevalue("mongodb_url")
    return Database(kind, lambda: make_storage(url, folder.database, KEEP), url)


@pytest.fixture(params=LASTING)
def database(request: pytest.FixtureRequest) -> Database:
    return make_database(request.param, request)


@pytest.fixture(params=["memory", *LASTING, "unreliable sqlite", "unreliable mongodb"])
async def storage(request: pytest.FixtureRequest) -> AsyncIterator[Storage]:
    opened = make_database(request.param.removeprefix("unreliable "), request).storage()
    if request.param.startswith("unreliable"):
        make_unreliable(opened)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite(folder: DataFolder) -> AsyncIterator[SqliteStorage]:
    opened = SqliteStorage(folder.database, patience=1)
    await opened.open()
    yield opened
    await opened.close()
