"""A network link in front of a server, that a test can cut or make silent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class TcpLink:
    """Passes bytes on between clients and ``127.0.0.1:port``. ``port``: where the server is."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing: set[asyncio.Task[None]] = set()
        self.url = ""

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, port: int) -> AsyncIterator["TcpLink"]:
        link = cls(port)
        server = await asyncio.start_server(link._serve, "127.0.0.1", 0)
        link.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield link
        finally:
            server.close()
            await link.cut()
            await server.wait_closed()

    async def cut(self) -> None:
        """End what is open, on both sides. New connections are taken."""
        self.fall_silent()
        writers, self._writers = self._writers, set()
        for writer in writers:
            writer.transport.abort()
        for writer in writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def fall_silent(self) -> None:
        """Pass nothing on any more for what is open, and end nothing: as a cable that is pulled."""
        for flow in self._flowing:
            flow.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(back)
        for source, sink in ((reader, back), (there, writer)):
            flow = asyncio.create_task(self._flow(source, sink))
            self._flowing.add(flow)
            flow.add_done_callback(self._flowing.discard)

    async def _flow(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
            sink.close()
