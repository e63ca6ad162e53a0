"""How the server comes by https: one of three ways, by the settings.

Each way has a certificate that is kept fresh while the server runs, something to answer over plain http, and
words for the terminal.
"""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.x509.oid import NameOID
from starlette.types import ASGIApp

from visavis.addresses import web_addresses
from visavis.certificates.authority import names_in
from visavis.certificates.lan import LanCertificate
from visavis.certificates.live import LiveCertificate
from visavis.certificates.own import OwnCertificate
from visavis.settings import Settings
from visavis.web.plain_http import Challenges, Door, ToHttps, TrustPage


class Certificate(Protocol):
    """A certificate that is looked after."""

    live: LiveCertificate

    async def keep(self) -> None:
        """Keep it fresh, whatever happens. Until cancelled."""


@dataclass(frozen=True)
class Listening:
    """Where the server listens.

    Attributes:
        host: the IP address.
        port: that of https.
        http_port: that of plain http beside it; None for none.
    """

    host: str
    port: int
    http_port: int | None


@dataclass(frozen=True)
class Https:
    """What serves https.

    Attributes:
        certificate: to be kept while the server runs.
        plain: answers plain http.
        greeting: what to say once the server answers.
    """

    certificate: Certificate
    plain: ASGIApp
    greeting: str


def choose_https(
    settings: Settings, folder: Path, listening: Listening, announce: Callable[[str], None]
) -> Https | None:
    """The way that the settings ask for; None for plain http.

    Args:
        folder: where certificates and keys are kept.
        announce: told of what is there only later.

    Raises:
        CertificateUnusable: a file of a certificate or key cannot be used.
    """
    if settings.lan:
        return _lan(folder, listening)
    if settings.domain is not None:
        return _domain(settings, settings.domain, folder, listening, announce)
    if settings.tls_certificate is not None:
        return _own(settings.tls_certificate, settings.tls_key, listening)
    return None


def greeting(addresses: list[str]) -> str:
    return "\n".join(f"Visavis is at {address}" for address in addresses)


# --- in the local network -------------------------------------------------------------------------

_ON_A_PHONE = """
On a phone in the same network, scan this, or open {help}

{code}
The page that opens shows how to make the phone trust this server, once, and then leads into it. In short:
  iPhone   Get the certificate in Safari. Settings, Profile Downloaded, Install. Then Settings, General,
           About, Certificate Trust Settings: switch it on.
  Android  Get the certificate. Settings, search for "CA certificate": install the downloaded file.
  Others   The same page says it. This computer's browsers have to be told, too.
No page? Use the same Wi-Fi (no guest network), and let TCP ports {http_port} and {port} through the firewall.
The certificate is called "{name}". Its SHA-256 fingerprint:
  {fingerprint}"""


def _lan(folder: Path, listening: Listening) -> Https:
    certificate = LanCertificate(folder)
    authority = certificate.authority
    name = _common_name(authority.certificate.subject)
    address = web_addresses(listening.host, listening.port, "https")[-1]
    help_address = web_addresses(listening.host, listening.http_port or 0)[-1]
    words = _ON_A_PHONE.format(
        help=help_address,
        code=qr_code(help_address),
        http_port=listening.http_port,
        port=listening.port,
        name=name,
        fingerprint=authority.fingerprint,
    )
    page = TrustPage(Door(listening.port), name, authority.pem, authority.fingerprint)
    return Https(certificate, page, greeting([address]) + "\n" + words)


def qr_code(text: str) -> str:
    """A QR code in characters (ISO/IEC 18004): light on dark, whatever the colours of the terminal."""
    import segno  # noqa: PLC0415 - only --lan draws one, and every start would take a tenth of a second more

    drawn = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(drawn, compact=True, border=2)
    lines = drawn.getvalue().splitlines()
    if not _shows(lines[0]):
        return ""
    if sys.stdout.isatty():
        lines = [f"\x1b[97;40m{line}\x1b[0m" for line in lines]
    return "\n".join(lines) + "\n"


def _shows(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _common_name(subject: x509.Name) -> str:
    return str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


# --- on the Internet ------------------------------------------------------------------------------


def _domain(
    settings: Settings, domain: str, folder: Path, listening: Listening, announce: Callable[[str], None]
) -> Https:
    # Imported here: they bring an HTTP client of their own, which every other start would wait for.
    from visavis.certificates.acme import CHALLENGE_PATH, Issuer  # noqa: PLC0415
    from visavis.certificates.domain import DomainCertificate  # noqa: PLC0415

    door = Door(listening.port, domain)
    there = greeting([door.address(domain)])
    issuer = Issuer(
        settings.acme_directory, folder / "acme-account.pem", settings.acme_email, settings.acme_ca_bundle
    )
    certificate = DomainCertificate(domain, folder, issuer, listening.http_port or 0, lambda: announce(there))

    def ready() -> bool:
        return certificate.live.leaf is not None

    plain = ToHttps(door, ready, Challenges(CHALLENGE_PATH, certificate.tokens))
    wait = f"Getting a certificate for {domain} from {settings.acme_directory} ..."
    return Https(certificate, plain, there if ready() else wait)


# --- with a certificate of one's own --------------------------------------------------------------


def _own(certificate: Path, key: Path | None, listening: Listening) -> Https:
    own = OwnCertificate(certificate, key or certificate)
    door = Door(listening.port)
    plain = ToHttps(door, lambda: True)
    names = names_in(own.live.leaf) if own.live.leaf is not None else frozenset()
    hosts = sorted(name for name in names if isinstance(name, str) and not name.startswith("*"))
    addresses = [door.address(host) for host in hosts]
    return Https(own, plain, greeting(addresses or web_addresses(listening.host, listening.port, "https")))
