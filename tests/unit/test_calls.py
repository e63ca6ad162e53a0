"""The live calls: who is told what, whose place is kept, and for how long."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from tests.support.fake_clock import FakeClock
from visavis.calls import Calls, ConnectionId, Counts, Entry, Limits
from visavis.errors import (
    AlreadyInRoom,
    NotInRoom,
    ParticipantAway,
    ParticipantNotFound,
    RoomFull,
    RoomNotFound,
    TicketInvalid,
)
from visavis.records import Departed, Departure, Ended, Entered, Moment
from visavis.rooms import Change, Joined, Left, Media, Presence, Room, RoomId, Updated
from visavis.storage.memory import MemoryStorage
from visavis.tickets import Tickets

GRACE = 30.0
A, B, C = ConnectionId("a"), ConnectionId("b"), ConnectionId("c")


@dataclass
class Heard:
    """What the members were told, by connection."""

    changes: list[tuple[ConnectionId, Change]] = field(default_factory=list)
    dismissed: list[ConnectionId] = field(default_factory=list)

    def tell(self, change: Change, recipients: Sequence[ConnectionId]) -> None:
        self.changes += [(recipient, change) for recipient in recipients]

    def dismiss(self, connection: ConnectionId) -> None:
        self.dismissed.append(connection)

    def by(self, connection: ConnectionId) -> list[Change]:
        return [change for recipient, change in self.changes if recipient == connection]


@dataclass
class House:
    """One server's worth of calls. ``restart`` forgets all but the storage and the secret."""

    clock: FakeClock = field(default_factory=FakeClock)
    storage: MemoryStorage = field(default_factory=MemoryStorage)
    heard: Heard = field(default_factory=Heard)
    noted: list[Moment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        tickets = Tickets(b"s" * 32, 3600, self.clock.now)
        self.calls = Calls(self.storage, tickets, self.clock, Limits(8, 32, GRACE), self.noted.append)
        self.heard = Heard()
        self.calls.attach(self.heard)

    async def enter(self, connection: ConnectionId, room: str = "garden") -> Entry:
        self.clock.advance(1)
        return await self.calls.join(connection, room, connection, Media())


@pytest.fixture
async def house() -> House:
    house = House()
    await house.calls.create_room("garden", 2)
    return house


async def test_the_others_hear_of_one_who_enters_and_leaves(house: House) -> None:
    await house.enter(A)
    entry = await house.enter(B)
    house.calls.leave(B)
    joined, left = house.heard.by(A)
    assert isinstance(joined, Joined)
    assert joined.participant.id == entry.participant_id
    assert isinstance(left, Left)
    assert left.version == joined.version + 1
    assert house.heard.by(B) == []


async def test_a_missing_or_full_room_refuses(house: House) -> None:
    with pytest.raises(RoomNotFound):
        await house.enter(A, "nowhere")
    await house.enter(A)
    await house.enter(B)
    with pytest.raises(RoomFull):
        await house.enter(C)
    with pytest.raises(AlreadyInRoom):
        await house.enter(A)


async def test_a_lost_participant_keeps_its_place_for_the_grace(house: House) -> None:
    await house.enter(A)
    entry = await house.enter(B)
    house.calls.lose(B)
    house.calls.lose(B)
    house.clock.advance(GRACE - 2)  # and `enter` takes a second
    with pytest.raises(RoomFull):
        await house.enter(C)
    again = await house.calls.resume(C, entry.ticket, Media())
    assert again.participant_id == entry.participant_id
    house.clock.advance(2 * GRACE)
    changes = house.heard.by(A)
    assert [type(change) for change in changes] == [Joined, Updated, Updated]
    assert house.calls.roster(A).participants[1].presence is Presence.CONNECTED


async def test_after_the_grace_the_place_is_free_and_the_ticket_still_lets_in(house: House) -> None:
    await house.enter(A)
    entry = await house.enter(B)
    house.calls.lose(B)
    house.clock.advance(GRACE)
    assert isinstance(house.heard.by(A)[-1], Left)
    again = await house.calls.resume(C, entry.ticket, Media())
    assert again.participant_id == entry.participant_id


async def test_a_second_connection_takes_over_and_the_first_is_told(house: House) -> None:
    await house.enter(A)
    entry = await house.enter(B)
    await house.calls.resume(C, entry.ticket, Media())
    assert house.heard.dismissed == [B]
    house.calls.lose(B)  # its socket ends later: nobody is touched by that
    assert house.calls.peer(A, entry.participant_id) == C
    with pytest.raises(NotInRoom):
        house.calls.place(B)


async def test_after_a_crash_the_tickets_rebuild_the_roster(house: House) -> None:
    first, second = await house.enter(A), await house.enter(B)
    house.restart()
    await house.calls.resume(B, second.ticket, Media(video=False))
    entry = await house.calls.resume(A, first.ticket, Media())
    assert [p.id for p in entry.roster.participants] == [first.participant_id, second.participant_id]
    assert [p.name for p in entry.roster.participants] == ["a", "b"]
    assert entry.roster.participants[1].media == Media(video=False)
    assert entry.roster.epoch != first.roster.epoch
    with pytest.raises(RoomFull):
        await house.enter(C)


async def test_a_forged_ticket_does_not_let_in(house: House) -> None:
    forged = Tickets(b"t" * 32, 3600, house.clock.now)
    house.calls, other = Calls(house.storage, forged, house.clock, Limits(8, 32, GRACE)), house.calls
    entry = await house.enter(A)
    with pytest.raises(TicketInvalid):
        await other.resume(B, entry.ticket, Media())


async def test_signals_reach_the_members_of_ones_own_room_alone(house: House) -> None:
    a, b = await house.enter(A), await house.enter(B)
    await house.calls.create_room("another", 2)
    await house.enter(C, "another")
    assert house.calls.peer(A, b.participant_id) == B
    assert house.calls.peers(A) == [B]
    with pytest.raises(ParticipantNotFound):
        house.calls.peer(C, a.participant_id)
    with pytest.raises(ParticipantNotFound):
        house.calls.peer(A, a.participant_id)
    house.calls.lose(B)
    with pytest.raises(ParticipantAway):
        house.calls.peer(A, b.participant_id)
    assert house.calls.peers(A) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda calls: calls.leave(A),
        lambda calls: calls.roster(A),
        lambda calls: calls.peers(A),
        lambda calls: calls.set_media(A, Media()),
    ],
)
async def test_who_is_in_no_room_can_do_nothing_in_one(house: House, act: Callable[[Calls], object]) -> None:
    with pytest.raises(NotInRoom):
        act(house.calls)


async def test_nothing_is_left_when_all_have_gone(house: House) -> None:
    await house.enter(A)
    await house.enter(B)
    assert house.calls.counts() == Counts(rooms=1, participants=2)
    house.calls.leave(A)
    house.calls.lose(B)
    house.clock.advance(GRACE)
    assert house.calls.counts() == Counts(rooms=0, participants=0)
    assert not [timer for timer in house.clock.timers if timer.live]
    assert (await house.enter(A)).roster.version == 1


class SlowStorage(MemoryStorage):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def room(self, room_id: RoomId) -> Room | None:
        await self.go.wait()
        return await super().room(room_id)


async def test_a_passing_room_is_gone_with_its_call(house: House) -> None:
    room = house.calls.create_passing_room(2)
    await house.enter(A, room.id)
    house.clock.advance(GRACE + 1)
    await house.enter(B, room.id)
    house.calls.leave(A)
    house.calls.lose(B)
    house.clock.advance(GRACE - 2)
    await house.enter(B, room.id)  # as long as there is somebody, the room is there
    house.calls.leave(B)
    house.clock.advance(GRACE + 1)
    with pytest.raises(RoomNotFound):
        await house.calls.look_up(room.id)
    assert await house.storage.room(room.id) is None
    assert house.noted == []


async def test_a_passing_room_that_nobody_enters_is_gone_after_the_grace(house: House) -> None:
    room = house.calls.create_passing_room(None)
    house.clock.advance(GRACE - 1)
    assert (await house.calls.look_up(room.id)).room == Room(room.id, 8)
    house.clock.advance(2)
    with pytest.raises(RoomNotFound):
        await house.calls.look_up(room.id)


async def test_who_enter_while_the_storage_is_slow_meet_in_one_call() -> None:
    storage = SlowStorage()
    house = House(storage=storage)
    await house.calls.create_room("garden", 2)
    entering = [asyncio.create_task(house.enter(c)) for c in (A, B, C)]
    await asyncio.sleep(0)
    storage.go.set()
    ends = await asyncio.gather(*entering, return_exceptions=True)
    assert [type(end) for end in ends] == [Entry, Entry, RoomFull]
    assert len(house.calls.roster(A).participants) == 2


# --- what is remembered -----------------------------------------------------------------------------


async def test_who_entered_and_left_is_noted_and_that_the_call_is_over(house: House) -> None:
    first, second = await house.enter(A), await house.enter(B)
    began = house.clock.time
    house.clock.advance(60)
    house.calls.leave(B)
    house.calls.leave(A)
    a_came, b_came, b_left, a_left, ended = house.noted
    assert isinstance(a_came, Entered)
    assert (a_came.participant_id, a_came.name, a_came.room_id) == (first.participant_id, "a", "garden")
    assert b_came == Entered(a_came.call_id, RoomId("garden"), second.participant_id, "b", began)
    assert b_left == Departed(a_came.call_id, second.participant_id, Departure.LEFT, began + 60)
    assert a_left == Departed(a_came.call_id, first.participant_id, Departure.LEFT, began + 60)
    assert ended == Ended(a_came.call_id, began + 60)


async def test_one_who_times_out_was_there_until_its_connection_was_lost(house: House) -> None:
    entry = await house.enter(A)
    lost_at = house.clock.time
    house.calls.lose(A)
    house.clock.advance(2 * GRACE)
    came, gone, ended = house.noted
    assert isinstance(came, Entered)
    assert gone == Departed(came.call_id, entry.participant_id, Departure.LOST, lost_at)
    assert ended == Ended(came.call_id, lost_at)


async def test_a_call_lasts_until_the_last_departure_whoever_is_noticed_last(house: House) -> None:
    await house.enter(A)
    await house.enter(B)
    house.calls.lose(A)
    house.clock.advance(GRACE / 2)
    house.calls.leave(B)
    left_at = house.clock.time
    house.clock.advance(GRACE)
    assert isinstance(house.noted[-1], Ended)
    assert house.noted[-1].at == left_at


async def test_one_who_resumes_within_the_grace_was_there_all_the_time(house: House) -> None:
    entry = await house.enter(A)
    house.calls.lose(A)
    await house.calls.resume(B, entry.ticket, Media())
    house.calls.set_media(B, Media(audio=False))
    assert [type(moment) for moment in house.noted] == [Entered]


async def test_a_stop_ends_what_is_known_of_the_calls_and_those_who_come_back_go_on_with_them(
    house: House,
) -> None:
    first, second = await house.enter(A), await house.enter(B)
    house.calls.stop()
    a_came, _, *stopped, ended = house.noted
    assert isinstance(a_came, Entered)
    assert stopped == [
        Departed(a_came.call_id, entry.participant_id, Departure.STOPPED, house.clock.time)
        for entry in (first, second)
    ]
    assert ended == Ended(a_came.call_id, house.clock.time)
    house.noted.clear()
    house.restart()
    await house.calls.resume(B, second.ticket, Media())
    await house.calls.resume(A, first.ticket, Media())
    assert house.calls.live() == (a_came.call_id,)
    assert [(m.call_id, m.participant_id) for m in house.noted if isinstance(m, Entered)] == [
        (a_came.call_id, second.participant_id),
        (a_came.call_id, first.participant_id),
    ]


async def test_one_who_comes_back_to_another_call_is_in_that_one(house: House) -> None:
    entry = await house.enter(A)
    house.restart()
    await house.enter(B)
    (call_id,) = house.calls.live()
    house.noted.clear()
    await house.calls.resume(A, entry.ticket, Media())
    (came,) = house.noted
    assert isinstance(came, Entered)
    assert came.call_id == call_id
    assert house.calls.live() == (call_id,)


async def test_a_call_that_is_over_is_not_the_next_one_in_the_room(house: House) -> None:
    await house.enter(A)
    (first,) = house.calls.live()
    house.calls.leave(A)
    assert house.calls.live() == ()
    await house.enter(A)
    assert house.calls.live() != (first,)


async def test_nothing_is_noted_of_one_who_is_refused(house: House) -> None:
    await house.enter(A)
    await house.enter(B)
    house.noted.clear()
    with pytest.raises(RoomFull):
        await house.enter(C)
    assert house.noted == []
