"""The switch that joins routers and servers, with delay, loss and jitter: a process of delaysw.c."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

_SOURCE = Path(__file__).with_name("delaysw.c")
_PROGRAM = Path(__file__).parents[3] / ".build" / "lab" / "delaysw"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What happens to a frame on its way, in one direction.

    Attributes:
        delay_ms: how long it takes; a round trip takes twice that.
        loss_percent: how many of a hundred are lost, each by itself.
        jitter_ms: a uniformly random delay up to this is added. Frames stay in order.
    """

    delay_ms: float = 0
    loss_percent: float = 0
    jitter_ms: float = 0

    def __str__(self) -> str:
        return f"{self.delay_ms:g} {self.loss_percent:g} {self.jitter_ms:g}"


class Switch:
    """One running switch. Ends with the ``with`` block, and with this process in any case."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [_built()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def __enter__(self) -> "Switch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.kill()
        self._process.wait(timeout=5)

    def add_port(self, namespace: str, device: str) -> int:
        """A new device of that name in a namespace, down and without an address; the port's number."""
        return int(self._ask(f"port {namespace} {device}"))

    def set_all(self, conditions: Conditions) -> None:
        """Conditions for every frame from now on."""
        self._ask(f"all {conditions}")

    def set_port(self, port: int, conditions: Conditions) -> None:
        """Further conditions for what enters or leaves by one port."""
        self._ask(f"link {port} {conditions}")

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        verdict, _, rest = self._process.stdout.readline().strip().partition(" ")
        if verdict != "ok":
            raise RuntimeError(f"the switch does not carry out {line!r}: {rest or 'it has ended'}")
        return rest


def _built() -> Path:
    """The program, compiled if its source is newer."""
    if not _PROGRAM.exists() or _PROGRAM.stat().st_mtime < _SOURCE.stat().st_mtime:
        _PROGRAM.parent.mkdir(parents=True, exist_ok=True)
        fresh = _PROGRAM.with_suffix(".new")
        subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-o", fresh, _SOURCE], check=True)
        fresh.replace(_PROGRAM)
    return _PROGRAM
