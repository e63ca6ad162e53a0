"""A Socket.IO program that can be told what to do by its clients, and remembers what happened to it."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

from tests.support.engineio import LiveServer
from visavis.socketio import (
    ConnectRefused,
    Disconnected,
    Event,
    Handlers,
    Limits,
    Origins,
    Reason,
    Server,
    Socket,
    Timing,
)

PATH = "/socket.io/"


class Lab(Handlers):
    """``happened``: what, in order. ``gate``: opened by a test for those who ``wait``."""

    def __init__(self) -> None:
        self.happened: list[tuple[Any, ...]] = []
        self.faults: list[tuple[str, str]] = []
        self.gate = asyncio.Event()

    def named(self, what: str) -> list[list[Any]]:
        return [rest for first, *rest in self.happened if first == what]

    # --- Handlers -----------------------------------------------------------------------------

    async def authorise(self, socket: Socket, auth: dict[str, Any]) -> None:
        if socket.namespace.name == "/checked" and auth.get("token") != "letmein":
            raise ConnectRefused("Not with this token", {"code": "token_invalid"})
        if auth.get("broken"):
            raise RuntimeError("authorise is broken")
        if auth.get("slow"):
            await self.gate.wait()

    def connected(self, socket: Socket, auth: dict[str, Any]) -> None:
        self.happened.append(("connected", socket.namespace.name))
        if "echo" in auth:
            socket.emit("auth", auth)

    def event(self, socket: Socket, event: Event) -> Any:
        do = getattr(self, f"on_{event.name}", None)
        if do is None:
            return super().event(socket, event)
        arguments = event.values()
        self.happened.append((event.name, *arguments))
        return do(socket, *arguments)

    async def disconnected(self, socket: Socket, reason: Reason) -> None:
        self.happened.append(("disconnected", socket.namespace.name, reason.value))
        if socket.data == "raises at the end":
            raise RuntimeError("disconnected is broken")

    def failed(self, socket: Socket, name: str, error: BaseException) -> Any:
        self.faults.append((name, type(error).__name__))
        return {"status": "error", "code": "internal", "namespace": socket.namespace.name}

    def stopping(self, socket: Socket, seconds: float) -> None:
        socket.emit("comeBack", seconds)

    # --- events -------------------------------------------------------------------------------

    def on_echo(self, _: Socket, *arguments: Any) -> Any:
        return tuple(arguments)

    def on_nothing(self, _: Socket) -> None:
        return None

    async def on_wait(self, _: Socket, label: Any = None) -> Any:
        await self.gate.wait()
        self.happened.append(("waited", label))
        return label

    async def on_stubborn(self, _: Socket) -> None:
        while not self.gate.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await self.gate.wait()

    def on_raise(self, _: Socket) -> None:
        raise RuntimeError("a plain handler is broken")

    async def on_raiseLater(self, _: Socket) -> None:  # noqa: N802 - events are in camelCase
        await asyncio.sleep(0)  # one turn: it raises after its caller went on
        raise RuntimeError("a coroutine is broken")

    def on_unencodable(self, _: Socket) -> object:
        return object()

    def on_raiseAtTheEnd(self, socket: Socket) -> None:  # noqa: N802
        socket.data = "raises at the end"

    async def on_ask(self, socket: Socket, timeout: float) -> Any:  # noqa: ASYNC109
        try:
            return await socket.call("question", 1, b"2", timeout=timeout)
        except (TimeoutError, Disconnected) as error:
            self.happened.append(("asked", type(error).__name__))
            return type(error).__name__

    def on_enter(self, socket: Socket, room: str) -> None:
        socket.enter(room)

    def on_leave(self, socket: Socket, room: str) -> None:
        socket.leave(room)

    def on_tell(self, socket: Socket, room: str, *arguments: Any) -> None:
        socket.namespace.emit("told", *arguments, room=room, skip=socket)

    def on_pour(self, socket: Socket, count: int, size: int) -> None:
        for number in range(count):
            socket.emit("drop", number, "x" * size)

    def on_goAway(self, socket: Socket, close: bool) -> None:  # noqa: N802
        socket.disconnect(close=close)


class LabServer(LiveServer):
    """A :class:`Lab` in the namespaces ``/``, ``/custom`` and ``/checked``, served."""

    def __init__(
        self,
        way: str,
        limits: Limits | None = None,
        timing: Timing | None = None,
        origins: Origins | None = None,
    ) -> None:
        self.lab = Lab()
        self.io = Server(limits, timing, origins)
        self.namespaces = {name: self.io.namespace(name, self.lab) for name in ("/", "/custom", "/checked")}
        super().__init__(self.io.asgi, {PATH: self.io.engine} if way == "fast" else None)

    async def open_gate(self) -> None:
        await self.do(self.lab.gate.set)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left of anybody."""
        return (
            self.io.engine.count == 0
            and not self.io._tasks
            and not any(n.sockets or n.rooms for n in self.namespaces.values())
        )


@contextlib.contextmanager
def lab_server(way: str, **bounds: Any) -> Iterator[LabServer]:
    """
    Args:
        bounds: ``limits``, ``timing``, ``origins``.
    """
    with LabServer(way, **bounds) as running:
        yield running
