"""Who may open a connection: origins, and how many."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from visavis.socketio.limits import Limits
from visavis.socketio.request import FORBIDDEN, TOO_MANY, Refusal, Request

AddressOf = Callable[[Request], str | None]


def address_key(request: Request) -> str | None:
    """What stands for a client in a limit: an IPv4 address, or the /64 network of an IPv6 one.

    A household has a whole /64 at the least, and can take a new address of it for every request. None
    for a peer without an address (a UNIX socket): it is not limited.
    """
    try:
        parsed = ip_address(request.address.partition("%")[0])
    except ValueError:
        return None
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, 64), strict=False))


@dataclass(frozen=True, slots=True)
class Origins:
    """Which web pages may connect (RFC 6454): those of the server itself, and those named.

    A program that is no browser sends no Origin and is taken: the check is there to protect people from
    pages, not the server from programs. ``anyone`` is for public servers that know no secret of their
    visitors: every page may connect, and no browser sends its cookies along.
    """

    allowed: Collection[str] = field(default_factory=frozenset)
    anyone: bool = False

    def check(self, request: Request) -> Refusal | None:
        origin = request.headers.get("origin")
        if origin is None or self.anyone or origin in self.allowed:
            return None
        scheme, host, *_ = urlsplit(origin)
        # A page that came by plain http may be anybody's: on the way it could be changed.
        same = host == request.headers.get("host") and (scheme == "https" or not request.secure)
        return None if same else FORBIDDEN

    def headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        """Of an HTTP answer (Fetch standard, "CORS protocol"). Never ``*`` with credentials."""
        origin = request.headers.get("origin")
        if origin is None:
            return []
        if self.anyone:
            return [(b"access-control-allow-origin", b"*")]
        vary = (b"vary", b"Origin")
        if origin not in self.allowed:
            return [vary]
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            vary,
        ]


class Admission:
    """Counts connections and handshakes. What it holds is bounded by the connections that are open.

    Args:
        clock: monotonic seconds.
        address_of: by what connections of one client are known; None for one without that limit.
    """

    def __init__(
        self, limits: Limits, clock: Callable[[], float], address_of: AddressOf = address_key
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._address_of = address_of
        self._total = 0
        self._by_address: dict[str, int] = {}
        self._window_end = 0.0
        self._handshakes = 0

    @property
    def total(self) -> int:
        """Connections that are open."""
        return self._total

    def key(self, request: Request) -> str | None:
        """What to ``enter`` with."""
        return self._address_of(request)

    def enter(self, key: str | None) -> Refusal | None:
        """Count one more connection, or say why not. Each that was counted is to ``leave`` once."""
        now = self._clock()
        if now >= self._window_end:
            self._window_end = now + 1
            self._handshakes = 0
        if self._handshakes >= self._limits.handshakes_per_second:
            return TOO_MANY
        self._handshakes += 1
        if self._total >= self._limits.connections:
            return TOO_MANY
        if key is not None:
            count = self._by_address.get(key, 0)
            if count >= self._limits.connections_per_address:
                return TOO_MANY
            self._by_address[key] = count + 1
        self._total += 1
        return None

    def leave(self, key: str | None) -> None:
        self._total -= 1
        if key is None:
            return
        left = self._by_address[key] - 1
        if left:
            self._by_address[key] = left
        else:
            del self._by_address[key]


class Rate:
    """How many packets a connection may send within a window of time.

    A fixed window: it begins with the first packet after the last one ended, so that a few numbers are
    all that is kept. The CONNECT with which every connection begins is not counted.
    """

    __slots__ = ("_allowed", "_end", "_free", "_refused")

    def __init__(self) -> None:
        self._end = 0.0
        self._allowed = 0
        self._refused = 0
        self._free = 1

    def allow(self, limits: Limits, now: float) -> bool:
        """Count one more and say whether it may pass."""
        if now >= self._end:
            self._end = now + limits.window
            self._allowed, self._free = -self._free, 0
            self._refused = 0
        if self._allowed < limits.events:
            self._allowed += 1
            return True
        self._refused += 1
        return False

    def is_flood(self, limits: Limits) -> bool:
        """Whether so many were refused that the connection is to be closed."""
        return self._refused > limits.events
