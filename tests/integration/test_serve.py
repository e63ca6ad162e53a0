"""The process: what it says, what it does when it cannot start, and how it ends."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.support.eventually import eventually
from tests.support.server_process import COMMAND, free_port
from visavis.addresses import web_addresses

START_UP_BUDGET = 3.0
"""Seconds from the command to the first answer, on a machine that is busy with other tests."""


class Process:
    """A command line as a user types it, with nothing of ours in the environment but ``variables``."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("VISAVIS_")}
        self.popen = subprocess.Popen(
            [*COMMAND, *arguments],
            env=clean | {f"VISAVIS_{name}": value for name, value in variables.items()},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def address(self) -> str:
        """Where the server says that it is: the first line of its output."""
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        found = re.fullmatch(r"Visavis is at (http://localhost:\d+)\n", line)
        assert found is not None, line or self.end()
        return found[1]

    def end(self, how: signal.Signals | None = None) -> tuple[int, str, str]:
        """Exit code, and the rest of stdout and of stderr. ``how``: the signal to send first."""
        if how is not None:
            self.popen.send_signal(how)
        out, err = self.popen.communicate(timeout=10)
        return self.popen.returncode, out, err


@contextmanager
def serving(folder: Path, *arguments: str, **variables: str) -> Iterator[Process]:
    process = Process(folder, "serve", *arguments, **({"PORT": "0"} | variables))
    try:
        yield process
    finally:
        if process.popen.poll() is None:
            process.end(signal.SIGKILL)


def told(process: Process) -> str:
    """The one line of a start that failed."""
    code, out, err = process.end()
    assert (code, out) == (1, "")
    assert re.fullmatch(r"visavis: [^\n]+\n", err), err
    return err


# --- starting ---------------------------------------------------------------------------------------


def test_it_answers_where_it_says_that_it_is_and_soon(tmp_path: Path) -> None:
    began = time.monotonic()
    with serving(tmp_path) as process:
        address = process.address()
        response = httpx.get(f"{address}/healthz")
        took = time.monotonic() - began
    print(f"first start to first answer: {took:.2f} s")  # noqa: T201
    assert response.json()["status"] == "ok"
    assert took < START_UP_BUDGET


def test_options_win_over_variables(tmp_path: Path) -> None:
    port = free_port()
    options = ("--host", "127.0.0.1", "--port", str(port), "--data", "here")
    with serving(tmp_path, *options, HOST="192.0.2.1", PORT="1", DATA="there") as process:
        assert process.address() == f"http://localhost:{port}"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["here"]


def test_a_settings_file_in_the_working_directory_is_read(tmp_path: Path) -> None:
    (tmp_path / "visavis.toml").write_text('stun_urls = ["stun:a.example:3478"]\n')
    with serving(tmp_path) as process:
        ice = httpx.get(f"{process.address()}/api/v1/ice").json()
    assert ice["iceServers"] == [{"urls": ["stun:a.example:3478"]}]


def test_the_secret_is_closed_to_others_and_stays_the_same(tmp_path: Path) -> None:
    secrets = []
    for _ in range(2):
        with serving(tmp_path, DATA="somewhere/else") as process:
            process.address()
            process.end(signal.SIGTERM)
        secret = tmp_path / "somewhere/else/secret"
        assert secret.stat().st_mode & 0o777 == 0o600
        secrets.append(secret.read_bytes())
    assert secrets[0] == secrets[1]
    assert [path.name for path in tmp_path.iterdir()] == ["somewhere"]


def test_a_room_survives_a_kill(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        made = httpx.post(f"{process.address()}/api/v1/rooms", json={"id": "piano"}).json()
        process.end(signal.SIGKILL)
    with serving(tmp_path) as process:
        del made["hostKey"]  # told once
        assert httpx.get(f"{process.address()}/api/v1/rooms/piano").json() == made


def test_every_address_of_the_machine_is_told_by_a_name_that_one_can_open(tmp_path: Path) -> None:
    with serving(tmp_path, HOST="0.0.0.0") as process:  # noqa: S104
        assert httpx.get(f"{process.address()}/healthz").status_code == 200


@pytest.mark.parametrize(
    ("host", "first"),
    [
        ("127.0.0.1", "http://localhost:80"),
        ("::1", "http://localhost:80"),
        ("0.0.0.0", "http://localhost:80"),  # noqa: S104
        ("::", "http://localhost:80"),
        ("192.0.2.7", "http://192.0.2.7:80"),
        ("2001:db8::7", "http://[2001:db8::7]:80"),
    ],
)
def test_the_first_address_is_one_to_click_on(host: str, first: str) -> None:
    assert web_addresses(host, 80)[0] == first


def test_the_version_is_told() -> None:
    done = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"visavis \d+\.\d+\.\d+\n", done.stdout)


# --- not starting -----------------------------------------------------------------------------------


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = told(Process(tmp_path, "serve", "--port", str(port)))
    assert f"Port {port} on 127.0.0.1 is in use" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("no.such.host.invalid", "There is no host 'no.such.host.invalid'"),
        ("a" * 70, "There is no host"),
        ("192.0.2.1", "This machine does not have the address 192.0.2.1"),
    ],
)
def test_a_host_that_cannot_be_is_told_in_one_line(tmp_path: Path, host: str, words: str) -> None:
    assert words in told(Process(tmp_path, "serve", "--host", host, "--port", "0"))


def test_settings_that_cannot_be_are_told_in_a_line_each(tmp_path: Path) -> None:
    code, out, err = Process(tmp_path, "serve", PORT="x", PROT="1").end()
    assert (code, out) == (1, "")
    assert [line.partition(": ")[2].partition(":")[0] for line in err.splitlines()] == [
        "VISAVIS_PORT",
        "VISAVIS_PROT",
    ]


def test_a_data_folder_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "file is not a folder" in told(Process(tmp_path, "serve", "--port", "0", "--data", "file"))


def test_a_secret_that_is_too_short_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    line = told(Process(tmp_path, "serve", "--port", "0", "--data", ".", LOG_LEVEL="error"))
    assert "holds 0 bytes" in line


def test_a_database_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "visavis.db").write_bytes(b"not a database" * 1000)
    line = told(Process(tmp_path, "serve", "--port", "0", "--data", ".", LOG_LEVEL="error"))
    assert "file is not a database" in line


# --- logging ----------------------------------------------------------------------------------------


def test_each_transition_is_one_line_and_json_where_asked(tmp_path: Path) -> None:
    with serving(tmp_path, LOG_FORMAT="json") as process:
        address = process.address()
        httpx.get(f"{address}/api/v1/rooms/nowhere")
        _, _, err = process.end(signal.SIGTERM)
    lines = [json.loads(line) for line in err.splitlines()]
    assert [line["event"] for line in lines if line["level"] == "info"] == [
        "secret made",
        "database migrated",
        "server started",
        "server stopping",
        "server stopped",
    ]
    secret = (tmp_path / "visavis-data/secret").read_bytes()
    assert secret.hex() not in err


# --- ending -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to(tmp_path: Path, how: signal.Signals) -> None:
    with serving(tmp_path) as process:
        process.address()
        code, _, err = process.end(how)
    assert code == 0
    assert "Traceback" not in err


def test_it_ends_soon_although_sockets_and_requests_are_open(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        address = process.address()
        engine = address.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        # One that says good-bye when the server does, one that does not read, one half a request,
        # one request that waits for its answer.
        with (
            connect(engine) as polite,
            socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as deaf,
            socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as half,
            httpx.Client(base_url=address) as polling,
        ):
            assert str(polite.recv()).startswith("0{")
            deaf.sendall(
                b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
                b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            assert deaf.recv(12) == b"HTTP/1.1 101"
            half.sendall(b"POST /api/v1/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            session = json.loads(polling.get("/socket.io/?EIO=4&transport=polling").text[1:])["sid"]
            waiting = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
            with waiting:
                waiting.sendall(
                    f"GET /socket.io/?EIO=4&transport=polling&sid={session} HTTP/1.1\r\n"
                    "Host: localhost\r\n\r\n".encode()
                )
                eventually("all are open", lambda: _connections(address) >= 5)
                began = time.monotonic()
                code, _, err = process.end(signal.SIGTERM)
                took = time.monotonic() - began
    assert code == 0
    assert took < 5
    assert "Traceback" not in err


def _connections(address: str) -> int:
    """Established TCP connections to a port of this machine, as the kernel lists them."""
    port = f"{int(address.rpartition(':')[2]):04X}"
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(row.split()[1].endswith(f":{port}") and row.split()[3] == "01" for row in rows)


def test_a_port_is_free_again_at_once(tmp_path: Path) -> None:
    port = str(free_port())
    for _ in range(2):
        with serving(tmp_path, PORT=port) as process:
            httpx.get(f"{process.address()}/healthz")
            assert process.end(signal.SIGTERM)[0] == 0


# --- bodies, on the wire ----------------------------------------------------------------------------


def test_a_large_body_is_refused_while_it_still_comes(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        port = int(process.address().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            client.sendall(
                b"POST /api/v1/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n" + (b"1000\r\n" + b" " * 4096 + b"\r\n") * 5
            )  # and no end
            answer = client.makefile("rb").read()  # to the end of the connection
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"message_too_large"' in answer
