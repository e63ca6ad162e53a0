"""A screen that nobody sees, for browsers that capture none without one."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.parts import require


@contextmanager
def display(width: int = 1280, height: int = 720) -> Iterator[str]:
    """An X server of its own; the name of its display, for ``DISPLAY``."""
    program = require("Xvfb", "apt install xvfb")
    screen = subprocess.Popen(
        [program, "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert screen.stdout is not None
    with screen.stdout as said:
        try:
            # It says its number once it can be used.
            yield f":{said.readline().strip()}"
        finally:
            screen.terminate()
            screen.wait(timeout=10)
