"""The server that the official protocol suites of Engine.IO 4 and Socket.IO 5 want to talk to.

``python -m tests.support.conformance_server PORT [--fast-path]``. A bare Engine.IO echo is at
``/engine.io/``, Socket.IO at ``/socket.io/``. ``--fast-path`` takes WebSockets by the protocol class of
``visavis serve`` and not by ASGI.
"""

import argparse
import asyncio
import logging
from typing import Any

import uvicorn

from visavis.socketio import UNKNOWN, Event, Handlers, Limits, Origins, Reason, Server, Socket, Timing
from visavis.socketio.asgi import AsgiApp
from visavis.socketio.engine import Engine
from visavis.socketio.fastpath import websocket_protocol
from visavis.socketio.packets import Message
from visavis.socketio.session import Session

LIMITS = Limits(payload=1_000_000)
TIMING = Timing(ping_interval=0.3, ping_timeout=0.2, connect=1.0)
ORIGINS = Origins(anyone=True)


class EngineEcho:
    """Sends back each message as it came."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def received(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self._session.send(Message(data, binary=True))
        else:
            self._session.send(Message(b"4" + data.encode()))

    def closed(self, reason: Reason) -> None:
        pass


class Echo(Handlers):
    """Says the auth payload at first, and gives ``message`` and ``message-with-ack`` back."""

    def connected(self, socket: Socket, auth: dict[str, Any]) -> None:
        socket.emit("auth", auth)

    def event(self, socket: Socket, event: Event) -> Any:
        arguments = event.values() if event.attachments else event.arguments
        match event.name:
            case "message":
                socket.emit("message-back", *arguments)
            case "message-with-ack":
                return tuple(arguments)
        return UNKNOWN


class App:
    """Both servers as one ASGI application."""

    def __init__(self) -> None:
        self.engine = Engine(EngineEcho, LIMITS, TIMING, ORIGINS)
        self.server = Server(LIMITS, TIMING, ORIGINS)
        for name in ("/", "/custom"):
            self.server.namespace(name, Echo())
        self._bare = AsgiApp(self.engine)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].startswith("/engine.io/"):
            await self._bare(scope, receive, send)
        else:
            await self.server.asgi(scope, receive, send)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--fast-path", action="store_true")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    app = App()
    fast_path = websocket_protocol({"/engine.io": app.engine, "/socket.io": app.server.engine})
    config = uvicorn.Config(
        app,
        host="localhost",
        port=options.port,
        ws=fast_path if options.fast_path else "websockets-sansio",
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        ws_max_size=2 * LIMITS.payload,
        lifespan="off",
        log_level="warning",
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
