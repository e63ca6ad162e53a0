"""The rooms of this node: made, found, changed, deleted. Those that last are in the storage.

Who is shut out is written behind what happens: what this node knows of it counts until it is in the storage,
a moment later, or much later where that is away.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog

from visavis import admission, moderation, rooms
from visavis.clock import Clock
from visavis.errors import (
    AccountNotAllowed,
    AccountNotFound,
    InputError,
    NotAllowed,
    RoomExists,
    RoomNotFound,
)
from visavis.identity import GUEST, Account, Grant, Identity, parse_login
from visavis.moderation import Changes
from visavis.passcodes import Passcodes
from visavis.records import Acted, CallId
from visavis.rooms import AccountId, Exclusion, Maker, Room, RoomId
from visavis.storage.base import Storage

log = structlog.get_logger(__name__)

_MOST_REMEMBERED = 1_000
"""Rooms of which this node remembers who is shut out until it is written."""


KEPT = 90 * 86_400.0
"""Seconds for which the link of a room that was deleted is kept for whoever was its host. By then the
invitations that lead there are old; were it never free again, it would be lost with an account or a key."""

MAX_MODERATORS = 50
"""Accounts that moderate one room."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new room. ``host_key``: for a creator without an account; nobody gets it again."""

    room: Room
    host_key: str | None = field(default=None, repr=False)

    @property
    def id(self) -> RoomId:
        return self.room.id

    @property
    def capacity(self) -> int:
        return self.room.capacity


class Journal(Protocol):
    """How far what was noted is written: the first ``written`` of ``noted`` moments."""

    @property
    def noted(self) -> int: ...

    @property
    def written(self) -> int: ...


@dataclass(frozen=True, slots=True)
class _NothingWaits:
    noted: int = 0
    written: int = 0


NOTHING_WAITS: Journal = _NothingWaits()


@dataclass(frozen=True, slots=True)
class _ShutOut:
    """Who is shut out of a room, as this node has changed it. ``noted``: how many moments were, by then."""

    exclusions: tuple[Exclusion, ...]
    noted: int


class Registry:
    """See the module.

    Args:
        capacity: of a room for which none was asked, and the largest.
    """

    def __init__(
        self, storage: Storage, clock: Clock, capacity: tuple[int, int], journal: Journal = NOTHING_WAITS
    ) -> None:
        self._storage = storage
        self._journal = journal
        self._clock = clock
        self._default_capacity, self._max_capacity = capacity
        self._passing: dict[RoomId, Room] = {}
        self._passed: OrderedDict[RoomId, None] = OrderedDict()
        self._shut_out: OrderedDict[RoomId, _ShutOut] = OrderedDict()
        self._turns: dict[RoomId, asyncio.Lock] = {}
        self.passcodes = Passcodes(clock.now)

    async def make(
        self,
        room_id: str | None,
        capacity: int | None,
        changes: Changes | None,
        identity: Identity = GUEST,
        host_key: str | None = None,
        *,
        is_operator: bool = False,
    ) -> Made:
        """Make a room that lasts.

        Args:
            room_id: as a person gave it; None for one that is made up.
            changes: to what a room is usually like.
            host_key: of a room that was deleted, whose link is kept for whoever has it.
            is_operator: whether one who looks after the server takes the link all the same.

        Raises:
            RoomIdInvalid, CapacityInvalid, NameTooLong, PasscodeInvalid, TimesInvalid, RoomExists,
            RateLimited, StorageUnavailable
        """
        parsed = rooms.new_room_id() if room_id is None else rooms.parse_room_id(room_id)
        if parsed in self._passing or parsed in self._passed:
            raise RoomExists
        made = await self._made(parsed, capacity, changes, identity)
        # Nobody has been invited by an id that was just made up.
        is_asked = room_id is not None and not is_operator
        key = None if host_key is None else admission.hash_key(host_key)
        await self._storage.add_room(made.room, Maker(identity.account_id, key) if is_asked else None)
        self._shut_out.pop(parsed, None)
        log.info("room created", room=parsed, capacity=made.room.capacity)
        return made

    async def make_passing(
        self, capacity: int | None, changes: Changes | None, identity: Identity = GUEST
    ) -> Made:
        """Make a room that is gone with its call, and is told of it by :meth:`let_pass`.

        Raises:
            as ``make``
        """
        made = await self._made(rooms.new_room_id(), capacity, changes, identity)
        self._passing[made.room.id] = made.room
        return made

    async def _made(
        self, room_id: RoomId, capacity: int | None, changes: Changes | None, identity: Identity
    ) -> Made:
        capacity = self._default_capacity if capacity is None else capacity
        room = rooms.make_room(room_id, capacity, max_capacity=self._max_capacity)
        room = replace(room, created_at=self._clock.now())
        if changes:
            room = await self._changed(room, changes)
        if identity.account_id is not None:
            return Made(replace(room, owner=identity.account_id))
        key = admission.new_host_key()
        return Made(replace(room, host_key=admission.hash_key(key)), key)

    async def find(self, room_id: RoomId, grant: Grant | None = None) -> Room:
        """
        Args:
            grant: of somebody who may find a room as it would be.

        Raises:
            RoomNotFound, StorageUnavailable
        """
        passing = self._passing.get(room_id)
        if passing is not None:
            return passing
        known = self._unwritten([room_id])
        room = await self._storage.room(room_id)
        if room is None and grant is not None and grant.makes_room:
            return Room(grant.room_id, self._default_capacity)
        if room is None:
            raise RoomNotFound
        return self._with_shut_out(room, known)

    async def make_granted(self, grant: Grant) -> Room | None:
        """Make the room of a grant, where it makes one and there is none; None where nothing was made.

        Raises:
            StorageUnavailable
        """
        if not grant.makes_room or grant.room_id in self._passing:
            return None
        if await self._storage.room(grant.room_id) is not None:
            return None
        room = Room(grant.room_id, self._default_capacity, created_at=self._clock.now())
        try:
            await self._storage.add_room(room)
        except RoomExists:
            return None  # of those who come at once, one makes it
        log.info("room created", room=room.id, capacity=room.capacity)
        return room

    async def look_again(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, Room]:
        """Rooms that last, as they are now, whoever changed them; those that there still are.

        Raises:
            StorageUnavailable
        """
        known = self._unwritten(room_ids)
        found = await self._storage.rooms_by_id(room_ids)
        return {room_id: self._with_shut_out(room, known) for room_id, room in found.items()}

    async def change(self, room: Room, changes: Changes) -> tuple[Room, Room]:
        """A room as it was, whoever changed it last, and with changes, once they are kept. To be called in
        the room's :meth:`turn`.

        Raises:
            CapacityInvalid, NameTooLong, PasscodeInvalid, TimesInvalid, RateLimited, RoomNotFound,
            StorageUnavailable
        """
        room = await self.find(room.id)
        changed = await self._changed(room, changes)
        await self._keep(room, changed)
        return room, changed

    async def set_people(self, room: Room, owner: AccountId | None, moderators: frozenset[AccountId]) -> Room:
        """The room with another owner, or other moderators, once they are kept. To be called in the room's
        :meth:`turn`.

        Raises:
            NotAllowed: they are too many.
            RoomNotFound, StorageUnavailable
        """
        if len(moderators) > MAX_MODERATORS:
            raise NotAllowed(f"A room has {MAX_MODERATORS} moderators at most.")
        changed = replace(await self.find(room.id), owner=owner, moderators=moderators)
        await self._keep(room, changed)
        return changed

    async def _keep(self, room: Room, changed: Room) -> None:
        if self.is_passing(room.id):
            self._passing[room.id] = changed
        elif changed != room:
            await self._storage.change_room(changed)

    def turn(self, room_id: RoomId) -> asyncio.Lock:
        """Held while a room is changed, so that no change is lost under another."""
        if len(self._turns) > _MOST_REMEMBERED:
            self._turns = {known: lock for known, lock in self._turns.items() if lock.locked()}
        return self._turns.setdefault(room_id, asyncio.Lock())

    def is_changing(self, room_id: RoomId) -> bool:
        """Whether somebody holds the room's turn."""
        turn = self._turns.get(room_id)
        return turn is not None and turn.locked()

    async def delete(self, room_id: RoomId) -> None:
        """
        Raises:
            RoomNotFound, StorageUnavailable
        """
        if self.is_passing(room_id):
            self.let_pass(room_id)
        else:
            now = self._clock.now()
            await self._storage.delete_room(room_id, now, now + KEPT)
        self._shut_out.pop(room_id, None)
        log.info("room deleted", room=room_id)

    async def of_account(
        self, account_id: AccountId | None, before: float | None, limit: int
    ) -> tuple[tuple[Room, ...], bool]:
        """The rooms that an account owns or moderates, or all, without those who are shut out, the last that
        was made first; and whether there are more.

        Args:
            before: only those that were made earlier than this; None for all.

        Raises:
            StorageUnavailable
        """
        found = await self._storage.rooms(account_id, before, limit + 1)
        return found[:limit], len(found) > limit

    async def last_calls(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, float]:
        """When the last call in each of these rooms began, where one is remembered.

        Raises:
            StorageUnavailable
        """
        return await self._storage.last_calls(room_ids)

    async def account(self, login: str) -> Account:
        """The account of a user name or an email address.

        Raises:
            AccountNotFound, StorageUnavailable
        """
        with contextlib.suppress(InputError):
            found = await self._storage.account_by_login(parse_login(login))
            if found is not None:
                return found
        raise AccountNotFound

    async def who_may_act(self, account_ids: Sequence[AccountId]) -> frozenset[AccountId]:
        """Those of these accounts that there are and that are not disabled.

        Raises:
            StorageUnavailable
        """
        return await self._storage.who_may_act(account_ids)

    async def check_account(self, account_id: AccountId) -> None:
        """
        Raises:
            AccountNotAllowed: there is no such account any more, or it is disabled.
            StorageUnavailable
        """
        if account_id not in await self.who_may_act([account_id]):
            raise AccountNotAllowed

    async def goes_on(self, call_id: CallId, since: float) -> bool:
        """Whether a call may go on when those who were in it come back: it was interrupted by the end of its
        server, and that after a time; or nothing is known of it.

        Raises:
            StorageUnavailable
        """
        known = await self._storage.call(call_id)
        if known is None or known.ended_at is None:
            return True
        return known.ended_at >= since and known.was_interrupted()

    async def moderators(self, room: Room) -> tuple[Account, ...]:
        """The accounts that moderate a room, by name.

        Raises:
            StorageUnavailable
        """
        found = [await self._storage.account(account_id) for account_id in room.moderators]
        return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.name, one.id)))

    async def acts(self, room: Room, limit: int) -> tuple[Acted, ...]:
        """What was done in a room, the latest first; not in one that had its id before.

        Raises:
            StorageUnavailable
        """
        found = await self._storage.acts(room.id, limit)
        return tuple(act for act in found if act.at >= room.created_at)

    def is_passing(self, room_id: RoomId) -> bool:
        return room_id in self._passing

    def let_pass(self, room_id: RoomId) -> None:
        """Forget a room that was not made to last, but for that its link is taken. Nothing where it was."""
        if self._passing.pop(room_id, None) is not None:
            self._passed[room_id] = None
            if len(self._passed) > _MOST_REMEMBERED:
                self._passed.popitem(last=False)

    def remember(self, room: Room) -> None:
        """Who is shut out of a room has changed, which was just noted."""
        if room.id in self._passing:
            self._passing[room.id] = room
            return
        self._shut_out[room.id] = _ShutOut(room.exclusions, self._journal.noted)
        self._shut_out.move_to_end(room.id)
        if len(self._shut_out) > _MOST_REMEMBERED:
            self._shut_out.popitem(last=False)

    def _unwritten(self, room_ids: Sequence[RoomId]) -> dict[RoomId, _ShutOut]:
        """What the storage does not know yet, before it is read. What it knows is forgotten here."""
        unwritten = {}
        for room_id in room_ids:
            known = self._shut_out.get(room_id)
            if known is not None and known.noted > self._journal.written:
                unwritten[room_id] = known
            elif known is not None:
                del self._shut_out[room_id]
        return unwritten

    def _with_shut_out(self, room: Room, unwritten: Mapping[RoomId, _ShutOut]) -> Room:
        """A room that was read, with what the storage did not know by then of who is shut out."""
        known = self._shut_out.get(room.id) or unwritten.get(room.id)
        return room if known is None else replace(room, exclusions=known.exclusions)

    async def _changed(self, room: Room, changes: Changes) -> Room:
        """Hashes a passcode first, which takes a moment."""
        passcode = changes.get("passcode")
        if passcode is not None:
            changes = {**changes, "passcode": await self.passcodes.hash(passcode)}
        return moderation.change(room, changes, max_capacity=self._max_capacity)


def check_host(room: Room, identity: Identity, host_key: str | None) -> None:
    """
    Raises:
        NotAllowed: it is neither an owner, nor one who has the host key, nor one who looks after the server.
    """
    if not identity.admin and not admission.is_host(room, identity, host_key):
        raise NotAllowed
