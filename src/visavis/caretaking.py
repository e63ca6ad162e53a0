"""What the command line does with rooms. A server may run beside it: it looks again at the rooms that are in
use (:mod:`visavis.room_watch`).

Each returns the lines that are to be printed.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from visavis import moderation, rooms
from visavis.admission import account_mark, new_exclusion
from visavis.chair import shut_out
from visavis.clock import SystemClock
from visavis.errors import NotAllowed
from visavis.identity import Account, Identity
from visavis.moderation import Action, Changes
from visavis.records import Acted, Excluded, Moment, NodeId, Readmitted, new_act_id
from visavis.registry import Registry
from visavis.rooms import Exclusion, Role, Room, RoomId, Why
from visavis.settings import Settings
from visavis.storage.base import Storage
from visavis.upkeep import opened, url_of

T = TypeVar("T")


class NoSuchExclusion(Exception):
    """Nobody stays out by this id. The message is one line."""


ACTOR = "(command line)"
"""Who did it, in the history of a room."""

_NODE = NodeId("command line")
_AT_ONCE = 200
_MOST_ACTS = 500


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be another in a room. ``owner``, and those to ``appoint`` as moderators or to ``dismiss``:
    by user name or email address."""

    changes: Changes
    owner: str | None = None
    appoint: Sequence[str] = ()
    dismiss: Sequence[str] = ()


class _Desk:
    """The rooms of a storage, changed by the operator."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        self._settings = settings
        self._storage = storage
        self._clock = SystemClock()
        capacity = settings.room_capacity, settings.max_room_capacity
        self.registry = Registry(storage, self._clock, capacity)

    async def find(self, room_id: str) -> Room:
        return await self.registry.find(rooms.parse_room_id(room_id))

    async def people(self, room: Room, wishes: Wishes) -> Room:
        """The room with the owner and the moderators that are wished for."""
        owner = room.owner if wishes.owner is None else (await self.registry.account(wishes.owner)).id
        named = {(await self.registry.account(login)).id for login in wishes.appoint}
        dismissed = {(await self.registry.account(login)).id for login in wishes.dismiss}
        return replace(room, owner=owner, moderators=(room.moderators | named) - dismissed)

    async def keep(self, before: Room, after: Room) -> None:
        """Keep who owns and moderates a room: whoever does not any more has no role by an old ticket."""
        if (before.owner, before.moderators) == (after.owner, after.moderators):
            return
        await self.registry.set_people(before, after.owner, after.moderators)
        now = self._clock.now()
        raised = {account_mark(one) for one in (*after.moderators, after.owner) if one is not None}
        again = [e for e in before.exclusions if e.why is Why.DEMOTED and e.marks & raised]
        moments: list[Moment] = [Readmitted(before.id, known.id) for known in again]
        lowered = {before.owner, *(before.moderators - after.moderators)} - {after.owner, None}
        for mark in [frozenset({account_mark(one)}) for one in lowered if one is not None]:
            until = now + self._settings.ticket_lifetime
            demoted = new_exclusion(Why.DEMOTED, "", mark, now, until)
            moments.append(Excluded(before.id, demoted))
        await self._storage.record(_NODE, moments)
        for account_id in sorted(after.moderators ^ before.moderators):
            role = Role.MODERATOR if account_id in after.moderators else Role.PARTICIPANT
            account = await self._storage.account(account_id)
            name = "" if account is None else account.name
            await self.note(before.id, Action.APPOINT, target=name, detail=role.value)
        if after.owner != before.owner:
            await self.note(before.id, Action.CHANGE, detail="owner")

    async def note(
        self, room_id: RoomId, action: Action, *, target: str | None = None, detail: str = ""
    ) -> None:
        """A line of the room's history, where one is kept."""
        if self._settings.history_days > 0:
            at = self._clock.now()
            line = Acted(new_act_id(), room_id, action, ACTOR, at, target=target, detail=detail)
            await self._storage.record(_NODE, [line])

    async def lift(self, room: Room, exclusion_id: str) -> str:
        """End an exclusion. The name of whoever was shut out."""
        for known in shut_out(room, self._clock.now()):
            if known.id == exclusion_id:
                await self._storage.record(_NODE, [Readmitted(room.id, known.id)])
                await self.note(room.id, Action.READMIT, detail=known.name)
                return known.name
        raise NoSuchExclusion(f"Nobody stays out of {room.id} by the id {exclusion_id!r}.")

    async def ban(self, room: Room, login: str) -> Exclusion:
        """Keep an account out of a room, until it is lifted.

        Raises:
            AccountNotFound
            NotAllowed: it owns the room, and nothing keeps a host out.
        """
        account = await self.registry.account(login)
        if account.id == room.owner:
            raise NotAllowed("This account owns the room: nothing keeps it out.")
        marks = frozenset({account_mark(account.id)})
        ban = new_exclusion(Why.BANNED, account.name, marks, self._clock.now(), None)
        await self._storage.record(_NODE, [Excluded(room.id, ban)])
        await self.note(room.id, Action.BAN, target=account.name)
        return ban

    async def described(self, room: Room) -> dict[str, object]:
        """A room for programs."""
        owner = None if room.owner is None else await self._storage.account(room.owner)
        moderators = await self.registry.moderators(room)
        return {
            "id": room.id,
            "link": url_of(self._settings, f"/r/{room.id}"),
            "name": room.name,
            "owner": None if owner is None else owner.login,
            "moderators": [one.login for one in moderators],
            "capacity": room.capacity,
            "passcode": room.passcode is not None,
            **asdict(room.rules),
            "state": rooms.state_of(room, self._clock.now()).value,
            "created_at": room.created_at,
        }


def add_room(
    settings: Settings, room_id: str | None, wishes: Wishes, *, as_json: bool, take: bool = False
) -> list[str]:
    """Make a room. Without an owner, its host is who has the key that is told, once.

    Args:
        take: whether the link of a room that was deleted is taken from whoever it is kept for.

    Raises:
        InputError, RoomExists, AccountNotFound, DataFolderUnusable, StorageUnavailable
    """

    async def act(desk: _Desk) -> list[str]:
        owner: Account | None = None if wishes.owner is None else await desk.registry.account(wishes.owner)
        identity = Identity() if owner is None else owner.identity
        appointed = await desk.people(Room(RoomId(""), 0), replace(wishes, owner=None))
        made = await desk.registry.make(room_id, None, wishes.changes, identity, is_operator=take)
        await desk.note(made.id, Action.MAKE)
        room = replace(made.room, moderators=appointed.moderators)
        await desk.keep(made.room, room)
        described = await desk.described(room)
        if as_json:
            return [_dumps(described | {"host_key": made.host_key})]
        told = [f"{made.id} is made: {described['link']}"]
        return told if made.host_key is None else [*told, f"The key of its host, told once: {made.host_key}"]

    return _at_desk(settings, act)


def list_rooms(settings: Settings, owner: str | None, *, as_json: bool) -> list[str]:
    """A line for each, the last that was made first.

    Args:
        owner: only those that this account owns or moderates, by its user name or email address.

    Raises:
        AccountNotFound, DataFolderUnusable, StorageUnavailable
    """

    async def act(desk: _Desk) -> list[str]:
        account_id = None if owner is None else (await desk.registry.account(owner)).id
        lines: list[str] = []
        before: float | None = None
        while True:
            found, more = await desk.registry.of_account(account_id, before, _AT_ONCE)
            for room in found:
                described = await desk.described(room)
                lines.append(_dumps(described) if as_json else _for_people(described))
            if not more:
                return lines
            before = found[-1].created_at

    return _at_desk(settings, act)


def show_room(settings: Settings, room_id: str, *, as_json: bool) -> list[str]:
    """
    Raises:
        RoomIdInvalid, RoomNotFound, DataFolderUnusable, StorageUnavailable
    """

    async def act(desk: _Desk) -> list[str]:
        return _shown(await desk.described(await desk.find(room_id)), as_json=as_json)

    return _at_desk(settings, act)


def change_room(settings: Settings, room_id: str, wishes: Wishes, *, as_json: bool) -> list[str]:
    """Change a room. A server that runs knows within seconds.

    Raises:
        InputError, RoomNotFound, AccountNotFound, NotAllowed, DataFolderUnusable, StorageUnavailable
    """

    async def act(desk: _Desk) -> list[str]:
        before = await desk.find(room_id)
        others = await desk.people(before, wishes)
        before, changed = await desk.registry.change(before, wishes.changes)
        names = moderation.differences(before, changed)
        if names:
            await desk.note(changed.id, Action.CHANGE, detail=", ".join(names))
        after = replace(changed, owner=others.owner, moderators=others.moderators)
        await desk.keep(changed, after)
        return _shown(await desk.described(after), as_json=as_json)

    return _at_desk(settings, act)


def delete_room(settings: Settings, room_id: str, *, as_json: bool) -> list[str]:
    """Delete a room. A call there ends, within seconds.

    Raises:
        RoomIdInvalid, RoomNotFound, DataFolderUnusable, StorageUnavailable
    """

    async def act(desk: _Desk) -> str:
        room = await desk.find(room_id)
        await desk.registry.delete(room.id)
        await desk.note(room.id, Action.DELETE)
        return room.id

    deleted = _at_desk(settings, act)
    return [_dumps({"deleted": deleted}) if as_json else f"{deleted} is deleted."]


def list_acts(settings: Settings, room_id: str, *, as_json: bool) -> list[str]:
    """What was done in a room, or in those that had its id before: a line for each, the latest first.

    Raises:
        RoomIdInvalid, DataFolderUnusable, StorageUnavailable
    """
    parsed = rooms.parse_room_id(room_id)

    async def run() -> tuple[Acted, ...]:
        async with opened(settings) as storage:
            return await storage.acts(parsed, _MOST_ACTS)

    return [_dumps(asdict(act)) if as_json else _act(act) for act in asyncio.run(run())]


def list_exclusions(settings: Settings, room_id: str, *, as_json: bool) -> list[str]:
    """A line for each who stays out of a room.

    Raises:
        RoomIdInvalid, RoomNotFound, DataFolderUnusable, StorageUnavailable
    """

    async def act(desk: _Desk) -> list[str]:
        lines = []
        for known in shut_out(await desk.find(room_id), time.time()):
            fields: dict[str, object] = {"id": known.id, "name": known.name, "why": known.why.value}
            fields |= {"at": known.at, "until": known.until}
            until = "for good" if known.until is None else f"until {_time(known.until)}"
            text = f"{known.id}  {_time(known.at)}  {known.name or 'somebody'}: {known.why.value}, {until}"
            lines.append(_dumps(fields) if as_json else text)
        return lines

    return _at_desk(settings, act)


def ban_account(settings: Settings, room_id: str, login: str, *, as_json: bool) -> list[str]:
    """Keep an account out of a room. Who is in a call there by it is out of it, within seconds.

    Raises:
        RoomIdInvalid, RoomNotFound, AccountNotFound, NotAllowed, DataFolderUnusable, StorageUnavailable
    """

    async def act(desk: _Desk) -> list[str]:
        ban = await desk.ban(await desk.find(room_id), login)
        text = f"{ban.name} stays out, until the ban is lifted: {ban.id}"
        return [_dumps({"banned": ban.id, "name": ban.name}) if as_json else text]

    return _at_desk(settings, act)


def lift_exclusion(settings: Settings, room_id: str, exclusion_id: str, *, as_json: bool) -> list[str]:
    """Let somebody come in again.

    Raises:
        RoomIdInvalid, RoomNotFound, NoSuchExclusion, DataFolderUnusable, StorageUnavailable
    """

    async def act(desk: _Desk) -> str:
        return await desk.lift(await desk.find(room_id), exclusion_id)

    name = _at_desk(settings, act)
    return [_dumps({"lifted": exclusion_id}) if as_json else f"{name or 'Somebody'} may come in again."]


def _at_desk(settings: Settings, act: Callable[[_Desk], Awaitable[T]]) -> T:
    async def run() -> T:
        async with opened(settings) as storage:
            return await act(_Desk(settings, storage))

    return asyncio.run(run())


def _shown(described: dict[str, object], *, as_json: bool) -> list[str]:
    if as_json:
        return [_dumps(described)]
    return [f"{name.replace('_', ' '):18} {_word(name, value)}" for name, value in described.items()]


def _word(name: str, value: object) -> str:
    if name.endswith("_at"):
        return _time(value) if isinstance(value, float) and value else "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return str(value or "-")


def _for_people(described: dict[str, object]) -> str:
    words = [name for name in ("passcode", "lobby", "locked", "once") if described[name]]
    state = described["state"]
    marks = [*words, *([] if state == "open" else ["over" if state == "over" else "not open yet"])]
    owner = described["owner"] or "who has the key"
    line = f"{_word('created_at', described['created_at'])}  {described['id']}  {described['name'] or '-'}"
    return f"{line}  (host: {owner}{''.join(f', {mark}' for mark in marks)})"


def _act(act: Acted) -> str:
    of = "" if act.target is None else f" {act.target}"
    detail = f" ({act.detail})" if act.detail else ""
    return f"{_time(act.at)}  {act.actor or 'a host by key'}: {act.act.value}{of}{detail}"


def _time(at: float) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
    except (OverflowError, ValueError, OSError):  # rooms of earlier versions have any number
        return "-"


def _dumps(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)
