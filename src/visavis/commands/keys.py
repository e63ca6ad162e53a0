"""``visavis key ...`` and ``visavis token``: how other systems are let in."""

import json
from typing import Annotated, Literal

import typer

from visavis.commands import with_settings

key_commands = typer.Typer(
    help="API keys, with which other programs make rooms and sign room tokens.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@key_commands.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What it is for, for you to tell keys apart.")],
    rooms: Annotated[bool, typer.Option("--rooms", help="Its tokens make their rooms.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a key. Its secret is shown once."""
    from visavis.issuing import add_key

    for line in with_settings(lambda settings: add_key(settings, name, makes_rooms=rooms, as_json=as_json)):
        typer.echo(line)


@key_commands.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="One object for each key.")] = False,
) -> None:
    """List the keys, revoked ones too."""
    from visavis.issuing import list_keys

    for line in with_settings(lambda settings: list_keys(settings, as_json=as_json)):
        typer.echo(line)


@key_commands.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Let in nobody any more by a key: it and all tokens that it signed are good no more, at once."""
    from visavis.issuing import revoke_key

    with_settings(lambda settings: revoke_key(settings, key_id))
    typer.echo(f"{key_id} is revoked.")


def token(
    room: Annotated[str, typer.Argument(help="The room's id. It is made where there is none.")],
    name: Annotated[str | None, typer.Option(help="Under which the bearer is in the room.")] = None,
    role: Annotated[
        Literal["host", "moderator", "participant"], typer.Option(help="What the bearer may do there.")
    ] = "participant",
    expires: Annotated[str, typer.Option(help="For how long one can enter with it: 30m, 2h, 1d.")] = "1h",
    url: Annotated[
        str | None, typer.Option(help="The public address, such as https://calls.example.org.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a link that lets its bearer into one room."""
    from visavis.doctor import NoSuchAddress
    from visavis.issuing import LifetimeInvalid, sign_token
    from visavis.rooms import Role

    try:
        signed = with_settings(lambda settings: sign_token(settings, room, Role(role), name, expires, url))
    except LifetimeInvalid as error:
        raise typer.BadParameter(str(error), param_hint="--expires") from None
    except NoSuchAddress as error:
        raise typer.BadParameter(str(error), param_hint="--url") from None
    typer.echo(json.dumps(signed, ensure_ascii=False) if as_json else signed["link"])
