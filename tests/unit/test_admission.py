"""The door of a room: who is let in, as what, and who stays out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis import admission, rooms
from visavis.admission import NOTHING, Applicant, Claim, Return, Way
from visavis.errors import (
    AppError,
    Excluded,
    PasscodeNeeded,
    PasscodeWrong,
    RoomFull,
    RoomLocked,
    RoomNotOpen,
    RoomOver,
)
from visavis.identity import GUEST, Grant, Identity
from visavis.rooms import (
    AccountId,
    Exclusion,
    Participant,
    ParticipantId,
    Role,
    Room,
    RoomId,
    Roster,
    Rules,
    Why,
)

NOW = 1_000.0
KEY = admission.new_host_key()
GARDEN = RoomId("garden")
OWNER, DEPUTY = Identity(AccountId("owner"), "Mara"), Identity(AccountId("deputy"), "Joel")
ROOM = Room(
    GARDEN, 2, "", OWNER.account_id, frozenset({AccountId("deputy")}), host_key=admission.hash_key(KEY)
)
MARK = "browser:1"


def roster(room: Room = ROOM, *inside: Participant, **rules: object) -> Roster:
    return Roster(replace(room, rules=Rules(**rules)), "epoch", participants=inside)  # type: ignore[arg-type]  # by name


def person(name: str, role: Role = Role.PARTICIPANT) -> Participant:
    return Participant(ParticipantId(name), name, 0.0, role=role)


def excluded(why: Why, *marks: str, until: float | None = None, room: Room = ROOM) -> Room:
    return admission.exclude(room, Exclusion(why, why, "", frozenset(marks), 0.0, until), NOW)


GUEST_AT_DOOR = Applicant(Role.PARTICIPANT, frozenset({MARK}))

# --- roles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identity", "claim", "role"),
    [
        (GUEST, NOTHING, Role.PARTICIPANT),
        (OWNER, NOTHING, Role.HOST),
        (DEPUTY, NOTHING, Role.MODERATOR),
        (GUEST, Claim(host_key=KEY), Role.HOST),
        (DEPUTY, Claim(host_key=KEY), Role.HOST),
        (GUEST, Claim(host_key=KEY + "x"), Role.PARTICIPANT),
        (GUEST, Claim(host_key=""), Role.PARTICIPANT),
        (GUEST, Claim(host_key="\ud800"), Role.PARTICIPANT),
        (GUEST, Claim(host_key=admission.hash_key(KEY)), Role.PARTICIPANT),
        # By name, whatever it is, nobody is anything.
        (Identity(name="Mara"), NOTHING, Role.PARTICIPANT),
        (Identity(AccountId("other"), "Mara", admin=True), NOTHING, Role.PARTICIPANT),
        (Identity(grant=Grant(GARDEN, Role.HOST)), NOTHING, Role.HOST),
        (Identity(grant=Grant(GARDEN, Role.MODERATOR)), NOTHING, Role.MODERATOR),
        (Identity(grant=Grant(RoomId("other"), Role.HOST)), NOTHING, Role.PARTICIPANT),
        (replace(DEPUTY, grant=Grant(GARDEN, Role.PARTICIPANT)), NOTHING, Role.MODERATOR),
    ],
)
def test_a_role_comes_from_what_one_can_show(identity: Identity, claim: Claim, role: Role) -> None:
    assert admission.role_in(ROOM, identity, claim) is role


def test_a_room_without_owner_and_key_has_no_host() -> None:
    bare = Room(GARDEN, 2)
    for identity, claim in [(GUEST, NOTHING), (OWNER, NOTHING), (GUEST, Claim(host_key=""))]:
        assert admission.role_in(bare, identity, claim) is Role.PARTICIPANT


def test_host_keys_are_long_and_never_the_same() -> None:
    keys = {admission.new_host_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {32}  # of six bits each


def test_marks_know_a_browser_again_in_one_room_and_not_across_rooms() -> None:
    claim = Claim(browser="0123456789abcdef")
    here = admission.marks_of(GARDEN, GUEST, claim)
    assert here == admission.marks_of(GARDEN, Identity(name="another name"), claim)
    assert here.isdisjoint(admission.marks_of(RoomId("other"), GUEST, claim))
    assert "0123456789abcdef" not in "".join(here)
    assert admission.marks_of(GARDEN, OWNER, NOTHING) == {"account:owner"}
    assert admission.marks_of(GARDEN, GUEST, NOTHING) == frozenset()


# --- the door -------------------------------------------------------------------------------------


def test_an_open_door() -> None:
    assert admission.decide(roster(), GUEST_AT_DOOR, NOW) is Way.ENTER


@pytest.mark.parametrize(
    ("applicant", "error"),
    [
        (GUEST_AT_DOOR, PasscodeNeeded),
        (replace(GUEST_AT_DOOR, knows_passcode=False), PasscodeWrong),
        (replace(GUEST_AT_DOOR, knows_passcode=True), None),
        (replace(GUEST_AT_DOOR, vouched=True), None),
        (replace(GUEST_AT_DOOR, admitted=True), None),
        (Applicant(Role.MODERATOR), None),
        (Applicant(Role.HOST, knows_passcode=False), None),
    ],
)
def test_a_passcode(applicant: Applicant, error: type[AppError] | None) -> None:
    room = roster(replace(ROOM, passcode="hash"))
    if error is None:
        assert admission.decide(room, applicant, NOW) is Way.ENTER
    else:
        with pytest.raises(error):
            admission.decide(room, applicant, NOW)


def test_one_knocks_at_a_lobby_and_a_host_never_does() -> None:
    room = roster(lobby=True)
    assert admission.decide(room, GUEST_AT_DOOR, NOW) is Way.KNOCK
    for through in (
        replace(GUEST_AT_DOOR, admitted=True),
        replace(GUEST_AT_DOOR, vouched=True),
        Applicant(Role.MODERATOR),
        Applicant(Role.HOST),
    ):
        assert admission.decide(room, through, NOW) is Way.ENTER


def test_one_who_does_not_know_the_passcode_cannot_even_knock() -> None:
    with pytest.raises(PasscodeNeeded):
        admission.decide(roster(replace(ROOM, passcode="hash"), lobby=True), GUEST_AT_DOOR, NOW)


def test_a_locked_room_lets_in_hosts_moderators_and_whom_they_admit() -> None:
    room = roster(locked=True, lobby=True)
    for kept_out in (GUEST_AT_DOOR, replace(GUEST_AT_DOOR, vouched=True)):
        with pytest.raises(RoomLocked):
            admission.decide(room, kept_out, NOW)
    for through in (replace(GUEST_AT_DOOR, admitted=True), Applicant(Role.MODERATOR), Applicant(Role.HOST)):
        assert admission.decide(room, through, NOW) is Way.ENTER


def test_a_full_room_is_full_for_everybody() -> None:
    room = roster(ROOM, person("a"), person("b"), lobby=True)
    for applicant in (GUEST_AT_DOOR, replace(GUEST_AT_DOOR, admitted=True), Applicant(Role.HOST)):
        with pytest.raises(RoomFull):
            admission.decide(room, applicant, NOW)


def test_a_room_has_its_time() -> None:
    for early in (GUEST_AT_DOOR, replace(GUEST_AT_DOOR, vouched=True)):
        with pytest.raises(RoomNotOpen):
            admission.decide(roster(opens_at=NOW + 1), early, NOW)
    assert admission.decide(roster(opens_at=NOW + 1), Applicant(Role.HOST), NOW) is Way.ENTER
    assert admission.decide(roster(opens_at=NOW, expires_at=NOW + 1), GUEST_AT_DOOR, NOW) is Way.ENTER
    for late in (GUEST_AT_DOOR, Applicant(Role.HOST)):
        with pytest.raises(RoomOver):
            admission.decide(roster(expires_at=NOW), late, NOW)


def test_who_was_removed_stays_out_by_any_mark_and_a_moderator_too() -> None:
    for why in (Why.REMOVED, Why.BANNED):
        room = roster(excluded(why, MARK, "account:deputy"))
        for applicant in (
            GUEST_AT_DOOR,
            replace(GUEST_AT_DOOR, vouched=True, admitted=True, knows_passcode=True),
            Applicant(Role.MODERATOR, frozenset({"account:deputy", "browser:2"})),
        ):
            with pytest.raises(Excluded):
                admission.decide(room, applicant, NOW)
        assert admission.decide(room, Applicant(Role.PARTICIPANT, frozenset({"browser:2"})), NOW)
        assert admission.decide(room, Applicant(Role.HOST, frozenset({MARK})), NOW)


def test_an_exclusion_ends_or_is_lifted() -> None:
    room = excluded(Why.REMOVED, MARK, until=NOW + 5)
    with pytest.raises(Excluded):
        admission.decide(roster(room), GUEST_AT_DOOR, NOW + 4)
    assert admission.decide(roster(room), GUEST_AT_DOOR, NOW + 5)
    assert admission.decide(roster(admission.readmit(room, "removed")), GUEST_AT_DOOR, NOW)
    assert admission.readmit(room, "unknown") == room


def test_exclusions_are_bounded_and_those_that_are_over_go() -> None:
    room = excluded(Why.REMOVED, MARK, until=NOW)
    for number in range(admission.MAX_EXCLUSIONS + 3):
        room = admission.exclude(room, Exclusion(str(number), Why.BANNED, "", frozenset(), 0.0, None), NOW)
    assert [e.id for e in room.exclusions] == [str(n) for n in range(3, admission.MAX_EXCLUSIONS + 3)]


_roles = st.sampled_from(Role)
_rules = st.builds(
    Rules,
    lobby=st.booleans(),
    locked=st.booleans(),
    opens_at=st.sampled_from([None, NOW - 1, NOW + 1]),
    expires_at=st.sampled_from([None, NOW - 1, NOW + 1]),
)
_applicants = st.builds(
    Applicant,
    _roles,
    st.sets(st.sampled_from([MARK, "browser:2"])).map(frozenset),
    st.booleans(),
    st.sampled_from([None, False, True]),
    st.booleans(),
)


@given(_rules, _applicants, st.booleans(), st.booleans(), st.integers(0, 2))
def test_nobody_gets_past_a_rule(
    rules: Rules, applicant: Applicant, has_passcode: bool, is_excluded: bool, inside: int
) -> None:
    room = replace(ROOM, passcode="hash" if has_passcode else None, rules=rules)
    if is_excluded:
        room = excluded(Why.REMOVED, MARK, room=room)
    here = Roster(room, "epoch", participants=tuple(person(str(n)) for n in range(inside)))
    try:
        way = admission.decide(here, applicant, NOW)
    except AppError:
        return
    is_host, is_trusted = applicant.role is Role.HOST, applicant.role is not Role.PARTICIPANT
    assert inside < room.capacity
    assert is_host or not (is_excluded and MARK in applicant.marks)
    assert rules.expires_at is None or rules.expires_at > NOW
    assert is_trusted or rules.opens_at is None or rules.opens_at <= NOW
    assert is_trusted or applicant.admitted or not rules.locked
    opens = is_trusted or applicant.vouched or applicant.admitted
    assert opens or not has_passcode or applicant.knows_passcode
    assert way is (Way.KNOCK if rules.lobby and not opens else Way.ENTER)


# --- who comes back -------------------------------------------------------------------------------

BACK = Return(
    ParticipantId("a"), Role.PARTICIPANT, frozenset({MARK}), same_roster=True, same_call=True, uptime=9e9
)


def test_one_whose_place_is_kept_comes_back_into_a_locked_room_with_the_role_of_now() -> None:
    here = roster(ROOM, person("a", Role.MODERATOR), locked=True)
    assert admission.take_back(here, BACK, NOW) is Role.MODERATOR


def test_one_whose_place_is_gone_does_not_come_back_into_a_locked_room() -> None:
    with pytest.raises(RoomLocked):
        admission.take_back(roster(locked=True), BACK, NOW)
    another_call = replace(BACK, same_roster=False, same_call=False)
    with pytest.raises(RoomLocked):
        admission.take_back(roster(locked=True), another_call, NOW)
    host = replace(BACK, role=Role.HOST)
    assert admission.take_back(roster(locked=True), host, NOW) is Role.HOST


def test_after_a_restart_those_who_were_inside_come_back_into_a_locked_room() -> None:
    for back in (
        replace(BACK, same_roster=False),
        replace(BACK, same_roster=False, same_call=False, uptime=5.0),
    ):
        assert admission.take_back(roster(locked=True), back, NOW) is Role.PARTICIPANT


@pytest.mark.parametrize("marks", [(MARK,), ("participant:a",), ("browser:9", "account:x", "participant:a")])
def test_a_ticket_of_one_who_was_removed_leads_nowhere(marks: tuple[str, ...]) -> None:
    for back in (BACK, replace(BACK, same_roster=False, uptime=1.0), replace(BACK, role=Role.MODERATOR)):
        with pytest.raises(Excluded):
            admission.take_back(roster(excluded(Why.REMOVED, *marks)), back, NOW)


def test_a_ticket_of_a_higher_role_gives_none_after_it_was_taken_away() -> None:
    demoted = excluded(Why.DEMOTED, "participant:a")
    ticket = replace(BACK, role=Role.MODERATOR, same_roster=False)
    assert admission.take_back(roster(ROOM), ticket, NOW) is Role.MODERATOR
    assert admission.take_back(roster(demoted), ticket, NOW) is Role.PARTICIPANT
    # It shuts nobody out.
    assert admission.decide(roster(demoted), Applicant(Role.PARTICIPANT, frozenset({"participant:a"})), NOW)


def test_a_ticket_of_a_call_that_was_ended_for_all_leads_nowhere() -> None:
    ended = excluded(Why.ENDED, admission.call_mark("call"))
    back = replace(BACK, marks=BACK.marks | {admission.call_mark("call")})
    with pytest.raises(Excluded):
        admission.take_back(roster(ended), back, NOW)
    assert admission.take_back(roster(ended), BACK, NOW)


def test_what_is_allowed_to_all_or_to_moderators() -> None:
    a, b, c = person("a"), person("b", Role.MODERATOR), person("c", Role.HOST)
    for rules, answers in [({}, [True, True, True]), ({"share": "moderators"}, [False, True, True])]:
        here = roster(ROOM, a, b, c, **rules)
        assert [rooms.may(here, p.id, rooms.Act.SHARE) for p in (a, b, c)] == answers
        assert rooms.may(here, a.id, rooms.Act.CHAT)
