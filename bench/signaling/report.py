"""From runs to a result: medians, spreads, ratios to the reference, and how far to trust them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.signaling.runs import Plan, Run

GENERATOR_FULL = 0.7
"""Share of its core from which on the generator may have been a bottleneck."""

_UNPACED = ("idle_connects", "relay_at_once")
"""Work that is done as fast as it goes: one of the two sides is full, and either may be."""

GENERATOR_LATE = 0.005
"""Seconds by which one in a hundred messages may be sent too late for the generator to be trusted."""

OTHERS_MANY = 0.1
"""Share of a core that others may have before the figures are indications only."""

SERVER_FULL = 0.9
"""Share of its core from which on a server is overloaded, and its delays are those of a queue."""


_INTRODUCTION = """\
<!-- Written by `make bench-signaling`. -->
## Signaling

What signaling costs this server, and what it costs a server of express and socket.io on Node that does the
same for a plain client (`bench/reference/`). CPU is that of the whole process, user and kernel, from its own
account. A *complete call set-up* is two connections, `createRoom`, `joinRoom`, an offer and an answer of
2.5 KB, 12 candidates of 150 bytes from each side, and two `leaveRoom`. Relayed messages are candidates
between two in a room: at 2,000 a second for the delay, and *as many as it can* with one under way from
each connection. An *idle connection* has the namespace and is in no room.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """``factor`` makes the unit that is shown out of that of the runs (see ``runs.Run``)."""

    key: str
    title: str
    unit: str
    factor: float


FIGURES = (
    Figure("call_cpu", "CPU per complete call set-up", "ms", 1e3),
    Figure("message_cpu", "CPU per relayed message, 2,000 a second", "µs", 1e6),
    Figure("full_message_cpu", "CPU per relayed message, as many as it can", "µs", 1e6),
    Figure("join_cpu", "CPU per connection with join", "µs", 1e6),
    Figure("connect_cpu", "CPU per connection without", "µs", 1e6),
    Figure("idle_memory", "memory per idle connection", "KiB", 1 / 1024),
    Figure("relay_p99", "p99 of the relay's delay", "ms", 1e3),
)


@dataclass(frozen=True, slots=True)
class Spread:
    median: float
    low: float
    high: float
    count: int


def make_result(
    runs: Sequence[Run],
    names: Sequence[str],
    plan: Plan,
    surroundings: Mapping[str, Any],
    doubts: Sequence[str],
) -> dict[str, Any]:
    """All that was found, ready for JSON.

    Args:
        names: of the candidates, the reference first.
        surroundings: see ``machine.describe``.
        doubts: more of them than the runs themselves show.
    """
    return {
        **surroundings,
        "plan": asdict(plan),
        "reference": names[0],
        "summary": {
            name: {
                figure.key: {
                    "value": _as_dict(_spread([v for _, v in _values(runs, name, figure)])),
                    "ratio": _as_dict(_spread(list(_ratios(runs, name, names[0], figure)))),
                    "unit": figure.unit,
                }
                for figure in FIGURES
            }
            for name in names
        },
        "kernel_share": {name: _kernel_share(runs, name) for name in names},
        "doubts": [*_doubts(runs), *doubts],
        "runs": [asdict(run) for run in runs],
    }


def _as_dict(spread: Spread | None) -> dict[str, float] | None:
    return None if spread is None else asdict(spread)


def _values(runs: Sequence[Run], name: str, figure: Figure) -> Iterator[tuple[int, float]]:
    """By round, in the figure's unit."""
    for run in runs:
        if run.candidate == name and figure.key in run.figures:
            yield run.round, run.figures[figure.key] * figure.factor


def _ratios(runs: Sequence[Run], name: str, reference: str, figure: Figure) -> Iterator[float]:
    """To the reference in the same round: what slowed down one slowed down the other, more or less."""
    base = dict(_values(runs, reference, figure))
    for number, value in _values(runs, name, figure):
        if base.get(number):
            yield value / base[number]


def _spread(values: Sequence[float]) -> Spread | None:
    return Spread(median(values), min(values), max(values), len(values)) if values else None


def _kernel_share(runs: Sequence[Run], name: str) -> dict[str, float]:
    """For each kind of work, the part of the server's CPU that was the kernel's."""
    found: dict[str, list[float]] = {}
    for run in runs:
        if run.candidate == name:
            for kind, window in run.windows.items():
                found.setdefault(kind, []).append(window.kernel)
    return {kind: median(shares) for kind, shares in found.items()}


def _doubts(runs: Sequence[Run]) -> Iterator[str]:
    """Reasons to trust the figures less, in words. None is the aim."""
    windows = [(run, kind, w) for run in runs for kind, w in run.windows.items() if kind not in _UNPACED]
    full = [f"{run.candidate}, {kind}" for run, kind, w in windows if w.generator_load > GENERATOR_FULL]
    if full:
        yield f"The load generator's core was over {GENERATOR_FULL:.0%} full: {'; '.join(sorted(set(full)))}."
    for name in dict.fromkeys(run.candidate for run in runs):
        unpaced = [run.windows["relay_at_once"] for run in runs if run.candidate == name]
        # Of the core's time that others left to it.
        if median(w.server_load / (1 - min(w.others_on_server_core, 0.99)) for w in unpaced) < SERVER_FULL:
            yield f'"As many as it can" was as many as the load generator could: {name} was not full.'
    late = max((run.delays["sent_late_p99"] for run in runs if run.delays), default=0.0)
    if late > GENERATOR_LATE:
        yield f"The load generator was late: one message in a hundred by {late * 1e3:.1f} ms or more."
    slow = {run.candidate for run, _, w in windows if w.server_load > SERVER_FULL}
    if slow:
        yield f"Overloaded, so that its delays are those of a queue: {', '.join(sorted(slow))}."
    others = [max(w.others_on_server_core, w.others_on_generator_core) for _, _, w in windows]
    if others and max(others) > OTHERS_MANY:
        yield (
            f"Other processes took {median(others):.0%} of a core in the median, {max(others):.0%} at most:"
            " the figures are indications."
        )


def make_table(result: Mapping[str, Any]) -> str:
    """The result as Markdown: ratios to the reference, with the figures themselves beside them."""
    summary, reference = result["summary"], result["reference"]
    names = list(summary)
    lines = [
        _INTRODUCTION,
        f"Ratios to {reference} in the same round: the median, and in brackets the lowest and the highest.",
        "",
        f"| figure | {' | '.join(names)} |",
        f"| --- |{' --- |' * len(names)}",
    ]
    for figure in FIGURES:
        cells = [_cell(summary[name][figure.key], is_reference=name == reference) for name in names]
        lines.append(f"| {figure.title} | {' | '.join(cells)} |")
    shares = [result["kernel_share"][name].get("relay") for name in names]
    kernel = ["not measured" if share is None else f"{share:.0%}" for share in shares]
    lines.append(f"| the kernel's part of the relay's CPU | {' | '.join(kernel)} |")
    return "\n".join([*lines, "", *(f"- {condition}" for condition in _conditions(result)), ""])


def _cell(entry: Mapping[str, Any], *, is_reference: bool) -> str:
    value, ratio, unit = entry["value"], entry["ratio"], entry["unit"]
    if value is None:
        return "not measured"
    if is_reference:
        return f"{_short(value['median'])} {unit} ({_short(value['low'])} to {_short(value['high'])})"
    absolute = f"{_short(value['median'])} {unit}"
    if ratio is None:
        return absolute
    return f"**{ratio['median']:.2f}** ({ratio['low']:.2f} to {ratio['high']:.2f}); {absolute}"


def _short(value: float) -> str:
    """Three digits that count, and no exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _conditions(result: Mapping[str, Any]) -> Iterator[str]:
    machine, plan = result["machine"], result["plan"]
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    changed = " with changes" if result["changed"] else ""
    rounds = {run["round"] for run in result["runs"]}
    windows = [item for run in result["runs"] for item in run["windows"].items()]
    loads = [w["generator_load"] for kind, w in windows if kind not in _UNPACED]
    yield (
        f"Measured {result['date'][:10]} at {result['commit']}{changed}; {machine['cpu']},"
        f" {machine['cores']} cores, {machine['kernel']}; {versions}."
    )
    yield (
        f"Rounds: {len(rounds)}, the candidates in turn, each time a fresh server, warmed up, on a core"
        f" of its own: {plan['calls']} calls at {plan['calls_rate']:g} a second, {plan['joins']} joins at"
        f" {plan['joins_rate']:g}, {plan['messages']} messages at {plan['messages_rate']:g} over"
        f" {plan['senders']} connections, {plan['at_once'] * plan['senders']} as many as it can,"
        f" {plan['idle']} idle connections."
    )
    yield f"The load generator used {max(loads):.0%} of its core at most where it sets the pace."
    for doubt in result["doubts"]:
        yield f"**Mind:** {doubt}"
