"""Rooms with a door, and those who look after them: by whoever tries."""

from collections.abc import Callable

import pytest

from tests.support.garden import DEPUTY, ELSEWHERE, GUEST_1, GUEST_2, HOST, Garden
from tests.support.house import GRACE, House
from visavis.admission import REBUILDING, Claim
from visavis.chair import REMOVAL
from visavis.errors import (
    AppError,
    Excluded,
    KnockNeeded,
    NotAllowed,
    NotInRoom,
    ParticipantNotFound,
    PasscodeNeeded,
    RoomLocked,
    RoomNotFound,
    RoomNotOpen,
)
from visavis.identity import GUEST, Identity
from visavis.knocks import Knock
from visavis.live import Entry, Moderated
from visavis.lost_calls import KEPT
from visavis.moderation import Action, Changes
from visavis.records import Departed, Departure, Ended
from visavis.rooms import (
    AccountId,
    LeaveReason,
    Left,
    Media,
    Role,
    RoomChanged,
)


@pytest.fixture
async def garden() -> Garden:
    return await Garden.make()


# --- who is what ----------------------------------------------------------------------------------


async def test_the_host_is_who_has_the_key_and_not_who_is_first_or_has_the_name(garden: Garden) -> None:
    await garden.come(GUEST_1, "Mara")
    await garden.come(HOST, "Mara")
    await garden.come(GUEST_2, "Mara", host_key="x" * 32)
    assert [garden.role(c) for c in (GUEST_1, HOST, GUEST_2)] == [
        Role.PARTICIPANT,
        Role.HOST,
        Role.PARTICIPANT,
    ]
    for act in (Action.MUTE, Action.REMOVE, Action.ASK_TO_UNMUTE):
        with pytest.raises(NotAllowed):
            garden.chair.moderate(GUEST_1, garden.id(GUEST_2), act)
    assert garden.acts() == []


async def test_the_host_of_an_account_needs_no_key_and_gets_none() -> None:
    house = House()
    mara = Identity(AccountId("mara"), "Mara")
    made = await house.calls.create_room("garden", None, identity=mara)
    assert made.host_key is None
    entered = await house.calls.ask(HOST, "garden", "x", Media(), identity=mara)
    assert isinstance(entered, Entry)
    assert entered.roster.participants[0].role is Role.HOST
    house.clock.advance(1)
    entered = await house.calls.ask(GUEST_1, "garden", "Mara", Media(), identity=Identity(name="Mara"))
    assert isinstance(entered, Entry)
    assert entered.roster.participants[1].role is Role.PARTICIPANT


async def test_a_host_stays_one_after_a_restart_by_the_ticket_alone(garden: Garden) -> None:
    ticket = (await garden.come(HOST)).ticket
    garden.restart()
    back = await garden.calls.resume(HOST, ticket, Media())
    assert back.roster.participants[0].role is Role.HOST


async def test_a_plain_client_that_makes_a_room_is_its_host() -> None:
    house = House()
    entry = await house.calls.create_and_join(HOST, "garden", "", Media())
    assert entry.roster.participants[0].role is Role.HOST


# --- moderation -----------------------------------------------------------------------------------


async def test_a_moderator_of_this_call(garden: Garden) -> None:
    await garden.come(HOST, "Mara")
    before = await garden.come(DEPUTY, "Joel")
    await garden.come(GUEST_1, "Ines")
    garden.chair.appoint(HOST, garden.id(DEPUTY), Role.MODERATOR)
    assert garden.role(DEPUTY) is Role.MODERATOR
    garden.chair.moderate(DEPUTY, garden.id(GUEST_1), Action.MUTE)
    assert garden.calls.call(GUEST_1)[1].silenced
    for act in (
        lambda: garden.chair.moderate(DEPUTY, garden.id(HOST), Action.MUTE),
        lambda: garden.chair.moderate(DEPUTY, garden.id(GUEST_1), Action.BAN),
        lambda: garden.chair.appoint(DEPUTY, garden.id(GUEST_1), Role.MODERATOR),
        lambda: garden.chair.end(DEPUTY),
        lambda: garden.chair.exclusions(DEPUTY),
        lambda: garden.chair.readmit(DEPUTY, "x"),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotAllowed):
        await garden.chair.change(DEPUTY, {"passcode": "mine now"})
    (_, appointed), (told, muted) = garden.heard.done
    assert (appointed.role, told, muted.action) == (Role.MODERATOR, GUEST_1, Action.MUTE)
    assert garden.acts() == [("appoint", "Mara", "Joel"), ("mute", "Joel", "Ines")]
    # The new ticket has the role; the one of before does not; and neither after it was taken away.
    garden.restart()
    assert appointed.ticket is not None
    back = await garden.calls.resume(DEPUTY, appointed.ticket, Media())
    assert back.roster.participants[0].role is Role.MODERATOR
    await garden.come(HOST)
    garden.chair.appoint(HOST, garden.id(DEPUTY), Role.PARTICIPANT)
    await garden.write()
    garden.restart()
    for ticket in (appointed.ticket, before.ticket):
        back = await garden.calls.resume(DEPUTY, ticket, Media())
        assert back.roster.participants[0].role is Role.PARTICIPANT
        garden.calls.leave(DEPUTY)


async def test_nobody_acts_on_somebody_in_another_room(garden: Garden) -> None:
    host = await garden.come(HOST)
    await garden.calls.create_room("cellar", 8)
    away = await garden.calls.join(ELSEWHERE, "cellar", "", Media())
    for action in (Action.MUTE, Action.REMOVE, Action.BAN, Action.ASK_TO_UNMUTE, Action.STOP_SHARE):
        with pytest.raises(ParticipantNotFound):
            garden.chair.moderate(HOST, away.participant_id, action)
    with pytest.raises(ParticipantNotFound):
        garden.chair.rename(HOST, away.participant_id, "x")
    with pytest.raises(ParticipantNotFound):
        garden.chair.appoint(HOST, away.participant_id, Role.MODERATOR)
    with pytest.raises(ParticipantNotFound):
        garden.calls.peer(ELSEWHERE, host.participant_id)
    with pytest.raises(NotInRoom):
        garden.chair.moderate(GUEST_1, host.participant_id, Action.MUTE)


async def test_muting_asking_lowering_and_renaming_tell_the_one_whom_they_concern(garden: Garden) -> None:
    await garden.come(HOST)
    await garden.come(GUEST_1, "Joel")
    target, by = garden.id(GUEST_1), garden.calls.place(HOST).participant_id
    garden.calls.set_hand(GUEST_1, is_raised=True)
    for action in (Action.ASK_TO_UNMUTE, Action.STOP_SHARE, Action.LOWER_HAND, Action.MUTE):
        garden.chair.moderate(HOST, target, action)
        assert garden.heard.done[-1] == (GUEST_1, Moderated(action, by))
    known = garden.calls.call(GUEST_1)[1]
    assert (known.hand, known.media.audio, known.silenced) == (None, False, True)
    garden.chair.rename(HOST, target, "Not Joel")
    who, told = garden.heard.done[-1]
    assert (who, told.action, told.name) == (GUEST_1, Action.RENAME, "Not Joel")
    garden.restart()
    assert told.ticket is not None
    back = await garden.calls.resume(GUEST_1, told.ticket, Media())
    assert back.roster.participants[0].name == "Not Joel"


async def after_a_restart(garden: Garden) -> None:
    await garden.write()
    garden.restart()


async def at_once(garden: Garden) -> None:
    """Nothing is written yet."""


async def when_the_call_is_over(garden: Garden) -> None:
    """Nothing is written yet, and the call is gone from memory."""
    garden.calls.leave(HOST)


@pytest.mark.parametrize("then", [at_once, when_the_call_is_over, after_a_restart])
@pytest.mark.parametrize("action", [Action.REMOVE, Action.BAN])
async def test_one_who_was_removed_stays_out(
    garden: Garden, action: Action, then: Callable[[Garden], object]
) -> None:
    await garden.come(HOST, "Mara")
    guest = await garden.come(GUEST_1, "Joel")
    garden.chair.moderate(HOST, guest.participant_id, action)
    assert garden.heard.reasons == [(GUEST_1, "removed")]
    left = garden.heard.by(HOST)[-1]
    assert isinstance(left, Left)
    assert left.reason is LeaveReason.REMOVED
    assert garden.acts() == [(action, "Mara", "Joel")]
    with pytest.raises(NotInRoom):  # nothing is relayed any more
        garden.calls.peers(GUEST_1)
    await then(garden)  # type: ignore[misc]  # of a table
    for connection in (GUEST_1, ELSEWHERE):  # the same tab, and another
        with pytest.raises(Excluded):
            await garden.come(connection, "Another Name", browser="browser of guest-1")
        with pytest.raises(Excluded):
            await garden.calls.resume(connection, guest.ticket, Media())
    with pytest.raises(Excluded):  # a stolen ticket, on a machine that is known for nothing
        await garden.calls.resume(GUEST_2, guest.ticket, Media())
    await garden.come(GUEST_2, "Joel")  # it is not about the name
    garden.clock.advance(REMOVAL)
    if action is Action.REMOVE:
        await garden.come(GUEST_1)
    else:
        with pytest.raises(Excluded):
            await garden.come(GUEST_1)


async def test_one_who_is_removed_while_away_does_not_come_back(garden: Garden) -> None:
    await garden.come(HOST)
    guest = await garden.come(GUEST_1)
    garden.calls.lose(GUEST_1)
    garden.chair.moderate(HOST, guest.participant_id, Action.REMOVE)
    with pytest.raises(Excluded):
        await garden.calls.resume(GUEST_1, guest.ticket, Media())
    garden.clock.advance(2 * GRACE)
    assert [p.role for p in garden.calls.roster(HOST).participants] == [Role.HOST]


async def test_an_account_stays_out_in_every_browser(garden: Garden) -> None:
    joel = Identity(AccountId("joel"), "Joel")
    await garden.come(HOST)
    entered = await garden.calls.join(GUEST_1, "garden", "", Media(), identity=joel)
    garden.chair.moderate(HOST, entered.participant_id, Action.BAN)
    with pytest.raises(Excluded):
        await garden.calls.join(GUEST_2, "garden", "x", Media(), identity=joel, claim=garden.claim(GUEST_2))


async def test_who_is_removed_is_out_with_every_tab_and_device(garden: Garden) -> None:
    joel = Identity(AccountId("joel"), "Joel")
    await garden.come(HOST)
    garden.accounts = {GUEST_1: joel, GUEST_2: joel}
    target = await garden.come(GUEST_1, "Joel")
    await garden.come(GUEST_2, "Joel's phone")
    await garden.come(ELSEWHERE, "Another tab", browser="browser of guest-1")
    await garden.come(DEPUTY, "Ines")
    garden.chair.moderate(HOST, target.participant_id, Action.REMOVE)
    assert {who for who, why in garden.heard.reasons if why == "removed"} == {GUEST_1, GUEST_2, ELSEWHERE}
    assert len(garden.calls.roster(HOST).participants) == 2
    assert garden.acts() == [
        ("remove", "", "Joel"),
        ("remove", "", "Joel's phone"),
        ("remove", "", "Another tab"),
    ]
    garden.accounts = {}
    for browser in ("browser of guest-1", "browser of guest-2"):
        with pytest.raises(Excluded):
            await garden.come(GUEST_1, browser=browser)


async def test_a_host_in_the_browser_of_one_who_is_removed_stays(garden: Garden) -> None:
    await garden.come(HOST)
    await garden.come(DEPUTY, host_key=garden.made.host_key, browser="shared")
    target = await garden.come(GUEST_1, browser="shared")
    garden.chair.moderate(HOST, target.participant_id, Action.REMOVE)
    assert garden.heard.reasons == [(GUEST_1, "removed")]


# --- tickets of earlier calls ---------------------------------------------------------------------


async def earlier_ticket(garden: Garden) -> str:
    """Of a guest who was in a call that is over; long after the server was started."""
    garden.clock.advance(REBUILDING)
    await garden.come(HOST)
    ticket = (await garden.come(GUEST_1, "Joel")).ticket
    for connection in (GUEST_1, HOST):
        garden.calls.leave(connection)
    return ticket


@pytest.mark.parametrize("is_host_there", [False, True])
async def test_a_ticket_of_an_earlier_call_opens_no_door(garden: Garden, *, is_host_there: bool) -> None:
    ticket = await earlier_ticket(garden)
    if is_host_there:
        await garden.come(HOST)
    gates: list[tuple[Changes, type[AppError]]] = [
        ({"lobby": True}, KnockNeeded),
        ({"passcode": "open sesame", "lobby": False}, PasscodeNeeded),
        ({"passcode": None, "locked": True}, RoomLocked),
        ({"locked": False, "opens_at": 9e9}, RoomNotOpen),
    ]
    for changes, refused in gates:
        await garden.chair.change_room("garden", changes, GUEST, garden.made.host_key)
        with pytest.raises(refused):
            await garden.calls.resume(GUEST_1, ticket, Media())
    await garden.chair.change_room("garden", {"opens_at": None}, GUEST, garden.made.host_key)
    assert await garden.calls.resume(GUEST_1, ticket, Media())


async def test_in_a_lobby_one_comes_back_to_the_same_call(garden: Garden) -> None:
    garden.clock.advance(REBUILDING)
    host, guest = await garden.come(HOST), await garden.come(GUEST_1)
    await garden.chair.change(HOST, {"lobby": True})
    # However long one was away, while it goes on.
    garden.calls.lose(GUEST_1)
    garden.clock.advance(10 * GRACE)
    assert await garden.calls.resume(GUEST_1, guest.ticket, Media())
    # And where all had lost it, whoever is the first who is back.
    call = garden.calls.call(HOST)[0].id
    for connection in (HOST, GUEST_1):
        garden.calls.lose(connection)
    garden.clock.advance(GRACE + 1)
    assert garden.calls.counts().rooms == 0
    for connection, ticket in ((GUEST_1, guest.ticket), (HOST, host.ticket)):
        assert await garden.calls.resume(connection, ticket, Media())
    assert garden.calls.call(HOST)[0].id == call
    # For a while.
    for connection in (HOST, GUEST_1):
        garden.calls.lose(connection)
    garden.clock.advance(GRACE + KEPT)
    with pytest.raises(KnockNeeded):
        await garden.calls.resume(GUEST_1, guest.ticket, Media())
    assert await garden.calls.resume(HOST, host.ticket, Media())


async def test_who_was_banned_is_listed_and_let_in_again(garden: Garden) -> None:
    await garden.come(HOST)
    guest = await garden.come(GUEST_1, "Joel")
    garden.chair.moderate(HOST, guest.participant_id, Action.BAN)
    (banned,) = garden.chair.exclusions(HOST)
    assert (banned.name, banned.until) == ("Joel", None)
    garden.chair.readmit(HOST, "unknown")
    garden.chair.readmit(HOST, banned.id)
    assert garden.chair.exclusions(HOST) == ()
    await after_a_restart(garden)
    await garden.come(GUEST_1)


async def test_the_call_is_ended_for_all_and_its_tickets_lead_nowhere(garden: Garden) -> None:
    host = await garden.come(HOST)
    tickets = [host.ticket, (await garden.come(GUEST_1)).ticket, (await garden.come(GUEST_2)).ticket]
    garden.calls.lose(GUEST_2)
    garden.chair.end(HOST)
    assert garden.heard.reasons == [(HOST, "closed"), (GUEST_1, "closed")]
    assert not [change for change in garden.heard.by(GUEST_1) if isinstance(change, Left)]
    assert garden.calls.counts().participants == 0
    assert sum(isinstance(n, Departed) and n.departure is Departure.LEFT for n in garden.noted) == 3
    assert sum(isinstance(n, Ended) for n in garden.noted) == 1
    for _ in range(2):
        for ticket in tickets:
            with pytest.raises(Excluded):
                await garden.calls.resume(GUEST_2, ticket, Media())
        await after_a_restart(garden)
    assert await garden.come(GUEST_1)  # there can be another call


async def test_a_passing_room_has_rules_too_and_nothing_of_it_is_kept() -> None:
    house = House()
    made = await house.calls.create_passing_room(4, changes={"lobby": True})
    claim = Claim(host_key=made.host_key)
    assert isinstance(await house.calls.ask(HOST, made.id, "", Media(), claim=claim), Entry)
    assert isinstance(await house.calls.ask(GUEST_1, made.id, "", Media()), Knock)
    await house.chair.change(HOST, {"lobby": False})
    browser = Claim(browser="b")
    entered = await house.calls.join(GUEST_2, made.id, "", Media(), claim=browser)
    house.chair.moderate(HOST, entered.participant_id, Action.REMOVE)
    with pytest.raises(Excluded):
        await house.calls.join(GUEST_2, made.id, "", Media(), claim=browser)
    house.chair.end(HOST)
    with pytest.raises(RoomNotFound):
        await house.calls.look_up(made.id)
    assert house.noted == []


# --- from outside ---------------------------------------------------------------------------------


async def test_a_room_is_changed_and_deleted_by_its_host_from_outside(garden: Garden) -> None:
    key = garden.made.host_key
    await garden.come(GUEST_1)
    await garden.chair.change_room("garden", {"locked": True}, GUEST, key)
    assert isinstance(garden.heard.by(GUEST_1)[-1], RoomChanged)
    for identity, wrong in [(GUEST, None), (GUEST, "x"), (Identity(AccountId("x"), "Mara"), None)]:
        with pytest.raises(NotAllowed):
            await garden.chair.change_room("garden", {"locked": False}, identity, wrong)
        with pytest.raises(NotAllowed):
            await garden.chair.delete_room("garden", identity, wrong)
    await garden.chair.change_room("garden", {"locked": False}, Identity(AccountId("x"), admin=True), None)
    await garden.chair.delete_room("garden", GUEST, key)
    assert garden.heard.reasons == [(GUEST_1, "closed")]
    with pytest.raises(RoomNotFound):
        await garden.come(GUEST_1)
