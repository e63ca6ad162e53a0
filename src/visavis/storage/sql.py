"""Every operation on a SQL database, as a plain function of a connection: they are written once.

How one is run, and in which transaction, is the affair of :mod:`~visavis.storage.sqlite` and
:mod:`~visavis.storage.postgresql`.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from visavis.errors import RoomExists
from visavis.records import (
    UNHEARD,
    Alive,
    Attendance,
    CallId,
    CallRecord,
    Departed,
    Departure,
    Ended,
    Entered,
    Forgotten,
    Moment,
    NodeId,
    by_entry,
)
from visavis.rooms import ParticipantId, Room, RoomId
from visavis.storage.tables import attendances, calls, rooms

# Made once: SQLAlchemy then finds the compiled form sooner.
_ADD_ROOM = insert(rooms)
_FIND_ROOM = select(rooms.c.capacity).where(rooms.c.id == bindparam("room_id"))


def add_room(connection: Connection, room: Room, now: float) -> None:
    """Keep a room.

    Raises:
        RoomExists: nothing was changed. PostgreSQL does nothing more in this transaction.
    """
    values = {"id": room.id, "capacity": room.capacity, "created_at": now}
    try:
        connection.execute(_ADD_ROOM, values)
    except IntegrityError:
        raise RoomExists from None


def find_room(connection: Connection, room_id: RoomId) -> Room | None:
    capacity = connection.execute(_FIND_ROOM, {"room_id": room_id}).scalar_one_or_none()
    return None if capacity is None else Room(room_id, capacity)


def record(connection: Connection, node: NodeId, moments: Iterable[Moment]) -> None:
    """Write what happened in the calls of a node, in order."""
    for moment in moments:
        match moment:
            case Entered():
                _enter(connection, node, moment)
            case Departed(call_id, participant_id, departure, at):
                gone = update(attendances).where(_one(call_id, participant_id))
                connection.execute(gone.values(left_at=at, departure=departure.value))
            case Ended(call_id, at):
                _end(connection, call_id, at)
            case Alive():
                _see(connection, node, moment)
            case Forgotten(before):
                connection.execute(delete(calls).where(calls.c.ended_at < before))


def recent_calls(connection: Connection, limit: int) -> tuple[CallRecord, ...]:
    latest = select(calls).order_by(calls.c.began_at.desc(), calls.c.id).limit(limit).subquery()
    # In one statement, so that calls and attendances are of one moment.
    rows = connection.execute(
        select(latest, attendances)
        .join(attendances, attendances.c.call_id == latest.c.id)
        .order_by(latest.c.began_at.desc(), latest.c.id)
    ).all()
    return tuple(_call(list(of_call)) for _, of_call in groupby(rows, key=lambda row: row.id))


def _call(rows: list[Row[Any]]) -> CallRecord:
    """A call from the rows of its attendances, each with the columns of both tables."""
    call = rows[0]
    return CallRecord(
        call.id, call.room_id, call.began_at, call.ended_at, by_entry(_attendance(row) for row in rows)
    )


def _attendance(row: Row[Any]) -> Attendance:
    return Attendance(
        row.participant_id,
        row.name,
        row.joined_at,
        row.left_at,
        None if row.departure is None else Departure(row.departure),
    )


def _enter(connection: Connection, node: NodeId, moment: Entered) -> None:
    call = {"node": node, "seen_at": moment.at, "ended_at": None}
    if not connection.execute(update(calls).where(calls.c.id == moment.call_id).values(call)).rowcount:
        new = {"id": moment.call_id, "room_id": moment.room_id, "began_at": moment.at}
        connection.execute(insert(calls).values(call | new))
    back = update(attendances).where(_one(moment.call_id, moment.participant_id))
    if not connection.execute(back.values(left_at=None, departure=None)).rowcount:
        new = {"call_id": moment.call_id, "participant_id": moment.participant_id}
        known = {"name": moment.name, "joined_at": moment.at}
        connection.execute(insert(attendances).values(new | known))


def _see(connection: Connection, node: NodeId, moment: Alive) -> None:
    if moment.calls:
        seen = update(calls).where(calls.c.id == bindparam("seen")).values(seen_at=moment.at)
        connection.execute(seen, [{"seen": call_id} for call_id in moment.calls])
    # Those of this node that were not just seen, and those of nodes that are dead.
    of_node = and_(calls.c.node == node, calls.c.seen_at < moment.at)
    over = and_(calls.c.ended_at.is_(None), or_(of_node, calls.c.seen_at < moment.at - UNHEARD))
    for call_id, seen_at in connection.execute(select(calls.c.id, calls.c.seen_at).where(over)).all():
        _end(connection, call_id, seen_at)


def _end(connection: Connection, call_id: CallId, at: float) -> None:
    still_there = and_(attendances.c.call_id == call_id, attendances.c.left_at.is_(None))
    unknown = {"left_at": at, "departure": Departure.UNKNOWN.value}
    connection.execute(update(attendances).where(still_there).values(unknown))
    connection.execute(update(calls).where(calls.c.id == call_id).values(ended_at=at))


def _one(call_id: CallId, participant_id: ParticipantId) -> ColumnElement[bool]:
    return and_(attendances.c.call_id == call_id, attendances.c.participant_id == participant_id)
