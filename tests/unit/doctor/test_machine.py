"""What the doctor says of this machine: of real folders and files, sound and broken."""

import asyncio
import errno
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from visavis.data_folder import DataFolder
from visavis.doctor.findings import Verdict
from visavis.doctor.machine import (
    check_clock,
    check_database,
    check_folder,
    check_port,
    check_secret,
    clock_against,
    judge_port,
)
from visavis.storage.sqlite import SqliteStorage
from visavis.storage.tables import HEAD


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As a first start leaves it."""
    made = DataFolder(tmp_path / "data")
    made.secret()
    asyncio.run(_open_and_close(SqliteStorage(made.database)))
    return made.path


async def _open_and_close(storage: SqliteStorage) -> None:
    await storage.open()
    await storage.close()


def contents(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def test_a_sound_folder_is_ok_and_nothing_in_it_changes(folder: Path) -> None:
    before = contents(folder)
    for check in (check_folder, check_secret, check_database):
        assert check(folder).verdict is Verdict.OK
    assert check_clock(folder, (folder / "secret").stat().st_mtime) == []
    assert contents(folder) == before


# --- the folder -------------------------------------------------------------------------------------


def test_a_folder_that_can_be_made_is_ok_and_is_not_made(tmp_path: Path) -> None:
    assert check_folder(tmp_path / "a/b").verdict is Verdict.OK
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_its_place_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    found = check_folder(tmp_path / "data")
    assert found.verdict is Verdict.PROBLEM
    assert "not a folder" in found.reason


@pytest.mark.parametrize("path", ["/proc/sys", "/proc/visavis"], ids=["there", "not there"])
def test_a_folder_that_cannot_be_written_is_a_problem_even_for_root(path: str) -> None:
    found = check_folder(Path(path))
    assert found.verdict is Verdict.PROBLEM
    assert "--data" in found.remedy


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_a_warning(folder: Path) -> None:
    os.chown(folder, 65534, 65534)
    assert check_folder(folder).verdict is Verdict.WARNING


# --- the secret -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_secret_that_others_can_read_is_a_problem(folder: Path, mode: int) -> None:
    (folder / "secret").chmod(mode)
    found = check_secret(folder)
    assert found.verdict is Verdict.PROBLEM
    assert f"mode {mode:04o}" in found.reason
    assert found.remedy.startswith("chmod 600 ")
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == mode


def test_a_secret_that_is_too_short_is_a_problem(folder: Path) -> None:
    (folder / "secret").write_bytes(b"short")
    found = check_secret(folder)
    assert found.verdict is Verdict.PROBLEM
    assert "5 bytes" in found.reason


def test_a_secret_is_never_shown(folder: Path) -> None:
    (folder / "secret").write_bytes(b"of no use")
    assert "of no use" not in str(check_secret(folder))


def test_a_secret_that_is_a_folder_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    assert check_secret(tmp_path).verdict is Verdict.PROBLEM


# --- the database -----------------------------------------------------------------------------------


def test_no_database_yet_is_ok(tmp_path: Path) -> None:
    assert check_database(tmp_path).verdict is Verdict.OK
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("at", [0, 2000], ids=["header", "pages"])
def test_a_damaged_database_is_a_problem(folder: Path, at: int) -> None:
    file = folder / "visavis.db"
    content = bytearray(file.read_bytes())
    content[at : at + 6000] = b"\xff" * len(content[at : at + 6000])
    file.write_bytes(content)
    found = check_database(folder)
    assert found.verdict is Verdict.PROBLEM
    assert "damaged" in found.reason
    assert "backup" in found.remedy


@pytest.mark.parametrize(
    ("revision", "verdict", "words"),
    [("9999", Verdict.PROBLEM, "newer version"), ("0000", Verdict.OK, f"brings it to {HEAD}")],
)
def test_a_schema_of_another_version_is_told(
    folder: Path, revision: str, verdict: Verdict, words: str
) -> None:
    with closing(sqlite3.connect(folder / "visavis.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.commit()
    found = check_database(folder)
    assert (found.verdict, words in found.reason) == (verdict, True)


def test_a_database_that_another_program_holds_is_a_problem(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "visavis.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        found = check_database(folder)
    assert found.verdict is Verdict.PROBLEM
    assert "fuser" in found.remedy
    assert check_database(folder).verdict is Verdict.OK


# --- the clock --------------------------------------------------------------------------------------


def test_a_clock_behind_its_own_files_is_a_problem(folder: Path) -> None:
    newest = max(file.stat().st_mtime for file in folder.iterdir())
    (found,) = check_clock(folder, newest - 3 * 86_400)
    assert found.verdict is Verdict.PROBLEM
    assert "3 days ahead" in found.reason


@pytest.mark.parametrize(
    ("ours", "verdict", "words"),
    [
        (1000.0, Verdict.OK, "agrees"),
        (1090.0, Verdict.OK, "agrees"),
        (1000.0 + 7200, Verdict.PROBLEM, "2 hours ahead of there"),
        (1000.0 - 300, Verdict.PROBLEM, "5 minutes behind there"),
    ],
)
def test_clocks_may_differ_by_two_minutes(ours: float, verdict: Verdict, words: str) -> None:
    found = clock_against("there", 1000.0, ours)
    assert (found.verdict, words in found.reason) == (verdict, True)


# --- ports ------------------------------------------------------------------------------------------


def test_a_free_port_is_ok() -> None:
    assert check_port("127.0.0.1", 0) is None
    assert judge_port("port", "127.0.0.1", 8000, None, is_ours=False).verdict is Verdict.OK


def test_an_address_that_the_machine_does_not_have_is_a_problem() -> None:
    error = check_port("198.51.100.1", 8000)
    assert error is not None
    found = judge_port("port", "198.51.100.1", 8000, error, is_ours=False)
    assert found.verdict is Verdict.PROBLEM
    assert "does not have the address" in found.reason


@pytest.mark.parametrize(
    ("number", "is_ours", "verdict", "words"),
    [
        (errno.EADDRINUSE, True, Verdict.OK, "This server has 443"),
        (errno.EADDRINUSE, False, Verdict.PROBLEM, "Another program has 443"),
        (errno.EACCES, False, Verdict.PROBLEM, "may not listen on 443"),
        (errno.EIO, False, Verdict.PROBLEM, "Cannot listen"),
    ],
)
def test_what_keeps_a_server_from_listening_is_told(
    number: int, is_ours: bool, verdict: Verdict, words: str
) -> None:
    found = judge_port("port", "0.0.0.0", 443, OSError(number, "why"), is_ours=is_ours)  # noqa: S104
    assert (found.verdict, words in found.reason) == (verdict, True)
