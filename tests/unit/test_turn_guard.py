"""The guard of our TURN server: a program that outlives the server for a while, and not for longer."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from visavis.turn import guard

_PROGRAM = "import sys, time; print('up', flush=True); time.sleep(60)"

Run = Callable[..., Path]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts a program under a guard; where to connect."""
    with ExitStack() as stack:

        def start(code: str, *, patience: float = 20) -> Path:
            place = tmp_path / "guard"
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(str(place))
            listener.listen()
            words = [str(number) for number in (listener.fileno(), os.getuid(), os.getgid(), patience)]
            process = subprocess.Popen(
                [sys.executable, "-I", guard.__file__, *words, sys.executable, "-c", code],
                pass_fds=(listener.fileno(),),
                cwd="/",
            )
            listener.close()
            stack.callback(process.wait, 10)
            stack.callback(process.kill)
            return place

        yield start


def connect(place: Path) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.settimeout(10)
    server.connect(str(place))
    return server


def pid_told(server: socket.socket) -> int:
    word, number = server.makefile().readline().split()
    assert word == "pid"
    return int(number)


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_server_that_dies_finds_the_same_program_again(run: Run) -> None:
    place = run(_PROGRAM)
    with connect(place) as first:
        pid = pid_told(first)
    with connect(place) as second:
        assert pid_told(second) == pid
        second.send(b"stop\n")
        assert "ended -15" in second.makefile().read()
    assert not runs(pid)


def test_who_connects_takes_the_place_of_the_one_before(run: Run) -> None:
    place = run(_PROGRAM)
    with connect(place) as first, connect(place) as second:
        pid_told(second)
        assert first.makefile().read().startswith("pid")  # and then the end
        second.send(b"stop\n")
        assert "ended" in second.makefile().read()


def test_without_a_server_the_program_ends_after_a_while(run: Run) -> None:
    place = run(_PROGRAM, patience=0.5)
    with connect(place) as server:
        pid = pid_told(server)
    eventually("the program has ended", lambda: not runs(pid), within=10)


def test_the_end_of_the_program_is_told_with_its_words(run: Run) -> None:
    in_pieces = (
        "for piece in ('the port ', 'is taken', '\\n'): print(piece, end='', flush=True); time.sleep(0.1)"
    )
    place = run(f"import time; time.sleep(0.5)\n{in_pieces}\nraise SystemExit(3)")
    with connect(place) as server:
        told = server.makefile().read().splitlines()
    assert told[1:] == ["said the port is taken", "ended 3"]


def test_the_program_has_no_privileges_and_ends_with_its_guard(run: Run) -> None:
    place = run(_PROGRAM)
    with connect(place) as server:
        pid = pid_told(server)
        status = Path(f"/proc/{pid}/status").read_text()
        assert "NoNewPrivs:\t1" in status
        parent = int(status.split("PPid:\t")[1].split()[0])
        subprocess.run(["kill", "-9", str(parent)], check=True)
        eventually("the program has ended", lambda: not runs(pid), within=10)
