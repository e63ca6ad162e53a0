"""The local authority, and the certificates that it signs: what they say, and when they are made anew."""

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from structlog.testing import capture_logs

from visavis.certificates.authority import Address, Authority, names_in
from visavis.certificates.files import CertificateUnusable
from visavis.certificates.lan import LanCertificate

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOME = "192.168.1.5"


def addresses(*texts: str) -> frozenset[Address]:
    return frozenset(ipaddress.ip_address(text) for text in texts)


def make(*texts: str, host: str = "attic") -> Authority:
    return Authority.make(host, addresses(*texts), NOW)


class Machine:
    """A machine whose addresses and clock are what the test says."""

    def __init__(self, folder: Path, *texts: str) -> None:
        self.folder = folder
        self.addresses = addresses("127.0.0.1", *texts)
        self.now = NOW

    def starts(self) -> LanCertificate:
        return LanCertificate(self.folder, lambda: self.addresses, "attic", lambda: self.now)


@contextmanager
def handshake(server: ssl.SSLContext, trusted: bytes, name: str) -> Iterator[ssl.SSLObject]:
    """A client that trusts one authority alone, and a server, connected in memory."""
    client = ssl.create_default_context(cadata=trusted.decode())
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    done: set[ssl.SSLObject] = set()
    while len(done) < 2:
        for end in ends:
            try:
                end.do_handshake()
                done.add(end)
            except ssl.SSLWantReadError:
                pass
    yield ends[0]


def serial(lan: LanCertificate) -> int:
    assert lan.live.leaf is not None
    return lan.live.leaf.serial_number


# --- what it may vouch for --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("localhost", True),
        ("attic.local", True),
        ("attic.home.arpa", True),
        ("local", True),
        ("example.org", False),
        ("notlocal", False),
        ("attic", False),
        (ipaddress.ip_address("10.1.2.3"), True),
        (ipaddress.ip_address("172.31.0.1"), True),
        (ipaddress.ip_address("172.32.0.1"), False),
        (ipaddress.ip_address("8.8.8.8"), False),
        (ipaddress.ip_address("fd00::1"), True),
        (ipaddress.ip_address("2001:db8::1"), False),
    ],
)
def test_it_vouches_for_local_names_and_private_addresses_only(name: str | Address, allowed: bool) -> None:
    assert make(HOME).permits(name) is allowed


def test_a_public_address_that_the_machine_had_at_first_is_allowed_for_and_its_neighbours_not() -> None:
    authority = make("203.0.113.7")
    assert authority.permits(ipaddress.ip_address("203.0.113.7"))
    assert not authority.permits(ipaddress.ip_address("203.0.113.8"))


def test_the_full_name_of_the_machine_is_allowed_for() -> None:
    authority = make(HOME, host="attic.example.org")
    assert authority.permits("attic.example.org")
    assert not authority.permits("other.example.org")


@pytest.mark.parametrize("name", ["example.org", "203.0.113.9"])
def test_clients_refuse_what_it_may_not_vouch_for(tmp_path: Path, name: str) -> None:
    """Were its key stolen, it would be of no use for the web."""
    authority = make(HOME)
    try:
        forbidden: str | Address = ipaddress.ip_address(name)
    except ValueError:
        forbidden = name
    file = tmp_path / "forged.pem"
    file.write_bytes(authority.issue([forbidden], datetime.now(UTC)))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    with (
        pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"),
        handshake(server, authority.pem, name),
    ):
        pass


def test_the_authority_signs_servers_and_no_other_authorities() -> None:
    extensions = make(HOME).certificate.extensions
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert extensions.get_extension_for_class(x509.NameConstraints).critical
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.digital_signature) == (True, False)


def test_a_server_s_certificate_is_what_apple_asks_for() -> None:
    """Server authentication, names in the extension, no more than 397 days (support.apple.com/103769)."""
    certificate = x509.load_pem_x509_certificate(make(HOME).issue(["attic.local"], NOW))
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=397)
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert names_in(certificate) == {"attic.local"}


# --- what is kept -----------------------------------------------------------------------------------


def test_both_are_the_same_at_the_next_start_and_closed_to_others(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "tls", HOME)
    first, second = machine.starts(), machine.starts()
    assert first.authority.fingerprint == second.authority.fingerprint
    assert serial(first) == serial(second)
    modes = {file.name: file.stat().st_mode & 0o777 for file in machine.folder.iterdir()}
    assert modes == {"authority.pem": 0o600, "lan.pem": 0o600}
    assert machine.folder.stat().st_mode & 0o777 == 0o700


def test_the_certificate_names_the_machine_and_is_trusted_by_the_authority_alone(tmp_path: Path) -> None:
    lan = LanCertificate(tmp_path, lambda: addresses("127.0.0.1", HOME, "2001:db8::5"), "attic")
    assert lan.live.leaf is not None
    assert names_in(lan.live.leaf) == {"localhost", "attic.local", *addresses("127.0.0.1", HOME)}
    for name in ("localhost", "attic.local", HOME):
        with handshake(lan.live.context, lan.authority.pem, name) as client:
            assert client.version() == "TLSv1.3"
            assert client.selected_alpn_protocol() is None
    with pytest.raises(ssl.SSLCertVerificationError), handshake(lan.live.context, make().pem, HOME):
        pass


def test_another_address_means_another_certificate_and_one_address_less_does_not(tmp_path: Path) -> None:
    machine = Machine(tmp_path, HOME)
    lan = machine.starts()
    told: list[Path] = []
    lan.live.follow(lambda certificate, _key: told.append(certificate))
    before = serial(lan)

    machine.addresses = addresses("127.0.0.1", HOME, "10.0.0.9")
    lan.refresh()
    assert lan.live.leaf is not None
    assert ipaddress.ip_address("10.0.0.9") in names_in(lan.live.leaf)
    assert serial(lan) != before
    assert told == [tmp_path / "lan.pem"] * 2  # at once, and after the change

    after = serial(lan)
    machine.addresses = addresses("127.0.0.1", "10.0.0.9")
    lan.refresh()
    assert serial(lan) == after


@pytest.mark.parametrize(("days", "renewed"), [(300, False), (358, False), (360, True), (500, True)])
def test_it_is_renewed_a_month_before_it_ends(tmp_path: Path, days: int, renewed: bool) -> None:
    machine = Machine(tmp_path, HOME)
    lan = machine.starts()
    before = serial(lan)
    machine.now += timedelta(days=days)
    lan.refresh()
    assert (serial(lan) != before) is renewed


def test_an_authority_that_ends_soon_is_replaced_at_the_start_and_it_is_said(tmp_path: Path) -> None:
    machine = Machine(tmp_path, HOME)
    before = machine.starts()
    machine.now += timedelta(days=3300)
    with capture_logs() as logged:
        after = machine.starts()
    assert after.authority.fingerprint != before.authority.fingerprint
    assert serial(after) != serial(before)
    assert "trust anew" in str([line["event"] for line in logged if line["log_level"] == "warning"])


def test_an_address_that_the_authority_may_not_vouch_for_is_left_out_and_told_of_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path, HOME)
    lan = machine.starts()
    machine.addresses |= addresses("203.0.113.9")
    with capture_logs() as logged:
        lan.refresh()
        lan.refresh()
    assert [line["addresses"] for line in logged] == [["203.0.113.9"]]


def test_a_damaged_certificate_is_made_anew(tmp_path: Path) -> None:
    machine = Machine(tmp_path, HOME)
    machine.starts()
    (tmp_path / "lan.pem").write_text("nonsense")
    assert machine.starts().live.leaf is not None


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nx\n"])
def test_a_damaged_authority_is_not_replaced_in_silence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "authority.pem").write_bytes(content)
    with pytest.raises(CertificateUnusable, match="damaged"):
        Machine(tmp_path, HOME).starts()


def test_a_host_name_that_no_certificate_can_have_is_left_out(tmp_path: Path) -> None:
    lan = LanCertificate(tmp_path, lambda: addresses(HOME), "mäuse büro", lambda: NOW)
    assert lan.live.leaf is not None
    assert names_in(lan.live.leaf) == {"localhost", "localhost.local", *addresses(HOME)}
