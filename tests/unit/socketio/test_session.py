"""The state machine of one Engine.IO connection, in virtual time."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from tests.support.virtual_time import run_virtually
from visavis.socketio import Limits, Reason, Request, Timing
from visavis.socketio.packets import Message
from visavis.socketio.request import BAD_REQUEST, TOO_LARGE, Refusal
from visavis.socketio.session import Link, Session

REQUEST = Request("GET", {}, {}, "192.0.2.1")
TIMING = Timing(ping_interval=25, ping_timeout=20, upgrade=10, close=5)


class FakeCarrier:
    """A WebSocket that takes what it is given while it is ``ready``."""

    def __init__(self) -> None:
        self.ready = True
        self.link: Link | None = None
        self.sent: list[str | bytes] = []
        self.end: str | None = None

    def write(self, message: Message) -> None:
        assert self.ready
        self.sent.append(message.payload if message.binary else message.text)

    def close(self, code: int, reason: str) -> None:
        self.link = None
        self.end = self.end or f"{code} {reason}".strip()

    def abort(self) -> None:
        self.link = None
        self.end = self.end or "aborted"


class Bench:
    """A session, what it delivered, and whom it told of its end. Implements Receiver and Owner."""

    def __init__(self, *, websocket: bool = True, **limits: int) -> None:
        self.got: list[str | bytes] = []
        self.closed_with: list[Reason] = []
        self.ended = 0
        self.session = Session("id", REQUEST, self, (Limits(**limits), TIMING))
        self.session.receiver = self
        self.carrier = FakeCarrier()
        if websocket:
            self.session.carrier = self.carrier
            self.carrier.link = self.session

    def received(self, data: str | bytes) -> None:
        self.got.append(data)

    def closed(self, reason: Reason) -> None:
        assert not self.session.is_open
        self.closed_with.append(reason)

    def session_left(self, session: Session, detail: str) -> None:
        assert session.reason is not None, detail

    def session_ended(self, session: Session) -> None:
        assert session is self.session
        self.ended += 1

    def text(self, data: str) -> None:
        self.session.send(Message(b"4" + data.encode()))

    @property
    def is_over(self) -> bool:
        return self.ended == 1 and len(self.closed_with) == 1

    async def poll(self) -> list[str] | Refusal:
        answer = self.session.poll()
        if isinstance(answer, asyncio.Future):
            answer = await answer
        return answer if isinstance(answer, Refusal) else [message.text for message in answer]


def virtually(scenario: Coroutine[Any, Any, None]) -> None:
    run_virtually(scenario)


# --- pings ------------------------------------------------------------------------------------------


def test_pings_keep_their_beat_as_long_as_pongs_come() -> None:
    async def scenario() -> None:
        bench, loop = Bench(), asyncio.get_running_loop()
        began = loop.time()
        for number in range(1, 4):
            await asyncio.sleep(number * 25 - (loop.time() - began))
            assert bench.carrier.sent == ["2"] * number
            await asyncio.sleep(7)  # of the virtual clock, as above
            bench.session.received("3")
        assert bench.session.is_open

    virtually(scenario())


def test_without_a_pong_it_ends_when_its_time_is_over() -> None:
    async def scenario() -> None:
        bench = Bench()
        await asyncio.sleep(44.99)
        bench.session.received("4still there")  # anything but a pong
        assert bench.session.is_open
        await asyncio.sleep(0.02)
        assert bench.closed_with == [Reason.PING_TIMEOUT]
        assert bench.is_over

    virtually(scenario())


def test_it_is_overdue_even_where_its_timer_is_late() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        await asyncio.sleep(25)
        bench.session._timer.cancel()
        await asyncio.sleep(19.9)
        overdue = [bench.session.is_overdue]
        await asyncio.sleep(0.1)
        overdue.append(bench.session.is_overdue)
        assert overdue == [False, True]
        bench.session.close(Reason.PING_TIMEOUT)

    virtually(scenario())


def test_pongs_that_nobody_asked_for_are_counted() -> None:
    async def scenario() -> None:
        bench = Bench()
        for _ in range(1000):
            bench.session.received("3")
        assert bench.session.is_open
        bench.session.received("6")
        assert bench.closed_with == [Reason.FLOOD]

    virtually(scenario())


# --- messages ---------------------------------------------------------------------------------------


def test_messages_are_handed_on_in_order() -> None:
    async def scenario() -> None:
        bench = Bench()
        for data in ("4a", b"\x01", "4", "4b"):
            bench.session.received(data)
        assert bench.got == ["a", b"\x01", "", "b"]

    virtually(scenario())


@pytest.mark.parametrize("data", ["", "abc", "0", "2", "2probe", "5", "3probe", "7", "1x"])
def test_an_invalid_packet_ends_it(data: str) -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.session.received(data)
        bench.session.received("4after")
        assert bench.closed_with == [Reason.MALFORMED]
        assert bench.carrier.end == "1002 malformed"
        assert bench.got == []
        assert bench.is_over

    virtually(scenario())


@pytest.mark.parametrize("data", [b"x" * 1001, "4" + "x" * 1000, "4" + "ü" * 500])
def test_a_message_over_the_limit_ends_it(data: str | bytes) -> None:
    async def scenario() -> None:
        bench = Bench(payload=1000)
        bench.session.received(data)
        assert bench.closed_with == [Reason.TOO_LARGE]
        assert bench.carrier.end == "1009 too_large"

    virtually(scenario())


def test_messages_of_the_very_limit_pass() -> None:
    async def scenario() -> None:
        bench = Bench(payload=1000)
        bench.session.received("4" + "x" * 999)
        bench.session.received(b"x" * 1000)
        assert len(bench.got) == 2

    virtually(scenario())


# --- the queue --------------------------------------------------------------------------------------


def test_what_a_websocket_cannot_take_waits_in_order() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.carrier.ready = False
        bench.text("a")
        bench.carrier.ready = True
        bench.text("b")  # behind the one that waits
        bench.session.drain()
        bench.text("c")
        assert bench.carrier.sent == ["4a", "4b", "4c"]

    virtually(scenario())


@pytest.mark.parametrize("limits", [{"queue_bytes": 100}, {"queue_messages": 9}])
@pytest.mark.parametrize("websocket", [True, False])
def test_a_slow_consumer_is_cut_off(limits: dict[str, int], websocket: bool) -> None:
    async def scenario() -> None:
        bench = Bench(websocket=websocket, **limits)
        bench.carrier.ready = False
        for _ in range(9):
            bench.text("123456789")
        assert bench.session.is_open
        bench.text("123456789" * 2)
        assert bench.closed_with == [Reason.SLOW_CONSUMER]
        assert bench.is_over
        assert bench.carrier.end == ("aborted" if websocket else None)
        bench.text("nothing happens")

    virtually(scenario())


def test_the_queue_is_counted_down_as_it_empties() -> None:
    async def scenario() -> None:
        bench = Bench(queue_bytes=100, queue_messages=10)
        for _ in range(100):
            bench.carrier.ready = False
            bench.text("123456789")
            bench.carrier.ready = True
            bench.session.drain()
        assert bench.session.is_open
        polled = Bench(websocket=False, queue_bytes=100, queue_messages=10)
        for _ in range(100):
            polled.text("123456789")
            assert await polled.poll() == ["4123456789"]

    virtually(scenario())


# --- polling ----------------------------------------------------------------------------------------


def test_a_poll_takes_all_that_waits_or_waits_itself() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        bench.text("a")
        bench.text("b")
        assert await bench.poll() == ["4a", "4b"]
        poll = asyncio.create_task(bench.poll())
        await asyncio.sleep(1)
        bench.text("c")
        bench.text("d")  # of the same turn of the loop: in the same answer
        assert await poll == ["4c", "4d"]

    virtually(scenario())


def test_a_poll_takes_no_more_than_some_clients_can_read() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        for number in range(40):
            bench.text(str(number))
        bench.session.finish(Reason.SERVER_LEFT)
        got = [await bench.poll() for _ in range(3)]
        assert got == [
            [f"4{n}" for n in range(16)],
            [f"4{n}" for n in range(16, 32)],
            [*(f"4{n}" for n in range(32, 40)), "1"],
        ]
        assert bench.is_over

    virtually(scenario())


def test_a_ping_answers_a_poll() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        assert await bench.poll() == ["2"]
        assert bench.session.post(b"3") is None
        assert await bench.poll() == ["2"]

    virtually(scenario())


def test_a_second_poll_ends_it() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        first = asyncio.create_task(bench.poll())
        await asyncio.sleep(0)
        assert await bench.poll() is BAD_REQUEST
        assert await first == ["1"]
        assert bench.is_over
        assert await bench.poll() is BAD_REQUEST

    virtually(scenario())


def test_a_poll_that_the_client_aborts_ends_it() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        poll = bench.session.poll()
        assert isinstance(poll, asyncio.Future)
        bench.session.abandon(poll)
        assert bench.closed_with == [Reason.TRANSPORT_CLOSED]
        answered = Bench(websocket=False)
        poll = answered.session.poll()
        assert isinstance(poll, asyncio.Future)
        answered.text("x")
        await poll
        answered.session.abandon(poll)  # too late to matter
        assert answered.session.is_open

    virtually(scenario())


def test_a_close_from_the_client_answers_its_poll() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        poll = asyncio.create_task(bench.poll())
        await asyncio.sleep(0)
        assert bench.session.post(b"4last\x1e1\x1e4after") is None
        assert await poll == ["6"]
        assert bench.got == ["last"]
        assert bench.closed_with == [Reason.TRANSPORT_CLOSED]

    virtually(scenario())


def test_a_close_from_the_client_waits_a_moment_for_its_poll() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        assert bench.session.post(b"1") is None
        assert bench.closed_with == [Reason.TRANSPORT_CLOSED]  # to the program it is over at once
        settling = asyncio.create_task(bench.session.settle())
        await asyncio.sleep(0.005)
        assert await bench.poll() == ["6"]  # it was sent before, and came behind
        assert await bench.poll() is BAD_REQUEST
        await settling
        assert bench.is_over
        alone = Bench(websocket=False)
        alone.session.post(b"1")
        await alone.session.settle()
        assert alone.is_over  # and so the next GET is of nobody
        cut_off = Bench(websocket=False)
        cut_off.session.post(b"1")  # and nobody settles it
        await asyncio.sleep(6)
        assert cut_off.is_over

    virtually(scenario())


def test_a_second_post_while_one_is_on_its_way_ends_it() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        assert bench.session.begin_post() is None
        assert bench.session.begin_post() is BAD_REQUEST
        assert bench.closed_with == [Reason.MALFORMED]
        assert bench.session.post(b"4x") is BAD_REQUEST
        assert bench.got == []

    virtually(scenario())


def test_posts_that_are_none_end_it() -> None:
    async def scenario() -> None:
        for body, answer, reason in (
            (b"4ok\x1eabc", BAD_REQUEST, Reason.MALFORMED),
            (b"b!", BAD_REQUEST, Reason.MALFORMED),
            (Reason.TOO_LARGE, TOO_LARGE, Reason.TOO_LARGE),
            (Reason.TRANSPORT_CLOSED, BAD_REQUEST, Reason.TRANSPORT_CLOSED),
        ):
            bench = Bench(websocket=False)
            assert bench.session.post(body) is answer
            assert bench.closed_with == [reason]

    virtually(scenario())


# --- upgrade ----------------------------------------------------------------------------------------


def test_an_upgrade_moves_what_waits_and_keeps_the_order() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        poll = asyncio.create_task(bench.poll())
        await asyncio.sleep(0)
        assert bench.session.begin_upgrade(bench.carrier)
        upgrade = bench.carrier.link
        assert upgrade is not None
        upgrade.received("2probe")
        assert bench.carrier.sent == ["3probe"]
        assert await poll == ["6"]
        bench.text("a")
        bench.text("b")
        upgrade.received("5")
        bench.text("c")
        assert bench.carrier.sent == ["3probe", "4a", "4b", "4c"]
        assert bench.carrier.link is bench.session
        assert await bench.poll() is BAD_REQUEST
        assert bench.session.post(b"4x") is BAD_REQUEST
        assert not bench.session.begin_upgrade(FakeCarrier())
        await asyncio.sleep(24)  # the upgrade's own time is no matter any more
        assert bench.session.is_open

    virtually(scenario())


def test_a_poll_in_the_middle_of_an_upgrade_waits_a_moment_for_its_end() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        bench.session.begin_upgrade(bench.carrier)
        upgrade = bench.carrier.link
        assert upgrade is not None
        upgrade.received("2probe")
        assert await bench.poll() == ["6"]
        poll = asyncio.create_task(bench.poll())
        await asyncio.sleep(0)
        upgrade.received("5")
        assert await poll is BAD_REQUEST
        assert bench.carrier.sent == ["3probe"]

    virtually(scenario())


@pytest.mark.parametrize("packets", [["5"], ["4x"], [b"x"], ["2probe", "2probe"], ["2probe", "4x"], []])
def test_an_upgrade_that_fails_leaves_polling_as_it_was(packets: list[str | bytes]) -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        bench.session.begin_upgrade(bench.carrier)
        assert not bench.session.begin_upgrade(FakeCarrier())  # one at a time
        for packet in packets:
            assert bench.carrier.link is not None
            bench.carrier.link.received(packet)
        await asyncio.sleep(11)  # no packet at all: its time is over
        assert bench.carrier.end == "1002"
        assert bench.session.is_open
        bench.text("a")
        assert await bench.poll() == ["4a"]
        assert bench.session.begin_upgrade(FakeCarrier())  # and may be tried again

    virtually(scenario())


def test_an_upgrade_ends_with_its_session() -> None:
    async def scenario() -> None:
        bench = Bench(websocket=False)
        bench.session.begin_upgrade(bench.carrier)
        bench.session.close(Reason.PING_TIMEOUT)
        assert bench.carrier.end == "1000"
        assert bench.is_over

    virtually(scenario())


# --- the end ----------------------------------------------------------------------------------------


def test_closing_lets_out_what_waits() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.carrier.ready = False
        bench.text("last")
        bench.session.finish(Reason.SERVER_LEFT)
        assert bench.closed_with == [Reason.SERVER_LEFT]
        assert not bench.ended
        bench.text("too late")
        bench.session.received("4too late")
        bench.carrier.ready = True
        bench.session.drain()
        assert bench.carrier.sent == ["4last"]
        assert bench.carrier.end == "1000"
        assert bench.is_over
        assert bench.got == []

    virtually(scenario())


def test_closing_has_an_end() -> None:
    async def scenario() -> None:
        for websocket in (True, False):
            bench = Bench(websocket=websocket)
            bench.carrier.ready = False
            bench.text("last")
            bench.session.finish(Reason.SERVER_LEFT)
            await asyncio.sleep(5.1)
            assert bench.is_over

    virtually(scenario())


def test_closing_a_polling_session_takes_the_next_poll() -> None:
    async def scenario() -> None:
        waiting = Bench(websocket=False)
        poll = asyncio.create_task(waiting.poll())
        await asyncio.sleep(0)
        waiting.text("last")
        waiting.session.finish(Reason.STOPPING)
        assert await poll == ["4last", "1"]
        assert waiting.is_over
        between = Bench(websocket=False)
        between.text("last")
        between.session.finish(Reason.STOPPING)
        assert not between.ended
        assert await between.poll() == ["4last", "1"]
        assert between.is_over

    virtually(scenario())


def test_every_end_is_told_once_whatever_happens() -> None:
    async def scenario() -> None:
        for first in Reason:
            for again in (Reason.TRANSPORT_CLOSED, Reason.SLOW_CONSUMER):
                bench = Bench()
                bench.session.close(first)
                bench.session.close(again)
                bench.session.finish(again)
                bench.session.lost()
                bench.session.drain()
                assert bench.closed_with == [first]
                assert bench.is_over
        await asyncio.sleep(60)  # and no timer is left to say otherwise

    virtually(scenario())
