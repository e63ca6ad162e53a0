"""Our own TURN server: the real coturn that a real server runs, asked by a client that sees every answer."""

import os
import re
import signal
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.network.faults import turn_pids
from tests.support.certificate import make_certificate
from tests.support.eventually import eventually, eventually_async
from tests.support.inside import run_inside
from tests.support.lab import SERVER_ADDRESS, Lab
from tests.support.parts import require
from tests.support.server_process import ServerProcess
from tests.support.signaling import PythonClient
from tests.support.turn_client import OK, TCP, TurnClient
from visavis.ice import turn_credential
from visavis.settings import Settings
from visavis.turn import TurnServer
from visavis.turn.addresses import ask_stun

PORT, TLS_PORT = 3478, 5349
AT = (SERVER_ADDRESS, PORT)

HOSTING = Path(__file__).parents[2] / "docs/hosting.md"


@dataclass
class Host:
    """A machine with Visavis and its TURN server."""

    lab: Lab
    server: ServerProcess

    def run(self, act: Callable[[], Awaitable[None]]) -> None:
        run_inside(self.lab.server, act)

    async def ice(self) -> Any:
        """What a participant is told, in a room of its own."""
        async with await PythonClient.open(self.server.url, {"version": 1}) as client:
            room = await client.ok("createRoom", {})
            entered = await client.ok("joinRoom", {"roomId": room["roomId"]})
            again = await client.ok("getIceServers", {})
            urls = [[server["urls"] for server in reply["ice"]["servers"]] for reply in (entered, again)]
            assert urls[0] == urls[1]
            return entered["ice"]

    async def credential(self) -> tuple[str, str]:
        """Of a new participant."""
        servers = (await self.ice())["servers"]
        return servers[-1]["username"], servers[-1]["credential"]

    @property
    def turn_pids(self) -> list[int]:
        return turn_pids(self.lab)

    async def _health(self) -> str:
        async with httpx.AsyncClient(trust_env=False) as http:
            return str((await http.get(f"{self.server.url}/healthz")).json()["turn"])

    def is_turn(self, state: str) -> bool:
        return run_inside(self.lab.server, self._health) == state


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    require("turnserver", "apt install coturn")
    with Lab.up() as lab:
        yield lab


Serve = Callable[..., Host]


@pytest.fixture
def host(lab: Lab, tmp_path: Path) -> Iterator[Serve]:
    """Starts a server. Arguments are settings."""
    servers: list[ServerProcess] = []

    def start(*, wait: bool = True, **settings: object) -> Host:
        server = ServerProcess(tmp_path, inside=lab.server, address=SERVER_ADDRESS, **settings)
        servers.append(server)
        server.start()
        made = Host(lab, server)
        if wait:
            eventually("the TURN server runs", lambda: made.is_turn("running"))
        return made

    yield start
    for server in servers:
        server.stop()
    # Who was in a call has it go on for a minute: not into the next test.
    for pid in turn_pids(lab):
        os.kill(pid, signal.SIGKILL)
    eventually("the relay is gone", lambda: not turn_pids(lab))


# --- what is granted --------------------------------------------------------------------------------


def test_participants_relay_to_each_other_over_each_transport(host: Serve, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, SERVER_ADDRESS)
    visavis = host(turn_certificate=certificate, turn_key=key)
    tls = ssl.create_default_context(cafile=certificate)

    async def act() -> None:
        ice = await visavis.ice()
        told = [url for server in ice["servers"] for url in server["urls"]]
        assert told == [
            f"stun:{SERVER_ADDRESS}:3478",
            f"turn:{SERVER_ADDRESS}:3478?transport=udp",
            f"turn:{SERVER_ADDRESS}:3478?transport=tcp",
            f"turns:{SERVER_ADDRESS}:5349?transport=tcp",
        ]
        assert ice["expiresIn"] == 7200
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(client)
                for client in (
                    TurnClient.at(AT, await visavis.credential()),
                    TurnClient.at(AT, await visavis.credential(), "tcp"),
                    TurnClient.at((SERVER_ADDRESS, TLS_PORT), await visavis.credential(), "tcp", tls),
                )
            ]
            for client in clients:
                assert await client.allocate() == OK
                assert client.relayed[0] == SERVER_ADDRESS
            for sender, receiver in zip(clients, [*clients[1:], clients[0]], strict=True):
                assert await sender.bind(*receiver.relayed) == OK
                assert await receiver.bind(*sender.relayed) == OK
                await sender.send(b"hello", receiver.relayed)
                assert await receiver.receive() == b"hello"

    visavis.run(act)


def test_behind_a_router_two_meet_at_the_public_address(host: Serve) -> None:
    public = "198.51.100.7"
    visavis = host(turn_external_address=public)

    async def act() -> None:
        at = (AT, await visavis.credential())
        async with TurnClient.at(*at) as one, TurnClient.at(*at) as other:
            assert (await one.allocate(), await other.allocate()) == (OK, OK)
            assert one.relayed[0] == other.relayed[0] == public
            assert await one.bind(*other.relayed) == OK
            assert await other.bind(*one.relayed) == OK
            await one.send(b"hello", other.relayed)
            assert await other.receive() == b"hello"

    visavis.run(act)


def test_the_public_address_is_asked_of_a_stun_server(lab: Lab, host: Serve, tmp_path: Path) -> None:
    """That server itself says that it sees the one from which we ask: no router, and so no other address."""
    own = lab.host("elsewhere", "10.50.0.11")
    quiet = ("--no-tls", "--no-dtls", "--no-cli", "--log-file", "/dev/null", "--userdb", ":memory:")
    own.start("turnserver", "-n", "--stun-only", *quiet, "--pidfile", tmp_path / "pid", stderr=-3, stdout=-3)
    seen: list[object] = []

    async def act() -> None:
        seen.append(await ask_stun("10.50.0.11", PORT, source=SERVER_ADDRESS))

    def is_seen() -> bool:
        run_inside(lab.server, act)
        return seen[-1] == ip_address(SERVER_ADDRESS)

    eventually("the STUN server answers", is_seen)
    visavis = host(stun_urls="stun:10.50.0.11:3478")
    told = [line for line in visavis.server.output if "TURN server runs" in line]
    assert f"external={SERVER_ADDRESS}" in told[0]


def test_a_new_certificate_is_taken_while_relayed_calls_go_on(lab: Lab, tmp_path: Path) -> None:
    first, second = (tmp_path / name for name in ("first", "second"))
    for folder in (first, second):
        folder.mkdir()
        make_certificate(folder, SERVER_ADDRESS)
    settings = Settings(host=SERVER_ADDRESS, turn="on")

    async def act() -> None:
        turn = TurnServer(settings, tmp_path / "turn", b"s" * 32)
        turn.certificate(first / "certificate.pem", first / "key.pem")
        turn.start()
        try:
            await eventually_async("it runs", lambda: turn.state == "running")
            credential = turn_credential(turn.secret, "mara", time.time() + 60)
            tls_at = (SERVER_ADDRESS, TLS_PORT)
            trusting = [ssl.create_default_context(cafile=f / "certificate.pem") for f in (first, second)]
            async with TurnClient.at(tls_at, credential, "tcp", trusting[0]) as before:
                assert await before.allocate() == OK
                turn.certificate(second / "certificate.pem", second / "key.pem")

                async def is_new() -> bool:
                    with suppress(ssl.SSLError):
                        async with TurnClient.at(tls_at, credential, "tcp", trusting[1]) as after:
                            return await after.allocate() == OK
                    return False

                await eventually_async("the new certificate is shown", is_new)
                assert await before.refresh() == OK
        finally:
            await turn.stop()

    run_inside(lab.server, act)


def test_only_those_who_were_let_in_and_for_so_long(host: Serve) -> None:
    visavis = host(turn_credential_lifetime=2)

    async def act() -> None:
        username, password = await visavis.credential()
        expired = turn_credential("another secret", "mara", 1_000_000_000)
        for wrong in ((username, "x"), (f"9{username}", password), expired, ("mara", "x")):
            async with TurnClient.at(AT, wrong) as client:
                assert await client.allocate() == 401
        async with (
            TurnClient.at(AT, (username, password)) as early,
            TurnClient.at(AT, (username, password)) as late,
        ):
            assert await early.allocate() == OK
            # coturn reads time(2), which turns a second up to a tick of the kernel late.
            over = int(username.partition(":")[0]) + 1.1
            eventually("the credential is over", lambda: datetime.now(UTC).timestamp() > over)
            assert await late.allocate() == 401
            # coturn checks a password once for each allocation: one that is there is not cut off.
            assert await early.refresh() == OK

    visavis.run(act)


def test_one_participant_cannot_take_all(host: Serve) -> None:
    visavis = host(turn_user_quota=2)

    async def act() -> None:
        async with AsyncExitStack() as stack:

            async def allocate(credential: tuple[str, str]) -> int:
                return await (await stack.enter_async_context(TurnClient.at(AT, credential))).allocate()

            greedy = await visavis.credential()
            assert [await allocate(greedy) for _ in range(3)] == [OK, OK, 486]
            assert await allocate(await visavis.credential()) == OK

    visavis.run(act)


# --- what is refused --------------------------------------------------------------------------------

REFUSED = [
    "0.0.0.0",  # noqa: S104
    "0.0.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "10.50.0.1",
    "10.50.0.99",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "239.255.255.255",
    "255.255.255.255",
]
OF_ANOTHER_FAMILY = [
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.50.0.10",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
    "2606:4700::1",
]


def test_nothing_of_the_hosts_network_can_be_reached(host: Serve) -> None:
    visavis = host()

    async def act() -> None:
        async with TurnClient.at(AT, await visavis.credential()) as client:
            # No connections, and no relay by IPv6, to begin with.
            assert await client.allocate(TCP) == 442
            assert await client.allocate(family=2) == 440
            assert await client.allocate() == OK
            for address in REFUSED:
                assert (await client.permit(address), await client.bind(address)) == (403, 403), address
            for address in OF_ANOTHER_FAMILY:
                assert (await client.permit(address), await client.bind(address)) == (443, 443), address
            assert await client.permit("8.8.8.8") == OK
            # The relay itself, or two who are relayed could not meet.
            assert await client.permit(SERVER_ADDRESS) == OK

    visavis.run(act)


def test_what_the_settings_open_is_open_and_no_more(host: Serve) -> None:
    visavis = host(turn_allowed_peers="10.50.0.96/28")

    async def act() -> None:
        async with TurnClient.at(AT, await visavis.credential()) as client:
            assert await client.allocate() == OK
            assert [await client.permit(f"10.50.0.{last}") for last in (95, 96, 111, 112)] == [
                403,
                OK,
                OK,
                403,
            ]

    visavis.run(act)


_ECHO = """
import socket
port = socket.socket(type=socket.SOCK_DGRAM)
port.bind(("", 9999))
print("up", flush=True)
while True:
    data, sender = port.recvfrom(2000)
    port.sendto(data, sender)
"""


def test_the_firewall_rules_of_the_documentation_close_other_ports_of_the_relay(host: Serve) -> None:
    """UDP services of the machine itself are what remains open: its address cannot be closed."""
    visavis = host()
    echo = visavis.lab.server.start(sys.executable, "-c", _ECHO, stdout=-1)
    assert echo.stdout is not None
    assert echo.stdout.readline() == "up\n"
    rules = re.findall(r"```nft\n(.*?)```", HOSTING.read_text(), re.DOTALL)
    visavis.lab.server.run("nft", "-f", "-", given=rules[0])

    async def act() -> None:
        at = (AT, await visavis.credential())
        async with TurnClient.at(*at) as attacker:
            assert await attacker.allocate() == OK
            assert await attacker.bind(SERVER_ADDRESS, 9999) == OK
            await attacker.send(b"service?", (SERVER_ADDRESS, 9999))
            assert await attacker.receive(within=0.5) is None
        async with TurnClient.at(*at) as one, TurnClient.at(*at, "tcp") as other:
            assert (await one.allocate(), await other.allocate()) == (OK, OK)
            assert await one.bind(*other.relayed) == OK
            assert await other.bind(*one.relayed) == OK
            await one.send(b"hello", other.relayed)
            assert await other.receive() == b"hello"

    try:
        visavis.run(act)
    finally:
        visavis.lab.server.run("nft", "delete", "table", "inet", "visavis")
        echo.kill()
        echo.wait()
        echo.stdout.close()


# --- how it is kept ---------------------------------------------------------------------------------


def test_it_has_no_privileges_and_comes_back_when_it_dies(host: Serve) -> None:
    visavis = host()
    (pid,) = visavis.turn_pids
    status = Path(f"/proc/{pid}/status").read_text()
    assert re.search(r"^Uid:\t([1-9]\d*)\t\1\t\1\t\1$", status, re.MULTILINE), status
    assert re.search(r"^Groups:\t *$", status, re.MULTILINE), status
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE), status
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE), status
    file = visavis.server.folder / "data/turn/turnserver.conf"
    assert file.stat().st_mode & 0o007 == 0
    assert file.owner() == "root"

    os.kill(pid, signal.SIGKILL)
    eventually(
        "another one runs", lambda: visavis.turn_pids not in ([], [pid]) and visavis.is_turn("running")
    )
    assert any("TURN server is down" in line for line in visavis.server.output)


def test_it_goes_with_a_server_that_is_stopped_and_outlives_one_that_dies(host: Serve) -> None:
    visavis = host()
    assert visavis.turn_pids
    visavis.server.stop()
    assert visavis.turn_pids == []

    visavis.server.start()
    before = eventually("it runs again", lambda: visavis.turn_pids)
    visavis.server.kill()
    visavis.server.start()
    eventually("it is known to the new server", lambda: visavis.is_turn("running"))
    assert visavis.turn_pids == before

    os.kill(before[0], signal.SIGKILL)
    eventually(
        "another one runs", lambda: visavis.turn_pids not in ([], before) and visavis.is_turn("running")
    )


def test_one_that_was_left_with_other_settings_is_replaced(host: Serve) -> None:
    visavis = host()
    before = visavis.turn_pids
    visavis.server.kill()
    assert visavis.turn_pids == before
    changed = host(turn_user_quota=3)
    assert changed.turn_pids
    assert changed.turn_pids != before


def test_a_port_that_is_taken_is_told_in_one_line_and_calls_go_on_without(lab: Lab, host: Serve) -> None:
    taken = lab.server.start(sys.executable, "-c", _ECHO.replace("9999", str(PORT)), stdout=-1)
    assert taken.stdout is not None
    assert taken.stdout.readline() == "up\n"
    try:
        visavis = host(wait=False)
        eventually("it is known that it failed", lambda: visavis.is_turn("failed"))
        told = [line for line in visavis.server.output if "TURN server is down" in line]
        assert len(told) == 1
        assert f"port {PORT} of {SERVER_ADDRESS} is in use" in told[0]

        async def act() -> None:
            assert (await visavis.ice())["servers"] == []

        visavis.run(act)
    finally:
        taken.kill()
        taken.wait()
        taken.stdout.close()
    eventually("it runs once the port is free", lambda: visavis.is_turn("running"), within=10)
