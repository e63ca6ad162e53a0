"""Rooms that somebody else has changed: another process over the same storage."""

from dataclasses import replace

import pytest

from tests.support.garden import DEPUTY, GARDEN, GUEST_1, GUEST_2, HOST, Garden
from tests.support.garden import ELSEWHERE as AWAY
from visavis.admission import account_mark, call_mark, marks_of, new_exclusion
from visavis.errors import AccountNotAllowed, Excluded, RoomNotFound, StorageUnavailable
from visavis.identity import GUEST, Account, AccountChange, Identity
from visavis.knocks import State
from visavis.live import Moderated
from visavis.moderation import Action
from visavis.records import Excluded as WasExcluded
from visavis.records import NodeId, Readmitted
from visavis.room_watch import RoomWatch
from visavis.rooms import AccountId, Allowed, Media, Role, Room, RoomChanged, Rules, Why

ELSEWHERE = NodeId("elsewhere")
MARA = Identity(AccountId("mara"), "Mara")
JONAS = Identity(AccountId("jonas"), "Jonas")


@pytest.fixture
async def garden() -> Garden:
    return await Garden.make()


async def stored(garden: Garden) -> Room:
    room = await garden.storage.room(GARDEN)
    assert room is not None
    return room


async def look(garden: Garden) -> None:
    await RoomWatch(garden.calls, garden.chair).look()


async def test_what_others_set_holds_in_the_call(garden: Garden) -> None:
    await garden.come(HOST)
    await garden.come(GUEST_1)
    garden.calls.set_media(GUEST_1, Media(screen=True))
    await look(garden)
    heard = len(garden.heard.changes)
    await look(garden)
    assert len(garden.heard.changes) == heard  # nothing is another
    room = replace(await stored(garden), name="Lesson", rules=Rules(share=Allowed.MODERATORS))
    await garden.storage.change_room(room)
    await look(garden)
    change = next(c for c in garden.heard.by(GUEST_1) if isinstance(c, RoomChanged))
    assert change.room == room
    assert garden.heard.done == [(GUEST_1, Moderated(Action.STOP_SHARE, None))]
    assert garden.calls.roster(HOST).room == room


@pytest.mark.parametrize("made_again", [False, True])
async def test_a_room_that_others_deleted_has_no_call(garden: Garden, *, made_again: bool) -> None:
    entered = await garden.come(GUEST_1)
    await garden.storage.delete_room(GARDEN)
    if made_again:
        await garden.storage.add_room(Room(GARDEN, 2, created_at=garden.clock.now()))
    await look(garden)
    assert garden.heard.reasons == [(GUEST_1, "closed")]
    with pytest.raises(Excluded if made_again else RoomNotFound):
        await garden.calls.resume(GUEST_1, entered.ticket, Media())


async def test_those_who_wait_are_let_in_by_a_lobby_that_others_switched_off(garden: Garden) -> None:
    await garden.chair.change_room("garden", {"lobby": True}, GUEST, garden.made.host_key)
    knock = await garden.knock(GUEST_1)
    await look(garden)
    assert garden.heard.answers == []
    await garden.storage.change_room(replace(await stored(garden), rules=Rules()))
    await look(garden)
    assert [connection for connection, _ in garden.heard.answers] == [GUEST_1]
    await garden.come(GUEST_1, knock=knock.secret)


async def test_a_change_here_is_not_undone_by_a_look_that_began_before(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    await garden.come(HOST)
    read = garden.calls.registry.look_again

    async def slow(*arguments: list[str]) -> object:
        found = await read(*arguments)  # type: ignore[arg-type]  # of a table
        await garden.chair.change(HOST, {"locked": True})
        return found

    monkeypatch.setattr(garden.calls.registry, "look_again", slow)
    await look(garden)
    assert garden.calls.roster(HOST).room.rules.locked
    assert (await stored(garden)).rules.locked


async def test_a_change_here_keeps_what_others_changed_a_moment_ago(garden: Garden) -> None:
    await garden.come(HOST)
    await garden.storage.change_room(replace(await stored(garden), name="Lesson"))
    await garden.chair.change(HOST, {"locked": True})
    room = await stored(garden)
    assert (room.name, room.rules.locked) == ("Lesson", True)
    assert garden.calls.roster(HOST).room == room
    assert garden.acts() == [("change", "", "locked")]


async def test_who_was_let_in_again_by_others_comes_in_and_who_was_shut_out_does_not(garden: Garden) -> None:
    await garden.come(HOST)
    for connection in (GUEST_1, DEPUTY):
        entered = await garden.come(connection)
        garden.chair.moderate(HOST, entered.participant_id, Action.REMOVE)
    await look(garden)  # nothing of it is written yet
    for connection in (GUEST_1, DEPUTY):
        with pytest.raises(Excluded):
            await garden.come(connection)
    await garden.write()
    first, second = (await stored(garden)).exclusions  # and nobody has looked since
    await garden.storage.record(ELSEWHERE, [Readmitted(GARDEN, first.id)])
    third = new_exclusion(Why.BANNED, "", frozenset({account_mark(AccountId("jonas"))}), 5.0, None)
    await garden.storage.record(ELSEWHERE, [WasExcluded(GARDEN, third)])
    await look(garden)
    await garden.come(GUEST_1)
    assert set(garden.calls.roster(HOST).room.exclusions) == {second, third}
    garden.accounts = {DEPUTY: JONAS}
    with pytest.raises(Excluded):
        await garden.come(DEPUTY)
    # The same where nobody is in the room.
    garden.calls.leave(HOST)
    garden.calls.leave(GUEST_1)
    await garden.storage.record(ELSEWHERE, [Readmitted(GARDEN, each.id) for each in (second, third)])
    await garden.come(DEPUTY)


async def test_who_was_shut_out_elsewhere_is_out_of_the_call_here(garden: Garden) -> None:
    garden.accounts = {DEPUTY: JONAS, GUEST_2: JONAS}
    await garden.storage.add_account(Account(AccountId("jonas"), "jonas", None, "Jonas", 1.0))
    for connection in (HOST, DEPUTY, GUEST_1, GUEST_2):
        await garden.come(connection)
    of_account = frozenset({account_mark(AccountId("jonas"))})
    of_browser = marks_of(GARDEN, GUEST, garden.claim(GUEST_1))
    of_host = marks_of(GARDEN, GUEST, garden.claim(HOST))
    bans = [new_exclusion(Why.BANNED, "", marks, 5.0, None) for marks in (of_account, of_host)]
    removal = new_exclusion(Why.REMOVED, "", of_browser, 5.0, 9e9)
    demotion = new_exclusion(Why.DEMOTED, "", of_browser, 5.0, 9e9)
    await garden.storage.record(ELSEWHERE, [WasExcluded(GARDEN, demotion)])
    await look(garden)
    assert garden.heard.reasons == []
    await garden.storage.record(ELSEWHERE, [WasExcluded(GARDEN, each) for each in (*bans, removal)])
    await look(garden)
    # Nobody removes a host, whatever browser they share.
    assert set(garden.heard.reasons) == {(c, "removed") for c in (DEPUTY, GUEST_1, GUEST_2)}
    assert [p.role for p in garden.calls.roster(HOST).participants] == [Role.HOST]
    heard = len(garden.heard.reasons)
    await look(garden)
    assert len(garden.heard.reasons) == heard
    for connection in (DEPUTY, GUEST_1):
        with pytest.raises(Excluded):
            await garden.come(connection)


async def test_who_waits_and_was_shut_out_elsewhere_waits_no_more(garden: Garden) -> None:
    await garden.chair.change_room("garden", {"lobby": True}, GUEST, garden.made.host_key)
    for connection in (GUEST_1, GUEST_2):
        await garden.knock(connection)
    of_browser = marks_of(GARDEN, GUEST, garden.claim(GUEST_1))
    ban = new_exclusion(Why.BANNED, "", of_browser, 5.0, None)
    await garden.storage.record(ELSEWHERE, [WasExcluded(GARDEN, ban)])
    await look(garden)
    assert garden.heard.answers == [(GUEST_1, State.DENIED)]


async def test_a_call_that_was_ended_for_all_elsewhere_ends_here(garden: Garden) -> None:
    for connection in (HOST, GUEST_1):
        await garden.come(connection)
    call, _ = garden.calls.call(HOST)
    for call_id, gone in (("another", []), (call.id, [(HOST, "closed"), (GUEST_1, "closed")])):
        ended = new_exclusion(Why.ENDED, "", frozenset({call_mark(call_id)}), 5.0, 9e9)
        await garden.storage.record(ELSEWHERE, [WasExcluded(GARDEN, ended)])
        await look(garden)
        assert garden.heard.reasons == gone


@pytest.mark.parametrize("deleted", [False, True])
async def test_an_account_that_may_not_be_used_any_more_is_out_of_every_call(
    garden: Garden, *, deleted: bool
) -> None:
    garden.accounts = {DEPUTY: JONAS, GUEST_1: MARA}
    for name in ("jonas", "mara"):
        await garden.storage.add_account(Account(AccountId(name), name, None, name, 1.0))
    for connection in (HOST, DEPUTY):
        await garden.come(connection)
    passing = await garden.calls.create_passing_room(4)
    for connection, identity in ((AWAY, JONAS), (GUEST_1, MARA)):
        await garden.calls.join(connection, passing.id, "", Media(), identity=identity)
    call, deputy = garden.calls.call(DEPUTY)
    ticket = garden.calls.ticket(call, deputy.id)
    await look(garden)
    assert garden.heard.reasons == []
    if deleted:
        await garden.storage.delete_account(AccountId("jonas"))
    else:
        await garden.storage.change_account(AccountId("jonas"), AccountChange(disabled=True))
    await look(garden)
    assert set(garden.heard.reasons) == {(DEPUTY, "account"), (AWAY, "account")}
    assert len(garden.calls.roster(HOST).participants) == len(garden.calls.roster(GUEST_1).participants) == 1
    with pytest.raises(AccountNotAllowed):
        await garden.calls.resume(DEPUTY, ticket, Media())


async def test_one_comes_back_to_a_call_while_accounts_cannot_be_looked_up(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    garden.accounts = {DEPUTY: JONAS}
    await garden.come(HOST)
    ticket = (await garden.come(DEPUTY)).ticket

    async def away(*_: object) -> object:
        raise StorageUnavailable

    monkeypatch.setattr(garden.storage, "who_may_act", away)
    garden.calls.lose(DEPUTY)
    await garden.calls.resume(DEPUTY, ticket, Media())
    for connection in (DEPUTY, HOST):
        garden.calls.leave(connection)
    with pytest.raises(StorageUnavailable):
        await garden.calls.resume(DEPUTY, ticket, Media())


async def test_one_whose_account_may_have_been_disabled_meanwhile_comes_back_when_it_can_be_looked_up(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    await garden.storage.add_account(Account(AccountId("jonas"), "jonas", None, "Jonas", 0))
    garden.accounts = {DEPUTY: JONAS, AWAY: JONAS}
    await garden.come(HOST)
    ticket = (await garden.come(DEPUTY)).ticket
    garden.calls.leave(DEPUTY)
    await look(garden)
    await garden.storage.change_account(AccountId("jonas"), AccountChange(disabled=True))
    may_act = garden.storage.who_may_act

    async def away(*_: object) -> object:
        raise StorageUnavailable

    monkeypatch.setattr(garden.storage, "who_may_act", away)
    with pytest.raises(StorageUnavailable):
        await garden.calls.resume(DEPUTY, ticket, Media())
    monkeypatch.setattr(garden.storage, "who_may_act", may_act)
    with pytest.raises(AccountNotAllowed):
        await garden.calls.resume(DEPUTY, ticket, Media())
    # Who was put out by a look is not believed either.
    await garden.storage.change_account(AccountId("jonas"), AccountChange(disabled=False))
    ticket = (await garden.come(DEPUTY)).ticket
    await look(garden)
    await garden.storage.change_account(AccountId("jonas"), AccountChange(disabled=True))
    await look(garden)
    monkeypatch.setattr(garden.storage, "who_may_act", away)
    with pytest.raises(StorageUnavailable):
        await garden.calls.resume(DEPUTY, ticket, Media())


async def test_others_who_own_or_moderate_are_so_at_once() -> None:
    garden = await Garden.make(MARA)
    for name in ("mara", "jonas"):
        await garden.storage.add_account(Account(AccountId(name), name, None, name, 1.0))
    garden.accounts = {HOST: MARA, DEPUTY: JONAS}
    for connection in (HOST, DEPUTY):
        await garden.come(connection)
    handed_over = replace(
        await stored(garden), owner=JONAS.account_id, moderators=frozenset({AccountId("mara")})
    )
    await garden.storage.change_room(handed_over)
    await look(garden)
    assert [garden.role(each) for each in (HOST, DEPUTY)] == [Role.MODERATOR, Role.HOST]


async def test_while_the_storage_is_away_all_is_as_it_was(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    await garden.come(HOST)
    before = garden.calls.roster(HOST)

    async def away(*_: object) -> object:
        raise StorageUnavailable

    monkeypatch.setattr(garden.storage, "rooms_by_id", away)
    with pytest.raises(StorageUnavailable):
        await look(garden)
    assert garden.calls.roster(HOST) is before


async def test_a_room_that_does_not_last_is_not_looked_for(garden: Garden) -> None:
    made = await garden.calls.create_passing_room(2)
    await garden.calls.join(GUEST_1, made.id, "", Media())
    await look(garden)
    assert garden.heard.reasons == []
