"""Who of those that knock has a place where more come than there are places. Pure.

Strangers share the places by where they come from: whoever comes from a network from which few wait takes
the place of one from a network from which more do. So a flood from one network keeps nobody out, and one from
many takes no more than a place for each. Some places are kept back for those who are known: by account, or
since they were in this room before.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from visavis.errors import LobbyFull
from visavis.rates import address_key, network_key

PLACES = 100
"""At the door of one room."""

KEPT_BACK = 20
"""More, for those who are known."""

OF_ADDRESS = 30
"""Of one room, from one address: a class behind one router."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who knocks. ``name``: what they call themselves; ``account``: by which name the server knows them;
    ``known``: whether they are no strangers here, and do not wait already."""

    name: str
    account: str | None
    marks: frozenset[str]
    address: str
    known: bool = False


class Waiting(Protocol):
    """One who waits."""

    @property
    def visitor(self) -> Visitor: ...

    @property
    def is_silent(self) -> bool:
        """Whether its connection is lost."""


W = TypeVar("W", bound=Waiting)


def make_place(waiting: Sequence[W], newcomer: Visitor) -> W | None:
    """Who of those that wait, in the order in which they came, gives way to a newcomer; None: nobody has to.

    Raises:
        LobbyFull
    """
    key = address_key(newcomer.address)
    if sum(address_key(one.visitor.address) == key for one in waiting) >= OF_ADDRESS:
        raise LobbyFull
    if len(waiting) < PLACES + (KEPT_BACK if newcomer.known else 0):
        return None
    strangers = [one for one in waiting if not one.visitor.known]
    networks = Counter(network_key(one.visitor.address) for one in strangers)
    addresses = Counter(address_key(one.visitor.address) for one in strangers)

    def crowding(visitor: Visitor) -> tuple[int, int]:
        """How many wait from there."""
        return networks[network_key(visitor.address)], addresses[address_key(visitor.address)]

    def is_before(one: W) -> bool:
        """Whether somebody has to wait for the newcomer, with whom the shares are more even."""
        there, here = crowding(one.visitor), crowding(newcomer)
        if network_key(one.visitor.address) == network_key(newcomer.address):
            return there[1] > here[1] + 1
        return there[0] > here[0] + 1

    def last(one: W) -> tuple[bool, int, int]:
        return one.is_silent, *crowding(one.visitor)

    # Of those who are alike, whoever came last.
    giving = [one for one in reversed(strangers) if one.is_silent or is_before(one)]
    if not giving:
        raise LobbyFull
    return max(giving, key=last)
