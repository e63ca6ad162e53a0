"""What a proxy in front of the server says of a client: its address, and how and where it asked.

Only what trusted proxies wrote is believed. Each adds the address of its own peer at the end of
``X-Forwarded-For``; so the list is read from the end, past the trusted ones, and what a client wrote itself
at the front is never reached. ``Forwarded`` (RFC 7239) is not read: a proxy that does not know it passes on
what a client put there.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from visavis.socketio.request import Request

_FOR = "x-forwarded-for"
_PROTO = "x-forwarded-proto"
_HOST = "x-forwarded-host"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, and how, on the far side of the proxies.

    Attributes:
        address: the client's.
        secure: whether it asked by https; None where no proxy says so.
        host: the host and port that it asked for; None where no proxy says so.
    """

    address: str
    secure: bool | None = None
    host: str | None = None


class TrustedProxies:
    """The proxies that are believed.

    Args:
        networks: addresses, and networks in CIDR notation.
    """

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks = tuple(ip_network(network) for network in networks)

    def asked(self, peer: str, headers: Mapping[str, str]) -> Asked | None:
        """What is known of the client; None where the peer is no trusted proxy, and is the client.

        Args:
            peer: the address of the other end of the socket.
            headers: names in lower case; several of one name joined by commas.
        """
        client, hops = _address(peer), 0
        if not self._trusts(client):
            return None
        for text in reversed(_elements(headers.get(_FOR, ""))):
            address = _address(text)
            if address is None:
                break  # "unknown", or nonsense: the proxy behind it is as far as one can see
            client, hops = address, hops + 1
            if not self._trusts(address):
                break
        scheme = _at(_elements(headers.get(_PROTO, "")), hops)
        secure = {"https": True, "wss": True, "http": False, "ws": False}.get((scheme or "").lower())
        return Asked(str(client), secure, _at(_elements(headers.get(_HOST, "")), hops))

    def request(self, request: Request) -> Request:
        """The request as the client made it, as if there were no proxy."""
        asked = self.asked(request.address, request.headers) if self._networks else None
        if asked is None:
            return request
        headers = request.headers if asked.host is None else {**request.headers, "host": asked.host}
        secure = request.secure if asked.secure is None else asked.secure
        return replace(request, address=asked.address, secure=secure, headers=headers)

    def tell(self, scope: MutableMapping[str, Any]) -> None:
        """The same for an ASGI scope, which is changed."""
        if not self._networks or scope["type"] not in {"http", "websocket"}:
            return
        peer = scope.get("client")
        said: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            said[name] = f"{said[name]}, {value}" if name in said else value
        asked = self.asked(peer[0], said) if peer else None
        if asked is None:
            return
        scope["client"] = (asked.address, 0)
        if asked.secure is not None:
            plain, secure = ("ws", "wss") if scope["type"] == "websocket" else ("http", "https")
            scope["scheme"] = secure if asked.secure else plain
        if asked.host is not None:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [(b"host", asked.host.encode("latin-1")), *others]

    def _trusts(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(
            address in network for network in self._networks if network.version == address.version
        )


def _elements(header: str) -> list[str]:
    """The elements of a list in a header (RFC 9110, section 5.6.1)."""
    return [element.strip() for element in header.split(",") if element.strip()]


def _at(values: Sequence[str], hops: int) -> str | None:
    """What the proxy said that the client spoke to: each adds to the end, or there is one value alone."""
    return values[-min(max(hops, 1), len(values))] if values else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, which some proxies write with a port: ``192.0.2.7:1234``, ``[2001:db8::7]:1234``."""
    text = text.strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
