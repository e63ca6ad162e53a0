"""The HTTP request that opens a connection, and which of them are taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Request:
    """A request, as far as anybody here looks at it.

    Attributes:
        method: in capitals; ``GET`` for a WebSocket.
        query: of the query string, the last value of each name.
        headers: names in lower case, values as Latin-1; several of one name are joined by commas, as
            RFC 9110 (section 5.3) allows.
        address: of the peer's end of the socket; empty where there is none.
        secure: whether it came by https; False where that is not known.
    """

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    address: str = ""
    secure: bool = False

    @classmethod
    def of(
        cls,
        method: str,
        query_string: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        address: str,
        *,
        secure: bool = False,
    ) -> Self:
        """From the raw parts, header names in lower case."""
        found: dict[str, str] = {}
        for raw_name, raw_value in headers:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            found[name] = f"{found[name]}, {value}" if name in found else value
        query = dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True))
        return cls(method, query, found, address, secure)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not taken, as the client is told (Engine.IO's numbers, and HTTP's status)."""

    status: int
    number: int
    message: str

    @property
    def body(self) -> bytes:
        return f'{{"code":{self.number},"message":"{self.message}"}}'.encode()


UNKNOWN_TRANSPORT = Refusal(400, 0, "Transport unknown")
UNKNOWN_SESSION = Refusal(400, 1, "Session ID unknown")
BAD_METHOD = Refusal(400, 2, "Bad handshake method")
BAD_REQUEST = Refusal(400, 3, "Bad request")
FORBIDDEN = Refusal(403, 4, "Forbidden")
UNSUPPORTED_VERSION = Refusal(400, 5, "Unsupported protocol version")
TOO_LARGE = Refusal(413, 3, "Payload too large")
TOO_MANY = Refusal(503, 3, "Too many connections")
STOPPING = Refusal(503, 3, "Server is stopping")
