"""A network lab: machines behind routers, on lines that are slow, lossy or gone.

Machines and routers are network namespaces of this one machine, joined by a switch with delay, loss and
jitter (delaysw.c). Nothing in them reaches the outside. ::

    with Lab.up(delay_ms=50) as lab:
        home = lab.router("home", nat=Nat.CONE)
        mara = lab.machine("mara", home)
        mara.run("ping", "-c", "1", lab.server.address)

``lab.server`` has 10.50.0.10. Routers have 10.50.0.21 and up; behind the first of them is 192.168.61.0/24.
There is no IPv6. It needs root, and Linux with namespaces, bridges, TAP and nftables with NAT.
"""

from tests.support.lab.capture import Capture
from tests.support.lab.lab import SERVER_ADDRESS, Lab, require_lab
from tests.support.lab.machine import Machine, Uplink
from tests.support.lab.namespace import Namespace
from tests.support.lab.router import Nat, Router
from tests.support.lab.switch import Conditions, Switch

__all__ = [
    "SERVER_ADDRESS",
    "Capture",
    "Conditions",
    "Lab",
    "Machine",
    "Namespace",
    "Nat",
    "Router",
    "Switch",
    "Uplink",
    "require_lab",
]
