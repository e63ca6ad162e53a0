"""Which addresses may never be reached through our TURN server.

Whoever is in a call has credentials, and could use the relay as a door into the network of the host
(CVE-2020-26262 and its like). Closed are all addresses that are not public, those that hold another address
inside, and the networks that this machine itself is in, public or not: between two participants media then
goes from relay to relay, which is why only the relay's own address must stay open.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from visavis.turn.addresses import Addresses, Interface

Network = IPv4Network | IPv6Network

CLOSED: tuple[Network, ...] = tuple(
    ip_network(network)
    for network in (
        # IPv4: the IANA special-purpose registry (RFC 6890), and groups.
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers' NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the metadata of clouds: 169.254.169.254
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "100.100.100.200/32",  # metadata of Alibaba Cloud
        "168.63.129.16/32",  # metadata of Azure
        # IPv6
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local
        "100::/64",  # discard
        "2001::/23",  # protocol assignments, with Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # unique local, and the metadata of clouds: fd00:ec2::254
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)


def closed(on_link: Iterable[Interface]) -> tuple[Network, ...]:
    """All networks that are closed on a machine that is in the networks ``on_link``."""
    own = {interface.network for interface in on_link}
    return (*CLOSED, *sorted((n for n in own if not _is_closed(n)), key=lambda n: (n.version, str(n))))


def _is_closed(network: Network) -> bool:
    return any(
        int(outer.network_address) <= int(network.network_address)
        and int(network.broadcast_address) <= int(outer.broadcast_address)
        for outer in CLOSED
        if outer.version == network.version
    )


def opened(addresses: Addresses, allowed: Sequence[str]) -> tuple[Network, ...]:
    """What is open all the same: the relay's own address, and what the settings name."""
    return (ip_network(addresses.relay), *(ip_network(network) for network in allowed))
