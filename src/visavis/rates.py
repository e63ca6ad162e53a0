"""Limits on how often something may happen. Pure: the clock is handed in."""

from collections import OrderedDict, deque
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address, ip_network


class RateLimit:
    """At most ``limit`` times within any ``seconds``.

    A sliding window of whole events: a burst of ``limit`` passes, and what is refused does not count.
    Memory: at most ``limit`` time stamps.
    """

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._times: deque[float] = deque()

    def allow(self) -> bool:
        """Count one more and say True, or say False where it is too much."""
        if self.count() >= self._limit:
            return False
        self._times.append(self._clock())
        return True

    def take_back(self) -> None:
        """Do not count the last one. Nothing where none counts."""
        if self._times:
            self._times.pop()

    def count(self) -> int:
        """How many there were within the last ``seconds``."""
        began = self._clock() - self._seconds
        while self._times and self._times[0] <= began:
            self._times.popleft()
        return len(self._times)


class KeyedRateLimit:
    """One :class:`RateLimit` for each key, such as an address. Forgets the keys not seen for longest."""

    def __init__(
        self, limit: int, seconds: float, clock: Callable[[], float], *, max_keys: int = 10_000
    ) -> None:
        self._make = partial(RateLimit, limit, seconds, clock)
        self._max_keys = max_keys
        self._limits: OrderedDict[str, RateLimit] = OrderedDict()

    def allow(self, key: str) -> bool:
        limit = self._limits.pop(key, None) or self._make()
        self._limits[key] = limit
        if len(self._limits) > self._max_keys:
            self._limits.popitem(last=False)
        return limit.allow()

    def take_back(self, key: str) -> None:
        """Do not count the last one of a key."""
        if key in self._limits:
            self._limits[key].take_back()

    def forget(self, key: str) -> None:
        """Count none of a key's any more."""
        self._limits.pop(key, None)

    def count(self, key: str) -> int:
        """How many there were of a key. Does not count as seeing it."""
        limit = self._limits.get(key)
        return 0 if limit is None else limit.count()


def address_key(address: str) -> str:
    """What stands for a client in a limit: an IPv4 address, or the /64 network of an IPv6 one.

    A household has a whole /64 at the least, and can take a new address of it for every request.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address  # a UNIX socket, or a test client
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, 64), strict=False))


def network_key(address: str) -> str:
    """What stands for the network of a client: the /24 of an IPv4 address, the /48 of an IPv6 one.

    So much one customer of a provider may have, who then has 65,536 of the networks that :func:`address_key`
    tells apart.
    """
    key = address_key(address)
    try:
        network = ip_network(key)
    except ValueError:
        return key
    return str(network.supernet(new_prefix=24 if network.version == 4 else 48))
