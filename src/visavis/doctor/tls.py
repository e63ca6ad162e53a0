"""What a TLS server shows, and whether a browser would take it."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509

from visavis.doctor.findings import Finding
from visavis.doctor.machine import SET_CLOCK
from visavis.doctor.site import unguarded

_TIMEOUT = 4.0

# Of X509_verify_cert (OpenSSL, x509_vfy.h).
_NOT_YET_VALID = 9
_EXPIRED = 10
_WRONG_NAME = {62, 64}


@dataclass(frozen=True, slots=True)
class Shown:
    """Attributes:
    leaf: the server's certificate.
    code: what the verification says, 0 for nothing against it; as OpenSSL numbers it.
    words: the same in OpenSSL's words.
    """

    leaf: x509.Certificate
    code: int = 0
    words: str = ""


async def look(host: str, port: int, trust: ssl.SSLContext) -> Shown:
    """The certificate at an address, whatever it is.

    Raises:
        OSError: there is no TLS to be had.
    """
    try:
        return Shown(await _handshake(host, port, trust))
    except ssl.SSLCertVerificationError as error:
        leaf = await _handshake(host, port, unguarded())
        return Shown(leaf, error.verify_code, error.verify_message)


async def _handshake(host: str, port: int, context: ssl.SSLContext) -> x509.Certificate:
    async with asyncio.timeout(_TIMEOUT):
        _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    try:
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.transport.abort()
    return x509.load_der_x509_certificate(der)


async def check_certificate(name: str, host: str, port: int, trust: ssl.SSLContext) -> Finding:
    """Whether browsers take what is shown at an address, and for how long still."""
    try:
        shown = await look(host, port, trust)
    except TimeoutError:
        return Finding.problem(name, f"No TLS at {host}, port {port}: no answer.", "See what listens there.")
    except ssl.SSLError as error:
        words = error.reason or str(error)
        return Finding.problem(name, f"No TLS at {host}, port {port}: {words}.", "See what listens there.")
    except OSError as error:
        reason = f"Nothing answers at {host}, port {port}: {error.strerror or error}."
        return Finding.not_tried(name, reason, "See public address.")
    return judge_certificate(name, host, shown, datetime.now(UTC))


def judge_certificate(name: str, host: str, shown: Shown, now: datetime) -> Finding:
    """The rule: as strict as browsers, and early enough to do something about it.

    Args:
        host: what it must be for.
    """
    leaf = shown.leaf
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    names = names_of(leaf)
    # What can be read off the certificate first: a verification stops at the first thing that it dislikes.
    if ends <= now or shown.code == _EXPIRED:
        reason = f"It has expired, on {ends:%Y-%m-%d}, or one of its chain has."
        return Finding.problem(
            name, reason, "Renew it (serve --domain does by itself), and look at the clock."
        )
    if begins > now or shown.code == _NOT_YET_VALID:
        return Finding.problem(
            name, f"It holds from {begins:%Y-%m-%d %H:%M} UTC on, which is ahead.", SET_CLOCK
        )
    if shown.code in _WRONG_NAME or not is_for(host, names):
        said = ", ".join(names[:4]) or "nobody"
        remedy = f"Get one for {host}, or open the server by a name that it has."
        return Finding.problem(name, f"It is for {said}, and not for {host}.", remedy)
    if shown.code:
        return Finding.problem(
            name,
            f"Browsers do not trust who signed it: {shown.words}.",
            "Serve the whole chain (fullchain.pem), or use an issuer that browsers know (serve --domain).",
        )
    left = ends - now
    days = left // timedelta(days=1)
    if left < min(timedelta(days=14), (ends - begins) / 6):
        return Finding.warning(
            name,
            f"It ends in {days} days, on {ends:%Y-%m-%d}, and should be renewed by now.",
            "Look at the server's log, or at what renews it.",
        )
    return Finding.ok(name, f"Good for {host}, for {days} days.")


def names_of(leaf: x509.Certificate) -> list[str]:
    """The names and addresses that a certificate is for."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]


def is_for(host: str, names: list[str]) -> bool:
    """Whether one of the names is a host's (RFC 9525, section 6.3): a star stands for its first label."""
    try:
        return str(ip_address(host)) in names
    except ValueError:
        wanted = host.lower().rstrip(".")
        star = "*." + wanted.partition(".")[2]
        return any(name.lower() in {wanted, star} for name in names)
