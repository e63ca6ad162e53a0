"""The whole of it, from nothing to nothing."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from tests.support.lab.machine import Machine
from tests.support.lab.namespace import Namespace, remove_leftovers, remove_own
from tests.support.lab.router import NAT_RULES, NETWORK, Nat, Router, join
from tests.support.lab.switch import Conditions, Switch
from tests.support.parts import missing, require

SERVER_ADDRESS = f"{NETWORK}.10"

_TUN = Path("/dev/net/tun")


class Lab:
    """Servers, routers and machines. Made by ``Lab.up``, and gone with its ``with`` block, together with all
    that runs in it; what a test run leaves that is killed goes with the next one. One at a time in a process.

    Attributes:
        server: at 10.50.0.10, for every router to be reached.
        folder: for files; goes with the lab.
    """

    def __init__(self, folder: Path, switch: Switch) -> None:
        self.folder = folder
        self._switch = switch
        self._namespaces: list[Namespace] = []
        self._routers = 0
        self.server = self.host("server", SERVER_ADDRESS)

    @classmethod
    @contextmanager
    def up(cls, *, delay_ms: float = 0, loss_percent: float = 0, jitter_ms: float = 0) -> Iterator["Lab"]:
        """An empty lab with a server. The conditions hold for one way between any two routers or servers.

        Skips the test, with the reason, where a lab cannot be; fails it on CI.
        """
        require_lab()
        with ExitStack() as parts:
            folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="visavis-lab-")))
            switch = parts.enter_context(Switch())
            parts.callback(remove_own)
            lab = cls(folder, switch)
            parts.callback(lab._end)
            lab.set_conditions(delay_ms=delay_ms, loss_percent=loss_percent, jitter_ms=jitter_ms)
            yield lab

    def set_conditions(self, *, delay_ms: float = 0, loss_percent: float = 0, jitter_ms: float = 0) -> None:
        """From now on, for one way between any two routers or servers."""
        self._switch.set_all(Conditions(delay_ms, loss_percent, jitter_ms))

    def host(self, label: str, address: str) -> Namespace:
        """One more server on the public network, as 10.50.0.11."""
        made = Namespace(label, self.folder)
        self._namespaces.append(made)
        join(made, self._switch, address)
        return made

    def router(self, label: str, *, nat: Nat = Nat.CONE) -> Router:
        """One more router. ``label``: at most 10 letters."""
        self._routers += 1
        made = Router(label, self.folder, self._switch, self._routers, nat)
        self._namespaces.append(made)
        return made

    def machine(self, label: str, router: Router) -> Machine:
        """One more machine, behind a router. ``label``: at most 10 letters."""
        made = Machine(label, self.folder, router)
        self._namespaces.append(made)
        return made

    def _end(self) -> None:
        remove_own()
        for process in (process for namespace in self._namespaces for process in namespace.started):
            process.wait(timeout=5)


def require_lab() -> None:
    """Skip the test with the reason where a lab cannot be; fail it on CI."""
    for program, package in (
        ("ip", "iproute2"),
        ("nft", "nftables"),
        ("gcc", "gcc libc6-dev"),
        ("sysctl", "procps"),
    ):
        require(program, f"apt install {package}")
    reason = _why_not()
    if reason:
        missing(reason)


@cache
def _why_not() -> str:
    """What this machine lacks; empty: nothing. Removes what others have left on the way."""
    if os.geteuid() != 0:
        return "a network lab needs root, for network namespaces"
    if not _TUN.exists():
        return "a network lab needs /dev/net/tun: load the kernel's module tun"
    try:
        remove_leftovers()
        probe = Namespace("probe", Path(tempfile.gettempdir()))
    except RuntimeError as error:
        return f"a network lab needs network namespaces: {error}"
    try:
        for what, words in (
            ("bridges", ("link", "add", "b0", "type", "bridge")),
            ("veth pairs", ("link", "add", "v0", "type", "veth", "peer", "name", "v1")),
        ):
            try:
                probe.ip(*words)
            except RuntimeError as error:
                return f"a network lab needs {what} in the kernel: {error}"
        try:
            probe.run("nft", "-f", "-", given=NAT_RULES.format(how=Nat.SYMMETRIC.value))
        except RuntimeError as error:
            return f"a network lab needs nftables with NAT in the kernel: {error}"
    finally:
        remove_own()
    return ""
