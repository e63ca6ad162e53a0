"""Room tokens at the door of a real server: of API keys, of another system's keys, and of the operator."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.documents import DocumentServer
from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import PythonClient

ISSUER = "https://school.example"
KEY = Ed25519PrivateKey.generate()
AUTH = {"version": 1}


@pytest.fixture(scope="module")
def school() -> Iterator[DocumentServer]:
    """Where the other system publishes its keys."""
    own = jwt.algorithms.OKPAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "2026"}
    with DocumentServer({"keys": [own]}) as server:
        yield server


@pytest.fixture(scope="module")
def server(school: DocumentServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder: Path = tmp_path_factory.mktemp("server")
    process = ServerProcess(folder, token_issuer=ISSUER, token_jwks_url=school.url)
    process.start()
    yield process
    process.stop()


@pytest.fixture
async def client(server: ServerProcess) -> AsyncIterator[PythonClient]:
    async with await PythonClient.open(server.url, AUTH) as opened:
        yield opened


@pytest.fixture(scope="module")
def shop(server: ServerProcess) -> dict[str, Any]:
    """An API key whose tokens make their rooms."""
    return dict(json.loads(server.command("key", "add", "Shop", "--rooms", "--json")))


@pytest.fixture(scope="module")
def clinic(server: ServerProcess) -> dict[str, Any]:
    """One whose tokens do not."""
    return dict(json.loads(server.command("key", "add", "Clinic", "--json")))


@pytest.fixture
async def http(server: ServerProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v1") as opened:
        yield opened


def signed(key: dict[str, Any], room: str, **claims: Any) -> str:
    usual = {"iss": key["id"], "aud": "visavis", "exp": time.time() + 60, "room": room}
    return jwt.encode(usual | claims, key["secret"], "HS256", headers={"kid": key["id"]})


async def test_a_token_gives_its_bearer_a_name_and_makes_the_room_where_its_key_may(
    client: PythonClient, http: httpx.AsyncClient, shop: dict[str, Any]
) -> None:
    token = signed(shop, "consultation-7", name="Dr. Mara", role="host")
    entered = await client.ok("joinRoom", {"roomId": "consultation-7", "name": "Eve", "token": token})
    assert [one["name"] for one in entered["room"]["participants"]] == ["Dr. Mara"]
    assert (await http.get("/rooms/consultation-7")).json()["inside"] == ["Dr. Mara"]


async def test_a_token_without_a_name_leaves_it_to_its_bearer(
    client: PythonClient, shop: dict[str, Any]
) -> None:
    token = signed(shop, "consultation-8")
    entered = await client.ok("joinRoom", {"roomId": "consultation-8", "name": "Eve", "token": token})
    assert [one["name"] for one in entered["room"]["participants"]] == ["Eve"]


async def test_a_key_that_may_not_makes_no_rooms(
    client: PythonClient, http: httpx.AsyncClient, clinic: dict[str, Any]
) -> None:
    token = signed(clinic, "nowhere-yet")
    for event in ("prepare", "joinRoom"):
        assert await client.refused(event, {"roomId": "nowhere-yet", "token": token}) == "room_not_found"
    assert (await http.get("/rooms/nowhere-yet")).status_code == 404


async def test_a_token_is_for_its_own_room(
    client: PythonClient, http: httpx.AsyncClient, shop: dict[str, Any]
) -> None:
    token = signed(shop, "consultation-9")
    for event in ("prepare", "joinRoom"):
        refused = await client.refused(event, {"roomId": "consultation-10", "token": token})
        assert refused == "token_for_other_room"
    headers = {"Authorization": f"Bearer {token}"}
    other = await http.get("/rooms/consultation-10", headers=headers)
    assert (other.status_code, other.json()["code"]) == (403, "token_for_other_room")


async def test_whoever_shows_a_bad_token_is_not_let_in_as_a_guest_either(
    client: PythonClient, shop: dict[str, Any]
) -> None:
    await client.ok("createRoom", {"roomId": "open-to-all"})
    for token, code in (
        (signed(shop, "open-to-all", exp=time.time() - 1), "token_expired"),
        (signed(shop, "open-to-all") + "x", "token_invalid"),
        (signed(shop | {"secret": "x" * 43}, "open-to-all"), "token_invalid"),
        (jwt.encode({"iss": shop["id"], "room": "open-to-all"}, "", "none"), "token_invalid"),
        ("x" * 10_000, "token_invalid"),
        ("", "token_invalid"),
    ):
        for event in ("prepare", "joinRoom"):
            assert await client.refused(event, {"roomId": "open-to-all", "token": token}) == code
    await client.ok("joinRoom", {"roomId": "open-to-all"})


async def test_a_revoked_key_lets_nobody_in_from_that_moment(
    server: ServerProcess, client: PythonClient
) -> None:
    key = json.loads(server.command("key", "add", "Past", "--json"))
    await client.ok("createRoom", {"roomId": "revoked-room"})
    token = signed(key, "revoked-room")
    await client.ok("prepare", {"roomId": "revoked-room", "token": token})
    server.command("key", "revoke", key["id"])
    assert await client.refused("joinRoom", {"roomId": "revoked-room", "token": token}) == "token_invalid"


async def test_a_page_learns_from_a_token_what_it_is_good_for(
    http: httpx.AsyncClient, shop: dict[str, Any]
) -> None:
    token = signed(shop, "not-made-yet", name="Mara")
    answer = await http.get("/rooms/not-made-yet", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {
        "id": "not-made-yet",
        "capacity": 8,
        "inside": [],
        "called": "Mara",
        "name": "",
        "full": False,
        "passcode": False,
        "lobby": False,
        "locked": False,
        "once": False,
        "state": "open",
    }
    assert (await http.get("/rooms/not-made-yet")).status_code == 404  # to look makes nothing


async def test_tokens_are_signed_by_another_system_with_a_key_that_it_publishes(
    school: DocumentServer, client: PythonClient
) -> None:
    claims = {"iss": ISSUER, "aud": "visavis", "exp": time.time() + 60, "room": "class-3b", "name": "Jonas"}
    token = jwt.encode(claims, KEY, "EdDSA", headers={"kid": "2026"})
    assert await client.refused("joinRoom", {"roomId": "class-3b", "token": token}) == "room_not_found"
    await client.ok("createRoom", {"roomId": "class-3b"})
    school.status = 500  # it has been asked already
    entered = await client.ok("joinRoom", {"roomId": "class-3b", "token": token})
    assert [one["name"] for one in entered["room"]["participants"]] == ["Jonas"]
    school.status = 200


async def test_the_operator_prints_a_link(server: ServerProcess, client: PythonClient) -> None:
    printed = json.loads(
        server.command("token", "Board", "--name", "Mara", "--role", "host", "--expires", "10m", "--json")
    )
    assert printed["link"] == f"{server.url}/r/board#token={printed['token']}"
    assert abs(printed["expires_at"] - time.time() - 600) < 60
    line = server.command("token", "board", "--url", "https://calls.example.org").strip()
    assert line.startswith("https://calls.example.org/r/board#token=")
    entered = await client.ok("joinRoom", {"roomId": "board", "token": printed["token"]})
    assert [one["name"] for one in entered["room"]["participants"]] == ["Mara"]


async def test_keys_are_listed_without_their_secrets(
    server: ServerProcess, shop: dict[str, Any], clinic: dict[str, Any]
) -> None:
    listed = [json.loads(line) for line in server.command("key", "list", "--json").splitlines()]
    assert {shop["id"], clinic["id"]} <= {key["id"] for key in listed}
    assert all(set(key) == {"id", "name", "makes_rooms", "created_at", "revoked_at"} for key in listed)
    for file in (server.folder / "data").iterdir():
        if file.is_file():
            assert shop["secret"].encode() not in file.read_bytes()


async def test_no_token_and_no_secret_is_in_the_log(
    server: ServerProcess, client: PythonClient, shop: dict[str, Any]
) -> None:
    good, bad = signed(shop, "logged-room"), signed(shop, "logged-room", exp=1)
    await client.refused("joinRoom", {"roomId": "logged-room", "token": bad})
    await client.ok("joinRoom", {"roomId": "logged-room", "token": good})
    # What the server has written is read by another thread.
    output = await eventually_async(
        "the join is logged", lambda: text if "logged-room" in (text := "".join(server.output)) else None
    )
    for secret in (good, bad, shop["secret"], good.rpartition(".")[2]):
        assert secret not in output
