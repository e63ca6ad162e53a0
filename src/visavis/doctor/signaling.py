"""A Socket.IO handshake as a browser makes it, by HTTP long-polling and by WebSocket (docs/protocol.md)."""

import json
import ssl
import time
from contextlib import suppress

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    WebSocketException,
)
from websockets.typing import Origin

from visavis.doctor.findings import Finding
from visavis.doctor.site import Site, unguarded

POLLING = "long-polling"
WEBSOCKET = "WebSocket"
_TIMEOUT = 4.0

_CONNECT = '40{"version":1}'
_PATH = "/socket.io/?EIO=4&transport="


class Misunderstood(Exception):
    """What answered is no signaling server. The message is what came instead."""


async def check_polling(site: Site) -> Finding:
    """By requests alone: the way of those whose network lets no WebSocket through."""
    began = time.monotonic()
    url = f"{site.origin}{_PATH}polling"
    headers = {"Origin": site.origin}
    try:
        async with httpx.AsyncClient(
            verify=unguarded(), timeout=_TIMEOUT, trust_env=False, headers=headers
        ) as http:
            sid = _session(_text(await http.get(url)))
            url = f"{url}&sid={sid}"
            _text(await http.post(url, content=_CONNECT))
            _welcome(_text(await http.get(url)))
            with suppress(httpx.HTTPError):  # by then all is said
                await http.post(url, content="41\x1e1")
    except httpx.TimeoutException:
        return Finding.problem(POLLING, f"No answer within {_TIMEOUT:g} seconds.", _BUFFERS)
    except httpx.HTTPError as error:
        return _unreachable(POLLING, error)
    except _Refused as refused:
        return _refused(POLLING, site, refused.status)
    except Misunderstood as error:
        return Finding.problem(POLLING, f"Not our server answers at /socket.io/: {error}.", _ALL_PATHS)
    return Finding.ok(POLLING, f"Works, in {_milliseconds(began)} ms.")


async def check_websocket(site: Site, polling: Finding) -> Finding:
    """By a WebSocket: the usual way. ``polling``: what came of the other, which tells where it fails."""
    began = time.monotonic()
    url = f"{site.origin.replace('http', 'ws', 1)}{_PATH}websocket"
    context: ssl.SSLContext | None = unguarded() if site.secure else None
    try:
        async with connect(
            url, origin=Origin(site.origin), ssl=context, open_timeout=_TIMEOUT, close_timeout=1, proxy=None
        ) as socket:
            _session(str(await socket.recv()))
            await socket.send(_CONNECT)
            _welcome(str(await socket.recv()))
            await socket.send("41")
    except InvalidStatus as error:
        return _no_upgrade(site, error.response.status_code, polling)
    except (InvalidHandshake, InvalidMessage) as error:
        return _no_upgrade(site, None, polling, str(error))
    except ConnectionClosed as error:
        return Finding.problem(WEBSOCKET, f"It opens, and is closed at once: {error}.", _BUFFERS)
    except TimeoutError:
        return Finding.problem(WEBSOCKET, f"No answer within {_TIMEOUT:g} seconds.", _BUFFERS)
    except (OSError, WebSocketException) as error:
        return _unreachable(WEBSOCKET, error)
    except Misunderstood as error:
        return Finding.problem(WEBSOCKET, f"Not our server answers at /socket.io/: {error}.", _ALL_PATHS)
    return Finding.ok(WEBSOCKET, f"Works, in {_milliseconds(began)} ms.")


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


def _text(response: httpx.Response) -> str:
    if response.status_code != 200:
        raise _Refused(response.status_code)
    return response.text


def _session(opened: str) -> str:
    """The id in an Engine.IO open packet."""
    try:
        if not opened.startswith("0{"):
            raise ValueError  # noqa: TRY301 - the same for every form that it does not have
        return str(json.loads(opened[1:])["sid"])
    except (ValueError, KeyError):
        raise Misunderstood(repr(opened[:60])) from None


def _welcome(answer: str) -> None:
    if not answer.startswith("40"):
        raise Misunderstood(repr(answer[:60]))


def _refused(name: str, site: Site, status: int) -> Finding:
    match status:
        case 403:
            reason = f"The server takes no page of {site.origin}: it was asked for another host."
            return Finding.problem(name, reason, "Let the proxy pass on the Host header (see proxy).")
        case 404 | 405:
            return Finding.problem(name, f"Nothing is at /socket.io/ ({status}).", _ALL_PATHS)
        case 502 | 503 | 504:
            reason = f"What stands in front does not reach the server, or the server is full ({status})."
            return Finding.problem(name, reason, "Look at the proxy's log, and whether the server runs.")
        case _:
            return Finding.problem(name, f"The handshake is answered by {status}.", _ALL_PATHS)


def _no_upgrade(site: Site, status: int | None, polling: Finding, words: str = "") -> Finding:
    if status in {403, 404, 405, 502, 503, 504}:
        return _refused(WEBSOCKET, site, status)
    if polling.verdict == "ok":
        said = f"answered by {status}" if status else words
        return Finding.problem(
            WEBSOCKET,
            f"Long-polling works and this does not ({said}): the proxy takes the Upgrade header away.",
            "Let it pass on WebSockets (nginx: proxy_http_version 1.1; Upgrade and Connection headers).",
        )
    return Finding.problem(WEBSOCKET, f"The handshake is answered by {status or words}.", _ALL_PATHS)


def _unreachable(name: str, error: Exception) -> Finding:
    return Finding.not_tried(
        name, f"Nothing answers there: {error or type(error).__name__}.", "See public address."
    )


def _milliseconds(since: float) -> int:
    return round((time.monotonic() - since) * 1000)


_ALL_PATHS = "Let the proxy pass on everything to the server, /socket.io/ too."
_BUFFERS = "Let the proxy pass on answers at once, and wait 30 seconds for one at the least."
