"""A door before which more wait than there are places: who has one, and who gives way."""

import pytest

from tests.support.fake_clock import FakeClock
from visavis import crowd, knocks
from visavis.crowd import Visitor
from visavis.errors import KnockNotFound, LobbyFull, RateLimited
from visavis.knocks import Knock, Knocks, State
from visavis.lobby import ConnectionId
from visavis.rooms import RoomId

GARDEN, CELLAR = RoomId("garden"), RoomId("cellar")
EVERYWHERE = [f"{first}.{second}.0.1" for first in range(11, 21) for second in range(10)]
"""As many addresses as there are places, each of a network of its own."""


class Door:
    """``gone``: whose knock ended without an answer, by name."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.gone: list[tuple[str, State]] = []
        self.knocks = Knocks(self.clock, lambda knock: self.gone.append((knock.visitor.name, knock.state)))
        self.came = 0

    def knock(self, name: str, address: str, *, browser: str = "", account: str | None = None) -> Knock:
        self.came += 1
        marks = frozenset({f"account:{account}" if account else f"browser:{browser or self.came}"})
        visitor = Visitor(name, account, marks, address)
        return self.knocks.knock(GARDEN, visitor, ConnectionId(f"{name} {self.came}"))

    def names(self) -> list[str]:
        return [knock.visitor.name for knock in self.knocks.waiting(GARDEN)]

    def fill(self, addresses: list[str]) -> None:
        for number in range(crowd.PLACES - len(self.names())):
            self.knock("flood", addresses[number % len(addresses)])


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param([f"203.0.113.{n}" for n in range(100)], id="one /24"),
        pytest.param([f"2001:db8:1:{n:x}::1" for n in range(100)], id="one /48"),
        pytest.param([f"203.0.{n}.{m}" for n in range(10) for m in range(10)], id="ten /24"),
    ],
)
def test_a_flood_from_few_networks_keeps_nobody_out_who_comes_from_elsewhere(
    door: Door, addresses: list[str]
) -> None:
    door.knock("Mara", "192.0.2.1")
    door.fill(addresses)
    assert len(door.names()) == crowd.PLACES
    for name, address in [("Joel", "198.51.100.1"), ("Nina", "198.51.100.1"), ("Ada", "2001:db8:2::1")]:
        door.knock(name, address)
    names = door.names()
    assert len(names) == crowd.PLACES
    assert {"Mara", "Joel", "Nina", "Ada"} <= set(names)
    # Those who came last gave way, and are told so; from there nobody takes the place of somebody else.
    assert door.gone == [("flood", State.CROWDED_OUT)] * 3
    for address in addresses:
        with pytest.raises((LobbyFull, RateLimited)):
            door.knock("more", address)
    assert door.names() == names


def test_from_many_networks_each_has_a_place_and_no_more(door: Door) -> None:
    door.fill(EVERYWHERE)
    with pytest.raises(LobbyFull):
        door.knock("Mara", "192.0.2.1")
    assert door.gone == []


def test_a_class_behind_one_router_gives_way_to_others_until_the_shares_are_even(door: Door) -> None:
    for number in range(crowd.OF_ADDRESS):
        door.knock(f"pupil {number}", "192.0.2.1")
    for address in EVERYWHERE[:70]:
        door.knock("flood", address)
    for address in EVERYWHERE[70:99]:
        door.knock("flood", address)
    assert door.names()[0] == "pupil 0"
    assert door.names()[1:] == ["flood"] * 99
    with pytest.raises(LobbyFull):
        door.knock("flood", EVERYWHERE[99])


def test_whose_line_is_lost_gives_way_first(door: Door) -> None:
    door.fill(EVERYWHERE)
    lost = door.knocks.waiting(GARDEN)[40]
    assert lost.connection is not None
    door.knocks.lose(lost.connection)
    door.knock("Mara", "192.0.2.1")
    assert lost.state is State.CROWDED_OUT
    assert lost not in door.knocks.waiting(GARDEN)
    with pytest.raises(KnockNotFound):
        door.knocks.answer(GARDEN, lost.id, State.ADMITTED)
    assert door.knocks.find(GARDEN, lost.secret) is None
    with pytest.raises(LobbyFull):
        door.knock("Joel", "192.0.3.1")


def test_places_are_kept_for_those_who_are_known(door: Door) -> None:
    door.knocks.know(GARDEN, frozenset({"browser:Joel's"}))
    door.fill(EVERYWHERE)
    door.knock("Joel", "192.0.2.1", browser="Joel's")
    door.knock("Mara", "192.0.2.1", account="mara")
    assert door.names()[-2:] == ["Joel", "Mara"]
    # One place for each; and in this room.
    for claim in ({"browser": "Joel's"}, {"account": "mara"}, {"browser": "new"}):
        with pytest.raises(LobbyFull):
            door.knock("again", "192.0.3.1", **claim)
    for number in range(crowd.KEPT_BACK - 2):
        door.knock(f"pupil {number}", f"192.0.{number}.1", account=f"pupil {number}")
    assert len(door.names()) == crowd.PLACES + crowd.KEPT_BACK
    # Who is known comes before strangers, and gives way to none.
    with pytest.raises(LobbyFull):
        door.knock("one too many", "192.0.99.1", account="late")
    assert door.gone == []


def test_in_a_flood_an_address_knocks_less_often(door: Door) -> None:
    for number in range(knocks.PER_MINUTE_OF_ALL):
        knock = door.knock("flood", EVERYWHERE[number % 100])
        assert knock.connection is not None
        door.knocks.leave(knock.connection)
    for _ in range(knocks.PER_MINUTE_IN_FLOOD):
        knock = door.knock("Mara", "192.0.2.1")
        assert knock.connection is not None
        door.knocks.leave(knock.connection)
    with pytest.raises(RateLimited):
        door.knock("Mara", "192.0.2.1")
    door.knock("Joel", "192.0.2.1", account="joel")
    door.clock.advance(60)
    door.knock("Mara", "192.0.2.1")


def test_of_those_who_were_let_in_a_bounded_number_is_remembered(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knocks, "_MOST_KNOWN", 2)
    for browser in ("a", "b", "a", "c"):
        door.knocks.know(GARDEN, frozenset({f"browser:{browser}"}))
    door.fill(EVERYWHERE)
    for browser in ("a", "c"):
        door.knock("known", "192.0.2.1", browser=browser)
    with pytest.raises(LobbyFull):
        door.knock("forgotten", "192.0.2.1", browser="b")
