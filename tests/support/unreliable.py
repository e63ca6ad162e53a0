"""A storage whose database fails in the middle of writing, used by somebody who tries again."""

from collections.abc import Sequence

from visavis.records import Moment, NodeId
from visavis.storage.base import Storage


def make_unreliable(storage: Storage) -> None:
    """Have a storage fail three times whenever it writes moments: when half of them are written, when none
    is, and when all are and only the answer is lost.

    They are tried again, all of them, as :class:`visavis.history.History` does.
    """
    record = storage.record

    async def record_at_last(node: NodeId, moments: Sequence[Moment]) -> None:
        for written in (len(moments) // 2, 0, len(moments), len(moments)):
            await record(node, moments[:written])

    vars(storage)["record"] = record_at_last
