"""The data folder: modes, the secret, and what is wrong with either."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from structlog.testing import capture_logs

from visavis.data_folder import SECRET_BYTES, DataFolder, DataFolderUnusable, Secret


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some/where/data"


def test_a_new_folder_and_its_files_are_for_the_owner_only(path: Path) -> None:
    DataFolder(path).secret()
    assert mode_of(path) == 0o700
    assert {file.name: mode_of(file) for file in path.iterdir()} == {"secret": 0o600, "visavis.db": 0o600}


def test_the_mode_of_a_folder_that_was_there_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    DataFolder(tmp_path).secret()
    assert mode_of(tmp_path) == 0o755
    assert mode_of(tmp_path / "secret") == 0o600


def test_the_secret_is_random_and_stays(path: Path, tmp_path: Path) -> None:
    secret = DataFolder(path).secret()
    assert len(secret) == SECRET_BYTES
    assert DataFolder(path).secret() == secret
    assert DataFolder(tmp_path / "other").secret() != secret


def test_servers_that_start_at_once_agree_on_the_secret(path: Path) -> None:
    together = Barrier(8)

    def start(_: int) -> Secret:
        folder = DataFolder(path)
        together.wait()
        return folder.secret()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1
    assert sorted(file.name for file in path.iterdir()) == ["secret", "visavis.db"]


@pytest.mark.parametrize("content", [b"", b"short", b"x" * (SECRET_BYTES - 1)])
def test_a_secret_that_is_too_short_stops_the_start(path: Path, content: bytes) -> None:
    folder = DataFolder(path)
    (path / "secret").write_bytes(content)
    with pytest.raises(DataFolderUnusable, match=f"holds {len(content)} bytes.*at least 32") as caught:
        folder.secret()
    assert "\n" not in str(caught.value)
    assert (path / "secret").read_bytes() == content


def test_a_secret_that_others_can_read_is_closed_to_them_and_told_of(path: Path) -> None:
    folder = DataFolder(path)
    secret = folder.secret()
    (path / "secret").chmod(0o644)
    with capture_logs() as logged:
        assert folder.secret() == secret
    assert mode_of(path / "secret") == 0o600
    assert [line["log_level"] for line in logged] == ["warning"]


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(b"hush")
    assert f"{secret} {secret!r} {secret!s} {[secret]}".count("hush") == 0
    assert secret == b"hush"


def test_the_name_of_a_server_stays_and_is_its_own(path: Path, tmp_path: Path) -> None:
    node = DataFolder(path).node()
    assert DataFolder(path).node() == node
    assert DataFolder(tmp_path / "other").node() != node
    assert mode_of(path / "node") == 0o600


def test_a_name_that_is_none_stops_the_start(path: Path) -> None:
    folder = DataFolder(path)
    (path / "node").write_text("calls.example.org")
    with pytest.raises(DataFolderUnusable, match="Delete it"):
        folder.node()


@pytest.mark.parametrize("below", [".", "folder"])
def test_a_file_in_the_way_is_told_in_one_line(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataFolderUnusable) as caught:
        DataFolder(tmp_path / "file" / below)
    assert str(tmp_path / "file") in str(caught.value)
    assert "VISAVIS_DATA" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_in_the_place_of_the_secret_is_told_in_one_line(path: Path) -> None:
    folder = DataFolder(path)
    (path / "secret").mkdir()
    with pytest.raises(DataFolderUnusable, match="Is a directory"):
        folder.secret()
