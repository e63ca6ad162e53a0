"""The Socket.IO server: namespaces over an engine, and its graceful end."""

import asyncio
import random
from typing import Any

from visavis.socketio.admission import Admission, Origins
from visavis.socketio.asgi import AsgiApp
from visavis.socketio.connection import Connection
from visavis.socketio.engine import Engine
from visavis.socketio.limits import Limits, Timing
from visavis.socketio.namespace import Handlers, Namespace
from visavis.socketio.session import Receiver, Session

_LAST_MOMENT = 1.0
"""Seconds that handlers have which were cancelled because the server ends."""


class Server:
    """A Socket.IO 5 server. Needs a running event loop from its first connection on.

    Attributes:
        engine: for a way in other than ASGI.
        asgi: the ASGI application, for any path.

    Args:
        origins: which pages may connect; None for those of the server's own host alone.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        timing: Timing | None = None,
        origins: Origins | None = None,
        admission: Admission | None = None,
    ) -> None:
        self._bounds = (limits or Limits(), timing or Timing())
        self._namespaces: dict[str, Namespace] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.engine = Engine(self._receive, *self._bounds, origins or Origins(), admission)
        self.asgi = AsgiApp(self.engine)

    def namespace(self, name: str, handlers: Handlers) -> Namespace:
        """Make a namespace. Before the first connection.

        Args:
            name: with a slash in front; ``/`` is the main one.
        """
        made = self._namespaces[name] = Namespace(name, handlers)
        return made

    def _receive(self, session: Session) -> Receiver:
        return Connection(session, self._namespaces, self._bounds, self._tasks)

    async def stop(self, within: float, spread: float = 5.0) -> None:
        """End: take nobody any more, tell all, close them, let their handlers come to an end.

        Args:
            within: seconds for the connections; the handlers have as many again, and are cancelled then.
            spread: seconds over which clients are to come back (see ``Handlers.stopping``).
        """
        self.engine.refuse_new()
        for namespace in self._namespaces.values():
            for socket in tuple(namespace.sockets.values()):
                namespace.handlers.stopping(socket, random.uniform(0, spread))  # noqa: S311
        await self.engine.stop(within)
        for patience in (within, _LAST_MOMENT):
            await self._wait_for_handlers(patience)
            for task in tuple(self._tasks):
                task.cancel()

    async def _wait_for_handlers(self, within: float) -> None:
        deadline = asyncio.get_running_loop().time() + within
        while self._tasks:  # one that ends may let the next one begin
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return
            await asyncio.wait(tuple(self._tasks), timeout=left)
