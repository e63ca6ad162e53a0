"""``visavis room ...``: rooms."""

import datetime
from typing import Annotated, Any, Literal

import typer

from visavis.commands import ask_for_secret, say

room_commands = typer.Typer(
    help="Rooms. A server that runs takes over what is changed here within seconds.", no_args_is_help=True
)
ban_commands = typer.Typer(help="Who stays out of a room.", no_args_is_help=True)
room_commands.add_typer(ban_commands, name="ban")

RoomIdArgument = Annotated[str, typer.Argument(metavar="ID")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Name = Annotated[str | None, typer.Option(help="What people call it.")]
Capacity = Annotated[int | None, typer.Option(help="People who may be in it at once.")]
Passcode = Annotated[
    bool | None,
    typer.Option("--passcode/--no-passcode", help="Ask for a passcode, or read a line from a pipe."),
]
Lobby = Annotated[bool | None, typer.Option("--lobby/--no-lobby", help="One knocks, and is let in.")]
Locked = Annotated[bool | None, typer.Option("--locked/--not-locked", help="Nobody new enters.")]
Share = Annotated[Literal["everybody", "moderators"] | None, typer.Option(help="Who may show a screen.")]
Chat = Annotated[Literal["everybody", "moderators"] | None, typer.Option(help="Who may write to all.")]
Answer = Annotated[
    Literal["nobody", "participants"] | None,
    typer.Option("--answer-when-alone", help="Who lets people in while no host and no moderator is there."),
]
Opens = Annotated[
    str | None, typer.Option(metavar="TIME", help="Such as 2026-12-24T18:00, in local time, or none.")
]
Expires = Annotated[str | None, typer.Option(metavar="TIME", help="As --opens.")]
Once = Annotated[bool | None, typer.Option("--once/--lasting", help="For one call, or for any number.")]
Owner = Annotated[str | None, typer.Option(help="The account of its host: a user name or an email address.")]
Moderator = Annotated[
    list[str] | None, typer.Option("--moderator", help="An account that moderates it. May be said often.")
]


@room_commands.command("add")
def add(  # noqa: PLR0913, PLR0917 - each is an option
    room_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="Without one, the server makes one up.")
    ] = None,
    name: Name = None,
    owner: Owner = None,
    moderator: Moderator = None,
    capacity: Capacity = None,
    passcode: Passcode = None,
    lobby: Lobby = None,
    locked: Locked = None,
    share: Share = None,
    chat: Chat = None,
    answer_when_alone: Answer = None,
    opens: Opens = None,
    expires: Expires = None,
    once: Once = None,
    take: Annotated[
        bool,
        typer.Option(
            "--take",
            help="Also the link of a room that was deleted, which is kept for its host.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a room. Without an owner, print the key that makes whoever has it the host."""
    from visavis.caretaking import Wishes, add_room

    changes = _changes(passcode, opens, expires, **_given(locals()))
    wishes = Wishes(changes, owner, moderator or ())
    say(lambda settings: add_room(settings, room_id, wishes, as_json=as_json, take=take))


@room_commands.command("change")
def change(  # noqa: PLR0913, PLR0917 - each is an option
    room_id: RoomIdArgument,
    name: Name = None,
    owner: Owner = None,
    moderator: Moderator = None,
    no_moderator: Annotated[
        list[str] | None, typer.Option(help="An account that moderates it no more. May be said often.")
    ] = None,
    capacity: Capacity = None,
    passcode: Passcode = None,
    lobby: Lobby = None,
    locked: Locked = None,
    share: Share = None,
    chat: Chat = None,
    answer_when_alone: Answer = None,
    opens: Opens = None,
    expires: Expires = None,
    once: Once = None,
    as_json: AsJson = False,
) -> None:
    """Change a room; in a call that goes on too."""
    from visavis.caretaking import Wishes, change_room

    changes = _changes(passcode, opens, expires, **_given(locals()))
    wishes = Wishes(changes, owner, moderator or (), no_moderator or ())
    say(lambda settings: change_room(settings, room_id, wishes, as_json=as_json))


@room_commands.command("list")
def list_(
    owner: Annotated[str | None, typer.Option(help="Only those that this account owns or moderates.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object for each room.")] = False,
) -> None:
    """List the rooms, the last that was made first."""
    from visavis.caretaking import list_rooms

    say(lambda settings: list_rooms(settings, owner, as_json=as_json))


@room_commands.command("show")
def show(room_id: RoomIdArgument, as_json: AsJson = False) -> None:
    """Say all that is set in a room."""
    from visavis.caretaking import show_room

    say(lambda settings: show_room(settings, room_id, as_json=as_json))


@room_commands.command("delete")
def delete(
    room_id: RoomIdArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a room. A call that goes on there ends."""
    from visavis.caretaking import delete_room

    if not yes:
        typer.confirm(f"Delete the room {room_id}?", abort=True)
    say(lambda settings: delete_room(settings, room_id, as_json=as_json))


@room_commands.command("acts")
def acts(
    room_id: RoomIdArgument,
    as_json: Annotated[bool, typer.Option("--json", help="One object for each act.")] = False,
) -> None:
    """List what was done in a room by those who look after it, the latest first."""
    from visavis.caretaking import list_acts

    say(lambda settings: list_acts(settings, room_id, as_json=as_json))


@ban_commands.command("list")
def list_bans(
    room_id: RoomIdArgument,
    as_json: Annotated[bool, typer.Option("--json", help="One object for each.")] = False,
) -> None:
    """List who was removed or banned, and until when."""
    from visavis.caretaking import list_exclusions

    say(lambda settings: list_exclusions(settings, room_id, as_json=as_json))


@ban_commands.command("add")
def add_ban(
    room_id: RoomIdArgument,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its user name or email address.")],
    as_json: AsJson = False,
) -> None:
    """Keep an account out of a room, and put it out of a call there."""
    from visavis.caretaking import ban_account

    say(lambda settings: ban_account(settings, room_id, account, as_json=as_json))


@ban_commands.command("lift")
def lift_ban(
    room_id: RoomIdArgument,
    ban: Annotated[str, typer.Argument(metavar="BAN", help="As visavis room ban list says it.")],
    as_json: AsJson = False,
) -> None:
    """Let somebody come in again."""
    from visavis.caretaking import NoSuchExclusion, lift_exclusion

    try:
        say(lambda settings: lift_exclusion(settings, room_id, ban, as_json=as_json))
    except NoSuchExclusion as error:
        raise typer.BadParameter(str(error), param_hint="BAN") from None


_AS_GIVEN = ("name", "capacity", "lobby", "locked", "share", "chat", "answer_when_alone", "once")


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in _AS_GIVEN if options[name] is not None}


def _changes(passcode: bool | None, opens: str | None, expires: str | None, **given: Any) -> Any:
    """What of the settings is to be another, as :class:`~visavis.moderation.Changes`."""
    import msgspec

    from visavis.moderation import Changes

    if passcode is not None:
        given["passcode"] = ask_for_secret("Passcode") if passcode else None
    for option, field, said in (("--opens", "opens_at", opens), ("--expires", "expires_at", expires)):
        if said is not None:
            given[field] = _time(option, said)
    return msgspec.convert(given, Changes)


def _time(option: str, said: str) -> float | None:
    if said == "none":
        return None
    try:
        return datetime.datetime.fromisoformat(said).timestamp()
    except ValueError:
        raise typer.BadParameter(
            f"{said!r} is no time such as 2026-12-24T18:00.", param_hint=option
        ) from None
