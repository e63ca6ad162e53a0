"""What one sounds like to the others, and what happens when a device changes in a call."""

import math
import struct
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person, chromium
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

RATE = 48_000

STROKES_A_SECOND = 4

# How far apart left and right are as they are decoded and played: from 0, where they are the same, to 1,
# where one of them is silent.
_WIDTH = """
async (video) => {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream(video.srcObject.getAudioTracks()));
  const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
  source.connect(splitter);
  const sides = [0, 1].map((side) => {
    const analyser = new AnalyserNode(context, { fftSize: 16384 });
    splitter.connect(analyser, side);
    return analyser;
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const [left, right] = sides.map((analyser) => {
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    return samples;
  });
  await context.close();
  const energy = (samples) => samples.reduce((sum, sample) => sum + sample * sample, 0);
  const apart = energy(left.map((sample, at) => sample - right[at]));
  return apart / (energy(left) + energy(right) || Infinity);
}
"""

# Each time that a track was replaced: how the one before was, and the one that took its place.
_NOTE_REPLACED = """
window.testReplaced = [];
const replace = RTCRtpSender.prototype.replaceTrack;
RTCRtpSender.prototype.replaceTrack = function (track) {
  if (this.track !== null) testReplaced.push(`${this.track.readyState} by ${track?.readyState}`);
  return replace.call(this, track);
};
"""

_ASKS_FOR_STEREO = """
() => window.testLinks.some(({ connectionState, localDescription }) =>
  connectionState === 'connected' && /[ ;]stereo=1/.test(localDescription.sdp))
"""

_MAY_SEND = """
() => Math.max(...window.testLinks.filter(({ connectionState }) => connectionState === 'connected')
  .map((link) => link.getSenders()[0].getParameters().encodings[0].maxBitrate))
"""


# Packets of the other's microphone so far, and when the last of them came, in ms.
_RECEIVED = """
async () => {
  const link = window.testLinks.find(({ connectionState }) => connectionState === 'connected');
  const entries = [...(await link.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
  const sound = entries.find(({ kind, mid }) => kind === 'audio' && mid === '0');
  return [sound.packetsReceived, sound.lastPacketReceivedTimestamp];
}
"""
PACKET_MS = 20
AROUND_A_CHANGE_MS = 2_500
MAY_BE_MISSING_MS = 100


@pytest.fixture
def musician(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """A browser that hears strokes on the left and nothing on the right."""
    heard = tmp_path / "strokes.wav"
    length = RATE // STROKES_A_SECOND
    stroke = [
        struct.pack("<hh", int(16_000 * math.exp(-at / 6_000) * math.sin(2 * math.pi * 440 * at / RATE)), 0)
        for at in range(length)
    ]
    with wave.open(str(heard), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(stroke) * 8)
    with chromium(playwright, f"--use-file-for-fake-audio-capture={heard}") as running:
        yield running


def width(of: str, to: Person) -> float:
    """How wide somebody's sound is for somebody else, from 0 to 1."""
    return float(to.tile(of).locator("video").evaluate(_WIDTH))


def missing_while(listener: Person, act: Callable[[], None]) -> float:
    """How much of the other's sound never came, in ms, from before ``act`` until it is long done.

    Counted by packets: a busy machine brings them late, and then makes sound up, but brings them all.
    """
    packets, began = listener.page.evaluate(_RECEIVED)
    act()
    listener.page.wait_for_timeout(AROUND_A_CHANGE_MS)
    more, ended = listener.page.evaluate(_RECEIVED)
    return float(ended - began - (more - packets) * PACKET_MS)


@pytest.mark.alone
def test_sound_is_original_on_demand_and_devices_change_without_a_gap(
    invite: Invite, musician: Browser, server: ServerProcess
) -> None:
    mara, joel = invite("Mara", at=musician), invite("Joel")
    mara.page.add_init_script(_NOTE_REPLACED)
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    joel.sees("Mara")
    joel.receives()
    assert width("Mara", to=joel) < 0.01
    mara.opens_devices()

    original = mara.page.get_by_role("menuitemcheckbox", name="Original sound")
    assert missing_while(joel, original.click) < MAY_BE_MISSING_MS
    eventually("the sound is as wide as it is", lambda: width("Mara", to=joel) > 0.9, within=15)
    eventually("it may take what music needs", lambda: mara.page.evaluate(_MAY_SEND) == 107_000)

    # What one does oneself is nothing to the other's sound.
    assert not mara.page.evaluate(_ASKS_FOR_STEREO)
    assert joel.page.evaluate(_ASKS_FOR_STEREO)

    assert missing_while(joel, original.click) < MAY_BE_MISSING_MS
    eventually("nobody asks for stereo", lambda: not joel.page.evaluate(_ASKS_FOR_STEREO))
    eventually("the sound is that of speech", lambda: width("Mara", to=joel) < 0.01, within=15)
    eventually("it takes what speech needs", lambda: mara.page.evaluate(_MAY_SEND) == 44_000)

    # Another microphone, and the same camera captured anew.
    mara.page.evaluate("() => { testReplaced.length = 0 }")
    another = mara.page.get_by_role("menuitemradio", name="Fake Audio Input 2")
    assert missing_while(joel, another.click) < MAY_BE_MISSING_MS
    mara.opens_devices()
    mara.page.get_by_role("menuitemradio", name="fake_device_0").click()
    replaced = "() => testReplaced.filter((how) => how !== 'live by live').concat(testReplaced.length)"
    eventually("both were replaced, each while it still ran", lambda: mara.page.evaluate(replaced) == [2])
    joel.receives()


def test_one_tries_ones_sound_before_the_call_and_in_it(
    invite: Invite, musician: Browser, server: ServerProcess
) -> None:
    mara = invite("Mara", at=musician)
    mara.starts_a_room(server.url)
    mara.press("Devices")
    mara.page.get_by_role("menuitem", name="Test my sound").click()
    test = mara.page.get_by_role("dialog", name="Test my sound")
    test.get_by_role("button", name="Play a sound").click()
    expect(test.get_by_role("button", name="Playing", exact=True)).to_be_visible()
    expect(test.locator("[data-level='4'], [data-level='5']")).to_be_visible()
    test.get_by_role("button", name="Speak for 3 seconds").click()
    expect(test.get_by_text("Playing it back")).to_be_visible(timeout=10_000)
    mara.page.keyboard.press("Escape")
    expect(test).to_be_hidden()

    mara.joins()
    mara.press("Mute")
    mara.opens_devices()
    mara.page.get_by_role("menuitem", name="Test my sound").click()
    expect(test.get_by_text("You are muted: nobody else hears this.")).to_be_visible()
    expect(test.locator("[data-level='4'], [data-level='5']")).to_be_visible()
