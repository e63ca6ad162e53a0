"""One coturn process: its files, its start without privileges under a guard, its sign of life, its end."""

import asyncio
import contextlib
import errno
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from visavis.turn import guard
from visavis.turn.addresses import Address, Addresses, ask_stun

PATIENCE = 5.0
"""Seconds in which it has to answer."""

_END = 4.0
"""Seconds that it has to end, and its guard after it."""

OUTLIVES = 60
"""Seconds for which it goes on where the server has died: another one comes for it within that time."""

_USERS = ("turnserver", "nobody")
"""As whom it runs where the server is root, the first that there is."""

CERTIFICATE, KEY = "certificate.pem", "key.pem"
_GUARD_ERRORS = "guard.log"
_CONFIGURATION = "turnserver.conf"
_GUARD = "guard"


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
        if self.has(name, content):
            return False
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
        self._close(draft, 0o640 if self._is_shared else 0o600)
        draft.replace(file)
        return True

    def has(self, name: str, content: bytes) -> bool:
        """Whether a file is there with this content."""
        file = self.path / name
        return file.is_file() and file.read_bytes() == content

    @contextlib.contextmanager
    def place(self, name: str) -> Iterator[str]:
        """A path for a UNIX socket in it, for as long as the block lasts. Its own may be longer than such
        paths can be (unix(7))."""
        if sys.platform != "linux":
            yield str(self.path / name)
            return
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}/{name}"
        finally:
            os.close(descriptor)

    def _close(self, path: Path, mode: int) -> None:
        if self._is_shared:
            os.chown(path, os.geteuid(), self._user.gid)
        path.chmod(mode)


class Coturn:
    """A coturn that runs, under a guard of its own (``guard.py``). ``stop`` ends it. Where this process dies
    or leaves it, it goes on for a while: relayed calls use it, and the next server takes it over.
    """

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self._guard: subprocess.Popen[bytes] | None = None
        self._writer = writer
        self._code = "its guard is gone"
        self._output: deque[str] = deque(maxlen=50)
        self._reading = asyncio.create_task(self._read(reader), name="turn output")

    @classmethod
    async def start(cls, program: str, folder: Folder, user: User, configuration: str) -> Self:
        """
        Raises:
            NotUp
        """
        folder.write(_CONFIGURATION, configuration.encode())
        # Not our own: who reads it to its end would wait for the one who outlives us.
        errors = folder.path / _GUARD_ERRORS
        with _listener(folder) as listener, errors.open("wb") as stderr:
            # Not asyncio's: that would kill it when the event loop ends.
            process = subprocess.Popen(  # noqa: ASYNC220, S603 - it takes milliseconds; no shell
                [
                    sys.executable,
                    "-I",
                    guard.__file__,
                    *(str(number) for number in (listener.fileno(), user.uid, user.gid, OUTLIVES)),
                    program,
                    "-c",
                    _CONFIGURATION,
                ],
                cwd=folder.path,
                env={"PATH": os.defpath, "LANG": "C"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                pass_fds=(listener.fileno(),),
                # Ctrl-C in a terminal is for the server: it ends its child in order.
                start_new_session=True,
            )
            try:
                made = await cls._meet(folder)
            except BaseException:
                process.kill()
                process.wait()
                raise
        made._guard = process
        return made

    @classmethod
    async def left_behind(cls, folder: Folder, configuration: str) -> Self | None:
        """One that a server before us has left, if it runs by this configuration. Another one is ended."""
        try:
            found = await cls._meet(folder)
        except NotUp:
            return None
        if folder.has(_CONFIGURATION, configuration.encode()):
            return found
        await found.stop()
        return None

    @classmethod
    async def _meet(cls, folder: Folder) -> Self:
        """Connect to its guard.

        Raises:
            NotUp: there is none, or it cannot run coturn.
        """
        try:
            with folder.place(_GUARD) as path:
                reader, writer = await asyncio.open_unix_connection(path)
            first = await asyncio.wait_for(reader.readline(), PATIENCE)
        except OSError as error:
            raise NotUp(f"coturn cannot be started: {error}") from None
        if not first.startswith(b"pid "):
            writer.close()
            raise NotUp("coturn cannot be started")
        return cls(int(first.split()[1]), reader, writer)

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
        await asyncio.shield(self._reading)
        raise NotUp(f"coturn ended ({self._code}){self._last_words}")

    @property
    def has_ended(self) -> bool:
        return self._reading.done()

    def read_certificate(self) -> None:
        """Have it read certificate and key again."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGUSR2)

    async def stop(self) -> None:
        """End it. Safe twice."""
        self._writer.write(b"stop\n")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END):
                await asyncio.shield(self._reading)
                if self._guard is not None:
                    await asyncio.to_thread(self._guard.wait, _END)
        self._writer.close()

    def leave(self) -> None:
        """Let it go on without us, until the next server takes it over or nobody has come for a minute."""
        self._reading.cancel()
        self._writer.close()

    @property
    def _last_words(self) -> str:
        told = [line for line in self._output if any(sign in line for sign in ("ERROR", "annot", "denied"))]
        words = (told or list(self._output))[-1:]
        return f": {words[0]}" if words else ""

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                kind, _, rest = line.decode(errors="replace").strip().partition(" ")
                if kind == "ended":
                    self._code = rest
                elif rest:
                    self._output.append(rest)


def _listener(folder: Folder) -> socket.socket:
    """Where the guard is met. Nobody else can connect."""
    (folder.path / _GUARD).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    with folder.place(_GUARD) as path:
        listener.bind(path)
    (folder.path / _GUARD).chmod(0o600)
    listener.listen()
    return listener


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
