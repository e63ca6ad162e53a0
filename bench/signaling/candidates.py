"""The servers that are measured: what candidates.toml says, as processes on a core of their own."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.signaling.accounting import Cores, children_of
from bench.signaling.peer import Peer, ServerAtFault

BENCH = Path(__file__).parent.parent

_START_WITHIN = 20.0
"""Seconds from the start of a server to its first answer."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server, as candidates.toml describes it. Placeholders are not filled in yet."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Server:
    """A candidate that runs and answers."""

    pid: int
    port: int


def read_candidates(file: Path) -> list[Candidate]:
    with file.open("rb") as opened:
        entries = tomllib.load(opened)["candidate"]
    return [Candidate(e["name"], tuple(e["command"]), e.get("environment", {})) for e in entries]


@asynccontextmanager
async def running(candidate: Candidate, cores: Cores) -> AsyncIterator[Server]:
    """A server that is ended, whatever happens, when the block is left.

    Raises:
        ServerAtFault: it does not start, or is more than one process.
    """
    with tempfile.TemporaryDirectory(prefix="bench-signaling-") as folder:
        port = _free_port()
        log = Path(folder, "output.txt")
        process = _start(candidate, cores, port, Path(folder), log)
        try:
            await _until_it_answers(process, port, log)
            if children_of(process.pid):
                raise ServerAtFault(f"{candidate.name} is more than one process")
            yield Server(process.pid, port)
        finally:
            # Nothing of it is needed again, so it is not asked.
            process.kill()
            process.wait()


def _start(candidate: Candidate, cores: Cores, port: int, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    work = folder / "work"
    work.mkdir()
    places = {"port": port, "bench": BENCH, "python": sys.executable, "folder": work}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("VISAVIS_")}
    own = {name: value.format(**places) for name, value in candidate.environment.items()}
    mine = os.sched_getaffinity(0)
    with log.open("wb") as output:
        # A child inherits where its parent may run, all of its threads from the start.
        os.sched_setaffinity(0, {cores.server})
        try:
            return subprocess.Popen(  # noqa: S603 - the commands of candidates.toml are its point
                [part.format(**places) for part in candidate.command],
                env=inherited | own,
                cwd=work,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise ServerAtFault(f"{candidate.name} cannot be started: {error}") from None
        finally:
            os.sched_setaffinity(0, mine)


async def _until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    why: object = None
    try:
        async with asyncio.timeout(_START_WITHIN):
            while process.poll() is None:
                try:
                    peer = await Peer.connect(port)
                except (OSError, ServerAtFault) as error:
                    why = error
                    await asyncio.sleep(0.1)
                else:
                    await peer.close()
                    return
    except TimeoutError:
        pass
    raise ServerAtFault(f"the server does not answer ({why}). It said:\n{_end_of(log)}")


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
