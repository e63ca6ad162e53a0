"""coturn's configuration. A function of the settings and of this machine's addresses."""

from collections.abc import Iterator
from pathlib import PurePath

from visavis.settings import Settings
from visavis.turn.addresses import Addresses
from visavis.turn.peers import Network, closed, opened

REALM = "visavis"

_FIXED = (
    "use-auth-secret",
    f"realm={REALM}",
    "fingerprint",
    "stale-nonce=600",
    # Only UDP is relayed: no connection can be opened to anything through it (RFC 6062).
    "no-tcp-relay",
    "no-multicast-peers",
    "no-dtls",
    "no-tlsv1",
    "no-tlsv1_1",
    # Nothing but STUN and TURN: no consoles, no database, no words about itself.
    "no-cli",
    "no-rfc5780",
    "no-software-attribute",
    "no-dynamic-ip-list",
    "no-dynamic-realms",
    "no-auth-pings",
    # It wants one all the same: where it cannot open it, the first to come are refused.
    "userdb=:memory:",
    "pidfile=/dev/null",
    "log-file=stdout",
    "simple-log",
)


def configuration(
    settings: Settings, addresses: Addresses, secret: str, certificate: tuple[PurePath, PurePath] | None
) -> str:
    """The text of ``turnserver.conf``. Names of files are relative to the folder in which coturn runs.

    Args:
        secret: from which passwords are made; text without white space.
        certificate: files of the certificate and its key; None for no TLS.
    """
    return "\n".join(_lines(settings, addresses, secret, certificate)) + "\n"


def _lines(
    settings: Settings, addresses: Addresses, secret: str, certificate: tuple[PurePath, PurePath] | None
) -> Iterator[str]:
    yield from (f"listening-ip={address}" for address in addresses.listening)
    yield f"listening-port={settings.turn_port}"
    yield f"relay-ip={addresses.relay}"
    if addresses.external is not None:
        yield f"external-ip={addresses.external}/{addresses.relay}"
    yield f"min-port={settings.turn_relay_ports.first}"
    yield f"max-port={settings.turn_relay_ports.last}"
    if certificate is None:
        yield "no-tls"
    else:
        yield f"tls-listening-port={settings.turn_tls_port}"
        yield f"cert={certificate[0]}"
        yield f"pkey={certificate[1]}"
    yield f"static-auth-secret={secret}"
    yield f"user-quota={settings.turn_user_quota}"
    yield f"total-quota={settings.turn_total_quota}"
    yield from _FIXED
    # What is allowed goes before what is denied.
    yield from (f"allowed-peer-ip={_range(n)}" for n in opened(addresses, settings.turn_allowed_peers))
    yield from (f"denied-peer-ip={_range(network)}" for network in closed(addresses.on_link))


def _range(network: Network) -> str:
    first, last = network.network_address, network.broadcast_address
    if first.is_unspecified and first.version == 6:
        # A range that begins at :: holds every IPv4 address for coturn 4.6. It refuses :: itself by itself.
        first += 1
    return str(first) if first == last else f"{first}-{last}"
