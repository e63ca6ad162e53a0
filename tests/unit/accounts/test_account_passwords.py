"""Which passwords are taken, and what hashing them costs."""

import asyncio
import threading
import time
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from visavis.accounts.passwords import AT_ONCE, Passwords, check_password
from visavis.errors import Busy, PasswordTooCommon, PasswordTooLong, PasswordTooShort

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "a long walk by the river"


@pytest.mark.parametrize("password", [PASSWORD, "žluťoučký kůň", "🎹🎹pianopiano", "  at both ends  "])
def test_a_long_enough_password_is_taken(password: str) -> None:
    check_password(password, "mara", "mara@example.org", "Mara")


def test_too_short_or_too_long_is_refused() -> None:
    for password in ("", "123456789", "e\u0301" * 9):
        with pytest.raises(PasswordTooShort):
            check_password(password)
    with pytest.raises(PasswordTooLong):
        check_password("long " * 52)


@pytest.mark.parametrize(
    "password",
    ["1234567890", "QWERTYuiop", "passwort123", "aaaaaaaaaaaa", "abababababab"],
)
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooCommon):
        check_password(password)


@pytest.mark.parametrize("password", ["mara-lindqvist", "Mara-Lindqvist", "mara.lind.longer@example.org"])
def test_ones_own_name_is_no_password(password: str) -> None:
    with pytest.raises(PasswordTooCommon):
        check_password(password, "mara-lindqvist", "mara.lind.longer@example.org", None)
    with pytest.raises(PasswordTooCommon):
        check_password("mara.lind.longer", None, "mara.lind.longer@example.org", "Mara")


async def test_a_password_is_the_same_however_it_is_composed() -> None:
    passwords = Passwords(CHEAP)
    encoded = await passwords.hash("u\u0308bungsstu\u0308ck")
    assert (await passwords.check(encoded, "\u00fcbungsst\u00fcck")).is_right
    assert not (await passwords.check(encoded, "ubungsstuck")).is_right
    passwords.close()


async def test_a_hash_of_weaker_settings_is_made_anew_when_the_password_is_right() -> None:
    encoded = await Passwords(CHEAP).hash(PASSWORD)
    passwords = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    verdict = await passwords.check(encoded, PASSWORD)
    assert verdict.better is not None
    assert extract_parameters(verdict.better).time_cost == 2
    assert await passwords.check(verdict.better, PASSWORD) == type(verdict)(is_right=True)
    assert await passwords.check(encoded, "another") == type(verdict)(is_right=False)
    passwords.close()


@pytest.mark.parametrize("encoded", ["", "plain", "$argon2id$v=19$m=8,t=1,p=1$broken"])
async def test_a_hash_that_is_none_fits_no_password(encoded: str) -> None:
    assert not (await Passwords(CHEAP).check(encoded, PASSWORD)).is_right


class Counting(PasswordHasher):
    """Counts what it is asked, and how much of it at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified: list[str] = []
        self.under_way = self.most = 0
        self.gate = threading.Event()
        self.gate.set()
        self.lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's own name
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.gate.wait(10)
        self.verified.append(str(hash))
        try:
            return super().verify(hash, password)
        finally:
            with self.lock:
                self.under_way -= 1


async def test_the_work_is_the_same_where_there_is_no_account() -> None:
    hasher = Counting()
    passwords = Passwords(hasher)
    encoded = await passwords.hash(PASSWORD)
    await passwords.check(encoded, "wrong")
    await passwords.check(None, "wrong")
    known, unknown = (extract_parameters(verified) for verified in hasher.verified)
    assert known == unknown
    assert not (await passwords.check(None, "nobody's")).is_right
    passwords.close()


async def test_few_are_hashed_at_once_and_who_comes_when_too_many_wait_is_told() -> None:
    hasher = Counting()
    hasher.gate.clear()
    passwords = Passwords(hasher, waiting=3)
    encoded = await passwords.hash(PASSWORD)
    checks = [asyncio.ensure_future(passwords.check(encoded, PASSWORD)) for _ in range(AT_ONCE + 3)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await passwords.check(encoded, PASSWORD)
    hasher.gate.set()
    assert all(verdict.is_right for verdict in await asyncio.gather(*checks))
    assert hasher.most <= AT_ONCE
    assert (await passwords.check(encoded, PASSWORD)).is_right
    passwords.close()


async def test_the_hash_that_is_kept_costs_what_is_recommended() -> None:
    """RFC 9106, section 4: argon2id, 64 MiB, 3 passes, 4 lanes."""
    passwords = Passwords()
    began = time.process_time()
    found = extract_parameters(await passwords.hash(PASSWORD))
    assert time.process_time() - began > 0.02
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 65536, 3, 4)
    assert (found.salt_len, found.hash_len) == (16, 32)
    passwords.close()
