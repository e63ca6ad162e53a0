"""Every act of those who look after rooms, in one table: who may, on whom, what is written, who is told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.support.garden import DEPUTY, ELSEWHERE, GUEST_1, GUEST_2, HOST, Garden
from visavis.admission import Claim
from visavis.errors import AppError, KnockNotFound, NotAllowed, NotInRoom, ParticipantNotFound
from visavis.identity import GUEST, Identity
from visavis.knocks import State
from visavis.lobby import ConnectionId
from visavis.moderation import SIMPLE, Action
from visavis.rooms import AccountId, Media, Role, RoomChanged

Do = Callable[[Garden, ConnectionId, str], object]
"""An act by a connection, on a participant (or a knock, or an exclusion) of this id."""

EVERYBODY = {HOST: Role.HOST, DEPUTY: Role.MODERATOR, GUEST_1: Role.PARTICIPANT}


@dataclass(frozen=True)
class Act:
    """``by``: the roles that may do it. ``told``: whether the one concerned was told. ``line``: the target,
    or the detail, of the line in the history."""

    do: Do
    by: frozenset[Role]
    told: Callable[[Garden], bool]
    line: str
    on: str = "participant"


HOSTS = frozenset({Role.HOST})
MODERATORS = frozenset({Role.HOST, Role.MODERATOR})


def simple(action: Action) -> Do:
    return lambda garden, by, target: garden.chair.moderate(by, target, action)


def moderated(action: Action) -> Callable[[Garden], bool]:
    """The one concerned was told of it."""
    return lambda garden: [(who, done.action) for who, done in garden.heard.done] == [(GUEST_2, action)]


def out(why: str) -> Callable[[Garden], bool]:
    return lambda garden: (GUEST_2, why) in garden.heard.reasons


def answered(state: State) -> Callable[[Garden], bool]:
    return lambda garden: garden.heard.answers == [(ELSEWHERE, state)]


def everybody_knows(garden: Garden) -> bool:
    last = [garden.heard.by(each)[-1] for each in (HOST, GUEST_2)]
    return all(isinstance(change, RoomChanged) and change.room.name == "Lesson" for change in last)


def nobody_is_there(_: Garden) -> bool:
    """Whoever it concerns is not connected."""
    return True


ACTS: dict[Action, Act] = {
    Action.ASK_TO_UNMUTE: Act(
        simple(Action.ASK_TO_UNMUTE), MODERATORS, moderated(Action.ASK_TO_UNMUTE), "Ines"
    ),
    Action.MUTE: Act(simple(Action.MUTE), MODERATORS, moderated(Action.MUTE), "Ines"),
    Action.STOP_SHARE: Act(simple(Action.STOP_SHARE), MODERATORS, moderated(Action.STOP_SHARE), "Ines"),
    Action.LOWER_HAND: Act(simple(Action.LOWER_HAND), MODERATORS, moderated(Action.LOWER_HAND), "Ines"),
    Action.RENAME: Act(
        lambda garden, by, target: garden.chair.rename(by, target, "Not Ines"),
        MODERATORS,
        moderated(Action.RENAME),
        "Ines",
    ),
    Action.APPOINT: Act(
        lambda garden, by, target: garden.chair.appoint(by, target, Role.MODERATOR),
        HOSTS,
        moderated(Action.APPOINT),
        "Ines",
    ),
    Action.REMOVE: Act(simple(Action.REMOVE), MODERATORS, out("removed"), "Ines"),
    Action.BAN: Act(simple(Action.BAN), HOSTS, out("removed"), "Ines"),
    Action.READMIT: Act(
        lambda garden, by, excluded: garden.chair.readmit(by, excluded),
        HOSTS,
        nobody_is_there,
        "Noor",
        on="exclusion",
    ),
    Action.ADMIT: Act(
        lambda garden, by, knock: garden.chair.answer(by, knock, Action.ADMIT),
        MODERATORS,
        answered(State.ADMITTED),
        "Tomas",
        on="knock",
    ),
    Action.DENY: Act(
        lambda garden, by, knock: garden.chair.answer(by, knock, Action.DENY),
        MODERATORS,
        answered(State.DENIED),
        "Tomas",
        on="knock",
    ),
    Action.CHANGE: Act(
        lambda garden, by, _: garden.chair.change(by, {"name": "Lesson"}),
        HOSTS,
        everybody_knows,
        "name",
        on="room",
    ),
    Action.END: Act(lambda garden, by, _: garden.chair.end(by), HOSTS, out("closed"), "", on="room"),
}
FROM_OUTSIDE = {Action.MAKE, Action.DELETE}


def test_no_act_is_missing() -> None:
    assert set(ACTS) | FROM_OUTSIDE == set(Action)
    assert set(ACTS) > SIMPLE


async def full_garden() -> Garden:
    """A host, a moderator and two guests inside; one knocks, and one was removed."""
    garden = await Garden.make()
    for connection, name in ((HOST, "Mara"), (DEPUTY, "Joel"), (GUEST_1, "Lev"), (GUEST_2, "Ines")):
        await garden.come(connection, name)
    garden.chair.appoint(HOST, garden.id(DEPUTY), Role.MODERATOR)
    garden.calls.set_media(GUEST_2, Media(screen=True))
    garden.calls.set_hand(GUEST_2, is_raised=True)
    await garden.come(ELSEWHERE, "Noor")
    garden.chair.moderate(HOST, garden.id(ELSEWHERE), Action.REMOVE)
    await garden.chair.change(HOST, {"lobby": True})
    garden.heard.done.clear()
    garden.heard.reasons.clear()
    garden.noted.clear()
    return garden


async def target_of(garden: Garden, on: str) -> str:
    match on:
        case "participant":
            return garden.id(GUEST_2)
        case "knock":
            return (await garden.knock(ELSEWHERE, "Tomas", browser="another")).id
        case "exclusion":
            (excluded,) = garden.chair.exclusions(HOST)
            return excluded.id
        case _:
            return ""


async def done(act: Act, garden: Garden, by: ConnectionId, target: str) -> None:
    outcome = act.do(garden, by, target)
    if isinstance(outcome, Awaitable):
        await outcome


@pytest.mark.parametrize("by", EVERYBODY)
@pytest.mark.parametrize("action", ACTS)
async def test_who_may_and_what_comes_of_it(action: Action, by: ConnectionId) -> None:
    act, garden = ACTS[action], await full_garden()
    target = await target_of(garden, act.on)
    if EVERYBODY[by] not in act.by:
        with pytest.raises(NotAllowed):
            await done(act, garden, by, target)
        assert (garden.acts(), garden.heard.done, garden.heard.reasons) == ([], [], [])
        return
    name = garden.calls.call(by)[1].name
    await done(act, garden, by, target)
    assert garden.acts() == [(action.value, name, act.line)]
    assert act.told(garden)


@pytest.mark.parametrize("action", ACTS)
async def test_nobody_acts_in_a_room_that_they_are_not_in(action: Action) -> None:
    act, garden = ACTS[action], await full_garden()
    target = await target_of(garden, act.on)
    other = await garden.calls.create_room("cellar", 8)
    stranger = ConnectionId("stranger")
    refused: dict[str, type[AppError]] = {"participant": ParticipantNotFound, "knock": KnockNotFound}
    with pytest.raises(NotInRoom):
        await done(act, garden, stranger, target)
    # A host, but of another room: an act there reaches nobody here.
    await garden.calls.join(stranger, "cellar", "", Media(), claim=Claim(host_key=other.host_key))
    if act.on in refused:
        with pytest.raises(refused[act.on]):
            await done(act, garden, stranger, target)
    else:
        await done(act, garden, stranger, target)
    here = [line for line in garden.noted if getattr(line, "room_id", None) == "garden"]
    assert [line for line in here if getattr(line, "act", None) is action] == []
    assert (garden.heard.done, [who for who, _ in garden.heard.reasons if who != stranger]) == ([], [])
    assert len(garden.calls.roster(HOST).participants) == 4
    assert len(garden.chair.exclusions(HOST)) == 1


async def test_what_is_done_from_outside_is_written_too() -> None:
    garden = Garden()
    mara = Identity(AccountId("mara"), "Mara")
    await garden.calls.create_room("garden", 8, identity=mara)
    await garden.calls.join(GUEST_2, "garden", "Ines", Media())
    with pytest.raises(NotAllowed):
        await garden.chair.delete_room("garden", GUEST, None)
    await garden.chair.delete_room("garden", mara, None)
    assert garden.acts() == [("make", "Mara", ""), ("delete", "Mara", "")]
    assert out("closed")(garden)


# --- those who are away ----------------------------------------------------------------------------


async def test_one_who_was_away_is_told_on_coming_back() -> None:
    garden = await full_garden()
    call, known = garden.calls.call(GUEST_2)
    ticket, target = garden.calls.ticket(call, known.id), known.id
    garden.calls.lose(GUEST_2)
    for action in (Action.MUTE, Action.STOP_SHARE, Action.MUTE):
        garden.chair.moderate(HOST, target, action)
    garden.chair.rename(HOST, target, "Not Ines")
    assert garden.heard.done == []
    back = await garden.calls.resume(GUEST_2, ticket, Media(screen=True))
    known_again = back.roster.get(back.participant_id)
    assert (known_again.media.audio, known_again.media.screen, known_again.silenced) == (False, False, True)
    told = [(who, done.action) for who, done in garden.heard.done]
    assert told == [(GUEST_2, Action.STOP_SHARE), (GUEST_2, Action.MUTE), (GUEST_2, Action.RENAME)]
    # Once.
    garden.calls.lose(GUEST_2)
    await garden.calls.resume(GUEST_2, back.ticket, Media())
    assert len(garden.heard.done) == 3
    assert not garden.calls.call(GUEST_2)[1].silenced
