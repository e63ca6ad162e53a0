"""What is remembered of calls, by real servers: over stops, crashes, and databases that are taken away."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.databases import FileLock, PostgresqlServer
from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import PythonClient
from visavis.records import CallRecord, JoinTimes
from visavis.storage.choice import make_storage

AUTH = {"version": 1}
KEEP = 1e9
CANDIDATE = {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0"}


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgresqlServer]:
    server = PostgresqlServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.start()
    yield process
    process.stop()


@pytest.fixture
async def clients() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def connect(clients: AsyncExitStack, server: ServerProcess) -> PythonClient:
    return await clients.enter_async_context(await PythonClient.open(server.url, AUTH))


async def enter(client: PythonClient, room: str, name: str) -> Any:
    return await client.ok("joinRoom", {"roomId": room, "name": name})


async def calls(server: ServerProcess) -> tuple[CallRecord, ...]:
    """What is remembered, the latest call first."""
    storage = make_storage(server.database_url, server.folder / "data/visavis.db", KEEP)
    try:
        await storage.open()
        return await storage.recent_calls(10)
    finally:
        await storage.close()


def departures(call: CallRecord) -> dict[str, str | None]:
    return {known.name: known.departure for known in call.attendances}


async def come_to(server: ServerProcess, *departed: str | None) -> CallRecord:
    """The latest call, once it is remembered that the parts of those in it ended like this."""

    async def probe() -> CallRecord | None:
        known = await calls(server)
        return known[0] if known and list(departures(known[0]).values()) == list(departed) else None

    found = await eventually_async(f"the parts ended as {departed}", probe)
    assert isinstance(found, CallRecord)
    return found


async def test_who_left_and_when_is_remembered(server: ServerProcess, clients: AsyncExitStack) -> None:
    mara, jonas = await connect(clients, server), await connect(clients, server)
    await mara.ok("createRoom", {"roomId": "garden"})
    entry = await enter(mara, "garden", "Mara")
    await enter(jonas, "garden", "Jonas")
    times = JoinTimes("prepared", 101.5, 207, 364.25, 413.2)
    await jonas.ok("joinTimed", asdict(times))
    await jonas.ok("leaveRoom")
    await mara.ok("leaveRoom")
    call = await come_to(server, "left", "left")
    mara_was, jonas_was = call.attendances
    assert (call.room_id, mara_was.name, jonas_was.name) == ("garden", "Mara", "Jonas")
    assert mara_was.participant_id == entry["participantId"]
    assert (call.began_at, call.ended_at) == (mara_was.joined_at, mara_was.left_at)
    # The same, as it is listed.
    assert (mara_was.join, jonas_was.join) == (None, times)
    assert "Mara (left), Jonas (left, picture after 0.41 s)" in server.command("calls")
    (line,) = server.command("calls", "--json").splitlines()
    assert json.loads(line) == json.loads(json.dumps(asdict(call)))


async def test_a_call_goes_on_over_a_stop_and_a_crash_and_ends_as_one(
    server: ServerProcess, clients: AsyncExitStack
) -> None:
    mara, jonas = await connect(clients, server), await connect(clients, server)
    await mara.ok("createRoom", {"roomId": "garden"})
    ticket = (await enter(mara, "garden", "Mara"))["ticket"]
    await enter(jonas, "garden", "Jonas")
    server.stop()
    stopped = await come_to(server, "stopped", "stopped")
    assert stopped.ended_at is not None

    server.start()
    mara = await connect(clients, server)
    ticket = (await mara.ok("resume", {"ticket": ticket}))["ticket"]
    going_on = await come_to(server, None, "stopped")
    assert going_on.ended_at is None

    server.kill()
    assert await calls(server) == (going_on,)  # nobody has looked yet
    server.start()
    crashed = await come_to(server, "unknown", "stopped")
    assert crashed.ended_at is not None

    mara = await connect(clients, server)
    await mara.ok("resume", {"ticket": ticket})
    await mara.ok("leaveRoom")
    whole = await come_to(server, "left", "stopped")
    assert (whole.id, whole.began_at) == (stopped.id, stopped.began_at)


# --- a database that is taken away in mid-call ------------------------------------------------------


@dataclass
class Away:
    """A server, and how its database is taken away and brought back."""

    server: ServerProcess
    take: Callable[[], None]
    give: Callable[[], None]
    is_readable: bool


@pytest.fixture(params=["sqlite locked", "sqlite moved", "postgresql crashed"])
def away(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Away]:
    lock = FileLock(tmp_path / "data/visavis.db")
    match request.param:
        case "sqlite locked":
            server = ServerProcess(tmp_path)
            away = Away(server, lock.take, lock.release, is_readable=True)
        case "sqlite moved":
            server = ServerProcess(tmp_path)
            there, elsewhere = tmp_path / "data/visavis.db", tmp_path / "data/elsewhere.db"
            away = Away(
                server,
                lambda: _rename(there, elsewhere),
                lambda: _rename(elsewhere, there),
                is_readable=False,
            )
        case _:
            database: PostgresqlServer = request.getfixturevalue("postgresql")
            server = ServerProcess(tmp_path, database_url=database.new_database())
            away = Away(server, database.crash, database.start, is_readable=False)
    server.start()
    yield away
    server.stop()
    lock.release()


def _rename(there: Path, elsewhere: Path) -> None:
    there.rename(elsewhere)


async def test_a_call_goes_on_while_the_database_is_away_and_is_remembered_when_it_is_back(
    away: Away, clients: AsyncExitStack
) -> None:
    server = away.server
    async with httpx.AsyncClient(base_url=server.url, timeout=20) as http:

        async def history() -> str:
            health = (await http.get("/healthz")).json()
            assert health["status"] == "ok"
            return str(health["history"])

        mara, jonas, late = [await connect(clients, server) for _ in range(3)]
        await mara.ok("createRoom", {"roomId": "garden"})
        await mara.ok("createRoom", {"roomId": "empty"})
        await enter(mara, "garden", "Mara")
        jonas_id = (await enter(jonas, "garden", "Jonas"))["participantId"]
        await come_to(server, None, None)
        assert await history() == "ok"

        away.take()
        # Who is in the call notices nothing, and others may come and go.
        await enter(late, "garden", "Late")
        await mara.ok("iceCandidate", {"to": jonas_id, "candidates": [CANDIDATE]})
        assert (await jonas.hears("iceCandidate"))["candidates"] == [CANDIDATE]
        await mara.ok("updateMedia", {"media": {"audio": False, "video": True}})
        await late.ok("leaveRoom")
        assert (await http.get("/api/v1/rooms/garden")).status_code == 200
        # What needs the database is refused in so many words.
        code, response = await asyncio.gather(
            late.refused("createRoom", {"roomId": "new"}), http.post("/api/v1/rooms", json={})
        )
        assert code == "storage_unavailable"
        assert (response.status_code, response.json()["code"]) == (503, "storage_unavailable")
        if away.is_readable:
            await enter(late, "empty", "Late")
        else:
            assert await late.refused("joinRoom", {"roomId": "empty"}) == "storage_unavailable"
        await jonas.ok("leaveRoom")

        async def is_behind() -> bool:
            return (await history()).startswith("behind, ")

        await eventually_async("/healthz says that it is behind", is_behind, within=10)
        away.give()

        async def has_caught_up() -> bool:
            return await history() == "ok"

        await eventually_async("it has caught up", has_caught_up, within=20)
        await mara.ok("createRoom", {"roomId": "new"})
        garden = next(call for call in await calls(server) if call.room_id == "garden")
        assert departures(garden) == {"Mara": None, "Jonas": "left", "Late": "left"}
    lines = [line for line in server.output if "history" in line or "database cannot be written" in line]
    assert [sum(word in line for line in lines) for word in ("written", "is behind", "caught up")] == [
        1,
        1,
        1,
    ]


def test_a_database_that_is_away_stops_the_start_in_one_line_without_its_password(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, database_url="postgresql://me:hush@127.0.0.1:1/visavis")
    for arguments in (["serve"], ["migrate"], ["calls"]):
        with pytest.raises(subprocess.CalledProcessError) as caught:
            server.command(*arguments)
        assert caught.value.returncode == 1
        said = [line for line in caught.value.stderr.splitlines() if line.startswith("visavis: ")]
        assert len(said) == 1
        assert said[0].startswith("visavis: PostgreSQL cannot be opened: ")
        assert "hush" not in caught.value.stderr
        assert "Traceback" not in caught.value.stderr


def test_a_database_is_brought_up_to_date_before_the_server_starts(
    tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    url = postgresql.new_database()
    server = ServerProcess(tmp_path, database_url=url)
    for _ in range(2):
        assert server.command("migrate") == "The database is up to date.\n"
    tables = postgresql.execute(url.rpartition("/")[2], "SELECT tablename FROM pg_tables ORDER BY 1")
    assert {"alembic_version", "attendances", "calls", "rooms"} <= set(tables.splitlines())
