"""Take a picture of every state of the pages, to be looked at by people.

    python scripts/gallery.py                       # all states, sizes and themes
    python scripts/gallery.py call-five home        # some states
    python scripts/gallery.py --size 1280x800 --theme dark

The states are those of web/gallery, served by Vite's development server; the pictures and an
index.html go to .build/gallery.
"""

import argparse
import html
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
TARGET = ROOT / ".build/gallery"
CHROMIUM = "/usr/bin/chromium"
SIZES = ("360x740", "844x390", "1280x800", "2560x1440")
THEMES = ("light", "dark")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--hide-scrollbars",
)
IDLE_MS = 4500
AWAY_MS = 6500


@contextmanager
def development_server() -> Iterator[str]:
    """Vite, serving web/; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    vite = "node_modules/vite/bin/vite.js"
    command = ["node", vite, "--host", "127.0.0.1", "--port", str(port), "--strictPort"]
    server = subprocess.Popen(command, cwd=ROOT / "web", stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_open(address)
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_until_open(address: str) -> None:
    """Returns when the server answers; raises TimeoutError after 30 s."""
    deadline = monotonic() + 30
    while monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/gallery/index.html", timeout=5).close()  # noqa: S310 - ours, http
        except (urllib.error.URLError, ConnectionError):
            sleep(0.1)
        else:
            return
    raise TimeoutError(address)


def open_state(page: Page, address: str, state: str, theme: str) -> None:
    """Show a state and do in it what its name says."""
    page.goto(f"{address}/gallery/index.html?state={state}&theme={theme}")
    page.locator("#root > *").first.wait_for()
    page.wait_for_timeout(900)
    if state.endswith("-devices"):
        page.get_by_role("button", name="Devices").click()
    if state.endswith("-copied"):
        page.get_by_role("button", name="Copy link").click()
    if state.endswith("-refused") and state.startswith("account"):
        page.get_by_label("User name or email").fill("mara")
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
    if state.endswith("-details"):
        whose = "Your connection" if "-own-" in state else "The connection to"
        # By key: while all is well the mark shows itself only to those who look for it.
        page.get_by_role("button", name=whose).first.press("Enter")
        page.get_by_role("dialog").wait_for()
    if state.endswith("-chat"):
        page.get_by_role("button", name="Chat").click()
        page.get_by_role("log").wait_for()
    if state.endswith("-react"):
        page.get_by_role("button", name="React").click()
    if state.endswith("-idle"):
        page.wait_for_timeout(IDLE_MS)
    if "-server" in state and state.startswith("call"):
        page.wait_for_timeout(AWAY_MS)
    page.wait_for_timeout(300)


def states_of(browser: Browser, address: str) -> list[str]:
    page = browser.new_page()
    page.goto(f"{address}/gallery/index.html")
    page.wait_for_function("window.galleryStates !== undefined")
    names: list[str] = page.evaluate("window.galleryStates")
    page.close()
    return names


def take(browser: Browser, address: str, wanted: argparse.Namespace) -> list[Path]:
    """Every wanted state in every wanted size and theme. Calls are dark in both: taken once."""
    taken = []
    states = wanted.states or states_of(browser, address)
    for size in wanted.size or SIZES:
        width, height = (int(side) for side in size.split("x"))
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("pageerror", lambda error: print(f"error: {error}", file=sys.stderr))
        for state in states:
            for theme in ("dark",) if state.startswith("call") else wanted.theme or THEMES:
                open_state(page, address, state, theme)
                picture = TARGET / f"{state}-{size}-{theme}.png"
                page.screenshot(path=picture)
                taken.append(picture)
        page.close()
    return taken


def write_index() -> Path:
    """One page with all pictures that are there."""
    figures = "\n".join(
        f'<figure><a href="{name}"><img loading="lazy" src="{name}"></a>'
        f"<figcaption>{name}</figcaption></figure>"
        for name in (html.escape(picture.name) for picture in sorted(TARGET.glob("*.png")))
    )
    style = (
        "body{font:15px system-ui;background:#777;display:flex;flex-wrap:wrap;gap:16px}"
        "figure{margin:0}img{height:320px}"
    )
    index = TARGET / "index.html"
    index.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>\n{figures}\n")
    return index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("states", nargs="*", help="names of states; all without")
    parser.add_argument("--size", action="append", help=f"WIDTHxHEIGHT; without: {' '.join(SIZES)}")
    parser.add_argument("--theme", action="append", choices=THEMES)
    wanted = parser.parse_args()
    TARGET.mkdir(parents=True, exist_ok=True)
    with development_server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        taken = take(browser, address, wanted)
        browser.close()
    print(f"{len(taken)} pictures; open {write_index()}")


if __name__ == "__main__":
    main()
