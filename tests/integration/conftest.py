"""A real server for each test that asks for one, and clients that are closed after it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.support.server_process import ServerProcess
from tests.support.signaling import Client, NodeClient, PythonClient

Connect = Callable[..., Awaitable[Client]]


@pytest.fixture(params=[True, False], ids=["fast", "asgi"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    """Once for each way in."""
    process = ServerProcess(tmp_path, resume_grace=1, fast_path=request.param)
    process.start()
    yield process
    process.stop()


@pytest.fixture(params=[PythonClient, NodeClient], ids=["python", "node"])
async def connect(request: pytest.FixtureRequest, server: ServerProcess) -> AsyncIterator[Connect]:
    """Opens clients of one kind: every test that takes it runs with both."""
    opened: list[Client] = []

    async def open_one(auth: object = None) -> Client:
        opened.append(await request.param.open(server.url, auth))
        return opened[-1]

    yield open_one
    for client in opened:
        await client.close()
