"""The live calls: who is told what, whose place is kept, and for how long."""

import asyncio
from collections.abc import Callable

import pytest

from tests.support.house import GRACE, House
from visavis.calls import Calls
from visavis.errors import (
    AlreadyInRoom,
    NotInRoom,
    ParticipantAway,
    ParticipantNotFound,
    RoomFull,
    RoomNotFound,
    SignInRequired,
    TicketInvalid,
)
from visavis.identity import GUEST, Access, Account, Grant, Identity
from visavis.live import Entry, Limits
from visavis.lobby import ConnectionId
from visavis.records import Acted, Departed, Departure, Ended, Entered, JoinTimes, Timed
from visavis.rooms import (
    AccountId,
    Joined,
    Left,
    Media,
    Presence,
    Role,
    Room,
    RoomId,
    Updated,
)
from visavis.storage.memory import MemoryStorage
from visavis.tickets import Tickets
from visavis.whereabouts import Counts

A, B, C = ConnectionId("a"), ConnectionId("b"), ConnectionId("c")


@pytest.fixture
async def house() -> House:
    house = House()
    await house.calls.create_room("garden", 2)
    house.noted.clear()
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
        lambda calls: calls.set_hand(A, is_raised=True),
        lambda calls: calls.chat(A),
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
    room = await house.calls.create_passing_room(2)
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
    room = await house.calls.create_passing_room(None)
    house.clock.advance(GRACE - 1)
    assert (await house.calls.look_up(room.id)).room == room.room
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


async def test_the_time_of_a_join_is_noted_once(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotInRoom):
        house.calls.note_join(A, JoinTimes("plain", 1.0))
    await house.enter(A)
    for _ in range(3):
        house.calls.note_join(A, JoinTimes("prepared", 101.5, 207.0))
    assert capsys.readouterr().out.count("join timed") == 1
    timed = [moment for moment in house.noted if isinstance(moment, Timed)]
    assert [moment.times for moment in timed] == [JoinTimes("prepared", 101.5, 207.0)]


# --- for whom the server is -------------------------------------------------------------------------

MARA = Identity(AccountId("account-of-mara"), "Mara")


def served(house: House, access: Access) -> Calls:
    """The calls of a server with that access, and the rooms of the house."""
    tickets = Tickets(b"s" * 32, 3600, house.clock.now)
    calls = Calls(
        house.storage, tickets, house.clock, Limits(8, 32, GRACE, access=access), house.noted.append
    )
    calls.attach(house.heard)
    return calls


@pytest.mark.parametrize("access", [Access.ACCOUNTS, Access.CLOSED])
async def test_rooms_are_made_by_accounts_where_that_is_set(house: House, access: Access) -> None:
    calls = served(house, access)
    with pytest.raises(SignInRequired):
        await calls.create_room("new-room", None)
    with pytest.raises(SignInRequired):
        await calls.create_passing_room(None)
    with pytest.raises(SignInRequired):
        await calls.create_and_join(A, "new-room", "", Media())
    assert await house.storage.room(RoomId("new-room")) is None
    await calls.create_and_join(A, "new-room", "", Media(), identity=MARA)
    await calls.create_passing_room(None, identity=MARA)


async def test_guests_join_by_link_where_rooms_are_made_by_accounts(house: House) -> None:
    calls = served(house, Access.ACCOUNTS)
    await calls.look_up("garden")
    await calls.prepare(A, "garden")
    await calls.join(A, "garden", "Guest", Media())


async def test_a_closed_server_lets_nobody_to_a_door_without_an_account_or_a_token(house: House) -> None:
    calls = served(house, Access.CLOSED)
    bearer = Identity(name="Joel", grant=Grant(RoomId("garden"), Role.PARTICIPANT))
    elsewhere = Identity(name="Joel", grant=Grant(RoomId("other"), Role.HOST))
    for identity in (GUEST, elsewhere):
        with pytest.raises(SignInRequired):
            await calls.look_up("garden", identity=identity)
        with pytest.raises(SignInRequired):
            await calls.prepare(A, "garden", identity=identity)
        with pytest.raises(SignInRequired):
            await calls.join(A, "garden", "", Media(), identity=identity)
    with pytest.raises(SignInRequired):
        await calls.create_room("new-room", None, identity=bearer)
    for connection, identity in ((A, MARA), (B, bearer)):
        entry = await calls.join(connection, "Garden", "", Media(), identity=identity)
        assert entry.roster.get(entry.participant_id).name == identity.name
    calls.lose(B)
    await calls.resume(C, entry.ticket, Media())


async def test_an_account_has_a_name_and_may_take_another_for_a_call(house: House) -> None:
    entry = await house.calls.join(A, "garden", "  ", Media(), identity=MARA)
    assert entry.roster.get(entry.participant_id).name == "Mara"
    house.calls.leave(A)
    entry = await house.calls.join(A, "garden", "M.", Media(), identity=MARA)
    assert entry.roster.get(entry.participant_id).name == "M."


async def test_the_history_knows_the_account_after_a_restart_too(house: House) -> None:
    await house.storage.add_account(Account(AccountId("account-of-mara"), "mara", None, "Mara", 1.0))
    entry = await house.calls.join(A, "garden", "", Media(), identity=MARA)
    house.restart()
    await house.calls.resume(B, entry.ticket, Media())
    accounts = [moment.account_id for moment in house.noted if isinstance(moment, Entered)]
    assert accounts == [MARA.account_id, MARA.account_id]


# --- room tokens ------------------------------------------------------------------------------------

SOON = RoomId("not-made-yet")


def bearer(*, name: str | None = None, makes_room: bool = True) -> Identity:
    return Identity(name=name, grant=Grant(SOON, Role.PARTICIPANT, makes_room=makes_room))


async def test_the_name_in_a_token_comes_before_the_one_that_its_bearer_gives(house: House) -> None:
    for connection, name, expected in ((A, "Dr. Mara", "Dr. Mara"), (B, None, "Eve")):
        entry = await house.calls.join(connection, SOON, "Eve", Media(), identity=bearer(name=name))
        assert entry.roster.get(entry.participant_id).name == expected


async def test_a_token_makes_its_room_when_its_bearer_enters_and_not_before(house: House) -> None:
    assert (await house.calls.look_up(SOON, identity=bearer())).room == Room(SOON, 8)
    assert (await house.calls.prepare(A, SOON, identity=bearer())).links == 0
    assert await house.storage.room(SOON) is None
    await house.calls.join(A, SOON, "", Media(), identity=bearer(name="Eve"))
    assert await house.storage.room(SOON) == Room(SOON, 8, created_at=house.clock.now())
    assert [(m.act, m.actor) for m in house.noted if isinstance(m, Acted)] == [("make", "Eve")]
    await house.enter(B, SOON)  # it is a room as others are


async def test_a_token_that_makes_no_rooms_finds_none(house: House) -> None:
    with pytest.raises(RoomNotFound):
        await house.calls.look_up(SOON, identity=bearer(makes_room=False))
    with pytest.raises(RoomNotFound):
        await house.calls.join(A, SOON, "", Media(), identity=bearer(makes_room=False))
    assert await house.storage.room(SOON) is None


async def test_of_bearers_who_come_at_once_one_makes_the_room_and_all_enter_it(house: House) -> None:
    joins = (house.calls.join(connection, SOON, "", Media(), identity=bearer()) for connection in (A, B, C))
    entries = await asyncio.gather(*joins)
    assert len({entry.roster.epoch for entry in entries}) == 1
    assert len(house.calls.roster(A).participants) == 3


async def test_a_token_leaves_a_room_that_is_there_as_it_is(house: House) -> None:
    await house.storage.add_room(Room(SOON, 2))
    await house.calls.join(A, SOON, "", Media(), identity=bearer())
    assert house.calls.roster(A).room == Room(SOON, 2)


async def test_whoever_is_in_a_room_makes_no_other_by_a_token(house: House) -> None:
    await house.enter(A)
    with pytest.raises(AlreadyInRoom):
        await house.calls.join(A, SOON, "", Media(), identity=bearer())
    assert await house.storage.room(SOON) is None
