"""What every storage promises."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.conftest import Database
from visavis.errors import RoomExists, RoomNotFound, StorageUnavailable
from visavis.moderation import Action
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
    JoinTimes,
    Moment,
    NodeId,
    Readmitted,
    Spent,
    Timed,
)
from visavis.rooms import (
    AccountId,
    Allowed,
    Answering,
    Exclusion,
    Maker,
    ParticipantId,
    Room,
    RoomId,
    Rules,
    Why,
)
from visavis.storage.base import Storage
from visavis.storage.memory import MemoryStorage

LESSON = Room(RoomId("piano-lesson"), 4)
CALL, OTHER_CALL = CallId("call-1"), CallId("call-2")
MARA, JONAS = ParticipantId("mara_-1"), ParticipantId("JONAS-2")
HERE, THERE = NodeId("here"), NodeId("there")
MARAS_ACCOUNT = AccountId("account-of-mara")
T = 1_790_000_000.25

MARA_CAME = Entered(CALL, LESSON.id, MARA, "Mara", T)
JONAS_CAME = Entered(CALL, LESSON.id, JONAS, "Jonas Ö. 🎹", T + 5)

# --- rooms ------------------------------------------------------------------------------------------


async def test_a_room_comes_back_as_it_was(storage: Storage) -> None:
    await storage.add_room(LESSON)
    assert await storage.room(LESSON.id) == LESSON


async def test_a_room_that_nobody_made_is_none(storage: Storage) -> None:
    await storage.add_room(LESSON)
    assert await storage.room(RoomId("piano")) is None


async def test_rooms_are_kept_apart(storage: Storage) -> None:
    rooms = [Room(RoomId(f"room-{number}"), 2 + number) for number in range(5)]
    for room in rooms:
        await storage.add_room(room)
    assert [await storage.room(room.id) for room in rooms] == rooms


async def test_a_second_room_with_the_same_id_is_refused_and_changes_nothing(storage: Storage) -> None:
    await storage.add_room(LESSON)
    with pytest.raises(RoomExists):
        await storage.add_room(Room(LESSON.id, 8))
    assert await storage.room(LESSON.id) == LESSON


async def test_of_many_who_make_the_same_room_at_once_one_wins(storage: Storage) -> None:
    tries = [Room(LESSON.id, capacity) for capacity in range(2, 22)]
    outcomes = await asyncio.gather(*(storage.add_room(room) for room in tries), return_exceptions=True)
    winners = [room for room, outcome in zip(tries, outcomes, strict=True) if outcome is None]
    assert len(winners) == 1
    assert sum(isinstance(outcome, RoomExists) for outcome in outcomes) == len(tries) - 1
    assert await storage.room(LESSON.id) == winners[0]


async def test_closing_twice_does_no_harm(storage: Storage) -> None:
    await storage.close()
    await storage.close()


async def test_a_storage_that_was_not_opened_or_was_closed_is_unavailable(database: Database) -> None:
    storage = database.storage()
    await storage.close()
    with pytest.raises(StorageUnavailable):
        await storage.room(LESSON.id)
    await storage.open()
    await storage.close()
    await storage.close()
    with pytest.raises(StorageUnavailable):
        await storage.add_room(LESSON)


async def test_rooms_and_calls_survive_a_restart(database: Database) -> None:
    before = database.storage()
    await before.open()
    await before.add_room(LESSON)
    await before.record(HERE, [MARA_CAME, JONAS_CAME])
    known = await before.recent_calls(10)
    await before.close()
    after = database.storage()
    await after.open()
    assert await after.room(LESSON.id) == LESSON
    assert await after.recent_calls(10) == known
    await after.close()


async def test_a_room_is_there_for_another_server_as_soon_as_it_is_added(database: Database) -> None:
    one, other = database.storage(), database.storage()
    await one.open()
    await other.open()
    await one.add_room(LESSON)
    assert await other.room(LESSON.id) == LESSON
    with pytest.raises(RoomExists):
        await other.add_room(LESSON)
    await one.close()
    await other.close()


async def test_servers_that_start_at_once_on_a_new_database_all_open(database: Database) -> None:
    storages = [database.storage() for _ in range(5)]
    await asyncio.gather(*(storage.open() for storage in storages))
    await storages[0].add_room(LESSON)
    assert [await storage.room(LESSON.id) for storage in storages] == [LESSON] * 5
    await asyncio.gather(*(storage.close() for storage in storages))


# --- calls ------------------------------------------------------------------------------------------


def one(attendances: tuple[Attendance, ...], ended_at: float | None = None) -> tuple[CallRecord, ...]:
    return (CallRecord(CALL, LESSON.id, T, ended_at, attendances),)


MARA_THERE = Attendance(MARA, "Mara", T)
JONAS_THERE = Attendance(JONAS, "Jonas Ö. 🎹", T + 5)
JONAS_LOST = replace(JONAS_THERE, left_at=T + 60.5, departure=Departure.LOST)


async def test_a_call_is_known_while_it_goes_on(storage: Storage) -> None:
    await storage.record(HERE, [MARA_CAME, JONAS_CAME])
    assert await storage.recent_calls(10) == one((MARA_THERE, JONAS_THERE))


async def test_a_call_that_is_over_says_who_was_there_when_and_how_it_ended(storage: Storage) -> None:
    await storage.record(HERE, [MARA_CAME, JONAS_CAME])
    await storage.record(HERE, [Departed(CALL, JONAS, Departure.LOST, T + 60.5)])
    await storage.record(HERE, [Departed(CALL, MARA, Departure.LEFT, T + 70), Ended(CALL, T + 70)])
    mara = replace(MARA_THERE, left_at=T + 70, departure=Departure.LEFT)
    assert await storage.recent_calls(10) == one((mara, JONAS_LOST), ended_at=T + 70)


async def test_one_call_is_found_by_its_id(storage: Storage) -> None:
    assert await storage.call(CALL) is None
    await storage.record(HERE, [MARA_CAME, JONAS_CAME])
    assert await storage.call(CALL) == one((MARA_THERE, JONAS_THERE))[0]
    await storage.record(HERE, [Departed(CALL, MARA, Departure.STOPPED, T + 70), Ended(CALL, T + 70)])
    found = await storage.call(CALL)
    assert found is not None
    assert [known.departure for known in found.attendances] == [Departure.STOPPED, Departure.UNKNOWN]
    assert await storage.call(CallId("call-2")) is None


async def test_one_who_comes_back_takes_up_the_attendance_and_the_call(storage: Storage) -> None:
    stopped: list[Moment] = [Departed(CALL, MARA, Departure.STOPPED, T + 10), Ended(CALL, T + 10)]
    await storage.record(HERE, [MARA_CAME, *stopped])
    await storage.record(THERE, [replace(MARA_CAME, at=T + 12)])
    assert await storage.recent_calls(10) == one((MARA_THERE,))


async def test_to_write_again_what_was_written_changes_nothing(storage: Storage) -> None:
    moments: list[Moment] = [
        MARA_CAME,
        JONAS_CAME,
        Departed(CALL, JONAS, Departure.LOST, T + 60.5),
        Alive((CALL,), T + 65),
    ]
    await storage.record(HERE, moments)
    known = await storage.recent_calls(10)
    await storage.record(HERE, moments)
    await storage.record(HERE, moments[1:])
    assert await storage.recent_calls(10) == known == one((MARA_THERE, JONAS_LOST))


async def test_who_is_not_known_to_have_gone_when_a_call_ends_departed_somehow(storage: Storage) -> None:
    await storage.record(HERE, [MARA_CAME, Ended(CALL, T + 70)])
    mara = replace(MARA_THERE, left_at=T + 70, departure=Departure.UNKNOWN)
    assert await storage.recent_calls(10) == one((mara,), ended_at=T + 70)


async def test_a_call_that_a_crash_left_open_ended_when_it_was_last_seen(storage: Storage) -> None:
    gone = Departed(CALL, JONAS, Departure.LOST, T + 60.5)
    await storage.record(HERE, [MARA_CAME, JONAS_CAME, Alive((CALL,), T + 30), Alive((CALL,), T + 60), gone])
    await storage.record(HERE, [Alive((), T + 1000)])  # the next start
    mara = replace(MARA_THERE, left_at=T + 60, departure=Departure.UNKNOWN)
    assert await storage.recent_calls(10) == one((mara, JONAS_LOST), ended_at=T + 60)


async def test_calls_of_another_node_are_left_alone_as_long_as_it_lives(storage: Storage) -> None:
    await storage.record(THERE, [MARA_CAME])
    await storage.record(HERE, [Alive((), T + UNHEARD - 1)])
    assert await storage.recent_calls(10) == one((MARA_THERE,))
    await storage.record(HERE, [Alive((), T + UNHEARD + 1)])
    mara = replace(MARA_THERE, left_at=T, departure=Departure.UNKNOWN)
    assert await storage.recent_calls(10) == one((mara,), ended_at=T)


async def test_a_call_whose_end_was_never_told_is_over_when_its_node_does_not_name_it(
    storage: Storage,
) -> None:
    other = Entered(OTHER_CALL, RoomId("other"), JONAS, "Jonas", T + 1)
    await storage.record(HERE, [MARA_CAME, other, Alive((OTHER_CALL,), T + 30)])
    going_on, over = await storage.recent_calls(10)
    assert (going_on.id, going_on.ended_at) == (OTHER_CALL, None)
    assert (over.id, over.ended_at) == (CALL, T)


async def test_moments_of_a_call_that_is_not_known_change_nothing(storage: Storage) -> None:
    nowhere = CallId("nowhere")
    strangers: list[Moment] = [
        Departed(nowhere, MARA, Departure.LEFT, T),
        Ended(nowhere, T),
        Alive((nowhere,), T),
    ]
    await storage.record(HERE, strangers)
    assert await storage.recent_calls(10) == ()
    await storage.record(HERE, [MARA_CAME, Departed(CALL, JONAS, Departure.LEFT, T)])
    assert await storage.recent_calls(10) == one((MARA_THERE,))
    await storage.record(HERE, [])


TIMES = JoinTimes("prepared", 101.5, 208.1, 364.0, 413.2)


async def test_how_long_somebody_took_to_enter_stays_with_their_part_in_the_call(storage: Storage) -> None:
    no_picture = JoinTimes("plain", 120)
    await storage.record(HERE, [MARA_CAME, Timed(CALL, MARA, TIMES), JONAS_CAME])
    gone = Departed(CALL, JONAS, Departure.LOST, T + 60.5)
    late: list[Moment] = [gone, Timed(CALL, JONAS, no_picture), replace(MARA_CAME, at=T + 70)]
    await storage.record(HERE, late)
    both = (replace(MARA_THERE, join=TIMES), replace(JONAS_LOST, join=no_picture))
    assert await storage.recent_calls(10) == one(both)
    await storage.record(HERE, late)
    assert await storage.recent_calls(10) == one(both)


async def test_how_long_a_stranger_took_to_enter_is_not_kept(storage: Storage) -> None:
    await storage.record(HERE, [Timed(CallId("nowhere"), MARA, TIMES), MARA_CAME, Timed(CALL, JONAS, TIMES)])
    assert await storage.recent_calls(10) == one((MARA_THERE,))


async def test_the_latest_calls_come_first_and_not_more_than_asked_for(storage: Storage) -> None:
    ids = [CallId(f"call-{number}") for number in range(12)]
    for number, call_id in enumerate(ids):
        await storage.record(HERE, [Entered(call_id, LESSON.id, MARA, "Mara", T + number)])
    found = await storage.recent_calls(10)
    assert [call.id for call in found] == ids[:1:-1]


async def test_calls_that_ended_long_ago_are_forgotten_and_no_others(storage: Storage) -> None:
    calls = [Entered(CallId(f"call-{n}"), LESSON.id, MARA, "Mara", T + n) for n in range(3)]
    ends = [Ended(CallId("call-0"), T + 10), Ended(CallId("call-1"), T + 20)]
    await storage.record(HERE, [*calls, *ends, Forgotten(T + 20)])
    assert [call.id for call in await storage.recent_calls(10)] == ["call-2", "call-1"]


# --- settings, owners, who is shut out, what was done -----------------------------------------------

SEMINAR = Room(
    RoomId("seminar"),
    12,
    name="Séminaire 🎹",
    owner=AccountId("mara"),
    moderators=frozenset({AccountId("jonas"), AccountId("tomas")}),
    rules=Rules(
        lobby=True,
        locked=True,
        share=Allowed.MODERATORS,
        chat=Allowed.MODERATORS,
        answer_when_alone=Answering.PARTICIPANTS,
        opens_at=T,
        expires_at=T + 0.5,
    ),
    host_key="a-hash",
    passcode="another-hash",
    created_at=T,
)


def exclusion(number: int, until: float | None = None) -> Exclusion:
    marks = frozenset({f"browser:{number}", f"account:{number}"})
    return Exclusion(f"exclusion-{number}", Why.REMOVED, "Jonas Ö.", marks, T + number, until)


async def test_all_that_is_set_in_a_room_comes_back_and_can_change(storage: Storage) -> None:
    await storage.add_room(SEMINAR)
    assert await storage.room(SEMINAR.id) == SEMINAR
    plain = Room(SEMINAR.id, 3, created_at=SEMINAR.created_at)
    await storage.change_room(plain)
    assert await storage.room(SEMINAR.id) == plain
    await storage.change_room(SEMINAR)
    assert await storage.room(SEMINAR.id) == SEMINAR


async def test_a_room_that_is_deleted_is_gone_with_those_who_were_shut_out(storage: Storage) -> None:
    await storage.add_room(SEMINAR)
    await storage.record(HERE, [Excluded(SEMINAR.id, exclusion(1))])
    await storage.delete_room(SEMINAR.id)
    assert await storage.room(SEMINAR.id) is None
    for act in (storage.delete_room(SEMINAR.id), storage.change_room(SEMINAR)):
        with pytest.raises(RoomNotFound):
            await act
    await storage.add_room(SEMINAR)
    assert await storage.room(SEMINAR.id) == SEMINAR


@pytest.mark.parametrize("was", ["owned", "by key", "nobody's"])
async def test_the_link_of_a_room_that_was_deleted_is_kept_for_who_had_it(storage: Storage, was: str) -> None:
    room = {
        "owned": replace(SEMINAR, host_key=None),
        "by key": replace(SEMINAR, owner=None),
        "nobody's": replace(SEMINAR, owner=None, host_key=None),
    }[was]
    until = T + 100
    again = replace(room, created_at=until - 0.5, owner=None, host_key="another-key")
    await storage.add_room(room)
    await storage.delete_room(room.id, T + 1, until)
    await storage.add_room(LESSON, Maker())
    await storage.delete_room(LESSON.id, until - 1, until)  # forgets what is over, and nothing else
    for stranger in (
        Maker(),
        Maker(AccountId("jonas")),
        Maker(host_key="no-hash"),
        Maker(AccountId("x"), "x"),
    ):
        with pytest.raises(RoomExists):
            await storage.add_room(again, stranger)
        assert await storage.room(room.id) is None
    known = {
        "owned": Maker(AccountId("mara"), "x"),
        "by key": Maker(AccountId("x"), "a-hash"),
        "nobody's": None,
    }
    await storage.add_room(again, known[was])
    assert await storage.room(room.id) == again
    # It is kept for those who have it now, and after that for nobody.
    await storage.delete_room(room.id, T + 2, until)
    with pytest.raises(RoomExists):
        await storage.add_room(again, Maker(AccountId("mara"), "a-hash"))
    await storage.add_room(replace(again, created_at=until), Maker())


async def test_a_link_is_kept_for_other_servers_and_after_a_restart(database: Database) -> None:
    one, other = database.storage(), database.storage()
    await one.open()
    await one.add_room(SEMINAR, Maker(SEMINAR.owner))
    await one.delete_room(SEMINAR.id, T, T + 100)
    await one.close()
    await other.open()
    with pytest.raises(RoomExists):
        await other.add_room(SEMINAR, Maker())
    await other.add_room(SEMINAR, Maker(SEMINAR.owner))
    await other.close()


async def test_of_one_who_deletes_a_room_and_strangers_who_make_it_at_once_the_link_stays(
    storage: Storage,
) -> None:
    strange = replace(SEMINAR, owner=AccountId("stranger"), name="Strange")
    for _ in range(20):
        await storage.add_room(SEMINAR, Maker(SEMINAR.owner))
        makes = [storage.add_room(strange, Maker(strange.owner)) for _ in range(4)]
        outcomes = await asyncio.gather(
            *makes, storage.delete_room(SEMINAR.id, T, T + 100), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [RoomExists] * 4 + [type(None)]
        assert await storage.room(SEMINAR.id) is None


async def test_the_rooms_of_an_account_and_all_rooms(storage: Storage) -> None:
    moderators = frozenset({MARAS_ACCOUNT, AccountId("another")})
    choir = replace(SEMINAR, id=RoomId("choir"), created_at=SEMINAR.created_at + 1, moderators=moderators)
    await storage.add_room(LESSON)
    await storage.add_room(SEMINAR)
    await storage.record(HERE, [Excluded(SEMINAR.id, exclusion(1))])
    await storage.add_room(choir)
    assert await storage.rooms(SEMINAR.owner, None, 10) == (choir, SEMINAR)
    assert await storage.rooms(MARAS_ACCOUNT, None, 10) == (choir,)
    assert await storage.rooms(AccountId("nobody"), None, 10) == ()
    assert await storage.rooms(None, None, 10) == (choir, SEMINAR, LESSON)
    assert await storage.rooms(None, None, 1) == (choir,)
    assert await storage.rooms(None, choir.created_at, 10) == (SEMINAR, LESSON)
    assert await storage.rooms(SEMINAR.owner, SEMINAR.created_at, 10) == ()
    await storage.change_room(replace(choir, moderators=frozenset(), owner=None, created_at=0.0))
    assert await storage.rooms(MARAS_ACCOUNT, None, 10) == ()
    assert await storage.rooms(SEMINAR.owner, None, 10) == (SEMINAR,)
    assert (await storage.rooms(None, None, 1))[0].created_at == choir.created_at


async def test_rooms_are_looked_up_together_with_those_who_are_shut_out(storage: Storage) -> None:
    await storage.add_room(LESSON)
    await storage.add_room(SEMINAR)
    await storage.record(HERE, [Excluded(SEMINAR.id, exclusion(number)) for number in range(2)])
    shut = replace(SEMINAR, exclusions=(exclusion(0), exclusion(1)))
    assert await storage.rooms_by_id([]) == {}
    found = await storage.rooms_by_id([SEMINAR.id, RoomId("nowhere"), LESSON.id])
    assert found == {LESSON.id: LESSON, SEMINAR.id: shut}


async def test_a_room_for_one_call_is_over_when_that_was_noted_and_no_other_is(storage: Storage) -> None:
    once = replace(LESSON, rules=Rules(once=True))
    await storage.add_room(once)
    await storage.add_room(SEMINAR)
    over = replace(once, rules=replace(once.rules, expires_at=T + 5))
    for at in (T + 5, T + 9):  # the earlier time stays
        await storage.record(HERE, [Spent(room_id, at) for room_id in (LESSON.id, SEMINAR.id, RoomId("no"))])
        assert await storage.room(LESSON.id) == over
    await storage.record(HERE, [Spent(LESSON.id, T + 1)])
    assert await storage.room(LESSON.id) == replace(once, rules=replace(once.rules, expires_at=T + 1))
    assert await storage.room(SEMINAR.id) == SEMINAR


async def test_when_the_last_call_of_a_room_began(storage: Storage) -> None:
    later = [
        Entered(OTHER_CALL, LESSON.id, JONAS, "Jonas", T + 50),
        Entered(CALL, LESSON.id, JONAS, "", T + 60),
    ]
    await storage.record(HERE, [MARA_CAME, *later])
    assert await storage.last_calls([]) == {}
    assert await storage.last_calls([LESSON.id, SEMINAR.id]) == {LESSON.id: T + 50}


async def test_who_is_shut_out_stays_out_until_it_is_over_or_lifted(storage: Storage) -> None:
    await storage.add_room(LESSON)
    await storage.add_room(SEMINAR)
    shut_out = [exclusion(number) for number in range(3)]
    brief = exclusion(3, until=T + 5)
    await storage.record(HERE, [Excluded(LESSON.id, each) for each in (*reversed(shut_out), brief)])
    assert await storage.room(LESSON.id) == replace(LESSON, exclusions=(*shut_out, brief))
    assert await storage.room(SEMINAR.id) == SEMINAR
    await storage.record(HERE, [Readmitted(LESSON.id, shut_out[1].id), Readmitted(LESSON.id, "unknown")])
    await storage.record(HERE, [Excluded(LESSON.id, exclusion(5)), Excluded(RoomId("nowhere"), exclusion(6))])
    kept = (shut_out[0], shut_out[2], exclusion(5))  # the brief one was over
    assert await storage.room(LESSON.id) == replace(LESSON, exclusions=kept)
    await storage.change_room(replace(LESSON, capacity=7))
    assert await storage.room(LESSON.id) == replace(LESSON, capacity=7, exclusions=kept)


async def test_what_was_done_in_a_room_is_listed_the_latest_first_and_forgotten_in_time(
    storage: Storage,
) -> None:
    done = [
        Acted("1", LESSON.id, Action.MUTE, "Mara", T, CALL, MARA, "Jonas Ö. 🎹", JONAS),
        Acted("2", LESSON.id, Action.CHANGE, "Mara", T + 1, detail="locked: true"),
        Acted("3", SEMINAR.id, Action.END, "Mara", T + 2, CALL, MARA),
    ]
    await storage.record(HERE, [done[0], MARA_CAME, *done[1:]])
    assert await storage.acts(LESSON.id, 10) == (done[1], done[0])
    assert await storage.acts(LESSON.id, 1) == (done[1],)
    assert await storage.recent_calls(10) == one((MARA_THERE,))
    await storage.record(HERE, [Forgotten(T + 1)])
    assert await storage.acts(LESSON.id, 10) == (done[1],)


# --- any history ------------------------------------------------------------------------------------

_calls = st.sampled_from([CALL, OTHER_CALL])
_people = st.sampled_from([MARA, JONAS])
_moments = st.one_of(
    st.builds(
        Entered,
        _calls,
        st.just(LESSON.id),
        _people,
        st.just("Name"),
        st.just(0.0),
        st.sampled_from([None, MARAS_ACCOUNT]),
    ),
    st.builds(Departed, _calls, _people, st.sampled_from(Departure), st.just(0.0)),
    st.builds(Ended, _calls, st.just(0.0)),
    st.builds(Alive, st.sets(_calls).map(tuple), st.just(0.0)),
)


OfCalls = Entered | Departed | Ended | Alive


def in_time(moments: list[OfCalls]) -> list[OfCalls]:
    """The moments at growing times, some of them the same."""
    return [replace(moment, at=T + 100.0 * (number // 2)) for number, moment in enumerate(moments)]


@pytest.mark.parametrize(
    "storage", ["sqlite", "postgresql", "mongodb", "unreliable sqlite", "unreliable mongodb"], indirect=True
)
async def test_any_history_is_the_same_in_every_storage_however_it_is_cut(storage: Storage) -> None:
    numbers = iter(range(1_000_000))
    loop = asyncio.get_running_loop()

    async def check(histories: list[OfCalls], cuts: list[int]) -> None:
        # Each example with calls of its own.
        suffix = f"-{next(numbers)}"
        moments = [_renamed(moment, suffix) for moment in in_time(histories)]
        reference = MemoryStorage()
        await reference.record(HERE, moments)
        rest = moments
        for cut in cuts:
            await storage.record(HERE, rest[:cut])
            rest = rest[cut:]
        await storage.record(HERE, rest)
        found = [call for call in await storage.recent_calls(10_000) if call.id.endswith(suffix)]
        assert sorted(found, key=lambda call: call.id) == sorted(
            await reference.recent_calls(10_000), key=lambda call: call.id
        )
        await storage.record(HERE, [Forgotten(T * 2)])

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(_moments, max_size=12), st.lists(st.integers(0, 6), max_size=3))
    def run(histories: list[OfCalls], cuts: list[int]) -> None:
        asyncio.run_coroutine_threadsafe(check(histories, cuts), loop).result(30)

    await asyncio.to_thread(run)


def _renamed(moment: OfCalls, suffix: str) -> Moment:
    match moment:
        case Alive(calls):
            return replace(moment, calls=tuple(CallId(call + suffix) for call in calls))
        case _:
            return replace(moment, call_id=CallId(moment.call_id + suffix))
