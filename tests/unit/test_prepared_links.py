"""Links that are prepared with those who are about to enter."""

from functools import partial

import pytest

from tests.support.house import GRACE, House
from visavis.calls import Calls
from visavis.errors import (
    AlreadyInRoom,
    NotPrepared,
    RoomFull,
    RoomNotFound,
    TooManyCandidates,
)
from visavis.live import Limits, Prepared
from visavis.lobby import LIFETIME, MAX_LINKS, VISITS_PER_MINUTE, ConnectionId, LinkId
from visavis.rooms import (
    MAX_VISITORS,
    Media,
    RoomId,
)
from visavis.tickets import Tickets

A, B, C = ConnectionId("a"), ConnectionId("b"), ConnectionId("c")


@pytest.fixture
async def house() -> House:
    house = House()
    await house.calls.create_room("garden", 2)
    house.noted.clear()
    return house


async def visit(house: House, visitor: ConnectionId, *members: ConnectionId) -> list[LinkId]:
    """Members enter, a visitor comes, and every member has offered; the links, by member."""
    for member in members:
        await house.enter(member)
    await house.calls.prepare(visitor, "garden")
    asked = dict(house.heard.visitors)
    for member in members:
        house.calls.lobby.get(member, asked[member]).offer(member)
    return [asked[member] for member in members]


async def test_a_visitor_is_announced_without_a_name_and_enters_with_its_links(house: House) -> None:
    [link_id] = await visit(house, B, A)
    assert house.heard.changes == []
    link = house.calls.lobby.get(B, link_id)
    link.answer(B)
    link.hold(A, ["of A"], 4)
    link.hold(B, ["of B"], 4)
    entry = await house.enter(B)
    own = house.calls.place(A).participant_id
    assert entry.prepared == [Prepared(own, link_id, ["of A"])]
    assert house.heard.links == [(A, Prepared(entry.participant_id, link_id, ["of B"]))]
    assert link.participants == {A: own, B: entry.participant_id}
    house.clock.advance(60)
    assert house.calls.lobby.find(A, link_id) is None
    assert house.heard.dropped == []


async def test_a_link_without_an_offer_is_dropped_and_one_that_was_brought_goes_there() -> None:
    house = House()
    await house.calls.create_room("garden", 8)
    for member in (A, B):
        await house.enter(member)
    await house.calls.prepare(C, "garden")
    link_of_a, link_of_b = (link for _, link in house.heard.visitors)
    house.calls.lobby.get(A, link_of_a).offer(A)
    entry = await house.calls.join(C, "garden", "", Media(), ["first", "second"])
    first, second = (house.calls.place(member).participant_id for member in (A, B))
    assert entry.prepared == [Prepared(first, link_of_a), Prepared(second, None, offer=0)]
    assert house.heard.links == [
        (A, Prepared(entry.participant_id, link_of_a)),
        (B, Prepared(entry.participant_id, None, offer="first")),
    ]
    assert house.heard.dropped == [(B, link_of_b)]


async def test_nothing_is_prepared_with_one_who_does_not_know_of_it() -> None:
    house = House()
    await house.calls.create_room("garden", 8)
    house.heard.plain = {A}
    await house.enter(A)
    await house.enter(B)
    assert (await house.calls.prepare(C, "garden")).links == 1
    entry = await house.calls.join(C, "garden", "", Media(), ["an offer"])
    assert entry.prepared == [Prepared(house.calls.place(B).participant_id, None, offer=0)]


@pytest.mark.parametrize("ending", ["lobby.leave", "lose", "replaced", "time", "another room"])
async def test_of_a_visitor_who_goes_nothing_is_left(house: House, ending: str) -> None:
    [link_id] = await visit(house, B, A)
    match ending:
        case "lobby.leave":
            house.calls.lobby.leave(B)
            house.calls.lobby.leave(B)
        case "lose":
            house.calls.lose(B)
        case "replaced":
            await house.calls.prepare(B, "garden")
        case "time":
            house.clock.advance(LIFETIME)
        case _:
            await house.calls.create_room("meadow", 2)
            await house.enter(B, "meadow")
    assert house.heard.dropped == [(A, link_id)]
    assert house.calls.lobby.find(A, link_id) is None
    if ending != "replaced":
        assert not [timer for timer in house.clock.timers if timer.live]
        assert (await house.enter(C)).prepared == []


async def test_a_member_who_leaves_ends_its_links_and_one_who_comes_gets_some(house: House) -> None:
    [link_id] = await visit(house, C, A)
    house.calls.leave(A)
    assert house.heard.dropped == [(C, link_id)]
    await house.enter(B)
    assert [member for member, _ in house.heard.visitors] == [A, B]


async def test_the_turns_and_bounds_of_a_prepared_link(house: House) -> None:
    await house.enter(A)
    await house.calls.prepare(B, "garden")
    link = house.calls.lobby.get(A, house.heard.visitors[0][1])
    for early in (partial(link.answer, B), partial(link.offer, B), partial(link.answer, A)):
        with pytest.raises(NotPrepared):
            early()
    link.offer(A)
    with pytest.raises(NotPrepared):
        link.offer(A)
    link.answer(B)
    with pytest.raises(NotPrepared):
        link.answer(B)
    link.hold(A, ["x"] * 32, 100)
    with pytest.raises(TooManyCandidates):
        link.hold(A, ["x"], 1)
    with pytest.raises(TooManyCandidates):
        link.hold(B, ["x"], 1_000_000)
    assert house.calls.lobby.find(C, link.id) is None  # who is no end of it cannot reach it


async def test_who_may_prepare() -> None:
    house = House()
    await house.calls.create_room("garden", 2)
    await house.enter(A)
    crowd = [ConnectionId(f"visitor {number}") for number in range(MAX_VISITORS + 1)]
    for visitor in crowd[:MAX_VISITORS]:
        assert (await house.calls.prepare(visitor, "garden")).links == 1
        assert (await house.calls.prepare(visitor, "garden")).links == 1
    assert (await house.calls.prepare(crowd[-1], "garden")).links == 0
    with pytest.raises(RoomNotFound):
        await house.calls.prepare(B, "nowhere")
    with pytest.raises(AlreadyInRoom):
        await house.calls.prepare(A, "garden")
    await house.enter(B)
    with pytest.raises(RoomFull):
        await house.calls.prepare(crowd[0], "garden")


async def test_visitors_who_come_too_often_are_not_prepared_for(house: House) -> None:
    await house.enter(A)
    for _ in range(VISITS_PER_MINUTE):
        await house.calls.prepare(B, "garden")
    assert (await house.calls.prepare(B, "garden")).links == 0
    house.clock.advance(60)
    assert (await house.calls.prepare(B, "garden")).links == 1


async def test_a_visitor_of_a_large_call_prepares_with_some() -> None:
    house = House()
    await house.calls.create_room("garden", 32)
    for number in range(MAX_LINKS + 2):
        await house.enter(ConnectionId(f"member {number}"))
    assert (await house.calls.prepare(B, "garden")).links == MAX_LINKS


async def test_a_server_that_does_not_prepare_says_so() -> None:
    house = House()
    tickets = Tickets(b"s" * 32, 3600, house.clock.now)
    calls = Calls(house.storage, tickets, house.clock, Limits(8, 32, GRACE, prepare=False))
    await calls.create_room("garden", 2)
    assert (await calls.prepare(A, "garden")).links == 0
    assert calls.lobby.count(RoomId("garden")) == 0
