"""Two server processes over one PostgreSQL: rooms are the same on both, and one follows what the other does.

They share the secret too, as two machines behind one name would. Each has the calls of its own clients.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.support.databases import PostgresqlServer
from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import PythonClient


@dataclass
class Pair:
    """The two servers, and the connections that a test opens to them."""

    one: ServerProcess
    other: ServerProcess
    opened: AsyncExitStack

    async def connect(self, server: ServerProcess, browser: httpx.AsyncClient | None = None) -> PythonClient:
        cookies = "" if browser is None else "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
        headers = {"Cookie": cookies, "Origin": server.url} if cookies else None
        return await self.opened.enter_async_context(
            await PythonClient.open(server.url, {"version": 1}, headers=headers)
        )


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    database = PostgresqlServer()
    database.start()
    url = database.new_database()
    started: list[ServerProcess] = []
    for name in ("one", "other"):
        folder = tmp_path_factory.mktemp(name)
        if started:
            (folder / "data").mkdir(mode=0o700)
            shutil.copy(started[0].folder / "data/secret", folder / "data/secret")
        server = ServerProcess(folder, resume_grace=5, signup="open", database_url=url)
        server.start()
        started.append(server)
    yield started[0], started[1]
    for server in started:
        server.stop()
    database.remove()


@pytest.fixture
async def pair(servers: tuple[ServerProcess, ServerProcess]) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as opened:
        yield Pair(*servers, opened)


@asynccontextmanager
async def account(server: ServerProcess, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which a new account is signed in."""
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v1") as http:
        new = {"userName": name, "name": name.title(), "password": "a long walk by the river"}
        assert (await http.post("/accounts", json=new)).status_code == 201
        yield http


async def command(server: ServerProcess, *arguments: str) -> Any:
    said = await asyncio.to_thread(server.command, *arguments)
    return [json.loads(line) for line in said.splitlines()] if "--json" in arguments else said


async def hosted_on_both(pair: Pair, **settings: Any) -> tuple[PythonClient, PythonClient, dict[str, Any]]:
    """A room that was made on one server, with a host inside on each: both, and how it was made."""
    one = await pair.connect(pair.one)
    made = await one.ok("createRoom", {"settings": settings})
    other = await pair.connect(pair.other)
    for host, name in ((one, "Mara"), (other, "Mara elsewhere")):
        entered = await host.ok(
            "joinRoom", {"roomId": made["roomId"], "hostKey": made["hostKey"], "name": name}
        )
        assert entered["room"]["participants"][-1]["role"] == "host"
    return one, other, made


async def test_a_room_of_one_is_a_room_of_the_other_with_its_door(pair: Pair) -> None:
    _, _, made = await hosted_on_both(pair, passcode="open sesame", name="Lesson", capacity=2)
    guest = await pair.connect(pair.other)
    join = {"roomId": made["roomId"], "name": "Joel"}
    assert await guest.refused("joinRoom", join) == "passcode_needed"
    assert await guest.refused("joinRoom", join | {"passcode": "open barley"}) == "passcode_wrong"
    await guest.ok("joinRoom", join | {"passcode": "open sesame"})
    async with httpx.AsyncClient(base_url=f"{pair.other.url}/api/v1") as http:
        seen = (await http.get(f"/rooms/{made['roomId']}")).json()
        assert (seen["name"], seen["passcode"], seen["full"]) == ("Lesson", True, True)
        key = {"Visavis-Host-Key": made["hostKey"]}
        assert (await http.get(f"/rooms/{made['roomId']}", headers=key)).json()["role"] == "host"


async def test_settings_that_are_changed_on_one_hold_on_the_other(pair: Pair) -> None:
    one, other, made = await hosted_on_both(pair)
    guest = await pair.connect(pair.other)
    showing = {"audio": True, "video": True, "screen": True}
    await guest.ok("joinRoom", {"roomId": made["roomId"], "media": showing})
    await one.ok("changeRoom", {"settings": {"lobby": True, "share": "moderators"}})
    told = await other.hears("roomChanged")
    assert told["settings"] == {"lobby": True, "share": "moderators"}
    assert (await guest.hears("moderated"))["act"] == "stopShare"
    late = await pair.connect(pair.other)
    assert (await late.ok("joinRoom", {"roomId": made["roomId"]}))["attended"]
    # Switched off on the other: who waits on the one is let in.
    waiting = await pair.connect(pair.one)
    assert (await waiting.ok("joinRoom", {"roomId": made["roomId"]}))["waiting"]
    await other.ok("changeRoom", {"settings": {"lobby": False}})
    await waiting.hears("admitted")
    await one.hears("roomChanged", lambda change: "lobby" not in change["settings"])


async def test_who_is_banned_on_one_is_out_on_the_other_and_stays_out(pair: Pair) -> None:
    one, other, made = await hosted_on_both(pair)
    join = {"roomId": made["roomId"], "browser": "Joel's"}
    here, there, bystander = [await pair.connect(each) for each in (pair.one, pair.other, pair.other)]
    entered = await here.ok("joinRoom", join | {"name": "Joel"})
    away = await there.ok("joinRoom", join | {"name": "Not Joel"})
    await bystander.ok("joinRoom", {"roomId": made["roomId"], "browser": "another"})
    await one.ok("moderate", {"participantId": entered["participantId"], "act": "ban"})
    assert (await here.hears("ended"))["reason"] == "removed"
    assert (await there.hears("ended"))["reason"] == "removed"
    await other.hears("userLeft", lambda left: left["participantId"] == away["participantId"])
    for server in (pair.one, pair.other):
        again = await pair.connect(server)
        assert await again.refused("joinRoom", join) == "excluded"
        for ticket in (entered["ticket"], away["ticket"]):
            assert await again.refused("resume", {"ticket": ticket}) == "excluded"
    assert bystander.events("ended") == []
    # Let in again on the other.
    (ban,) = (await other.ok("getExclusions"))["exclusions"]
    await other.ok("readmit", {"exclusion": ban["id"]})

    async def comes_in() -> bool:
        reply = await (await pair.connect(pair.one)).call("joinRoom", join)
        return bool(reply["status"] == "ok")

    await eventually_async("the ban holds no more on the one", comes_in)


async def test_the_command_line_bans_an_account_out_of_calls_on_both(pair: Pair) -> None:
    one, _, made = await hosted_on_both(pair)
    async with account(pair.one, "lev") as lev:
        clients = [await pair.connect(each, lev) for each in (pair.one, pair.other)]
        for client in clients:
            await client.ok("joinRoom", {"roomId": made["roomId"]})
        await command(pair.other, "room", "ban", "add", made["roomId"], "lev")
        for client in clients:
            assert (await client.hears("ended"))["reason"] == "removed"
        again = await pair.connect(pair.one, lev)
        assert await again.refused("joinRoom", {"roomId": made["roomId"]}) == "excluded"
    (ban,) = (await one.ok("getExclusions"))["exclusions"]
    assert (ban["name"], ban["why"]) == ("Lev", "banned")
    acts = await command(pair.one, "room", "acts", made["roomId"])
    assert "(command line): ban Lev" in acts


async def test_an_account_that_is_disabled_or_deleted_is_out_of_calls_on_both(pair: Pair) -> None:
    _, _, made = await hosted_on_both(pair)
    for name, act in (("nina", ("disable",)), ("olga", ("delete", "--yes"))):
        async with account(pair.one, name) as browser:
            clients = [await pair.connect(each, browser) for each in (pair.one, pair.other)]
            entered = [await client.ok("joinRoom", {"roomId": made["roomId"]}) for client in clients]
            await command(pair.one, "user", act[0], name, *act[1:])
            for client in clients:
                assert (await client.hears("ended"))["reason"] == "account"
            for mine in entered:
                again = await pair.connect(pair.other)
                assert await again.refused("resume", {"ticket": mine["ticket"]}) == "account_not_allowed"


async def test_roles_by_account_hold_on_both_at_once(pair: Pair) -> None:
    async with account(pair.one, "ada") as ada, account(pair.other, "noor") as noor:
        assert (await ada.post("/rooms", json={"id": "of-ada"})).status_code == 201
        moderator = await pair.connect(pair.other, noor)
        await moderator.ok("joinRoom", {"roomId": "of-ada"})
        assert await moderator.refused("changeRoom", {"settings": {"locked": True}}) == "not_allowed"
        assert (await ada.post("/rooms/of-ada/moderators", json={"login": "noor"})).status_code == 200
        assert (await moderator.hears("moderated"))["role"] == "moderator"
        await moderator.ok("changeRoom", {"settings": {"locked": True}})
        assert (await ada.get("/rooms/of-ada")).json()["locked"]


async def test_a_room_that_is_deleted_on_one_ends_on_the_other(pair: Pair) -> None:
    one, other, made = await hosted_on_both(pair)
    key = {"Visavis-Host-Key": made["hostKey"]}
    async with httpx.AsyncClient(base_url=f"{pair.one.url}/api/v1/rooms") as http:
        assert (await http.delete(f"/{made['roomId']}", headers=key)).status_code == 204
    for host in (one, other):
        assert (await host.hears("ended"))["reason"] == "closed"
    assert await other.refused("joinRoom", {"roomId": made["roomId"]}) == "room_not_found"


async def test_one_whose_server_died_comes_back_on_the_other_and_is_put_out_there(pair: Pair) -> None:
    one, other, made = await hosted_on_both(pair)
    guest = await pair.connect(pair.one)
    entered = await guest.ok("joinRoom", {"roomId": made["roomId"], "name": "Joel", "browser": "Joel's 2"})
    await guest.drop()
    back = await pair.connect(pair.other)
    resumed = await back.ok("resume", {"ticket": entered["ticket"]})
    assert resumed["participantId"] == entered["participantId"]
    # The one still keeps the place, and a host there removes it.
    await one.ok("moderate", {"participantId": entered["participantId"], "act": "remove"})
    assert (await back.hears("ended"))["reason"] == "removed"
    await other.hears("userLeft", lambda left: left["participantId"] == entered["participantId"])
