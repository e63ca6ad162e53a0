"""The bounds of a Socket.IO server over real sockets, by both ways in: who gets in, how much, and the end."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.engineio import WAYS, Polling, WebSocket, socket_to
from tests.support.eventually import eventually_async
from tests.support.socketio_lab import PATH, LabServer
from visavis.socketio import Limits, Origins, Timing

OPENING = (
    f"GET {PATH}?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
).encode()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextlib.asynccontextmanager
async def member(server: LabServer) -> AsyncIterator[WebSocket]:
    """A client in the main namespace."""
    async with WebSocket.open(server.address) as client:
        client.answers_pings = True
        await client.handshake()
        await client.enter()
        yield client


def closings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.getMessage().startswith("connection closed")]


async def opens(server: LabServer) -> bool:
    """Whether a WebSocket is taken."""
    try:
        async with WebSocket.open(server.address):
            return True
    except InvalidStatus as error:
        return error.response.status_code not in (403, 503)


async def is_refused(server: LabServer) -> bool:
    """Whether neither transport is taken, and polling is told to come back."""
    async with httpx.AsyncClient(base_url=f"http://{server.address}") as http:
        answer = await http.get(f"{PATH}?EIO=4&transport=polling")
    told = answer.status_code == 503 and answer.headers["retry-after"] == "1"
    return told and not await opens(server)


# --- who gets in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [{"connections": 3}, {"connections_per_address": 3}])
async def test_connections_are_counted(way: str, limits: dict[str, int]) -> None:
    with LabServer(way, Limits(**limits)) as server:
        async with member(server), member(server):
            async with Polling.open(server.address):
                assert await is_refused(server)
            assert server.io.engine.count == 3  # the polling one is there until its time is over
        await eventually_async("both are gone", lambda: server.io.engine.count == 1)
        async with member(server):
            pass


async def test_handshakes_have_a_rate(way: str) -> None:
    with LabServer(way, Limits(handshakes_per_second=3)) as server:
        began = time.monotonic()
        async with member(server), member(server), member(server):
            if time.monotonic() - began < 1:
                assert await is_refused(server)
        await eventually_async("a second is over", lambda: opens(server))


async def test_origins_are_checked_on_both_transports(way: str) -> None:
    with LabServer(way, origins=Origins({"https://partner.example"})) as server:
        own = f"http://{server.address}"
        for origin, passes in (
            (own, True),
            ("https://partner.example", True),
            ("https://evil.example", False),
        ):
            async with httpx.AsyncClient(base_url=own, headers={"Origin": origin}) as http:
                answer = await http.get(f"{PATH}?EIO=4&transport=polling")
                preflight = await http.options(PATH)
            assert answer.status_code == (200 if passes else 403)
            assert preflight.status_code == (204 if passes else 403)
            allowed = answer.headers.get("access-control-allow-origin")
            assert allowed == (origin if origin == "https://partner.example" else None)
            if passes:
                async with WebSocket.open(server.address, origin=origin) as client:
                    await client.handshake()
            else:
                with pytest.raises(InvalidStatus):
                    async with WebSocket.open(server.address, origin=origin):
                        pass


async def test_an_origin_is_checked_in_a_session_too(way: str) -> None:
    with LabServer(way) as server:
        async with Polling.open(server.address) as client:
            client.http.headers["Origin"] = "https://evil.example"
            assert (await client.post("40")).status_code == 403
            assert (await client.get()).status_code == 403
            with pytest.raises(InvalidStatus):
                async with WebSocket.open(server.address, sid=client.sid, origin="https://evil.example"):
                    pass


# --- how much ---------------------------------------------------------------------------------------


async def test_a_flood_is_refused_then_closed_and_nobody_else_notices(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), LabServer(way, Limits(events=50)) as server:
        async with member(server) as client, member(server) as other:
            await client.send(*(f'42{n}["echo",1]' for n in range(100)))
            acks = [str(await client.recv()) for _ in range(100)]
            assert [json.loads(ack[ack.index("[") :]) for ack in acks] == [
                *([[1]] * 50),
                *([[{"status": "error", "code": "rate_limited"}]] * 50),
            ]
            with contextlib.suppress(ConnectionClosed):
                await client.send(*['42["echo",1]'] * 2)
            assert await client.closed() == (1008, "flood")
            await other.send('421["echo",1]')
            assert await other.recv() == "431[1]"
    assert len(closings(caplog)) == 1


@pytest.mark.parametrize("limits", [{"waiting_events": 20}, {"waiting_bytes": 2_000}])
async def test_events_that_wait_are_bounded(way: str, limits: dict[str, int]) -> None:
    with LabServer(way, Limits(**limits)) as server:
        async with member(server) as client:
            await client.send('42["wait"]')
            with contextlib.suppress(ConnectionClosed):
                await client.send(*[f'42["echo","{"x" * 100}"]'] * 30)
            assert await client.closed() == (1008, "flood")
        await server.open_gate()
        await eventually_async("nothing is left", lambda: server.is_empty)
        assert 10 < len(server.lab.named("echo")) <= 21


async def test_attachments_are_bounded(way: str) -> None:
    with LabServer(way, Limits(payload=10_000, attachments=3)) as server:
        async with member(server) as client:
            with contextlib.suppress(ConnectionClosed):
                await client.send('453-["echo"]', *[b"x" * 5_000] * 3)
            assert await client.closed() == (1009, "too_large")


async def test_questions_are_bounded(way: str) -> None:
    with LabServer(way, Limits(pending_acks=2)) as server:
        async with member(server) as client:
            [socket] = server.namespaces["/"].sockets.values()

            async def ask_all() -> list[str]:
                asking = (socket.call("question", timeout=0.2) for _ in range(3))
                return [type(a).__name__ for a in await asyncio.gather(*asking, return_exceptions=True)]

            assert await server.run(ask_all()) == ["TimeoutError"] * 2 + ["TooManyAcks"]
            assert await client.recv() == '420["question"]'


@pytest.mark.parametrize("limits", [{"queue_bytes": 1_000_000}, {"queue_messages": 500}])
async def test_one_who_does_not_read_is_closed_and_nobody_else_notices(
    way: str, limits: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), LabServer(way, Limits(**limits)) as server:
        async with member(server) as other, socket_to(server) as (reader, writer):
            writer.write(OPENING)
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"\x81\x82\0\0\0\x0040")
            await eventually_async("both are in", lambda: len(server.namespaces["/"].sockets) == 2)
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            deaf = list(server.namespaces["/"].sockets.values())[1]

            def pour() -> bool:
                for _ in range(100):
                    deaf.emit("drop", "x" * 10_000)
                return server.io.engine.count == 1

            await eventually_async("it is closed", lambda: server.do(pour))
            await other.send('421["echo",1]')
            assert await other.recv() == "431[1]"
        await eventually_async("nothing is left", lambda: server.is_empty)
    assert server.lab.named("disconnected")[0] == ["/", "slow_consumer"]
    assert ["slow_consumer" in line for line in closings(caplog)] == [True]


async def test_one_who_does_not_poll_is_closed(way: str) -> None:
    with LabServer(way, Limits(queue_messages=20)) as server:
        async with Polling.open(server.address) as client:
            await client.post("40")
            await client.get()
            await client.post('42["pour",21,10]')
            assert (await client.get()).status_code == 400
        assert server.lab.named("disconnected") == [["/", "slow_consumer"]]


async def test_one_who_reads_slowly_gets_all_in_order(way: str) -> None:
    with LabServer(way, Limits(queue_bytes=10_000_000)) as server:
        async with member(server) as client:
            await client.send('42["pour",400,20000]')
            for number in range(400):
                packet = str(await client.recv())
                assert packet.startswith(f'42["drop",{number},"')


# --- the end ----------------------------------------------------------------------------------------


async def test_a_graceful_stop_tells_all_and_closes_within_its_bound(way: str) -> None:
    with LabServer(way) as server:
        async with member(server) as client, Polling.open(server.address) as polling:
            await polling.post("40")
            await polling.get()
            poll = asyncio.create_task(polling.get())
            await client.send('42["wait","still"]')
            await eventually_async("it waits", lambda: server.lab.named("wait"))
            began = time.monotonic()
            stopping = asyncio.create_task(server.run(server.io.stop(within=1, spread=5)))
            told = json.loads(str(await client.recv())[2:])
            assert told[0] == "comeBack"
            assert 0 <= told[1] <= 5
            assert (await poll).text.startswith('42["comeBack",')
            assert await is_refused(server)
            assert await client.closed() == (1012, "")
            await server.open_gate()
            await stopping
            assert time.monotonic() - began < 3
            assert server.is_empty
    disconnected = server.lab.named("disconnected")
    assert disconnected == [["/", "stopping"]] * 2
    assert server.lab.happened.index(("waited", "still")) < len(server.lab.happened) - 1


async def test_a_graceful_stop_waits_for_nobody_for_ever(way: str) -> None:
    with LabServer(way, timing=Timing(handler=60)) as server:
        async with member(server) as client, socket_to(server) as (reader, writer):
            writer.write(OPENING)
            await reader.readuntil(b"\r\n\r\n")  # and it answers no CLOSE
            await client.send('42["wait"]')
            await eventually_async("it waits", lambda: server.lab.named("wait"))
            began = time.monotonic()
            await server.run(server.io.stop(within=0.5))
            assert time.monotonic() - began < 3
            assert server.is_empty
    assert server.lab.named("disconnected") == [["/", "stopping"]]
    assert server.lab.faults == [("wait", "TimeoutError")]
