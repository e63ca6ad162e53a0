"""A certificate that somebody else looks after: two files, read again when they change."""

import asyncio
from pathlib import Path

import structlog

from visavis.certificates.files import CertificateUnusable
from visavis.certificates.live import LiveCertificate

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks at the files."""

_State = tuple[tuple[int, int, int] | None, ...]


class OwnCertificate:
    """A certificate from files.

    Attributes:
        live: the certificate.

    Args:
        certificate: the server's certificate and its chain, PEM.
        key: its private key; may be in the same file.

    Raises:
        CertificateUnusable: they cannot be read, or do not belong together.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate.absolute(), key.absolute())
        self.live = LiveCertificate()
        self._seen = self._state()
        self.live.show(*self._files)

    async def keep(self) -> None:
        """Show what is in the files whenever it has changed. Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.refresh()

    def refresh(self) -> None:
        """Look whether the files have changed. Files that cannot be used are told of once, and left."""
        state = self._state()
        if state == self._seen:
            return
        self._seen = state
        try:
            self.live.show(*self._files)
        except CertificateUnusable as error:
            # Between the writing of the one file and of the other this is as it should be.
            log.warning("the changed certificate cannot be used; the one before stays", reason=str(error))
        else:
            log.info("certificate changed", until=self.live.until)

    def _state(self) -> _State:
        """What shows that a file was written or replaced."""

        def look(file: Path) -> tuple[int, int, int] | None:
            try:
                found = file.stat()
            except OSError:
                return None
            return (found.st_mtime_ns, found.st_ino, found.st_size)

        return tuple(look(file) for file in self._files)
