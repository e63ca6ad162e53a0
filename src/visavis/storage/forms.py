"""The forms in which storages keep domain objects of which nothing is looked for: as JSON, field by field.

A field that is added to such an object has a default, so that what was written before is read.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from visavis.records import Acted, JoinTimes, Spent, by_age
from visavis.rooms import Exclusion, Room

APART = ("id", "capacity", "owner", "created_at")
"""Fields of a room that have a place of their own, beside the exclusions."""


def settings_of(room: Room) -> dict[str, Any]:
    """The rest of a room."""
    return {
        name: value for name, value in msgspec.to_builtins(room).items() if name not in (*APART, "exclusions")
    }


def make_room(apart: dict[str, Any], settings: Any, exclusions: Iterable[Any] = ()) -> Room:
    """A room from its parts.

    Args:
        apart: by :data:`APART`.
        settings: as ``settings_of`` made them.
        exclusions: each as ``built`` made it.
    """
    made = by_age(msgspec.convert(exclusion, Exclusion) for exclusion in exclusions)
    return replace(msgspec.convert({**settings, **apart}, Room), exclusions=made)


def spent(room: Room, moment: Spent) -> Room:
    """A room after it was noted that it is over: only where it still is to be, and no later than it was."""
    if not room.rules.once:
        return room
    until = moment.at if room.rules.expires_at is None else min(room.rules.expires_at, moment.at)
    return replace(room, rules=replace(room.rules, expires_at=until))


def built(source: Exclusion | Acted | JoinTimes) -> dict[str, Any]:
    """What a storage keeps of it."""
    return dict(msgspec.to_builtins(source))


def acted(source: Any) -> Acted:
    return msgspec.convert(source, Acted)


def join_times(source: Any) -> JoinTimes:
    return msgspec.convert(source, JoinTimes)
