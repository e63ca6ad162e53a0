"""Storage in MongoDB, reached by pymongo.

One document for each room and one for each call, with the attendances in it by participant id, and beside
them the accounts that were in it: so that each moment is one atomic change. Their ids are the ``_id``, of
which MongoDB itself keeps the index that makes them unique.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog
from pymongo import ASCENDING, DESCENDING, AsyncMongoClient, DeleteMany, UpdateMany, UpdateOne, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    BulkWriteError,
    CollectionInvalid,
    DuplicateKeyError,
    InvalidURI,
    PyMongoError,
)

from visavis.errors import RoomExists, RoomNotFound, StorageUnavailable
from visavis.records import (
    UNHEARD,
    Acted,
    Alive,
    Attendance,
    CallId,
    CallRecord,
    Departed,
    Departure,
    Ended,
    Entered,
    Excluded,
    Forgotten,
    Moment,
    NodeId,
    Readmitted,
    Spent,
    Timed,
    by_entry,
)
from visavis.rooms import AccountId, KeptLink, Maker, ParticipantId, Room, RoomId
from visavis.storage import forms
from visavis.storage.mongodb_accounts import prepare_accounts
from visavis.storage.mongodb_keys import MongodbKeys
from visavis.storage.outage import Outage

log = structlog.get_logger(__name__)

REVISION = 1
"""The form of the documents. A database of a later one is left alone."""

DEFAULT_DATABASE = "visavis"
"""Where the address names none."""

_OPTIONS: Mapping[str, Any] = {
    "appName": "visavis",
    "connectTimeoutMS": 5_000,
    "serverSelectionTimeoutMS": 5_000,
    "socketTimeoutMS": 10_000,
}
"""For the client, where the address says nothing else."""

_DATA_AT_FAULT = frozenset({2, 9, 121, 10334, 17419, 17420})
"""Error codes that say that what was to be written is at fault: bad value, cannot be parsed, fails
validation, too large."""

_FORGET = "calls_to_forget"

_Document = dict[str, Any]
_Write = UpdateOne | UpdateMany | DeleteMany


class MongodbStorage(MongodbKeys):
    """A database of MongoDB.

    Args:
        url: as for mongosh: ``mongodb://user:password@host/database``, or ``mongodb+srv://...``.
        keep: seconds for which a call that ended is kept, even when no server of ours runs any more.
    """

    def __init__(self, url: str, keep: float) -> None:
        self._url = url
        self._keep = int(keep)
        self._reads = Outage("read")
        self._writes = Outage("written")
        self._client: AsyncMongoClient[_Document] | None = None

    async def open(self) -> None:
        try:
            said = self._url.lower()
            options = {name: value for name, value in _OPTIONS.items() if f"{name.lower()}=" not in said}
            self._client = AsyncMongoClient(self._url, **options)
            await self._prepare(self._database)
        except (PyMongoError, ValueError, OSError) as error:
            # An address that cannot be read is cited in the error, password and all.
            is_misread = isinstance(error, InvalidURI | ValueError)
            reason = "its address cannot be read" if is_misread else str(error).partition(", Timeout: ")[0]
            raise StorageUnavailable(f"MongoDB cannot be opened: {reason}.") from None

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def add_room(self, room: Room, maker: Maker | None = None) -> None:
        document = {"_id": room.id, "created_at": room.created_at, **_fields(room)}
        async with self._use(self._writes) as database:
            await _check_free(database, room, maker)
            try:
                await database.rooms.insert_one(document)
            except DuplicateKeyError:
                raise RoomExists from None
            try:
                # Once more: somebody may have deleted the room that had the id, just now.
                await _check_free(database, room, maker)
            except RoomExists:
                await database.rooms.delete_one({"_id": room.id, "created_at": room.created_at})
                raise

    async def room(self, room_id: RoomId) -> Room | None:
        async with self._use(self._reads) as database:
            found = await database.rooms.find_one({"_id": room_id})
        return None if found is None else _room(found)

    async def rooms_by_id(self, room_ids: Sequence[RoomId]) -> dict[RoomId, Room]:
        async with self._use(self._reads) as database:
            found = await database.rooms.find({"_id": {"$in": list(room_ids)}}).to_list()
        return {RoomId(document["_id"]): _room(document) for document in found}

    async def change_room(self, room: Room) -> None:
        async with self._use(self._writes) as database:
            changed = await database.rooms.update_one({"_id": room.id}, {"$set": _fields(room)})
        if not changed.matched_count:
            raise RoomNotFound

    async def delete_room(self, room_id: RoomId, at: float = 0.0, keep_until: float = 0.0) -> None:
        async with self._use(self._writes) as database:
            found = await database.rooms.find_one({"_id": room_id})
            if found is None:
                raise RoomNotFound
            room = _room(found)
            kept = {"owner": room.owner, "host_key": room.host_key, "until": keep_until}
            # First: at no time is there neither the room nor this.
            await database.kept_links.replace_one({"_id": room_id}, kept, upsert=True)
            await database.kept_links.delete_many({"until": {"$lte": at}, "_id": {"$ne": room_id}})
            deleted = await database.rooms.delete_one({"_id": room_id})
        if not deleted.deleted_count:
            raise RoomNotFound

    async def rooms(self, account_id: AccountId | None, before: float | None, limit: int) -> tuple[Room, ...]:
        wanted: _Document = {}
        if account_id is not None:
            wanted["$or"] = [{"owner": account_id}, {"settings.moderators": account_id}]
        if before is not None:
            wanted["created_at"] = {"$lt": before}
        order = [("created_at", DESCENDING), ("_id", ASCENDING)]
        async with self._use(self._reads) as database:
            found = await database.rooms.find(wanted, {"exclusions": 0}).sort(order).limit(limit).to_list()
        return tuple(_room(document) for document in found)

    async def last_calls(self, room_ids: Sequence[RoomId]) -> dict[RoomId, float]:
        of_rooms = {"$match": {"room_id": {"$in": list(room_ids)}}}
        latest = {"$group": {"_id": "$room_id", "began_at": {"$max": "$began_at"}}}
        async with self._use(self._reads) as database:
            found = await (await database.calls.aggregate([of_rooms, latest])).to_list()
        return {RoomId(each["_id"]): each["began_at"] for each in found}

    async def record(self, node: NodeId, moments: Sequence[Moment]) -> None:
        async with self._use(self._writes) as database:
            writes = [write for moment in moments for write in _writes(node, moment)]
            if writes:
                await database.calls.bulk_write(writes, ordered=True)
            for name, others in _writes_elsewhere(moments).items():
                await database[name].bulk_write(others, ordered=True)

    async def recent_calls(self, limit: int) -> tuple[CallRecord, ...]:
        async with self._use(self._reads) as database:
            order = [("began_at", DESCENDING), ("_id", ASCENDING)]
            found = await database.calls.find().sort(order).limit(limit).to_list()
        return tuple(_call(document) for document in found)

    async def call(self, call_id: CallId) -> CallRecord | None:
        async with self._use(self._reads) as database:
            found = await database.calls.find_one({"_id": call_id})
        return None if found is None else _call(found)

    async def calls_of(
        self, account_id: AccountId, before: float | None, limit: int
    ) -> tuple[CallRecord, ...]:
        own: _Document = {"accounts": account_id}
        if before is not None:
            own["began_at"] = {"$lt": before}
        async with self._use(self._reads) as database:
            order = [("began_at", DESCENDING), ("_id", ASCENDING)]
            found = await database.calls.find(own).sort(order).limit(limit).to_list()
        return tuple(_call(document) for document in found)

    async def acts(self, room_id: RoomId, limit: int) -> tuple[Acted, ...]:
        async with self._use(self._reads) as database:
            order = [("at", DESCENDING), ("_id", ASCENDING)]
            found = await database.acts.find({"room_id": room_id}).sort(order).limit(limit).to_list()
        return tuple(forms.acted(document) for document in found)

    # --- inside -------------------------------------------------------------------------------

    @property
    def _database(self) -> AsyncDatabase[_Document]:
        if self._client is None:
            raise StorageUnavailable
        # What was answered survives the loss of a server, and of power.
        concern = WriteConcern(w="majority", j=True)
        name = self._client.get_default_database(DEFAULT_DATABASE).name
        return self._client.get_database(name, write_concern=concern)

    @contextlib.asynccontextmanager
    async def _use(self, outage: Outage) -> AsyncIterator[AsyncDatabase[_Document]]:
        """The database, with our words for what goes wrong."""
        database = self._database
        try:
            yield database
        except BulkWriteError as error:
            if any(wrong.get("code") in _DATA_AT_FAULT for wrong in error.details.get("writeErrors", ())):
                raise
            raise outage.failure(error) from error
        except (PyMongoError, OSError) as error:
            raise outage.failure(error) from error
        outage.success()

    def _reading(self) -> AbstractAsyncContextManager[AsyncDatabase[_Document]]:
        return self._use(self._reads)

    def _writing(self) -> AbstractAsyncContextManager[AsyncDatabase[_Document]]:
        return self._use(self._writes)

    async def _prepare(self, database: AsyncDatabase[_Document]) -> None:
        """Bring the database to :data:`REVISION`. Many servers may do it at once."""
        schema = await database.visavis.find_one({"_id": "schema"})
        if schema is not None and schema["revision"] > REVISION:
            raise StorageUnavailable(
                f"The database has revision {schema['revision']}, and this program knows {REVISION}. "
                "Was it made by a newer version of Visavis?"
            )
        with contextlib.suppress(CollectionInvalid):  # it exists
            await database.create_collection("rooms")
        await database.kept_links.create_index([("until", ASCENDING)], name="kept_links_by_end")
        await database.calls.create_index([("began_at", DESCENDING)], name="calls_by_beginning")
        await database.calls.create_index([("ended_at", ASCENDING)], name="calls_by_end")
        await database.calls.create_index([("accounts", ASCENDING)], name="calls_by_account")
        await prepare_accounts(database)
        await database.rooms.create_index([("owner", ASCENDING)], name="rooms_by_owner")
        await database.rooms.create_index([("settings.moderators", ASCENDING)], name="rooms_by_moderator")
        by_room = [("room_id", ASCENDING), ("began_at", DESCENDING)]
        await database.calls.create_index(by_room, name="calls_by_room")
        await database.acts.create_index([("room_id", ASCENDING), ("at", DESCENDING)], name="acts_by_room")
        await database.acts.create_index([("at", ASCENDING)], name="acts_by_time")
        await self._forget_by_itself(database)
        if schema is None:
            revision = {"$set": {"revision": REVISION}}
            await database.visavis.update_one({"_id": "schema"}, revision, upsert=True)
            log.info("database migrated", before=None, now=REVISION)

    async def _forget_by_itself(self, database: AsyncDatabase[_Document]) -> None:
        """Have MongoDB delete calls that ended long ago, by a TTL index on a date."""
        known = (await database.calls.index_information()).get(_FORGET)
        if known is None:
            index = [("ended_on", ASCENDING)]
            await database.calls.create_index(index, name=_FORGET, expireAfterSeconds=self._keep)
        elif known["expireAfterSeconds"] != self._keep:
            changed = {"name": _FORGET, "expireAfterSeconds": self._keep}
            await database.command("collMod", "calls", index=changed)


def _writes(node: NodeId, moment: Moment) -> list[_Write]:
    """The changes that write a moment."""
    match moment:
        case Entered():
            return [_entry(node, moment)]
        case Timed(call_id, participant_id, times):
            known = _place(participant_id)
            timed = {f"{known}.join": forms.built(times)}
            return [UpdateOne({"_id": call_id, known: {"$exists": True}}, {"$set": timed})]
        case Departed(call_id, participant_id, departure, at):
            known = _place(participant_id)
            gone = {f"{known}.left_at": at, f"{known}.departure": departure.value}
            return [UpdateOne({"_id": call_id, known: {"$exists": True}}, {"$set": gone})]
        case Ended(call_id, at):
            return [UpdateOne({"_id": call_id}, _end({"$literal": at}))]
        case Alive(calls, at):
            seen = UpdateMany({"_id": {"$in": list(calls)}}, {"$set": {"seen_at": at}})
            of_node = {"node": node, "seen_at": {"$lt": at}}
            over = {"ended_at": None, "$or": [of_node, {"seen_at": {"$lt": at - UNHEARD}}]}
            return [*([seen] if calls else []), UpdateMany(over, _end("$seen_at"))]
        case Forgotten(before):
            return [DeleteMany({"ended_at": {"$lt": before}})]
        case Acted() | Excluded() | Readmitted() | Spent():
            return []


def _writes_elsewhere(moments: Sequence[Moment]) -> dict[str, list[_Write]]:
    """The changes that write moments to other collections than that of the calls, by its name."""
    writes: dict[str, list[_Write]] = {}
    for moment in moments:
        match moment:
            case Acted(id=act_id):
                act = UpdateOne({"_id": act_id}, {"$set": forms.built(moment)}, upsert=True)
                writes.setdefault("acts", []).append(act)
            case Excluded(room_id, exclusion):
                room = {"_id": room_id}
                of_room = writes.setdefault("rooms", [])
                for gone in ({"id": exclusion.id}, {"until": {"$lte": exclusion.at}}):
                    of_room.append(UpdateOne(room, {"$pull": {"exclusions": gone}}))
                if exclusion.holds(exclusion.at):
                    of_room.append(UpdateOne(room, {"$push": {"exclusions": forms.built(exclusion)}}))
            case Readmitted(room_id, exclusion_id):
                lifted = UpdateOne({"_id": room_id}, {"$pull": {"exclusions": {"id": exclusion_id}}})
                writes.setdefault("rooms", []).append(lifted)
            case Spent(room_id, at):
                over = "settings.rules.expires_at"
                later = {"$or": [{over: None}, {over: {"$gt": at}}]}
                one_off = {"_id": room_id, "settings.rules.once": True, **later}
                writes.setdefault("rooms", []).append(UpdateOne(one_off, {"$set": {over: at}}))
            case Forgotten(before):
                writes.setdefault("acts", []).append(DeleteMany({"at": {"$lt": before}}))
    return writes


async def _check_free(database: AsyncDatabase[_Document], room: Room, maker: Maker | None) -> None:
    """
    Raises:
        RoomExists: the link is kept for somebody else.
    """
    found = None if maker is None else await database.kept_links.find_one({"_id": room.id})
    if maker is None or found is None:
        return
    if not KeptLink(found["owner"], found["host_key"], found["until"]).is_free_for(maker, room.created_at):
        raise RoomExists


def _fields(room: Room) -> _Document:
    return {"capacity": room.capacity, "owner": room.owner, "settings": forms.settings_of(room)}


def _room(document: Mapping[str, Any]) -> Room:
    # Rooms of earlier versions have neither owner nor settings.
    apart = {"id": document["_id"]} | {name: document.get(name) for name in forms.APART if name != "id"}
    return forms.make_room(apart, document.get("settings", {}), document.get("exclusions", ()))


def _entry(node: NodeId, moment: Entered) -> UpdateOne:
    known = _place(moment.participant_id)
    named: _Document = {}
    if moment.account_id is not None:
        named = {"$addToSet": {"accounts": moment.account_id}}
    return UpdateOne(
        {"_id": moment.call_id},
        {
            **named,
            "$set": {
                "node": node,
                "seen_at": moment.at,
                "ended_at": None,
                "ended_on": None,
                f"{known}.name": moment.name,
                f"{known}.left_at": None,
                f"{known}.departure": None,
                **({f"{known}.account_id": moment.account_id} if named else {}),
            },
            "$setOnInsert": {"room_id": moment.room_id, "began_at": moment.at},
            # Sets it the first time, and leaves it alone when the participant comes back.
            "$min": {f"{known}.joined_at": moment.at},
        },
        upsert=True,
    )


def _end(at: object) -> list[_Document]:
    """A pipeline that ends a call, and the attendances that were not over, at the time that ``at`` gives."""
    unknown = {"left_at": at, "departure": Departure.UNKNOWN.value}
    was_there = {"$eq": ["$$one.v.left_at", None]}
    gone = {"$cond": [was_there, {"$mergeObjects": ["$$one.v", unknown]}, "$$one.v"]}
    each = {"input": {"$objectToArray": "$attendances"}, "as": "one", "in": {"k": "$$one.k", "v": gone}}
    return [
        {
            "$set": {
                "ended_at": at,
                "ended_on": {"$toDate": {"$toLong": {"$multiply": [at, 1000]}}},
                "attendances": {"$arrayToObject": {"$map": each}},
            }
        }
    ]


def _place(participant_id: ParticipantId) -> str:
    """Where in a call's document an attendance is.

    Raises:
        ValueError: the id cannot be the name of a field.
    """
    if not participant_id or participant_id.startswith("$") or set(participant_id) & {".", "\0"}:
        raise ValueError("a participant id with a dot, or that begins with a dollar sign")
    return f"attendances.{participant_id}"


def _call(document: Mapping[str, Any]) -> CallRecord:
    attendances = (
        Attendance(
            ParticipantId(participant_id),
            known["name"],
            known["joined_at"],
            known["left_at"],
            None if known["departure"] is None else Departure(known["departure"]),
            known.get("account_id"),
            forms.join_times(known["join"]) if "join" in known else None,
        )
        for participant_id, known in document["attendances"].items()
    )
    return CallRecord(
        document["_id"],
        document["room_id"],
        document["began_at"],
        document["ended_at"],
        by_entry(attendances),
    )
