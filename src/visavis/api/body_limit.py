"""A limit on request bodies that holds before a route is asked."""

from collections.abc import Iterator

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis.api.errors import answer
from visavis.errors import MessageTooLarge

MAX_BODY_BYTES = 16 * 1024


class BodyLimit:
    """Refuses a body over 16 KiB below ``prefix``, without reading more than that of it.

    The whole body is read before the application is called; it is small, or it is refused.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        too_large = announced.isdecimal() and int(announced) > MAX_BODY_BYTES
        messages = [] if too_large else await _read(receive)
        if messages is None or too_large:
            refused = MessageTooLarge(f"A request body has {MAX_BODY_BYTES // 1024} KiB at most.")
            # The rest of the body is still coming, and is not waited for.
            await answer(refused, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _replay(iter(messages), receive), send)


async def _read(receive: Receive) -> list[Message] | None:
    """The messages of a whole body; None where it is too large."""
    messages: list[Message] = []
    size = 0
    while True:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if size > MAX_BODY_BYTES:
            return None
        if not message.get("more_body", False):  # the end, or the client is gone
            return messages


def _replay(messages: Iterator[Message], receive: Receive) -> Receive:
    async def replayed() -> Message:
        message = next(messages, None)
        return await receive() if message is None else message

    return replayed
