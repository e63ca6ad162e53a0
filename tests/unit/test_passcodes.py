"""Passcodes: what is kept of them, and how often they may be guessed."""

import asyncio
import contextlib

import pytest

from tests.support.fake_clock import FakeClock
from visavis import passcodes
from visavis.errors import PasscodeInvalid, RateLimited
from visavis.passcodes import Passcodes, hash_passcode, is_passcode
from visavis.rooms import RoomId

GARDEN = RoomId("garden")
KEPT = hash_passcode("open sesame")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def checks(clock: FakeClock) -> Passcodes:
    return Passcodes(clock.now)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes in no time, for tests of how often."""
    monkeypatch.setattr(passcodes, "is_passcode", lambda passcode, kept: passcode == kept)


def test_a_passcode_is_known_by_a_hash_that_does_not_hold_it() -> None:
    assert is_passcode("open sesame", KEPT)
    assert not is_passcode("open sesamE", KEPT)
    assert "sesame" not in KEPT
    assert hash_passcode("open sesame") != KEPT
    assert is_passcode("Öffne 🎹\ud800", hash_passcode("Öffne 🎹\ud800"))


@pytest.mark.parametrize("passcode", ["", "123", "x" * 65])
def test_a_passcode_has_4_to_64_characters(passcode: str) -> None:
    with pytest.raises(PasscodeInvalid):
        hash_passcode(passcode)


async def test_a_passcode_is_checked_beside_the_event_loop(checks: Passcodes) -> None:
    kept = await checks.hash("open sesame")
    assert await checks.check(GARDEN, "192.0.2.1", "open sesame", kept)
    for wrong in ("", "open", "x" * 1_000_000):
        assert not await checks.check(GARDEN, "192.0.2.1", wrong, kept)


@pytest.mark.usefixtures("fast")
async def test_a_guesser_is_stopped_and_the_right_one_from_there_too_until_it_is_over(
    checks: Passcodes, clock: FakeClock
) -> None:
    for _ in range(passcodes.WRONG_PER_ADDRESS):
        assert not await checks.check(GARDEN, "192.0.2.1", "wrong", "right")
    for guess in ("wrong", "right"):
        with pytest.raises(RateLimited):
            await checks.check(GARDEN, "192.0.2.1", guess, "right")
    assert await checks.check(GARDEN, "192.0.2.2", "right", "right")
    assert await checks.check(RoomId("cellar"), "192.0.2.1", "right", "right")
    clock.advance(passcodes.WINDOW)
    assert await checks.check(GARDEN, "192.0.2.1", "right", "right")


@pytest.mark.usefixtures("fast")
async def test_many_guesses_at_once_are_counted_before_they_are_answered(checks: Passcodes) -> None:
    guesses = (checks.check(GARDEN, "192.0.2.1", "wrong", "right") for _ in range(40))
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(outcome is False for outcome in outcomes) == passcodes.WRONG_PER_ADDRESS
    assert sum(isinstance(outcome, RateLimited) for outcome in outcomes) == 30


@pytest.mark.usefixtures("fast")
async def test_right_ones_do_not_count(checks: Passcodes) -> None:
    for _ in range(50):
        assert await checks.check(GARDEN, "192.0.2.1", "right", "right")


@pytest.mark.usefixtures("fast")
async def test_a_flood_from_everywhere_does_not_lock_the_right_ones_out(checks: Passcodes) -> None:
    for number in range(passcodes.WRONG_PER_ROOM):
        assert not await checks.check(GARDEN, f"192.0.2.{number}", "wrong", "right")
    with pytest.raises(RateLimited):
        await checks.check(GARDEN, "192.0.2.1", "wrong", "right")
    assert await checks.check(GARDEN, "198.51.100.1", "right", "right")
    # One guess for each who has not guessed yet.
    assert not await checks.check(GARDEN, "198.51.100.1", "wrong", "right")
    with pytest.raises(RateLimited):
        await checks.check(GARDEN, "198.51.100.1", "wrong", "right")
    assert await checks.check(RoomId("cellar"), "192.0.2.1", "right", "right")


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("form", ["2001:db8:1:{:x}::1", "203.0.113.{}"])
async def test_one_network_has_few_guesses_in_a_flood_however_many_addresses_it_has(
    checks: Passcodes, form: str
) -> None:
    answered = 0
    for number in range(250):
        with contextlib.suppress(RateLimited):
            assert not await checks.check(GARDEN, form.format(number), "wrong", "right")
            answered += 1
    assert answered == passcodes.WRONG_PER_ROOM
    # Elsewhere each address has its guess still, ten in a network.
    outcomes = await asyncio.gather(
        *(checks.check(GARDEN, f"2001:db8:2:{n:x}::1", "wrong", "right") for n in range(50)),
        return_exceptions=True,
    )
    assert outcomes.count(False) == passcodes.WRONG_PER_NETWORK
    assert await checks.check(GARDEN, "192.0.2.1", "right", "right")


async def test_passcodes_that_are_set_leave_the_hashing_to_those_who_say_one(checks: Passcodes) -> None:
    setting = [asyncio.create_task(checks.hash(f"passcode {n}")) for n in range(100)]
    await asyncio.sleep(0)
    assert await checks.check(GARDEN, "192.0.2.1", "open sesame", KEPT)
    outcomes = await asyncio.gather(*setting, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, RateLimited)]
    assert len(refused) == 100 - passcodes._MOST_SET
    await checks.hash("open sesame")
