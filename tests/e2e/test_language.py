"""The pages speak the browser's language, or the one that was chosen."""

from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.support.server_process import ServerProcess


def test_the_pages_speak_german_to_a_german_browser_until_another_language_is_chosen(
    invite: Invite, server: ServerProcess
) -> None:
    mara = invite("Mara", locale="de-AT")
    mara.open(f"{server.url}/")
    page = mara.page
    expect(page.get_by_role("button", name="Einen Raum öffnen")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de-DE")
    entry = page.get_by_label("Link oder Name eines Raums")
    entry.fill("garden-room")

    page.get_by_label("Sprache").select_option(label="English")
    expect(page.get_by_role("button", name="Start a room")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    expect(page.get_by_label("Link or name of a room")).to_have_value("garden-room")

    page.reload()
    expect(page.get_by_role("button", name="Start a room")).to_be_visible()
