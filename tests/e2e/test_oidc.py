"""Signing in at an identity provider, by the one button of the sign-in page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider
from tests.support.server_process import ServerProcess


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    process = OidcProvider()
    process.start()
    yield process
    process.stop()


@pytest.fixture
def server(tmp_path: Path, provider: OidcProvider) -> Iterator[ServerProcess]:
    process = ServerProcess(
        tmp_path,
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        oidc_name="the school",
        access="accounts",
    )
    process.start()
    yield process
    process.stop()


def test_one_signs_in_by_the_button(invite: Invite, server: ServerProcess, provider: OidcProvider) -> None:
    mara = invite("Mara")
    provider.set(error="access_denied")
    mara.open(f"{server.url}/sign-in")
    mara.page.get_by_role("link", name="Sign in with the school").click()
    expect(mara.page.get_by_text("You were not signed in")).to_be_visible()
    provider.set()
    mara.page.get_by_role("link", name="Sign in with the school").click()
    mara.page.wait_for_url(f"{server.url}/")
    expect(mara.page.get_by_role("link", name="Mara")).to_be_visible()
