"""The links of rooms that are no more, by a clock."""

import pytest

from tests.support.garden import GARDEN, HOST, Garden
from tests.support.house import House
from visavis.errors import RoomExists
from visavis.identity import GUEST, Grant, Identity
from visavis.registry import KEPT
from visavis.rooms import AccountId, Role

MARA = Identity(AccountId("mara"), "Mara")
JONAS = Identity(AccountId("jonas"), "Jonas", admin=True)


async def test_a_link_is_free_again_when_its_time_is_over() -> None:
    garden = await Garden.make(MARA)
    await garden.chair.delete_room("garden", MARA, None)
    garden.clock.advance(KEPT - 1)
    for stranger in (GUEST, JONAS):
        with pytest.raises(RoomExists):
            await garden.calls.create_room("garden", 8, identity=stranger)
    garden.clock.advance(1)
    await garden.calls.create_room("garden", 8, identity=JONAS)


async def test_one_who_has_an_account_now_makes_the_room_of_their_key_again() -> None:
    garden = await Garden.make()
    key = garden.made.host_key
    await garden.chair.delete_room("garden", GUEST, key)
    made = await garden.calls.create_room("garden", 8, identity=MARA, host_key=key)
    assert (made.room.owner, made.host_key) == (MARA.account_id, None)


async def test_a_room_token_makes_its_room_whoever_had_it() -> None:
    """Its issuer is believed in every room."""
    garden = await Garden.make(MARA)
    await garden.chair.delete_room("garden", MARA, None)
    garden.accounts[HOST] = Identity(grant=Grant(GARDEN, Role.HOST, "lev", makes_room=True))
    await garden.come(HOST)
    assert garden.role(HOST) is Role.HOST


async def test_the_link_of_a_room_that_was_not_made_to_last_is_not_given_to_another() -> None:
    house = House()
    made = await house.calls.create_passing_room(8)
    with pytest.raises(RoomExists):
        await house.calls.create_room(made.id, 8)
    house.clock.advance(60)
    with pytest.raises(RoomExists):
        await house.calls.create_room(made.id, 8, host_key=made.host_key)
