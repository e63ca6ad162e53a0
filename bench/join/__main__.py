"""Time joining a call: `make bench-join`. Needs root, for network namespaces.

    python -m bench.join [--runs 20] [--people 2] [--where lab] [--ways prepared,plain] [--add]
                         [--door lobby] [--relayed] [--looking 600]

The ways of joining take turns, so that what slows the machine slows them all. Writes result.json and
TABLE.md; with --add the runs join those that are there.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench.join.page import open_cold, page_table
from bench.join.report import surroundings, table
from bench.join.runs import LOOKING_S, WAYS, Circumstances, run
from bench.join.scene import DOORS, NAMES, lab_scene, loopback_scene

HERE = Path(__file__).parent


def main() -> int:
    options = _options()
    if options.where == "lab" and os.geteuid() != 0:
        print("This needs root: it makes network namespaces. Or try --where loopback.", file=sys.stderr)
        return 1
    book = Book(options.out, options.rtt, fresh=not options.add)
    ways = options.ways.split(",")
    where = f"{options.where}, relayed" if options.relayed else options.where
    around = Circumstances(where, options.door, options.looking)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        scene_of = (
            lab_scene(playwright, options.people, options.rtt, Path(folder), relayed=options.relayed)
            if options.where == "lab"
            else loopback_scene(playwright, options.people, Path(folder))
        )
        with scene_of as scene:
            book.around = surroundings(scene.seats[0].browser.version)
            for number in range(options.page):
                book.openings.append(open_cold(scene))
                print(f"{number + 1:3} page     ", book.openings[-1], flush=True)
                book.write()
            for number in range(options.runs + 1 if options.runs else 0):
                for way in ways:
                    done = run(scene, around, way)
                    print(f"{number:3} {way:9}", done.joiner_frames, done.host_frames, flush=True)
                    if number > 0:  # the first warms caches and compilers up
                        book.runs.append(done.as_json())
                book.write()
    print(book.text())
    return 0


class Book:
    """The results, written after each round: what was measured is not lost by an end from outside."""

    def __init__(self, folder: Path, rtt_ms: float, *, fresh: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "result.json"
        self._table = folder / "TABLE.md"
        self._rtt_ms = rtt_ms
        known = {} if fresh or not self._file.exists() else json.loads(self._file.read_text("utf-8"))
        self.around: dict[str, Any] = known.get("around", {})
        self.runs: list[dict[str, Any]] = known.get("runs", [])
        self.openings: list[dict[str, Any]] = known.get("openings", [])

    def text(self) -> str:
        parts = [table(self.runs, WAYS, self._rtt_ms)]
        if self.openings:
            parts.append(page_table(self.openings, f"RTT {self._rtt_ms:g} ms"))
        return "\n".join(parts)

    def write(self) -> None:
        result = {"around": self.around, "runs": self.runs, "openings": self.openings}
        self._file.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
        self._table.write_text(self.text(), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.join", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20, help="of each way")
    parser.add_argument("--page", type=int, default=10, help="cold openings of the page")
    parser.add_argument("--people", type=int, default=2, choices=range(2, len(NAMES) + 1))
    parser.add_argument("--where", default="lab", choices=["lab", "loopback"])
    parser.add_argument("--relayed", action="store_true", help="all through the server's TURN (in the lab)")
    parser.add_argument("--door", default="open", choices=list(DOORS), help="what keeps a newcomer out")
    parser.add_argument("--looking", type=float, default=LOOKING_S, help="seconds in the lobby before Join")
    parser.add_argument("--rtt", type=float, default=100, help="ms between any two in the lab")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--add", action="store_true", help="to the runs that are there")
    parser.add_argument("--out", type=Path, default=HERE)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
