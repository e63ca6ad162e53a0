"""Run a coroutine in a network namespace, with all sockets that it opens."""

import asyncio
import ctypes
import os
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from tests.support.lab import Namespace

T = TypeVar("T")

_CLONE_NEWNET = 0x40000000


def run_inside(namespace: Namespace, act: Callable[[], Awaitable[T]]) -> T:
    """The result of ``act``, in a thread and an event loop of its own. Processes that it starts run inside
    too; name resolution in other threads does not, so addresses must be numbers.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    async def run() -> T:
        return await act()

    def enter() -> None:
        try:
            _enter(namespace)
            results.append(asyncio.run(run()))
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _enter(namespace: Namespace) -> None:
    """Move this thread there."""
    with Path("/run/netns", namespace.name).open() as there:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(there.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
