"""A TURN client for the doctor: one allocation (RFC 8656), and what may be asked of it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from aioice import stun
from aioice.turn import TurnClientProtocol, TurnClientTcpProtocol, TurnClientUdpProtocol

_LIFETIME = 600
_PATIENCE = 3.0
"""Seconds for one question; lost packets are sent again within it."""

Address = tuple[str, int]


class TurnRefused(Exception):
    """The TURN server says no. ``code``: as RFC 8656, section 15 and RFC 8489, section 14.8 have it."""

    def __init__(self, code: int, words: str) -> None:
        self.code = code
        super().__init__(f"{code} {words}".strip())


class NoAnswer(Exception):
    """Nothing came back. The message says what was tried."""


@dataclass(frozen=True, slots=True)
class TurnUrl:
    """A TURN server's address (RFC 7065). ``transport``: ``udp``, ``tcp`` or ``tls``."""

    host: str
    port: int
    transport: str

    @classmethod
    def read(cls, url: str) -> "TurnUrl":
        scheme, _, rest = url.partition(":")
        where, _, query = rest.partition("?")
        host, port = split_host(where, 5349 if scheme == "turns" else 3478)
        return cls(host, port, "tls" if scheme == "turns" else query.removeprefix("transport=") or "udp")

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def split_host(where: str, usual: int) -> Address:
    """The host and the port in ``host``, ``host:port`` or ``[address]:port``."""
    if where.startswith("["):
        host, _, rest = where[1:].partition("]")
        return host, int(rest.removeprefix(":") or usual)
    host, _, port = where.partition(":")
    return host, int(port or usual)


class _Receiver(asyncio.DatagramProtocol):
    """Keeps what comes out of an allocation."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: Any) -> None:  # noqa: ARG002 - from whom is in the data
        self.received.put_nowait(data)


class Allocation:
    """A relayed address that is held. Attributes: ``relayed``, as the others use it."""

    def __init__(self, client: TurnClientProtocol, relayed: Address) -> None:
        self._client = client
        self._receiver = _Receiver()
        self._client.receiver = self._receiver
        self._channel = 0x4000
        self.relayed = relayed

    async def send(self, data: bytes, peer: Address) -> None:
        """
        Raises:
            TurnRefused, NoAnswer: a channel to the peer cannot be had.
        """
        await _asked(self._client.send_data(data, peer), f"a channel to {peer[0]}")

    async def receive(self) -> bytes:
        """
        Raises:
            TimeoutError
        """
        async with asyncio.timeout(_PATIENCE):
            return await self._receiver.received.get()

    async def may_send_to(self, peer: Address) -> bool:
        """Whether the server lets anything through to a peer, by a permission or by a channel.

        Raises:
            NoAnswer
        """
        permission = stun.Message(stun.Method.CREATE_PERMISSION, stun.Class.REQUEST)
        permission.attributes["XOR-PEER-ADDRESS"] = peer
        self._channel += 1
        channel = stun.Message(stun.Method.CHANNEL_BIND, stun.Class.REQUEST)
        channel.attributes["CHANNEL-NUMBER"] = self._channel
        channel.attributes["XOR-PEER-ADDRESS"] = peer
        for request in (permission, channel):
            with suppress(TurnRefused):
                await _asked(self._client.request_with_retry(request), f"{peer[0]} through the relay")
                return True
        return False


@asynccontextmanager
async def allocation(
    url: TurnUrl, username: str, credential: str, context: ssl.SSLContext | None = None
) -> AsyncIterator[Allocation]:
    """A relayed address at a TURN server, given back at the end.

    Args:
        context: whom to trust, where the transport is TLS.

    Raises:
        NoAnswer, TurnRefused, OSError
    """
    loop = asyncio.get_running_loop()
    words = (username, credential, _LIFETIME, _LIFETIME)
    client: TurnClientProtocol
    async with asyncio.timeout(_PATIENCE):
        if url.transport == "udp":
            _, client = await loop.create_datagram_endpoint(
                lambda: TurnClientUdpProtocol((url.host, url.port), *words), remote_addr=(url.host, url.port)
            )
        else:
            _, client = await loop.create_connection(
                lambda: TurnClientTcpProtocol((url.host, url.port), *words),
                url.host,
                url.port,
                ssl=context if url.transport == "tls" else None,
            )
    try:
        relayed = await _asked(client.connect(), "an allocation")
        yield Allocation(client, relayed)
        with suppress(NoAnswer, TurnRefused):
            await _asked(client.delete(), "the end of it")
    finally:
        if client.refresh_task is not None:
            client.refresh_task.cancel()
        client.transport.close()


async def _asked(question: Any, what: str) -> Any:
    """The answer to a question, or one of our errors."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await question
    except stun.TransactionFailed as error:
        code, words = error.response.attributes.get("ERROR-CODE", (0, ""))
        raise TurnRefused(code, words) from None
    except (TimeoutError, stun.TransactionTimeout, ConnectionError) as error:
        raise NoAnswer(f"no answer to the question for {what}") from error
