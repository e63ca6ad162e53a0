"""Take a picture of every state of the pages, to be looked at by people.

    python scripts/gallery.py                       # all states, sizes and themes
    python scripts/gallery.py call-five home        # some states
    python scripts/gallery.py --size 1280x800 --theme dark

The states are those of web/gallery, built for it; the pictures and an
index.html go to .build/gallery. Several browsers share the work, since most of
it is waiting until a page stands still.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple

from playwright.sync_api import Browser, Error, Page, Playwright, ViewportSize, sync_playwright

ROOT = Path(__file__).parent.parent
TARGET = ROOT / ".build/gallery"
SITE = ROOT / ".build/gallery-site"
CHROMIUM = "/usr/bin/chromium"
SIZES = ("360x740", "768x1024", "844x390", "1280x800", "2560x1440")
THEMES = ("light", "dark")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--hide-scrollbars",
)
MARKED = dict(zip("aeiouAEIOU", "áéíóúÁÉIÓU", strict=True))
NARROW_AND_WIDE = ("360x740", "1280x800")
ASKED = ("usual", "contrast", "forced", "rtl")
"""What is asked of the browser: nothing, more contrast, the system's colours, words from right to left."""
IDLE_MS = 4500
AWAY_MS = 6500
SETTLE_MS = 600
BROWSERS = 4
"""At once: two cores are busy with three or four of them."""
QUALITY = 90
"""Of the pictures, as JPEG: two thousand of them are looked through on one page."""


FAILED: set["Job"] = set()
"""In which something went wrong."""


class Picture(NamedTuple):
    """A state as it was taken; ``look`` is a theme, or what was asked of the browser besides."""

    state: str
    size: str
    look: str

    @property
    def file(self) -> str:
        return f"{self.state}-{self.size}-{self.look}.jpg"


class Job(NamedTuple):
    """A state in a size, of which pictures are taken in every look."""

    state: str
    size: str


@contextmanager
def built_gallery() -> Iterator[str]:
    """The gallery, built and served; yields its address."""
    vite = "node_modules/vite/bin/vite.js"
    build = ["node", vite, "build", "--config", "gallery/vite.config.ts", "--logLevel", "warn"]
    subprocess.run(build, cwd=ROOT / "web", check=True)
    handler = partial(QuietHandler, directory=str(SITE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it, nor of a page that is closed before it has them all."""

    # Some fifty files make a page: on connections that stay open, and once in each browser.
    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        if self.path.startswith("/assets/"):
            self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()


def open_state(page: Page, address: str, state: str, theme: str, language: str = "en") -> None:
    """Show a state, do in it what its name says, and wait until it stands still."""
    show_state(page, address, state, theme, language)
    if state.endswith("-idle"):
        page.wait_for_timeout(IDLE_MS)
    if "-server" in state and state.startswith("call"):
        page.wait_for_timeout(AWAY_MS)
    page.wait_for_timeout(SETTLE_MS)


def show_state(page: Page, address: str, state: str, theme: str, language: str = "en") -> None:
    """Show a state and do in it what its name says. ``language``: ``pseudo`` runs from right to left."""
    page.goto(f"{address}/index.html?state={state}&theme={theme}&language={language}")
    page.wait_for_function("window.galleryIsShown === true")
    page.locator("#root main").first.wait_for(state="attached")
    act(page, state, in_pseudo if language == "pseudo" else str)


PRESSED = {
    "call-devices": ("More", "Devices"),
    "lobby-devices": ("Devices",),
    "lobby-sound": ("Devices", "Test my sound"),
    "call-sound": ("More", "Devices", "Test my sound"),
    "-pinned": ("Keep Mara large",),
    "-more": ("More",),
    "-copied": ("More", "Copy the link"),
    "-chat": ("Chat",),
    "-people": ("People",),
    "-host-room": ("People", "Room settings"),
    "-host-leave": ("Leave",),
    "-invite": ("People", "More ways to invite"),
    "home-options": ("With a name, passcode or lobby",),
    "-mine-share": ("Share: Thursday choir",),
    "-mine-settings": ("Settings: Thursday choir",),
    "-mine-delete": ("Settings: Thursday choir", "Delete the room"),
    "-acts-people": ("Actions for Eileen",),
    "-own-details": ("More", "Your connection"),
    "-microphones": ("Choose microphone and speaker",),
    "-react": ("React",),
}
"""What is pressed in a state whose name ends so, one after the other: buttons, and items of their menus."""

PRESSED_ON_PHONES = {
    "-people": ("More", "People"),
    "-host-room": ("More", "People", "Room settings"),
    "-invite": ("More", "People", "More ways to invite"),
    "-react": ("More",),
}
"""What a phone's bar has no room for is behind More."""


PRESSED_ON_NARROW = {"-microphones": ("More", "Devices")}
"""What stands beside its button on a wide stage only."""

WIDE_PX = 1248


def pressed_on(page: Page) -> dict[str, tuple[str, ...]]:
    size = page.viewport_size or ViewportSize(width=WIDE_PX, height=WIDE_PX)
    is_phone = size["width"] < 760 or size["height"] < 480
    narrow = PRESSED_ON_NARROW if size["width"] < WIDE_PX else {}
    return PRESSED | narrow | (PRESSED_ON_PHONES if is_phone else {})


def in_pseudo(name: str) -> re.Pattern[str]:
    """A name of the catalogue as the pseudo-language has it: its vowels bear marks, its words stand apart."""
    marked = re.sub("[aeiouAEIOU]", lambda vowel: f"[{vowel[0]}{MARKED[vowel[0]]}]", re.escape(name))
    return re.compile(marked.replace("\\ ", ".*"))


def act(page: Page, state: str, word: Callable[[str], str | re.Pattern[str]] = str) -> None:
    """What the name of a state says that is done in it. ``word``: an English name as the page has it."""
    for ending, names in pressed_on(page).items():
        for name in names if state.endswith(ending) else ():
            items = page.get_by_role("menuitem", name=word(name))
            page.get_by_role("button", name=word(name)).or_(items).first.click()
    await_what_comes(page, state)
    if state.endswith("-keys"):
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
    if state.endswith("-refused") and state.startswith("account"):
        page.get_by_label(word("User name or email")).fill("mara")
        page.get_by_label(word("Password")).fill("not the password")
        page.get_by_role("button", name=word("Sign in")).click()
    if state.endswith("-details"):
        # By key: while all is well the mark shows itself only to those who look for it.
        if "-own-" not in state:
            page.get_by_role("button", name=word("The connection to")).first.press("Enter")
        page.get_by_role("complementary").wait_for()


def await_what_comes(page: Page, state: str) -> None:
    """What a state shows only after a while."""
    if state.endswith("-chat"):
        page.get_by_role("log").wait_for()
    if state.endswith(("-people", "-host-room", "-invite")):
        page.get_by_role("complementary").wait_for()
    if state.endswith("-devices"):
        page.get_by_role("menu").wait_for()
    if state.startswith("lobby"):
        page.get_by_role("heading").first.wait_for()
    if state.endswith("-speaking"):
        page.get_by_role("navigation").locator("[data-notice]").wait_for()
    if "-told-" in state:
        # Under the pointer it stays.
        page.locator("[data-notice]").hover()


def states_of(browser: Browser, address: str) -> list[str]:
    page = browser.new_page()
    page.goto(f"{address}/index.html")
    page.wait_for_function("window.galleryStates !== undefined")
    names: list[str] = page.evaluate("window.galleryStates")
    page.close()
    return names


def take_all(jobs: Sequence[Job], address: str, wanted: argparse.Namespace) -> list[Picture]:
    """Every job's pictures, in the order of the jobs. What goes wrong in a page is said; the rest goes on."""
    waiting: SimpleQueue[Job] = SimpleQueue()
    for job in jobs:
        waiting.put(job)
    with ThreadPoolExecutor(BROWSERS) as pool:
        works = [pool.submit(work, waiting, address, wanted) for _ in range(BROWSERS)]
        taken = [picture for one in works for picture in one.result()]
    place = {job: number for number, job in enumerate(jobs)}
    return sorted(taken, key=lambda picture: place[Job(picture.state, picture.size)])


def work(waiting: SimpleQueue[Job], address: str, wanted: argparse.Namespace) -> list[Picture]:
    """Does jobs in a browser of its own until none is left."""
    taken: list[Picture] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        while (job := next_of(waiting)) is not None:
            taken.extend(take(browser, job, address, wanted))
        browser.close()
    return taken


def next_of(waiting: SimpleQueue[Job]) -> Job | None:
    try:
        return waiting.get_nowait()
    except Empty:
        return None


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))


def take(browser: Browser, job: Job, address: str, wanted: argparse.Namespace) -> list[Picture]:
    """A state in one size and every wanted look."""
    width, height = (int(side) for side in job.size.split("x"))
    page = browser.new_page(viewport={"width": width, "height": height})
    page.on("pageerror", lambda error: complain(job, error))
    taken = []
    try:
        for look in looks(page, address, job, wanted):
            picture = Picture(*job, look)
            page.screenshot(path=TARGET / picture.file, type="jpeg", quality=QUALITY, animations="disabled")
            taken.append(picture)
    except Error as error:
        complain(job, error)
    page.close()
    return taken


def complain(job: Job, error: Error) -> None:
    FAILED.add(job)
    print(f"{job.state} at {job.size}: {error}", file=sys.stderr)


def looks(page: Page, address: str, job: Job, wanted: argparse.Namespace) -> Iterator[str]:
    """Shows a state in every wanted look, one after the other, and yields what the look is called.

    Calls are dark in both themes; right to left and forced colours nearly are the same in each: shown once.
    The page is opened anew only for other words: what else is asked of a browser, style sheets answer.
    """
    themes = ("dark",) if job.state.startswith("call") else tuple(wanted.theme or THEMES)
    language = None
    for asked in (asked for asked in ASKED if is_wanted(asked, job.size, wanted)):
        page.emulate_media(
            contrast="more" if asked == "contrast" else "null",
            forced_colors="active" if asked == "forced" else "null",
        )
        if language != (language := "pseudo" if asked == "rtl" else "en"):
            open_state(page, address, job.state, themes[0], language)
        for theme in themes if asked in ("usual", "contrast") else themes[:1]:
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
            yield theme if asked == "usual" else f"{asked}-{theme}" if asked == "contrast" else asked


def is_wanted(asked: str, size: str, wanted: argparse.Namespace) -> bool:
    """Everything in the usual look; what else can be asked of a browser, on a phone and a laptop."""
    if wanted.look:
        return asked in wanted.look
    return asked == "usual" or size in NARROW_AND_WIDE


def write_index(pictures: Sequence[Picture]) -> Path:
    """One page to look through them."""
    page = (Path(__file__).parent / "gallery.html").read_text()
    index = TARGET / "index.html"
    index.write_text(page.replace("PICTURES", json.dumps(pictures)))
    return index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("states", nargs="*", help="names of states; all without")
    parser.add_argument("--size", action="append", help=f"WIDTHxHEIGHT; without: {' '.join(SIZES)}")
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--look", action="append", choices=ASKED)
    wanted = parser.parse_args()
    TARGET.mkdir(parents=True, exist_ok=True)
    with built_gallery() as address:
        sizes = wanted.size or SIZES
        jobs = [Job(state, size) for state in wanted.states or all_states(address) for size in sizes]
        taken = take_all(jobs, address, wanted)
    print(f"{len(taken)} pictures; open {write_index(taken)}")
    if FAILED:
        sys.exit(f"{len(FAILED)} states went wrong")


def all_states(address: str) -> list[str]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        names = states_of(browser, address)
        browser.close()
    return names


if __name__ == "__main__":
    main()
