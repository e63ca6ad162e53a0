"""How the program logs: structlog and the standard library, as one stream of lines on stderr.

Our own lines do not pass through the standard library, which would cost each of them more than all else
that entering a room does. Foreign ones do, and come out in the same form.
"""

import logging
import re
import secrets
import sys
import time
from collections.abc import MutableMapping
from threading import Lock
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, Processor

_QUIET = {
    # Its words about starting and stopping are ours to say, and better.
    "uvicorn": logging.WARNING,
    "pymongo": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "socketio": logging.WARNING,
    "engineio": logging.WARNING,
}


def configure_logs(
    level: Literal["debug", "info", "warning", "error"], form: Literal["text", "json"]
) -> None:
    """Send every log line of the process to stderr, in one form. Once, before the first line."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _add_utc if form == "json" else _LocalTime(),
    ]
    renderers: list[Processor]
    if form == "json":
        renderers = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    elif sys.stderr.isatty():
        renderers = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    else:
        renderers = [structlog.processors.format_exc_info, render_text]
    structlog.configure(
        processors=[*shared, *renderers],
        logger_factory=_Lines,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))


class _Lines:
    """Writes rendered lines, each at once: what is in the log is never behind what has happened.

    Args:
        name: of the module that logs.
    """

    _lock = Lock()

    def __init__(self, name: str) -> None:
        self.name = name

    def msg(self, line: str) -> None:
        try:
            with self._lock:
                sys.stderr.write(line + "\n")  # which is flushed at the end of each line
        except (OSError, ValueError):
            pass  # nobody reads it any more: that must not stop a call

    debug = info = warning = error = critical = msg


class _LocalTime:
    """Adds the time of day where the server is. It has whole seconds, so it is made once in each."""

    def __init__(self) -> None:
        self._second = 0
        self._text = ""

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        second = int(time.time())
        if second != self._second:
            self._text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
            self._second = second
        event["timestamp"] = self._text
        return event


_add_utc = structlog.processors.TimeStamper(fmt="iso")


_AMBIGUOUS = re.compile(r"""[\s='"\x00-\x1f\x7f-\x9f]""").search


def render_text(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """A line as structlog's ConsoleRenderer makes it without colours, at a fifth of its cost."""
    stack, exception = event.pop("stack", None), event.pop("exception", None)
    head = (
        f"{event.pop('timestamp')} [{event.pop('level'):9}] {event.pop('event')!s:30} [{event.pop('logger')}]"
    )
    fields = [f"{key}={_text(event[key])}" for key in sorted(event)]
    parts = [" ".join([head, *fields]), *([stack] if stack else []), *([exception] if exception else [])]
    return "\n".join(parts)


def _text(value: object) -> str:
    """A value as it is where that is clear, and in quotes where it could be taken for something else."""
    return value if isinstance(value, str) and not _AMBIGUOUS(value) else repr(value)


def report(log: Any, event: str, error: BaseException, **context: object) -> str:
    """Log what nobody expected, with its traceback, under a fresh id.

    The id is what a person outside is told: it finds the line in the log and says nothing else.
    """
    fault = secrets.token_hex(4)
    log.error(event, fault=fault, exc_info=error, **context)
    return fault
