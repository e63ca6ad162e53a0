"""What becomes of a call, and of those before its door, when its room is changed or its moderators are."""

import pytest

from tests.support.garden import DEPUTY, GARDEN, GUEST_1, GUEST_2, HOST, Garden
from visavis.company import AFTERWARDS
from visavis.errors import (
    AccountNotFound,
    Excluded,
    NotAllowed,
    NotInRoom,
    PasscodeNeeded,
    RoomFull,
    RoomLocked,
    RoomNotOpen,
    RoomOver,
)
from visavis.identity import GUEST, Account, Identity
from visavis.knocks import State
from visavis.live import Moderated
from visavis.moderation import Action
from visavis.records import Acted
from visavis.registry import KEPT, MAX_MODERATORS
from visavis.rooms import (
    AccountId,
    Allowed,
    Answering,
    Media,
    Role,
    RoomChanged,
    Updated,
)
from visavis.signaling import talk
from visavis.signaling.messages import ReadChat, WriteChat

MARA = Identity(AccountId("mara"), "Mara")
JONAS = Identity(AccountId("jonas"), "Jonas")


@pytest.fixture
async def garden() -> Garden:
    return await Garden.make()


@pytest.fixture
async def owned() -> Garden:
    """A room of Mara's, on a server that knows Jonas."""
    garden = await Garden.make(MARA)
    await garden.storage.add_account(Account(AccountId("jonas"), "jonas", "jonas@example.org", "Jonas", 1.0))
    garden.accounts = {HOST: MARA, DEPUTY: JONAS}
    return garden


async def test_settings_hold_at_once(garden: Garden) -> None:
    await garden.come(HOST)
    await garden.come(GUEST_1)
    await garden.chair.change(HOST, {"capacity": 2, "name": "Lesson", "share": Allowed.MODERATORS})
    change = garden.heard.by(GUEST_1)[-1]
    assert isinstance(change, RoomChanged)
    assert (change.room.capacity, change.room.name) == (2, "Lesson")
    assert garden.calls.roster(GUEST_1).room == change.room
    with pytest.raises(NotAllowed):
        garden.calls.set_media(GUEST_1, Media(screen=True))
    garden.calls.set_media(HOST, Media(screen=True))
    await garden.chair.change(HOST, {"capacity": 2})  # nothing new
    assert isinstance(garden.heard.by(GUEST_1)[-1], Updated)
    assert (await garden.storage.room(GARDEN)) == change.room
    for actor in (GUEST_1, GUEST_2):
        with pytest.raises((NotAllowed, NotInRoom)):
            await garden.chair.change(actor, {"locked": True})


async def test_who_may_write_holds_at_once(garden: Garden) -> None:
    await garden.come(HOST)
    await garden.come(GUEST_1)
    await garden.chair.change(HOST, {"chat": Allowed.MODERATORS})
    written = WriteChat(id="1", text="Hello")
    with pytest.raises(NotAllowed):
        talk.write(garden.calls, GUEST_1, written)
    heard, _, _ = talk.write(garden.calls, HOST, written)
    assert heard == [GUEST_1]
    assert len(talk.read(garden.calls, GUEST_1, ReadChat()).messages) == 1  # to read is another thing


async def test_a_setting_that_is_so_already_is_no_change(garden: Garden) -> None:
    await garden.come(HOST)
    await garden.come(GUEST_1)
    heard = len(garden.heard.changes)
    await garden.chair.change(HOST, {"capacity": 8, "lobby": False, "name": "", "passcode": None})
    assert (len(garden.heard.changes), garden.acts()) == (heard, [])
    passcode = "four words"
    await garden.chair.change(HOST, {"capacity": 7, "lobby": False, "passcode": passcode})
    assert garden.acts() == [("change", "", "capacity, passcode")]
    assert passcode not in str(garden.noted)


async def test_screens_stop_whose_owners_may_not_show_them_any_more(garden: Garden) -> None:
    host, guest = await garden.come(HOST), await garden.come(GUEST_1)
    for connection in (HOST, GUEST_1):
        garden.calls.set_media(connection, Media(screen=True))
    await garden.chair.change(HOST, {"share": Allowed.MODERATORS})
    screens = {p.id: p.media.screen for p in garden.calls.roster(HOST).participants}
    assert screens == {host.participant_id: True, guest.participant_id: False}
    assert garden.heard.done == [(GUEST_1, Moderated(Action.STOP_SHARE, None))]
    told = garden.heard.by(HOST)[-1]
    assert isinstance(told, Updated)
    assert told.participant.id == guest.participant_id


async def test_a_screen_of_one_who_moderates_no_more_stops(garden: Garden) -> None:
    await garden.come(HOST)
    deputy = await garden.come(DEPUTY)
    await garden.chair.change(HOST, {"share": Allowed.MODERATORS})
    garden.chair.appoint(HOST, deputy.participant_id, Role.MODERATOR)
    garden.calls.set_media(DEPUTY, Media(screen=True))
    garden.chair.appoint(HOST, deputy.participant_id, Role.PARTICIPANT)
    assert not garden.calls.call(DEPUTY)[1].media.screen


async def test_nobody_comes_or_comes_back_with_a_screen_that_they_may_not_show(garden: Garden) -> None:
    await garden.come(HOST)
    await garden.chair.change(HOST, {"share": Allowed.MODERATORS})
    showing = Media(screen=True)
    guest = await garden.calls.join(GUEST_1, "garden", "", showing)
    assert not garden.calls.call(GUEST_1)[1].media.screen
    garden.calls.lose(GUEST_1)
    for connection in (GUEST_1, GUEST_2):  # within the grace, and over a connection that is there
        await garden.calls.resume(connection, guest.ticket, showing)
        assert not garden.calls.call(connection)[1].media.screen
    garden.restart()
    await garden.calls.resume(GUEST_1, guest.ticket, showing)
    assert not garden.calls.call(GUEST_1)[1].media.screen
    joined = await garden.calls.join(HOST, "garden", "", showing, claim=garden.claim(HOST))
    assert joined.roster.get(joined.participant_id).media.screen


async def test_a_smaller_room_puts_nobody_out_and_lets_nobody_in(garden: Garden) -> None:
    for connection in (HOST, DEPUTY, GUEST_1):
        await garden.come(connection)
    await garden.chair.change(HOST, {"capacity": 2})
    assert len(garden.calls.roster(HOST).participants) == 3
    garden.calls.leave(GUEST_1)
    with pytest.raises(RoomFull):
        await garden.come(GUEST_1)


async def test_a_passcode_that_is_set_now_is_asked_of_those_who_come(garden: Garden) -> None:
    await garden.come(HOST)
    guest = await garden.come(GUEST_1)
    await garden.chair.change(HOST, {"passcode": "four words"})
    with pytest.raises(PasscodeNeeded):
        await garden.come(GUEST_2)
    garden.calls.lose(GUEST_1)
    assert await garden.calls.resume(GUEST_1, guest.ticket, Media())


async def test_times_that_are_set_now_put_nobody_out(garden: Garden) -> None:
    await garden.come(HOST)
    guest = await garden.come(GUEST_1)
    now = garden.clock.now()
    for change, error in (
        ({"opens_at": now + 9, "expires_at": None}, RoomNotOpen),
        ({"opens_at": None, "expires_at": now - 1}, RoomOver),
    ):
        await garden.chair.change(HOST, change)  # type: ignore[arg-type]  # of a table
        with pytest.raises(error):
            await garden.come(GUEST_2)
        garden.calls.lose(GUEST_1)
        assert await garden.calls.resume(GUEST_1, guest.ticket, Media())


@pytest.mark.parametrize("narrower", [{"lobby": True}, {"locked": True}, {"passcode": "four words"}])
async def test_what_was_prepared_is_dropped_where_one_may_not_simply_enter_any_more(
    garden: Garden, narrower: dict[str, object]
) -> None:
    await garden.come(HOST)
    assert (await garden.calls.prepare(GUEST_1, "garden")).links == 1
    ((_, link),) = garden.heard.visitors
    await garden.chair.change(HOST, {"name": "Lesson"})
    assert garden.heard.dropped == []
    await garden.chair.change(HOST, narrower)  # type: ignore[arg-type]
    assert sorted(garden.heard.dropped) == [(GUEST_1, link), (HOST, link)]
    assert garden.calls.lobby.count(GARDEN) == 0


async def test_what_would_keep_one_out_is_told_before_one_asks_to_enter(garden: Garden) -> None:
    soon = garden.clock.now() + 60
    for change, error in (
        ({"opens_at": soon}, RoomNotOpen),
        ({"opens_at": None, "passcode": "four words"}, PasscodeNeeded),
        ({"passcode": None, "locked": True}, RoomLocked),
        ({"locked": False, "lobby": True}, None),
        ({"lobby": False, "expires_at": 1.0}, RoomOver),
    ):
        await garden.chair.change_room("garden", change, GUEST, garden.made.host_key)  # type: ignore[arg-type]
        visit = await garden.calls.prepare(GUEST_1, "garden", claim=garden.claim(GUEST_1))
        assert (None if visit.refusal is None else type(visit.refusal)) is error
        host = await garden.calls.prepare(HOST, "garden", claim=garden.claim(HOST))
        assert host.refusal is None or isinstance(host.refusal, RoomOver)


async def test_a_room_for_one_call_is_over_soon_after_two_have_met() -> None:
    garden = await Garden.make(once=True)
    await garden.come(HOST)  # to look whether all is well
    garden.calls.leave(HOST)
    assert garden.noted[-1].__class__.__name__ == "Ended"
    for connection in (HOST, GUEST_1):
        await garden.come(connection)
    for connection in (HOST, GUEST_1):
        garden.calls.leave(connection)
    over = garden.clock.now() + AFTERWARDS
    await garden.write()
    room = await garden.storage.room(GARDEN)
    assert room is not None
    assert room.rules.expires_at == over
    await garden.come(GUEST_1)  # who left by mistake comes back
    garden.clock.advance(AFTERWARDS)
    garden.calls.leave(GUEST_1)
    with pytest.raises(RoomOver):
        await garden.come(HOST)
    await garden.chair.change_room("garden", {"expires_at": None}, GUEST, garden.made.host_key)
    await garden.come(GUEST_1)


# --- those who moderate by account ------------------------------------------------------------------


async def test_the_owner_names_an_account_that_moderates_whenever_it_joins(owned: Garden) -> None:
    with pytest.raises(AccountNotFound):
        await owned.chair.appoint_account("garden", "nobody at all", MARA)
    for identity in (GUEST, JONAS):
        with pytest.raises(NotAllowed):
            await owned.chair.appoint_account("garden", "jonas", identity)
    room = await owned.chair.appoint_account("garden", "Jonas@example.org", MARA)
    assert room.moderators == {JONAS.account_id}
    assert await owned.chair.appoint_account("garden", "jonas", MARA) == room  # safe twice
    assert owned.acts() == [("appoint", "Mara", "Jonas")]
    await owned.come(DEPUTY)
    assert owned.role(DEPUTY) is Role.MODERATOR
    with pytest.raises(NotAllowed):
        await owned.chair.dismiss_account("garden", "jonas", JONAS)


async def test_an_account_that_is_named_or_dismissed_in_the_call_is_so_at_once(owned: Garden) -> None:
    await owned.come(HOST)
    await owned.come(GUEST_1)
    await owned.come(DEPUTY)
    await owned.chair.appoint_account("garden", "jonas", MARA)
    assert owned.role(DEPUTY) is Role.MODERATOR
    ((connection, told),) = owned.heard.done
    assert (connection, told.action, told.by, told.role) == (DEPUTY, Action.APPOINT, None, Role.MODERATOR)
    assert told.ticket is not None
    await owned.chair.dismiss_account("garden", "jonas", MARA)
    assert [owned.role(one) for one in (HOST, DEPUTY, GUEST_1)] == ["host", "participant", "participant"]
    # The ticket of those days gives no role, neither after the grace nor after a restart.
    owned.calls.leave(DEPUTY)
    await owned.calls.resume(DEPUTY, told.ticket, Media())
    assert owned.role(DEPUTY) is Role.PARTICIPANT
    await owned.write()
    owned.restart()
    await owned.calls.resume(DEPUTY, told.ticket, Media())
    assert owned.role(DEPUTY) is Role.PARTICIPANT
    owned.calls.leave(DEPUTY)
    await owned.chair.appoint_account("garden", "jonas", MARA)
    await owned.calls.resume(DEPUTY, told.ticket, Media())
    assert owned.role(DEPUTY) is Role.MODERATOR


async def test_a_named_moderator_answers_the_door_while_no_host_is_there(owned: Garden) -> None:
    await owned.chair.appoint_account("garden", "jonas", MARA)
    await owned.chair.change_room("garden", {"lobby": True}, MARA, None)
    knock = await owned.knock(GUEST_1)
    assert not owned.calls.door.is_attended(GARDEN)
    await owned.come(DEPUTY)
    assert owned.heard.attention == [(GUEST_1, True)]
    owned.chair.answer(DEPUTY, knock.id, Action.ADMIT)
    assert owned.heard.answers == [(GUEST_1, State.ADMITTED)]
    await owned.come(GUEST_1, knock=knock.secret)


async def test_who_waits_is_told_whether_anybody_may_answer(garden: Garden) -> None:
    await garden.chair.change_room("garden", {"lobby": True}, GUEST, garden.made.host_key)
    await garden.knock(GUEST_1)
    host = await garden.come(HOST)
    garden.calls.lose(HOST)
    await garden.calls.resume(HOST, host.ticket, Media())
    garden.calls.leave(HOST)
    assert garden.heard.attention == [(GUEST_1, there) for there in (True, False, True, False)]


async def test_a_change_of_who_answers_is_told_to_those_who_wait(garden: Garden) -> None:
    await garden.come(GUEST_2)
    await garden.chair.change_room("garden", {"lobby": True}, GUEST, garden.made.host_key)
    knock = await garden.knock(GUEST_1)
    alone = {"answer_when_alone": Answering.PARTICIPANTS}
    await garden.chair.change_room("garden", alone, GUEST, garden.made.host_key)  # type: ignore[arg-type]
    assert garden.heard.attention == [(GUEST_1, True)]
    assert garden.shown(GUEST_2) == [knock.id]


async def test_moderators_are_bounded(owned: Garden) -> None:
    for number in range(MAX_MODERATORS + 1):
        login = f"deputy-{number}"
        await owned.storage.add_account(Account(AccountId(login), login, None, login, 1.0))
    for number in range(MAX_MODERATORS):
        await owned.chair.appoint_account("garden", f"deputy-{number}", MARA)
    with pytest.raises(NotAllowed):
        await owned.chair.appoint_account("garden", f"deputy-{MAX_MODERATORS}", MARA)


async def test_a_room_that_has_the_id_of_one_before_does_not_have_its_history(owned: Garden) -> None:
    await owned.chair.change_room("garden", {"locked": True}, MARA, None)
    owned.clock.advance(1)
    await owned.chair.delete_room("garden", MARA, None)
    assert owned.acts() == [("change", "Mara", "locked"), ("delete", "Mara", "")]
    await owned.write()
    owned.clock.advance(KEPT)
    made = await owned.calls.create_room("garden", None, identity=JONAS)
    await owned.write()
    (line,) = await owned.calls.registry.acts(made.room, 10)
    assert (line.act, line.actor) == (Action.MAKE, "Jonas")
    kept = await owned.storage.acts(GARDEN, 10)
    assert [act.act for act in kept] == ["make", "delete", "change"]
    assert isinstance(kept[0], Acted)


async def test_who_was_removed_is_not_let_in_by_being_named(owned: Garden) -> None:
    await owned.come(HOST)
    deputy = await owned.come(DEPUTY)
    owned.chair.moderate(HOST, deputy.participant_id, Action.REMOVE)
    await owned.chair.appoint_account("garden", "jonas", MARA)
    with pytest.raises(Excluded):
        await owned.come(DEPUTY)
