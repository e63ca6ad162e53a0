"""Certificates as good and as bad as a test needs them."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class TestAuthority:
    """Signs whatever it is asked to sign. ``file``: its certificate, for those who are to trust it."""

    __test__ = False

    def __init__(self, folder: Path, name: str = "Authority of the tests") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        self._certificate = (
            _builder(self._name, self._name, self._key, now - timedelta(days=400), now + timedelta(days=400))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_key_usage(), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = self._write("authority", self._certificate.public_bytes(serialization.Encoding.PEM))

    @classmethod
    def another(cls, folder: Path) -> Self:
        """One that nobody trusts."""
        folder.mkdir()
        return cls(folder, "Another authority")

    def issue(self, *names: str, begins: float = -1, ends: float = 90) -> tuple[Path, Path]:
        """The files of a certificate and of its key.

        Args:
            names: host names and addresses.
            begins, ends: in days from now.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = (
            _builder(subject, self._name, key, now + timedelta(days=begins), now + timedelta(days=ends))
            .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        stem = f"{names[0]}{begins}{ends}"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain = certificate.public_bytes(serialization.Encoding.PEM)
        return self._write(stem, chain), self._write(f"{stem}.key", private)

    def _write(self, stem: str, content: bytes) -> Path:
        file = self._folder / f"{stem}.pem"
        file.write_bytes(content)
        return file


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    begins: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
