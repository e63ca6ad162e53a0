"""A certificate authority of this machine's own, for names and addresses of a local network only.

A device that trusts it need not trust its owner with the web: by its name constraints (RFC 5280, section
4.2.1.10) it can vouch for local names and private addresses, and for nothing else.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from visavis.certificates.files import (
    CertificateUnusable,
    certificate_pem,
    key_pem,
    new_key,
    read,
    write_private,
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

AUTHORITY_LIFETIME = timedelta(days=3650)
LEAF_LIFETIME = timedelta(days=390)
"""Apple takes no certificate of more than 397 days."""

_CLOCKS_DIFFER = timedelta(days=1)
"""How much earlier than now a certificate begins: a phone's clock may be slow."""

LOCAL_DOMAINS = ("localhost", "local", "lan", "home", "internal", "home.arpa")
"""Names that nobody has on the Internet (RFC 6761, 6762, 8375; the others by custom)."""

LOCAL_NETWORKS: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",  # behind a carrier's NAT, and many a VPN
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


@dataclass(frozen=True)
class Authority:
    """The authority: its certificate, and its key, which never leaves the data folder."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls, host: str, addresses: Iterable[Address], now: datetime) -> Self:
        """A new one.

        Args:
            host: the name of this machine, by which people tell authorities apart. It is allowed for where
                it is a full one: a single word could be a domain of the first level, such as ``dev``.
            addresses: what this machine has. Public IPv4 addresses are allowed for one by one: some
                local networks are made of them. Public IPv6 addresses are not, since they change daily.
        """
        key = new_key()
        name = _name(f"Visavis on {host}")
        public = [
            ipaddress.ip_network(address)
            for address in addresses
            if address.version == 4 and not _is_local(address)
        ]
        constraints = x509.NameConstraints(
            [
                *(x509.DNSName(domain) for domain in (*LOCAL_DOMAINS, *([host] if "." in host else []))),
                *(x509.IPAddress(network) for network in [*LOCAL_NETWORKS, *public]),
            ],
            None,
        )
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        certificate = (
            _builder(name, name, key, now, AUTHORITY_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(constraints, critical=True)
            .add_extension(identifier, critical=False)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @classmethod
    def kept(cls, file: Path) -> Self | None:
        """The one in a file; None where there is none.

        Raises:
            CertificateUnusable: the file is damaged.
        """
        content = read(file)
        if content is None:
            return None
        try:
            key = serialization.load_pem_private_key(content, None)
            certificate = x509.load_pem_x509_certificate(content)
        except ValueError:
            raise CertificateUnusable(
                f"{file} is damaged. Put it back from a backup, or delete it to have a new authority made, "
                "which every device must be told to trust anew."
            ) from None
        return cls(certificate, cast("ec.EllipticCurvePrivateKey", key))

    def keep(self, file: Path) -> None:
        """Write it to a file, readable by its owner only."""
        write_private(file, key_pem(self.key) + self.pem)

    @property
    def pem(self) -> bytes:
        """The certificate, for devices that are to trust it."""
        return certificate_pem(self.certificate)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as devices show it: pairs of hexadecimal digits."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def permits(self, name: str | Address) -> bool:
        """Whether it may vouch for a name or an address."""
        allowed = self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        for subtree in allowed.permitted_subtrees or ():
            within = subtree.value
            if isinstance(name, str):
                if isinstance(within, str) and f".{name}".endswith(f".{within}"):
                    return True
            elif not isinstance(within, str) and name.version == within.version and name in within:
                return True
        return False

    def issue(self, names: Sequence[str | Address], now: datetime) -> bytes:
        """A key and a certificate for a server, in PEM.

        Args:
            names: host names and addresses, each of which it ``permits``.
        """
        key = new_key()
        alternatives = [
            x509.DNSName(name) if isinstance(name, str) else x509.IPAddress(name) for name in names
        ]
        issuer = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        certificate = (
            _builder(_name("Visavis server"), self.certificate.subject, key, now, LEAF_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        return key_pem(key) + certificate_pem(certificate)

    def issued(self, certificate: x509.Certificate) -> bool:
        """Whether a certificate is one of its own."""
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True


def names_in(certificate: x509.Certificate) -> frozenset[str | Address]:
    """The host names and addresses that a certificate is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = found.get_values_for_type(x509.IPAddress)
    return frozenset(found.get_values_for_type(x509.DNSName)) | frozenset(cast("list[Address]", addresses))


def _is_local(address: Address) -> bool:
    return any(address in network for network in LOCAL_NETWORKS if network.version == address.version)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Visavis"),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),  # RFC 5280, ub-common-name
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    begins = now.astimezone(UTC).replace(microsecond=0) - _CLOCKS_DIFFER
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lifetime)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
