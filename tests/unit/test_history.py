"""The history: in order, never waited for, bounded, and written when the storage is back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from tests.support.fake_clock import FakeClock
from visavis import history
from visavis.errors import StorageUnavailable
from visavis.history import BEAT, BOUND, History, Progress
from visavis.records import Alive, CallId, Entered, Excluded, Forgotten, Moment, NodeId
from visavis.rooms import Exclusion, ParticipantId, RoomId, Why
from visavis.storage.memory import MemoryStorage

CALL = CallId("call")
DAY = 86_400.0


def entered(number: int) -> Entered:
    return Entered(CALL, RoomId("garden"), ParticipantId(f"p{number}"), "", 1_000_000.0 + number)


class Breakable(MemoryStorage):
    """A storage that fails when the test says so. ``written``: all that was recorded, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Moment] = []
        self.attempts = 0
        self.fault: Exception | None = None
        self.refused: Moment | None = None
        self.holds = asyncio.Event()
        self.holds.set()

    async def record(self, node: NodeId, moments: Sequence[Moment]) -> None:
        assert node == "here"
        self.attempts += 1
        await self.holds.wait()
        if self.fault is not None:
            raise self.fault
        if self.refused in moments:
            raise ValueError("it is never taken")
        self.written += moments


@dataclass
class Desk:
    clock: FakeClock = field(default_factory=FakeClock)
    storage: Breakable = field(default_factory=Breakable)
    live: tuple[CallId, ...] = ()
    bound: int = BOUND
    keep: float = DAY

    def __post_init__(self) -> None:
        self.history = History(self.storage, self.clock, NodeId("here"), self.keep, self.bound)

    def start(self) -> None:
        self.history.start(lambda: self.live)

    def note(self, *numbers: int) -> None:
        for number in numbers:
            self.history.note(entered(number))

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, and what falls due be done."""
        self.clock.advance(seconds)
        for _ in range(5):
            await asyncio.sleep(0)

    @property
    def written(self) -> list[int]:
        """The numbers of those who were recorded as entered."""
        return [int(m.participant_id[1:]) for m in self.storage.written if isinstance(m, Entered)]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    desk.start()
    await desk.pass_time(1)
    yield desk
    await desk.history.close(within=1)


async def test_a_start_says_first_that_the_calls_of_the_last_run_are_over() -> None:
    desk = Desk()
    desk.start()
    desk.note(1)
    await desk.pass_time(1)
    now = desk.clock.time - 1
    assert desk.storage.written == [Alive((), now), Forgotten(now - DAY), entered(1)]
    await desk.history.close(within=1)


async def test_what_is_noted_is_written_in_order_and_together(desk: Desk) -> None:
    before = desk.storage.attempts
    desk.note(1, 2, 3)
    assert desk.written == []
    await desk.pass_time(1)
    assert desk.written == [1, 2, 3]
    assert desk.storage.attempts == before + 1
    assert desk.history.progress == Progress(behind=False, waiting=0, dropped=0)


async def test_what_somebody_waits_for_is_written_at_once(desk: Desk) -> None:
    await desk.history.settle()  # there is nothing
    desk.note(1)
    await desk.history.settle()
    assert desk.written == [1]
    desk.storage.holds.clear()
    desk.note(2)
    both = [asyncio.create_task(desk.history.settle()) for _ in range(2)]
    await desk.pass_time(0)
    desk.note(3)
    await desk.pass_time(0)
    assert not any(task.done() for task in both)
    desk.storage.holds.set()
    await asyncio.gather(*both)
    assert desk.written[:2] == [1, 2]
    await desk.history.settle()
    assert desk.written == [1, 2, 3]


async def test_nobody_waits_for_a_storage_that_is_away(desk: Desk) -> None:
    desk.storage.fault = StorageUnavailable()
    desk.note(1)
    await asyncio.wait_for(desk.history.settle(), 0.5)  # it finds out
    assert desk.history.progress.behind
    attempts = desk.storage.attempts
    desk.note(2)
    await asyncio.wait_for(desk.history.settle(), 0.5)
    assert desk.storage.attempts == attempts


async def test_nobody_waits_for_long_for_a_storage_that_is_slow(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_PATIENCE", 0.05)
    desk.storage.holds.clear()
    desk.note(1)
    await asyncio.wait_for(desk.history.settle(), 5)
    assert desk.written == []
    desk.storage.holds.set()


async def test_while_the_storage_takes_its_time_notes_return_at_once(desk: Desk) -> None:
    desk.storage.holds.clear()
    desk.note(1)
    await desk.pass_time(1)
    desk.note(2)
    assert desk.history.progress.waiting == 2
    desk.storage.holds.set()
    await desk.pass_time(1)
    assert desk.written == [1, 2]


async def test_what_waited_while_the_storage_was_away_is_written_in_order_when_it_is_back(desk: Desk) -> None:
    desk.storage.fault = StorageUnavailable()
    desk.note(1)
    await desk.pass_time(1)
    desk.note(2)
    await desk.pass_time(60)
    assert desk.history.progress == Progress(behind=True, waiting=2, dropped=0)
    desk.storage.fault = None
    desk.note(3)
    await desk.pass_time(10)
    assert desk.written == [1, 2, 3]
    assert not desk.history.progress.behind


async def test_an_outage_is_told_of_once_when_it_begins_and_once_when_it_is_over(desk: Desk) -> None:
    with capture_logs() as logged:
        desk.storage.fault = StorageUnavailable("the reason")
        for number in range(20):
            desk.note(number)
            await desk.pass_time(5)
        desk.storage.fault = None
        await desk.pass_time(20)
    assert [(line["log_level"], line["event"]) for line in logged] == [
        ("warning", "history is behind; calls go on"),
        ("info", "history has caught up"),
    ]
    assert logged[0]["reason"] == "the reason"


async def test_tries_become_rarer_and_not_rarer_than_every_ten_seconds(desk: Desk) -> None:
    desk.storage.fault = StorageUnavailable()
    before = desk.storage.attempts
    desk.note(1)
    for _ in range(20):
        desk.note(2)  # which is no reason to try sooner
        await desk.pass_time(1)
    assert 5 <= desk.storage.attempts - before <= 7
    before = desk.storage.attempts
    for _ in range(60):
        await desk.pass_time(1)
    assert desk.storage.attempts - before == 6


async def test_who_is_shut_out_is_written_in_any_case_and_one_can_tell_when() -> None:
    desk = Desk(bound=3)
    desk.start()
    await desk.pass_time(1)
    desk.storage.fault = StorageUnavailable()
    desk.note(*range(9))
    before = desk.history.noted
    shut_out = Excluded(RoomId("garden"), Exclusion("1", Why.BANNED, "", frozenset(), 1.0, None))
    desk.history.note(shut_out)
    await desk.pass_time(1)
    assert desk.history.noted == before + 1
    assert desk.history.written < desk.history.noted
    desk.storage.fault = None
    await desk.pass_time(20)
    assert desk.history.written >= before + 1
    assert shut_out in desk.storage.written


async def test_beyond_the_bound_what_happens_is_dropped_and_that_is_said() -> None:
    desk = Desk(bound=10)
    desk.start()
    await desk.pass_time(1)
    desk.storage.fault = StorageUnavailable()
    with capture_logs() as logged:
        desk.note(*range(25))
        await desk.pass_time(1)
        assert desk.history.progress == Progress(behind=True, waiting=10, dropped=15)
        desk.storage.fault = None
        desk.live = (CALL,)
        await desk.pass_time(20)
    assert desk.written == list(range(10))
    assert desk.history.progress == Progress(behind=False, waiting=0, dropped=0)
    events = {line["event"]: line for line in logged}
    assert len(logged) == 3
    assert events["history is full, and what happens in calls now is not kept"]["log_level"] == "error"
    assert events["history has caught up"]["dropped"] == 15
    # What is over of what was dropped is made up for.
    last = desk.storage.written[-1]
    assert isinstance(last, Alive)
    assert last.calls == (CALL,)
    await desk.history.close(within=1)


async def test_a_moment_that_is_never_taken_is_left_out_and_told_of(desk: Desk) -> None:
    desk.storage.refused = entered(2)
    with capture_logs() as logged:
        desk.note(1, 2, 3)
        await desk.pass_time(1)
    assert desk.written == [1, 3]
    (line,) = logged
    assert (line["log_level"], line["kind"]) == ("error", "Entered")
    assert desk.history.progress == Progress(behind=False, waiting=0, dropped=0)


async def test_calls_that_go_on_are_named_every_half_minute_and_an_idle_server_says_nothing(
    desk: Desk,
) -> None:
    await desk.pass_time(2 * BEAT)
    before = len(desk.storage.written)
    await desk.pass_time(10 * BEAT)
    assert len(desk.storage.written) == before
    desk.live = (CALL,)
    await desk.pass_time(BEAT)
    await desk.pass_time(1)
    desk.live = ()
    await desk.pass_time(3 * BEAT)
    beats = [moment for moment in desk.storage.written[before:] if isinstance(moment, Alive)]
    assert [beat.calls for beat in beats] == [(CALL,), ()]


async def test_what_is_old_is_forgotten_every_hour(desk: Desk) -> None:
    for _ in range(3):
        await desk.pass_time(3600)
        await desk.pass_time(1)
    forgotten = [moment.before for moment in desk.storage.written if isinstance(moment, Forgotten)]
    assert len(forgotten) == 4
    assert forgotten[-1] - forgotten[0] == 3 * 3600


async def test_where_nothing_is_to_be_remembered_nothing_is_written_and_the_rest_forgotten() -> None:
    desk = Desk(keep=0)
    desk.start()
    desk.note(1)
    await desk.pass_time(1)
    assert desk.written == []
    assert Forgotten(desk.clock.time - 1) in desk.storage.written
    await desk.history.close(within=1)


async def test_at_the_end_what_waits_is_written(desk: Desk) -> None:
    desk.note(1, 2)
    await desk.history.close(within=1)
    assert desk.written == [1, 2]
    await desk.history.close(within=1)


async def test_the_end_does_not_wait_for_a_storage_that_is_away_and_says_what_is_lost(desk: Desk) -> None:
    desk.storage.fault = StorageUnavailable()
    desk.note(1, 2)
    await desk.pass_time(1)
    with capture_logs() as logged:
        async with asyncio.timeout(0.5):
            await desk.history.close(within=10)
    assert [(line["event"], line["moments"]) for line in logged] == [("history is lost", 2)]


async def test_the_end_waits_only_so_long_for_a_storage_that_hangs(desk: Desk) -> None:
    desk.storage.holds.clear()
    desk.note(1)
    await desk.pass_time(1)
    with capture_logs() as logged:
        async with asyncio.timeout(1):
            await desk.history.close(within=0.05)
    assert [line["event"] for line in logged] == ["history is lost"]


async def test_a_history_that_was_not_started_can_be_closed() -> None:
    await Desk().history.close(within=1)
