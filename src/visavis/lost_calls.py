"""The calls that everybody lost at once: when those who were in one come back, it goes on.

A call whose last participant left is over, and a ticket of it leads nowhere that the door does not.
"""

from collections import OrderedDict
from collections.abc import Callable

from visavis.records import CallId
from visavis.rooms import RoomId

KEPT = 600.0
"""Seconds for which a call that was lost can go on."""

_MOST = 1_000


class LostCalls:
    """Of each room the last, for a while.

    Args:
        now: seconds since the epoch.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lost: OrderedDict[RoomId, tuple[CallId, float]] = OrderedDict()

    def add(self, room_id: RoomId, call_id: CallId) -> None:
        """The last participant of a call did not come back in time."""
        self._lost[room_id] = call_id, self._now()
        self._lost.move_to_end(room_id)
        if len(self._lost) > _MOST:
            self._lost.popitem(last=False)

    def has(self, room_id: RoomId, call_id: CallId | None) -> bool:
        """Whether a call was lost in this room, a while ago at most."""
        known, at = self._lost.get(room_id, (None, 0.0))
        return known is not None and known == call_id and self._now() - at < KEPT
