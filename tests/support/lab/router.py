"""A router between some machines and the network that joins all."""

from enum import Enum
from pathlib import Path

from tests.support.lab.namespace import Namespace
from tests.support.lab.switch import Conditions, Switch

GATEWAY = "10.50.0.1"
"""Where routers and servers send what is for nobody here: to an address at which nobody is."""
NETWORK = "10.50.0"

_GATEWAY_HARDWARE = "02:00:00:00:00:01"

_FIREWALL = """
table ip filter {
 chain blocked { type filter hook forward priority -10; }
 chain input {
  type filter hook input priority 0;
  iifname "wan" ct state established,related accept
  iifname "wan" icmp type echo-request accept
  iifname "wan" drop
 }
 chain forward {
  type filter hook forward priority 0; policy drop;
  ct state established,related accept
  iifname "lan" oifname "wan" accept
 }
}
"""
_OPEN = """
table ip filter {
 chain blocked { type filter hook forward priority -10; }
}
"""
NAT_RULES = """
table ip nat {{
 chain post {{
  type nat hook postrouting priority 100;
  oifname "wan" masquerade {how}
 }}
}}
"""


class Nat(Enum):
    """What a router does to the addresses of what it passes on."""

    CONE = ""
    """One public port for each of a machine's, the same towards everybody: STUN is enough."""
    SYMMETRIC = "fully-random"
    """Another public port towards each peer: two such routers need TURN between them."""
    NONE = "none"
    """Machines have public addresses, and are reached by anybody."""


class Router(Namespace):
    """A router with a public side ``wan`` and a bridge ``lan``.

    With NAT, it lets in only what answers something that went out.

    Attributes:
        wan_address: its public address.
    """

    def __init__(self, label: str, folder: Path, switch: Switch, number: int, nat: Nat) -> None:
        super().__init__(label, folder)
        self.nat = nat
        self.wan_address = f"{NETWORK}.{20 + number}"
        self._other_address = f"{NETWORK}.{200 + number}"
        self._switch = switch
        self._number = number
        self._machines = 0
        self._port = join(self, switch, self.wan_address)
        self.ip("link", "add", "lan", "type", "bridge")
        self.ip("link", "set", "lan", "up")
        # Some kernels show the firewall what passes the bridge, too. A switch at home has none.
        self.set_kernel(**{"net__ipv4__ip_forward": 1, "net__bridge__bridge-nf-call-iptables": 0})
        if nat is Nat.NONE:
            # Machines behind it are on the public network: it answers for them, and to them for all others.
            for side in ("wan", "lan"):
                self.set_kernel(
                    **{f"net__ipv4__conf__{side}__proxy_arp": 1, f"net__ipv4__neigh__{side}__proxy_delay": 0}
                )
            self.run("nft", "-f", "-", given=_OPEN)
        else:
            self.ip("address", "add", f"{self._lan}.1/24", "dev", "lan")
            self.run("nft", "-f", "-", given=_FIREWALL + NAT_RULES.format(how=nat.value))

    @property
    def _lan(self) -> str:
        return f"192.168.{60 + self._number}"

    def next_address(self) -> tuple[str, str]:
        """For one more machine behind it: its address, and its gateway."""
        self._machines += 1
        if self.nat is not Nat.NONE:
            return f"{self._lan}.{1 + self._machines}", f"{self._lan}.1"
        address = f"{NETWORK}.{100 + 10 * self._number + self._machines}"
        self.ip("route", "add", address, "dev", "lan")
        return address, GATEWAY

    # --- what may happen to it --------------------------------------------------------------------

    def set_conditions(self, *, delay_ms: float = 0, loss_percent: float = 0, jitter_ms: float = 0) -> None:
        """Of its line, in each direction and beside those of the whole lab."""
        self._switch.set_port(self._port, Conditions(delay_ms, loss_percent, jitter_ms))

    def block(self, *rules: str) -> None:
        """Drop what it would pass on, in both directions, at once and without a word; what was blocked
        before stays so. Without a rule: everything.

        Args:
            rules: what to drop, in the words of nftables: ``"meta l4proto udp"``,
                ``"tcp dport != { 80, 443 }"``.
        """
        for rule in rules or ("",):
            self.run("nft", "add", "rule", "ip", "filter", "blocked", *rule.split(), "drop")

    def block_udp(self) -> None:
        """As the guest network of a company does."""
        self.block("meta l4proto udp")

    def unblock(self) -> None:
        """Pass on everything again."""
        self.run("nft", "flush", "chain", "ip", "filter", "blocked")

    def down(self) -> None:
        """Its line is cut, which machines behind it are not told. It forgets its mappings."""
        self.ip("link", "set", "wan", "down")

    def up(self) -> None:
        """After ``down``."""
        self.ip("link", "set", "wan", "up")
        route_to_nobody(self)

    def renumber(self) -> None:
        """It gets another public address, as after a forced reconnect; mappings to the old one are gone. The
        second time it gets back the first one, the third time the second one, and so on.
        """
        before, self.wan_address = self.wan_address, self._other_address
        self._other_address = before
        self.ip("address", "delete", f"{before}/24", "dev", "wan")
        self.ip("address", "add", f"{self.wan_address}/24", "dev", "wan")
        route_to_nobody(self)


def join(namespace: Namespace, switch: Switch, address: str) -> int:
    """Give a namespace an interface ``wan`` at the switch; the port's number."""
    port = switch.add_port(namespace.name, "wan")
    namespace.ip("address", "add", f"{address}/24", "dev", "wan")
    namespace.ip("link", "set", "wan", "up")
    route_to_nobody(namespace)
    return port


def route_to_nobody(namespace: Namespace) -> None:
    """A default route into the void. Without one, sending to a private address of somebody else's network,
    as ICE does, fails at once with "network is unreachable", which no network does and coturn takes badly.
    """
    neighbour = ("lladdr", _GATEWAY_HARDWARE, "dev", "wan", "nud", "permanent")
    namespace.ip("neighbor", "replace", GATEWAY, *neighbour)
    namespace.ip("route", "replace", "default", "via", GATEWAY)
