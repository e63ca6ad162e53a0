"""The lines of the log: their forms, their order, and that they never stop the program."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from visavis.logs import render_text

_PROGRAM = """
import logging, sys
import structlog
from visavis.logs import configure_logs, report

log = structlog.get_logger("visavis.part")
configure_logs({level!r}, {form!r})
foreign = logging.getLogger("foreign.part")
log.info("first", room="piano", count=2)
foreign.warning("second %s", "foreign")
log.debug("not for all")
logging.getLogger("uvicorn.error").info("never")
try:
    raise ValueError("what went wrong")
except ValueError as error:
    report(log, "third", error, name="x y")
foreign.info("fourth")
{more}
"""


def lines_of(level: str, form: str, more: str = "") -> list[str]:
    """What a process logs. One of its own, because the configuration is that of the whole process."""
    program = _PROGRAM.format(level=level, form=form, more=more)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return ended.stderr.splitlines()


def test_own_and_foreign_lines_are_one_stream_in_order_and_in_one_form() -> None:
    lines = lines_of("info", "text")
    heads = [line for line in lines if "[visavis.part]" in line or "[foreign.part]" in line]
    assert [line[20:] for line in (*heads[:2], heads[3])] == [
        "[info     ] first                          [visavis.part] count=2 room=piano",
        "[warning  ] second foreign                 [foreign.part]",
        "[info     ] fourth                         [foreign.part]",
    ]
    assert "[error    ] third                          [visavis.part] fault=" in heads[2]
    assert heads[2].endswith("name='x y'")
    assert "ValueError: what went wrong" in lines
    assert lines.index("ValueError: what went wrong") < lines.index(heads[3])


def test_json_is_one_object_a_line_with_the_traceback_in_it() -> None:
    first, second, third, fourth = (json.loads(line) for line in lines_of("info", "json"))
    assert first | {"timestamp": ""} == {
        "event": "first",
        "level": "info",
        "logger": "visavis.part",
        "timestamp": "",
        "room": "piano",
        "count": 2,
    }
    assert (second["event"], second["logger"], second["level"]) == (
        "second foreign",
        "foreign.part",
        "warning",
    )
    assert third["exception"].endswith("ValueError: what went wrong")
    assert len(third["fault"]) == 8
    assert fourth["event"] == "fourth"


@pytest.mark.parametrize(("level", "count"), [("debug", 5), ("info", 4), ("warning", 2), ("error", 1)])
def test_less_important_lines_are_left_out(level: str, count: int) -> None:
    assert len(lines_of(level, "json")) == count


def test_a_log_that_nobody_reads_any_more_stops_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    more = (
        "import os; r, w = os.pipe(); os.dup2(w, 2); os.close(r); os.close(w)\n"
        "for _ in range(3): log.info('to nobody')\n"
        f"open({str(kept)!r}, 'w').write('went on')\n"
        "os.dup2(1, 2)"
    )
    lines_of("info", "text", more)
    assert kept.read_text(encoding="utf-8") == "went on"


FIELDS = st.dictionaries(
    st.sampled_from(["room", "participant", "name", "fault", "count", "a", "z"]),
    st.one_of(st.text(st.characters(exclude_categories=("C", "Z"))), st.integers(), st.none(), st.booleans()),
)


@given(
    st.sampled_from(["debug", "info", "warning", "error", "critical"]),
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1),
    FIELDS,
    st.none() | st.just("Traceback:\n  ..."),
)
def test_a_line_is_what_structlog_makes_of_it(
    level: str, event: str, more: dict[str, Any], exception: str | None
) -> None:
    line = {"timestamp": "2026-11-22 12:00:00", "level": level, "event": event, "logger": "a.b", **more}
    if exception is not None:
        line["exception"] = exception
    expected = structlog.dev.ConsoleRenderer(colors=False)(None, level, dict(line))
    assert render_text(None, level, dict(line)) == expected


def test_control_characters_do_not_reach_the_terminal() -> None:
    line = {"timestamp": "t", "level": "info", "event": "e", "logger": "l", "name": "\x1b[2J\x9b1m"}
    assert render_text(None, "info", line).endswith(r"name='\x1b[2J\x9b1m'")
