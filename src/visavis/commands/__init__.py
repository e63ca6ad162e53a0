"""Groups of commands. No logic: options become settings, errors become one line and exit code 1."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from visavis.settings import Settings

T = TypeVar("T")


def with_settings(act: "Callable[[Settings], T]") -> T:
    """Do something by the settings, and say in one line what is wrong with them or with the data."""
    from visavis.data_folder import DataFolderUnusable
    from visavis.errors import AppError
    from visavis.logs import configure_logs
    from visavis.settings import SettingsInvalid, load_settings

    try:
        settings = load_settings()
        configure_logs(settings.log_level, settings.log_format)
        return act(settings)
    except (SettingsInvalid, DataFolderUnusable, AppError) as error:
        for line in str(error).splitlines():
            typer.echo(f"visavis: {line}", err=True)
        raise typer.Exit(1) from None


def say(act: "Callable[[Settings], list[str]]") -> None:
    """Do something, and print what it returns."""
    for line in with_settings(act):
        typer.echo(line)


def ask_for_secret(what: str) -> str:
    """Asks twice at a terminal, or reads a line from a pipe."""
    if sys.stdin.isatty():
        asked: str = typer.prompt(what, hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\n")
