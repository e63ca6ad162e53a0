"""A server that serves https, as a user starts it, and what a client does that trusts one authority."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import connect

from tests.support.server_process import ServerProcess, free_port


class HttpsServer(ServerProcess):
    """``visavis serve`` with a port for plain http beside it.

    Attributes:
        plain: the address of plain http.
    """

    def __init__(self, folder: Path, **settings: object) -> None:
        self.http_port = free_port()
        usual: dict[str, Any] = {"http_port": self.http_port, "host": "127.0.0.1", "turn": "off"}
        super().__init__(folder, **(usual | settings))
        self.url = f"https://localhost:{self.port}"
        self.plain = f"http://localhost:{self.http_port}"

    @property
    def said(self) -> str:
        """All that it has printed so far, on stdout and stderr."""
        return "".join(self.output)

    def authority(self) -> ssl.SSLContext:
        """Trust in the local authority alone, fetched as a phone does."""
        return trusting(httpx.get(f"{self.plain}/authority").text)

    def client(self, trust: ssl.SSLContext) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=trust)


@contextmanager
def serving(folder: Path, **settings: object) -> Iterator[HttpsServer]:
    server = HttpsServer(folder, **settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def trusting(*pems: str) -> ssl.SSLContext:
    """For a client that trusts these authorities, and no others."""
    return ssl.create_default_context(cadata="".join(pems))


def for_two_threads(trust: ssl.SSLContext | None) -> ssl.SSLContext | None:
    """The same trust, for a connection on which one thread reads and another writes.

    Without TLS 1.3, whose session tickets come while the first request is being written: Python before 3.13
    does not keep the two threads apart in OpenSSL, and the request was seen to be lost.
    """
    if trust is not None:
        trust.maximum_version = ssl.TLSVersion.TLSv1_2
    return trust


def is_trusted(server: HttpsServer, trust: ssl.SSLContext) -> bool:
    with server.client(trust) as client:
        try:
            return client.get("/healthz").status_code == 200
        except httpx.ConnectError as error:
            if "CERTIFICATE_VERIFY_FAILED" not in str(error):
                raise
            return False


def makes_a_room(url: str, trust: ssl.SSLContext | None = None, **headers: str) -> str:
    """Speak Engine.IO 4 and Socket.IO 5 over a WebSocket by hand, as far as the ack of ``createRoom``."""
    address = f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
    with connect(address, ssl=for_two_threads(trust), additional_headers=headers) as socket:
        assert str(socket.recv()).startswith("0{")
        socket.send('40{"version":1}')
        assert str(socket.recv()).startswith("40{")
        socket.send('420["createRoom",{}]')
        ack = str(socket.recv())
        assert ack.startswith('430[{"status":"ok"'), ack
        return ack
