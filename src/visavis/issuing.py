"""What the command line does with API keys and room tokens. A server may run beside it."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, TypeVar

from visavis.data_folder import DataFolder
from visavis.doctor.examine import public_site
from visavis.doctor.site import Site
from visavis.identity import ApiKey
from visavis.rooms import Role, clean_name, parse_room_id
from visavis.settings import Settings
from visavis.tokens import ApiKeys, OperatorTokens, TokenRules
from visavis.upkeep import opened

T = TypeVar("T")

_LIFETIME = re.compile(r"([0-9]{1,9})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class LifetimeInvalid(Exception):
    """It says no time, or more than the settings allow. The message is one line."""


def add_key(settings: Settings, name: str, *, makes_rooms: bool, as_json: bool) -> list[str]:
    """Make a key: what there is to tell of it, its secret included, which is not told again.

    Raises:
        NameTooLong, DataFolderUnusable, StorageUnavailable
    """
    new = _with_keys(settings, lambda keys: keys.make(name, makes_rooms=makes_rooms))
    if as_json:
        return [_dumps(_for_programs(new.key) | {"secret": new.secret})]
    return [f"id      {new.key.id}", f"secret  {new.secret}", "The secret is not shown again."]


def list_keys(settings: Settings, *, as_json: bool) -> list[str]:
    """A line for each key, revoked ones too, the oldest first.

    Raises:
        DataFolderUnusable, StorageUnavailable
    """
    keys = _with_keys(settings, lambda keys: keys.all())
    return [_dumps(_for_programs(key)) if as_json else _for_people(key) for key in keys]


def revoke_key(settings: Settings, key_id: str) -> None:
    """
    Raises:
        ApiKeyNotFound, DataFolderUnusable, StorageUnavailable
    """
    _with_keys(settings, lambda keys: keys.revoke(key_id))


def sign_token(
    settings: Settings, room: str, role: Role, name: str | None, lifetime: str, url: str | None
) -> dict[str, Any]:
    """A room token of the operator, and the link with it.

    Args:
        lifetime: such as ``90m``.
        url: the server's public address; None for the one that the settings give.

    Returns:
        ``room``, ``role``, ``name``, ``expires_at`` in seconds since the epoch, ``token``, ``link``.

    Raises:
        RoomIdInvalid, NameTooLong, LifetimeInvalid, NoSuchAddress, DataFolderUnusable
    """
    room_id, called = parse_room_id(room), None if name is None else clean_name(name)
    seconds, now = _seconds(lifetime, settings.token_lifetime), int(time.time())
    address = url or settings.base_url
    site = public_site(settings) if address is None else Site.at(address)
    rules = TokenRules(settings.token_audience, settings.token_lifetime)
    tokens = OperatorTokens(DataFolder(settings.data).secret(), rules, lambda: now)
    token = tokens.sign(room_id, role, called, seconds)
    return {
        "room": room_id,
        "role": role.value,
        "name": called,
        "expires_at": now + seconds,
        "token": token,
        "link": f"{site.origin}/r/{room_id}#token={token}",
    }


def _with_keys(settings: Settings, act: Callable[[ApiKeys], Awaitable[T]]) -> T:
    async def run() -> T:
        folder = DataFolder(settings.data)
        async with opened(settings) as storage:
            return await act(ApiKeys(storage, folder.secret(), time.time))

    return asyncio.run(run())


def _seconds(lifetime: str, longest: float) -> int:
    found = _LIFETIME.fullmatch(lifetime)
    if found is None:
        raise LifetimeInvalid(f"{lifetime!r} is no time such as 30m, 2h or 1d.")
    seconds = int(found[1]) * _SECONDS[found[2]]
    if not 0 < seconds <= longest:
        raise LifetimeInvalid(f"A room token lasts 1 to {longest:.0f} seconds, and not {lifetime}.")
    return seconds


def _for_programs(key: ApiKey) -> dict[str, Any]:
    return {name: value for name, value in asdict(key).items() if name != "sealed_secret"}


def _for_people(key: ApiKey) -> str:
    made = f"made {_day(key.created_at)}"
    rooms = ", makes rooms" if key.makes_rooms else ""
    revoked = "" if key.revoked_at is None else f", revoked {_day(key.revoked_at)}"
    return f"{key.id}  {key.name or 'without a name'}: {made}{rooms}{revoked}"


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(at))


def _dumps(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
