"""What a role allows: on whom, and in which room."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis import moderation, rooms
from visavis.admission import RANK
from visavis.errors import AppError, NameTooLong, NotAllowed, ParticipantNotFound
from visavis.moderation import Action
from visavis.rooms import (
    Answering,
    Media,
    Participant,
    ParticipantId,
    Presence,
    Role,
    Room,
    RoomId,
    Roster,
    Rules,
)

HOST, DEPUTY, GUEST = (ParticipantId(name) for name in ("host", "deputy", "guest"))
EVERYBODY = (
    Participant(HOST, "Mara", 1.0, role=Role.HOST),
    Participant(DEPUTY, "Joel", 2.0, role=Role.MODERATOR),
    Participant(GUEST, "Mara", 3.0),  # the host's name
    Participant(ParticipantId("host-2"), "Ines", 4.0, role=Role.HOST),
    Participant(ParticipantId("deputy-2"), "Noor", 5.0, role=Role.MODERATOR),
    Participant(ParticipantId("guest-2"), "Tomas", 6.0),
)
HERE = Roster(Room(RoomId("garden"), 8), "epoch", participants=EVERYBODY)
ON_SOMEBODY = [
    Action.ASK_TO_UNMUTE,
    Action.MUTE,
    Action.STOP_SHARE,
    Action.LOWER_HAND,
    Action.RENAME,
    Action.REMOVE,
    Action.BAN,
    Action.APPOINT,
]


def allowed(action: Action, actor: ParticipantId) -> set[str]:
    """On whom somebody may do it."""
    found = set()
    for target in EVERYBODY:
        try:
            moderation.check(action, HERE, actor, target.id)
        except NotAllowed:
            continue
        found.add(str(target.id))
    return found


@pytest.mark.parametrize("action", ON_SOMEBODY)
def test_a_participant_may_do_nothing_to_anybody_whatever_it_is_called(action: Action) -> None:
    assert allowed(action, GUEST) == set()


@pytest.mark.parametrize("action", ON_SOMEBODY[:5])
def test_gentle_acts_reach_those_of_the_same_role(action: Action) -> None:
    assert allowed(action, DEPUTY) == {"guest", "deputy-2", "guest-2"}
    assert allowed(action, HOST) == {"guest", "deputy", "deputy-2", "guest-2", "host-2"}


def test_removing_banning_and_appointing_reach_only_those_below() -> None:
    assert allowed(Action.REMOVE, DEPUTY) == {"guest", "guest-2"}
    assert allowed(Action.BAN, DEPUTY) == allowed(Action.APPOINT, DEPUTY) == set()
    for action in (Action.REMOVE, Action.BAN, Action.APPOINT):
        assert allowed(action, HOST) == {"guest", "deputy", "deputy-2", "guest-2"}


@pytest.mark.parametrize("action", [Action.END, Action.READMIT])
def test_what_is_done_to_the_room_is_the_hosts(action: Action) -> None:
    moderation.check_alone(action, HERE.get(HOST))
    for actor in (DEPUTY, GUEST):
        with pytest.raises(NotAllowed):
            moderation.check_alone(action, HERE.get(actor))


@pytest.mark.parametrize("action", ON_SOMEBODY)
def test_nobody_acts_on_somebody_who_is_not_in_the_room(action: Action) -> None:
    elsewhere = ParticipantId("in-another-room")
    for actor, target in [(HOST, elsewhere), (elsewhere, GUEST)]:
        with pytest.raises(ParticipantNotFound):
            moderation.check(action, HERE, actor, target)


def test_one_who_is_muted_is_silenced_until_it_unmutes_itself() -> None:
    muted = moderation.mute(HERE, HOST, GUEST)
    assert muted is not None
    roster = rooms.apply(muted, HERE)
    assert roster.get(GUEST).silenced
    assert roster.get(GUEST).media == Media(audio=False)
    assert moderation.mute(roster, HOST, GUEST) is None
    for media, silenced in [(Media(False, False), True), (Media(True, False), False)]:
        change = rooms.set_media(roster, GUEST, media)
        assert change is not None
        roster = rooms.apply(change, roster)
        assert roster.get(GUEST).silenced is silenced


def test_one_who_comes_back_is_as_silenced_and_as_high_as_before() -> None:
    muted = moderation.mute(HERE, HOST, DEPUTY)
    assert muted is not None
    roster = rooms.apply(muted, HERE)
    for audio in (False, True):
        # What a ticket of before says of name and role does not count.
        back = Participant(DEPUTY, "Of before", 2.0, Media(audio=audio), role=Role.HOST)
        known = rooms.apply(rooms.admit(roster, back), roster).get(DEPUTY)
        assert (known.name, known.role, known.silenced) == ("Joel", Role.MODERATOR, not audio)


def test_renaming() -> None:
    renamed = moderation.rename(HERE, DEPUTY, GUEST, " Not\u202e Mara ")
    assert renamed is not None
    assert renamed.participant == replace(EVERYBODY[2], name="Not Mara")
    assert moderation.rename(HERE, DEPUTY, GUEST, "Mara") is None
    with pytest.raises(NameTooLong):
        moderation.rename(HERE, DEPUTY, GUEST, "x" * 61)


def test_appointing() -> None:
    made = moderation.appoint(HERE, HOST, GUEST, Role.MODERATOR)
    assert made is not None
    assert made.participant.role is Role.MODERATOR
    assert moderation.appoint(HERE, HOST, GUEST, Role.PARTICIPANT) is None
    with pytest.raises(NotAllowed):
        moderation.appoint(HERE, HOST, GUEST, Role.HOST)


# --- the door -------------------------------------------------------------------------------------


def answering(named: Answering, *inside: Participant) -> set[str]:
    roster = Roster(replace(HERE.room, rules=Rules(answer_when_alone=named)), "epoch", participants=inside)
    return {str(p.id) for p in inside if moderation.may_answer(roster, p)}


def test_who_answers_the_door() -> None:
    host, deputy, guest = EVERYBODY[:3]
    away = replace(host, presence=Presence.RECONNECTING)
    for named in Answering:
        assert answering(named, host, deputy, guest) == {"host", "deputy"}
        assert answering(named, away, deputy, guest) == {"deputy"}
    assert answering(Answering.NOBODY, away, guest) == set()
    assert answering(Answering.PARTICIPANTS, away, guest) == {"guest"}
    assert answering(Answering.PARTICIPANTS, guest) == {"guest"}


def test_who_changes_the_settings() -> None:
    moderation.check_changes(Role.HOST, frozenset({"name", "passcode", "locked"}))
    moderation.check_changes(Role.MODERATOR, frozenset({"lobby", "locked"}))
    for role, names in [(Role.MODERATOR, {"locked", "passcode"}), (Role.PARTICIPANT, {"locked"})]:
        with pytest.raises(NotAllowed):
            moderation.check_changes(role, frozenset(names))


# --- whoever does whatever ------------------------------------------------------------------------

_people = st.lists(st.sampled_from(Role), min_size=1, max_size=5).map(
    lambda roles: tuple(Participant(ParticipantId(str(n)), "", n, role=role) for n, role in enumerate(roles))
)


@given(_people, st.sampled_from(ON_SOMEBODY), st.data())
def test_nobody_reaches_up_and_nobody_reaches_oneself(
    people: tuple[Participant, ...], action: Action, data: st.DataObject
) -> None:
    roster = Roster(Room(RoomId("garden"), 8), "epoch", participants=people)
    actor, target = data.draw(st.sampled_from(people)), data.draw(st.sampled_from(people))
    try:
        moderation.check(action, roster, actor.id, target.id)
    except AppError:
        return
    assert actor.id != target.id
    assert actor.role is not Role.PARTICIPANT
    assert RANK[actor.role] >= RANK[target.role]
