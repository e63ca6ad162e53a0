"""Accounts over HTTP, and what attackers try with them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from fastapi import FastAPI

from tests.integration.test_http import refused, running
from tests.support.eventually import eventually_async
from tests.support.server_process import free_port
from visavis.accounts.throttle import OF_ACCOUNT_AND_ADDRESS

BASE = "https://calls.example.org"
PASSWORD = "a long walk by the river"
OTHER_PASSWORD = "an even longer walk"


def browser(app: FastAPI, address: str = "192.0.2.1", base: str = BASE, **headers: str) -> httpx.AsyncClient:
    """A browser at one of the server's own pages: it keeps cookies, and says where it comes from."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1234))
    own = {"Origin": base, "Sec-Fetch-Site": "same-origin", "User-Agent": "Firefox/140"}
    return httpx.AsyncClient(transport=transport, base_url=base, headers=own | headers)


async def sign_in(client: httpx.AsyncClient, login: str = "mara", password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/v1/session", json={"login": login, "password": password})


async def whoami(client: httpx.AsyncClient) -> Any:
    return (await client.get("/api/v1/me")).json()["account"]


@dataclass
class House:
    """A server whose first administrator is Mara; ``mara`` is the browser in which she signed up."""

    app: FastAPI
    mara: httpx.AsyncClient

    async def invitation(self, **asked: Any) -> str:
        made = await self.mara.post("/api/v1/links", json=asked)
        assert made.status_code == 201, made.text
        return str(made.json()["path"]).removeprefix("/welcome#")


@asynccontextmanager
async def lived_in(data: Path, **settings: Any) -> AsyncIterator[House]:
    async with running(data, **{"access": "accounts"} | settings) as app, browser(app) as mara:
        asked = {
            "secret": app.state.first_administrator,
            "userName": "Mara",
            "email": "mara@example.org",
            "name": "Mara Lind",
            "password": PASSWORD,
        }
        made = await mara.post("/api/v1/accounts", json=asked)
        assert made.status_code == 201, made.text
        yield House(app, mara)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with lived_in(tmp_path) as house:
        yield house


# --- from the first link to an account --------------------------------------------------------------


async def test_the_first_link_makes_an_administrator_once(house: House) -> None:
    account = await whoami(house.mara)
    assert account == {
        "id": account["id"],
        "userName": "mara",
        "email": "mara@example.org",
        "name": "Mara Lind",
        "admin": True,
    }
    again = {"secret": house.app.state.first_administrator, "userName": "joel", "password": PASSWORD}
    async with browser(house.app) as other:
        refused(await other.post("/api/v1/accounts", json=again), 403, "link_invalid")


async def test_a_restarted_server_has_another_first_link_until_there_is_an_account(tmp_path: Path) -> None:
    async with running(tmp_path, access="closed") as app:
        first = app.state.first_administrator
    async with running(tmp_path, access="closed") as app, browser(app) as http:
        assert app.state.first_administrator not in (None, first)
        asked = {"secret": first, "userName": "mara", "password": PASSWORD}
        refused(await http.post("/api/v1/accounts", json=asked), 403, "link_invalid")
        made = await http.post("/api/v1/accounts", json={**asked, "secret": app.state.first_administrator})
        assert made.status_code == 201
    async with running(tmp_path, access="closed") as app:
        assert app.state.first_administrator is None


async def test_an_open_server_prints_no_link(tmp_path: Path) -> None:
    async with running(tmp_path) as app, browser(app) as http:
        assert app.state.first_administrator is None
        assert (await http.get("/api/v1/me")).json() == {
            "account": None,
            "access": "open",
            "signup": False,
            "mail": False,
            "provider": None,
        }
        asked = {"userName": "mara", "password": PASSWORD}
        refused(await http.post("/api/v1/accounts", json=asked), 403, "signup_closed")
        refused(await http.post("/api/v1/password/link", json={"login": "mara"}), 403, "mail_off")


async def test_an_invitation_makes_one_account(house: House) -> None:
    secret = await house.invitation()
    async with browser(house.app) as joel:
        seen = (await joel.post("/api/v1/links/look", json={"secret": secret})).json()
        assert (seen["purpose"], seen["email"]) == ("invitation", None)
        asked = {"secret": secret, "userName": "MARA", "password": PASSWORD}
        refused(await joel.post("/api/v1/accounts", json=asked), 409, "account_exists")
        for wrong, code in (
            ({"password": "short"}, "password_too_short"),
            ({"userName": "a b"}, "user_name_invalid"),
        ):
            refused(await joel.post("/api/v1/accounts", json={**asked, **wrong}), 400, code)
        made = await joel.post("/api/v1/accounts", json={**asked, "userName": "joel"})
        assert made.status_code == 201
        assert (await whoami(joel))["name"] == "joel"
        assert not (await whoami(joel))["admin"]
        refused(await joel.post("/api/v1/links", json={}), 403, "admin_required")
        again = {**asked, "userName": "ines"}
        refused(await joel.post("/api/v1/accounts", json=again), 403, "link_invalid")
    refused(await house.mara.post("/api/v1/links/look", json={"secret": secret}), 403, "link_invalid")


async def test_links_cannot_be_guessed_nor_used_for_another_purpose(house: House) -> None:
    invitation = await house.invitation()
    async with browser(house.app) as http:
        for secret in ("", "x", invitation[:-1], invitation + "x", invitation.swapcase(), "0" * 64):
            body = {"secret": secret, "password": OTHER_PASSWORD, "userName": "joel"}
            for path in ("links/look", "accounts", "password"):
                answer = await http.post(f"/api/v1/{path}", json=body)
                assert answer.status_code in {400, 403}, answer.text
                assert answer.json()["code"] in {"link_invalid", "message_invalid"}
        reset = {"secret": invitation, "password": OTHER_PASSWORD}
        refused(await http.post("/api/v1/password", json=reset), 403, "link_invalid")


async def test_everybody_signs_up_where_that_is_set(tmp_path: Path) -> None:
    async with running(tmp_path, signup="open") as app, browser(app) as http:
        made = await http.post("/api/v1/accounts", json={"email": "Joel@Example.org", "password": PASSWORD})
        assert made.json()["account"]["name"] == "joel"
        assert not made.json()["account"]["admin"]


# --- sessions ---------------------------------------------------------------------------------------


async def test_the_cookie_is_for_this_host_by_https_and_out_of_reach_for_scripts(house: House) -> None:
    async with browser(house.app) as http:
        cookies = (await sign_in(http)).headers.get_list("set-cookie")
        session = next(cookie for cookie in cookies if cookie.startswith("__Host-visavis="))
        assert re.search(r"; HttpOnly; .*Path=/; SameSite=lax; Secure$", session), session
        assert "Domain" not in session
        assert (await http.get("/api/v1/me")).headers["cache-control"] == "no-store"
    async with browser(house.app, base="http://localhost:8000") as http:
        cookies = (await sign_in(http)).headers.get_list("set-cookie")
        assert all("Secure" not in cookie and "HttpOnly" in cookie for cookie in cookies)
        assert (await whoami(http))["userName"] == "mara"


async def test_after_signing_out_the_session_is_good_for_nobody(house: House) -> None:
    stolen = dict(house.mara.cookies)
    assert (await house.mara.delete("/api/v1/session")).json() == {"status": "ok"}
    assert await whoami(house.mara) is None
    async with browser(house.app) as thief:
        thief.cookies.update(stolen)
        assert await whoami(thief) is None
        refused(await thief.get("/api/v1/sessions"), 403, "sign_in_required")
        refused(await thief.post("/api/v1/rooms", json={}), 403, "sign_in_required")
    assert (await house.mara.delete("/api/v1/session")).status_code == 200


async def test_a_session_that_somebody_planted_is_not_signed_in_with_its_owner(house: House) -> None:
    """Fixation: the victim signs in with a cookie that the attacker knows."""
    async with browser(house.app) as attacker, browser(house.app) as victim:
        await sign_in(attacker)
        planted = attacker.cookies["__Host-visavis"]
        victim.cookies.set("__Host-visavis", planted, domain="calls.example.org", path="/")
        await sign_in(victim)
        assert victim.cookies.get("__Host-visavis", domain="calls.example.org") != planted
        assert await whoami(victim) is not None
        assert await whoami(attacker) is None
        for made_up in ("a" * 43, "attacker's"):
            victim.cookies.set("__Host-visavis", made_up, domain="calls.example.org", path="/")
            assert await whoami(victim) is None


async def test_sessions_are_listed_and_revoked(house: House) -> None:
    async with (
        browser(house.app, "192.0.2.9", **{"User-Agent": "Phone/1"}) as phone,
        browser(house.app) as third,
    ):
        await sign_in(phone)
        await sign_in(third)
        known = (await house.mara.get("/api/v1/sessions")).json()["sessions"]
        assert [each["current"] for each in known].count(True) == 1
        (of_phone,) = [each for each in known if each["userAgent"] == "Phone/1"]
        assert of_phone["address"] == "192.0.2.9"
        assert (await house.mara.delete(f"/api/v1/sessions/{of_phone['id']}")).status_code == 200
        assert await whoami(phone) is None
        refused(await house.mara.delete(f"/api/v1/sessions/{of_phone['id']}"), 404, "session_not_found")
        assert (await house.mara.delete("/api/v1/sessions")).status_code == 200
        assert await whoami(third) is None
        assert await whoami(house.mara) is not None


async def test_nobody_ends_the_sessions_of_others(house: House) -> None:
    own = (await house.mara.get("/api/v1/sessions")).json()["sessions"][0]["id"]
    async with browser(house.app) as joel:
        asked = {"secret": await house.invitation(), "userName": "joel", "password": PASSWORD}
        await joel.post("/api/v1/accounts", json=asked)
        refused(await joel.delete(f"/api/v1/sessions/{own}"), 404, "session_not_found")
    assert await whoami(house.mara) is not None


# --- passwords --------------------------------------------------------------------------------------


async def test_another_password_ends_every_other_session(house: House) -> None:
    async with browser(house.app) as other:
        await sign_in(other)
        new = {"old": PASSWORD, "new": OTHER_PASSWORD}
        wrong = {"old": OTHER_PASSWORD, "new": OTHER_PASSWORD}
        refused(await house.mara.put("/api/v1/me/password", json=wrong), 403, "password_wrong")
        common = {"old": PASSWORD, "new": "mara@example.org"}
        refused(await house.mara.put("/api/v1/me/password", json=common), 400, "password_too_common")
        assert await whoami(other) is not None
        assert (await house.mara.put("/api/v1/me/password", json=new)).status_code == 200
        assert await whoami(other) is None
        assert await whoami(house.mara) is not None
        refused(await sign_in(other), 403, "sign_in_failed")
        assert (await sign_in(other, "MARA@example.org", OTHER_PASSWORD)).status_code == 200


async def test_the_answer_does_not_tell_whether_there_is_such_an_account(house: House) -> None:
    async with browser(house.app) as http:
        answers = [await sign_in(http, login, "not the password") for login in ("mara", "nobody", "a b", "")]
        assert len({refused(answer, 403, "sign_in_failed") for answer in answers}) == 1
        assert len({frozenset(answer.headers) for answer in answers}) == 1


async def test_a_flood_of_guesses_is_slowed_down_and_does_not_lock_the_owner_out(house: House) -> None:
    async with browser(house.app, "203.0.113.9") as attacker:
        codes = [(await sign_in(attacker, password=f"guess number {n}")).json()["code"] for n in range(15)]
        assert codes == ["sign_in_failed"] * OF_ACCOUNT_AND_ADDRESS + ["too_many_attempts"] * 5
        refused(await sign_in(attacker), 429, "too_many_attempts")  # even by the right one, from there
    async with browser(house.app, "192.0.2.77") as elsewhere:
        assert (await sign_in(elsewhere)).status_code == 200
    # Behind the same address as the attacker: known by the mark of an earlier sign-in, session or not.
    await house.mara.delete("/api/v1/session")
    transport = httpx.ASGITransport(house.app, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, cookies=house.mara.cookies) as at_cafe:
        assert (await sign_in(at_cafe)).status_code == 200


# --- other origins ----------------------------------------------------------------------------------

FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://www.calls.example.org", "Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": "http://calls.example.org"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_a_page_of_another_origin_changes_nothing(house: House, headers: dict[str, str]) -> None:
    asked = {"old": PASSWORD, "new": OTHER_PASSWORD}
    mara = house.mara
    refused(await mara.put("/api/v1/me/password", json=asked, headers=headers), 403, "origin_refused")
    refused(await mara.delete("/api/v1/sessions", headers=headers), 403, "origin_refused")
    refused(await mara.delete("/api/v1/session", headers=headers), 403, "origin_refused")
    refused(await mara.post("/api/v1/links", json={"admin": True}, headers=headers), 403, "origin_refused")
    login = {"login": "mara", "password": PASSWORD}
    refused(await mara.post("/api/v1/session", json=login, headers=headers), 403, "origin_refused")
    refused(await mara.post("/api/v1/rooms", json={}, headers=headers), 403, "sign_in_required")
    assert (await mara.get("/api/v1/me", headers=headers)).json()["account"] is None
    assert await whoami(mara) is not None
    assert "access-control-allow-origin" not in (await mara.get("/api/v1/me", headers=headers)).headers


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_what_a_form_could_send_is_refused(house: House, kind: str) -> None:
    body = b'{"login": "mara", "password": "a long walk by the river"}'
    answer = await house.mara.post("/api/v1/session", content=body, headers={"Content-Type": kind})
    refused(answer, 400, "message_invalid")


# --- mail -------------------------------------------------------------------------------------------


class Box:
    """Takes mail for everybody."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.letters.append((envelope.rcpt_tos[0], envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def box() -> Any:
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield box, controller.port
    controller.stop()


def secret_in(letter: str) -> str:
    found = re.search(r"https://calls\.example\.org/welcome#(\S+)", letter)
    assert found is not None, letter
    return found[1]


async def test_a_password_is_reset_by_mail(tmp_path: Path, box: tuple[Box, int]) -> None:
    mail, port = box
    smtp = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_from": "Visavis <calls@example.org>",
        "public_url": BASE,
    }
    async with lived_in(tmp_path, **smtp) as house, browser(house.app, Host="evil.example") as http:
        http.headers["Origin"] = "https://evil.example"  # which would otherwise be in the link
        answers = [
            await http.post("/api/v1/password/link", json={"login": x}) for x in ("nobody", "a b", "mara")
        ]
        assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"status":"ok"}')}
        await eventually_async("the mail is there", lambda: mail.letters)
        ((to, letter),) = mail.letters
        assert to == "mara@example.org"
        assert "Auto-Submitted: auto-generated" in letter
        reset = {"secret": secret_in(letter), "password": OTHER_PASSWORD}
        refused(
            await house.mara.post("/api/v1/password", json={**reset, "password": "1234567890"}),
            400,
            "password_too_common",
        )
        assert (await house.mara.post("/api/v1/password", json=reset)).status_code == 200
        assert await whoami(house.mara) is None
        refused(await house.mara.post("/api/v1/password", json=reset), 403, "link_invalid")
        assert (await sign_in(house.mara, password=OTHER_PASSWORD)).status_code == 200
        await eventually_async("she is told of it", lambda: len(mail.letters) == 2)
        assert (
            await house.invitation(email="Joel@example.org")
            in (await eventually_async("Joel is invited", lambda: mail.letters[2:]))[0][1]
        )


# --- one's calls ------------------------------------------------------------------------------------


async def test_ones_name_is_changed(house: House) -> None:
    changed = await house.mara.patch("/api/v1/me", json={"name": " M.\u202e Lind "})
    assert changed.json()["account"]["name"] == "M. Lind"
    assert (await house.mara.patch("/api/v1/me", json={"name": ""})).json()["account"]["name"] == "mara"
    refused(await house.mara.patch("/api/v1/me", json={"name": "x" * 61}), 400, "name_too_long")
    async with browser(house.app) as guest:
        refused(await guest.patch("/api/v1/me", json={"name": "x"}), 403, "sign_in_required")
        refused(await guest.get("/api/v1/calls"), 403, "sign_in_required")
