"""Accounts at a real server: the command line, and the authority of a socket."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import PythonClient

PASSWORD = "a long walk by the river"
ELSEWHERE = "https://www.example.org"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(
        tmp_path_factory.mktemp("server"), access="closed", allowed_origins=ELSEWHERE, resume_grace=1
    )
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def link(server: ServerProcess) -> str:
    """The link for the first administrator, as the server printed it."""
    found = re.search(rf"{server.url}/welcome#(\S+)", "".join(server.output))
    assert found is not None, server.output
    return found[1]


@pytest.fixture(scope="module", autouse=True)
def administrator(server: ServerProcess, link: str) -> None:
    """Before all tests: the link is good until there is one."""
    new = {"secret": link, "userName": "mara", "name": "Mara", "password": PASSWORD}
    assert httpx.post(f"{server.url}/api/v1/accounts", json=new).status_code == 201


@pytest.fixture
async def mara(server: ServerProcess) -> Any:
    """A browser in which the administrator is signed in."""
    async with httpx.AsyncClient(base_url=server.url) as http:
        login = {"login": "mara", "password": PASSWORD}
        assert (await http.post("/api/v1/session", json=login)).status_code == 200
        yield http


def users(server: ServerProcess) -> dict[str, Any]:
    listed = map(json.loads, server.command("user", "list", "--json").splitlines())
    return {user["user_name"] or user["email"]: user for user in listed}


async def connect(
    server: ServerProcess, browser: httpx.AsyncClient | None = None, **headers: str
) -> PythonClient:
    cookies = "" if browser is None else "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
    own = {"Origin": server.url, "Cookie": cookies} if cookies else {}
    return await PythonClient.open(server.url, headers=own | headers)


async def test_a_socket_has_the_authority_of_the_session_while_it_lasts(
    server: ServerProcess, mara: httpx.AsyncClient
) -> None:
    async with await connect(server) as guest, await connect(server, mara) as own:
        assert await guest.refused("createRoom", {"roomId": "garden"}) == "sign_in_required"
        await own.ok("createRoom", {"roomId": "garden"})
        assert await guest.refused("joinRoom", {"roomId": "garden"}) == "sign_in_required"
        assert await guest.refused("prepare", {"roomId": "garden"}) == "sign_in_required"
        assert await guest.refused("joinRoom", "garden") == "sign_in_required"
        entered = await own.ok("joinRoom", {"roomId": "garden"})
        assert [one["name"] for one in entered["room"]["participants"]] == ["Mara"]
        assert "account" not in json.dumps(entered["room"])
        await own.ok("leaveRoom")
        await mara.delete("/api/v1/session")
        assert await own.refused("joinRoom", {"roomId": "garden"}) == "sign_in_required"
        assert await own.refused("createRoom", {}) == "sign_in_required"


async def test_a_page_of_another_origin_has_no_authority_over_a_socket(
    server: ServerProcess, mara: httpx.AsyncClient
) -> None:
    async with await connect(server, mara, Origin=ELSEWHERE) as foreign:
        assert await foreign.refused("createRoom", {}) == "sign_in_required"


async def test_ones_calls_are_listed_with_those_who_were_there(
    server: ServerProcess, mara: httpx.AsyncClient
) -> None:
    async with await connect(server, mara) as first, await connect(server, mara) as second:
        await first.ok("createRoom", {"roomId": "kitchen"})
        await first.ok("joinRoom", {"roomId": "kitchen"})
        await second.ok("joinRoom", {"roomId": "kitchen", "name": "Mara's phone"})
        times = {"way": "plain", "ack": 101.5, "ice": 207, "dtls": 364.25, "frame": None}
        await second.ok("joinTimed", times)

    async def listed() -> Any:
        calls = (await mara.get("/api/v1/calls")).json()["calls"]
        return [call for call in calls if call["roomId"] == "kitchen" and call["endedAt"]]

    (call,) = await eventually_async("the call is in the history", listed)
    assert [(person["name"], person["me"]) for person in call["people"]] == [
        ("Mara", True),
        ("Mara's phone", True),
    ]
    assert call["join"] == times
    earlier = (await mara.get("/api/v1/calls", params={"before": call["beganAt"]})).json()
    assert call["id"] not in {each["id"] for each in earlier["calls"]}


async def test_accounts_are_kept_by_the_command_line(server: ServerProcess) -> None:
    made = json.loads(server.command("user", "add", "Joel", "--email", "joel@example.org", "--json"))
    assert (made["user_name"], made["has_password"], made["admin"]) == ("joel", False, False)
    server.command("user", "add", "ines@example.org", "--admin", "--password", stdin=PASSWORD + "\n")
    known = users(server)
    assert known["ines@example.org"]["admin"]
    async with httpx.AsyncClient(base_url=server.url) as http:
        login = {"login": "joel", "password": PASSWORD}
        assert (await http.post("/api/v1/session", json=login)).json()["code"] == "sign_in_failed"
        secret = made["link"].partition("#")[2]
        reset = {"secret": secret, "password": PASSWORD}
        assert (await http.post("/api/v1/password", json=reset)).status_code == 200
        assert (await http.post("/api/v1/session", json=login)).status_code == 200
        server.command("user", "disable", "joel")
        assert (await http.get("/api/v1/me")).json()["account"] is None
        assert (await http.post("/api/v1/session", json=login)).json()["code"] == "sign_in_failed"
        server.command("user", "enable", "joel@example.org")
        assert (await http.get("/api/v1/me")).json()["account"] is None
        assert (await http.post("/api/v1/session", json=login)).status_code == 200
        (again,) = server.command("user", "password", "joel").splitlines()
        assert again.startswith(f"http://localhost:{server.port}/welcome#")
        server.command("user", "delete", "joel", "--yes")
        assert (await http.get("/api/v1/me")).json()["account"] is None
        invited = json.loads(server.command("user", "invite", "--json"))["link"].partition("#")[2]
        seen = await http.post("/api/v1/links/look", json={"secret": invited})
        assert seen.json()["purpose"] == "invitation"
    assert "joel" not in users(server)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("disable", "nobody"), "no such account"),
        (("invite", "ines"), "not an email address"),
    ],
)
def test_what_the_command_line_cannot_do_it_says_in_a_line(
    server: ServerProcess, arguments: tuple[str, ...], says: str
) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        server.command("user", *arguments)
    assert caught.value.returncode == 1
    (line,) = caught.value.stderr.splitlines()
    assert line.startswith("visavis: ")
    assert says in line


def test_the_password_is_not_in_the_files(server: ServerProcess, link: str) -> None:
    """Neither a password, nor the secret of a session or a link."""
    kept = b"".join(file.read_bytes() for file in Path(server.folder, "data").rglob("*") if file.is_file())
    for secret in (PASSWORD, link):
        assert secret.encode() not in kept
