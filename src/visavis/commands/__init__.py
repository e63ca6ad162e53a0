"""Groups of commands. No logic: options become settings, errors become one line and exit code 1."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from visavis.settings import Settings

T = TypeVar("T")


def with_settings(act: "Callable[[Settings], T]") -> T:
    """Do something by the settings, and say in one line what is wrong with them or with the data."""
    # Imported here, so that --help and --version answer at once.
    from visavis.data_folder import DataFolderUnusable  # noqa: PLC0415
    from visavis.errors import AppError  # noqa: PLC0415
    from visavis.logs import configure_logs  # noqa: PLC0415
    from visavis.settings import SettingsInvalid, load_settings  # noqa: PLC0415

    try:
        settings = load_settings()
        configure_logs(settings.log_level, settings.log_format)
        return act(settings)
    except (SettingsInvalid, DataFolderUnusable, AppError) as error:
        for line in str(error).splitlines():
            typer.echo(f"visavis: {line}", err=True)
        raise typer.Exit(1) from None
