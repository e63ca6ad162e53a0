"""Every operation on a SQL database, as a plain function of a connection: they are written once.

How one is run, and in which transaction, is the affair of :mod:`~visavis.storage.sqlite` and
:mod:`~visavis.storage.postgresql`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from visavis.errors import RoomExists, RoomNotFound
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
    OfRoom,
    Readmitted,
    Spent,
    Timed,
    by_entry,
)
from visavis.rooms import AccountId, KeptLink, Maker, ParticipantId, Room, RoomId
from visavis.storage import forms
from visavis.storage.tables import acts, attendances, calls, exclusions, kept_links, moderators, rooms

# Made once: SQLAlchemy then finds the compiled form sooner.
_ADD_ROOM = insert(rooms)
_FIND_ROOMS = (
    select(rooms, exclusions.c.exclusion)
    .join(exclusions, exclusions.c.room_id == rooms.c.id, isouter=True)
    .where(rooms.c.id.in_(bindparam("room_ids", expanding=True)))
    .order_by(rooms.c.id)
)

_FIND_KEPT_LINK = select(kept_links).where(kept_links.c.room_id == bindparam("kept_id"))

_DEPART = (
    update(attendances)
    .where(attendances.c.call_id == bindparam("in_call"), attendances.c.participant_id == bindparam("who"))
    .values(departure=bindparam("departure"), left_at=bindparam("left_at"))
)
_DEPART_SOMEHOW = (
    update(attendances)
    .where(attendances.c.call_id == bindparam("in_call"), attendances.c.left_at.is_(None))
    .values(departure=Departure.UNKNOWN.value, left_at=bindparam("left_at"))
)
_TIME = (
    update(attendances)
    .where(attendances.c.call_id == bindparam("in_call"), attendances.c.participant_id == bindparam("who"))
    .values(join_times=bindparam("times"))
)
_END = update(calls).where(calls.c.id == bindparam("call")).values(ended_at=bindparam("ended_at"))
_SEE = update(calls).where(calls.c.id == bindparam("call")).values(seen_at=bindparam("seen_at"))


def _enter(insert_into: Any) -> tuple[Any, Any]:
    """The statements by which a call begins or goes on, and a participant enters or comes back."""
    call, attendance = insert_into(calls), insert_into(attendances)
    goes_on = {"node": call.excluded.node, "seen_at": call.excluded.seen_at, "ended_at": None}
    account = func.coalesce(attendance.excluded.account_id, attendances.c.account_id)
    is_back = {"left_at": None, "departure": None, "account_id": account}
    return (
        call.on_conflict_do_update(index_elements=["id"], set_=goes_on),
        attendance.on_conflict_do_update(index_elements=["call_id", "participant_id"], set_=is_back),
    )


_ENTER = {"sqlite": _enter(sqlite.insert), "postgresql": _enter(postgresql.insert)}


def add_room(connection: Connection, room: Room, maker: Maker | None) -> None:
    """Keep a room.

    Raises:
        RoomExists: the transaction is to be rolled back.
    """
    try:
        connection.execute(_ADD_ROOM, {"id": room.id, "created_at": room.created_at, **_columns(room)})
    except IntegrityError:
        raise RoomExists from None
    # Asked afterwards: one who deletes the room at the same time is done by now, and is seen.
    if maker is not None and not _is_free_for(connection, room, maker):
        raise RoomExists
    _set_moderators(connection, room)


def _is_free_for(connection: Connection, room: Room, maker: Maker) -> bool:
    row = connection.execute(_FIND_KEPT_LINK, {"kept_id": room.id}).one_or_none()
    return row is None or KeptLink(row.owner, row.host_key, row.until).is_free_for(maker, room.created_at)


def find_rooms(connection: Connection, room_ids: Sequence[RoomId]) -> dict[RoomId, Room]:
    """Those of these rooms that there are."""
    rows = connection.execute(_FIND_ROOMS, {"room_ids": list(room_ids)}).all()
    found = {}
    for room_id, of_room in groupby(rows, key=lambda row: row.id):
        known = list(of_room)
        shut_out = [msgspec.json.decode(row.exclusion) for row in known if row.exclusion is not None]
        found[RoomId(room_id)] = _room(known[0], shut_out)
    return found


def change_room(connection: Connection, room: Room) -> None:
    """
    Raises:
        RoomNotFound
    """
    if not connection.execute(update(rooms).where(rooms.c.id == room.id).values(**_columns(room))).rowcount:
        raise RoomNotFound
    connection.execute(delete(moderators).where(moderators.c.room_id == room.id))
    _set_moderators(connection, room)


def delete_room(connection: Connection, room_id: RoomId, at: float, keep_until: float) -> None:
    """
    Raises:
        RoomNotFound
    """
    connection.execute(delete(exclusions).where(exclusions.c.room_id == room_id))
    row = connection.execute(select(rooms).where(rooms.c.id == room_id).with_for_update()).one_or_none()
    if row is None:
        raise RoomNotFound
    connection.execute(delete(rooms).where(rooms.c.id == room_id))
    gone = or_(kept_links.c.room_id == room_id, kept_links.c.until <= at)
    connection.execute(delete(kept_links).where(gone))
    room = _room(row)
    kept = {"room_id": room_id, "owner": room.owner, "host_key": room.host_key, "until": keep_until}
    connection.execute(insert(kept_links).values(kept))


def list_rooms(
    connection: Connection, account_id: AccountId | None, before: float | None, limit: int
) -> tuple[Room, ...]:
    wanted = select(rooms)
    if account_id is not None:
        moderated = select(moderators.c.room_id).where(moderators.c.account_id == account_id)
        wanted = wanted.where(or_(rooms.c.owner == account_id, rooms.c.id.in_(moderated)))
    if before is not None:
        wanted = wanted.where(rooms.c.created_at < before)
    latest = wanted.order_by(rooms.c.created_at.desc(), rooms.c.id).limit(limit)
    return tuple(_room(row) for row in connection.execute(latest))


def last_calls(connection: Connection, room_ids: Sequence[RoomId]) -> dict[RoomId, float]:
    """When the last call of each of these rooms began, where there was one."""
    latest = select(calls.c.room_id, func.max(calls.c.began_at)).group_by(calls.c.room_id)
    found = connection.execute(latest.where(calls.c.room_id.in_(room_ids)))
    return {RoomId(room_id): began_at for room_id, began_at in found}


def _set_moderators(connection: Connection, room: Room) -> None:
    """Those of a room that has none there yet."""
    if room.moderators:
        values = [{"room_id": room.id, "account_id": account_id} for account_id in room.moderators]
        connection.execute(insert(moderators), values)


def _columns(room: Room) -> dict[str, Any]:
    settings = msgspec.json.encode(forms.settings_of(room)).decode()
    return {"capacity": room.capacity, "owner": room.owner, "settings": settings}


def _room(row: Any, shut_out: Iterable[Any] = ()) -> Room:
    settings = msgspec.json.decode(row.settings)
    apart = {name: getattr(row, name) for name in forms.APART}
    return forms.make_room(apart, settings, shut_out)


def record(connection: Connection, node: NodeId, moments: Iterable[Moment]) -> None:
    """Write what happened in the calls of a node, in order.

    Each statement runs once for many moments, which costs a tenth: those that do not touch each other
    are taken out of their order for that.
    """
    waiting = _Waiting()
    for moment in moments:
        match moment:
            case Entered() if moment.call_id in waiting.ended or _person(moment) in waiting.departed:
                _write(connection, node, waiting)
                waiting = _Waiting([moment])
            case Entered():
                waiting.entered.append(moment)
            case Timed():
                waiting.timed.append(moment)
            case Departed():
                waiting.departed[_person(moment)] = moment
            case Ended():
                waiting.ended.setdefault(moment.call_id, []).append(moment.at)
            case Acted() | Excluded() | Readmitted() | Spent():
                _note(connection, moment)  # touches nothing of the others
            case Alive() | Forgotten():
                _write(connection, node, waiting)
                waiting = _Waiting()
                _tidy(connection, node, moment)
    _write(connection, node, waiting)


def list_acts(connection: Connection, room_id: RoomId, limit: int) -> tuple[Acted, ...]:
    latest = select(acts.c.act).where(acts.c.room_id == room_id).order_by(acts.c.at.desc(), acts.c.id)
    found = connection.execute(latest.limit(limit)).scalars()
    return tuple(forms.acted(msgspec.json.decode(act)) for act in found)


def recent_calls(connection: Connection, limit: int) -> tuple[CallRecord, ...]:
    return _latest(connection, select(calls), limit)


def call(connection: Connection, call_id: CallId) -> CallRecord | None:
    return next(iter(_latest(connection, select(calls).where(calls.c.id == call_id), 1)), None)


def calls_of(
    connection: Connection, account_id: AccountId, before: float | None, limit: int
) -> tuple[CallRecord, ...]:
    was_in = select(attendances.c.call_id).where(attendances.c.account_id == account_id)
    found = select(calls).where(calls.c.id.in_(was_in))
    return _latest(connection, found if before is None else found.where(calls.c.began_at < before), limit)


def _latest(connection: Connection, found: Select[Any], limit: int) -> tuple[CallRecord, ...]:
    """The calls among those ``found`` that began last, the latest first."""
    latest = found.order_by(calls.c.began_at.desc(), calls.c.id).limit(limit).subquery()
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
        row.account_id,
        None if row.join_times is None else forms.join_times(msgspec.json.decode(row.join_times)),
    )


@dataclass(slots=True)
class _Waiting:
    """Moments that can be written in this order: who entered, then how long it took, then who
    departed, then which calls ended."""

    entered: list[Entered] = field(default_factory=list)
    timed: list[Timed] = field(default_factory=list)
    departed: dict[tuple[CallId, ParticipantId], Departed] = field(default_factory=dict)
    ended: dict[CallId, list[float]] = field(default_factory=dict)


def _person(moment: Entered | Departed) -> tuple[CallId, ParticipantId]:
    return moment.call_id, moment.participant_id


def _write(connection: Connection, node: NodeId, waiting: _Waiting) -> None:
    if waiting.entered:
        enter_call, enter = _ENTER[connection.dialect.name]
        of_calls = [
            {"id": m.call_id, "room_id": m.room_id, "node": node, "began_at": m.at, "seen_at": m.at}
            for m in waiting.entered
        ]
        people = [
            {
                "call_id": m.call_id,
                "participant_id": m.participant_id,
                "name": m.name,
                "joined_at": m.at,
                "account_id": m.account_id,
            }
            for m in waiting.entered
        ]
        connection.execute(enter_call, of_calls)
        connection.execute(enter, people)
    if waiting.timed:
        times = [
            {
                "in_call": m.call_id,
                "who": m.participant_id,
                "times": msgspec.json.encode(forms.built(m.times)).decode(),
            }
            for m in waiting.timed
        ]
        connection.execute(_TIME, times)
    if waiting.departed:
        gone = [
            {"in_call": m.call_id, "who": m.participant_id, "left_at": m.at, "departure": m.departure.value}
            for m in waiting.departed.values()
        ]
        connection.execute(_DEPART, gone)
    _end(connection, [(call_id, at) for call_id, times in waiting.ended.items() for at in times])


def _end(connection: Connection, ended: Sequence[tuple[CallId, float]]) -> None:
    if ended:
        connection.execute(_DEPART_SOMEHOW, [{"in_call": call_id, "left_at": at} for call_id, at in ended])
        connection.execute(_END, [{"call": call_id, "ended_at": at} for call_id, at in ended])


def _note(connection: Connection, moment: Acted | OfRoom) -> None:
    """Write what touches a room. Done twice, it is the same."""
    match moment:
        case Acted():
            act = msgspec.json.encode(forms.built(moment)).decode()
            connection.execute(delete(acts).where(acts.c.id == moment.id))
            values = {"id": moment.id, "room_id": moment.room_id, "at": moment.at, "act": act}
            connection.execute(insert(acts).values(values))
        case Excluded(room_id, exclusion):
            over = exclusions.c.until <= exclusion.at
            the_same = or_(exclusions.c.id == exclusion.id, over)
            connection.execute(delete(exclusions).where(exclusions.c.room_id == room_id, the_same))
            if exclusion.holds(exclusion.at):
                kept = msgspec.json.encode(forms.built(exclusion)).decode()
                values = {"room_id": room_id, "id": exclusion.id, "until": exclusion.until, "exclusion": kept}
                connection.execute(insert(exclusions).values(values))
        case Readmitted(room_id, exclusion_id):
            one = and_(exclusions.c.room_id == room_id, exclusions.c.id == exclusion_id)
            connection.execute(delete(exclusions).where(one))
        case Spent(room_id):
            # Nobody else changes the row until this transaction is over.
            row = connection.execute(
                select(rooms).where(rooms.c.id == room_id).with_for_update()
            ).one_or_none()
            if row is not None:
                spent = forms.spent(_room(row), moment)
                connection.execute(update(rooms).where(rooms.c.id == room_id).values(**_columns(spent)))


def _tidy(connection: Connection, node: NodeId, moment: Alive | Forgotten) -> None:
    if isinstance(moment, Forgotten):
        connection.execute(delete(calls).where(calls.c.ended_at < moment.before))
        connection.execute(delete(acts).where(acts.c.at < moment.before))
        return
    if moment.calls:
        connection.execute(_SEE, [{"call": call_id, "seen_at": moment.at} for call_id in moment.calls])
    # Those of this node that were not just seen, and those of nodes that are dead.
    of_node = and_(calls.c.node == node, calls.c.seen_at < moment.at)
    over = and_(calls.c.ended_at.is_(None), or_(of_node, calls.c.seen_at < moment.at - UNHEARD))
    found = connection.execute(select(calls.c.id, calls.c.seen_at).where(over)).all()
    _end(connection, [(row.id, row.seen_at) for row in found])
