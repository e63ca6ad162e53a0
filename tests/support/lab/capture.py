"""What passes an interface."""

import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from tests.support.eventually import eventually


class Capture:
    """tcpdump while the ``with`` block runs; afterwards ``lines`` are the packets, one each, as it prints
    them, and ``file`` is the capture for another program to read.
    """

    def __init__(self, prefix: list[str], interface: str, which: str, folder: Path) -> None:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".pcap", delete=False) as made:
            self.file = Path(made.name)
        self.lines: list[str] = []
        self._command = [*prefix, "tcpdump", "-i", interface, "-n", "-U", "-Z", "root", "-w", str(self.file)]
        self._which = which.split()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Capture":
        said = self.file.with_suffix(".said")
        with said.open("wb") as output:
            self._process = subprocess.Popen([*self._command, *self._which], stderr=output)
        eventually("tcpdump listens", lambda: "listening on" in said.read_text())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=5)
        read = ["tcpdump", "-n", "-q", "-r", str(self.file)]
        done = subprocess.run(read, capture_output=True, text=True, check=True)
        self.lines = done.stdout.splitlines()
