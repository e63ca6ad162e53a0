"""What a call does on a line that carries too little: sound, picture, and how it comes back.

    python -m bench.weak                                        # as root: about twelve minutes
    python -m bench.weak --people 2 --lines "300 kbit/s,80 kbit/s"

Everybody is behind a router of their own in a network lab. The line of one of them is limited in both
directions, or loses packets in both, and is good again afterwards.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, Playwright, sync_playwright

from bench.join.report import surroundings
from bench.weak.speech import speech
from tests.support.browser import Person, chromium
from tests.support.coturn import start_stun
from tests.support.lab import SERVER_ADDRESS, Lab, Machine
from tests.support.server_process import ServerProcess

NAMES = ("Mara", "Joel", "Ines")
"""The line of the first is the weak one."""

WEAK_SECONDS = 30
SETTLED_SECONDS = 8
"""From when on a call has had time to follow."""
GOOD_SECONDS = 45
"""At most, until every picture is back."""

FEWEST = 5
"""Pictures from one reading to the next, where a link brings any."""

COLUMNS = (
    "what",
    "sound made up, worst link",
    "settled",
    "pictures to the weak one, wide",
    "a second",
    "from it, wide",
    "paused after",
    "all pictures back",
    "made up then",
)

Weaken = Callable[[Machine], None]


def _limit(kbit: float, machine: Machine) -> None:
    machine.uplink.limit(up_kbit=kbit, down_kbit=kbit)


def _lose(percent: float, machine: Machine) -> None:
    machine.uplink.router.set_conditions(loss_percent=percent)


LINES: dict[str, Weaken] = {
    "300 kbit/s": partial(_limit, 300),
    "80 kbit/s": partial(_limit, 80),
    "5 % loss": partial(_lose, 5),
    "10 % loss": partial(_lose, 10),
}

# For each link of a page: sound that was played and that was made up, in samples; pictures that came and that
# went, and their width. And whether a person is told of a picture that is paused.
_READ = """
async () => {
  const links = [];
  for (const link of window.testLinks) {
    if (link.connectionState !== 'connected') continue;
    const sum = { played: 0, made: 0, came: 0, wide: 0, went: 0, sent_wide: 0 };
    for (const entry of (await link.getStats()).values()) {
      if (entry.type === 'inbound-rtp') {
        sum.played += entry.totalSamplesReceived ?? 0;
        sum.made += (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
        sum.came += entry.framesDecoded ?? 0;
        sum.wide = Math.max(sum.wide, entry.frameWidth ?? 0);
      } else if (entry.type === 'outbound-rtp' && entry.kind === 'video') {
        sum.went += entry.framesSent ?? 0;
        sum.sent_wide = Math.max(sum.sent_wide, entry.frameWidth ?? 0);
      }
    }
    links.push(sum);
  }
  return { links, paused: document.body.innerText.includes('Picture paused') };
}
"""


class Totals(NamedTuple):
    """Of a link, since it was made.

    Attributes:
        played: sound, in samples; ``made``: what of it was made up.
        came: pictures; ``went``: the same the other way.
        wide: of the last that came, in px; ``sent_wide``: of the last that went.
    """

    played: int
    made: int
    came: int
    wide: int
    went: int
    sent_wide: int


@dataclass(frozen=True)
class Moment:
    """All links, those of the person with the weak line first, so many seconds after a change of the line."""

    at: float
    weak: tuple[Totals, ...]
    others: tuple[Totals, ...]
    paused: bool

    @property
    def all(self) -> tuple[Totals, ...]:
        return self.weak + self.others


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.weak", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", default="2,3")
    parser.add_argument("--lines", default=",".join(LINES))
    options = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        with chromium(playwright) as browser:
            _say(json.dumps(surroundings(browser.version)))
        _say(f"| {' | '.join(COLUMNS)} |\n| {' | '.join('---' for _ in COLUMNS)} |")
        for people in map(int, options.people.split(",")):
            for number, line in enumerate(options.lines.split(",")):
                folder = Path(name) / f"{people}-{number}"
                folder.mkdir()
                with _call(playwright, people, folder) as (persons, machine):
                    _say(_row(line, persons, machine))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _call(playwright: Playwright, people: int, folder: Path) -> Iterator[tuple[list[Person], Machine]]:
    with ExitStack() as stack:
        lab = stack.enter_context(Lab.up(delay_ms=25))
        start_stun(lab.server)
        stun = f"stun:{SERVER_ADDRESS}:3478"
        server = ServerProcess(folder, inside=lab.server, address=SERVER_ADDRESS, turn="off", stun_urls=stun)
        server.start()
        stack.callback(server.stop)
        flags = (
            f"--unsafely-treat-insecure-origin-as-secure={server.url}",
            f"--use-file-for-fake-audio-capture={speech(folder)}",
        )
        machines, persons = [], []
        link: str | None = None
        for name in NAMES[:people]:
            machines.append(lab.machine(name.lower(), lab.router(f"{name.lower()}-home")))
            browser = stack.enter_context(chromium(playwright, *flags, inside=machines[-1]))
            person = Person.at(browser, name)
            link = link or person.starts_a_room(server.url)
            person.joins(link)
            persons.append(person)
        for person in persons:
            person.sees(*(other.name for other in persons if other is not person))
        # Pictures begin small, and grow.
        persons[0].page.wait_for_timeout(10_000)
        yield persons, machines[0]


def _row(line: str, persons: Sequence[Person], machine: Machine) -> str:
    before = _now(persons, 0)
    LINES[line](machine)
    weak = [before, *_follow(persons, WEAK_SECONDS)]
    machine.uplink.limit()
    machine.uplink.router.set_conditions()
    good = [weak[-1], *_follow(persons, GOOD_SECONDS)]
    last = weak[-1]
    settled = next(moment for moment in weak if moment.at >= SETTLED_SECONDS)
    paused = [moment.at for moment in weak if moment.paused]
    cells = (
        f"{('no', 'one', 'two', 'three')[len(persons)]}, {line}",
        f"{_made_up(before, last):.1%}",
        f"{_made_up(settled, last):.1%}",
        _range([link.wide for moment in weak if moment.at >= settled.at for link in moment.weak]),
        _range(
            [(new.came - old.came) / (weak[-1].at - settled.at) for old, new in _pairs(settled, weak[-1])]
        ),
        _range([link.sent_wide for moment in weak if moment.at >= settled.at for link in moment.weak]),
        f"{paused[0]:.0f} s, {len(paused)} of {len(weak) - 1}" if paused else "no",
        _back(good),
        f"{_made_up(good[len(good) // 2], good[-1]):.1%}",
    )
    return f"| {' | '.join(cells)} |"


def _follow(persons: Sequence[Person], seconds: float) -> Iterator[Moment]:
    """A moment each second or so."""
    began = time.monotonic()
    while (at := time.monotonic() - began) < seconds:
        persons[0].page.wait_for_timeout(1000)
        yield _now(persons, at + 1)


def _now(persons: Sequence[Person], at: float) -> Moment:
    found = [_read(person.page) for person in persons]
    others = tuple(link for links, _ in found[1:] for link in links)
    return Moment(at, found[0][0], others, any(paused for _, paused in found))


def _read(page: Page) -> tuple[tuple[Totals, ...], bool]:
    said = page.evaluate(_READ)
    return tuple(Totals(**link) for link in said["links"]), said["paused"]


def _made_up(before: Moment, after: Moment) -> float:
    """The share of the sound, on the worst link."""
    links = zip(before.all, after.all, strict=True)
    return max((now.made - then.made) / max(1, now.played - then.played) for then, now in links)


def _pairs(before: Moment, after: Moment) -> Iterable[tuple[Totals, Totals]]:
    return zip(before.weak, after.weak, strict=True)


def _range(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"


def _back(good: Sequence[Moment]) -> str:
    """When every link brings pictures, and nobody is told that one is paused."""
    for last, now in pairwise(good):
        moves = (new.came - old.came >= FEWEST for old, new in zip(last.all, now.all, strict=True))
        if all(moves) and not now.paused:
            return f"{now.at:.0f} s"
    return f"not in {GOOD_SECONDS} s"


if __name__ == "__main__":
    sys.exit(main())
