"""Passcodes of rooms: kept as slow hashes, checked one at a time, guessed rarely.

A passcode may be short, so guesses are counted: of an address in a room, of a network, and of all addresses
in a room. When a room is flooded, an address that has guessed wrong is refused, while one that has not still
gets its first guess, as far as its network has any: who knows the passcode gets in. Hashing takes one thread,
with a bounded queue, of which passcodes that are set, by anybody in rooms of their own, get a part.
"""

import asyncio
import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from visavis.errors import PasscodeInvalid, RateLimited
from visavis.rates import KeyedRateLimit, address_key, network_key
from visavis.rooms import RoomId

T = TypeVar("T")

MIN_LENGTH, MAX_LENGTH = 4, 64

WRONG_PER_ADDRESS = 10
"""Wrong guesses that an address has in one room within :data:`WINDOW`."""

WRONG_PER_ROOM = 100
"""Wrong guesses of all, in one room within the window, after which an address has one."""

WRONG_PER_NETWORK = 10
"""Wrong guesses that the addresses of one network have together while the room is flooded. A network of IPv6
has more addresses than a passcode of four digits has guesses."""

WINDOW = 600.0
"""Seconds."""

_MOST_WAITING = 64
"""Guesses that wait to be hashed, and passcodes that are set: beyond, one is told to come back."""

_MOST_SET = 16
"""Of those, passcodes that are set."""

# About 16 MB and 40 ms each (RFC 7914).
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_PREFIX = "scrypt"


def hash_passcode(passcode: str) -> str:
    """What is kept of a passcode. Takes some 40 ms.

    Raises:
        PasscodeInvalid: it is shorter than 4 characters, or longer than 64.
    """
    if not MIN_LENGTH <= len(passcode) <= MAX_LENGTH:
        raise PasscodeInvalid
    salt = secrets.token_bytes(16)
    return "$".join((_PREFIX, b64encode(salt).decode(), b64encode(_derive(passcode, salt)).decode()))


def is_passcode(passcode: str, kept: str) -> bool:
    """Whether it is the one that is kept. Takes some 40 ms."""
    _, salt, derived = kept.split("$")
    return hmac.compare_digest(_derive(passcode, b64decode(salt)), b64decode(derived))


def _derive(passcode: str, salt: bytes) -> bytes:
    data = passcode.encode(errors="replace")
    return hashlib.scrypt(data, salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=2**26, dklen=32)


class Passcodes:
    """Checks guesses. Belongs to one event loop.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._wrong = KeyedRateLimit(WRONG_PER_ADDRESS, WINDOW, clock)
        self._wrong_of_network = KeyedRateLimit(WRONG_PER_NETWORK, WINDOW, clock)
        self._wrong_of_room = KeyedRateLimit(WRONG_PER_ROOM, WINDOW, clock)
        self._pending: Counter[str] = Counter()
        self._pending_of_network: Counter[str] = Counter()
        self._turn = asyncio.Semaphore(1)
        self._waiting = self._setting = 0

    async def hash(self, passcode: str) -> str:
        """As :func:`hash_passcode`, beside the event loop.

        Raises:
            PasscodeInvalid, RateLimited
        """
        if self._setting >= _MOST_SET:
            raise RateLimited
        self._setting += 1
        try:
            return await self._in_turn(hash_passcode, passcode)
        finally:
            self._setting -= 1

    async def check(self, room_id: RoomId, address: str, passcode: str, kept: str) -> bool:
        """Whether a guess is right.

        Raises:
            RateLimited: this address has guessed too often, or too many want to know at once.
        """
        if not MIN_LENGTH <= len(passcode) <= MAX_LENGTH:
            return False
        guesser, network = f"{room_id} {address_key(address)}", f"{room_id} {network_key(address)}"
        is_flooded = self._wrong_of_room.count(room_id) >= WRONG_PER_ROOM
        # Those that are not answered yet count too: many sent at once would else all pass.
        wrong = self._wrong.count(guesser) + self._pending[guesser]
        of_network = self._wrong_of_network.count(network) + self._pending_of_network[network]
        if wrong >= (1 if is_flooded else WRONG_PER_ADDRESS) or (
            is_flooded and of_network >= WRONG_PER_NETWORK
        ):
            raise RateLimited("Too many wrong passcodes. Wait ten minutes.")
        self._pending[guesser] += 1
        self._pending_of_network[network] += 1
        try:
            is_right = await self._in_turn(is_passcode, passcode, kept)
        finally:
            self._pending -= Counter({guesser: 1})
            self._pending_of_network -= Counter({network: 1})
        if not is_right:
            self._wrong.allow(guesser)
            self._wrong_of_network.allow(network)
            self._wrong_of_room.allow(room_id)
        return is_right

    async def _in_turn(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= _MOST_WAITING:
            raise RateLimited
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1
