"""A database that does not work: what those who asked are told, and what the operator is."""

import secrets
import time
from collections.abc import Callable
from threading import Lock

import structlog

from visavis.errors import StorageUnavailable

_LONGEST_REASON = 300
"""Characters. Some drivers tell all that they know of a cluster."""

SETTLED = 15.0
"""Seconds without a failure until an outage is over. A disk that is full takes a little now and then."""

log = structlog.get_logger(__name__)


class Outage:
    """Whether one kind of use of a database works: one log line when it does not, one when it does again.

    Safe from any thread.

    Args:
        use: what is done to it, as "read" or "written".
        now: seconds.
    """

    def __init__(self, use: str, now: Callable[[], float] = time.monotonic) -> None:
        self._use = use
        self._now = now
        self._lock = Lock()
        self._fault: str | None = None
        self._failed_at = 0.0

    def failure(self, error: BaseException) -> StorageUnavailable:
        """The error for whoever asked. Its message has the id of the line in the log, and not the reason.

        Args:
            error: the driver's own, which holds no statement and no values.
        """
        with self._lock:
            began = self._fault is None
            self._fault = fault = self._fault or secrets.token_hex(4)
            self._failed_at = self._now()
        if began:
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_REASON]
            log.error(f"database cannot be {self._use}", fault=fault, reason=reason)
        return StorageUnavailable(f"{StorageUnavailable.default} ({fault})")

    def success(self) -> None:
        """It worked, this time."""
        if self._fault is None:
            return
        with self._lock:
            fault = self._fault
            if self._now() - self._failed_at < SETTLED:
                return
            self._fault = None
        if fault is not None:
            log.info(f"database can be {self._use} again", fault=fault)
