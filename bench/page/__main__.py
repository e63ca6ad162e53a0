"""What the page costs in a call: `make bench-page`. About five minutes, on an idle machine.

    python -m bench.page [--parts quiet,joining,memory] [--minutes 2] [--every 5]

Prints how many components React draws in a real call of eight, which tasks are long while somebody joins on
a machine that is slowed down four times, and what is left in memory of people who came and went. For the
memory of an hour: `--parts memory --minutes 60 --every 20`.
"""

import argparse
import random
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.page.joining import joining
from bench.page.memory import memory
from bench.page.quiet import quiet_call
from tests.support.browser import chromium
from tests.support.server_process import ServerProcess

QUIET_SECONDS = 20
RATE = 48_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.page", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--parts", default="quiet,joining,memory")
    parser.add_argument("--minutes", type=float, default=2, help="of the memory's part")
    parser.add_argument("--every", type=float, default=5, help="seconds from one coming to the next")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = ServerProcess(folder)
        server.start()
        try:
            for part in options.parts.split(","):
                for line in run(part, folder, server.url, options.minutes, options.every):
                    print(line, flush=True)
        finally:
            server.stop()
    return 0


def run(part: str, folder: Path, home: str, minutes: float, every: float) -> Iterator[str]:
    """One of the parts: the page that is measured in one browser, all others in another."""
    devices = (
        f"--use-file-for-fake-audio-capture={_hush(folder)}",
        # Less to do for a machine that is to be left alone for an hour.
        *(["--use-fake-device-for-media-stream=fps=5"] if part == "memory" else []),
    )
    with (
        sync_playwright() as playwright,
        chromium(playwright, *devices) as browser,
        chromium(playwright) as others,
    ):
        if part == "quiet":
            yield from quiet_call(browser, others, home, QUIET_SECONDS)
        elif part == "joining":
            yield from joining(browser, others, home)
        else:
            yield from memory(browser, others, home, minutes, every)


def _hush(folder: Path) -> Path:
    """What a microphone hears in a quiet room."""
    path = folder / "hush.wav"
    noise = random.Random(0)  # noqa: S311 - no secret
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(
            b"".join(noise.randint(-20, 20).to_bytes(2, "little", signed=True) for _ in range(RATE))
        )
    return path


if __name__ == "__main__":
    sys.exit(main())
