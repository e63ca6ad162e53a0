"""The packets of Engine.IO 4 and Socket.IO 5, both ways."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.socketio import packets
from visavis.socketio.packets import Malformed, Message, Packet

# --- Engine.IO --------------------------------------------------------------------------------------


def test_a_body_is_split_into_its_packets() -> None:
    assert packets.split_body(b"4hello\x1e2\x1ebAQIDBA==") == ["4hello", "2", b"\x01\x02\x03\x04"]


@pytest.mark.parametrize("body", [b"b!", b"bAQ", b"bAQI=x", "4ü".encode("latin-1")])
def test_a_body_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        packets.split_body(body)


@given(
    st.lists(
        st.one_of(st.binary(), st.text(st.characters(exclude_characters="\x1e", codec="utf-8"))), min_size=1
    )
)
def test_bodies_come_back_as_they_went(messages: list[str | bytes]) -> None:
    sent = [Message(m, binary=True) if isinstance(m, bytes) else Message(b"4" + m.encode()) for m in messages]
    got = packets.split_body(packets.http_body(sent))
    assert got == [m if isinstance(m, bytes) else "4" + m for m in messages]


def test_a_message_is_encoded_once_for_all() -> None:
    message = Message(b'42["x"]')
    assert message.frame is message.frame
    assert message.text is message.text
    assert message.frame == b'\x81\x0742["x"]'
    assert Message(b"\x00", binary=True).frame == b"\x82\x01\x00"


def test_the_handshake_names_what_the_client_needs_and_no_more() -> None:
    text = packets.open_packet("id", ["websocket"], (0.3, 0.2), 1_000_000).text
    assert text[0] == "0"
    assert json.loads(text[1:]) == {
        "sid": "id",
        "upgrades": ["websocket"],
        "pingInterval": 300,
        "pingTimeout": 200,
        "maxPayload": 1_000_000,
    }


# --- Socket.IO, in ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0", Packet("0", "/", None, "")),
        ('0{"token":"1"}', Packet("0", "/", None, '{"token":"1"}')),
        ("0/custom", Packet("0", "/custom", None, "")),
        ("0/custom,", Packet("0", "/custom", None, "")),
        ('0/custom,{"a":1}', Packet("0", "/custom", None, '{"a":1}')),
        ("1", Packet("1", "/", None, "")),
        ("1/custom", Packet("1", "/custom", None, "")),
        ('2["a",1]', Packet("2", "/", None, '["a",1]')),
        ('212["a"]', Packet("2", "/", 12, '["a"]')),
        ('2/custom,0["a","/x,"]', Packet("2", "/custom", 0, '["a","/x,"]')),
        ("313[1]", Packet("3", "/", 13, "[1]")),
        ('52-["a"]', Packet("5", "/", None, '["a"]', 2)),
        ('51-/custom,7["a"]', Packet("5", "/custom", 7, '["a"]', 1)),
        ("610-4[1]", Packet("6", "/", 4, "[1]", 10)),
        ('50-["a"]', Packet("5", "/", None, '["a"]', 0)),
    ],
)
def test_packets_are_read(text: str, packet: Packet) -> None:
    assert packets.parse(text) == packet


@pytest.mark.parametrize(
    "text",
    ["", "7", "a", "abc", "5", '5["a"]', "5x-[]", "5-[]", "5٣-[]", "2" + "1" * 16 + "[]", "512345678-[]"],
)
def test_what_is_no_packet_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        packets.parse(text)


def test_arguments_stay_as_they_came() -> None:
    name, arguments = packets.event('["offer", {"b" : 1,"a":2.50} ,"\\u00fc"]')
    assert name == "offer"
    assert [bytes(raw) for raw in arguments] == [b'{"b" : 1,"a":2.50}', b'"\\u00fc"']


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "{}",
        "[]",
        '"a"',
        "[1]",
        "[null]",
        '[["a"]]',
        '["connect"]',
        '["disconnect"]',
        '["newListener"]',
        '["a"',
        '["a",]',
        '["a"]x',
        'abc["a"]',
        '["a",NaN]',
        '["a",Infinity]',
        '["a",01]',
        '["a",{"x"}]',
        '["a",tru]',
        '["a","\n"]',
        '["a","\\ud800"]',
        '["a","\ud800"]',
        '["a",' + "[" * 5000 + "]" * 5000 + "]",
    ],
)
def test_an_event_that_is_none_is_refused(payload: str) -> None:
    with pytest.raises(Malformed):
        packets.event(payload)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(_JSON, max_size=4))
def test_a_relayed_argument_is_the_same_value_and_valid_json(arguments: list[Any]) -> None:
    _, raws = packets.event(json.dumps(["x", *arguments]))
    [message] = packets.event_messages("/", "x", raws)
    assert json.loads(message.text[2:]) == ["x", *arguments]


@given(st.text(max_size=60))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    try:
        packet = packets.parse(text)
        packets.event(packet.payload)
    except Malformed:
        pass


def test_auth_is_an_object_or_nothing() -> None:
    assert packets.auth("") == {}
    assert packets.auth('{"token":"1"}') == {"token": "1"}
    for payload in ("[]", "1", '"x"', "null", "{", '{"a":NaN}'):
        with pytest.raises(Malformed):
            packets.auth(payload)


# --- binary -----------------------------------------------------------------------------------------


def test_attachments_take_their_places_at_any_depth() -> None:
    payload = (
        '["x",{"_placeholder":true,"num":1},[{"a":{"_placeholder":true,"num":0}}],{"_placeholder":false}]'
    )
    _, raws = packets.event(payload)
    assert packets.fill(raws, [b"0", b"1"]) == [b"1", [{"a": b"0"}], {"_placeholder": False}]


@pytest.mark.parametrize(
    "argument",
    [
        '{"_placeholder":true,"num":1}',
        '{"_placeholder":true,"num":-1}',
        '{"_placeholder":true,"num":true}',
        '{"_placeholder":true,"num":"0"}',
        '{"_placeholder":true,"num":0.0}',
        '{"_placeholder":true}',
        "[" * 200 + "]" * 200,
    ],
)
def test_a_placeholder_for_nothing_is_refused(argument: str) -> None:
    with pytest.raises(Malformed):
        packets.fill([msgspec.Raw(argument.encode())], [b"0"])


def test_bytes_anywhere_make_an_event_binary() -> None:
    first, *rest = packets.event_messages("/", "x", [b"\x01", {"deep": [bytearray(b"\x02")]}, "text"], 7)
    assert first.text == (
        '452-7["x",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1}]},"text"]'
    )
    assert [(m.payload, m.binary) for m in rest] == [(b"\x01", True), (b"\x02", True)]


_BINARY = st.recursive(
    st.binary() | st.integers(0, 9) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=20,
)


@given(st.lists(_BINARY, max_size=4))
def test_binary_comes_back_as_it_went(arguments: list[Any]) -> None:
    first, *rest = packets.event_messages("/custom", "x", arguments)
    packet = packets.parse(first.text[1:])
    assert packet.attachments == len(rest)
    _, raws = packets.event(packet.payload)
    assert packets.fill(raws, [m.payload for m in rest]) == arguments


def test_what_is_nested_too_deeply_is_not_sent() -> None:
    deep: Any = b""
    for _ in range(200):
        deep = [deep]
    with pytest.raises(ValueError, match="nested"):
        packets.event_messages("/", "x", [deep])


# --- Socket.IO, out ---------------------------------------------------------------------------------


def test_packets_are_written() -> None:
    assert packets.connect_packet("/", "id").text == '40{"sid":"id"}'
    assert packets.connect_packet("/custom", "id").text == '40/custom,{"sid":"id"}'
    assert packets.connect_error_packet("/x", "no").text == '44/x,{"message":"no"}'
    refused = packets.connect_error_packet("/", "no", {"code": "x"})
    assert refused.text == '44{"message":"no","data":{"code":"x"}}'
    assert packets.disconnect_packet("/").text == "41"
    assert packets.disconnect_packet("/custom").text == "41/custom,"
    assert packets.ack_messages("/custom", 3, (1, "ü"))[0].text == '43/custom,3[1,"ü"]'
    assert packets.ack_messages("/", 0, ())[0].text == "430[]"
    assert packets.ack_messages("/", 1, (b"x",))[0].text == '461-1[{"_placeholder":true,"num":0}]'
