"""Cameras and microphones that are not there, or not given."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.conftest import Invite
from tests.support.browser import chromium
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess


@pytest.fixture
def refusing(playwright: Playwright) -> Iterator[Browser]:
    """A browser in which every question for a device is answered with no."""
    with chromium(playwright, grant=False) as running:
        yield running


def test_one_who_refuses_can_join_and_listen(
    invite: Invite, refusing: Browser, server: ServerProcess
) -> None:
    mara, joel = invite("Mara", at=refusing), invite("Joel")
    link = mara.starts_a_room(server.url)
    expect(mara.page.get_by_role("heading", name="May Visavis use your camera?")).to_be_visible()
    mara.press("Ask now")
    expect(mara.page.get_by_text("closed")).to_be_visible()
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    eventually("sound comes in", lambda: mara.received()["totalAudioEnergy"] > 0, within=15)
    expect(joel.tile("Mara")).to_be_visible()
    expect(joel.tile("Mara").get_by_label("Muted")).to_be_visible()
    assert not joel.shows_picture("Mara")


def test_joining_asks_by_itself(invite: Invite, refusing: Browser, server: ServerProcess) -> None:
    mara = invite("Mara", at=refusing)
    mara.starts_a_room(server.url)
    mara.joins()
    expect(mara.page.get_by_text("You are the first here")).to_be_visible()


def test_a_microphone_is_enough(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.press("Camera on")
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    eventually("sound goes out", lambda: joel.received()["totalAudioEnergy"] > 0, within=15)
    assert not joel.shows_picture("Mara")


def test_a_page_without_media_devices_says_why(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    mara.page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    link = mara.starts_a_room(server.url)
    expect(mara.page.get_by_text("Browsers give them to https pages only")).to_be_visible()
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")


def test_the_choice_of_devices_is_remembered(invite: Invite, server: ServerProcess) -> None:
    mara = invite("Mara")
    mara.starts_a_room(server.url)
    mara.press("Devices")
    mara.page.get_by_role("menuitemradio", name="Fake Audio Input 2").click()
    mara.page.keyboard.press("Escape")
    mara.press("Camera on")
    mara.page.reload()
    expect(mara.control("Camera off")).to_be_visible()
    mara.press("Devices")
    chosen = mara.page.get_by_role("menuitemradio", name="Fake Audio Input 2")
    expect(chosen).to_have_attribute("aria-checked", "true")


def test_a_device_changed_in_the_call_goes_on(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    joel.sees("Mara")
    mara.opens_devices()
    mara.page.get_by_role("menuitemradio", name="Fake Audio Input 1").click()
    mara.page.keyboard.press("Escape")
    joel.receives()
