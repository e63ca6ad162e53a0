"""The data folder: what a server must find again when it comes back: the secret, its name, the database."""

import contextlib
import os
import re
import secrets
import stat
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

SECRET_FILE = "secret"  # noqa: S105 - a name
DATABASE_FILE = "visavis.db"

SECRET_BYTES = 32
"""The length of a secret made here, and the least of one that was put here (RFC 7518, section 3.2)."""

_NODE = re.compile(rb"[0-9a-f]{32}")

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class DataFolderUnusable(Exception):
    """The server cannot keep its data here. The message is one line for the operator."""


class Secret(bytes):
    """Bytes that do not show themselves in a log, a traceback or a formatted string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__


class DataFolder:
    """A folder that this server may read and write.

    A new folder is 0700. The mode of one that was there is left alone: it may be a shared place such as
    a home directory. The files in it are 0600 either way.

    Raises:
        DataFolderUnusable: it cannot be made, is no folder, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.mkdir(mode=0o700, exist_ok=True)
            # SQLite would make it by the umask, and gives its -wal and -shm the mode of this one.
            os.close(os.open(self.database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except FileExistsError:
            raise DataFolderUnusable(f"{self.path} is not a folder. {_REMEDY}") from None
        except OSError as error:
            raise DataFolderUnusable(_cannot("use", error, self.path)) from None

    @property
    def database(self) -> Path:
        """The database file."""
        return self.path / DATABASE_FILE

    def secret(self) -> Secret:
        """The server's signing key, 32 bytes or more: the same at every start.

        Made at the first start. Where several servers start at once on a new folder, all get the same.

        Raises:
            DataFolderUnusable: the file is too short, or cannot be read, made or closed to others.
        """
        file = self.path / SECRET_FILE
        try:
            if not file.exists():
                _put(file, secrets.token_bytes(SECRET_BYTES))
                log.info("secret made", file=str(file))
            return _read_secret(file)
        except OSError as error:
            raise DataFolderUnusable(_cannot("keep the secret in", error, self.path)) from None

    def node(self) -> str:
        """The name of this server among those that share a database: the same at every start.

        Made at the first start; 32 letters and digits.

        Raises:
            DataFolderUnusable: the file cannot be read or made, or holds something else.
        """
        file = self.path / "node"
        try:
            if not file.exists():
                _put(file, secrets.token_hex(16).encode())
            node = file.read_bytes()
        except OSError as error:
            raise DataFolderUnusable(_cannot("keep the server's name in", error, self.path)) from None
        if not _NODE.fullmatch(node):
            raise DataFolderUnusable(f"{file} does not hold a server's name. Delete it to have one made.")
        return node.decode()


_REMEDY = "Choose another data folder with --data or VISAVIS_DATA."


def _cannot(act: str, error: OSError, path: Path) -> str:
    return f"Cannot {act} the data folder {path}: {error.strerror or error}. {_REMEDY}"


def _put(file: Path, content: bytes) -> None:
    """Put a whole file in place, or leave the one that another server put there first."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # A link, and not a rename: it never takes the place of a file that is there.
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()
    _sync_folder(file.parent)


def _read_secret(file: Path) -> Secret:
    with file.open("rb") as stream:
        if os.fstat(stream.fileno()).st_mode & _OTHERS:
            os.fchmod(stream.fileno(), 0o600)
            if os.fstat(stream.fileno()).st_mode & _OTHERS:
                raise DataFolderUnusable(f"{file} can be read by others, and its mode cannot be set.")
            # Corrected, and not refused: restored backups come like this. But it has to be said.
            log.warning(
                "the secret could be read by other users of this machine; its mode is 0600 now. "
                "If you do not trust them, delete the file and start again",
                file=str(file),
            )
        secret = Secret(stream.read())
    if len(secret) < SECRET_BYTES:
        raise DataFolderUnusable(
            f"{file} holds {len(secret)} bytes, and a secret has at least {SECRET_BYTES}. "
            "Put the right file back, or delete it to have a new one made."
        )
    return secret


def _sync_folder(path: Path) -> None:
    """Make a new name in a folder last, should the power fail."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
