"""The certificate that new connections are shown. It changes while the server runs."""

import ssl
from collections.abc import Callable
from pathlib import Path

from cryptography import x509

from visavis.certificates.files import CertificateUnusable, read

Changed = Callable[[Path, Path], None]
"""Told the file of a certificate and that of its key, which may be the same file."""


class LiveCertificate:
    """What to serve TLS with.

    Attributes:
        context: for the listener, the same for ever. Without a certificate it refuses every handshake.
        leaf: the server's certificate; None as long as there is none.
    """

    def __init__(self) -> None:
        self.leaf: x509.Certificate | None = None
        self._current = self.context = _context()
        # Each certificate has a context of its own, taken up at the greeting of a connection (RFC 6066,
        # section 3; called without a name, too). To load it into the one that is in use would keep the
        # certificate before it in service where the kind of key differs.
        self.context.sni_callback = self._choose
        self._files: tuple[Path, Path] | None = None
        self._followers: list[Changed] = []

    @property
    def until(self) -> str:
        """When the certificate ends, for logs; empty where there is none."""
        return "" if self.leaf is None else self.leaf.not_valid_after_utc.isoformat()

    def show(self, certificate: Path, key: Path) -> None:
        """Show a certificate from the next connection on. Open connections are left alone.

        Raises:
            CertificateUnusable: the files cannot be read, or do not belong together; what was shown stays.
        """

        def passphrase() -> str:
            # Called for a key that has one, instead of asking at the terminal.
            raise CertificateUnusable(
                f"The key in {key} has a passphrase. Write it without one: openssl pkey -in {key} -out FILE."
            )

        context = _context()
        try:
            context.load_cert_chain(certificate, key, password=passphrase)
            leaf = x509.load_pem_x509_certificates(read(certificate) or b"")[0]
        except OSError as error:  # ssl.SSLError among them
            raise CertificateUnusable(_why(error, certificate, key)) from None
        except ValueError:
            raise CertificateUnusable(f"{certificate} holds no certificate that can be read.") from None
        self._current, self.leaf, self._files = context, leaf, (certificate, key)
        for follower in self._followers:
            follower(certificate, key)

    def follow(self, changed: Changed) -> None:
        """Tell of the files now, where there are any, and each time that they change."""
        self._followers.append(changed)
        if self._files is not None:
            changed(*self._files)

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._current


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _why(error: OSError, certificate: Path, key: Path) -> str:
    if not isinstance(error, ssl.SSLError):
        missing = next((file for file in (certificate, key) if not file.exists()), certificate)
        return f"Cannot read {missing}: {error.strerror or error}."
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"The key in {key} is not that of the certificate in {certificate}."
    return f"{certificate} and {key} are no certificate and key in PEM ({error.reason or error})."
