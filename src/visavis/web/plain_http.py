"""What is answered over plain http beside https: the way to https, and what has to go before it.

None of it shows a page of the client: whoever asks by http is led away. The page for the local network has
its words in ``trust.html``, and not with the client's: it comes before the client can be had.
"""

import base64
import hashlib
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

AUTHORITY_PATH = "/visavis-authority.crt"
"""Where a device gets the certificate of the local authority. ``/authority`` is the same, for typing."""

_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:[0-9]{1,5})?", re.IGNORECASE)
_TRUST_PAGE = Path(__file__).with_name("trust.html").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Door:
    """Where https is.

    Attributes:
        port: the port of https.
        host: the one name to lead to; None for the one that the client asked for.
    """

    port: int
    host: str | None = None

    def origin(self, request: Request) -> str | None:
        """The origin to lead to; None where the client named no host that can be."""
        asked = _HOST.fullmatch(request.headers.get("host", ""))
        host = self.host or (asked[1].lower() if asked else None)
        return None if host is None else self.address(host)

    def address(self, host: str) -> str:
        """The origin of https at a host."""
        return f"https://{host}" if self.port == 443 else f"https://{host}:{self.port}"


@dataclass(frozen=True)
class Challenges:
    """Answers to an ACME server (RFC 8555, section 8.3).

    Attributes:
        path: below which it asks.
        answers: by token; changes while the server runs.
    """

    path: str
    answers: Mapping[str, str]


class ToHttps:
    """Leads everything to https, as an ASGI application.

    Args:
        ready: whether https answers by now.
        challenges: None where there is no ACME server that asks.
    """

    def __init__(self, door: Door, ready: Callable[[], bool], challenges: Challenges | None = None) -> None:
        self._door = door
        self._ready = ready
        self._challenges = challenges

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.url.path
        if self._challenges is not None and path.startswith(self._challenges.path):
            answer = self._challenges.answers.get(path.removeprefix(self._challenges.path))
            if answer is not None:
                return Response(answer, media_type="application/octet-stream")
            return PlainTextResponse("There is no such challenge.\n", HTTPStatus.NOT_FOUND)
        if not self._ready():
            return PlainTextResponse(
                "This server is still getting its certificate. Try again in a minute; "
                "if that does not help, its log says why.\n",
                HTTPStatus.SERVICE_UNAVAILABLE,
                {"Retry-After": "60"},
            )
        origin = self._door.origin(request)
        if origin is None:
            return _no_host()
        return RedirectResponse(origin + _target(request), HTTPStatus.PERMANENT_REDIRECT)


class TrustPage:
    """Helps a device of the local network to trust the authority, then leads to https. ASGI.

    Args:
        name: of the authority, as devices show it.
        pem: its certificate.
        fingerprint: of the same.
    """

    def __init__(self, door: Door, name: str, pem: bytes, fingerprint: str) -> None:
        self._door = door
        self._pem = pem
        self._words = {"name": html.escape(name), "fingerprint": fingerprint, "authority": AUTHORITY_PATH}
        self._page = Template(_TRUST_PAGE)
        self._policy = (
            f"default-src 'none'; style-src {_hash_of('style')}; script-src {_hash_of('script')}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src "
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return PlainTextResponse(
                "This address is only to be read.\n", HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"}
            )
        if request.url.path in {AUTHORITY_PATH, "/authority"}:
            # By this type a phone knows what to do with it.
            return Response(
                self._pem, headers={"Cache-Control": "no-store"}, media_type="application/x-x509-ca-cert"
            )
        origin = self._door.origin(request)
        if origin is None:
            return _no_host()
        page = self._page.substitute(self._words, address=html.escape(origin + _target(request)))
        headers = {
            "Content-Security-Policy": self._policy + origin,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        return Response(page, headers=headers, media_type="text/html")


def _target(request: Request) -> str:
    """The path and the query as they were asked for. One slash in front: two would name a host."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    query = request.scope["query_string"]
    target = "/" + raw.decode("latin-1").lstrip("/")
    return f"{target}?{query.decode('latin-1')}" if query else target


def _no_host() -> Response:
    return PlainTextResponse("The request names no host.\n", HTTPStatus.BAD_REQUEST)


def _hash_of(tag: str) -> str:
    """The source expression that allows for an inline element (CSP level 3, section 2.3.1)."""
    content = _TRUST_PAGE.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
