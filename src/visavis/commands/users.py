"""``visavis user ...``: accounts."""

from typing import Annotated

import typer

from visavis.commands import ask_for_secret, say

user_commands = typer.Typer(help="Accounts.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="NAME", help="A user name or an email address.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@user_commands.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="By which others know them.")] = "",
    email: Annotated[str | None, typer.Option(help="An address, beside a user name.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Looks after this server.")] = False,
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a password, or read a line from a pipe.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an account, and print a link with which its owner chooses a password."""
    from visavis.accounts.membership import Newcomer
    from visavis.housekeeping import add_account

    is_address = "@" in login
    newcomer = Newcomer(
        None if is_address else login,
        login if is_address else email,
        name,
        ask_for_secret("Password") if password else None,
    )
    say(lambda settings: add_account(settings, newcomer, admin=admin, as_json=as_json))


@user_commands.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="One object for each account.")] = False,
) -> None:
    """List the accounts, the oldest first."""
    from visavis.housekeeping import list_accounts

    say(lambda settings: list_accounts(settings, as_json=as_json))


@user_commands.command("invite")
def invite(
    email: Annotated[str | None, typer.Argument(help="Where the link is sent, if mail is set.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="For one who looks after this server.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a link with which somebody can make an account, within a week."""
    from visavis.housekeeping import invite as run

    say(lambda settings: run(settings, email, admin=admin, as_json=as_json))


@user_commands.command("password")
def password(login: Login, as_json: AsJson = False) -> None:
    """Print a link with which the owner of an account chooses another password, within a day."""
    from visavis.housekeeping import password_link

    say(lambda settings: password_link(settings, login, as_json=as_json))


@user_commands.command("disable")
def disable(login: Login, as_json: AsJson = False) -> None:
    """Let an account not act any more: it is signed out at once."""
    from visavis.housekeeping import set_disabled

    say(lambda settings: set_disabled(settings, login, disabled=True, as_json=as_json))


@user_commands.command("enable")
def enable(login: Login, as_json: AsJson = False) -> None:
    """Let an account that was disabled sign in again."""
    from visavis.housekeeping import set_disabled

    say(lambda settings: set_disabled(settings, login, disabled=False, as_json=as_json))


@user_commands.command("delete")
def delete(
    login: Login,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete an account. The history keeps the names that were given in calls."""
    from visavis.housekeeping import delete_account

    if not yes:
        typer.confirm(f"Delete the account {login}?", abort=True)
    say(lambda settings: delete_account(settings, login, as_json=as_json))
