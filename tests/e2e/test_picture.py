"""How somebody's picture and screen come to the other side."""

import base64
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Playwright, expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person, chromium
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

WIDTH, HEIGHT = 640, 360

# Of a picture as it is on the screen: which of red and blue is stronger, a quarter of it from the left and
# from the right, in the upper half, where nothing is written.
_SIDES = """
async (picture) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
  const paper = new OffscreenCanvas(image.width, image.height).getContext('2d');
  paper.drawImage(image, 0, 0);
  return [0.25, 0.75].map((across) => {
    const [red, , blue] = paper.getImageData(image.width * across, image.height * 0.4, 1, 1).data;
    return red > blue ? 'red' : 'blue';
  });
}
"""

# Of a screen that is shared: what is to be kept of it, how wide it is, and how much smaller it is sent.
_SCREEN_SENT = """
() => testLinks.filter(({ connectionState }) => connectionState === 'connected')
  .flatMap((link) => link.getSenders())
  .filter(({ track }) => ['detail', 'motion'].includes(track?.contentHint))
  .map((sender) => [
    sender.track.contentHint,
    sender.track.getSettings().width,
    sender.getParameters().encodings[0].scaleResolutionDownBy,
  ])[0]
"""

# How many frames were painted while the page waited, and for how many ms it did.
_FRAMES = """
async (video, ms) => {
  const painted = () => video.getVideoPlaybackQuality().totalVideoFrames;
  const [before, since] = [painted(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, ms));
  return [painted() - before, performance.now() - since];
}
"""


@pytest.fixture
def two_coloured(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """A browser whose camera sees red on the left and blue on the right (ITU-R BT.601)."""
    path = tmp_path / "halves.y4m"
    half = WIDTH // 4
    planes = [bytes([82]) * (WIDTH // 2) + bytes([41]) * (WIDTH // 2)] * HEIGHT
    planes += [bytes([90]) * half + bytes([240]) * half] * (HEIGHT // 2)
    planes += [bytes([240]) * half + bytes([110]) * half] * (HEIGHT // 2)
    frame = b"FRAME\n" + b"".join(planes)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip C420jpeg\n".encode() + frame * 4)
    with chromium(playwright, f"--use-file-for-fake-video-capture={path}") as running:
        yield running


def sides(judge: Person, picture: Locator) -> tuple[str, str]:
    """The colours of what is seen on the left and on the right."""
    shot = base64.b64encode(picture.screenshot()).decode()
    left, right = judge.page.evaluate(_SIDES, shot)
    return left, right


def framerate(person: Person, name: str, seconds: float) -> float:
    """Frames a second, over so long as the page itself has waited; one that was under way is not counted."""
    frames, waited = person.tile(name).locator("video").evaluate(_FRAMES, seconds * 1000)
    return float((frames - 1) / waited * 1000)


def test_ones_picture_is_mirrored_for_oneself_alone(
    invite: Invite, two_coloured: Browser, server: ServerProcess
) -> None:
    mara, joel = invite("Mara", at=two_coloured), invite("Joel")
    # The page's content policy lets no picture be read that a test has taken of it.
    judge = Person.at(mara.context.browser or two_coloured, "Judge")
    judge.open("about:blank")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    joel.sees("Mara")
    mara.sees("Joel")
    own = mara.page.get_by_role("group", name="You")
    expect(own.locator("video")).to_be_visible()
    assert sides(judge, own) == ("blue", "red")
    assert sides(judge, joel.tile("Mara")) == ("red", "blue")
    judge.context.close()


def test_a_screen_is_sharp_in_few_frames_or_smooth(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    # All that the machine has goes to the screen.
    mara.press("Camera on")
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    mara.press("Share")
    name = "Mara’s screen"
    screen = joel.tile(name).locator("video")
    width = partial(screen.evaluate, "video => video.videoWidth")
    eventually("the screen comes", lambda: width() > 0, within=20)
    hint, full, scale = mara.page.evaluate(_SCREEN_SENT)
    assert (hint, scale) == ("detail", 1)
    eventually("it comes in its full size", lambda: width() == full, within=20)
    assert framerate(joel, name, 3) <= 10

    mara.control("Smooth").click()
    eventually("it is sent as film", lambda: mara.page.evaluate(_SCREEN_SENT)[0] == "motion")
    eventually("it comes in more frames", lambda: framerate(joel, name, 1) > 10, within=30)
    mara.control("Sharp").click()
    eventually("it is sent as text", lambda: mara.page.evaluate(_SCREEN_SENT)[0] == "detail")
    eventually("it comes in few frames", lambda: framerate(joel, name, 1) <= 10, within=15)
    assert width() == full


def test_two_see_each_other_in_1080_lines_where_there_is_room(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel", viewport={"width": 1920, "height": 1080})
    link = mara.starts_a_room(server.url)
    mara.joins()
    # One picture in this size is enough for a machine that encodes and decodes it.
    joel.open(link)
    joel.press("Camera on")
    joel.joins()
    picture = joel.tile("Mara").locator("video")
    lines = partial(picture.evaluate, "video => video.videoHeight")
    eventually("Mara is seen in 1080 lines", lambda: lines() == 1080, within=60)
    # Two is the most for which that is of use: with a third it is less at once.
    ines = invite("Ines")
    ines.open(link)
    ines.press("Camera on")
    ines.joins()
    eventually("she is seen in fewer", lambda: 0 < lines() < 1080, within=30)
