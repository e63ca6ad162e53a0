"""WebSocket frames of the server's side (RFC 6455), against the ``websockets`` package as the peer."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from visavis.socketio import frames
from visavis.socketio.frames import FrameError, FrameReader

MAX = 100_000


def masked(opcode: int, payload: bytes, *, fin: bool = True) -> bytes:
    return bytes(Frame(Opcode(opcode), payload, fin).serialize(mask=True))


def read(*chunks: bytes, limit: int = MAX) -> list[Any]:
    reader = FrameReader(limit)
    return [message for chunk in chunks for message in reader.receive(chunk)]


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
def test_messages_of_all_lengths_are_read_and_written(length: int) -> None:
    payload = b"x" * length
    assert read(masked(frames.BINARY, payload)) == [(frames.BINARY, payload)]
    written = frames.header(frames.BINARY, length) + payload
    assert written == Frame(Opcode.BINARY, payload).serialize(mask=False)


@given(
    st.lists(st.one_of(st.text(st.characters(codec="utf-8")), st.binary(max_size=300)), max_size=8), st.data()
)
def test_it_does_not_matter_how_the_bytes_are_cut(messages: list[str | bytes], data: st.DataObject) -> None:
    stream = b"".join(
        masked(frames.TEXT, m.encode()) if isinstance(m, str) else masked(frames.BINARY, m) for m in messages
    )
    chunks = []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        chunks.append(stream[:cut])
        stream = stream[cut:]
    assert [message for _, message in read(*chunks)] == messages


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.integers(0, 20))
def test_the_short_way_for_one_whole_text_is_the_same(text: str, cut: int) -> None:
    stream = masked(frames.TEXT, text.encode())
    reader = FrameReader(MAX)
    if len(stream) >= 8:
        assert reader.whole_text(stream) == text
    for other in (stream[:-1], stream + b"\x81", stream[:cut], b"\x01" + stream[1:], b"\x82" + stream[1:]):
        if other != stream:
            assert reader.whole_text(other) is None
    list(reader.receive(stream[:3]))
    assert reader.whole_text(stream) is None  # something is under way


@pytest.mark.parametrize(
    ("stream", "limit"),
    [
        (Frame(Opcode.TEXT, b"x" * 100).serialize(mask=False), MAX),
        (masked(frames.TEXT, b"x" * 100), 99),
        (masked(frames.TEXT, b"x" * 70_000), MAX),  # the long way, which is right as well
        (b"\x81\xff" + (119).to_bytes(8) + b"\0\0\0\0" + b"x" * 119, MAX),  # of 133 bytes, as 6 + 127 are
        (masked(frames.TEXT, b"x" * 100, fin=False), MAX),
        (masked(frames.CLOSE, b"\x03\xe8" + b"x" * 100), MAX),
    ],
)
def test_the_short_way_leaves_the_rest_to_the_long_one(stream: bytes, limit: int) -> None:
    assert FrameReader(limit).whole_text(stream) is None


def test_fragments_are_joined_and_control_frames_come_between() -> None:
    got = read(
        masked(frames.TEXT, "ü".encode()[:1], fin=False),
        masked(frames.PING, b"p"),
        masked(0, b"", fin=False),
        masked(0, "ü".encode()[1:], fin=True),
        masked(frames.TEXT, b"next"),
    )
    assert got == [(frames.PING, b"p"), (frames.TEXT, "ü"), (frames.TEXT, "next")]


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (Frame(Opcode.TEXT, b"x").serialize(mask=False), 1002),
        (b"\xc1\x80\x00\x00\x00\x00", 1002),  # a reserved bit
        (b"\x83\x80\x00\x00\x00\x00", 1002),  # an unknown opcode
        (b"\x8b\x80\x00\x00\x00\x00", 1002),
        (b"\x09\x80\x00\x00\x00\x00", 1002),  # a ping in fragments
        (b"\x89\xfe\x00\x7e", 1002),  # a long ping
        (masked(0, b"x"), 1002),  # a continuation of nothing
        (masked(frames.TEXT, b"x", fin=False) + masked(frames.TEXT, b"y"), 1002),
        (masked(frames.TEXT, b"\xff"), 1007),
        (masked(frames.TEXT, b"\xc3", fin=False) + masked(0, b"\x28"), 1007),
        (masked(frames.TEXT, b"\xed\xa0\x80"), 1007),  # half a surrogate pair
        (b"\x82\xff" + (MAX + 1).to_bytes(8), 1009),  # refused before a byte of it is kept
        (b"\x82\xff" + (2**64 - 1).to_bytes(8), 1009),
        (masked(frames.BINARY, b"x" * 60_000, fin=False) + masked(0, b"x" * 60_000)[:10], 1009),
    ],
    ids=itertools.count(),  # masks are random, and the names of tests are not
)
def test_a_peer_that_breaks_the_protocol_is_told_how(stream: bytes, code: int) -> None:
    with pytest.raises(FrameError) as caught:
        read(stream)
    assert caught.value.code == code


def test_what_came_before_a_fault_is_handed_out() -> None:
    reader = FrameReader(MAX)
    got = reader.receive(masked(frames.TEXT, b"good") + b"\xc1\x80\x00\x00\x00\x00")
    assert next(got) == (frames.TEXT, "good")
    with pytest.raises(FrameError):
        next(got)


def test_empty_fragments_without_end_cost_nothing() -> None:
    reader = FrameReader(MAX)
    list(reader.receive(masked(frames.TEXT, b"", fin=False)))
    for _ in range(10_000):
        assert list(reader.receive(masked(0, b"", fin=False))) == []
    assert list(reader.receive(masked(0, b"x"))) == [(frames.TEXT, "x")]


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999])
def test_a_close_is_answered_with_its_code(code: int) -> None:
    assert frames.close_code(code.to_bytes(2) + b"why") == code


@pytest.mark.parametrize(
    "payload", [b"\x03", *(code.to_bytes(2) for code in (0, 999, 1004, 1005, 1006, 1015, 2999, 5000))]
)
def test_a_close_with_a_code_that_may_not_be_is_refused(payload: bytes) -> None:
    with pytest.raises(FrameError):
        frames.close_code(payload)


def test_a_close_without_a_code_is_answered_without_one() -> None:
    assert frames.close_frame(frames.close_code(b"")) == b"\x88\x00"
    assert frames.close_frame(1000, "bye") == b"\x88\x05\x03\xe8bye"


def test_the_handshake_is_proved() -> None:
    # The example of RFC 6455, section 1.3.
    assert frames.accept_key(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    for key in (b"", b"short", b"dGhlIHNhbXBsZQ==", b"!" * 24):
        assert frames.accept_key(key) is None
