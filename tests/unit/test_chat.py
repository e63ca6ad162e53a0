"""What is written in a call: its form, its bounds, and who may read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fake_clock import FakeClock
from visavis.chat import (
    MAX_KEPT,
    MAX_KEPT_TEXT,
    MAX_MESSAGES,
    MAX_TEXT,
    WINDOW,
    Chat,
    ChatMessage,
    clean_text,
)
from visavis.errors import RateLimited, TextEmpty, TextTooLong
from visavis.rooms import ParticipantId

A, B, C = ParticipantId("a"), ParticipantId("b"), ParticipantId("c")


class Talk:
    """A chat that is written to at a pace that is allowed."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.chat = Chat(self.clock.now)
        self.count = 0

    def write(self, text: str = "hello", to: ParticipantId | None = None) -> ChatMessage:
        self.count += 1
        self.clock.advance(WINDOW / MAX_MESSAGES + 0.01)
        return self.chat.write(A, "Mara", f"message {self.count}", text, to)


def test_messages_are_numbered_and_read_in_order() -> None:
    talk = Talk()
    written = [talk.write(str(number)) for number in range(5)]
    assert [message.number for message in written] == [1, 2, 3, 4, 5]
    assert talk.chat.read(C, since=0) == written
    assert talk.chat.read(C, since=3) == written[3:]
    assert talk.chat.read(C, since=99) == []


def test_what_is_written_to_one_is_read_by_the_two_alone() -> None:
    talk = Talk()
    to_all, to_one = talk.write("all"), talk.write("one", to=B)
    assert talk.chat.read(A, since=0) == talk.chat.read(B, since=0) == [to_all, to_one]
    assert talk.chat.read(C, since=0) == [to_all]


def test_a_message_is_known_by_its_writers_name_for_it() -> None:
    talk = Talk()
    written = talk.write()
    assert talk.chat.find(A, written.id) == written
    assert talk.chat.find(B, written.id) is None


def test_the_oldest_go_when_there_are_too_many() -> None:
    talk = Talk()
    for _ in range(MAX_KEPT + 3):
        talk.write()
    assert [m.number for m in talk.chat.read(B, since=0)] == list(range(4, MAX_KEPT + 4))


def test_the_oldest_go_when_they_are_too_long() -> None:
    talk = Talk()
    for _ in range(MAX_KEPT_TEXT // MAX_TEXT + 1):
        talk.write("x" * MAX_TEXT)
    kept = talk.chat.read(B, since=0)
    assert len(kept) == MAX_KEPT_TEXT // MAX_TEXT
    assert kept[0].number == 2


def test_who_writes_too_much_is_refused_for_a_while() -> None:
    clock = FakeClock()
    chat = Chat(clock.now)
    for number in range(MAX_MESSAGES):
        chat.write(A, "Mara", str(number), "x", None)
    with pytest.raises(RateLimited):
        chat.write(A, "Mara", "one more", "x", None)
    chat.write(B, "Joel", "0", "x", None)
    clock.advance(WINDOW)
    assert chat.write(A, "Mara", "one more", "x", None).number == MAX_MESSAGES + 2


@pytest.mark.parametrize("act", [lambda chat: chat.react(A), lambda chat: chat.read(A, 0)])
def test_reactions_and_readings_are_bounded(act: object) -> None:
    assert callable(act)
    chat = Chat(FakeClock().now)
    for _ in range(10):
        act(chat)
    with pytest.raises(RateLimited):
        act(chat)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  hello \n", "hello"),
        ("one\r\ntwo\rthree\u2028four\u0085five", "one\ntwo\nthree\nfour\nfive"),
        ("e\u0301", "\u00e9"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("safe\u202egpj.exe\u2066", "safegpj.exe"),
        ("x\t= 1", "x\t= 1"),
        ("<b>not bold</b> & so", "<b>not bold</b> & so"),
        ("\U0001f469\u200d\U0001f52c \u2764\ufe0f", "\U0001f469\u200d\U0001f52c \u2764\ufe0f"),
        (
            "\u0633\u0644\u0627\u0645\u200c\u062f\u0646\u06cc\u0627",
            "\u0633\u0644\u0627\u0645\u200c\u062f\u0646\u06cc\u0627",
        ),
        ("\ud800x\ue000", "x"),
    ],
)
def test_a_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u202e\x00", "\u2028"])
def test_a_text_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(TextEmpty):
        clean_text(text)


def test_a_text_may_have_4000_characters_and_not_one_more() -> None:
    assert len(clean_text("\U0001f600" * MAX_TEXT)) == MAX_TEXT
    for length in (MAX_TEXT + 1, 100 * MAX_TEXT):
        with pytest.raises(TextTooLong):
            clean_text("x" * length)


@given(st.text(max_size=200))
def test_what_was_cleaned_is_clean(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except TextEmpty:
        return
    assert clean_text(cleaned) == cleaned
