"""What a check finds."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

PATIENCE = 6.0
"""Seconds for one check as a whole. Together they are done in less than ten."""


class Verdict(StrEnum):
    """``WARNING``: it works, but not for everybody or not for long. ``NOT_TRIED``: nobody looked."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    NOT_TRIED = "notTried"


@dataclass(frozen=True, slots=True)
class Finding:
    """Attributes:
    name: what was looked at. Part of the report's form: a name keeps its meaning.
    reason: what was found, in one line.
    remedy: what to do, in one line; empty where there is nothing to do.
    """

    name: str
    verdict: Verdict
    reason: str
    remedy: str = ""

    @classmethod
    def ok(cls, name: str, reason: str) -> Self:
        return cls(name, Verdict.OK, reason)

    @classmethod
    def warning(cls, name: str, reason: str, remedy: str) -> Self:
        return cls(name, Verdict.WARNING, reason, remedy)

    @classmethod
    def problem(cls, name: str, reason: str, remedy: str) -> Self:
        return cls(name, Verdict.PROBLEM, reason, remedy)

    @classmethod
    def not_tried(cls, name: str, reason: str, remedy: str = "") -> Self:
        return cls(name, Verdict.NOT_TRIED, reason, remedy)


def worst(findings: Iterable[Finding]) -> Verdict:
    """The verdict on the whole: what was not tried says nothing against a host."""
    verdicts = {finding.verdict for finding in findings}
    return next((bad for bad in (Verdict.PROBLEM, Verdict.WARNING) if bad in verdicts), Verdict.OK)


async def guarded(name: str, check: Awaitable[list[Finding]]) -> list[Finding]:
    """The findings of a check that keeps to its time and takes no other check down with it."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await check
    except TimeoutError:
        return [Finding.problem(name, f"No answer within {PATIENCE:g} seconds.", "Look whether it is up.")]
    except Exception as error:  # noqa: BLE001 - a fault of one check must not hide what the others find
        return [Finding.not_tried(name, f"The check itself failed: {error!r}.")]
