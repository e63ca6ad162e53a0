"""A machine behind a router, which may have another to go to."""

from pathlib import Path
from signal import SIGCONT, SIGSTOP

from tests.support.lab.namespace import Namespace
from tests.support.lab.router import Router


class Uplink:
    """A cable, or a radio link, between a machine and a router.

    Attributes:
        device: the machine's interface.
        address: the machine's address on it.
    """

    def __init__(self, machine: Namespace, router: Router, device: str) -> None:
        self.device = device
        self.router = router
        self.address, self._gateway = router.next_address()
        self._machine = machine
        self._at_router = f"{machine.label[:10]}-{device[-3:]}"
        self._limited = {"up": False, "down": False}
        there = ("peer", "name", self._at_router, "netns", router.name)
        machine.ip("link", "add", device, "type", "veth", *there)
        router.ip("link", "set", self._at_router, "master", "lan", "up")
        self.up()

    def up(self) -> None:
        """Connected, with an address and as the way to everywhere."""
        self._machine.ip("link", "set", self.device, "up")
        self._machine.ip("address", "replace", f"{self.address}/24", "dev", self.device)
        self._machine.ip("route", "replace", "default", "via", self._gateway, "dev", self.device)

    def down(self) -> None:
        """Pulled out: the machine sees that, and has no such interface and address any more."""
        self._machine.ip("address", "flush", "dev", self.device)
        self._machine.ip("link", "set", self.device, "down")

    def limit(self, *, up_kbit: float | None = None, down_kbit: float | None = None) -> None:
        """What passes in a second, from now on; None: as much as can be. What is too much waits, for up to
        300 ms, and is dropped then.
        """
        self._shape("up", self._machine, self.device, up_kbit)
        self._shape("down", self.router, self._at_router, down_kbit)

    def _shape(self, direction: str, where: Namespace, device: str, kbit: float | None) -> None:
        if kbit is not None:
            bucket = ("root", "tbf", "rate", f"{kbit:g}kbit", "burst", "8k", "latency", "300ms")
            where.run("tc", "qdisc", "replace", "dev", device, *bucket)
        elif self._limited[direction]:
            where.run("tc", "qdisc", "delete", "dev", device, "root")
        self._limited[direction] = kbit is not None


class Machine(Namespace):
    """Somebody's machine.

    Attributes:
        uplinks: every one that it has had, by its router's label.
        uplink: the one that is in use.
    """

    def __init__(self, label: str, folder: Path, router: Router) -> None:
        super().__init__(label, folder)
        self.uplinks: dict[str, Uplink] = {}
        self.uplink = self._connect(router)

    @property
    def address(self) -> str:
        """Its own, which behind a NAT is not the one that others see."""
        return self.uplink.address

    def down(self) -> None:
        """Without a network, and it knows."""
        self.uplink.down()

    def up(self) -> None:
        """After ``down``: the same network, the same address."""
        self.uplink.up()

    def sleep(self) -> None:
        """The lid is closed."""
        self.down()
        self.signal(SIGSTOP)

    def wake(self) -> None:
        """After ``sleep``: the same network, and much to catch up with. From now on others come first,
        since elsewhere its processors are its own.
        """
        self.give_way()
        self.up()
        self.signal(SIGCONT)

    def move_to(self, router: Router) -> None:
        """Change the network, as from Wi-Fi to mobile: the old interface is gone before the new is there."""
        self.uplink.down()
        known = self.uplinks.get(router.label)
        if known is not None:
            known.up()
        self.uplink = known or self._connect(router)

    def _connect(self, router: Router) -> Uplink:
        uplink = Uplink(self, router, f"eth{len(self.uplinks)}")
        self.uplinks[router.label] = uplink
        return uplink
