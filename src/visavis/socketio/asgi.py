"""The way in for any ASGI server: HTTP long-polling, and WebSocket.

The path is not looked at: mount it wherever it is to be, ``/socket.io`` as a rule.

Source: ASGI 3.0, "HTTP & WebSocket ASGI Message Format".
"""

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping
from functools import partial
from typing import Any

from visavis.socketio import frames
from visavis.socketio.engine import POLLING, WEBSOCKET, Engine
from visavis.socketio.packets import Message, http_body
from visavis.socketio.reasons import Reason
from visavis.socketio.request import BAD_METHOD, Refusal, Request
from visavis.socketio.session import Link, Session

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_TEXT = (b"content-type", b"text/plain; charset=UTF-8")
_JSON = (b"content-type", b"application/json")
_NOT_KEPT = (b"cache-control", b"no-store")


class AsgiApp:
    """An ASGI application over an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Exchange(self._engine, scope, receive, send).run()
        elif scope["type"] == "websocket":
            await _serve_websocket(self._engine, scope, receive, send)


def _request(scope: Scope, method: str) -> Request:
    client = scope.get("client")
    return Request.of(
        method,
        scope["query_string"],
        scope["headers"],
        client[0] if client else "",
        secure=scope.get("scheme") in {"https", "wss"},
    )


# --- HTTP -----------------------------------------------------------------------------------------


class _Exchange:
    """One HTTP request and its answer."""

    def __init__(self, engine: Engine, scope: Scope, receive: Receive, send: Send) -> None:
        self._engine = engine
        self._request = _request(scope, scope["method"])
        self._receive = receive
        self._send = send

    async def run(self) -> None:
        request = self._request
        refusal = self._engine.origins.check(request)
        if refusal is None and request.method == "OPTIONS":
            await self._answer(204, b"", (b"access-control-allow-methods", b"GET, POST"))
            return
        refusal = refusal or self._engine.check(request, POLLING)
        if refusal is None:
            await self._serve()
        else:
            await self._refuse(refusal)

    async def _serve(self) -> None:
        sid = self._request.query.get("sid")
        if sid is None:
            await self._open()
            return
        session = self._engine.find(sid)
        if isinstance(session, Refusal):
            await self._refuse(session)
        elif self._request.method == "GET":
            await self._poll(session)
        elif self._request.method == "POST":
            await self._post(session)
        else:
            await self._refuse(BAD_METHOD)

    async def _open(self) -> None:
        session = self._engine.open(self._request)
        if isinstance(session, Refusal):
            await self._refuse(session)
            return
        await self._answer(200, http_body([self._engine.greeting(session, POLLING)]), _TEXT)

    async def _poll(self, session: Session) -> None:
        answer = session.poll()
        if isinstance(answer, asyncio.Future):
            poll = answer
            gone = asyncio.ensure_future(self._until_gone())
            gone.add_done_callback(lambda _: session.abandon(poll))
            try:
                answer = await poll
            finally:
                session.abandon(poll)
                gone.cancel()
        if isinstance(answer, Refusal):
            await self._refuse(answer)
        else:
            await self._answer(200, http_body(answer), _TEXT)

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _post(self, session: Session) -> None:
        refusal = session.begin_post()
        if refusal is None:
            body: bytes | Reason = Reason.TRANSPORT_CLOSED
            try:
                body = await self._body()
            finally:
                refusal = session.post(body)
            await session.settle()
        if refusal is not None:
            await self._refuse(refusal)
        else:
            await self._answer(200, b"ok", _TEXT)

    async def _body(self) -> bytes | Reason:
        """The whole body, or why there is none."""
        limit = self._engine.limits.payload
        announced = self._request.headers.get("content-length", "0")
        if announced.isdecimal() and int(announced) > limit:
            return Reason.TOO_LARGE
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return Reason.TRANSPORT_CLOSED
            part = message.get("body", b"")
            parts.append(part)
            size += len(part)
            if size > limit:
                return Reason.TOO_LARGE
            if not message.get("more_body", False):
                return b"".join(parts)

    async def _refuse(self, refusal: Refusal) -> None:
        more: Headers = [_JSON]
        if refusal.status == 503:
            more.append((b"retry-after", b"1"))
        await self._answer(refusal.status, refusal.body, *more)

    async def _answer(self, status: int, body: bytes, *more: tuple[bytes, bytes]) -> None:
        headers = [
            (b"content-length", str(len(body)).encode()),
            _NOT_KEPT,
            *more,
            *self._engine.origins.headers(self._request),
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


# --- WebSocket ------------------------------------------------------------------------------------


async def _serve_websocket(engine: Engine, scope: Scope, receive: Receive, send: Send) -> None:
    if (await receive())["type"] != "websocket.connect":
        return
    request = _request(scope, "GET")
    refusal = engine.check(request, WEBSOCKET)
    sid = request.query.get("sid")
    session = refusal or (engine.open(request) if sid is None else engine.find(sid))
    if isinstance(session, Refusal):
        await send({"type": "websocket.close"})  # the server answers the handshake with 403
        return
    del request, scope  # this frame stays for as long as the connection is open
    carrier = _Carrier(send)
    try:
        await send({"type": "websocket.accept"})
        if sid is None:
            engine.carry(session, carrier)
        elif not session.begin_upgrade(carrier):
            carrier.close(frames.POLICY, "")
        await carrier.serve(receive)
    finally:
        link, carrier.link = carrier.link, None
        if link is not None:
            link.lost()
        elif sid is None:
            session.lost()


class _Carrier:
    """A WebSocket of an ASGI server. See :class:`visavis.socketio.session.Carrier`.

    ``send`` is a coroutine that as a rule does not wait. It is run here and now as far as it goes, and
    only what is left of one that has to wait becomes a task: no task and no turn of the loop for a
    message.
    """

    __slots__ = ("_closing", "_rest", "_send", "_task", "link", "ready")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._task = asyncio.current_task()
        self._rest: asyncio.Task[None] | None = None
        self._closing: dict[str, Any] | None = None
        self.ready = True
        self.link: Link | None = None

    def write(self, message: Message) -> None:
        if message.binary:
            self._start({"type": "websocket.send", "bytes": message.payload})
        else:
            self._start({"type": "websocket.send", "text": message.text})

    def close(self, code: int, reason: str) -> None:
        self.link = None
        if self._closing is not None:
            return
        self._closing = {"type": "websocket.close", "code": code, "reason": reason}
        if self.ready:
            self._start(self._closing)

    def abort(self) -> None:
        self.link = None
        self.ready = False
        if self._closing is None:
            self._closing = {}
            if self._task is not None:
                self._task.cancel()

    async def serve(self, receive: Receive) -> None:
        """Hand on what comes, until the end."""
        try:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return
                if self.link is not None:
                    text = message.get("text")
                    self.link.received(message["bytes"] if text is None else text)
        except asyncio.CancelledError:
            if self._closing != {}:
                raise  # not by us
        finally:
            if self._rest is not None:
                self._rest.cancel()

    def _start(self, event: dict[str, Any]) -> None:
        sending = self._send(event)
        if not isinstance(sending, Coroutine):
            self._wait(sending)
            return
        try:
            awaited = sending.send(None)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 - the server has lost the client: receive will say so
            self.ready = False
            return
        self._wait(_rest_of(sending, awaited))

    def _wait(self, sending: Awaitable[None]) -> None:
        self.ready = False
        self._rest = asyncio.ensure_future(self._finish(sending))

    async def _finish(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except Exception:  # noqa: BLE001 - as above
            return
        self._rest = None
        self.ready = True
        if self._closing:
            self._start(self._closing)
        elif self.link is not None:
            self.link.drain()


@types.coroutine
def _rest_of(coroutine: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    """What is left of a coroutine that was begun outside of a task, for a task to go on with.

    Args:
        awaited: what it waits for: a future that expects to be handed to a task, or None.
    """
    while True:
        try:
            value = yield awaited
        except BaseException as error:  # noqa: BLE001 - a cancellation is the coroutine's to handle
            step = partial(coroutine.throw, error)
        else:
            step = partial(coroutine.send, value)
        try:
            awaited = step()
        except StopIteration:
            return
