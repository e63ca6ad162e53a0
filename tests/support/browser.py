"""Real browsers with fake devices, and people in them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from tests.support.eventually import eventually
from tests.support.lab.namespace import Namespace
from tests.support.parts import require

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    # Several people share this machine: a page in the background must not be slowed down.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]
GRANT = "--use-fake-ui-for-media-stream"
"""Answers every question for camera and microphone with yes."""

# Keeps every RTCPeerConnection that the page makes, so that a test can read its statistics; for each, the ICE
# credentials of each round of negotiation (RFC 8839, section 5.4); and the longest time between two painted
# frames of each remote picture. The app is not touched.
_WATCH = """
(() => {
  const Real = window.RTCPeerConnection;
  window.testLinks = [];
  window.RTCPeerConnection = new Proxy(Real, {
    construct(target, args) {
      const link = new target(...args);
      link.testRounds = [];
      link.addEventListener('signalingstatechange', () => {
        if (link.signalingState !== 'stable') return;
        link.testRounds.push(/^a=ice-ufrag:(.*)$/m.exec(link.localDescription?.sdp ?? '')?.[1]);
      });
      window.testLinks.push(link);
      return link;
    },
  });
  window.testFrames = new WeakMap();
  window.watchFrames = (video) => {
    const watch = { frames: 0, longest: 0, last: performance.now() };
    window.testFrames.set(video, watch);
    const step = (now) => {
      watch.frames += 1;
      watch.longest = Math.max(watch.longest, now - watch.last);
      watch.last = now;
      video.requestVideoFrameCallback(step);
    };
    video.requestVideoFrameCallback(step);
  };
})();
"""

# Firefox counts those of a MediaStream under a name of its own only.
_PAINTED = "video => video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames"

_RECEIVED = """
async () => {
  const sum = { framesDecoded: 0, totalAudioEnergy: 0 };
  for (const link of window.testLinks) {
    if (link.connectionState !== 'connected') continue;
    for (const entry of (await link.getStats()).values()) {
      if (entry.type !== 'inbound-rtp') continue;
      sum.framesDecoded += entry.framesDecoded ?? 0;
      sum.totalAudioEnergy += entry.totalAudioEnergy ?? 0;
    }
  }
  return sum;
}
"""


@contextmanager
def chromium(
    playwright: Playwright,
    *more: str,
    grant: bool = True,
    inside: Namespace | None = None,
    home: Path | None = None,
) -> Iterator[Browser]:
    """The system's Chromium, headless.

    Args:
        more: further flags.
        grant: whether camera and microphone are granted without a question.
        inside: the namespace of a network lab in which it runs.
        home: the home folder of its user, where authorities are that it trusts; None for the usual.
    """
    path = require("chromium", "apt install chromium")
    browser = playwright.chromium.launch(
        executable_path=path if inside is None else inside.executable(path),
        args=[*FLAGS, *([GRANT] if grant else []), *more],
        # People's browsers keep the page that one goes back to.
        ignore_default_args=["--disable-back-forward-cache"],
        env=None if home is None else {**os.environ, "HOME": str(home)},
    )
    yield browser
    browser.close()


@dataclass
class Person:
    """Somebody at a browser: what one does, and what one sees."""

    name: str
    page: Page
    context: BrowserContext
    problems: list[str]

    @classmethod
    def at(cls, browser: Browser, name: str, **context: Any) -> "Person":
        own = browser.new_context(**({"viewport": {"width": 960, "height": 640}} | context))
        own.add_init_script(_WATCH)
        page = own.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(f"{name}: {error}"))
        page.on(
            "console",
            lambda message: problems.append(f"{name}: {message.text}") if message.type == "error" else None,
        )
        return cls(name, page, own, problems)

    # --- what one does ------------------------------------------------------------------------

    def open(self, url: str) -> None:
        self.page.goto(url)

    def starts_a_room(self, home: str) -> str:
        """From the home page into the lobby of a new room; the room's link."""
        self.open(home)
        self.page.get_by_role("button", name="Start a room").click()
        self.page.wait_for_url("**/r/*")
        return self.page.url

    def joins(self, link: str | None = None) -> None:
        """Through the lobby into the call; ``link`` None: from the lobby where one is."""
        if link is not None:
            self.open(link)
        self.types(self.page.get_by_label("Your name"), self.name)
        self.press("Join")
        expect(self.control("Leave")).to_be_visible()

    def types(self, field: Locator, text: str) -> None:
        """Write into a field, in place of what is there, by keys: in Firefox what ``fill`` puts into a field
        is not seen by the page's scripts.
        """
        field.press("ControlOrMeta+a")
        field.press_sequentially(text)

    def press(self, name: str) -> None:
        self.control(name).click()

    def opens_devices(self) -> None:
        """In a call, where they are behind More."""
        self.press("More")
        self.page.get_by_role("menuitem", name="Devices").click()

    def leaves(self) -> None:
        """Out of the call, whose others go on."""
        leave = self.control("Leave")
        is_asked = leave.get_attribute("aria-haspopup") == "menu"
        leave.click()
        if is_asked:
            self.page.get_by_role("menuitem", name="Leave").click()
        expect(self.page.get_by_role("button", name="Go back in")).to_be_visible()

    # --- what one sees ------------------------------------------------------------------------

    def control(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def tile(self, other: str) -> Locator:
        return self.page.get_by_role("figure", name=other, exact=True)

    def sees(self, *others: str) -> None:
        """Tiles of exactly these people, each with a picture that is painted."""
        expect(self.page.get_by_role("figure")).to_have_count(len(others), timeout=15_000)
        for other in others:
            expect(self.tile(other)).to_be_visible()
            eventually(f"{self.name} sees {other}", partial(self.frames, other), within=15)

    def shows_picture(self, other: str) -> bool:
        """Whether somebody's tile has a picture, and not the initials that stand for one."""
        return not self.tile(other).get_by_text(other[0], exact=True).is_visible()

    def frames(self, other: str) -> int:
        """Frames of somebody's picture that were painted so far."""
        return int(self.tile(other).locator("video").evaluate(_PAINTED))

    def watches(self, other: str) -> None:
        """From now on note the longest gap between two frames of somebody's picture."""
        self.tile(other).locator("video").evaluate("video => window.watchFrames(video)")

    def longest_gap(self, other: str) -> float:
        """Milliseconds, since ``watches``; the time since the last frame counts too."""
        gap = (
            self.tile(other)
            .locator("video")
            .evaluate(
                """video => {
              const watch = window.testFrames.get(video);
              return watch === undefined ? Infinity
                : Math.max(watch.longest, performance.now() - watch.last);
            }"""
            )
        )
        return float(gap)

    def received(self) -> dict[str, float]:
        """``framesDecoded`` and ``totalAudioEnergy`` over all links (W3C webrtc-stats)."""
        totals: dict[str, float] = self.page.evaluate(_RECEIVED)
        return totals

    def decoded_within(self, milliseconds: int) -> int:
        """Frames that were decoded over all links in a stretch of time."""
        decoded = self.page.evaluate(
            f"""async milliseconds => {{
              const received = {_RECEIVED};
              const before = await received();
              await new Promise((resolve) => setTimeout(resolve, milliseconds));
              return (await received()).framesDecoded - before.framesDecoded;
            }}""",
            milliseconds,
        )
        return int(decoded)

    def receives(self) -> None:
        """Pictures are decoded and sound comes in: both grow."""
        before = self.received()

        def grown() -> bool:
            now = self.received()
            return all(now[key] > before[key] for key in before)

        eventually(f"{self.name} gets picture and sound", grown, within=15)
