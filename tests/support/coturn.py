"""A real coturn, with a configuration of the test's or for STUN alone."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.eventually import eventually
from tests.support.lab.namespace import Namespace
from tests.support.parts import require
from tests.support.server_process import free_port, is_open

SECRET = "of-the-tests"  # noqa: S105

DENIED = (
    "0.0.0.0-0.255.255.255",
    "10.0.0.0-10.255.255.255",
    "100.64.0.0-100.127.255.255",
    "127.0.0.0-127.255.255.255",
    "169.254.0.0-169.254.255.255",
    "172.16.0.0-172.31.255.255",
    "192.168.0.0-192.168.255.255",
    "224.0.0.0-255.255.255.255",
    "::-::ffff:ffff:ffff",
    "64:ff9b::-64:ff9b::ffff:ffff",
    "fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
)


@dataclass(frozen=True)
class Coturn:
    """It listens at 127.0.0.1, and relays from this machine's address."""

    port: int
    tls_port: int
    relay: str

    def urls(self, *transports: str) -> tuple[str, ...]:
        """TURN URLs for some of ``udp``, ``tcp`` and ``tls``."""
        return tuple(
            f"turns:localhost:{self.tls_port}"
            if transport == "tls"
            else f"turn:127.0.0.1:{self.port}?transport={transport}"
            for transport in transports
        )


def outside_address() -> str:
    """This machine's address on its network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("203.0.113.1", 9))  # sends nothing
        return str(probe.getsockname()[0])


@contextmanager
def coturn(
    folder: Path,
    *lines: str,
    denied: tuple[str, ...] = DENIED,
    allows_itself: bool = True,
    certificate: tuple[Path, Path] | None = None,
) -> Iterator[Coturn]:
    """coturn until the end of the block.

    Args:
        lines: further lines of its configuration.
        denied: ranges of peers.
        allows_itself: whether relays may reach each other.
        certificate: its file and that of its key, to speak TLS.
    """
    program = require("turnserver", "apt install coturn")
    folder.mkdir(parents=True, exist_ok=True)
    running = Coturn(free_port(), free_port(), outside_address())
    configuration = folder / "turnserver.conf"
    configuration.write_text(
        "\n".join(
            (
                "listening-ip=127.0.0.1",
                f"relay-ip={running.relay}",
                f"listening-port={running.port}",
                f"tls-listening-port={running.tls_port}",
                "use-auth-secret",
                f"static-auth-secret={SECRET}",
                "realm=tests",
                "fingerprint",
                "no-cli",
                "no-multicast-peers",
                "no-dtls",
                "simple-log",
                "log-file=stdout",
                f"pidfile={folder}/pid",
                f"userdb={folder}/db",
                *(f"denied-peer-ip={peers}" for peers in denied),
                f"{'allowed' if allows_itself else 'denied'}-peer-ip={running.relay}",
                *((f"cert={certificate[0]}", f"pkey={certificate[1]}") if certificate else ("no-tls",)),
                *lines,
                "",
            )
        )
    )
    process = subprocess.Popen(
        [program, "-c", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        eventually("coturn listens", lambda: is_open(running.port))
        yield running
    finally:
        process.terminate()
        process.wait(timeout=10)


def start_stun(where: Namespace) -> None:
    """A STUN server on port 3478 of a host of the lab. It ends with the lab."""
    program = require("turnserver", "apt install coturn")
    quiet = ("--no-tls", "--no-dtls", "--no-cli", "--log-file", "/dev/null")
    # Without a folder for its database and process id it takes those of the system's service.
    own = ("--userdb", where.folder / "stun.db", "--pidfile", where.folder / "stun.pid")
    where.start(program, "-n", "--stun-only", *quiet, *own, stderr=subprocess.DEVNULL)
