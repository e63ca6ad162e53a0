"""A certificate for the local network: this machine's names and addresses, by its own authority."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ifaddr
import structlog
from cryptography import x509

from visavis.certificates.authority import Address, Authority, names_in
from visavis.certificates.files import CertificateUnusable, read, write_private
from visavis.certificates.live import LiveCertificate

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks at the machine's addresses."""

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,250}[a-z0-9_])?")
_RENEW_BEFORE = timedelta(days=30)
_NEW_AUTHORITY_BEFORE = timedelta(days=400)
"""More than a server's certificate lasts, so that none outlives the authority."""


def machine_addresses() -> frozenset[Address]:
    """The addresses of this machine's interfaces. Without IPv6 ones of the link, which no URL can hold."""
    found: set[Address] = set()
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            text = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            address = ipaddress.ip_address(text.partition("%")[0])
            if address.version == 4 or not address.is_link_local:
                found.add(address)
    return frozenset(found)


class LanCertificate:
    """Keeps the authority and the certificate in a folder.

    Attributes:
        live: the certificate.
        authority: what devices are to trust.

    Args:
        folder: where ``authority.pem`` and ``lan.pem`` are, or are to be.
        addresses, host, now: this machine's.

    Raises:
        CertificateUnusable: the folder or a file in it cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        addresses: Callable[[], frozenset[Address]] = machine_addresses,
        host: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._file = folder / "lan.pem"
        self._addresses = addresses
        named = (host or socket.gethostname()).lower()
        self._host = named if _HOST.fullmatch(named) else "localhost"
        self._now = now
        self._left_out: frozenset[Address] = frozenset()
        self.live = LiveCertificate()
        self.authority = self._find_authority(folder / "authority.pem")
        self.refresh()

    async def keep(self) -> None:
        """Renew before it ends, and when this machine gets another address. Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                self.refresh()
            except (OSError, CertificateUnusable) as error:
                log.warning("the certificate of the local network could not be renewed", reason=str(error))

    def refresh(self) -> None:
        """Issue another certificate where the one that is kept does not do."""
        names = self._names()
        if self.live.leaf is not None and self._does(self.live.leaf, names):
            return
        content = read(self._file)
        kept = _leaf(content) if content is not None else None
        if kept is None or not self._does(kept, names):
            ordered = sorted(names, key=lambda name: (not isinstance(name, str), str(name)))
            write_private(self._file, self.authority.issue(ordered, self._now()))
            log.info("certificate made", names=[str(name) for name in ordered])
        self.live.show(self._file, self._file)

    def _does(self, leaf: x509.Certificate, names: frozenset[str | Address]) -> bool:
        """Whether a certificate is ours, lasts, and has every name. A name too many does no harm."""
        lasts = leaf.not_valid_after_utc - self._now() > _RENEW_BEFORE
        return lasts and names <= names_in(leaf) and self.authority.issued(leaf)

    def _names(self) -> frozenset[str | Address]:
        """What the certificate is to be for: as much of it as the authority may vouch for."""
        short = self._host.partition(".")[0]
        wanted = {"localhost", self._host, f"{short}.local", *self._addresses()}
        names = frozenset(name for name in wanted if self.authority.permits(name))
        left_out = frozenset(
            name for name in wanted - names if not isinstance(name, str) and name.version == 4
        )
        if left_out - self._left_out:
            log.warning(
                "the authority is older than some addresses of this machine, and may not vouch for them. "
                "Delete the file and start again to have a new one, which devices must trust anew",
                addresses=sorted(map(str, left_out)),
                file=str(self._file.with_name("authority.pem")),
            )
        self._left_out = left_out
        return names

    def _find_authority(self, file: Path) -> Authority:
        kept = Authority.kept(file)
        if kept is not None:
            if kept.certificate.not_valid_after_utc - self._now() > _NEW_AUTHORITY_BEFORE:
                return kept
            log.warning("the authority ends soon: a new one is made, which devices must trust anew")
        made = Authority.make(self._host, self._addresses(), self._now())
        made.keep(file)
        log.info("authority made", file=str(file), fingerprint=made.fingerprint)
        return made


def _leaf(content: bytes) -> x509.Certificate | None:
    """The certificate in a file of ours; None where it is damaged: it can be made anew."""
    try:
        return x509.load_pem_x509_certificate(content)
    except ValueError:
        return None
