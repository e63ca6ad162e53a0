"""From runs to a table."""

import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

Sample = dict[str, Any]

_STEPS: tuple[tuple[str, str, int | None], ...] = (
    ("the newcomer has the other's addresses", "candidates", 100),
    ("the host has the newcomer's", "host_candidates", 100),
    ("path found (ICE), newcomer", "joiner_ice", 200),
    ("path found (ICE), host", "host_ice", 200),
    ("secured (DTLS), host", "host_dtls", 300),
    ("secured (DTLS), newcomer", "joiner_dtls", 350),
    ("**first frame of the host, painted by the newcomer**", "joiner_frames", 350),
    ("**first frame of the newcomer, painted by the host**", "host_frames", 400),
)


def surroundings(browser_version: str) -> dict[str, Any]:
    """Where and with what; nothing in it names a place or a person."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _said("git", "rev-parse", "--short=12", "HEAD"),
        "cores": os.cpu_count(),
        "kernel": f"{platform.system()} {platform.release()}",
        "chromium": browser_version,
        "load": [round(load, 1) for load in os.getloadavg()],
    }


def table(samples: Sequence[Sample], ways: Sequence[str], rtt_ms: float) -> str:
    """Markdown: for each place and number of people the steps, by way of joining; medians in ms."""
    parts = []
    for where, people in sorted({(sample["where"], sample["people"]) for sample in samples}):
        here = [s for s in samples if (s["where"], s["people"]) == (where, people)]
        known = [way for way in ways if any(s["way"] == way for s in here)]
        parts.append(_table(here, known, _title(where, people, rtt_ms), floors=where.startswith("lab")))
    return "\n".join(parts)


def _title(where: str, people: int, rtt_ms: float) -> str:
    place = "on one machine" if where.startswith("loopback") else f"RTT {rtt_ms:g} ms, each behind a NAT"
    return f"{people} people, {place}{where.removeprefix('lab').removeprefix('loopback')}"


def _table(samples: Sequence[Sample], ways: Sequence[str], title: str, *, floors: bool) -> str:
    counts = ", ".join(f"{sum(s['way'] == way for s in samples)} {way}" for way in ways)
    head = ["step, ms from the press on Join", *(["floor"] if floors else []), *ways]
    lines = [f"### {title}", "", f"Medians, and in brackets the 9th decile; runs: {counts}.", ""]
    lines += [_row(head), _row(["---"] * len(head))]
    for words, field, floor in _STEPS:
        cells = [_cell(_of(samples, way, field)) for way in ways]
        lines.append(_row([words, *([str(floor)] if floors else []), *cells]))
    lasts = [_cell(max(s["joiner_frames"]) for s in samples if s["way"] == way) for way in ways]
    lines.append(_row(["last of the first frames at the newcomer", *([""] if floors else []), *lasts]))
    if floors:
        before = [str(sum(s["packets_before"] or 0 for s in samples if s["way"] == way)) for way in ways]
        lines.append(_row(["packets between them before the press, all runs", "0", *before]))
    return "\n".join([*lines, ""])


def _of(samples: Sequence[Sample], way: str, field: str) -> Iterable[float]:
    """The first where there are several: of the frames at the newcomer; the median of the hosts."""
    choose: Callable[[list[float]], float] = min if field == "joiner_frames" else median
    for sample in samples:
        if sample["way"] != way:
            continue
        value = sample[field]
        found = [v for v in value if v is not None] if isinstance(value, list) else [value]
        if found and found[0] is not None:
            yield choose(found)


def _cell(values: Iterable[float]) -> str:
    found = sorted(values)
    if not found:
        return ""
    return f"{median(found):.0f} ({found[min(len(found) - 1, round(len(found) * 0.9))]:.0f})"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return done.stdout.strip() or "unknown"
