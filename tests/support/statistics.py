"""What a page's links say of themselves (W3C webrtc-stats), for tests of what is sent and how it arrives."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_READ = """
async () => {
  const sum = { negotiations: 0, framesSent: 0, framesDecoded: 0, shorterSent: [], concealed: 0, samples: 0 };
  for (const link of window.testLinks) {
    if (link.connectionState !== 'connected') continue;
    // A round with other credentials is an ICE restart (RFC 9429, section 4.1.18).
    sum.negotiations += link.testRounds.filter((ufrag, i, all) => i === 0 || ufrag === all[i - 1]).length;
    for (const entry of (await link.getStats()).values()) {
      if (entry.type === 'outbound-rtp' && entry.kind === 'video') {
        sum.framesSent += entry.framesSent;
        if (entry.frameWidth) sum.shorterSent.push(Math.min(entry.frameWidth, entry.frameHeight));
      }
      if (entry.type !== 'inbound-rtp') continue;
      sum.framesDecoded += entry.framesDecoded ?? 0;
      sum.samples += entry.totalSamplesReceived ?? 0;
      sum.concealed += (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
    }
  }
  return sum;
}
"""


@dataclass(frozen=True)
class Reading:
    """The sums over all connected links of a page at one moment.

    Attributes:
        negotiations: rounds of offer and answer, but for ICE restarts.
        sides: of each picture that is sent, the shorter side in px.
        samples: of sound that were played; ``concealed``: of these, made up because packets were missing.
    """

    negotiations: int
    frames_sent: int
    frames_decoded: int
    sides: tuple[int, ...]
    samples: int
    concealed: int

    def concealed_since(self, before: "Reading") -> float:
        """The share of the sound that was made up, 0 to 1; 1 where none was played."""
        samples = self.samples - before.samples
        return (self.concealed - before.concealed) / samples if samples else 1.0


def read(page: Page) -> Reading:
    """Read the links of a page that ``Person.at`` has made."""
    sums: dict[str, Any] = page.evaluate(_READ)
    return Reading(
        negotiations=sums["negotiations"],
        frames_sent=sums["framesSent"],
        frames_decoded=sums["framesDecoded"],
        sides=tuple(sums["shorterSent"]),
        samples=sums["samples"],
        concealed=sums["concealed"],
    )


def read_after(page: Page, seconds: float) -> Reading:
    """Read after a stretch of time that is measured, not waited for."""
    page.wait_for_timeout(seconds * 1000)
    return read(page)
