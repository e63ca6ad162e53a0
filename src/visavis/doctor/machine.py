"""This machine: the data folder, what is in it, the clock, and the ports."""

import errno
import os
import pwd
import shutil
import socket
import sqlite3
import stat
import tempfile
from contextlib import closing
from pathlib import Path

from visavis.data_folder import DATABASE_FILE, SECRET_BYTES, SECRET_FILE
from visavis.doctor.findings import Finding
from visavis.storage.tables import HEAD

LITTLE_SPACE = 200_000_000
"""Bytes. With less, a database that grows for a year may fill it."""
NO_SPACE = 5_000_000

_FOLDER = "data folder"
_SECRET = "secret"  # noqa: S105 - a name
DATABASE = "database"
_CLOCK = "clock"

_LOCK_PATIENCE = 1.0
"""Seconds to wait for another who writes: longer than any write of the server's."""
_CLOCKS_DIFFER = 120.0
"""Seconds by which the clock may be behind a file that was written by it."""


def check_folder(path: Path) -> Finding:
    """Whether a server can keep its data in a folder. Leaves nothing in it."""
    path = path.absolute()
    try:
        state = path.stat()
    except FileNotFoundError:
        return _missing(path)
    except OSError as error:
        return Finding.problem(_FOLDER, f"{path} cannot be looked at: {_why(error)}.", _OTHER_FOLDER)
    if not stat.S_ISDIR(state.st_mode):
        return Finding.problem(_FOLDER, f"{path} is not a folder.", _OTHER_FOLDER)
    owner = _name_of(state.st_uid)
    try:
        tempfile.TemporaryFile(dir=path).close()
    except OSError as error:
        reason = f"{path} cannot be written: {_why(error)}. It belongs to {owner}."
        return Finding.problem(_FOLDER, reason, "Run Visavis as its owner, or choose another with --data.")
    if state.st_uid != os.geteuid():
        # Not a problem as such: a group may write it. But what root writes, the server cannot.
        who = f"It belongs to {owner}, and this is {_name_of(os.geteuid())}"
        return Finding.warning(
            _FOLDER, f"{path} can be written. {who}.", f"Run this as {owner}, as the server."
        )
    return _space(path)


def _missing(path: Path) -> Finding:
    parent = next(folder for folder in path.parents if folder.exists())
    if os.access(parent, os.W_OK | os.X_OK) and _can_make_folders(parent):
        return Finding.ok(_FOLDER, f"{path} is not there yet. The first start makes it.")
    reason = f"{path} is not there, and cannot be made in {parent}."
    return Finding.problem(_FOLDER, reason, _OTHER_FOLDER)


def _can_make_folders(parent: Path) -> bool:
    try:
        tempfile.TemporaryFile(dir=parent).close()
    except OSError:
        return False
    return True


def _space(path: Path) -> Finding:
    free = shutil.disk_usage(path).free
    said = f"{free / 1e9:.0f} GB are free" if free > 1e10 else f"{free / 1e6:.0f} MB are free"
    if free < NO_SPACE:
        return Finding.problem(_FOLDER, f"{path} is full: {said}.", "Make room on that disk.")
    if free < LITTLE_SPACE:
        return Finding.warning(_FOLDER, f"{path} can be written, and {said} only.", "Make room on that disk.")
    return Finding.ok(_FOLDER, f"{path} can be written, and {said}.")


def check_secret(folder: Path) -> Finding:
    """Whether the secret is there, long enough, and closed to others."""
    file = folder.absolute() / SECRET_FILE
    try:
        state = file.stat()
        secret = file.read_bytes()
    except FileNotFoundError:
        return Finding.ok(_SECRET, "There is none yet. The first start makes it.")
    except OSError as error:
        return Finding.problem(_SECRET, f"{file} cannot be read: {_why(error)}.", "Run this as its owner.")
    mode = stat.S_IMODE(state.st_mode)
    if len(secret) < SECRET_BYTES:
        return Finding.problem(
            _SECRET,
            f"{file} holds {len(secret)} bytes, and a secret has at least {SECRET_BYTES}.",
            "Put the right file back, or delete it to have a new one made.",
        )
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding.problem(
            _SECRET,
            f"{file} is open to other users of this machine (mode {mode:04o}).",
            f"chmod 600 {file}; if you do not trust them, delete it and start the server again.",
        )
    return Finding.ok(_SECRET, f"{len(secret)} bytes, for its owner only.")


def check_database(folder: Path) -> Finding:
    """Whether the server could work with the database: whole, of its schema, and not held by another.

    Takes the right to write for an instant, which the server waits for as for any other writer.
    """
    file = folder.absolute() / DATABASE_FILE
    if not file.exists() or file.stat().st_size == 0:
        return Finding.ok(DATABASE, "There is none yet. The first start makes it.")
    try:
        with closing(
            sqlite3.connect(
                f"{file.as_uri()}?mode=rw", uri=True, timeout=_LOCK_PATIENCE, isolation_level=None
            )
        ) as connection:
            return _look_into(connection)
    except sqlite3.Error as error:
        return _database_problem(file, error)


def _look_into(connection: sqlite3.Connection) -> Finding:
    whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if whole != "ok":
        return Finding.problem(DATABASE, f"It is damaged: {_one_line(whole)}.", _RESTORE)
    connection.execute("BEGIN IMMEDIATE")
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if "alembic_version" not in tables:
            return Finding.ok(DATABASE, "It is empty. The next start makes its tables.")
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    finally:
        connection.execute("ROLLBACK")
    # Revisions are numbered in their order, in digits of one length.
    if revision > HEAD:
        return Finding.problem(
            DATABASE,
            f"A newer version of Visavis made it (schema {revision}; this one knows {HEAD}).",
            "Install that version again: schemas do not go back.",
        )
    if revision < HEAD:
        return Finding.ok(DATABASE, f"Its schema is {revision}. The next start brings it to {HEAD}.")
    return Finding.ok(DATABASE, f"It is whole and can be written (schema {revision}).")


def _database_problem(file: Path, error: sqlite3.Error) -> Finding:
    match (
        error.sqlite_errorcode & 0xFF
        if isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError)
        else 0
    ):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Finding.problem(
                DATABASE,
                f"Another program has held it for more than {_LOCK_PATIENCE:g} second.",
                f"Find it with: fuser {file}",
            )
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return Finding.problem(DATABASE, f"{file} is damaged: {error}.", _RESTORE)
        case _:
            return Finding.problem(
                DATABASE,
                f"{file} cannot be used: {error}.",
                "Look at its owner and mode: run this as its owner.",
            )


def check_clock(folder: Path, now: float) -> list[Finding]:
    """Whether the clock is behind what was written by it: all that one can see of it without another."""
    try:
        newest = max((file.stat().st_mtime for file in folder.iterdir()), default=0.0)
    except OSError:
        return []
    if newest - now > _CLOCKS_DIFFER:
        return [
            Finding.problem(_CLOCK, f"Files of the server are from {_span(newest - now)} ahead.", SET_CLOCK)
        ]
    return []


def clock_against(source: str, theirs: float, ours: float) -> Finding:
    """Our clock beside another."""
    ahead = ours - theirs
    if abs(ahead) > _CLOCKS_DIFFER:
        side = "ahead of" if ahead > 0 else "behind"
        return Finding.problem(_CLOCK, f"This machine is {_span(abs(ahead))} {side} {source}.", SET_CLOCK)
    return Finding.ok(_CLOCK, f"It agrees with {source}.")


SET_CLOCK = "Set the clock, and let NTP keep it: certificates and TURN passwords hold for a time only."

_OTHER_FOLDER = "Choose another data folder with --data or VISAVIS_DATA."
_RESTORE = "Stop the server and put the copy of your last backup in its place."


def check_port(host: str, port: int) -> OSError | None:
    """What keeps a server from listening; None where nothing does. Listens itself for no moment."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
            probe.bind(address)
    except OSError as error:
        return error
    return None


def judge_port(name: str, host: str, port: int, error: OSError | None, *, is_ours: bool) -> Finding:
    """What ``check_port`` means. ``is_ours``: our own server answers there."""
    match error and error.errno:
        case None:
            return Finding.ok(name, f"{port} on {host} is free.")
        case errno.EADDRINUSE if is_ours:
            return Finding.ok(name, f"This server has {port} on {host}.")
        case errno.EADDRINUSE:
            return Finding.problem(
                name,
                f"Another program has {port} on {host}.",
                f"Stop it (ss -ltnp 'sport = {port}' names it), or choose another port.",
            )
        case errno.EACCES | errno.EPERM:
            return Finding.problem(
                name,
                f"This user may not listen on {port}: ports below {_first_free_port()} are for root.",
                "Give the service AmbientCapabilities=CAP_NET_BIND_SERVICE, or choose a port from 1024 up.",
            )
        case errno.EADDRNOTAVAIL:
            return Finding.problem(name, f"This machine does not have the address {host}.", "Check --host.")
        case _:
            return Finding.problem(name, f"Cannot listen on {host}, port {port}: {error}.", "Check --host.")


def _first_free_port() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    except (OSError, ValueError):
        return 1024


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _why(error: OSError) -> str:
    return error.strerror or str(error)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def _span(seconds: float) -> str:
    """A stretch of time, roughly."""
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
