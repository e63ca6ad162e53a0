"""Where our TURN server listens, relays, and is seen from outside."""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_address, ip_interface

import ifaddr
from aioice import stun

Address = IPv4Address | IPv6Address
Interface = IPv4Interface | IPv6Interface

_MOST_LISTENERS = 16
_NOBODY = {4: ("192.0.2.1", 9), 6: ("2001:db8::1", 9)}
"""Documentation addresses (RFC 5737, RFC 3849): a socket that is connected to them sends nothing."""


class NoNetwork(Exception):
    """This machine has no address at which others could reach it."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Attributes:
    listening: where clients come in.
    relay: from where their media goes out.
    external: what others must use for ``relay``, where the machine stands behind a router.
    on_link: the networks that this machine is in.
    """

    listening: tuple[Address, ...]
    relay: Address
    external: Address | None
    on_link: tuple[Interface, ...]


def interfaces() -> tuple[Interface, ...]:
    """Every address of this machine with its network, but for those that hold on one cable only."""
    found = [
        ip_interface(f"{ip.ip if ip.is_IPv4 else ip.ip[0]}/{ip.network_prefix}")
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]
    return tuple(interface for interface in found if not interface.ip.is_link_local)


def choose(host: str, own: tuple[Interface, ...], external: str | None) -> Addresses:
    """The addresses for a server that listens at ``host``.

    Relays are IPv4 where there is IPv4 at all. Browsers ask for nothing else, and a relay that has no IPv6
    address cannot reach into a network by IPv6.

    Args:
        host: as in the settings. A loopback one stands for every address: there is a proxy before the web
            server, and none before this one.
        own: the addresses of this machine.
        external: the public address where it is known.

    Raises:
        NoNetwork
    """
    ip = _address_of(host)
    if ip is None or ip.is_unspecified or ip.is_loopback:
        listening = [interface.ip for interface in own]
        outside = [_outside_address(version) for version in (4, 6)]
        candidates = [*(a for a in outside if a in listening), *listening]
    else:
        listening = candidates = [ip]
    relays = sorted((a for a in candidates if a and not a.is_loopback), key=lambda a: a.version)
    if not relays:
        raise NoNetwork
    relay = relays[0]
    seen_as = None if external is None or ip_address(external) == relay else ip_address(external)
    listening.sort(key=lambda a: (a != relay, not a.is_loopback, a.version))
    return Addresses(tuple(listening[:_MOST_LISTENERS]), relay, seen_as, own)


def _address_of(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None  # a name


def _outside_address(version: int) -> Address | None:
    """The address from which this machine speaks to others."""
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(_NOBODY[version])
            return ip_address(probe.getsockname()[0])
    except OSError:
        return None


class _Binding(asyncio.DatagramProtocol):
    """One STUN Binding (RFC 8489, section 7), sent three times at most."""

    def __init__(self) -> None:
        self.request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        self.answer: asyncio.Future[Address] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes | str, addr: object) -> None:  # noqa: ARG002
        try:
            answer = stun.parse_message(data if isinstance(data, bytes) else data.encode())
            seen = answer.attributes.get("XOR-MAPPED-ADDRESS") or answer.attributes["MAPPED-ADDRESS"]
        except (ValueError, KeyError):
            return
        if answer.transaction_id == self.request.transaction_id and not self.answer.done():
            self.answer.set_result(ip_address(seen[0]))

    def error_received(self, exc: Exception) -> None:
        pass  # nobody is there yet; the next one may be answered


async def ask_stun(
    host: str, port: int, *, source: str | None = None, patience: float = 1.0
) -> Address | None:
    """Our address as a STUN server sees it; None where it does not answer.

    Args:
        source: our address from which to ask.
        patience: seconds to wait.
    """
    loop = asyncio.get_running_loop()
    try:
        transport, binding = await loop.create_datagram_endpoint(
            _Binding, remote_addr=(host, port), local_addr=(source, 0) if source else None
        )
    except OSError:
        return None
    try:
        for _ in range(3):
            transport.sendto(bytes(binding.request))
            done, _ = await asyncio.wait([binding.answer], timeout=patience / 3)
            if done:
                return binding.answer.result()
        return None
    finally:
        binding.answer.cancel()
        transport.close()
