"""The two addresses by which a browser signs in at an identity provider."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.integration.test_accounts_http import BASE, browser, whoami
from tests.integration.test_http import running
from tests.support.eventually import eventually
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, GOOD, OidcProvider
from tests.support.server_process import free_port
from visavis.app import create_app
from visavis.settings import Settings, SettingsInvalid

START = "/api/v1/oidc/start"


@pytest.fixture(scope="module")
def process() -> Iterator[OidcProvider]:
    provider = OidcProvider()
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def provider(process: OidcProvider) -> OidcProvider:
    process.set()
    return process


def known(issuer: str, **more: Any) -> dict[str, Any]:
    """The settings that name a provider."""
    return {"oidc_issuer": issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET} | more


async def led_back(client: httpx.AsyncClient, then: str = "/") -> str:
    """From our page to the provider; where it leads back to."""
    sent = await client.get(START, params={"then": then})
    assert sent.status_code == 302
    async with httpx.AsyncClient(verify=False) as elsewhere:  # noqa: S501 - to plain http
        return str((await elsewhere.get(sent.headers["location"])).headers["location"])


async def test_a_browser_comes_back_signed_in(tmp_path: Path, provider: OidcProvider) -> None:
    settings = known(provider.issuer, oidc_name="the school", access="accounts")
    async with running(tmp_path, **settings) as app, browser(app) as mara, browser(app) as other:
        before = (await mara.get("/api/v1/me")).json()
        assert (before["account"], before["provider"]) == (None, "the school")
        back = await led_back(mara, "/r/garden")
        # It comes from another site now.
        from_there = {"Sec-Fetch-Site": "cross-site", "Origin": provider.issuer}
        arrived = await mara.get(back, headers=from_there)
        assert (arrived.status_code, arrived.headers["location"]) == (302, "/r/garden")
        session = next(c for c in arrived.headers.get_list("set-cookie") if c.startswith("__Host-visavis="))
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= {
            p.strip().lower() for p in session.split(";")
        }
        assert (await whoami(mara))["name"] == "Mara"
        assert (await mara.post("/api/v1/rooms", json={})).status_code == 201
        assert await whoami(other) is None
        for again in (mara, other):
            replayed = await again.get(back)
            assert replayed.headers["location"] == "/sign-in#problem=sign_in_stale"
        assert await whoami(other) is None
        assert (await whoami(mara))["name"] == "Mara"


async def test_the_secret_may_stand_in_a_file(tmp_path: Path, provider: OidcProvider) -> None:
    file = tmp_path / "client-secret"
    settings = known(provider.issuer, oidc_client_secret=None, oidc_client_secret_file=file)
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        create_app(Settings(data=tmp_path, **settings))
    file.write_text(f"{CLIENT_SECRET}\n")
    async with running(tmp_path, **settings) as app, browser(app) as mara:
        await mara.get(await led_back(mara))
        assert (await whoami(mara))["name"] == "Mara"


async def test_what_the_browser_keeps_meanwhile_is_gone_afterwards(
    tmp_path: Path, provider: OidcProvider
) -> None:
    async with running(tmp_path, **known(provider.issuer)) as app, browser(app) as mara:
        back = await led_back(mara)
        assert "__Host-visavis-sign-in" in mara.cookies
        await mara.get(back)
        assert "__Host-visavis-sign-in" not in mara.cookies


@pytest.mark.parametrize(
    ("knobs", "code"),
    [
        ({"error": "access_denied"}, "provider_refused"),
        ({"claims": {"nonce": "another"}}, "provider_answer_invalid"),
        ({"token_answer": [503, ""]}, "provider_unavailable"),
        ({"person": GOOD["person"] | {"groups": ["guests"]}}, "account_not_allowed"),
    ],
)
async def test_the_sign_in_page_says_what_went_wrong(
    tmp_path: Path, provider: OidcProvider, knobs: dict[str, Any], code: str
) -> None:
    person = GOOD["person"] | {"groups": ["staff"]}
    provider.set(**({"person": person} | knobs))
    settings = known(provider.issuer, oidc_allowed_groups=("staff",))
    async with running(tmp_path, **settings) as app, browser(app) as mara:
        answer = await mara.get(await led_back(mara))
        assert (answer.status_code, answer.headers["location"]) == (302, f"/sign-in#problem={code}")
        assert await whoami(mara) is None


async def test_a_provider_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    async with running(tmp_path, **known(f"http://localhost:{free_port()}")) as app, browser(app) as mara:
        answer = await mara.get(START)
        assert answer.headers["location"] == "/sign-in#problem=provider_unavailable"


async def test_the_provider_is_told_the_address_of_the_settings(
    tmp_path: Path, provider: OidcProvider
) -> None:
    settings = known(provider.issuer, public_url="https://video.example.org")
    async with running(tmp_path, **settings) as app, browser(app) as mara:
        sent = (await mara.get(START, headers={"Host": "evil.example"})).headers["location"]
        assert parse_qs(urlsplit(sent).query)["redirect_uri"] == [
            "https://video.example.org/api/v1/oidc/back"
        ]


async def test_nobody_has_the_provider_asked_without_end(tmp_path: Path, provider: OidcProvider) -> None:
    async with running(tmp_path, **known(provider.issuer)) as app, browser(app) as mara:
        places = [(await mara.get(START)).headers["location"] for _ in range(31)]
        assert places[-1] == "/sign-in#problem=rate_limited"
        assert places[-2].startswith(provider.issuer)


async def test_without_a_provider_there_is_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as app, browser(app) as mara:
        assert (await mara.get(START)).status_code == 404
        assert (await mara.get("/api/v1/me")).json()["provider"] is None


@pytest.fixture
def strangers() -> Iterator[str]:
    """The issuer of a provider that others have written, in which Jonas has an account."""
    port = free_port()
    issuer = f"http://localhost:{port}"
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    jonas = '{"sub": "jonas", "name": "Jonas", "email": "jonas@example.org", "email_verified": true}'
    process = subprocess.Popen(
        [*command, "--require-nonce", "true", "--user-claims", jonas],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def answers() -> bool:
        try:
            return httpx.get(f"{issuer}/.well-known/openid-configuration").is_success
        except httpx.HTTPError:
            return False

    eventually("the provider answers", answers, within=20)
    yield issuer
    process.terminate()
    process.wait(timeout=10)


async def test_a_provider_that_others_have_written_signs_people_in(tmp_path: Path, strangers: str) -> None:
    async with running(tmp_path, **known(strangers)) as app, browser(app) as jonas:
        asked = (await jonas.get(START, params={"then": "/account"})).headers["location"]
        async with httpx.AsyncClient(verify=False) as elsewhere:  # noqa: S501 - to plain http
            back = (await elsewhere.post(asked, data={"sub": "jonas"})).headers["location"]
        assert back.startswith(f"{BASE}/api/v1/oidc/back?")
        assert (await jonas.get(back)).headers["location"] == "/account"
        assert (await whoami(jonas))["email"] == "jonas@example.org"
