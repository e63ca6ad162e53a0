"""Limits: how much passes, when again, and for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fake_clock import FakeClock
from visavis.rates import KeyedRateLimit, RateLimit, address_key


def test_a_burst_up_to_the_limit_passes() -> None:
    limit = RateLimit(3, 10.0, FakeClock().now)
    assert [limit.allow() for _ in range(5)] == [True, True, True, False, False]


def test_what_was_refused_does_not_count() -> None:
    clock = FakeClock()
    limit = RateLimit(1, 10.0, clock.now)
    assert limit.allow()
    clock.advance(9)
    assert not limit.allow()
    clock.advance(1)
    assert limit.allow()


@given(st.lists(st.floats(min_value=0, max_value=20), max_size=60))
def test_no_window_ever_holds_more_than_the_limit(pauses: list[float]) -> None:
    clock = FakeClock(time=0)
    limit = RateLimit(3, 10.0, clock.now)
    passed: list[float] = []
    for pause in pauses:
        clock.advance(pause)
        if limit.allow():
            passed.append(clock.time)
        else:
            assert sum(clock.time - 10 < time for time in passed) == 3
    assert all(passed[i + 3] - 10 >= passed[i] for i in range(len(passed) - 3))


def test_each_key_has_a_limit_of_its_own() -> None:
    limits = KeyedRateLimit(1, 10.0, FakeClock().now)
    assert [limits.allow(key) for key in ("a", "b", "a", "b")] == [True, True, False, False]


def test_the_key_not_seen_for_longest_is_forgotten() -> None:
    limits = KeyedRateLimit(1, 10.0, FakeClock().now, max_keys=2)
    for key in ("a", "b", "a", "c"):  # c takes the place of b
        limits.allow(key)
    assert not limits.allow("a")
    assert limits.allow("b")


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_an_address_stands_for_a_household(address: str, key: str) -> None:
    assert address_key(address) == key
