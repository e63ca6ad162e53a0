"""What a request brings to show for whom it speaks, and whether that may count.

Over https the cookies have names with ``__Host-`` (RFC 6265bis, section 4.1.3.2), which nothing but this
very host can set, and only by https.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from visavis.identity import Digest, digest_of

SESSION = "visavis"
DEVICE = "visavis-device"
"""Names of cookies."""

_MAX_COOKIE = 512


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brings. Only of requests by programs, or by our own pages: what another site's page
    has a browser send is not looked at.

    Attributes:
        session: the digest of the session's secret.
        device: the browser's mark (:class:`~visavis.accounts.throttle.Devices`).
    """

    session: Digest | None = None
    device: str | None = field(default=None, repr=False)


NOTHING = Credentials()


def credentials_of(headers: Mapping[str, str], *, secure: bool) -> Credentials:
    """
    Args:
        headers: of a request, names in lower case.
        secure: whether it came by https.
    """
    if not is_from_here(headers, secure=secure):
        return NOTHING
    cookies = headers.get("cookie", "")
    session = _cookie(cookies, cookie_name(SESSION, secure=secure))
    device = _cookie(cookies, cookie_name(DEVICE, secure=secure))
    if session is None and device is None:
        return NOTHING
    return Credentials(None if session is None else digest_of(session), device)


def cookie_name(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name


def is_from_here(headers: Mapping[str, str], *, secure: bool) -> bool:
    """Whether a request comes from one of our own pages, or from a program that is no browser.

    A browser names another origin in ``Origin`` (RFC 6454), or, where it leaves that out, in
    ``Sec-Fetch-Site`` (W3C Fetch Metadata).
    """
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    scheme, host, *_ = urlsplit(origin)
    # Where a proxy that is not trusted ends https, it is not known that this is not plain http.
    return host == headers.get("host") and (scheme == "https" or (scheme == "http" and not secure))


def _cookie(header: str, name: str) -> str | None:
    """The value of a cookie (RFC 6265, section 4.2.1); several headers may have been joined by commas."""
    for pair in re.split("[;,]", header):
        known, is_pair, value = pair.strip().partition("=")
        if known == name and is_pair and value and len(value) <= _MAX_COOKIE:
            return value
    return None
