"""Links that are prepared with those who knock: only by those who may answer, who see them anyway."""

import pytest

from tests.support.garden import DEPUTY, GUEST_1, GUEST_2, HOST, Garden
from visavis.live import Prepared
from visavis.lobby import ConnectionId, LinkId
from visavis.moderation import Action


@pytest.fixture
async def lobby() -> Garden:
    """The host is inside, and one who was let in."""
    garden = await Garden.make(lobby=True)
    await garden.come(HOST)
    knock = await garden.knock(GUEST_2)
    garden.chair.answer(HOST, knock.id, Action.ADMIT)
    await garden.come(GUEST_2, knock=knock.secret)
    return garden


async def prepare(garden: Garden, visitor: ConnectionId) -> int:
    return (await garden.calls.prepare(visitor, "garden", claim=garden.claim(visitor))).links


def links(garden: Garden, member: ConnectionId) -> list[LinkId]:
    """That are prepared with a member at the moment."""
    asked = [link for who, link in garden.heard.visitors if who == member]
    return [link for link in asked if garden.calls.lobby.find(member, link) is not None]


async def test_of_one_who_knocks_only_those_hear_who_may_answer(lobby: Garden) -> None:
    assert await prepare(lobby, GUEST_1) == 0  # who has not knocked is not there at all
    knock = await lobby.knock(GUEST_1)
    visit = await lobby.calls.prepare(GUEST_1, "garden", claim=lobby.claim(GUEST_1))
    assert (visit.links, visit.may_enter) == (1, False)
    assert [who for who, _ in lobby.heard.visitors] == [HOST]
    await lobby.come(DEPUTY, host_key=lobby.made.host_key)  # who comes later and may answer
    assert [who for who, _ in lobby.heard.visitors] == [HOST, DEPUTY]
    other = await lobby.knock(ConnectionId("another"))
    lobby.chair.answer(HOST, other.id, Action.ADMIT)
    await lobby.come(ConnectionId("another"), knock=other.secret)  # and who may not
    assert [who for who, _ in lobby.heard.visitors] == [HOST, DEPUTY]

    [link] = links(lobby, HOST)
    lobby.calls.lobby.get(HOST, link).offer(HOST)
    lobby.chair.answer(HOST, knock.id, Action.ADMIT)
    assert links(lobby, HOST) == [link]
    entry = await lobby.come(GUEST_1, knock=knock.secret)
    assert entry.prepared == [Prepared(lobby.calls.place(HOST).participant_id, link, ())]


@pytest.mark.parametrize("end", ["denied", "goes", "lost", "lobby again"])
async def test_of_one_who_is_not_let_in_nothing_is_left(lobby: Garden, end: str) -> None:
    knock = await lobby.knock(GUEST_1)
    await prepare(lobby, GUEST_1)
    [link] = links(lobby, HOST)
    match end:
        case "denied":
            lobby.chair.answer(HOST, knock.id, Action.DENY)
        case "goes":
            lobby.calls.leave(GUEST_1)
        case "lost":
            lobby.calls.lose(GUEST_1)
        case _:
            await lobby.chair.change(HOST, {"lobby": False})
            await lobby.chair.change(HOST, {"lobby": True})
    assert links(lobby, HOST) == []
    assert (HOST, link) in lobby.heard.dropped


async def test_one_who_waits_for_a_host_is_met_by_it() -> None:
    garden = await Garden.make(lobby=True)
    await garden.knock(GUEST_1)
    assert await prepare(garden, GUEST_1) == 0
    await garden.come(HOST)
    assert len(links(garden, HOST)) == 1
