"""Cameras and microphones that are not there, or not given."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.conftest import Invite
from tests.support.browser import chromium
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

# Fake devices cannot be unplugged. What a browser does then is done in its place: the track ends, the device
# is not in the list and is not given any more, and the page is told.
_UNPLUG = """
const devices = navigator.mediaDevices;
const [list, get] = [devices.enumerateDevices, devices.getUserMedia].map((ask) => ask.bind(devices));
const gone = new Set();
const captured = [];
const isThere = ({ label }) => !gone.has(label);
devices.enumerateDevices = async () => (await list()).filter(isThere);
devices.getUserMedia = async (wanted) => {
  const there = await devices.enumerateDevices();
  for (const [kind, constraints] of [['audioinput', wanted.audio], ['videoinput', wanted.video]]) {
    if (!constraints) continue;
    const those = there.filter((device) => device.kind === kind);
    const id = constraints.deviceId?.exact;
    if (those.length === 0) throw new DOMException('', 'NotFoundError');
    if (id !== undefined && !those.some(({ deviceId }) => deviceId === id))
      throw new OverconstrainedError('deviceId');
  }
  const stream = await get(wanted);
  captured.push(...stream.getTracks());
  return stream;
};
window.unplug = (label) => {
  gone.add(label);
  for (const track of captured.filter((one) => one.label === label && one.readyState === 'live')) {
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
  devices.dispatchEvent(new Event('devicechange'));
};
window.plugIn = (label) => {
  gone.delete(label);
  devices.dispatchEvent(new Event('devicechange'));
};
"""

_MICROPHONE_SENT = """
() => testLinks.filter(({ connectionState }) => connectionState === 'connected')
  .map((link) => link.getSenders()[0].track?.label)[0]
"""


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


def test_what_is_unplugged_in_the_call_is_told_and_comes_back(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    mara.page.add_init_script(f"if (navigator.mediaDevices) {{ {_UNPLUG} }}")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    joel.sees("Mara")
    mara.opens_devices()
    headset = "Fake Audio Input 2"
    mara.page.get_by_role("menuitemradio", name=headset).click()
    mara.page.keyboard.press("Escape")
    eventually("it is sent", lambda: mara.page.evaluate(_MICROPHONE_SENT) == headset)

    # Another takes its place, and gives it back.
    mara.page.evaluate("label => unplug(label)", headset)
    expect(mara.page.get_by_text("The microphone is gone")).to_be_visible()
    expect(mara.page.get_by_text("Now Fake Default Audio Input is used.")).to_be_visible()
    joel.receives()
    mara.page.evaluate("label => plugIn(label)", headset)
    # What was said of it a moment before may still be on its way out.
    told = mara.page.locator("[data-notice]")
    expect(told.get_by_text(f"{headset} is plugged in")).to_be_visible()
    eventually("it is sent again", lambda: mara.page.evaluate(_MICROPHONE_SENT) == headset)
    expect(mara.page.get_by_text("It is used now.")).to_be_visible()
    expect(mara.page.locator("[data-notice]").get_by_text("The microphone is gone")).to_be_hidden()
    joel.receives()

    # There is only one camera.
    mara.page.evaluate("unplug('fake_device_0')")
    expect(mara.page.get_by_text("The camera is gone")).to_be_visible()
    eventually("Joel sees a face in place of the picture", lambda: not joel.shows_picture("Mara"))
    mara.page.evaluate("plugIn('fake_device_0')")
    eventually("Joel sees her again", lambda: joel.shows_picture("Mara"), within=15)
    joel.sees("Mara")
    expect(told.get_by_text("fake_device_0 is plugged in")).to_be_visible()
    expect(mara.page.get_by_text("The camera is gone")).to_be_hidden()
