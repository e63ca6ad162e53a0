"""Servers that begin with their modules loaded: half a second of processor time rather than one and a half.

The standard library's fork server loads the modules once, and each server is a fork of it that runs the
command line as ``python -m visavis`` does.
"""

import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

import visavis.__main__

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.server_modules"])


class LoadedServer:
    """``visavis ARGUMENTS`` in a process of its own. Of ``subprocess.Popen`` what tests need."""

    def __init__(self, arguments: list[str], environment: dict[str, str], folder: Path) -> None:
        reader, writer = _context.Pipe(duplex=False)
        with reader, writer:
            self._process = _context.Process(
                target=_run, args=(arguments, environment, folder, writer), daemon=True
            )
            self._process.start()
            self.stdout: TextIO | None = os.fdopen(os.dup(reader.fileno()))

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        if self._process.pid is not None and self._process.exitcode is None:
            os.kill(self._process.pid, number)

    def wait(self, timeout: float) -> int:
        """Its exit code, once it has ended.

        Args:
            timeout: seconds.
        """
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise TimeoutError(f"the server goes on after {timeout} s")
        return code


def _run(arguments: list[str], environment: dict[str, str], folder: Path, output: Connection) -> None:
    with output:
        for descriptor in (sys.stdout.fileno(), sys.stderr.fileno()):
            os.dup2(output.fileno(), descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["visavis", *arguments]
    visavis.__main__.main()
