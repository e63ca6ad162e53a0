"""API keys over HTTP: programs make rooms where guests may not."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from visavis.app import create_app
from visavis.issuing import add_key, revoke_key, sign_token
from visavis.rooms import Role
from visavis.settings import Settings

ROOMS = "/api/v1/rooms"


def made(settings: Settings) -> dict[str, Any]:
    return dict(json.loads(add_key(settings, "Shop", makes_rooms=False, as_json=True)[0]))


def bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}


@pytest.mark.parametrize("access", ["accounts", "closed"])
async def test_programs_make_rooms_where_guests_may_not(tmp_path: Path, access: str) -> None:
    settings = Settings.model_validate({"data": tmp_path, "access": access})
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://visavis.test") as http,
    ):
        key, other = await asyncio.to_thread(made, settings), await asyncio.to_thread(made, settings)
        good = bearer(f"{key['id']}.{key['secret']}")
        assert (await http.post(ROOMS, json={})).json()["code"] == "sign_in_required"
        answer = await http.post(ROOMS, json={"id": "consultation"}, headers=good)
        assert (answer.status_code, answer.json()["id"]) == (201, "consultation")
        for shown in (key["id"], f"{key['id']}.", f"{key['id']}.{other['secret']}", "x", ""):
            refused = await http.post(ROOMS, json={}, headers=bearer(shown))
            assert (refused.status_code, refused.json()["code"]) == (401, "api_key_invalid")
        await asyncio.to_thread(revoke_key, settings, key["id"])
        assert (await http.post(ROOMS, json={}, headers=good)).status_code == 401


async def test_a_token_opens_its_room_on_a_closed_server(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data": tmp_path, "access": "closed"})
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://visavis.test") as http,
    ):
        token = sign_token(settings, "garden", Role.HOST, None, "1h", None)["token"]
        assert (await http.get(f"{ROOMS}/garden")).json()["code"] == "sign_in_required"
        assert (await http.get(f"{ROOMS}/garden", headers=bearer(token))).status_code == 200
        refused = await http.post(ROOMS, json={}, headers=bearer(token))
        assert refused.json()["code"] == "api_key_invalid"
