"""Wait for a condition, with the reason in the failure. The only waiting in the tests."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_INTERVAL = 0.02


def eventually(reason: str, probe: Callable[[], T], *, within: float = 5.0) -> T:
    """The first truthy value of ``probe``.

    Args:
        reason: what is waited for, as "the server answers".
        probe: called every 20 ms.
        within: seconds until the test fails.
    """
    deadline = time.monotonic() + within
    while not (value := probe()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {reason} (last: {value!r})")
        time.sleep(_INTERVAL)
    return value


async def eventually_async(reason: str, probe: Callable[[], Any], *, within: float = 5.0) -> Any:
    """The same inside of an event loop; ``probe`` may be a coroutine function."""
    deadline = time.monotonic() + within
    while True:
        value = probe()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {reason} (last: {value!r})")
        await asyncio.sleep(_INTERVAL)
