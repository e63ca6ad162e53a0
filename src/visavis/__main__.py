"""The command line. No logic: options become settings, errors become one line and exit code 1."""

from pathlib import Path
from typing import Annotated

import typer

import visavis
from visavis.commands import with_settings
from visavis.commands.keys import key_commands, token
from visavis.commands.rooms import room_commands
from visavis.commands.users import user_commands

cli = typer.Typer(
    help="Video calls from a server that you own.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"visavis {visavis.__version__}")
        raise typer.Exit


@cli.callback()
def _visavis(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    pass


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port to listen on; 0 for any.")] = None,
    lan: Annotated[bool, typer.Option("--lan", help="Serve https in the local network, for phones.")] = False,
    domain: Annotated[
        str | None, typer.Option(help="Serve https on the Internet under this name; needs ports 80 and 443.")
    ] = None,
    http_port: Annotated[int | None, typer.Option(help="TCP port for plain http beside https.")] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
) -> None:
    """Start the server. Every setting is a variable VISAVIS_... or a line in visavis.toml."""
    from visavis.certificates.files import CertificateUnusable
    from visavis.data_folder import DataFolderUnusable
    from visavis.errors import AppError
    from visavis.logs import configure_logs
    from visavis.serve import CannotListen
    from visavis.serve import serve as run
    from visavis.settings import SettingsInvalid, load_settings
    from visavis.turn import TurnUnusable

    options = {"host": host, "port": port, "lan": lan or None, "domain": domain, "http_port": http_port}
    unusable = (CertificateUnusable, DataFolderUnusable, TurnUnusable)
    try:
        settings = load_settings(options | {"data": data})
        configure_logs(settings.log_level, settings.log_format)
        run(settings, typer.echo)
    except (SettingsInvalid, CannotListen, AppError, *unusable) as error:
        for line in str(error).splitlines():
            typer.echo(f"visavis: {line}", err=True)
        raise typer.Exit(1) from None


@cli.command()
def doctor(
    url: Annotated[
        str | None, typer.Option(help="The public address, such as https://calls.example.org.")
    ] = None,
    lan: Annotated[bool | None, typer.Option("--lan", help="As for serve.")] = None,
    domain: Annotated[str | None, typer.Option(help="As for serve.")] = None,
    port: Annotated[int | None, typer.Option(help="As for serve.")] = None,
    data: Annotated[Path | None, typer.Option(help="As for serve.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what is wrong with this host, why, and what to do. Changes nothing; a server may be running."""
    import asyncio

    from visavis.doctor import Finding, NoSuchAddress, Verdict, examine, for_people, for_programs, worst
    from visavis.settings import SettingsInvalid, load_settings

    try:
        settings = load_settings({"lan": lan, "domain": domain, "port": port, "data": data})
        findings = [Finding.ok("settings", "They can be used."), *asyncio.run(examine(settings, url))]
    except SettingsInvalid as error:
        findings = [Finding.problem("settings", problem, "Correct it there.") for problem in error.problems]
    except NoSuchAddress as error:
        raise typer.BadParameter(str(error), param_hint="--url") from None
    typer.echo(for_programs(findings, url) if as_json else for_people(findings))
    raise typer.Exit(int(worst(findings) is Verdict.PROBLEM))


@cli.command()
def migrate() -> None:
    """Bring the database to the form that this version needs, as every start does."""
    from visavis.upkeep import migrate as run

    with_settings(run)
    typer.echo("The database is up to date.")


@cli.command()
def calls(
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One object for each call.")] = False,
) -> None:
    """List the calls that began last: when, in which room, who was in them, how they ended."""
    from visavis.upkeep import recent_calls

    for line in with_settings(lambda settings: recent_calls(settings, limit, as_json=as_json)):
        typer.echo(line)


cli.add_typer(key_commands, name="key")
cli.command()(token)
cli.add_typer(room_commands, name="room")
cli.add_typer(user_commands, name="user")


def main() -> None:
    cli()


if __name__ == "__main__":
    main()
