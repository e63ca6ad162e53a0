"""Take a picture of every state of the pages, to be looked at by people.

    python scripts/gallery.py                       # all states, sizes and themes
    python scripts/gallery.py call-five home        # some states
    python scripts/gallery.py --size 1280x800 --theme dark

The states are those of web/gallery, built for it; the pictures and an
index.html go to .build/gallery.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

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
ASKED = ("usual", "rtl", "contrast", "forced")
"""What is asked of the browser: nothing, words from right to left, more contrast, the system's colours."""
IDLE_MS = 4500
AWAY_MS = 6500
SETTLE_MS = 600


class Picture(NamedTuple):
    """A state as it was taken; ``look`` is a theme, or what was asked of the browser besides."""

    state: str
    size: str
    look: str

    @property
    def file(self) -> str:
        return f"{self.state}-{self.size}-{self.look}.png"


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
    """Serves files and says nothing of it."""

    def log_message(self, *_: object) -> None:
        pass


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


def is_phone(page: Page) -> bool:
    size = page.viewport_size
    return size is not None and (size["width"] < 760 or size["height"] < 480)


def in_pseudo(name: str) -> re.Pattern[str]:
    """A name of the catalogue as the pseudo-language has it: its vowels bear marks, its words stand apart."""
    marked = re.sub("[aeiouAEIOU]", lambda vowel: f"[{vowel[0]}{MARKED[vowel[0]]}]", re.escape(name))
    return re.compile(marked.replace("\\ ", ".*"))


def act(page: Page, state: str, word: Callable[[str], str | re.Pattern[str]] = str) -> None:
    """What the name of a state says that is done in it. ``word``: an English name as the page has it."""
    pressed = PRESSED | (PRESSED_ON_PHONES if is_phone(page) else {})
    for ending, names in pressed.items():
        for name in names if state.endswith(ending) else ():
            items = page.get_by_role("menuitem", name=word(name))
            page.get_by_role("button", name=word(name)).or_(items).first.click()
    if state.endswith("-chat"):
        page.get_by_role("log").wait_for()
    if state.startswith("lobby"):
        page.get_by_role("heading").first.wait_for()
    if "-told-" in state:
        page.locator("[data-notice]").wait_for()
    if state.endswith("-keys"):
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
    if state.endswith("-refused") and state.startswith("account"):
        page.get_by_label(word("User name or email")).fill("mara")
        page.get_by_label(word("Password")).fill("not the password")
        page.get_by_role("button", name=word("Sign in")).click()
    if state.endswith("-details"):
        whose = "Your connection" if "-own-" in state else "The connection to"
        # By key: while all is well the mark shows itself only to those who look for it.
        page.get_by_role("button", name=word(whose)).first.press("Enter")
        page.get_by_role("dialog").wait_for()


def states_of(browser: Browser, address: str) -> list[str]:
    page = browser.new_page()
    page.goto(f"{address}/index.html")
    page.wait_for_function("window.galleryStates !== undefined")
    names: list[str] = page.evaluate("window.galleryStates")
    page.close()
    return names


def take(browser: Browser, address: str, wanted: argparse.Namespace) -> Iterator[Picture]:
    """Every wanted state in every wanted size and look. Calls are dark in both themes: taken once."""
    states = wanted.states or states_of(browser, address)
    for size in wanted.size or SIZES:
        width, height = (int(side) for side in size.split("x"))
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("pageerror", lambda error: print(f"error: {error}", file=sys.stderr))
        for state in states:
            for asked in (asked for asked in ASKED if is_wanted(asked, size, wanted)):
                for look in pictured(page, address, state, asked, wanted.theme or THEMES):
                    picture = Picture(state, size, look)
                    page.screenshot(path=TARGET / picture.file)
                    yield picture
        page.close()


def is_wanted(asked: str, size: str, wanted: argparse.Namespace) -> bool:
    """Everything in the usual look; what else can be asked of a browser, on a phone and a laptop."""
    if wanted.look:
        return asked in wanted.look
    return asked == "usual" or size in NARROW_AND_WIDE


def pictured(page: Page, address: str, state: str, asked: str, themes: Sequence[str]) -> Iterator[str]:
    """Shows a state in every theme, one after the other, and yields what the look is called."""
    page.emulate_media(
        contrast="more" if asked == "contrast" else "null",
        forced_colors="active" if asked == "forced" else "null",
    )
    given = ("dark",) if state.startswith("call") else themes
    # Right to left and forced colours look the same in each theme, or nearly.
    given = given[:1] if asked in ("rtl", "forced") else given
    open_state(page, address, state, given[0], "pseudo" if asked == "rtl" else "en")
    for theme in given:
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
        yield theme if asked == "usual" else asked if len(given) == 1 else f"{asked}-{theme}"


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
    with built_gallery() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        taken = list(take(browser, address, wanted))
        browser.close()
    print(f"{len(taken)} pictures; open {write_index(taken)}")


if __name__ == "__main__":
    main()
