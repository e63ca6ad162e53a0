"""Take the README's picture: three people in a real call, in the running app.

    make picture

Each has a browser of their own, whose camera shows one of the portraits in web/gallery/img.
"""

import base64
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.browser import Person, chromium  # noqa: E402 - the root must be on the path first
from tests.support.server_process import ServerProcess  # noqa: E402 - as above

TARGET = ROOT / "docs/pictures/call.jpg"
PORTRAITS = {"Eileen": "eileen.webp", "Mara": "mara.webp", "Tomas": "tomas.webp"}
VIEWER = "Tomas"

# Chromium's fake camera reads a row of JPEGs; Chromium is also what makes them from the portrait.
_TO_JPEG = """
async (source) => {
  const picture = new Image();
  picture.src = `data:image/webp;base64,${source}`;
  await picture.decode();
  const canvas = new OffscreenCanvas(1280, 720);
  const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  canvas.getContext('2d').drawImage(picture, (1280 - width) / 2, (720 - height) * 0.3, width, height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
"""


def make_camera(browser: Browser, portrait: Path, folder: Path) -> Path:
    page = browser.new_page()
    jpeg = base64.b64decode(page.evaluate(_TO_JPEG, base64.b64encode(portrait.read_bytes()).decode()))
    page.close()
    camera = folder / f"{portrait.stem}.mjpeg"
    camera.write_bytes(jpeg * 30)
    return camera


def take(playwright: Playwright, folder: Path) -> None:
    server = ServerProcess(folder)
    server.start()
    with ExitStack() as stack:
        stack.callback(server.stop)
        painter = stack.enter_context(chromium(playwright))
        people = {}
        for name, file in PORTRAITS.items():
            camera = make_camera(painter, ROOT / "web/gallery/img" / file, folder)
            own = stack.enter_context(chromium(playwright, f"--use-file-for-fake-video-capture={camera}"))
            people[name] = Person.at(own, name, viewport={"width": 1280, "height": 720})
        made = people[VIEWER].page.request.post(f"{server.url}/api/v1/rooms", data={"id": "garden-room"})
        assert made.ok  # noqa: S101 - a fresh server has no room yet
        for person in people.values():
            person.joins(f"{server.url}/r/garden-room")
        viewer = people[VIEWER]
        viewer.sees(*(name for name in PORTRAITS if name != VIEWER))
        for name in PORTRAITS:
            if name != VIEWER:
                people[name].sees(*(other for other in PORTRAITS if other != name))
        viewer.page.mouse.move(640, 360)
        TARGET.parent.mkdir(exist_ok=True)
        viewer.page.screenshot(path=TARGET, type="jpeg", quality=86)


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        take(playwright, Path(folder))


if __name__ == "__main__":
    main()
