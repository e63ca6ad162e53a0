"""The certificate that connections are shown, and one's own files as its source."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from structlog.testing import capture_logs

from tests.unit.test_authority import handshake
from visavis.certificates.files import CertificateUnusable
from visavis.certificates.live import LiveCertificate
from visavis.certificates.own import OwnCertificate

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def new_rsa() -> Key:
    return rsa.generate_private_key(65537, 2048)


def new_ec() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def put(folder: Path, key: Key, *, password: bytes | None = None, signed_by: Key | None = None) -> bytes:
    """``cert.pem`` and ``key.pem``, self-signed for 127.0.0.1; the certificate."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    own = signed_by or key
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(own, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password)
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    )
    return pem


def own(folder: Path) -> OwnCertificate:
    return OwnCertificate(folder / "cert.pem", folder / "key.pem")


def test_without_a_certificate_every_handshake_is_refused(tmp_path: Path) -> None:
    trusted = put(tmp_path, new_ec())
    with pytest.raises(ssl.SSLError), handshake(LiveCertificate().context, trusted, "127.0.0.1"):
        pass


@pytest.mark.parametrize(("first", "second"), [(new_ec, new_rsa), (new_rsa, new_ec), (new_ec, new_ec)])
def test_new_connections_get_the_new_certificate_whatever_the_kind_of_key(
    tmp_path: Path, first: type[Key], second: type[Key]
) -> None:
    before = put(tmp_path, first())
    certificate = own(tmp_path)
    with handshake(certificate.live.context, before, "127.0.0.1") as open_connection:
        after = put(tmp_path, second())
        certificate.refresh()
        with handshake(certificate.live.context, after, "127.0.0.1"):
            pass
        with (
            pytest.raises(ssl.SSLCertVerificationError),
            handshake(certificate.live.context, before, "127.0.0.1"),
        ):
            pass
        open_connection.write(b"goes on")


def test_files_that_do_not_belong_together_are_told_of_once_and_the_one_before_stays(tmp_path: Path) -> None:
    before = put(tmp_path, new_ec())
    certificate = own(tmp_path)
    told: list[Path] = []
    certificate.live.follow(lambda file, _key: told.append(file))
    key = new_ec()
    put(tmp_path, key, signed_by=new_ec())
    with capture_logs() as logged:
        certificate.refresh()
        certificate.refresh()
    assert [line["log_level"] for line in logged] == ["warning"]
    assert "is not that of the certificate" in logged[0]["reason"]
    with handshake(certificate.live.context, before, "127.0.0.1"):
        pass
    assert len(told) == 1
    after = put(tmp_path, key)
    certificate.refresh()
    with handshake(certificate.live.context, after, "127.0.0.1"):
        pass
    assert len(told) == 2


def test_files_that_are_away_for_a_moment_do_no_harm(tmp_path: Path) -> None:
    before = put(tmp_path, new_ec())
    certificate = own(tmp_path)
    (tmp_path / "cert.pem").unlink()
    certificate.refresh()
    with handshake(certificate.live.context, before, "127.0.0.1"):
        pass


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    put(tmp_path, new_ec())
    (tmp_path / "key.pem").unlink()
    with pytest.raises(CertificateUnusable, match=r"key\.pem: No such file"):
        own(tmp_path)


def test_a_key_with_a_passphrase_is_refused_with_the_remedy(tmp_path: Path) -> None:
    put(tmp_path, new_ec(), password=b"hush")
    with pytest.raises(CertificateUnusable, match="has a passphrase"):
        own(tmp_path)


@pytest.mark.parametrize("name", ["cert.pem", "key.pem"])
def test_a_file_that_is_no_pem_is_refused(tmp_path: Path, name: str) -> None:
    put(tmp_path, new_ec())
    (tmp_path / name).write_text("nonsense")
    with pytest.raises(CertificateUnusable, match="no certificate and key in PEM"):
        own(tmp_path)


def test_certificate_and_key_may_be_in_one_file(tmp_path: Path) -> None:
    trusted = put(tmp_path, new_ec())
    both = tmp_path / "both.pem"
    both.write_bytes((tmp_path / "key.pem").read_bytes() + trusted)
    with handshake(OwnCertificate(both, both).live.context, trusted, "127.0.0.1"):
        pass
