"""A real server in a process of its own, as a user starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from tests.support.eventually import eventually
from tests.support.lab.namespace import Namespace
from tests.support.loaded_server import LoadedServer

_NAMED = os.environ.get("VISAVIS_TEST_COMMAND")
COMMAND = (_NAMED or f"{sys.executable} -m visavis").split()
"""How the server under test is started: the browser tests name that of the installed wheel."""


# Below those from which systems take the ports of connections (ip(7)), which would be in a server's way. Each
# process that runs tests begins somewhere else.
_PORTS = range(20_000, 32_000)
_FIRST = os.getpid() * 1_009 % len(_PORTS)
_ports: Iterator[int] = cycle([*_PORTS[_FIRST:], *_PORTS[:_FIRST]])


def free_port() -> int:
    """A TCP port on which nothing listens, another one each time."""
    return next(port for port in _ports if not is_open(port))


def is_open(port: int) -> bool:
    """Whether something listens on a TCP port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class ServerProcess:
    """``visavis serve`` with its data in ``folder``. The port stays the same over restarts.

    ``settings`` are given as ``VISAVIS_...`` variables: ``resume_grace=1`` becomes
    ``VISAVIS_RESUME_GRACE=1``. ``inside``: the namespace of a network lab in which it runs, at
    ``address``, which every machine of the lab reaches.
    """

    def __init__(
        self, folder: Path, *, inside: Namespace | None = None, address: str = "localhost", **settings: object
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://{address}:{self.port}"
        self.output: list[str] = []
        self._inside = inside
        if inside is not None:
            settings = {"host": address} | settings
        self._settings = {f"VISAVIS_{name.upper()}": str(value) for name, value in settings.items()}
        self.database_url = self._settings.get("VISAVIS_DATABASE_URL")
        self._process: subprocess.Popen[str] | LoadedServer | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        process = self._begin()
        self._process = process
        self.output = []
        threading.Thread(target=self._read, args=(process,), daemon=True).start()
        eventually("the server says its address", self._is_up, within=20)

    def hold(self) -> None:
        """From now on it answers nobody, as one that has too much to do."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After ``hold``."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it as an operator does. Its exit code."""
        return self._end(signal.SIGTERM)

    def command(self, *arguments: str, stdin: str | None = None) -> str:
        """Run another command with the settings of the server; what it prints."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            input=stdin,
            env=self._environment(),
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def _begin(self) -> subprocess.Popen[str] | LoadedServer:
        if self._inside is None and _NAMED is None:
            return LoadedServer(["serve"], self._environment(), self.folder)
        prefix = [] if self._inside is None else self._inside.command()
        return subprocess.Popen(
            [*prefix, *COMMAND, "serve"],
            env=self._environment(),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("VISAVIS_")}
        own = {"VISAVIS_PORT": str(self.port), "VISAVIS_DATA": str(self.folder / "data")}
        return clean | own | self._settings

    def _signal(self, which: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(which)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        self.go_on()
        code = self._process.wait(timeout=10)
        self._process = None
        return code

    def _is_up(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise AssertionError("the server ended: " + "".join(self.output))
        return any(re.search(r"https?://\S+:\d+", line) for line in self.output)

    def _read(self, process: subprocess.Popen[str] | LoadedServer) -> None:
        if process.stdout is not None:
            with process.stdout:
                self.output.extend(process.stdout)
