"""The doctor on a host that is sound, and on one that is broken in each way that it names."""

import asyncio
import json
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from email.utils import formatdate
from pathlib import Path
from time import time
from typing import Any

import pytest

from tests.support import proxy
from tests.support.certificates import TestAuthority
from tests.support.coturn import SECRET, Coturn, coturn, outside_address
from tests.support.https import serving
from tests.support.nginx import nginx
from tests.support.server_process import COMMAND, ServerProcess, free_port
from visavis.doctor import Finding, Verdict, examine
from visavis.settings import Settings

Found = dict[str, Finding]
Files = tuple[Path, Path]

_ALL = """
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection upgrade;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_pass http://127.0.0.1:{port};
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One for all: the doctor does not disturb it, and what is broken is in front of it."""
    process = ServerProcess(tmp_path_factory.mktemp("host"))
    process.start()
    yield process
    process.stop()


def settings_of(server: ServerProcess) -> Settings:
    return Settings(port=server.port, data=server.folder / "data")


async def examined(settings: Settings, url: str | None = None) -> Found:
    return {finding.name: finding for finding in await examine(settings, url)}


def problems(found: Found) -> set[str]:
    return {name for name, finding in found.items() if finding.verdict is Verdict.PROBLEM}


def in_front(server: ServerProcess, port: int, location: str = _ALL, tls: Files | None = None) -> str:
    """A ``server`` block of nginx."""
    shown = f"ssl_certificate {tls[0]}; ssl_certificate_key {tls[1]};" if tls else ""
    return f"""
  server {{
    listen 127.0.0.1:{port} {"ssl" if tls else ""};
    {shown}
    location / {{ {location.format(port=server.port)} }}
  }}"""


# --- a sound host -----------------------------------------------------------------------------------


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The doctor as a user runs it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("VISAVIS_")}
    environment = clean | {f"VISAVIS_{name}": value for name, value in variables.items()}
    command = [*COMMAND, "doctor", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def kept(server: ServerProcess) -> list[str]:
    """The files in the data folder, without those that SQLite makes and removes beside the database."""
    names = (file.name for file in (server.folder / "data").iterdir())
    return sorted(name for name in names if not name.startswith("visavis.db-"))


def test_a_sound_host_is_found_to_be_sound_and_left_as_it_was(server: ServerProcess) -> None:
    files = kept(server)
    lines = len(server.output)
    done = run(server.folder, "--json", PORT=str(server.port), DATA="data")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    verdicts = {finding["name"]: finding["verdict"] for finding in report["findings"]}
    names = ("settings", "data folder", "secret", "database", "server", "port", "WebSocket", "long-polling")
    assert {name: verdicts[name] for name in names} == dict.fromkeys(names, "ok")
    assert report["verdict"] != "problem"
    assert kept(server) == files
    assert server.output[lines:] == []


def test_without_a_server_it_says_what_was_not_tried(tmp_path: Path) -> None:
    done = run(tmp_path, PORT=str(free_port()))
    assert (done.returncode, done.stderr) == (0, "")
    assert "not tried  server" in done.stdout
    assert "-> Start the server, then look again." in done.stdout
    assert "\x1b" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_settings_that_cannot_be_are_a_problem_each(tmp_path: Path) -> None:
    done = run(tmp_path, "--json", PORT="x", PROT="1")
    assert done.returncode == 1
    findings = json.loads(done.stdout)["findings"]
    assert [finding["reason"].partition(":")[0] for finding in findings] == ["VISAVIS_PORT", "VISAVIS_PROT"]


def test_an_address_that_is_none_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, "--url", "ftp://calls.example.org")
    assert done.returncode == 2
    assert "no address" in done.stderr


@pytest.mark.parametrize("example", [proxy.nginx, proxy.caddy], ids=["nginx", "caddy"])
async def test_behind_a_proxy_as_the_examples_have_it_nothing_is_wrong(
    example: Callable[[Path, int], AbstractContextManager[proxy.Proxy]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = ServerProcess(tmp_path, trusted_proxies="127.0.0.1,::1")
    server.start()
    try:
        with example(tmp_path / "proxy", server.port) as front:
            (tmp_path / "authority.pem").write_text(front.authority)
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
            found = await examined(settings_of(server), front.url)
    finally:
        server.stop()
    assert problems(found) == set()
    for name in ("proxy", "certificate", "WebSocket", "long-polling"):
        assert found[name].verdict is Verdict.OK, found[name]


async def test_a_server_in_the_local_network_is_sound_with_its_own_authority(tmp_path: Path) -> None:
    with serving(tmp_path, lan=True, host="0.0.0.0") as server:  # noqa: S104
        settings = Settings(
            lan=True,
            host="0.0.0.0",  # noqa: S104
            port=server.port,
            http_port=server.http_port,
            data=server.folder / "data",
        )
        found = await examined(settings)
    assert problems(found) == set()
    for name in ("server", "public address", "certificate", "WebSocket", "long-polling"):
        assert found[name].verdict is Verdict.OK, found[name]
    assert outside_address() in found["certificate"].reason


async def test_an_issuer_that_cannot_be_reached_is_a_warning(tmp_path: Path) -> None:
    directory = f"https://localhost:{free_port()}/directory"
    settings = Settings(domain="calls.example.invalid", acme_directory=directory, data=tmp_path / "data")
    found = await examined(settings)
    assert found["issuer"].verdict is Verdict.WARNING
    assert directory in found["issuer"].reason


# --- what stands in front ---------------------------------------------------------------------------


async def test_certificates_that_browsers_refuse_are_problems(
    server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = TestAuthority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    shown = {
        "has expired": (authority.issue("localhost", begins=-90, ends=-2), Verdict.PROBLEM),
        "and not for localhost": (authority.issue("calls.example.org"), Verdict.PROBLEM),
        "which is ahead": (authority.issue("localhost", begins=3), Verdict.PROBLEM),
        "do not trust": (TestAuthority.another(tmp_path / "other").issue("localhost"), Verdict.PROBLEM),
        "ends in 4 days": (authority.issue("localhost", begins=-80, ends=5), Verdict.WARNING),
    }
    ports = {words: free_port() for words in shown}
    blocks = [in_front(server, ports[words], tls=tls) for words, (tls, _) in shown.items()]
    with nginx(tmp_path, "\n".join(blocks), *ports.values()):
        for words, (_, verdict) in shown.items():
            found = await examined(settings_of(server), f"https://localhost:{ports[words]}")
            assert (found["certificate"].verdict, words in found["certificate"].reason) == (verdict, True)
            # What is behind it is looked at all the same.
            assert found["WebSocket"].verdict is Verdict.OK


async def test_a_proxy_without_websockets_is_told_from_one_that_has_them(
    server: ServerProcess, tmp_path: Path
) -> None:
    port = free_port()
    location = "proxy_set_header Host $http_host; proxy_pass http://127.0.0.1:{port};"
    with nginx(tmp_path, in_front(server, port, location), port):
        found = await examined(settings_of(server), f"http://localhost:{port}")
    assert problems(found) == {"WebSocket"}
    assert "Upgrade" in found["WebSocket"].reason
    assert "proxy_http_version 1.1" in found["WebSocket"].remedy
    assert found["long-polling"].verdict is Verdict.OK
    assert found["proxy"].verdict is Verdict.WARNING
    assert "nginx" in found["proxy"].reason


async def test_a_proxy_that_asks_for_another_host_is_told_by_the_name_that_it_asks_for(
    server: ServerProcess, tmp_path: Path
) -> None:
    port = free_port()
    location = _ALL.replace("$http_host", "backend")
    with nginx(tmp_path, in_front(server, port, location), port):
        found = await examined(settings_of(server), f"http://localhost:{port}")
    assert problems(found) == {"proxy", "WebSocket", "long-polling"}
    assert "'backend'" in found["proxy"].reason
    assert "Host" in found["WebSocket"].remedy


async def test_a_proxy_that_is_not_trusted_makes_one_client_of_all(
    server: ServerProcess, tmp_path: Path
) -> None:
    port = free_port()
    with nginx(tmp_path, in_front(server, port), port):
        found = await examined(settings_of(server), f"http://localhost:{port}")
    assert found["proxy"].verdict is Verdict.WARNING
    assert "TRUSTED_PROXIES=127.0.0.1" in found["proxy"].remedy


async def test_a_proxy_that_keeps_signaling_to_itself_is_told(server: ServerProcess, tmp_path: Path) -> None:
    port = free_port()
    block = in_front(server, port).replace(
        "location / {", "location /socket.io/ { return 404; } location / {", 1
    )
    with nginx(tmp_path, block, port):
        found = await examined(settings_of(server), f"http://localhost:{port}")
    assert problems(found) == {"WebSocket", "long-polling"}
    assert "/socket.io/" in found["long-polling"].remedy


async def test_an_address_that_leads_elsewhere_is_a_problem(server: ServerProcess, tmp_path: Path) -> None:
    """By the machine's outside address: what is local only is not for others anyway."""
    port = free_port()
    block = f'server {{ listen {port}; location / {{ return 200 "Welcome"; }} }}'
    with nginx(tmp_path, block, port):
        found = await examined(settings_of(server), f"http://{outside_address()}:{port}")
    assert found["public address"].verdict is Verdict.PROBLEM
    assert "is not this server" in found["public address"].reason
    assert found["https"].verdict is Verdict.PROBLEM
    assert "no camera" in found["https"].reason


async def test_a_name_without_an_address_is_a_problem(server: ServerProcess) -> None:
    found = await examined(settings_of(server), "https://calls.example.invalid")
    assert found["public address"].verdict is Verdict.PROBLEM
    assert "no address in the DNS" in found["public address"].reason


async def test_a_clock_that_is_off_is_told(server: ServerProcess) -> None:
    async with in_the_past(server.port) as port:
        found = await examined(settings_of(server), f"http://localhost:{port}")
    assert found["clock"].verdict is Verdict.PROBLEM
    assert "hours ahead of localhost" in found["clock"].reason
    assert "NTP" in found["clock"].remedy


@asynccontextmanager
async def in_the_past(port: int) -> AsyncIterator[int]:
    """A proxy with a clock of its own, three hours slow. Yields its port."""
    slow = f"date: {formatdate(time() - 3 * 3600, usegmt=True)}".encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        request = await reader.readuntil(b"\r\n\r\n")
        back.write(request)
        head = await there.readuntil(b"\r\n\r\n")
        lines = [slow if line.lower().startswith(b"date:") else line for line in head.split(b"\r\n")]
        writer.write(b"\r\n".join(lines))
        await asyncio.gather(_flow(reader, back), _flow(there, writer))

    listening = await asyncio.start_server(serve, "localhost", 0, family=socket.AF_INET)
    async with listening:
        yield int(listening.sockets[0].getsockname()[1])


async def _flow(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        sink.write(data)
    sink.close()


# --- STUN and TURN, as participants are told of them ------------------------------------------------


async def test_what_participants_are_told_of_is_tried_with_their_own_credentials(tmp_path: Path) -> None:
    with coturn(tmp_path / "turn") as relay:
        stun = f"stun:127.0.0.1:{relay.port}"
        with started(tmp_path, relay, stun_urls=stun, turn_external_address="198.51.100.7") as server:
            given = {"stun_urls": (stun,), "turn_external_address": "198.51.100.7"}
            found = await examined(settings_of(server).model_copy(update=given))
    assert problems(found) == set()
    for name in ("TURN over UDP", "TURN over TCP", "relay", "closed networks"):
        assert found[name].verdict is Verdict.OK, found[name]
    assert found["STUN"].verdict is Verdict.WARNING
    assert "sees this machine at 127.0.0.1" in found["STUN"].reason


async def test_a_secret_that_is_not_that_of_the_turn_server_and_a_dead_stun_are_told(tmp_path: Path) -> None:
    with (
        coturn(tmp_path / "turn") as relay,
        started(tmp_path, relay, turn_secret="another", stun_urls=f"stun:127.0.0.1:{free_port()}") as server,  # noqa: S106
    ):
        found = await examined(settings_of(server))
    assert problems(found) == {"TURN over UDP", "TURN over TCP", "STUN"}
    assert "does not answer" in found["STUN"].reason


def test_without_coturn_it_says_what_one_loses_and_how_to_get_it(tmp_path: Path) -> None:
    """With a path on which there is no coturn."""
    server = ServerProcess(tmp_path, turn="auto", turn_host="192.0.2.7")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PATH", str(tmp_path))
        server.start()
    try:
        done = run(tmp_path, PORT=str(server.port), DATA="data")
    finally:
        server.stop()
    assert done.returncode == 0
    assert "warning    TURN server" in done.stdout
    assert "strict routers" in done.stdout
    assert "-> apt install coturn" in done.stdout


@contextmanager
def started(folder: Path, relay: Coturn, **settings: object) -> Iterator[ServerProcess]:
    """A server that tells of a TURN server elsewhere."""
    turn: dict[str, Any] = {"turn_urls": ",".join(relay.urls("udp", "tcp")), "turn_secret": SECRET}
    server = ServerProcess(folder, **(turn | settings))
    server.start()
    yield server
    server.stop()


# --- the machine ------------------------------------------------------------------------------------


async def test_a_port_of_another_program_is_told_from_one_of_ours(
    server: ServerProcess, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        # It takes connections and says nothing.
        found = await examined(Settings(port=port, data=tmp_path / "data"))
    assert found["port"].verdict is Verdict.PROBLEM
    assert f"sport = {port}" in found["port"].remedy
    assert (await examined(settings_of(server)))["port"].verdict is Verdict.OK


async def test_another_visavis_is_told_from_this_one(server: ServerProcess, tmp_path: Path) -> None:
    found = await examined(Settings(port=server.port, data=tmp_path / "another"))
    assert found["port"].verdict is Verdict.PROBLEM
    assert "another data folder" in found["port"].reason


async def test_all_of_it_takes_less_than_ten_seconds_when_nothing_answers(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with listening, asyncio.timeout(10):
        port = listening.sockets[0].getsockname()[1]
        found = await examined(Settings(port=port, data=tmp_path / "data"), f"https://localhost:{port}")
    assert found["certificate"].verdict is Verdict.PROBLEM
    assert problems(found) >= {"port", "certificate"}
