"""One coturn process: its files, its start without privileges, its sign of life, its end."""

import asyncio
import contextlib
import errno
import os
import pwd
import signal
import socket
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from visavis.turn import launch
from visavis.turn.addresses import Address, Addresses, ask_stun

PATIENCE = 5.0
"""Seconds in which it has to answer."""

_END = 2.0
"""Seconds that it has to end."""

_USERS = ("turnserver", "nobody")
"""As whom it runs where the server is root, the first that there is."""

CERTIFICATE, KEY = "certificate.pem", "key.pem"
_CONFIGURATION = "turnserver.conf"


class NotUp(Exception):
    """coturn did not come up, or is gone. The message says why, as far as it is known."""


@dataclass(frozen=True, slots=True)
class User:
    """As whom coturn runs."""

    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> Self:
        """Oneself, or another one where one is root."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        for name in _USERS:
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid)
        raise NotUp(f"there is no user {' or '.join(_USERS)} as whom it could run")


class Folder:
    """What coturn reads. It can read it and not write it, and nobody else can do either."""

    def __init__(self, path: Path, user: User) -> None:
        self.path = path
        self._user = user
        self._is_shared = user.uid != os.geteuid()
        path.mkdir(mode=0o700, exist_ok=True)
        self._close(path, 0o750 if self._is_shared else 0o700)

    def write(self, name: str, content: bytes) -> bool:
        """Put a file in place; whether that changed it."""
        file = self.path / name
        if file.is_file() and file.read_bytes() == content:
            return False
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
        self._close(draft, 0o640 if self._is_shared else 0o600)
        draft.replace(file)
        return True

    def _close(self, path: Path, mode: int) -> None:
        if self._is_shared:
            os.chown(path, os.geteuid(), self._user.gid)
        path.chmod(mode)


class Coturn:
    """A coturn that runs. ``stop`` ends it; it ends by itself when this process does, however that ends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.pid = process.pid
        self._process = process
        self._output: deque[str] = deque(maxlen=50)
        self._reader = asyncio.create_task(self._read(), name="turn output")

    @classmethod
    async def start(cls, program: str, folder: Folder, user: User, configuration: str) -> Self:
        folder.write(_CONFIGURATION, configuration.encode())
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            launch.__file__,
            str(os.getpid()),
            str(user.uid),
            str(user.gid),
            program,
            "-c",
            _CONFIGURATION,
            cwd=folder.path,
            env={"PATH": os.defpath, "LANG": "C"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # Ctrl-C in a terminal is for the server: it ends its child in order.
            start_new_session=True,
        )
        return cls(process)

    async def answered(self, addresses: Addresses, port: int) -> None:
        """Returns once it answers.

        Raises:
            NotUp: it ended, or does not answer in time.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while loop.time() < deadline and not self.has_ended:
            if await ask_stun(str(addresses.listening[0]), port, patience=0.3):
                return
        raise NotUp(f"coturn {'ended' if self.has_ended else 'does not answer'}{self._last_words}")

    async def ended(self) -> None:
        """Returns never.

        Raises:
            NotUp: it has ended.
        """
        code = await self._process.wait()
        await self._reader
        raise NotUp(f"coturn ended ({code}){self._last_words}")

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    def read_certificate(self) -> None:
        """Have it read certificate and key again."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGUSR2)

    async def stop(self) -> None:
        """End it. Safe twice."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), _END)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        await self._reader

    @property
    def _last_words(self) -> str:
        told = [line for line in self._output if any(sign in line for sign in ("ERROR", "annot", "denied"))]
        words = (told or list(self._output))[-1:]
        return f": {words[0]}" if words else ""

    async def _read(self) -> None:
        if self._process.stdout is None:
            return
        while line := await self._process.stdout.readline():
            if text := line.decode(errors="replace").strip()[:200]:
                self._output.append(text)


def check_free(addresses: Addresses, port: int) -> None:
    """See that the port can be had: coturn itself would wait for it for ever.

    Raises:
        NotUp
    """
    for address in addresses.listening:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            if _is_taken(address, port, kind):
                raise NotUp(
                    f"port {port} of {address} is in use. Debian starts a coturn of its own, which "
                    "systemctl disable --now coturn ends; or choose another port with VISAVIS_TURN_PORT"
                )


def _is_taken(address: Address, port: int, kind: socket.SocketKind) -> bool:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((str(address), port))
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False
