"""A TURN client that does single steps, by aioice's parts: to see what a server grants and refuses."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from aioice import stun, turn

Transport = Literal["udp", "tcp"]

OK = 0
"""The answer to a request that was granted; else it is the code of the error (RFC 8656, section 19)."""

UDP, TCP = turn.UDP_TRANSPORT, turn.TCP_TRANSPORT

# What aioice does not know: the family of the relayed address (RFC 6156).
_FAMILY = (0x0017, "REQUESTED-ADDRESS-FAMILY", lambda family: bytes([family, 0, 0, 0]), lambda raw: raw[0])
stun.ATTRIBUTES_BY_NAME[_FAMILY[1]] = _FAMILY
stun.ATTRIBUTES_BY_TYPE[_FAMILY[0]] = _FAMILY


class _Inbox(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: asyncio.Queue[tuple[bytes, tuple[str, int]]] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received.put_nowait((data, addr))


class TurnClient:
    """One client of a TURN server."""

    def __init__(self, protocol: turn.TurnClientProtocol) -> None:
        self._relayed: tuple[str, int] | None = None
        self._protocol = protocol
        self._inbox = _Inbox()
        self._next_channel = 0x4000

    @classmethod
    @asynccontextmanager
    async def at(
        cls,
        server: tuple[str, int],
        credential: tuple[str, str],
        transport: Transport = "udp",
        tls: ssl.SSLContext | None = None,
    ) -> AsyncIterator["TurnClient"]:
        """``tls``: over TLS, which goes with ``tcp``."""
        loop = asyncio.get_running_loop()
        known = (server, *credential, 600, 500)
        protocol: turn.TurnClientProtocol
        if transport == "udp":
            _, protocol = await loop.create_datagram_endpoint(
                lambda: turn.TurnClientUdpProtocol(*known), remote_addr=server
            )
        else:
            _, protocol = await loop.create_connection(
                lambda: turn.TurnClientTcpProtocol(*known), *server, ssl=tls
            )
        try:
            yield cls(protocol)
        finally:
            protocol.transport.close()

    @property
    def relayed(self) -> tuple[str, int]:
        """Its relayed address."""
        assert self._relayed is not None
        return self._relayed

    async def allocate(self, transport: int = UDP, family: int | None = None) -> int:
        more = {} if family is None else {"REQUESTED-ADDRESS-FAMILY": family}
        code, answer = await self._ask(
            stun.Method.ALLOCATE, {"LIFETIME": 600, "REQUESTED-TRANSPORT": transport} | more
        )
        if answer is not None:
            self._relayed = answer.attributes["XOR-RELAYED-ADDRESS"]
            self._protocol.receiver = self._inbox
        return code

    async def refresh(self) -> int:
        return (await self._ask(stun.Method.REFRESH, {"LIFETIME": 600}))[0]

    async def permit(self, address: str, port: int = 9) -> int:
        """CreatePermission for a peer."""
        peer = {"XOR-PEER-ADDRESS": (address, port)}
        return (await self._ask(stun.Method.CREATE_PERMISSION, peer))[0]

    async def bind(self, address: str, port: int = 9) -> int:
        """ChannelBind for a peer."""
        self._next_channel += 1
        peer = {"CHANNEL-NUMBER": self._next_channel, "XOR-PEER-ADDRESS": (address, port)}
        code, _ = await self._ask(stun.Method.CHANNEL_BIND, peer)
        if code == OK:
            self._protocol.channel_to_peer[self._next_channel] = (address, port)
            self._protocol.peer_to_channel[(address, port)] = self._next_channel
            self._protocol.channel_refresh_at[self._next_channel] = float("inf")
        return code

    async def send(self, data: bytes, to: tuple[str, int]) -> None:
        """Through a channel that is bound."""
        await self._protocol.send_data(data, to)

    async def receive(self, within: float = 2.0) -> bytes | None:
        """The next packet from a peer; None where none comes."""
        try:
            data, _ = await asyncio.wait_for(self._inbox.received.get(), within)
        except TimeoutError:
            return None
        return data

    async def _ask(self, method: stun.Method, attributes: dict[str, Any]) -> tuple[int, stun.Message | None]:
        request = stun.Message(message_method=method, message_class=stun.Class.REQUEST)
        request.attributes.update(attributes)
        try:
            answer, _ = await self._protocol.request_with_retry(request)
        except stun.TransactionFailed as refused:
            return int(refused.response.attributes["ERROR-CODE"][0]), None
        return OK, answer
