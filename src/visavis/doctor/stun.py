"""STUN: whether each server answers, and which address it sees."""

import asyncio
import time
from collections.abc import Sequence

from visavis.doctor.findings import Finding
from visavis.doctor.turn_client import split_host
from visavis.turn.addresses import ask_stun

STUN = "STUN"
_PATIENCE = 2.0


async def check_stun(urls: Sequence[str], external: str | None) -> list[Finding]:
    """
    Args:
        external: the public address of this machine, as the settings have it.
    """
    return list(await asyncio.gather(*(_check(url, external) for url in dict.fromkeys(urls))))


async def _check(url: str, external: str | None) -> Finding:
    scheme, _, where = url.partition(":")
    if scheme == "stuns":
        return Finding.not_tried(STUN, f"{url} is over TLS, which is not tried.")
    host, port = split_host(where.partition("?")[0], 3478)
    began = time.monotonic()
    seen = await ask_stun(host, port, patience=_PATIENCE)
    took = round((time.monotonic() - began) * 1000)
    return judge_stun(url, None if seen is None else str(seen), external, took)


def judge_stun(url: str, seen: str | None, external: str | None, took: int) -> Finding:
    """
    Args:
        seen: this machine's address, as the server sees it; None where it does not answer.
        took: milliseconds.
    """
    if seen is None:
        return Finding.problem(
            STUN, f"{url} does not answer.", "Name another in VISAVIS_STUN_URLS, or let UDP through to it."
        )
    if external is not None and seen != external:
        return Finding.warning(
            STUN,
            f"{url} sees this machine at {seen}, and VISAVIS_TURN_EXTERNAL_ADDRESS is {external}.",
            "Correct the setting, unless the STUN server is in your own network.",
        )
    return Finding.ok(STUN, f"{url} answers in {took} ms, and sees {seen}.")
