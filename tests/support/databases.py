"""Real database servers in processes of their own, which can be taken away and brought back."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.eventually import eventually
from tests.support.parts import require
from tests.support.server_process import free_port

MONGODB = os.environ.get("VISAVIS_TEST_MONGODB")
"""The address of a real mongod, without a database; otherwise a stand-in is started."""


_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


class FileLock:
    """Another process that can take the lock to write on an SQLite file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process: subprocess.Popen[str] | None = None

    def take(self) -> None:
        """Take it, and return when it is had."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LOCK, str(self._file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "locked\n"

    def release(self) -> None:
        """Safe twice."""
        if self._process is not None:
            self._process.communicate()
            self._process = None


class PostgresqlServer:
    """A PostgreSQL of its own, on a socket and a port of 127.0.0.1, with its data in a new folder."""

    def __init__(self) -> None:
        # PostgreSQL refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="visavis-postgresql-"))
        if self._user:
            shutil.chown(self._folder, self._user)
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "--auth=trust", "--username=visavis", "--no-sync", "--pgdata", self._data)

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def start(self) -> None:
        """Start, and wait until it answers."""
        arguments = ["-D", self._data, "-p", str(self._port), "-k", str(self._folder)]
        self._process = subprocess.Popen(
            [_program("postgres"), *arguments, "-c", "listen_addresses=127.0.0.1"],
            user=self._user,
            cwd=self._folder,
            stderr=subprocess.DEVNULL,
        )
        eventually("PostgreSQL answers", self._answers, within=30)

    def _answers(self) -> bool:
        ready = [_program("pg_isready"), "-q", "-h", str(self._folder), "-p", str(self._port)]
        return subprocess.run(ready, check=False).returncode == 0

    def crash(self) -> None:
        """End it at once, with every connection to it, and without tidying up."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=10)
            self._process = None

    def remove(self) -> None:
        self.crash()
        shutil.rmtree(self._folder)

    def new_database(self) -> str:
        """The address of a database with nothing in it."""
        name = f"visavis_{secrets.token_hex(4)}"
        self.execute("postgres", f"CREATE DATABASE {name}")
        return f"postgresql://visavis@127.0.0.1:{self._port}/{name}"

    def execute(self, database: str, statement: str) -> str:
        """Run a statement with PostgreSQL's own client; what it prints."""
        where = ["-h", str(self._folder), "-p", str(self._port), "-U", "visavis", "-d", database]
        return self._run("psql", *where, "-qtA", "-v", "ON_ERROR_STOP=1", "-c", statement)

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [_program(program), *arguments],
            user=self._user,
            cwd=self._folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()


def _program(name: str) -> str:
    """A program of PostgreSQL: Debian keeps those of the server out of the way."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else require(name, "apt install postgresql")


class MongodbServer:
    """SecantusDB in the place of MongoDB: it speaks its protocol. Its data are in a new folder."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="visavis-mongodb-"))
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it listens."""
        arguments = ["--port", str(self._port), "--storage-path", str(self._folder / "data"), "--standalone"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "secantus", *arguments, "--sync-on-commit"],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually("MongoDB listens", self._listens, within=30)

    def crash(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def remove(self) -> None:
        self.crash()
        shutil.rmtree(self._folder)

    def new_database(self) -> str:
        """The address of a database with nothing in it."""
        return f"mongodb://127.0.0.1:{self._port}/visavis_{secrets.token_hex(4)}"

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0
