"""A storage that forgets: for trying out, and for tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

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
    by_age,
    by_entry,
)
from visavis.rooms import AccountId, Exclusion, KeptLink, Maker, ParticipantId, Room, RoomId
from visavis.storage import forms
from visavis.storage.memory_keys import MemoryKeys


@dataclass(slots=True)
class _Call:
    room_id: RoomId
    node: NodeId
    began_at: float
    seen_at: float
    ended_at: float | None = None
    attendances: dict[ParticipantId, Attendance] = field(default_factory=dict)

    def end(self, at: float) -> None:
        self.ended_at = at
        for known in self.attendances.values():
            if known.left_at is None:
                gone = replace(known, left_at=at, departure=Departure.UNKNOWN)
                self.attendances[known.participant_id] = gone


class MemoryStorage(MemoryKeys):
    """Keeps everything for as long as it lives, and is never unavailable."""

    def __init__(self) -> None:
        super().__init__()
        self._rooms: dict[RoomId, Room] = {}
        self._exclusions: dict[RoomId, dict[str, Exclusion]] = {}
        self._kept_links: dict[RoomId, KeptLink] = {}
        self._calls: dict[CallId, _Call] = {}
        self._acts: dict[str, Acted] = {}

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def add_room(self, room: Room, maker: Maker | None = None) -> None:
        kept = self._kept_links.get(room.id)
        is_free = kept is None or maker is None or kept.is_free_for(maker, room.created_at)
        if room.id in self._rooms or not is_free:
            raise RoomExists
        self._rooms[room.id] = room
        self._exclusions.pop(room.id, None)

    async def room(self, room_id: RoomId) -> Room | None:
        room = self._rooms.get(room_id)
        known = self._exclusions.get(room_id, {})
        return None if room is None else replace(room, exclusions=by_age(known.values()))

    async def rooms_by_id(self, room_ids: Sequence[RoomId]) -> dict[RoomId, Room]:
        found = [await self.room(room_id) for room_id in room_ids]
        return {room.id: room for room in found if room is not None}

    async def change_room(self, room: Room) -> None:
        known = self._rooms.get(room.id)
        if known is None:
            raise RoomNotFound
        self._rooms[room.id] = replace(room, exclusions=(), created_at=known.created_at)

    async def delete_room(self, room_id: RoomId, at: float = 0.0, keep_until: float = 0.0) -> None:
        room = self._rooms.pop(room_id, None)
        if room is None:
            raise RoomNotFound
        self._kept_links = {known: kept for known, kept in self._kept_links.items() if kept.until > at}
        self._kept_links[room_id] = KeptLink(room.owner, room.host_key, keep_until)
        self._exclusions.pop(room_id, None)

    async def rooms(self, account_id: AccountId | None, before: float | None, limit: int) -> tuple[Room, ...]:
        found = [
            room
            for room in self._rooms.values()
            if account_id is None or account_id == room.owner or account_id in room.moderators
            if before is None or room.created_at < before
        ]
        return tuple(sorted(found, key=lambda room: (-room.created_at, room.id)))[:limit]

    async def last_calls(self, room_ids: Sequence[RoomId]) -> dict[RoomId, float]:
        in_order = sorted(self._calls.values(), key=lambda call: call.began_at)
        return {call.room_id: call.began_at for call in in_order if call.room_id in room_ids}

    async def record(self, node: NodeId, moments: Sequence[Moment]) -> None:
        for moment in moments:
            self._record(node, moment)

    async def recent_calls(self, limit: int) -> tuple[CallRecord, ...]:
        return self._latest(list(self._calls), limit)

    async def call(self, call_id: CallId) -> CallRecord | None:
        known = self._calls.get(call_id)
        return None if known is None else _view(call_id, known)

    async def calls_of(
        self, account_id: AccountId, before: float | None, limit: int
    ) -> tuple[CallRecord, ...]:
        own = [
            call_id
            for call_id, call in self._calls.items()
            if (before is None or call.began_at < before)
            and any(known.account_id == account_id for known in call.attendances.values())
        ]
        return self._latest(own, limit)

    async def delete_account(self, account_id: AccountId) -> bool:
        for call in self._calls.values():
            for known in list(call.attendances.values()):
                if known.account_id == account_id:
                    call.attendances[known.participant_id] = replace(known, account_id=None)
        return await super().delete_account(account_id)

    def _latest(self, call_ids: Sequence[CallId], limit: int) -> tuple[CallRecord, ...]:
        latest = sorted(call_ids, key=lambda call_id: (-self._calls[call_id].began_at, call_id))
        return tuple(_view(call_id, self._calls[call_id]) for call_id in latest[:limit])

    async def acts(self, room_id: RoomId, limit: int) -> tuple[Acted, ...]:
        found = [act for act in self._acts.values() if act.room_id == room_id]
        return tuple(sorted(found, key=lambda act: (-act.at, act.id)))[:limit]

    def _record(self, node: NodeId, moment: Moment) -> None:
        match moment:
            case Entered():
                self._enter(node, moment)
            case Timed() | Departed():
                self._add(moment)
            case Ended(call_id, at):
                if call_id in self._calls:
                    self._calls[call_id].end(at)
            case Acted() | Excluded() | Readmitted() | Spent():
                self._note(moment)
            case Alive():
                self._see(node, moment)
            case Forgotten(before):
                self._acts = {act.id: act for act in self._acts.values() if act.at >= before}
                self._calls = {
                    call_id: call
                    for call_id, call in self._calls.items()
                    if call.ended_at is None or call.ended_at >= before
                }

    def _note(self, moment: Acted | OfRoom) -> None:
        match moment:
            case Acted():
                self._acts[moment.id] = moment
            case Excluded(room_id, exclusion):
                known = self._exclusions.setdefault(room_id, {})
                known[exclusion.id] = exclusion
                self._exclusions[room_id] = {e.id: e for e in known.values() if e.holds(exclusion.at)}
            case Readmitted(room_id, exclusion_id):
                self._exclusions.get(room_id, {}).pop(exclusion_id, None)
            case Spent(room_id):
                if room_id in self._rooms:
                    self._rooms[room_id] = forms.spent(self._rooms[room_id], moment)

    def _enter(self, node: NodeId, moment: Entered) -> None:
        fresh = _Call(moment.room_id, node, moment.at, moment.at)
        call = self._calls.setdefault(moment.call_id, fresh)
        call.node, call.seen_at, call.ended_at = node, moment.at, None
        new = Attendance(moment.participant_id, moment.name, moment.at)
        known = call.attendances.get(moment.participant_id, new)
        call.attendances[moment.participant_id] = replace(
            known, left_at=None, departure=None, account_id=moment.account_id or known.account_id
        )

    def _add(self, moment: Timed | Departed) -> None:
        """Something more is known of a participant's part in a call."""
        call = self._calls.get(moment.call_id)
        known = None if call is None else call.attendances.get(moment.participant_id)
        if call is None or known is None:
            return
        if isinstance(moment, Timed):
            more = replace(known, join=moment.times)
        else:
            more = replace(known, left_at=moment.at, departure=moment.departure)
        call.attendances[moment.participant_id] = more

    def _see(self, node: NodeId, moment: Alive) -> None:
        for call_id in moment.calls:
            if call_id in self._calls:
                self._calls[call_id].seen_at = moment.at
        for call in self._calls.values():
            is_over = call.node == node and call.seen_at < moment.at
            if call.ended_at is None and (is_over or call.seen_at < moment.at - UNHEARD):
                call.end(call.seen_at)


def _view(call_id: CallId, call: _Call) -> CallRecord:
    attendances = by_entry(call.attendances.values())
    return CallRecord(call_id, call.room_id, call.began_at, call.ended_at, attendances)
