"""The lab does what it says: these tests are about it, and not about Visavis."""

import re
import signal
import subprocess
import sys

import pytest

from tests.support.eventually import eventually
from tests.support.lab import SERVER_ADDRESS, Lab, Machine, Nat
from tests.support.lab.namespace import PREFIX, ip, remove_leftovers

# Answers each packet with the address that it came from, as STUN does, on two ports.
_MIRROR = """
import select, socket
ports = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(2)]
for number, port in enumerate(ports): port.bind(("", 4000 + number))
print("up", flush=True)
while True:
    for port in select.select(ports, [], [])[0]:
        _, sender = port.recvfrom(2000)
        port.sendto(f"{sender[0]} {sender[1]}".encode(), sender)
"""
# How it is seen at both ports, from one port of its own.
_LOOK = """
import socket, sys
own = socket.socket(type=socket.SOCK_DGRAM)
own.bind(("", 5000))
own.settimeout(1)
for port in (4000, 4001):
    own.sendto(b"?", (sys.argv[1], port))
    print(own.recv(100).decode())
"""
# Sends 100 KB to whoever comes; and fetches it, and prints how many seconds that took.
_GIVE = """
import socket
with socket.create_server(("", 4002)) as server:
    print("up", flush=True)
    while True:
        one, _ = server.accept()
        with one: one.sendall(bytes(100_000))
"""
_TAKE = """
import socket, sys, time
with socket.create_connection((sys.argv[1], 4002)) as one:
    began, got = time.monotonic(), 0
    while more := one.recv(65536): got += len(more)
assert got == 100_000
print(time.monotonic() - began)
"""


def start_program(lab: Lab, program: str) -> None:
    running = lab.server.start(sys.executable, "-c", program, stdout=subprocess.PIPE)
    assert running.stdout is not None
    with running.stdout:
        assert running.stdout.readline() == "up\n"


def seen_from_outside(machine: Machine) -> list[list[str]]:
    return [line.split() for line in machine.run(sys.executable, "-c", _LOOK, SERVER_ADDRESS).splitlines()]


def reaches(machine: Machine, address: str) -> bool:
    try:
        machine.run("ping", "-c", "1", "-W", "1", address)
    except RuntimeError:
        return False
    return True


def round_trip_ms(machine: Machine) -> float:
    said = machine.run("ping", "-c", "3", "-i", "0.1", "-W", "2", SERVER_ADDRESS)
    found = re.search(r"= ([\d.]+)/", said)
    assert found is not None, said
    return float(found[1])


def test_delay_is_that_of_both_ways_and_changes_while_it_runs() -> None:
    with Lab.up(delay_ms=20) as lab:
        router = lab.router("home")
        mara = lab.machine("mara", router)
        assert 40 <= round_trip_ms(mara) < 60
        router.set_conditions(delay_ms=30)
        assert 100 <= round_trip_ms(mara) < 120
        lab.set_conditions()
        router.set_conditions()
        assert round_trip_ms(mara) < 20


def test_what_is_lost_is_lost() -> None:
    with Lab.up() as lab:
        mara = lab.machine("mara", lab.router("home"))
        # Neighbours are found before: three lost questions for an address (ARP) would lose a hundred more.
        assert reaches(mara, SERVER_ADDRESS)
        lab.set_conditions(loss_percent=20)
        said = mara.run("ping", "-f", "-c", "500", SERVER_ADDRESS)
        found = re.search(r"(\d+) received", said)
        assert found is not None
        assert 250 < int(found[1]) < 390  # 320 is the mean: both ways are lossy


def test_routers_translate_as_they_say() -> None:
    with Lab.up() as lab:
        start_program(lab, _MIRROR)
        seen = {}
        for nat in Nat:
            router = lab.router(nat.name.lower(), nat=nat)
            machine = lab.machine(f"m{nat.name.lower()}", router)
            seen[nat] = seen_from_outside(machine)
            own = machine.address if nat is Nat.NONE else router.wan_address
            assert {address for address, _ in seen[nat]} == {own}
            assert reaches(machine, SERVER_ADDRESS)
            assert not reaches(machine, "192.168.99.99")
        assert seen[Nat.CONE] == [seen[Nat.CONE][0]] * 2
        assert seen[Nat.SYMMETRIC][0] != seen[Nat.SYMMETRIC][1]
        assert seen[Nat.NONE][0][1] == "5000"


def test_machines_meet_where_nothing_is_between() -> None:
    with Lab.up() as lab:
        home, work = lab.router("home", nat=Nat.NONE), lab.router("work", nat=Nat.NONE)
        office = lab.router("office")
        mara, joel, ines = (
            lab.machine(name, at) for name, at in (("mara", home), ("joel", work), ("ines", office))
        )
        tomas = lab.machine("tomas", office)
        assert reaches(mara, joel.address)
        assert reaches(ines, mara.address)
        assert reaches(ines, tomas.address)
        assert not reaches(mara, ines.address)


def test_networks_go_and_come_back() -> None:
    with Lab.up() as lab:
        start_program(lab, _MIRROR)
        home, mobile = lab.router("home"), lab.router("mobile")
        mara = lab.machine("mara", home)
        first = mara.address

        mara.down()
        assert not reaches(mara, SERVER_ADDRESS)
        mara.up()
        assert reaches(mara, SERVER_ADDRESS)
        home.down()
        assert not reaches(mara, SERVER_ADDRESS)
        home.up()
        assert reaches(mara, SERVER_ADDRESS)

        mara.move_to(mobile)
        assert mara.address != first
        assert {address for address, _ in seen_from_outside(mara)} == {mobile.wan_address}
        mara.move_to(home)
        assert mara.address == first
        home.renumber()
        assert home.wan_address == "10.50.0.201"
        assert {address for address, _ in seen_from_outside(mara)} == {home.wan_address}


def test_a_router_blocks_udp_and_everything() -> None:
    with Lab.up() as lab:
        start_program(lab, _MIRROR)
        router = lab.router("office")
        mara = lab.machine("mara", router)
        router.block_udp()
        assert reaches(mara, SERVER_ADDRESS)
        with pytest.raises(RuntimeError, match="timed out"):
            seen_from_outside(mara)
        router.block()
        assert not reaches(mara, SERVER_ADDRESS)
        router.unblock()
        assert seen_from_outside(mara)


def test_a_line_has_the_width_that_it_is_given() -> None:
    def seconds() -> float:
        return float(mara.run(sys.executable, "-c", _TAKE, SERVER_ADDRESS))

    with Lab.up() as lab:
        start_program(lab, _GIVE)
        mara = lab.machine("mara", lab.router("home"))
        assert seconds() < 0.3
        mara.uplink.limit(up_kbit=1000, down_kbit=800)
        assert 0.8 < seconds() < 2  # 100 KB at 100 KB a second, and what TCP loses
        mara.uplink.limit()
        assert seconds() < 0.3


def test_a_capture_has_what_passes() -> None:
    with Lab.up() as lab:
        mara = lab.machine("mara", lab.router("home"))
        with lab.server.capture("wan", "icmp") as capture:
            assert reaches(mara, SERVER_ADDRESS)
            eventually("two packets are written", lambda: capture.file.stat().st_size > 250)
        assert len(capture.lines) == 2
        assert "10.50.0.21 > 10.50.0.10" in capture.lines[0]


def test_nothing_is_left_of_it() -> None:
    with Lab.up() as lab:
        mara = lab.machine("mara", lab.router("home"))
        sleeper = mara.start("sleep", "60")
        eventually("it sleeps", lambda: sleeper.pid in mara.pids())
    assert mara.name not in ip("netns", "list")
    assert sleeper.wait(timeout=5) == -signal.SIGKILL


def test_what_killed_processes_leave_is_removed() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    with Lab.up():
        left = f"{PREFIX}{gone.pid}-left"
        ip("netns", "add", left)
        remove_leftovers()
        assert left not in ip("netns", "list")
