"""When each frame of somebody's picture was painted, as the page that shows it says."""

import time
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from tests.support.browser import Person
from tests.support.eventually import eventually

# Follows the pictures of all tiles, those too that come later or are made anew. The app is not touched.
# Frames are painted without the page, which hears of several at once where it is busy. Those that it did not
# hear of singly are taken to have come as early as they can: no break becomes shorter by that.
_LOG = """
(() => {
  if (window.paintedFrames !== undefined) return;
  window.paintedFrames = {};
  const CAMERA_S = 0.03;
  const followed = new WeakSet();
  const follow = (video, name) => {
    followed.add(video);
    let shown = null;
    const step = (now, { presentedFrames }) => {
      const log = (window.paintedFrames[name] ??= []);
      const at = Date.now() / 1000;
      const before = log.at(-1) ?? at;
      const unheard = shown === null ? 0 : Math.max(0, presentedFrames - shown - 1);
      const apart = Math.min((at - before) / (unheard + 1), CAMERA_S);
      for (let one = 1; one <= unheard; one++) log.push(before + apart * one);
      log.push(at);
      shown = presentedFrames;
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
_MOVING = 6
"""As many frames in each of the last seconds: it has begun, and runs."""
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
        """Begin to log. Wait until it runs: who has just come still finds out what the lines carry."""
        self.seen_by.page.evaluate(_LOG)
        eventually(f"{self} moves", self._runs, within=20)

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

    def settles(self) -> None:
        """Follow, and wait until it has run for ten seconds: what the lines carry is found out by then."""
        self.follow()
        eventually(f"{self} has settled", partial(self._runs, 10), within=60)

    def _runs(self, seconds: int = 2) -> bool:
        now = time.time()
        ages = [now - at for at in self.times()]
        return all(sum(past < age <= past + 1 for age in ages) >= _MOVING for past in range(seconds))

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
