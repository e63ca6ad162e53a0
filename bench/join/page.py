"""How long the page takes to open, cold, from the address to one's own picture."""

from statistics import median
from typing import Any

from bench.join.scene import Scene

# What was loaded until the own picture was there, as the browser counts it: on the wire, with headers.
_LOADED = """
() => {
  const until = window.joinProbe.own - performance.timeOrigin;
  const loaded = performance.getEntriesByType('resource').filter((entry) => entry.responseEnd <= until);
  const [page] = performance.getEntriesByType('navigation');
  const sizeOf = (entries) => entries.reduce((sum, { transferSize }) => sum + transferSize, 0);
  return {
    own_picture: until,
    page: page.responseEnd,
    scripts: Math.max(...loaded.filter(({ name }) => name.endsWith('.js')).map((entry) => entry.responseEnd)),
    script_bytes: sizeOf(loaded.filter(({ name }) => name.endsWith('.js'))),
    all_bytes: sizeOf([page, ...loaded]),
  };
}
"""


def open_cold(scene: Scene) -> dict[str, float]:
    """One opening by a browser that has nothing of the page and no connection; ms from the address."""
    seat = scene.seats[-1]
    link = scene.new_room("prepared")
    seat.open(link, "prepared")
    found: dict[str, float] = seat.page.evaluate(_LOADED)
    seat.close()
    return {name: round(value, 1) for name, value in found.items()}


def page_table(openings: list[dict[str, Any]], title: str) -> str:
    rows = (
        ("HTML is there", "page", "ms"),
        ("scripts are there", "scripts", "ms"),
        ("**own picture is painted**", "own_picture", "ms"),
        ("scripts, bytes on the wire", "script_bytes", ""),
        ("all, bytes on the wire", "all_bytes", ""),
    )
    lines = [f"### The page, cold, {title}", "", f"Medians of {len(openings)}, and the highest.", ""]
    lines += ["| | |", "| --- | --- |"]
    for words, name, unit in rows:
        values = [opening[name] for opening in openings]
        lines.append(f"| {words} | {median(values):,.0f} ({max(values):,.0f}) {unit} |")
    return "\n".join([*lines, ""])
