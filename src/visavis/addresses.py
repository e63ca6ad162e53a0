"""The addresses at which people find this machine."""

import socket
from ipaddress import ip_address

import ifaddr


def web_addresses(host: str, port: int, scheme: str = "http") -> list[str]:
    """The addresses to open in a browser, the one for this machine first.

    Browsers give cameras to pages from ``localhost``, and not to ones from a plain http address.

    Args:
        host: an IP address that the server listens on.
    """
    ip = ip_address(host)
    if not ip.is_unspecified:
        name = "localhost" if ip.is_loopback else f"[{ip}]" if ip.version == 6 else str(ip)
        return [f"{scheme}://{name}:{port}"]
    outside = outside_address()
    return [f"{scheme}://localhost:{port}", *([f"{scheme}://{outside}:{port}"] if outside else [])]


def outside_address() -> str | None:
    """The IPv4 address by which this machine is known on its network; None where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: it only chooses the interface. 192.0.2.1 is nobody's (RFC 5737).
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return _any_address()
        return str(probe.getsockname()[0])


def _any_address() -> str | None:
    """For a network that leads nowhere else."""
    found = (entry.ip for adapter in ifaddr.get_adapters() for entry in adapter.ips if entry.is_IPv4)
    return next((str(ip) for ip in found if not ip_address(str(ip)).is_loopback), None)
