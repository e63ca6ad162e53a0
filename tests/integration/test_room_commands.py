"""The command line beside a server that runs: rooms are made and changed, and a call there follows."""

import asyncio
import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import PythonClient


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("rooms"), resume_grace=5)
    process.start()
    yield process
    process.stop()


async def room(server: ServerProcess, *arguments: str, stdin: str | None = None) -> list[dict[str, Any]]:
    """What a command says, for programs."""
    said = await asyncio.to_thread(server.command, "room", *arguments, "--json", stdin=stdin)
    return [json.loads(line) for line in said.splitlines()]


async def refused(server: ServerProcess, *arguments: str) -> str:
    """The one line that a command says which does nothing."""
    with pytest.raises(subprocess.CalledProcessError) as failed:
        await asyncio.to_thread(server.command, "room", *arguments)
    return str(failed.value.stderr)


async def test_a_room_is_made_changed_and_deleted_while_somebody_is_in_it(server: ServerProcess) -> None:
    await asyncio.to_thread(server.command, "user", "add", "ada", "--name", "Ada")
    settings = ["--name", "Lesson", "--capacity", "4", "--share", "moderators", "--once", "--passcode"]
    times = ["--opens", "2020-01-01T10:00", "--expires", "2999-01-01T10:00"]
    (made,) = await room(server, "add", "lesson", *settings, *times, stdin="four words\n")
    key = made["host_key"]
    expected: dict[str, Any] = {
        "id": "lesson",
        "name": "Lesson",
        "owner": None,
        "moderators": [],
        "capacity": 4,
        "passcode": True,
        "lobby": False,
        "share": "moderators",
        "once": True,
        "state": "open",
    }
    assert {name: made[name] for name in expected} == expected
    assert made["link"].endswith("/r/lesson")
    assert "four words" not in str(made)
    host, guest = [await PythonClient.open(server.url, {"version": 1}) for _ in range(2)]
    async with host, guest:
        entered = await host.ok("joinRoom", {"roomId": "lesson", "hostKey": key})
        assert entered["room"]["participants"][0]["role"] == "host"
        assert await guest.refused("joinRoom", {"roomId": "lesson"}) == "passcode_needed"
        (changed,) = await room(
            server, "change", "lesson", "--no-passcode", "--lobby", "--owner", "ada", "--expires", "none"
        )
        wanted = (False, True, "ada", None)
        assert tuple(changed[name] for name in ("passcode", "lobby", "owner", "expires_at")) == wanted
        told = await host.hears("roomChanged")
        assert (told["settings"]["lobby"], "passcode" in told["settings"]) == (True, False)
        await guest.ok("joinRoom", {"roomId": "lesson", "browser": "b"})
        await host.hears("knocked")
        await host.ok("admitAll")
        await guest.hears("admitted")
        listed, shown, acts = await asyncio.gather(
            room(server, "list", "--owner", "ada"),
            room(server, "show", "LESSON"),
            asyncio.to_thread(server.command, "room", "acts", "lesson"),
        )
        assert [one["id"] for one in listed] == ["lesson"]
        assert shown == [changed]
        assert re.search(r"\(command line\): change \(expires_at, lobby, passcode\)", acts)
        assert (await room(server, "delete", "lesson", "--yes")) == [{"deleted": "lesson"}]
        assert (await host.hears("ended"))["reason"] == "closed"
        assert await guest.refused("joinRoom", {"roomId": "lesson"}) == "room_not_found"


async def test_a_ban_that_is_lifted_by_the_operator_holds_no_more(server: ServerProcess) -> None:
    host, guest = [await PythonClient.open(server.url, {"version": 1}) for _ in range(2)]
    async with host, guest:
        made = await host.ok("createRoom", {"roomId": "banned"})
        await host.ok("joinRoom", {"roomId": "banned", "hostKey": made["hostKey"], "name": "Mara"})
        entered = await guest.ok("joinRoom", {"roomId": "banned", "browser": "b", "name": "Joel"})
        await host.ok("moderate", {"participantId": entered["participantId"], "act": "ban"})
        assert await guest.refused("joinRoom", {"roomId": "banned", "browser": "b"}) == "excluded"

        async def listed() -> Any:
            return await room(server, "ban", "list", "banned")

        (ban,) = await eventually_async("the ban is written", listed)
        assert (ban["name"], ban["why"], ban["until"]) == ("Joel", "banned", None)
        assert "Nobody stays out" in await refused(server, "ban", "lift", "banned", "another")
        await room(server, "ban", "lift", "banned", ban["id"])

        async def comes_in() -> bool:
            reply = await guest.call("joinRoom", {"roomId": "banned", "browser": "b"})
            return bool(reply["status"] == "ok")

        await eventually_async("the ban holds no more in the call", comes_in, within=8)


async def test_what_cannot_be_is_one_line(server: ServerProcess) -> None:
    wrongs = {
        ("show", "nowhere-at-all"): "no room",
        ("add", "--capacity", "1000"): "A room here holds",
        ("add", "--owner", "nobody"): "account",
        ("add", "--opens", "soon"): "is no time such as",
    }
    said = await asyncio.gather(*(refused(server, *arguments) for arguments in wrongs))
    for (arguments, words), line in zip(wrongs.items(), said, strict=True):
        assert words.lower() in line.lower(), (arguments, line)
