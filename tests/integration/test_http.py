"""The HTTP side: the API with its errors, the pages, and the headers on all of it."""

import asyncio
import gzip
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from visavis.api.body_limit import MAX_BODY_BYTES
from visavis.api.errors import status_of
from visavis.app import create_app
from visavis.calls import Calls
from visavis.errors import AppError, all_codes
from visavis.rooms import ROOM_ID_PATTERN
from visavis.settings import Settings
from visavis.web.headers import SECURITY_HEADERS
from visavis.web.pages import Pages

ASGIApp = Callable[..., Awaitable[None]]

JSON = {"Content-Type": "application/json"}
CORP = "Cross-Origin-Resource-Policy"


def client_of(app: ASGIApp, *, address: str = "192.0.2.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1234))
    return httpx.AsyncClient(transport=transport, base_url="http://visavis.test")


@asynccontextmanager
async def running(data: Path, **settings: Any) -> AsyncIterator[FastAPI]:
    app = create_app(Settings(data=data, **settings))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with running(tmp_path) as app:
        yield app


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


def refused(response: httpx.Response, status: int, code: str) -> str:
    """Check the one form that all errors have. Its message."""
    assert response.status_code == status, response.text
    body = response.json()
    assert body == {"status": "error", "code": code, "message": body["message"]}
    assert body["message"]
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value
    return str(body["message"])


# --- rooms ------------------------------------------------------------------------------------------


AS_USUAL = {
    "capacity": 8,
    "inside": [],
    "full": False,
    "name": "",
    "passcode": False,
    "lobby": False,
    "locked": False,
    "once": False,
    "state": "open",
}


async def test_a_room_gets_an_id_that_nobody_can_guess(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v1/rooms", json={})
    assert response.status_code == 201
    made = response.json()
    assert made == AS_USUAL | {"id": made["id"], "hostKey": made["hostKey"]}
    assert len(made.pop("hostKey")) == 32  # only now
    assert re.fullmatch(r"([a-z]{5}-){3}[a-z]{5}", made["id"])
    assert (await http.get(f"/api/v1/rooms/{made['id']}")).json() == made


async def test_a_room_can_be_given_an_id_and_a_capacity(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v1/rooms", json={"id": "Piano-Lesson", "capacity": 2})
    made = response.json()
    del made["hostKey"]
    assert made == AS_USUAL | {"id": "piano-lesson", "capacity": 2}
    assert (await http.get("/api/v1/rooms/PIANO-lesson")).json() == made


async def test_a_room_survives_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as app, client_of(app) as http:
        made = (await http.post("/api/v1/rooms", json={"capacity": 3})).json()
        key = {"Visavis-Host-Key": made.pop("hostKey")}
    async with running(tmp_path) as app, client_of(app) as http:
        assert (await http.get(f"/api/v1/rooms/{made['id']}")).json() == made
        assert (await http.get(f"/api/v1/rooms/{made['id']}/settings", headers=key)).status_code == 200


async def test_a_room_that_exists_is_refused(http: httpx.AsyncClient) -> None:
    await http.post("/api/v1/rooms", json={"id": "piano"})
    refused(await http.post("/api/v1/rooms", json={"id": "piano"}), 409, "room_exists")


async def test_a_room_that_nobody_made_is_not_found(http: httpx.AsyncClient) -> None:
    refused(await http.get("/api/v1/rooms/nowhere"), 404, "room_not_found")


@pytest.mark.parametrize("room_id", ["ab", "-ab", "a" * 65, "a b", "räume", "a/../b", "", "\ud800", "a\0b"])
async def test_an_id_that_does_not_fit_the_pattern_is_refused(http: httpx.AsyncClient, room_id: str) -> None:
    assert not ROOM_ID_PATTERN.fullmatch(room_id)
    body = json.dumps({"id": room_id})  # in ASCII: httpx cannot send half a surrogate pair
    refused(await http.post("/api/v1/rooms", content=body, headers=JSON), 400, "room_id_invalid")


async def test_an_address_with_an_id_that_does_not_fit_is_refused(http: httpx.AsyncClient) -> None:
    refused(await http.get("/api/v1/rooms/a%00b%F0%9F%98%80"), 400, "room_id_invalid")


@pytest.mark.parametrize("capacity", [1, 0, -1, 33, 10**100])
async def test_a_capacity_that_is_not_possible_is_refused(http: httpx.AsyncClient, capacity: int) -> None:
    refused(await http.post("/api/v1/rooms", json={"capacity": capacity}), 400, "capacity_invalid")


async def test_many_rooms_from_one_address_are_refused_for_a_while(tmp_path: Path) -> None:
    async with running(tmp_path, rooms_per_minute=2) as app:
        async with client_of(app, address="192.0.2.1") as http:
            for _ in range(2):
                assert (await http.post("/api/v1/rooms", json={})).status_code == 201
            response = await http.post("/api/v1/rooms", json={})
            refused(response, 429, "rate_limited")
            assert response.headers["Retry-After"] == "60"
            assert (await http.get("/api/v1/ice")).status_code == 200
        async with client_of(app, address="192.0.2.2") as other:
            assert (await other.post("/api/v1/rooms", json={})).status_code == 201


# --- the rest of the API ----------------------------------------------------------------------------


async def test_the_ice_servers_are_those_of_the_settings(tmp_path: Path) -> None:
    urls = ("stun:a.example:3478", "stun:b.example:3478")
    async with running(tmp_path, stun_urls=urls) as app, client_of(app) as http:
        assert (await http.get("/api/v1/ice")).json() == {
            "iceServers": [{"urls": list(urls)}],
            "hasRelay": False,
            "relayOnly": False,
        }


async def test_credentials_are_for_those_in_a_room_and_not_for_everybody(tmp_path: Path) -> None:
    elsewhere = {"turn_urls": ("turn:a.example",), "turn_secret": "very secret"}
    async with running(tmp_path, **elsewhere) as app, client_of(app) as http:
        answer = await http.get("/api/v1/ice")
    assert answer.json() == {"iceServers": [], "hasRelay": True, "relayOnly": False}


async def test_health_counts_what_is_alive(http: httpx.AsyncClient) -> None:
    await http.post("/api/v1/rooms", json={})
    health = (await http.get("/healthz")).json()
    counts = {"rooms": 0, "participants": 0}
    states = {"turn": "off", "history": "ok"}
    assert health == {"status": "ok", "version": health["version"]} | counts | states
    assert (await http.head("/healthz")).status_code == 200


async def test_the_description_of_the_api_is_served_and_names_the_form_of_errors(
    http: httpx.AsyncClient,
) -> None:
    described = (await http.get("/api/openapi.json")).json()
    assert {"/api/v1/rooms", "/api/v1/rooms/{room_id}", "/api/v1/session", "/healthz"} < set(
        described["paths"]
    )
    assert "Refused" in described["components"]["schemas"]
    assert "HTTPValidationError" not in described["components"]["schemas"]


# --- errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/rooms/", "/api/v2/rooms"])
async def test_an_unknown_address_of_the_api_is_not_found(http: httpx.AsyncClient, path: str) -> None:
    refused(await http.get(path, headers={"Accept": "text/html"}), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/v1/rooms/piano/acts", "GET"),
        ("POST", "/api/v1/ice", "GET"),
    ],
)
async def test_a_method_that_does_not_fit_is_refused(
    http: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    response = await http.request(method, path)
    refused(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == allowed


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body."),
        (b"null", "body"),
        (b"[]", "body"),
        (b"[" * 10_000, ""),
        (b"\xff\xfe", ""),
        (b'{"capacity": "4"}', "body.capacity"),
        (b'{"capacity": 4.5}', "body.capacity"),
        (b'{"capacity": true}', "body.capacity"),
        (b'{"capacity": NaN}', "body.capacity"),
        (b'{"capacity": 1' + b"0" * 5000 + b"}", ""),
        (b'{"id": 5}', "body.id"),
        (b'{"id": ["a"]}', "body.id"),
    ],
)
async def test_a_body_of_another_form_is_refused_by_the_path_of_the_field(
    http: httpx.AsyncClient, body: bytes, field: str
) -> None:
    response = await http.post("/api/v1/rooms", content=body, headers=JSON)
    assert refused(response, 400, "message_invalid").startswith(field)


async def test_a_body_that_is_not_json_by_its_type_is_refused(http: httpx.AsyncClient) -> None:
    """So that a page of another site cannot make rooms: a form never has this type."""
    response = await http.post("/api/v1/rooms", content=b"{}", headers={"Content-Type": "text/plain"})
    refused(response, 400, "message_invalid")


async def test_no_other_site_is_let_in(http: httpx.AsyncClient) -> None:
    origin = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for response in (
        await http.get("/api/v1/ice", headers=origin),
        await http.options("/api/v1/rooms", headers=origin),
    ):
        assert not [name for name in response.headers if name.startswith("access-control")]


async def test_a_body_at_the_limit_is_read(http: httpx.AsyncClient) -> None:
    body = b"{}".ljust(MAX_BODY_BYTES)
    assert (await http.post("/api/v1/rooms", content=body, headers=JSON)).status_code == 201


async def test_a_body_over_the_limit_is_refused(http: httpx.AsyncClient) -> None:
    body = b"{}".ljust(MAX_BODY_BYTES + 1)
    refused(await http.post("/api/v1/rooms", content=body, headers=JSON), 413, "message_too_large")


async def test_a_body_over_the_limit_in_chunks_is_refused_before_its_end(http: httpx.AsyncClient) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1024
            yield b" " * 1024

    async with asyncio.timeout(5):
        response = await http.post("/api/v1/rooms", content=endless(), headers=JSON)
    refused(response, 413, "message_too_large")
    assert taken <= MAX_BODY_BYTES + 2 * 1024


async def test_a_database_that_breaks_is_unavailable(http: httpx.AsyncClient, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "visavis.db") as vandal:
        vandal.execute("DROP TABLE rooms")
    vandal.close()
    refused(await http.get("/api/v1/rooms/piano"), 503, "storage_unavailable")
    refused(await http.post("/api/v1/rooms", json={}), 503, "storage_unavailable")
    assert (await http.get("/healthz")).status_code == 200


async def test_what_nobody_expected_is_logged_under_the_id_that_is_told(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Calls) -> None:
        raise ZeroDivisionError("the secret of the day")

    monkeypatch.setattr(Calls, "counts", fail)
    with capture_logs() as logged:
        message = refused(await http.get("/healthz"), 500, "internal")
    (line,) = logged
    assert line["fault"] in message
    assert isinstance(line["exc_info"], ZeroDivisionError)
    assert "secret of the day" not in message


def test_every_error_has_a_status() -> None:
    def leaves(kind: type[AppError]) -> list[type[AppError]]:
        return [leaf for child in kind.__subclasses__() for leaf in leaves(child)] or [kind]

    found = leaves(AppError)
    assert {kind.code for kind in found} == set(all_codes())
    assert all(400 <= status_of(kind()) < 600 for kind in found)


# --- pages ------------------------------------------------------------------------------------------

INDEX = b"<!doctype html><title>Visavis</title>" + b" " * 1000
SCRIPT = b"console.log('visavis');" * 100
GZIPPED, BROTLI = gzip.compress(SCRIPT), b"as brotli"  # which no client here unpacks
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_bytes(INDEX)
    (dist / "favicon.svg").write_bytes(b"<svg/>")
    (dist / "assets/index-BX3a.js").write_bytes(SCRIPT)
    (dist / "assets/index-BX3a.js.gz").write_bytes(GZIPPED)
    (dist / "assets/index-BX3a.js.br").write_bytes(BROTLI)
    (tmp_path / "secret").write_bytes(b"hush")
    return dist


@pytest.fixture
async def pages(dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(Pages(dist)) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/r/piano", "/r/piano/", "/r/what%20ever", "/r/piano?x=1"]
)
async def test_the_page_is_at_home_and_at_every_room(pages: httpx.AsyncClient, path: str) -> None:
    response = await pages.get(path)
    assert (response.status_code, response.content) == (200, INDEX)
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/nowhere", "/r", "/r/", "/r/a/b", "/assets/gone.js"])
async def test_where_there_is_nothing_a_browser_gets_the_page_and_a_404(
    pages: httpx.AsyncClient, path: str
) -> None:
    navigated = await pages.get(path, headers=BROWSER)
    assert (navigated.status_code, navigated.content) == (404, INDEX)
    assert navigated.headers["Cache-Control"] == "no-cache"
    loaded = await pages.get(path)
    assert loaded.status_code == 404
    assert loaded.headers["Content-Type"].startswith("text/plain")


async def test_hashed_files_are_kept_for_a_year_and_others_are_asked_for_again(
    pages: httpx.AsyncClient,
) -> None:
    script = await pages.get("/assets/index-BX3a.js")
    assert script.content == SCRIPT
    assert "javascript" in script.headers["Content-Type"]
    assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    icon = await pages.get("/favicon.svg")
    assert icon.headers["Content-Type"] == "image/svg+xml"
    assert icon.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/favicon.svg", "/assets/index-BX3a.js"])
async def test_what_a_browser_has_is_not_sent_again(pages: httpx.AsyncClient, path: str) -> None:
    first = await pages.get(path)
    for known in (first.headers["ETag"], f'"other", {first.headers["ETag"]}', "*"):
        again = await pages.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert (await pages.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_the_tag_of_a_page_follows_its_contents(pages: httpx.AsyncClient, dist: Path) -> None:
    before = (await pages.get("/")).headers["ETag"]
    (dist / "index.html").write_bytes(INDEX.replace(b"Visavis", b"Visavos"))
    async with client_of(Pages(dist)) as rebuilt:
        response = await rebuilt.get("/", headers={"If-None-Match": before})
    assert response.status_code == 200
    assert response.headers["ETag"] != before


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("identity", None),
        ("gzip;q=0, *", None),
        ("", None),
    ],
)
async def test_files_are_sent_compressed_to_those_who_take_it(
    pages: httpx.AsyncClient, accepted: str, coding: str | None
) -> None:
    asked = {"Accept-Encoding": accepted}
    async with pages.stream("GET", "/assets/index-BX3a.js", headers=asked) as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert response.headers.get("Content-Encoding") == coding
    assert response.headers["Vary"] == "Accept-Encoding"
    assert raw == {"br": BROTLI, "gzip": GZIPPED, None: SCRIPT}[coding]
    assert "javascript" in response.headers["Content-Type"]


async def test_a_compressed_file_is_no_file_of_its_own(pages: httpx.AsyncClient) -> None:
    assert (await pages.get("/assets/index-BX3a.js.br")).status_code == 404


async def test_the_page_is_only_to_be_read(pages: httpx.AsyncClient) -> None:
    response = await pages.post("/")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret",
        "/assets/../../secret",
        "/..%2fsecret",
        "//secret",
        "/assets",
        "/assets/",
        "/dist/../secret",
    ],
)
async def test_nothing_beside_the_build_can_be_had(dist: Path, path: str) -> None:
    """Asked without a client in between: clients tidy such paths."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path.replace("%2f", "/"), "headers": []}
    await Pages(dist)(scope, None, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 404
    assert b"hush" not in sent[1]["body"]


async def test_a_socket_where_there_is_none_is_closed(dist: Path) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/nowhere", "headers": []}
    await Pages(dist)(scope, None, send)  # type: ignore[arg-type]
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_a_missing_build_says_what_to_do_and_is_logged_once(tmp_path: Path) -> None:
    with capture_logs() as logged:
        pages = Pages(tmp_path / "dist")
        async with client_of(pages) as client:
            for _ in range(2):
                response = await client.get("/r/piano")
                assert response.status_code == 503
                assert "make web" in response.text
    assert [line["log_level"] for line in logged] == ["warning"]


async def test_every_answer_has_the_security_headers(http: httpx.AsyncClient) -> None:
    for path in (
        "/",
        "/r/piano",
        "/nowhere",
        "/healthz",
        "/api/v1/ice",
        "/socket.io/?EIO=9&transport=polling",
    ):
        response = await http.get(path)
        for name, value in SECURITY_HEADERS.items():
            # Whether the server lives may be asked from the page that helps to trust its authority.
            expected = "cross-origin" if (path, name) == ("/healthz", CORP) else value
            assert response.headers[name] == expected, path
