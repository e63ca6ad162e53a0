"""Two independent Socket.IO clients for the signaling: python-socketio's, and npm's in Node."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import socketio

from tests.support.eventually import eventually_async

ROOT = Path(__file__).parents[2]
NODE_CLIENT = Path(__file__).with_name("node_client.mjs")

Heard = tuple[str, list[Any]]


class Client:
    """What both clients can do. ``heard`` is every event so far, in order, with its arguments."""

    heard: list[Heard]

    async def call(self, event: str, *arguments: Any) -> Any:
        """Emit with an ack; the ack's argument."""
        raise NotImplementedError

    async def emit(self, event: str, *arguments: Any) -> None:
        """Emit without an ack."""
        raise NotImplementedError

    async def drop(self) -> None:
        """Lose the connection without a good-bye."""
        raise NotImplementedError

    async def close(self) -> None:
        """Say good-bye."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def events(self, *names: str) -> list[Heard]:
        return [(name, arguments) for name, arguments in self.heard if name in names]

    async def hears(self, name: str, matching: Callable[..., bool] = lambda *_: True) -> Any:
        """The first event of that name whose arguments match; its arguments, one unpacked."""

        def found() -> list[list[Any]]:
            return [arguments for _, arguments in self.events(name) if matching(*arguments)]

        arguments = (await eventually_async(f"{name} is heard", found))[0]
        return arguments[0] if len(arguments) == 1 else arguments

    async def ok(self, event: str, *arguments: Any) -> Any:
        """Call, and expect success."""
        reply = await self.call(event, *arguments)
        assert reply["status"] == "ok", reply
        return reply

    async def refused(self, event: str, *arguments: Any) -> str:
        """Call, and expect a refusal; its code."""
        reply = await self.call(event, *arguments)
        assert reply["status"] == "error", reply
        assert reply["message"]
        return str(reply["code"])


class PythonClient(Client):
    """python-socketio's AsyncClient over WebSocket."""

    def __init__(self, io: socketio.AsyncClient) -> None:
        self.heard = []
        self._io = io

    @classmethod
    async def open(
        cls,
        url: str,
        auth: Any = None,
        transport: str = "websocket",
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        io = socketio.AsyncClient(reconnection=False)
        client = cls(io)

        async def note(event: str, *arguments: Any) -> None:
            client.heard.append((event, list(arguments)))

        io.on("*", note)
        await io.connect(url, auth=auth, transports=[transport], headers=dict(headers or {}))
        return client

    async def call(self, event: str, *arguments: Any) -> Any:
        return await self._io.call(event, arguments, timeout=10)

    async def emit(self, event: str, *arguments: Any) -> None:
        await self._io.emit(event, arguments)

    async def drop(self) -> None:
        await self._io.eio.ws.close()
        await eventually_async("the client is disconnected", lambda: not self._io.connected)

    async def close(self) -> None:
        await self._io.shutdown()


class NodeClient(Client):
    """npm's socket.io-client in a process of its own, driven by lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.heard = []
        self._process = process
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._connected: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url: str, auth: Any = None) -> Self:
        process = await asyncio.create_subprocess_exec(
            "node",
            NODE_CLIENT,
            url,
            json.dumps(auth),
            cwd=ROOT / "web",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=4 * 1024 * 1024,
        )
        client = cls(process)
        await asyncio.wait_for(client._connected, 10)
        return client

    async def call(self, event: str, *arguments: Any) -> Any:
        number = len(self._acks)
        self._acks[number] = asyncio.get_running_loop().create_future()
        self._say({"emit": [event, *arguments], "ack": number})
        return await asyncio.wait_for(self._acks[number], 10)

    async def emit(self, event: str, *arguments: Any) -> None:
        self._say({"emit": [event, *arguments]})

    async def drop(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reader

    async def close(self) -> None:
        if self._process.returncode is None:
            self._say({"close": True})
        await self._process.wait()
        await self._reader

    def _say(self, command: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            match json.loads(line):
                case {"connected": bool()}:
                    self._connected.set_result(True)
                case {"refused": refusal}:
                    self._connected.set_exception(ConnectionRefusedError(json.dumps(refusal)))
                case {"ack": number, "value": value}:
                    self._acks[number].set_result(value)
                case {"event": [str(name), *arguments]}:
                    self.heard.append((name, arguments))
