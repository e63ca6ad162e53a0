"""A program of its own: give up privileges, run another program as a child, and watch over it for a server
that may die and come back.

    python -I guard.py LISTENER UID GID PATIENCE PROGRAM [ARGUMENT...]

``LISTENER`` is an inherited UNIX socket that listens. Who connects is the server from then on; one before is
cut off. It is told in lines: ``pid N`` at once, ``said WORDS`` for what the program prints, ``ended CODE``
and the end of the connection when that has ended. It may say ``stop``. Where no server is connected for
``PATIENCE`` seconds, the program is ended as well. It ends with its guard, however that ends.

Not done between fork and exec of the server: code there must not allocate, and the server has threads.
Imports nothing of the rest.
"""

import contextlib
import ctypes
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from functools import partial

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38

_END = 2.0
"""Seconds that the program has to end."""

_LONGEST_LINE = 4096
"""In bytes: what is longer is cut."""


def main() -> None:
    listener_fd, uid, gid = (int(word) for word in sys.argv[1:4])
    patience, words = float(sys.argv[4]), sys.argv[5:]
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if libc is not None:
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    child = subprocess.Popen(  # noqa: S603 - no shell, and the path is the server's own finding
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        preexec_fn=partial(_tie, libc, os.getpid()),  # noqa: PLW1509 - there are no threads here
    )
    with socket.socket(fileno=listener_fd) as listener, child:
        Guard(listener, child, patience).run()


def _tie(libc: ctypes.CDLL | None, parent: int) -> None:
    """Ask the kernel to end this process with its parent. A change of user would clear it (prctl(2))."""
    if libc is None:
        return
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it died before it could be asked to tell


class Guard:
    """Watches over a child until that ends, or has to."""

    def __init__(self, listener: socket.socket, child: subprocess.Popen[bytes], patience: float) -> None:
        self._listener = listener
        self._child = child
        self._patience = patience
        self._server: socket.socket | None = None
        self._until = time.monotonic() + patience
        self._line = b""
        self._ready = selectors.DefaultSelector()
        self._ready.register(listener, selectors.EVENT_READ, self._meet)
        if child.stdout is not None:
            self._ready.register(child.stdout, selectors.EVENT_READ, self._listen)

    def run(self) -> None:
        while (left := self._left()) is None or left > 0:
            if not all(key.data() for key, _ in self._ready.select(left)):
                break
        self._child.terminate()
        try:
            code = self._child.wait(_END)
        except subprocess.TimeoutExpired:
            self._child.kill()
            code = self._child.wait()
        self._tell(f"ended {code}")
        self._part()

    def _left(self) -> float | None:
        """Seconds until nobody is waited for any more; None while a server is there."""
        return None if self._server is not None else self._until - time.monotonic()

    def _meet(self) -> bool:
        """A server has connected."""
        server, _ = self._listener.accept()
        self._part()
        # Who does not read must not hold the program up.
        server.setblocking(False)
        self._server = server
        self._ready.register(server, selectors.EVENT_READ, self._hear)
        self._tell(f"pid {self._child.pid}")
        return True

    def _hear(self) -> bool:
        """The server has said something, or is gone. False: the program is to end."""
        if self._server is None:
            return True
        try:
            said = self._server.recv(64)
        except BlockingIOError:
            return True  # it was the server before this one, which has just been replaced
        except OSError:
            said = b""
        if not said:
            self._part()
        return b"stop" not in said

    def _listen(self) -> bool:
        """The program has printed something. False: it has ended."""
        printed = self._child.stdout.read(4096) if self._child.stdout is not None else b""
        # A line may come in pieces, and the last one without its end.
        *lines, self._line = (self._line + (printed or b"\n")).split(b"\n")
        self._line = self._line[:_LONGEST_LINE]
        for line in lines:
            if line.strip():
                self._tell(f"said {line.decode(errors='replace').strip()[:200]}")
        return bool(printed)

    def _tell(self, line: str) -> None:
        if self._server is not None:
            with contextlib.suppress(OSError):
                self._server.send(f"{line}\n".encode())

    def _part(self) -> None:
        """There is no server from now on."""
        if self._server is None:
            return
        self._ready.unregister(self._server)
        self._server.close()
        self._server = None
        self._until = time.monotonic() + self._patience


if __name__ == "__main__":
    main()
