"""A certificate for a domain, got and renewed on the Internet."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from cryptography import x509

from visavis.certificates.acme import Issuer, NotIssued, in_thread
from visavis.certificates.files import CertificateUnusable, read, write_private
from visavis.certificates.live import LiveCertificate
from visavis.logs import report

log = structlog.get_logger(__name__)

HALF_A_DAY = 43_200.0

_PAUSES = (60.0, 300.0, 900.0, 3600.0)
"""Seconds after the first, second, ... failure in a row. Issuers count failures: five an hour, as a rule."""


def renewal_due(certificate: x509.Certificate) -> datetime:
    """When a third of the certificate's life is left."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return ends - (ends - begins) / 3


def pause_after(failures: int) -> float:
    """Seconds until the next attempt after so many failures in a row, with some chance in it."""
    return _PAUSES[min(failures, len(_PAUSES)) - 1] * random.uniform(1, 1.2)  # noqa: S311


class DomainCertificate:
    """Keeps the certificate of a domain in a folder.

    Attributes:
        live: the certificate; none before the first was issued.
        tokens: answers to the issuer's challenges.

    Args:
        folder: where ``DOMAIN.pem`` is, or is to be.
        http_port: where the challenges are answered.
        issued: called once when there is a first certificate.

    Raises:
        CertificateUnusable: the folder cannot be used.
    """

    def __init__(
        self, domain: str, folder: Path, issuer: Issuer, http_port: int, issued: Callable[[], None]
    ) -> None:
        self.domain = domain
        self.live = LiveCertificate()
        self.tokens: dict[str, str] = {}
        self._file = folder / f"{domain}.pem"
        self._issue = partial(issuer.issue, domain, self.tokens, http_port)
        self._issued = issued
        if read(self._file) is not None:
            try:
                self.live.show(self._file, self._file)
            except CertificateUnusable as error:
                log.warning("the kept certificate cannot be used; another is asked for", reason=str(error))

    async def keep(self) -> None:
        """Get a certificate where there is none, and renew it when it is due. Until cancelled."""
        failures, pause = 0, 0.0
        while True:
            await asyncio.sleep(pause or self.wait(datetime.now(UTC)))
            if self.wait(datetime.now(UTC)) > 0:
                continue
            try:
                await self._renew()
                failures, pause = 0, 0.0
                continue
            except (NotIssued, CertificateUnusable) as error:
                reason = str(error)
            except Exception as error:  # noqa: BLE001 - whatever it is, the server goes on
                reason = f"a fault, logged as {report(log, 'renewal failed', error)}"
            failures += 1
            pause = pause_after(failures)
            self._complain(reason, pause)

    def wait(self, now: datetime) -> float:
        """Seconds until it is time to look again: half a day, or less where the certificate is due before.

        Zero: it is due.
        """
        if self.live.leaf is None:
            return 0.0
        left = (renewal_due(self.live.leaf) - now).total_seconds()
        return min(max(left, 0.0), HALF_A_DAY * random.uniform(0.9, 1.1))  # noqa: S311

    async def _renew(self) -> None:
        first = self.live.leaf is None
        write_private(self._file, await in_thread(self._issue))
        self.live.show(self._file, self._file)
        log.info("certificate issued", domain=self.domain, until=self.live.until)
        if first:
            self._issued()

    def _complain(self, reason: str, pause: float) -> None:
        again = f"{pause / 60:.0f} min"
        if self.live.leaf is None:
            log.error("no certificate yet, so nobody can connect", reason=reason, next_try_in=again)
            return
        left = self.live.leaf.not_valid_after_utc - datetime.now(UTC)
        log.error(
            "the certificate could not be renewed; the one that is there stays",
            reason=reason,
            days_left=max(0, left // timedelta(days=1)),
            next_try_in=again,
        )
