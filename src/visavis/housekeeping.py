"""What the command line does with accounts. A server may run beside it.

Each returns the lines that are to be printed.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from visavis.accounts.mail import Background
from visavis.accounts.membership import Membership, Newcomer, path_of
from visavis.accounts.passwords import Passwords
from visavis.accounts.reception import post_of
from visavis.identity import Account
from visavis.settings import Settings
from visavis.upkeep import opened, url_of

T = TypeVar("T")


def add_account(settings: Settings, newcomer: Newcomer, *, admin: bool, as_json: bool) -> list[str]:
    """Make an account; without a password, with a link to choose one.

    Raises:
        InputError, AccountExists, DataFolderUnusable, StorageUnavailable
    """

    async def act(membership: Membership) -> list[str]:
        account = await membership.add(newcomer, admin=admin)
        link = None
        if newcomer.password is None:
            link = url_of(settings, path_of(await membership.reset_link(account)))
        if as_json:
            return [_dumps(_for_programs(account) | {"link": link})]
        made = [f"{account.login} has an account."]
        return made if link is None else [*made, "A password is chosen within a day, by this link:", link]

    return _with_membership(settings, act)


def list_accounts(settings: Settings, *, as_json: bool) -> list[str]:
    """A line for each, the oldest first.

    Raises:
        DataFolderUnusable, StorageUnavailable
    """
    accounts = _with_membership(settings, lambda membership: membership.all())
    return [_dumps(_for_programs(one)) if as_json else _for_people(one) for one in accounts]


def invite(settings: Settings, email: str | None, *, admin: bool, as_json: bool) -> list[str]:
    """A link to make an account.

    Raises:
        EmailInvalid, DataFolderUnusable, StorageUnavailable
    """
    secret = _with_membership(settings, lambda membership: membership.invite(admin=admin, email=email))
    return _link(settings, secret, as_json=as_json)


def password_link(settings: Settings, login: str, *, as_json: bool) -> list[str]:
    """A link to choose another password.

    Raises:
        AccountNotFound, DataFolderUnusable, StorageUnavailable
    """

    async def act(membership: Membership) -> str:
        return await membership.reset_link(await membership.find(login))

    return _link(settings, _with_membership(settings, act), as_json=as_json)


def set_disabled(settings: Settings, login: str, *, disabled: bool, as_json: bool) -> list[str]:
    """
    Raises:
        AccountNotFound, DataFolderUnusable, StorageUnavailable
    """

    async def act(membership: Membership) -> Account:
        await membership.set_disabled(await membership.find(login), disabled=disabled)
        return await membership.find(login)

    account = _with_membership(settings, act)
    if as_json:
        return [_dumps(_for_programs(account))]
    return [f"{account.login} is {'disabled, and signed out everywhere' if disabled else 'enabled'}."]


def delete_account(settings: Settings, login: str, *, as_json: bool) -> list[str]:
    """
    Raises:
        AccountNotFound, DataFolderUnusable, StorageUnavailable
    """

    async def act(membership: Membership) -> Account:
        account = await membership.find(login)
        await membership.delete(account)
        return account

    account = _with_membership(settings, act)
    return [_dumps({"deleted": account.id}) if as_json else f"{account.login} is deleted."]


def _with_membership(settings: Settings, act: Callable[[Membership], Awaitable[T]]) -> T:
    async def run() -> T:
        passwords, background = Passwords(), Background()
        try:
            async with opened(settings) as storage:
                result = await act(Membership(storage, passwords, post_of(settings, background)))
                await background.finish()
                return result
        finally:
            passwords.close()

    return asyncio.run(run())


def _link(settings: Settings, secret: str, *, as_json: bool) -> list[str]:
    link = url_of(settings, path_of(secret))
    return [_dumps({"link": link}) if as_json else link]


def _for_programs(account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "user_name": account.user_name,
        "email": account.email,
        "name": account.name,
        "created_at": account.created_at,
        "has_password": account.password_hash is not None,
        "admin": account.admin,
        "disabled": account.disabled,
    }


def _for_people(account: Account) -> str:
    made = time.strftime("%Y-%m-%d", time.localtime(account.created_at))
    marks = [
        word for word, holds in (("administrator", account.admin), ("disabled", account.disabled)) if holds
    ]
    logins = ", ".join(login for login in (account.user_name, account.email) if login)
    return f"{made}  {logins}  {account.name}" + (f"  ({', '.join(marks)})" if marks else "")


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
