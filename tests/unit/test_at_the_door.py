"""Before the door of a room: what a role of yesterday opens, and what becomes of those who wait."""

import math
from dataclasses import replace
from typing import cast

import pytest

from tests.support.garden import DEPUTY, GARDEN, GUEST_1, GUEST_2, HOST, Garden
from tests.support.house import GRACE
from visavis import calls
from visavis.admission import REBUILDING
from visavis.errors import (
    AppError,
    KnockNeeded,
    PasscodeInvalid,
    PasscodeNeeded,
    RoomLocked,
    StorageUnavailable,
    TimesInvalid,
)
from visavis.identity import GUEST, Account, Identity
from visavis.knocks import State
from visavis.moderation import Action, Changes
from visavis.records import Alive, NodeId
from visavis.room_watch import RoomWatch
from visavis.rooms import AccountId, Media, Role, Rules

JONAS = Identity(AccountId("jonas"), "Jonas")


@pytest.fixture
async def garden() -> Garden:
    return await Garden.make()


async def change(garden: Garden, **changes: object) -> None:
    await garden.chair.change_room("garden", cast("Changes", changes), GUEST, garden.made.host_key)


# --- moderators of an earlier call ----------------------------------------------------------------


async def appointed(garden: Garden) -> str:
    """The ticket of one whom a host made a moderator, long after the server was started."""
    garden.clock.advance(REBUILDING)
    await garden.come(HOST)
    guest = await garden.come(GUEST_1, "Joel")
    garden.chair.appoint(HOST, guest.participant_id, Role.MODERATOR)
    ticket = garden.heard.done[-1][1].ticket
    assert ticket is not None
    return ticket


async def test_who_moderated_an_earlier_call_is_a_stranger_at_the_door_of_the_next(garden: Garden) -> None:
    ticket = await appointed(garden)
    for connection in (GUEST_1, HOST):
        garden.calls.leave(connection)
    await garden.come(HOST)
    gates: list[tuple[dict[str, object], type[AppError]]] = [
        ({"lobby": True}, KnockNeeded),
        ({"lobby": False, "passcode": "open sesame"}, PasscodeNeeded),
        ({"passcode": None, "locked": True}, RoomLocked),
    ]
    for changes, refused in gates:
        await change(garden, **changes)
        with pytest.raises(refused):
            await garden.calls.resume(GUEST_1, ticket, Media())
    await change(garden, locked=False)
    back = await garden.calls.resume(GUEST_1, ticket, Media())
    assert garden.role(GUEST_1) is Role.PARTICIPANT
    # Nor by the ticket of that.
    garden.calls.leave(GUEST_1)
    await garden.calls.resume(GUEST_1, back.ticket, Media())
    assert garden.role(GUEST_1) is Role.PARTICIPANT


async def test_who_moderates_a_call_does_so_however_they_come_back_to_it(garden: Garden) -> None:
    ticket = await appointed(garden)
    await garden.chair.change(HOST, {"locked": True})
    for _ in range(2):  # the second time by the ticket of the first
        garden.calls.lose(GUEST_1)
        garden.clock.advance(10 * GRACE)
        ticket = (await garden.calls.resume(GUEST_1, ticket, Media())).ticket
        assert garden.role(GUEST_1) is Role.MODERATOR
    await garden.write()
    garden.restart()
    ticket = (await garden.calls.resume(GUEST_1, ticket, Media())).ticket
    assert garden.role(GUEST_1) is Role.MODERATOR
    # It is a word for this call still.
    garden.calls.leave(GUEST_1)
    garden.clock.advance(REBUILDING)
    with pytest.raises(RoomLocked):
        await garden.calls.resume(GUEST_1, ticket, Media())


async def test_who_moderates_by_account_does_so_in_every_call(garden: Garden) -> None:
    garden.accounts[DEPUTY] = JONAS
    await garden.storage.add_account(Account(AccountId("jonas"), "jonas", None, "Jonas", 0))
    room = replace(garden.made.room, moderators=frozenset({AccountId("jonas")}))
    await garden.storage.change_room(room)
    garden.clock.advance(REBUILDING)
    entered = await garden.come(DEPUTY)
    garden.calls.leave(DEPUTY)
    await change(garden, locked=True)
    call = await garden.come(HOST)
    assert len(call.roster.participants) == 1
    await garden.calls.resume(DEPUTY, entered.ticket, Media())
    assert garden.role(DEPUTY) is Role.MODERATOR


# --- those who wait -------------------------------------------------------------------------------


async def test_a_lobby_that_is_switched_off_lets_nobody_into_a_locked_room(garden: Garden) -> None:
    await change(garden, lobby=True)
    await garden.come(HOST)
    knock = await garden.knock(GUEST_1)
    await garden.chair.change(HOST, {"lobby": False, "locked": True})
    assert garden.heard.answers == []
    assert garden.shown(HOST) == [knock.id]
    await garden.chair.change(HOST, {"locked": False})
    assert garden.heard.answers == [(GUEST_1, State.ADMITTED)]
    await garden.come(GUEST_1, knock=knock.secret)


async def test_a_lobby_that_others_switched_off_lets_nobody_into_a_locked_room(garden: Garden) -> None:
    await change(garden, lobby=True)
    await garden.knock(GUEST_1)
    for rules, answers in ((Rules(locked=True), []), (Rules(), [(GUEST_1, State.ADMITTED)])):
        await garden.storage.change_room(replace(garden.made.room, rules=rules))
        await RoomWatch(garden.calls, garden.chair).look()
        assert garden.heard.answers == answers


@pytest.mark.parametrize("is_host_there", [False, True])
async def test_who_waits_at_the_door_of_a_room_that_is_deleted_is_told(
    garden: Garden, *, is_host_there: bool
) -> None:
    await change(garden, lobby=True)
    if is_host_there:
        await garden.come(HOST)
    for connection in (GUEST_1, GUEST_2):
        await garden.knock(connection)
    await garden.chair.delete_room("garden", GUEST, garden.made.host_key)
    assert garden.heard.answers == [(GUEST_1, State.DENIED), (GUEST_2, State.DENIED)]
    assert garden.heard.knocks == []


async def test_who_waits_at_the_door_of_a_room_that_others_deleted_is_told(garden: Garden) -> None:
    await change(garden, lobby=True)
    await garden.knock(GUEST_1)
    await garden.storage.delete_room(GARDEN)
    await RoomWatch(garden.calls, garden.chair).look()
    assert garden.heard.answers == [(GUEST_1, State.DENIED)]


# --- what cannot be set ---------------------------------------------------------------------------


@pytest.mark.parametrize("time", [-1.0, -1e300, 253_402_300_800.0, 1e300, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("field", ["opens_at", "expires_at"])
async def test_a_time_that_nobody_can_say_is_refused(garden: Garden, field: str, time: float) -> None:
    with pytest.raises(TimesInvalid):
        await change(garden, **{field: time})
    with pytest.raises(TimesInvalid):
        await garden.calls.create_room(None, None, changes=cast("Changes", {field: time}))


async def test_no_passcode_is_said_by_none_and_not_by_an_empty_one(garden: Garden) -> None:
    await change(garden, passcode="open sesame")
    with pytest.raises(PasscodeInvalid):
        await change(garden, passcode="")
    room = await garden.storage.room(GARDEN)
    assert room is not None
    assert room.passcode is not None
    await change(garden, passcode=None)


# --- after a start --------------------------------------------------------------------------------


async def ticket_of_a_call_that_is_over(garden: Garden) -> str:
    """Of Joel's, who was in a call before the last, when one had not to knock yet."""
    await garden.come(HOST)
    ticket = (await garden.come(GUEST_1, "Joel")).ticket
    for connection in (GUEST_1, HOST):
        garden.calls.leave(connection)
    await garden.write()
    await change(garden, lobby=True)
    return ticket


@pytest.mark.parametrize("is_host_back", [False, True])
async def test_a_ticket_of_a_call_that_was_over_opens_no_door_after_a_restart(
    garden: Garden, *, is_host_back: bool
) -> None:
    old = await ticket_of_a_call_that_is_over(garden)
    inside = await garden.come(HOST)
    admitted = await garden.knock(GUEST_2)
    garden.chair.answer(HOST, admitted.id, Action.ADMIT)
    guest = await garden.come(GUEST_2, knock=admitted.secret)
    garden.calls.stop()
    await garden.write()
    garden.restart()
    if is_host_back:
        await garden.calls.resume(HOST, inside.ticket, Media())
    with pytest.raises(KnockNeeded):
        await garden.calls.resume(GUEST_1, old, Media())
    # Those of the call that was interrupted come back, whoever is the first.
    await garden.calls.resume(GUEST_2, guest.ticket, Media())


async def test_a_call_that_a_crash_interrupted_goes_on_and_one_of_long_ago_does_not(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "DOWN", 600)
    await change(garden, lobby=True)
    await garden.come(HOST)
    admitted = await garden.knock(GUEST_2)
    garden.chair.answer(HOST, admitted.id, Action.ADMIT)
    guest = await garden.come(GUEST_2, knock=admitted.secret)
    await garden.write()
    garden.restart()
    await garden.storage.record(NodeId("node"), [Alive((), garden.clock.now())])
    entered = await garden.calls.resume(GUEST_2, guest.ticket, Media())
    garden.calls.stop()
    await garden.write()
    garden.clock.advance(601)
    garden.restart()
    with pytest.raises(KnockNeeded):
        await garden.calls.resume(GUEST_2, entered.ticket, Media())


async def test_beside_a_call_that_goes_on_an_old_ticket_waits_for_the_database(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await ticket_of_a_call_that_is_over(garden)
    garden.restart()

    async def away(*_: object) -> object:
        raise StorageUnavailable

    monkeypatch.setattr(garden.storage, "call", away)
    with pytest.raises(StorageUnavailable):
        await garden.calls.resume(GUEST_1, old, Media())
    await garden.come(HOST)
    with pytest.raises(KnockNeeded):
        await garden.calls.resume(GUEST_1, old, Media())
