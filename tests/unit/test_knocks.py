"""Those who knock: how many, how often, for how long, and what is answered."""

from dataclasses import replace

import pytest

from tests.support.fake_clock import FakeClock
from visavis import crowd, knocks
from visavis.crowd import Visitor
from visavis.errors import KnockDecided, KnockDenied, KnockNotFound, LobbyFull, RateLimited
from visavis.knocks import Knock, Knocks, State
from visavis.lobby import ConnectionId
from visavis.rooms import RoomId

GARDEN, CELLAR = RoomId("garden"), RoomId("cellar")
A, B = ConnectionId("a"), ConnectionId("b")
MARA = Visitor("Mara", None, frozenset({"browser:1"}), "192.0.2.1")


class Door:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ended: list[Knock] = []
        self.knocks = Knocks(self.clock, self.ended.append)

    def ids(self, room_id: RoomId = GARDEN) -> list[str]:
        return [knock.id for knock in self.knocks.waiting(room_id)]


@pytest.fixture
def door() -> Door:
    return Door()


def someone(number: int, address: str | None = None) -> Visitor:
    return Visitor("", None, frozenset({f"browser:{number}"}), address or f"192.0.2.{number}")


def test_the_secret_is_not_the_id_and_both_are_good_in_one_room(door: Door) -> None:
    knock = door.knocks.knock(GARDEN, MARA, A)
    assert knock.secret != knock.id
    assert door.knocks.find(GARDEN, knock.secret) is knock
    for wrong in (knock.id, "", None):
        assert door.knocks.find(GARDEN, wrong) is None
    assert door.knocks.find(CELLAR, knock.secret) is None
    with pytest.raises(KnockNotFound):
        door.knocks.answer(CELLAR, knock.id, State.ADMITTED)
    assert door.ids() == [knock.id]
    assert door.ids(CELLAR) == []
    assert knock.secret not in repr(knock)


def test_a_knock_outlives_a_short_loss_of_the_connection(door: Door) -> None:
    knock = door.knocks.knock(GARDEN, MARA, A)
    door.knocks.lose(A)
    door.knocks.lose(A)
    door.clock.advance(knocks.GRACE - 1)
    assert door.ids() == [knock.id]
    door.knocks.take_up(knock, B)
    door.clock.advance(10 * knocks.GRACE)
    assert door.ids() == [knock.id]
    assert knock.connection == B
    door.knocks.lose(A)  # the old one, late
    assert knock.connection == B
    door.knocks.lose(B)
    door.clock.advance(knocks.GRACE)
    assert door.ids() == []
    assert door.ended == [knock]


def test_one_who_goes_is_gone_and_so_is_one_who_knocks_elsewhere(door: Door) -> None:
    first = door.knocks.knock(GARDEN, MARA, A)
    second = door.knocks.knock(CELLAR, MARA, A)
    assert door.ids() == []
    assert door.ids(CELLAR) == [second.id]
    door.knocks.leave(A)
    door.knocks.leave(A)
    assert door.ended == [first, second]
    assert door.knocks.find(CELLAR, second.secret) is None


def test_the_first_answer_counts(door: Door) -> None:
    for first, second in [(State.ADMITTED, State.DENIED), (State.DENIED, State.ADMITTED)]:
        knock = door.knocks.knock(GARDEN, someone(int(first.value)), A)
        assert door.knocks.answer(GARDEN, knock.id, first) is knock
        assert door.knocks.answer(GARDEN, knock.id, first) is None
        with pytest.raises(KnockDecided):
            door.knocks.answer(GARDEN, knock.id, second)
        assert door.ids() == []
    assert door.ended == []


def test_one_who_was_let_in_has_a_while_to_enter_even_on_another_connection(door: Door) -> None:
    knock = door.knocks.knock(GARDEN, MARA, A)
    door.knocks.answer(GARDEN, knock.id, State.ADMITTED)
    door.knocks.lose(A)
    door.clock.advance(knocks.PASS - 1)
    assert door.knocks.find(GARDEN, knock.secret) is knock
    door.knocks.take_up(knock, B)
    door.clock.advance(1)
    assert door.knocks.find(GARDEN, knock.secret) is None


def test_a_way_in_is_good_once(door: Door) -> None:
    knock = door.knocks.knock(GARDEN, MARA, A)
    door.knocks.answer(GARDEN, knock.id, State.ADMITTED)
    door.knocks.spend(knock)
    door.knocks.spend(knock)
    assert door.knocks.find(GARDEN, knock.secret) is None
    assert door.ended == []


def test_one_who_was_denied_does_not_knock_again_at_once_under_any_name(door: Door) -> None:
    knock = door.knocks.knock(GARDEN, MARA, A)
    door.knocks.answer(GARDEN, knock.id, State.DENIED)
    again = replace(MARA, name="Joel", marks=MARA.marks | {"account:1"})
    with pytest.raises(KnockDenied):
        door.knocks.knock(GARDEN, again, B)
    door.knocks.knock(GARDEN, someone(2), B)
    door.knocks.knock(CELLAR, MARA, A)
    door.clock.advance(knocks.DENIAL)
    door.knocks.knock(GARDEN, again, A)


def test_one_without_any_mark_is_known_by_the_address(door: Door) -> None:
    nobody = replace(MARA, marks=frozenset())
    door.knocks.answer(GARDEN, door.knocks.knock(GARDEN, nobody, A).id, State.DENIED)
    with pytest.raises(KnockDenied):
        door.knocks.knock(GARDEN, nobody, B)
    door.knocks.knock(GARDEN, replace(nobody, address="192.0.2.9"), B)


def test_a_flood_from_one_address_leaves_place_for_others(door: Door) -> None:
    for number in range(crowd.OF_ADDRESS):
        door.knocks.knock(GARDEN, someone(number, "192.0.2.1"), ConnectionId(f"flood-{number}"))
    with pytest.raises(LobbyFull):
        door.knocks.knock(GARDEN, someone(99, "192.0.2.1"), A)
    door.knocks.knock(GARDEN, someone(2), A)
    door.knocks.knock(CELLAR, someone(99, "192.0.2.1"), B)


def test_a_network_of_addresses_counts_as_one(door: Door) -> None:
    for number in range(crowd.OF_ADDRESS):
        door.knocks.knock(GARDEN, someone(number, f"2001:db8::{number:x}"), ConnectionId(f"flood-{number}"))
    with pytest.raises(LobbyFull):
        door.knocks.knock(GARDEN, someone(99, "2001:db8::ffff"), A)


def test_a_lobby_is_bounded(door: Door) -> None:
    for number in range(crowd.PLACES):
        door.knocks.knock(GARDEN, someone(number), ConnectionId(f"flood-{number}"))
    with pytest.raises(LobbyFull):
        door.knocks.knock(GARDEN, someone(200), A)
    assert len(door.ids()) == crowd.PLACES


def test_knocking_and_going_over_and_over_is_throttled(door: Door) -> None:
    for number in range(knocks.PER_MINUTE):
        door.knocks.knock(GARDEN, someone(number, "192.0.2.1"), A)
    with pytest.raises(RateLimited):
        door.knocks.knock(GARDEN, someone(99, "192.0.2.1"), A)
    door.knocks.knock(GARDEN, someone(2), B)
    door.clock.advance(60)
    door.knocks.knock(GARDEN, someone(99, "192.0.2.1"), A)


def test_nothing_is_kept_of_those_who_are_gone(door: Door) -> None:
    for number, state in enumerate([None, State.ADMITTED, State.DENIED]):
        knock = door.knocks.knock(GARDEN, someone(number), ConnectionId(str(number)))
        if state is not None:
            door.knocks.answer(GARDEN, knock.id, state)
        door.knocks.lose(ConnectionId(str(number)))
    door.clock.advance(knocks.PASS)
    assert not door.knocks._rooms
    assert not door.knocks._secrets
    assert not door.knocks._connections
    assert not [timer for timer in door.clock.timers if timer.live]
