"""The forms in which storages keep domain objects of which nothing is looked for: as JSON, field by field.

A field that is added to such an object has a default, so that what was written before is read.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from visavis.records import Acted, by_age
from visavis.rooms import Exclusion, Room

_APART = ("id", "capacity", "owner", "exclusions")
"""Fields of a room that have a place of their own."""


def settings_of(room: Room) -> dict[str, Any]:
    """The rest of a room."""
    return {name: value for name, value in msgspec.to_builtins(room).items() if name not in _APART}


def make_room(
    room_id: str, capacity: int, owner: str | None, settings: Any, exclusions: Iterable[Any] = ()
) -> Room:
    """A room from its parts.

    Args:
        settings: as ``settings_of`` made them.
        exclusions: each as ``built`` made it.
    """
    made = by_age(msgspec.convert(exclusion, Exclusion) for exclusion in exclusions)
    apart = {"id": room_id, "capacity": capacity, "owner": owner}
    return replace(msgspec.convert({**settings, **apart}, Room), exclusions=made)


def built(source: Exclusion | Acted) -> dict[str, Any]:
    """What a storage keeps of it."""
    return dict(msgspec.to_builtins(source))


def acted(source: Any) -> Acted:
    return msgspec.convert(source, Acted)
