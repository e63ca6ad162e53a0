"""One connection, one order, under a handler that is slow: over real sockets, with a storage that waits."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from tests.support.eventually import eventually_async
from tests.support.fake_clock import FakeClock
from tests.support.server_process import free_port
from tests.support.signaling import NodeClient
from visavis.calls import Calls
from visavis.chair import Chair
from visavis.clock import SystemClock
from visavis.ice import IceServers
from visavis.live import Limits
from visavis.rooms import Room, RoomId
from visavis.settings import Settings
from visavis.signaling.server import SignalingServer
from visavis.socketio import Timing
from visavis.storage.memory import MemoryStorage
from visavis.tickets import Tickets
from visavis.turn import TurnServer

SLOW = 1.5
"""Seconds: longer than ping interval and time-out together."""


class SlowStorage(MemoryStorage):
    async def room(self, room_id: RoomId) -> Room | None:
        await asyncio.sleep(SLOW)  # is what is tried: the test waits for nothing by it
        return await super().room(room_id)


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    storage = SlowStorage()
    await storage.add_room(Room(RoomId("garden"), 8))
    tickets = Tickets(b"s" * 32, 3600, FakeClock().now)
    calls = Calls(storage, tickets, SystemClock(), Limits(8, 32, grace=5))
    settings = Settings()
    turn = TurnServer(settings, tmp_path / "turn", b"s" * 32)
    ice = IceServers(settings, turn, lambda: None, FakeClock().now)
    chair = Chair(calls, SystemClock(), lambda _: None, 3600)
    signaling = SignalingServer(calls, chair, ice, timing=Timing(ping_interval=0.4, ping_timeout=0.4))
    port = free_port()
    config = uvicorn.Config(
        signaling.asgi, port=port, log_level="error", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await eventually_async("the server has started", lambda: server.started)
    yield f"http://localhost:{port}"
    await signaling.stop(within=1)
    server.should_exit = True
    await serving


async def test_a_slow_event_holds_up_its_own_connection_alone(url: str) -> None:
    async with await NodeClient.open(url) as slow, await NodeClient.open(url) as other:
        answered: list[str] = []

        async def ask(event: str, message: object) -> None:
            reply = await slow.call(event, message)
            answered.append(f"{event} {reply['status']}")

        media = {"media": {"audio": False, "video": False}}
        asking = [
            asyncio.create_task(ask(event, message))
            for event, message in [
                ("joinRoom", {"roomId": "garden"}),
                ("updateMedia", media),
                ("getRoom", {}),
                ("leaveRoom", {}),
                ("getRoom", {}),
            ]
        ]
        await asyncio.sleep(0)  # lets the asking begin
        before = time.monotonic()
        await other.ok("createRoom", {"roomId": "quick"})
        assert time.monotonic() - before < SLOW / 2
        await asyncio.gather(*asking)
        # In their order, although the first took longer than a ping may; and the socket is still there.
        assert answered == [
            "joinRoom ok",
            "updateMedia ok",
            "getRoom ok",
            "leaveRoom ok",
            "getRoom error",
        ]
