"""Guessing is slow, and nobody is locked out."""

import pytest

from tests.support.fake_clock import FakeClock
from visavis.accounts.throttle import (
    ATTACK,
    OF_ACCOUNT_AND_ADDRESS,
    OF_ACCOUNT_AND_ADDRESS_UNDER_ATTACK,
    OF_ADDRESS,
    OF_DEVICE,
    WINDOW,
    Devices,
    SignInThrottle,
)
from visavis.errors import TooManyAttempts
from visavis.rooms import AccountId

HOME, ATTACKER = "192.0.2.1", "203.0.113.9"


def tries(throttle: SignInThrottle, login: str, address: str, device: str | None = None) -> int:
    """How many pass until one is refused, of a thousand at most."""
    for number in range(1000):
        try:
            throttle.attempt(login, address, device)
        except TooManyAttempts:
            return number
    return 1000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def throttle(clock: FakeClock) -> SignInThrottle:
    return SignInThrottle(clock.now)


def test_a_few_tries_for_an_account_from_an_address(throttle: SignInThrottle, clock: FakeClock) -> None:
    assert tries(throttle, "mara", ATTACKER) == OF_ACCOUNT_AND_ADDRESS
    assert tries(throttle, "mara", HOME) == OF_ACCOUNT_AND_ADDRESS
    clock.advance(WINDOW)
    assert tries(throttle, "mara", ATTACKER) == OF_ACCOUNT_AND_ADDRESS


def test_an_address_is_a_whole_network_of_ipv6(throttle: SignInThrottle) -> None:
    passed = sum(min(tries(throttle, "mara", f"2001:db8::{n:x}"), 1) for n in range(100))
    assert passed == 1


def test_one_address_cannot_go_through_all_accounts(throttle: SignInThrottle) -> None:
    passed = 0
    for number in range(1000):
        try:
            throttle.attempt(f"pupil-{number}", ATTACKER, None)
            passed += 1
        except TooManyAttempts:
            pass
    assert passed == OF_ADDRESS


def test_a_flood_from_everywhere_leaves_the_owner_a_way_in(throttle: SignInThrottle) -> None:
    for number in range(ATTACK + 500):
        throttle.attempt("mara", f"203.0.{number // 250}.{number % 250}", None)
    # From home, and from the browser that has been signed in before, behind the attacker's own address.
    assert tries(throttle, "mara", HOME) == OF_ACCOUNT_AND_ADDRESS_UNDER_ATTACK
    assert tries(throttle, "mara", "203.0.0.1", "her browser") == OF_DEVICE


def test_who_signs_in_has_every_try_again(throttle: SignInThrottle) -> None:
    for _ in range(50):
        for _ in range(OF_ACCOUNT_AND_ADDRESS - 1):
            throttle.attempt("mara", HOME, "browser")
        throttle.succeeded("mara", HOME, "browser")
    throttle.attempt("mara", HOME, None)
    throttle.succeeded("mara", HOME, None)
    assert tries(throttle, "mara", HOME) == OF_ACCOUNT_AND_ADDRESS


def test_a_school_signs_in_from_one_address(throttle: SignInThrottle) -> None:
    for number in range(5 * OF_ADDRESS):
        throttle.attempt(f"pupil-{number}", HOME, None)
        throttle.succeeded(f"pupil-{number}", HOME, None)


def test_signing_in_to_ones_own_account_does_not_help_to_guess_at_another(throttle: SignInThrottle) -> None:
    passed = 0
    for _ in range(100):
        throttle.attempt("mallory", ATTACKER, None)
        throttle.succeeded("mallory", ATTACKER, None)
        passed += min(tries(throttle, "mara", ATTACKER), OF_ACCOUNT_AND_ADDRESS)
    assert passed == OF_ACCOUNT_AND_ADDRESS


def test_a_browser_is_known_by_a_mark_that_nobody_else_can_make() -> None:
    devices = Devices(b"s" * 32)
    mara, joel = AccountId("mara"), AccountId("joel")
    mark = devices.mark(mara)
    known = devices.known(mark, mara)
    assert known is not None
    assert devices.known(devices.mark(mara), mara) != known
    for forged in (
        None,
        "",
        ".",
        mark[:-1],
        f"x{mark}",
        known,
        f"{known}.\udcff",
        Devices(b"t" * 32).mark(mara),
    ):
        assert devices.known(forged, mara) is None
    assert devices.known(mark, joel) is None
    assert devices.known(mark, None) is None
