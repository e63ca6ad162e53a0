"""When each frame of somebody's picture was painted, as the page that shows it says."""

import time
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from tests.support.browser import Person
from tests.support.eventually import eventually

# Follows the pictures of all tiles, those too that come later or are made anew. The app is not touched.
_LOG = """
(() => {
  if (window.paintedFrames !== undefined) return;
  window.paintedFrames = {};
  const followed = new WeakSet();
  const follow = (video, name) => {
    followed.add(video);
    const step = () => {
      (window.paintedFrames[name] ??= []).push(Date.now() / 1000);
      video.requestVideoFrameCallback(step);
    };
    video.requestVideoFrameCallback(step);
  };
  const look = () => {
    for (const video of document.querySelectorAll('figure video')) {
      const name = video.closest('figure').getAttribute('aria-label');
      if (name !== null && !followed.has(video)) follow(video, name);
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  look();
})();
"""
_STEADY = 5
"""As many frames within a second are a picture."""
_BREAK = 0.5
"""Seconds without a frame in that second, after which what came before was a leftover."""


@dataclass(frozen=True)
class Picture:
    """Somebody's picture on somebody else's screen. Times are seconds since 1970."""

    seen_by: Person
    of: str

    def follow(self) -> None:
        """Begin to log. Wait until it moves."""
        self.seen_by.page.evaluate(_LOG)
        eventually(f"{self} moves", lambda: len(self.times()) > _STEADY, within=15)

    def times(self) -> list[float]:
        """When frames were painted since ``follow``."""
        times: list[float] = self.seen_by.page.evaluate("name => window.paintedFrames?.[name] ?? []", self.of)
        return times

    def longest_gap(self, since: float) -> float:
        """Seconds without a frame, at most, from a moment until now."""
        marks = [since, *(t for t in self.times() if t > since), time.time()]
        return max(after - before for before, after in pairwise(marks))

    def back_after(self, moment: float, within: float = 10) -> float:
        """Wait until it moves again, steadily; seconds from a moment to the first frame of that."""
        first: float = eventually(f"{self} is back", partial(self._steady_since, moment), within=within) or 0
        return first - moment

    def _steady_since(self, moment: float) -> float | None:
        times = [t for t in self.times() if t > moment]
        for index, first in enumerate(times):
            second = [t for t in times[index:] if t < first + 1]
            marks = [*second, min(time.time(), first + 1)]
            is_whole = time.time() > first + 1 and len(second) >= _STEADY
            if is_whole and max(after - before for before, after in pairwise(marks)) < _BREAK:
                return first
        return None

    def __str__(self) -> str:
        return f"the picture of {self.of} at {self.seen_by.name}"


def pictures(*people: Person) -> list[Picture]:
    """Everybody's picture on everybody else's screen, moving from now on."""
    all_pictures = [Picture(one, other.name) for one in people for other in people if one is not other]
    for picture in all_pictures:
        picture.follow()
    return all_pictures
