"""Every setting, and the only place that reads the environment and the settings file.

A setting ``name`` is the variable ``VISAVIS_NAME`` or the line ``name = ...`` of a TOML file: the
one that ``VISAVIS_SETTINGS`` names, else ``visavis.toml`` in the working directory where there is
one. An option of the command line wins over a variable, a variable over the file. What is not known
is refused: a misspelt setting that does nothing is worse than a server that does not start.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

PREFIX = "VISAVIS_"
FILE_VARIABLE = "VISAVIS_SETTINGS"
DEFAULT_FILE = Path("visavis.toml")
_FOR_TESTS = "VISAVIS_TEST_"


class SettingsInvalid(Exception):
    """The server cannot start with these settings. ``problems``: one line each."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def _split(value: object) -> object:
    """A list in a variable: words between commas."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    return value


_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def _origin(text: str) -> str:
    """An origin as browsers send it (RFC 6454, section 6.2): scheme, host, port, in lower case."""
    origin = text.lower().removesuffix("/")
    if not _ORIGIN.fullmatch(origin):
        raise ValueError("must be an origin such as https://www.example.org")
    return origin


_STUN_URL = re.compile(r"stuns?:[^\s/?#@,]+")


def _stun_url(text: str) -> str:
    """A STUN server's address (RFC 7064)."""
    if not _STUN_URL.fullmatch(text):
        raise ValueError("must be an address such as stun:stun.example.org:3478")
    return text


Words = BeforeValidator(_split)
Origin = Annotated[str, AfterValidator(_origin)]
StunUrl = Annotated[str, AfterValidator(_stun_url)]


class Settings(BaseModel):
    """All settings, checked, frozen. Making one reads nothing: :func:`load_settings` does."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    host: str = Field(default="127.0.0.1", min_length=1)
    """Address to listen on. `0.0.0.0` is every IPv4 address of the machine, `::` every address."""

    port: int = Field(default=8000, ge=0, le=65535)
    """TCP port to listen on. `0` takes any free one."""

    data: Path = Path("visavis-data")
    """The data folder: the secret and the database. Made at the first start."""

    room_capacity: int = Field(default=8, ge=2)
    """People in a room for which nothing else was asked."""

    max_room_capacity: int = Field(default=32, ge=2)
    """The largest capacity that one may ask for."""

    resume_grace: float = Field(default=30.0, gt=0, le=3600, allow_inf_nan=False)
    """Seconds for which a participant whose connection is gone keeps its place."""

    ticket_lifetime: float = Field(default=86_400.0, gt=0, allow_inf_nan=False)
    """Seconds for which a participant can resume with the same ticket."""

    allowed_origins: Annotated[tuple[Origin, ...], Words] = ()
    """Origins of other sites whose pages may connect, such as `https://www.example.org`. \
None: the server's own pages only."""

    stun_urls: Annotated[tuple[StunUrl, ...], Words] = ()
    """STUN servers that tell browsers their public address, such as `stun:stun.example.org:3478`."""

    rooms_per_minute: int = Field(default=60, ge=1)
    """Rooms that one client address may make within 60 seconds."""

    max_connections: int = Field(default=10_000, ge=1)
    """Signaling connections that may be open at once."""

    max_connections_per_address: int = Field(default=1000, ge=1)
    """The same from one client address. Behind a proxy all come from one."""

    connections_per_second: int = Field(default=500, ge=1)
    """New signaling connections in one second."""

    fast_path: bool = True
    """Whether WebSockets pass by the web framework, which is what makes them cheap. The same either way."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important log line that is written."""

    log_format: Literal["text", "json"] = "text"
    """`text` for people, `json` for one object on each line."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.room_capacity > self.max_room_capacity:
            raise ValueError(
                f"room_capacity ({self.room_capacity}) is above max_room_capacity ({self.max_room_capacity})"
            )
        return self


def load_settings(
    options: Mapping[str, object] | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """The settings of this process.

    Args:
        options: settings from the command line, by name; None stands for "not given".
        environ: the environment.

    Raises:
        SettingsInvalid: names each thing that is wrong, and where it is written.
    """
    file = _settings_file(environ)
    in_file = _read(file) if file is not None else {}
    in_environment = {
        name: value
        for name, value in _variables(environ).items()
        # An empty variable is how shells, make and compose files say "not set".
        if value or name not in Settings.model_fields
    }
    in_options = {name: value for name, value in (options or {}).items() if value is not None}

    def place(name: str) -> str:
        if name in in_options:
            return "--" + name.replace("_", "-")
        if name in in_environment:
            return PREFIX + name.upper()
        return f"{name} in {file}" if name in in_file else name

    try:
        return Settings(**{**in_file, **in_environment, **in_options})
    except ValidationError as error:
        raise SettingsInvalid(*(_problem(details, place) for details in error.errors())) from None


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Our variables, by the names of settings."""
    return {
        variable.removeprefix(PREFIX).lower(): value
        for variable, value in environ.items()
        if variable.startswith(PREFIX) and variable != FILE_VARIABLE and not variable.startswith(_FOR_TESTS)
    }


def _settings_file(environ: Mapping[str, str]) -> Path | None:
    named = environ.get(FILE_VARIABLE)
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsInvalid(f"{file}: the settings file cannot be read: {reason}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{file}: the settings file is not TOML: {error}.") from None


def _problem(details: ErrorDetails, place: Callable[[str], str]) -> str:
    """One line about one value: where it is written, what is wrong, what it is."""
    if not details["loc"]:  # settings that do not go together
        return details["msg"].removeprefix("Value error, ") + "."
    name = str(details["loc"][0])
    if details["type"] == "extra_forbidden":
        return f"{place(name)}: there is no such setting."
    wrong = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{place(name)}: {wrong}, and is {str(details['input'])[:80]!r}."
