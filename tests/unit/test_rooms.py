"""The rules of a room."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from visavis import rooms
from visavis.errors import CapacityInvalid, NameTooLong, ParticipantNotFound, RoomFull, RoomIdInvalid
from visavis.rooms import Media, Participant, ParticipantId, Presence, Room, RoomId, Roster

ROOM = Room(RoomId("garden"), capacity=3)


def person(name: str, joined_at: float = 0.0) -> Participant:
    return Participant(ParticipantId(name), name, joined_at)


def filled(*names: str, room: Room = ROOM) -> Roster:
    roster = Roster(room, "epoch")
    for number, name in enumerate(names):
        roster = rooms.apply(rooms.admit(roster, person(name, number)), roster)
    return roster


def test_a_full_room_refuses_the_next() -> None:
    with pytest.raises(RoomFull):
        rooms.admit(filled("a", "b", "c"), person("d"))


def test_one_who_reconnects_counts_and_gets_its_place_back() -> None:
    roster = filled("a", "b", "c")
    lost = rooms.lose(roster, ParticipantId("b"))
    assert lost is not None
    roster = rooms.apply(lost, roster)
    with pytest.raises(RoomFull):
        rooms.admit(roster, person("d"))
    roster = rooms.apply(rooms.admit(roster, person("b", 1.0)), roster)
    assert [p.id for p in roster.participants] == ["a", "b", "c"]
    assert roster.get(ParticipantId("b")).presence is Presence.CONNECTED


def test_a_roster_rebuilt_in_any_order_is_in_the_order_of_entering() -> None:
    roster = Roster(ROOM, "another epoch")
    for late in (person("c", 2), person("a", 0), person("b", 1)):
        roster = rooms.apply(rooms.admit(roster, late), roster)
    assert [p.id for p in roster.participants] == ["a", "b", "c"]


def test_what_changes_nothing_is_no_change() -> None:
    roster = filled("a")
    a = ParticipantId("a")
    assert rooms.set_media(roster, a, Media()) is None
    assert rooms.expire(roster, a) is None
    assert rooms.leave(roster, ParticipantId("x")) is None
    assert rooms.lose(roster, ParticipantId("x")) is None
    with pytest.raises(ParticipantNotFound):
        rooms.set_media(roster, ParticipantId("x"), Media())


def test_a_hand_keeps_its_turn_and_outlasts_a_lost_connection() -> None:
    roster, a = filled("a", "b"), ParticipantId("a")
    raised = rooms.set_hand(roster, a, 10.0)
    assert raised is not None
    roster = rooms.apply(raised, roster)
    assert rooms.set_hand(roster, a, 20.0) is None
    roster = rooms.apply(rooms.admit(roster, person("a", 0)), roster)
    assert roster.get(a).hand == 10.0
    lowered = rooms.set_hand(roster, a, None)
    assert lowered is not None
    roster = rooms.apply(lowered, roster)
    assert roster.get(a).hand is None
    assert rooms.set_hand(roster, a, None) is None


def test_a_change_out_of_turn_is_a_fault() -> None:
    with pytest.raises(ValueError, match="expected change 2, got 3"):
        rooms.apply(rooms.Joined(3, person("b")), filled("a"))


@pytest.mark.parametrize("capacity", [-1, 0, 1, 33])
def test_a_capacity_outside_of_the_bounds_is_refused(capacity: int) -> None:
    with pytest.raises(CapacityInvalid, match="2 to 32"):
        rooms.make_room(RoomId("garden"), capacity, max_capacity=32)


# --- ids and names --------------------------------------------------------------------------------


@pytest.mark.parametrize("given_id", ["garden", "Garden", "a_b-3", "0" * 64, "abc"])
def test_ids_that_people_give(given_id: str) -> None:
    assert rooms.parse_room_id(given_id) == given_id.lower()


@pytest.mark.parametrize(
    "given_id",
    [
        "",
        "ab",
        "-ab",
        "_ab",
        "a b",
        "a/b",
        "../x",
        "0" * 65,
        "gärten",
        "abc\n",
        "<b>",
        "K\u212alvin",
        "a.b.c",
    ],
)
def test_ids_that_are_refused(given_id: str) -> None:
    with pytest.raises(RoomIdInvalid):
        rooms.parse_room_id(given_id)


def test_ids_of_the_server_are_speakable_and_never_the_same() -> None:
    made = {rooms.new_room_id() for _ in range(1000)}
    assert len(made) == 1000
    proquint = "[bdfghjklmnprstvz][aiou]" * 2 + "[bdfghjklmnprstvz]"
    for room_id in made:
        assert re.fullmatch(rf"{proquint}(-{proquint}){{3}}", room_id)
        assert rooms.parse_room_id(room_id) == room_id


def test_a_proquint_is_16_bits() -> None:
    # The example of the proposal: 127.0.0.1 is lusab-babad.
    assert rooms._proquint(0x7F00) == "lusab"
    assert rooms._proquint(0x0001) == "babad"
    assert len({rooms._proquint(bits) for bits in range(1 << 16)}) == 1 << 16


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("  Mara \t Berg\n", "Mara Berg"),
        ("Ma\u0000ra\u0007", "Mara"),
        ("\u202eevil\u202c", "evil"),
        ("\u2066Mara\u2069\u200b\ufeff", "Mara"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\u200d\u200c", ""),
        ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u2028b", "a b"),
        ("\ud800x", "x"),
    ],
)
def test_names_are_cleaned_of_what_one_does_not_see(written: str, seen: str) -> None:
    assert rooms.clean_name(written) == seen


def test_a_name_over_60_characters_is_refused() -> None:
    assert rooms.clean_name("x" * 60 + "\u202e") == "x" * 60
    with pytest.raises(NameTooLong):
        rooms.clean_name("x" * 61)


@given(st.text())
def test_a_cleaned_name_is_clean(text: str) -> None:
    try:
        name = rooms.clean_name(text)
    except NameTooLong:
        return
    assert name == rooms.clean_name(name)
    assert len(name) <= rooms.MAX_NAME_LENGTH
    assert name == name.strip()
    assert not re.search("[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", name)


# --- any sequence of joins, leaves and resumes ----------------------------------------------------

NAMES = [ParticipantId(name) for name in "abcdef"]


class AnySequence(RuleBasedStateMachine):
    """Whatever people do, the invariants of :mod:`visavis.rooms` hold, on both sides of the wire."""

    @initialize(capacity=st.integers(2, 5))
    def open(self, capacity: int) -> None:
        self.roster = Roster(Room(RoomId("garden"), capacity), "epoch")
        self.copy = self.roster
        self.clock = 0.0

    def _apply(self, change: rooms.Change | None) -> None:
        if change is not None:
            before = self.roster
            self.roster = rooms.apply(change, before)
            assert self.roster != before
            self.copy = rooms.apply(change, self.copy)

    @rule(who=st.sampled_from(NAMES), audio=st.booleans())
    def enter_or_resume(self, who: ParticipantId, audio: bool) -> None:
        self.clock += 1
        known = self.roster.find(who)
        joined_at = known.joined_at if known else self.clock
        full = len(self.roster.participants) >= self.roster.room.capacity
        try:
            self._apply(rooms.admit(self.roster, Participant(who, who, joined_at, Media(audio=audio))))
        except RoomFull:
            assert full
            assert known is None
        else:
            assert known is not None or not full

    @rule(who=st.sampled_from(NAMES))
    def leave(self, who: ParticipantId) -> None:
        self._apply(rooms.leave(self.roster, who))
        assert self.roster.find(who) is None

    @rule(who=st.sampled_from(NAMES))
    def lose(self, who: ParticipantId) -> None:
        places = len(self.roster.participants)
        self._apply(rooms.lose(self.roster, who))
        assert len(self.roster.participants) == places

    @rule(who=st.sampled_from(NAMES))
    def grace_ends(self, who: ParticipantId) -> None:
        before = self.roster.find(who)
        self._apply(rooms.expire(self.roster, who))
        stays = before is not None and before.presence is Presence.CONNECTED
        assert (self.roster.find(who) is not None) == stays

    @rule(who=st.sampled_from(NAMES), raised_at=st.none() | st.floats(1, 9))
    def raise_hand(self, who: ParticipantId, raised_at: float | None) -> None:
        if self.roster.find(who) is None:
            return
        self._apply(rooms.set_hand(self.roster, who, raised_at))
        assert (self.roster.get(who).hand is None) == (raised_at is None)

    @rule(who=st.sampled_from(NAMES), media=st.builds(Media, st.booleans(), st.booleans(), st.booleans()))
    def change_media(self, who: ParticipantId, media: Media) -> None:
        if self.roster.find(who) is None:
            return
        self._apply(rooms.set_media(self.roster, who, media))
        assert self.roster.get(who).media == media

    @invariant()
    def holds(self) -> None:
        ids = [p.id for p in self.roster.participants]
        assert len(ids) == len(set(ids)) <= self.roster.room.capacity
        times = [p.joined_at for p in self.roster.participants]
        assert times == sorted(times)
        assert self.copy == self.roster


TestAnySequence = AnySequence.TestCase
