"""Serves the built client from memory: what is not in the build cannot be asked for."""

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

log = structlog.get_logger(__name__)

DIST = Path(__file__).with_name("dist")
"""Where the client's build is, in the checkout and in the wheel."""

_FOREVER = "public, max-age=31536000, immutable"
"""For /assets/: the build puts a hash of the contents into each name."""

_CODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings (RFC 9110, section 8.4.1) in which there are files beside its plain ones, best first."""

_PAGES = re.compile(r"/(index\.html|(check|sign-in|forgot|welcome|account|calls|rooms)/?|r/[^/]+/?)?")

_NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Visavis</title>
<h1>The pages are not built</h1>
<p>The server runs, and its pages are missing. Run <code>make web</code> in the checkout,
then start the server again.</p>
</html>
"""


@dataclass(frozen=True)
class _File:
    """One file of the build."""

    path: str
    body: bytes
    coded: dict[str, bytes]
    """The same body by content coding, as the build has it."""

    @cached_property
    def etag(self) -> str:
        """Weak: the same for the coded and the plain body (RFC 9110, section 8.8.3)."""
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def media_type(self) -> str:
        return mimetypes.guess_type(self.path)[0] or "application/octet-stream"


class Pages:
    """The client's pages and files, as an ASGI application.

    ``/``, ``/check``, ``/r/ROOM`` and those about accounts are the one page; so is every other path at which
    a browser arrives, with status 404: the page says that nothing is here.

    Args:
        dist: the folder of the build. Read once, now.
    """

    def __init__(self, dist: Path) -> None:
        self._files = {
            f"/{found.relative_to(dist).as_posix()}": _read(found)
            for found in dist.rglob("*")
            if found.is_file() and found.suffix not in _CODINGS.values()
        }
        self._index = self._files.pop("/index.html", None)
        if self._index is None:
            log.warning("the pages are not built: run `make web`, then start again", folder=str(dist))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        request = Request(scope)
        if request.method not in {"GET", "HEAD"}:
            answer: Response = PlainTextResponse(
                "This address is only to be read.\n",
                HTTPStatus.METHOD_NOT_ALLOWED,
                {"Allow": "GET, HEAD"},
            )
        else:
            answer = self._answer(scope["path"], request.headers)
        await answer(scope, receive, send)

    def _answer(self, path: str, asked: Headers) -> Response:
        file = self._files.get(path)
        if file is not None:
            return _send(file, asked, _FOREVER if path.startswith("/assets/") else "no-cache")
        if _PAGES.fullmatch(path):
            return self._page(HTTPStatus.OK, asked)
        if "text/html" in asked.get("accept", ""):
            return self._page(HTTPStatus.NOT_FOUND, asked)
        return PlainTextResponse("There is nothing at this address.\n", HTTPStatus.NOT_FOUND)

    def _page(self, status: HTTPStatus, asked: Headers) -> Response:
        if self._index is None:
            unbuilt = HTTPStatus.SERVICE_UNAVAILABLE
            return Response(_NOT_BUILT, unbuilt, {"Cache-Control": "no-store"}, "text/html")
        return _send(self._index, asked, "no-cache", status)


def _read(file: Path) -> _File:
    siblings = {coding: file.with_name(file.name + suffix) for coding, suffix in _CODINGS.items()}
    coded = {coding: sibling.read_bytes() for coding, sibling in siblings.items() if sibling.is_file()}
    return _File(file.name, file.read_bytes(), coded)


def _send(file: _File, asked: Headers, cache: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    headers = {"Cache-Control": cache, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if status is HTTPStatus.OK and _knows(asked.get("if-none-match", ""), file.etag):
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    body = file.body
    taken = _taken(asked.get("accept-encoding", ""))
    coding = next((coding for coding in _CODINGS if coding in taken and coding in file.coded), None)
    if coding is not None:
        headers["Content-Encoding"] = coding
        body = file.coded[coding]
    return Response(body, status, headers, file.media_type)


def _knows(if_none_match: str, etag: str) -> bool:
    """Whether the browser has it already: a weak comparison (RFC 9110, section 13.1.2)."""
    opaque = etag.removeprefix("W/")
    return any(tag.strip().removeprefix("W/") in {opaque, "*"} for tag in if_none_match.split(","))


def _taken(accept_encoding: str) -> set[str]:
    """What the browser takes: named, and not with a weight of zero (RFC 9110, section 12.5.3)."""
    choices = (choice.partition(";") for choice in accept_encoding.lower().split(","))
    return {
        coding.strip() for coding, _, weight in choices if not re.fullmatch(r"q=0(\.0*)?", weight.strip())
    }
