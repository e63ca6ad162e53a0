"""MongoDB alone: the indexes that it is given, and its revision."""

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from visavis.errors import StorageUnavailable
from visavis.records import CallId, Ended, Entered, NodeId
from visavis.rooms import ParticipantId, RoomId
from visavis.storage.mongodb import MongodbStorage

MARA_CAME = Entered(CallId("call"), RoomId("piano-lesson"), ParticipantId("mara"), "Mara", 1_790_000_000.5)


@pytest.fixture
def inside(mongodb_url: str) -> Iterator[Database[dict[str, Any]]]:
    """The database, past the storage."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_url)
    yield client.get_default_database()
    client.close()


async def test_calls_are_forgotten_by_the_database_itself_after_the_time_that_is_set_now(
    mongodb_url: str, inside: Database[dict[str, Any]]
) -> None:
    for keep in (3600.0, 60.0, 60.0, 0.0):
        storage = MongodbStorage(mongodb_url, keep)
        await storage.open()
        await storage.close()
        forget = inside.calls.index_information()["calls_to_forget"]
        assert forget["key"] == [("ended_on", 1)]
        assert forget["expireAfterSeconds"] == keep


async def test_the_date_by_which_a_call_is_forgotten_is_that_of_its_end(
    mongodb_url: str, inside: Database[dict[str, Any]]
) -> None:
    storage = MongodbStorage(mongodb_url, 1e8)
    await storage.open()
    await storage.record(NodeId("node"), [MARA_CAME])
    (going_on,) = inside.calls.find()
    assert going_on["ended_on"] is None
    await storage.record(NodeId("node"), [Ended(MARA_CAME.call_id, MARA_CAME.at + 60)])
    (over,) = inside.calls.find({}, {"ended_on": {"$toLong": "$ended_on"}})
    assert over["ended_on"] == (MARA_CAME.at + 60) * 1000
    await storage.close()


async def test_a_database_of_a_newer_version_stops_the_start_and_is_left_alone(
    mongodb_url: str, inside: Database[dict[str, Any]]
) -> None:
    inside.visavis.insert_one({"_id": "schema", "revision": 9999})
    storage = MongodbStorage(mongodb_url, 3600)
    with pytest.raises(StorageUnavailable, match="newer version"):
        await storage.open()
    await storage.close()
    assert inside.list_collection_names() == ["visavis"]


@pytest.mark.parametrize("participant", ["a.b", "$a", "", "a\0b"])
async def test_an_id_that_would_reach_elsewhere_in_the_document_is_refused(
    mongodb_url: str, participant: str
) -> None:
    storage = MongodbStorage(mongodb_url, 3600)
    await storage.open()
    strange = Entered(MARA_CAME.call_id, MARA_CAME.room_id, ParticipantId(participant), "", MARA_CAME.at)
    with pytest.raises(ValueError, match="participant id"):
        await storage.record(NodeId("node"), [MARA_CAME, strange])
    assert await storage.recent_calls(10) == ()
    await storage.close()
