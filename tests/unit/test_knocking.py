"""The door of a room: who knocks, who answers, and what it asks of those who come."""

from dataclasses import replace

import pytest

from tests.support.garden import DEPUTY, ELSEWHERE, GUEST_1, GUEST_2, HOST, Garden
from tests.support.house import GRACE
from visavis import knocks
from visavis.errors import (
    AlreadyInRoom,
    KnockDecided,
    KnockDenied,
    KnockNeeded,
    KnockNotFound,
    NotAllowed,
    NotInRoom,
    PasscodeNeeded,
    PasscodeWrong,
    RateLimited,
    RoomLocked,
)
from visavis.knocks import State
from visavis.live import Visit
from visavis.lobby import ConnectionId
from visavis.moderation import Action, Changes
from visavis.rooms import (
    Answering,
    Media,
)


@pytest.fixture
async def garden() -> Garden:
    return await Garden.make()


@pytest.fixture
async def lobby() -> Garden:
    return await Garden.make(lobby=True)


async def test_one_knocks_is_admitted_and_enters_once(lobby: Garden) -> None:
    assert (await lobby.come(HOST)).knocks == ()
    knock = await lobby.knock(GUEST_1, "Joel\u202e")
    assert lobby.shown(HOST) == [knock.id]
    assert knock.visitor.name == "Joel"
    with pytest.raises(NotInRoom):
        lobby.calls.place(GUEST_1)
    lobby.chair.answer(HOST, knock.id, Action.ADMIT)
    assert lobby.heard.answers == [(GUEST_1, State.ADMITTED)]
    assert lobby.shown(HOST) == []
    entry = await lobby.come(GUEST_1, "Joel", knock=knock.secret)
    assert [p.name for p in entry.roster.participants] == ["", "Joel"]
    # The way in is good once, and for nobody else.
    assert await lobby.knock(GUEST_2, knock=knock.secret)
    assert lobby.acts() == [("admit", "", "Joel")]


async def test_one_who_waits_may_say_nothing_and_is_told_nothing(lobby: Garden) -> None:
    host = await lobby.come(HOST)
    await lobby.knock(GUEST_1)
    for act in (
        lambda: lobby.calls.peer(GUEST_1, host.participant_id),
        lambda: lobby.calls.peers(GUEST_1),
        lambda: lobby.calls.roster(GUEST_1),
        lambda: lobby.chair.admit_all(GUEST_1),
        lambda: lobby.chair.moderate(GUEST_1, host.participant_id, Action.MUTE),
    ):
        with pytest.raises(NotInRoom):
            act()
    assert lobby.heard.by(GUEST_1) == []


async def test_nobody_is_prepared_for_whom_something_keeps_out(garden: Garden) -> None:
    await garden.come(HOST)

    async def links(connection: ConnectionId) -> int:
        visit = await garden.calls.prepare(connection, "garden", claim=garden.claim(connection))
        assert visit.may_enter is (visit.links == 1)
        return visit.links

    assert await links(GUEST_1) == 1
    gates: list[Changes] = [{"lobby": True}, {"locked": True}, {"passcode": "1234"}, {"opens_at": 9e9}]
    for changes in gates:
        garden.heard.visitors.clear()
        await garden.chair.change(HOST, changes)
        assert await links(GUEST_1) == 0
        assert garden.heard.visitors == []
        garden.calls.leave(HOST)
        await garden.come(DEPUTY, host_key=garden.made.host_key)
        assert await links(HOST) == 1  # as ever
        garden.calls.leave(DEPUTY)
        await garden.come(HOST)
        undo: Changes = {"lobby": False, "locked": False, "passcode": None, "opens_at": None}
        await garden.chair.change(HOST, undo)


async def test_two_who_decide_differently_at_once(lobby: Garden) -> None:
    await lobby.come(HOST)
    await lobby.come(DEPUTY, host_key=lobby.made.host_key)
    knock = await lobby.knock(GUEST_1)
    lobby.chair.answer(HOST, knock.id, Action.DENY)
    with pytest.raises(KnockDecided):
        lobby.chair.answer(DEPUTY, knock.id, Action.ADMIT)
    lobby.chair.answer(DEPUTY, knock.id, Action.DENY)  # the same is no contradiction
    assert lobby.heard.answers == [(GUEST_1, State.DENIED)]
    for again in (knock.secret, None):
        with pytest.raises(KnockDenied):
            await lobby.ask(GUEST_1, "Another Name", knock=again)
    with pytest.raises(KnockNotFound):
        lobby.chair.answer(HOST, "unknown", Action.ADMIT)
    assert [act for act, _, _ in lobby.acts()] == ["deny"]


async def test_all_are_admitted_at_once_or_by_an_open_door(lobby: Garden) -> None:
    await lobby.come(HOST)
    for connection in (GUEST_1, GUEST_2):
        await lobby.knock(connection)
    assert lobby.chair.admit_all(HOST) == 2
    assert lobby.chair.admit_all(HOST) == 0
    await lobby.knock(ELSEWHERE)
    await lobby.chair.change(HOST, {"lobby": False})
    assert [who for who, _ in lobby.heard.answers] == [GUEST_1, GUEST_2, ELSEWHERE]
    assert lobby.heard.knocks == []


async def test_those_who_wait_are_shown_to_a_host_who_comes_later_or_comes_back(lobby: Garden) -> None:
    knock = await lobby.knock(GUEST_1)
    entered = await lobby.come(HOST)
    assert entered.knocks == (knock,)
    lobby.calls.lose(HOST)
    second = await lobby.knock(GUEST_2)
    lobby.clock.advance(1)
    back = await lobby.calls.resume(DEPUTY, entered.ticket, Media())
    assert back.knocks == (knock, second)
    lobby.chair.answer(DEPUTY, second.id, Action.ADMIT)
    assert lobby.heard.answers == [(GUEST_2, State.ADMITTED)]


async def test_a_knock_survives_a_reconnect_and_not_a_good_bye(lobby: Garden) -> None:
    await lobby.come(HOST)
    knock = await lobby.knock(GUEST_1)
    lobby.calls.lose(GUEST_1)
    lobby.clock.advance(knocks.GRACE - 1)
    assert await lobby.knock(GUEST_2, knock=knock.secret) is knock
    assert lobby.shown(HOST) == [knock.id]
    lobby.calls.leave(GUEST_2)
    assert lobby.shown(HOST) == []
    with pytest.raises(KnockNotFound):
        lobby.chair.answer(HOST, knock.id, Action.ADMIT)
    with pytest.raises(NotInRoom):
        lobby.calls.leave(GUEST_2)


@pytest.mark.parametrize("named", Answering)
async def test_who_answers_while_no_host_is_there(named: Answering) -> None:
    garden = await Garden.make(lobby=True, answer_when_alone=named)
    host = await garden.come(HOST)
    inside = await garden.knock(GUEST_1)
    garden.chair.answer(HOST, inside.id, Action.ADMIT)
    await garden.come(GUEST_1, knock=inside.secret)
    knock = await garden.knock(GUEST_2)
    assert garden.shown(GUEST_1) == []
    garden.calls.lose(HOST)
    if named is Answering.NOBODY:
        assert garden.shown(GUEST_1) == []
        with pytest.raises(NotAllowed):
            garden.chair.answer(GUEST_1, knock.id, Action.ADMIT)
        return
    assert garden.shown(GUEST_1) == [knock.id]
    await garden.calls.resume(HOST, host.ticket, Media())
    assert garden.shown(GUEST_1) == []
    with pytest.raises(NotAllowed):
        garden.chair.admit_all(GUEST_1)
    garden.calls.leave(HOST)
    garden.chair.answer(GUEST_1, knock.id, Action.ADMIT)
    assert await garden.come(GUEST_2, knock=knock.secret)


async def test_a_plain_client_is_told_that_it_would_have_to_knock(lobby: Garden) -> None:
    await lobby.come(HOST)
    with pytest.raises(KnockNeeded):
        await lobby.calls.join(GUEST_1, "garden", "", Media())
    assert lobby.heard.knocks == []


async def test_a_locked_room(garden: Garden) -> None:
    await garden.come(HOST)
    guest = await garden.come(GUEST_1)
    await garden.chair.change(HOST, {"locked": True})
    with pytest.raises(RoomLocked):
        await garden.come(GUEST_2)
    garden.calls.lose(GUEST_1)
    assert await garden.calls.resume(GUEST_1, guest.ticket, Media())  # a participant of now
    garden.calls.lose(GUEST_1)
    garden.clock.advance(GRACE)
    with pytest.raises(RoomLocked):
        await garden.calls.resume(GUEST_1, guest.ticket, Media())
    garden.restart()
    assert await garden.calls.resume(GUEST_1, guest.ticket, Media())  # nobody knows any more who was there


async def test_a_passcode_is_asked_for_and_guessed_rarely() -> None:
    garden = await Garden.make(passcode="open sesame")
    with pytest.raises(PasscodeNeeded):
        await garden.come(GUEST_1)
    for _ in range(10):
        with pytest.raises(PasscodeWrong):
            await garden.come(GUEST_1, passcode="open barley")
    with pytest.raises(RateLimited):
        await garden.come(GUEST_1, passcode="open sesame")
    await garden.come(GUEST_2, passcode="open sesame")
    await garden.come(HOST)
    await garden.chair.change(HOST, {"passcode": None})
    await garden.come(GUEST_1)


async def test_who_has_said_the_passcode_before_is_prepared_for_and_not_asked_again() -> None:
    garden = await Garden.make(passcode="open sesame")
    await garden.come(HOST)

    async def visit(passcode: str) -> Visit:
        claim = replace(garden.claim(GUEST_1), passcode=passcode)
        return await garden.calls.prepare(GUEST_1, "garden", claim=claim)

    wrong = await visit("open barley")
    assert (wrong.links, wrong.may_enter) == (0, False)
    assert isinstance(wrong.refusal, PasscodeWrong)
    assert garden.heard.visitors == []
    assert (await visit("open sesame")).links == 1
    # It is not looked at again in this visit, for that takes long and is waited for; a new one is.
    await garden.come(GUEST_1, passcode="open barley")
    garden.calls.leave(GUEST_1)
    with pytest.raises(PasscodeWrong):
        await garden.come(GUEST_1, passcode="open barley")
    assert (await visit("open sesame")).links == 1
    await garden.chair.change(HOST, {"passcode": "open barley"})
    with pytest.raises(PasscodeWrong):
        await garden.come(GUEST_1, passcode="open sesame")


async def test_wrong_passcodes_are_counted_before_the_door_too() -> None:
    garden = await Garden.make(passcode="open sesame")
    wrong = replace(garden.claim(GUEST_1), passcode="open barley")
    for _ in range(10):
        await garden.calls.prepare(GUEST_1, "garden", claim=wrong)
    claim = replace(wrong, passcode="open sesame")
    assert isinstance((await garden.calls.prepare(GUEST_1, "garden", claim=claim)).refusal, RateLimited)
    with pytest.raises(RateLimited):
        await garden.come(GUEST_1, passcode="open sesame")


async def test_one_is_in_one_room_at_a_time_however_one_asks(lobby: Garden) -> None:
    await lobby.come(HOST)
    with pytest.raises(AlreadyInRoom):
        await lobby.come(HOST)
    knock = await lobby.knock(GUEST_1)
    again = await lobby.knock(GUEST_1, "again")
    assert lobby.shown(HOST) == [again.id] != [knock.id]
