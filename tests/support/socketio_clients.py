"""Socket.IO clients that others made: npm's, the newest and the oldest, and python-socketio's."""

import asyncio
import base64
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import socketio

from tests.support.eventually import eventually_async
from tests.support.parts import require

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).with_name("socketio_client.mjs")
FOLDERS = {"node": ROOT / "web", "node-4.0": ROOT / "tests/clients"}
"""Where each version of npm's client is installed."""

KINDS = (*FOLDERS, "python")
TRANSPORTS = {
    "websocket": ["websocket"],
    "polling": ["polling"],
    "upgrade": ["polling", "websocket"],
}

_PATIENCE = 10.0
"""Seconds."""


class RealClient:
    """What all can do.

    Attributes:
        heard: events so far, with their arguments.
        connects: how often it has connected.
        refusals: what it was told when it might not.
    """

    def __init__(self) -> None:
        self.heard: list[list[Any]] = []
        self.connects = 0
        self.refusals: list[Any] = []

    @staticmethod
    async def open(kind: str, url: str, transports: list[str], **options: Any) -> "RealClient":
        """Begin to connect. ``options``: of npm's client, by the same names."""
        client: RealClient
        if kind == "python":
            client = await _Python.begin(url, transports, **options)
        else:
            client = await _Node.begin(FOLDERS[kind], url, transports, **options)
        return client

    async def call(self, event: str, *arguments: Any) -> list[Any]:
        """Emit with an ack; the ack's arguments."""
        raise NotImplementedError

    async def emit(self, event: str, *arguments: Any) -> None:
        raise NotImplementedError

    async def transport(self) -> str:
        """Its name now."""
        raise NotImplementedError

    async def close(self) -> None:
        """Say good-bye."""
        raise NotImplementedError

    async def connected(self, times: int = 1) -> None:
        await eventually_async("it has connected", lambda: self.connects >= times, within=_PATIENCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class _Python(RealClient):
    def __init__(self, io: socketio.AsyncClient) -> None:
        super().__init__()
        self._io = io

    @classmethod
    async def begin(cls, url: str, transports: list[str], **options: Any) -> Self:
        io = socketio.AsyncClient(
            reconnection=options.get("reconnection", False),
            reconnection_delay=0.05,
            randomization_factor=0,
        )
        client = cls(io)

        def connected() -> None:
            client.connects += 1

        async def note(event: str, *arguments: Any) -> Any:
            if event == "question":
                return ("answer", *arguments)
            client.heard.append([event, *arguments])
            return None

        io.on("connect", connected)
        io.on("connect_error", client.refusals.append)
        io.on("*", note)
        try:
            await io.connect(url, auth=options.get("auth"), transports=transports)
        except socketio.exceptions.ConnectionError:
            assert client.refusals  # it was told why
        return client

    async def call(self, event: str, *arguments: Any) -> list[Any]:
        answer = await self._io.call(event, arguments, timeout=_PATIENCE)
        if isinstance(answer, (list, tuple)) and len(arguments) > 1:
            return list(answer)
        return [] if answer is None else [answer]

    async def emit(self, event: str, *arguments: Any) -> None:
        await self._io.emit(event, arguments)

    async def transport(self) -> str:
        return str(self._io.transport())

    async def close(self) -> None:
        await self._io.shutdown()


class _Node(RealClient):
    """npm's client in a process of its own, driven by lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        super().__init__()
        self._process = process
        self._acks: list[asyncio.Future[list[Any]]] = []
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def begin(cls, folder: Path, url: str, transports: list[str], **options: Any) -> Self:
        require("node", "install Node 20.19 or later")
        settled = {
            "reconnection": False,
            "reconnectionDelay": 50,
            "randomizationFactor": 0,
            # It may try to come back by a kept-alive HTTP connection of a link that broke.
            "timeout": 1000,
        } | options
        process = await asyncio.create_subprocess_exec(
            "node",
            DRIVER,
            json.dumps({"folder": str(folder), "url": url, "options": {**settled, "transports": transports}}),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=8 * 1024 * 1024,
        )
        return cls(process)

    async def call(self, event: str, *arguments: Any) -> list[Any]:
        return await self._ask(emit=[event, *arguments], number="ack")

    async def emit(self, event: str, *arguments: Any) -> None:
        self._say({"emit": [event, *arguments]})

    async def transport(self) -> str:
        [name] = await self._ask(number="transport")
        return str(name)

    async def close(self) -> None:
        if self._process.returncode is None:
            self._say({"close": True})
        await asyncio.wait_for(self._process.wait(), _PATIENCE)
        await self._reader

    async def _ask(self, number: str, **command: Any) -> list[Any]:
        ack: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._acks.append(ack)
        self._say({**command, number: len(self._acks) - 1})
        return await asyncio.wait_for(ack, _PATIENCE)

    def _say(self, command: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command, default=_pack).encode() + b"\n")

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            match json.loads(line, object_hook=_unpack):
                case {"connected": _}:
                    self.connects += 1
                case {"refused": refusal}:
                    self.refusals.append(refusal)
                case {"ack": number, "values": values}:
                    self._acks[number].set_result(values)
                case {"event": event}:
                    self.heard.append(event)


def _pack(value: bytes) -> dict[str, str]:
    return {"bytes": base64.b64encode(value).decode()}


def _unpack(found: dict[str, Any]) -> Any:
    return base64.b64decode(found["bytes"]) if isinstance(found.get("bytes"), str) else found
