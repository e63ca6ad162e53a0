"""Real clients against the Socket.IO server, over each transport, by both ways in."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.engineio import WAYS
from tests.support.eventually import eventually_async
from tests.support.server_process import free_port
from tests.support.socketio_clients import KINDS, ROOT, TRANSPORTS, RealClient
from tests.support.socketio_lab import LabServer
from tests.support.tcp_link import TcpLink
from visavis.socketio import Timing


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(way: str) -> Iterator[LabServer]:
    with LabServer(way, timing=Timing(ping_interval=0.3, ping_timeout=0.3)) as running:
        yield running


def url(server: LabServer) -> str:
    return f"http://{server.address}"


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_all_that_a_client_does(server: LabServer, kind: str, transport: str) -> None:
    async with await RealClient.open(
        kind, url(server), TRANSPORTS[transport], auth={"echo": "ü", "n": [1, None]}
    ) as client:
        await client.connected()
        await eventually_async("auth came back", lambda: client.heard)
        assert client.heard == [["auth", {"echo": "ü", "n": [1, None]}]]
        values: list[Any] = ["text", 1.5, None, {"deep": [{"er": "😀"}]}]
        assert await client.call("echo", *values) == values
        binary = [{"a": [b"\x00\xff", {"b": b""}]}, b"x" * 100_000]
        assert await client.call("echo", *binary) == binary
        assert await client.call("echo", "x" * 300_000, 1) == ["x" * 300_000, 1]
        # What the server asks, with binary data, is answered.
        [answer] = await client.call("ask", 5)
        assert answer == ["answer", 1, b"2"]
        # And in the order of sending, with no pause in between.
        client.heard.clear()
        await client.call("enter", "garden")
        for number in range(30):
            await client.emit("pour", 1, number)
        await eventually_async("all came", lambda: len(client.heard) == 30)
        assert [len(size) for _, _, size in client.heard] == list(range(30))
        wanted = "websocket" if transport == "upgrade" else transport

        async def has_settled() -> bool:
            return await client.transport() == wanted

        await eventually_async(f"it is on {wanted}", has_settled)
        assert client.connects == 1
    await eventually_async("nothing is left", lambda: server.is_empty)
    assert server.lab.faults == []


async def test_pings_keep_it_alive_while_nothing_is_said(server: LabServer, kind: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(await RealClient.open(kind, url(server), transports))
            for transports in TRANSPORTS.values()
        ]
        for client in clients:
            await client.connected()
        sessions = list(server.io.engine._sessions.values())
        beginning = min(session._deadline for session in sessions)
        await eventually_async(
            "several pings have gone by",
            lambda: all(session._deadline > beginning + 1.5 for session in sessions),
        )
        assert {session.reason for session in sessions} == {None}
        assert [client.connects for client in clients] == [1, 1, 1]


async def test_a_refusal_says_its_code(server: LabServer, kind: str) -> None:
    async with await RealClient.open(kind, f"{url(server)}", ["websocket"], auth={"broken": True}) as client:
        await eventually_async("it is refused", lambda: client.refusals)
        [refusal] = client.refusals
        assert refusal["message"] == "Internal error"
        assert refusal["data"]["code"] == "internal"


async def test_one_who_says_good_bye_has_left(server: LabServer, kind: str) -> None:
    async with await RealClient.open(kind, url(server), ["websocket"]) as client:
        await client.connected()
    await eventually_async("it is told", lambda: server.lab.named("disconnected"))
    # python-socketio's closes its socket without having said so.
    reason = "transport_closed" if kind == "python" else "client_left"
    assert server.lab.named("disconnected") == [["/", reason]]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("what", ["cut", "silent"])
async def test_it_comes_back_after_the_link_broke(
    server: LabServer, kind: str, transport: str, what: str
) -> None:
    async with (
        TcpLink.to(server.port) as link,
        await RealClient.open(kind, link.url, TRANSPORTS[transport], reconnection=True) as client,
    ):
        await client.connected()
        [session] = server.io.engine._sessions.values()
        # Not while it opens a TCP connection for its next poll, which would survive.
        await eventually_async("it is settled", lambda: (session.carrier, session._poll) != (None, None))
        if what == "cut":
            await link.cut()
        else:
            link.fall_silent()
        await client.connected(times=2)
        assert await client.call("echo", 1, 2) == [1, 2]
        await eventually_async("the old one is gone", lambda: server.lab.named("disconnected"))
        told = server.lab.named("disconnected")
        assert len(told) == 1
        # One that polls may try again before the server has seen its first poll broken: two at once.
        assert told[0][1] in ("transport_closed", "ping_timeout", "malformed")


@pytest.mark.parametrize("options", [[], ["--fast-path"]], ids=WAYS)
async def test_it_comes_back_after_kill_9(kind: str, options: list[str]) -> None:
    port = free_port()

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.support.conformance_server", str(port), *options]
        return subprocess.Popen(command, cwd=Path(ROOT), stderr=subprocess.DEVNULL)

    async def answers() -> bool:
        try:
            _, writer = await asyncio.open_connection("localhost", port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    process = start()
    try:
        await eventually_async("the server answers", answers, within=20)
        async with await RealClient.open(
            kind, f"http://localhost:{port}", ["websocket"], reconnection=True
        ) as client:
            await client.connected()
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            process = start()
            await client.connected(times=2)
            assert await client.call("message-with-ack", 1, 2) == [1, 2]
    finally:
        process.kill()
        process.wait(10)
