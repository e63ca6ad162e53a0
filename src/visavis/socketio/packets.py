"""Engine.IO 4 and Socket.IO 5 packets: between bytes and objects. No input or output, no state.

Payloads stay as they came: an argument of an event is :class:`msgspec.Raw`, the very bytes of the sender,
known to be JSON (RFC 8259: no NaN, no half surrogates, no control characters in strings, no nesting deeper
than the interpreter bears), and can be sent on without ever being built.

Sources: Engine.IO protocol 4, sections "Packet encoding" and "HTTP long-polling"; Socket.IO protocol 5,
section "Packet encoding".
"""

import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from visavis.socketio import frames

SEPARATOR: Final = "\x1e"
"""Between the packets of one HTTP body."""

OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
"""Engine.IO packet types."""

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK = "0123456"
"""Socket.IO packet types."""

RESERVED_EVENTS: Final = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
)
"""Names that clients use for events of their own, and that may not cross the wire."""

_MAX_ACK_DIGITS = 15
"""A number of 15 digits is exact in every client (2**53 has 16)."""

_MAX_DEPTH = 100
"""Levels of nesting in the arguments of an event with binary attachments."""


class Malformed(Exception):
    """What came is no packet. The message says why, for the log."""


# --- on the way out -------------------------------------------------------------------------------


class Message:
    """One Engine.IO packet on its way out: made once, whoever gets it and by whichever transport.

    ``payload``: with the packet type in front as UTF-8; the bare bytes where it is binary.
    """

    __slots__ = ("_frame", "_text", "binary", "payload")

    def __init__(self, payload: bytes, *, binary: bool = False) -> None:
        self.payload = payload
        self.binary = binary
        self._frame: bytes | None = None
        self._text: str | None = None

    @property
    def frame(self) -> bytes:
        """The message as one WebSocket frame of a server (RFC 6455, section 5.2)."""
        if self._frame is None:
            opcode = frames.BINARY if self.binary else frames.TEXT
            self._frame = frames.header(opcode, len(self.payload)) + self.payload
        return self._frame

    @property
    def text(self) -> str:
        """The message as text, which for polling a binary one is too: ``b`` and base64."""
        if self._text is None:
            if self.binary:
                self._text = "b" + binascii.b2a_base64(self.payload, newline=False).decode()
            else:
                self._text = self.payload.decode()
        return self._text


def packet(kind: str, data: str = "") -> Message:
    """An Engine.IO packet."""
    return Message((kind + data).encode())


def open_packet(sid: str, upgrades: Sequence[str], timing: tuple[float, float], max_payload: int) -> Message:
    """The handshake's answer. ``timing``: ping interval and time-out in seconds."""
    interval, timeout = timing
    handshake = {
        "sid": sid,
        "upgrades": upgrades,
        "pingInterval": round(interval * 1000),
        "pingTimeout": round(timeout * 1000),
        "maxPayload": max_payload,
    }
    return Message(b"0" + msgspec.json.encode(handshake))


def http_body(messages: Iterable[Message]) -> bytes:
    """Packets as the body of one HTTP answer."""
    return SEPARATOR.join(message.text for message in messages).encode()


# --- Engine.IO, on the way in ---------------------------------------------------------------------


def split_body(body: bytes) -> list[str | bytes]:
    """The packets of a POST: text with its packet type in front, or the bytes of a binary message.

    Raises:
        Malformed: a part is not base64, or the body is not UTF-8.
    """
    try:
        return [
            binascii.a2b_base64(part[1:], strict_mode=True) if part[:1] == "b" else part
            for part in body.decode().split(SEPARATOR)
        ]
    except ValueError as error:  # UnicodeDecodeError and binascii.Error are kinds of it
        raise Malformed(f"body: {error}") from None


# --- Socket.IO, on the way in ---------------------------------------------------------------------


@dataclass(slots=True)
class Packet:
    """A Socket.IO packet as it came.

    Attributes:
        kind: one of the packet types.
        namespace: with its slash; ``/`` is the main one.
        id: of the ack that is asked for or given; None where there is none.
        payload: JSON that nobody has looked at yet; may be empty.
        attachments: how many binary messages belong to it and follow.
    """

    kind: str
    namespace: str
    id: int | None
    payload: str
    attachments: int = 0


_decode_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_name = msgspec.json.Decoder(str).decode
_decode = msgspec.json.Decoder().decode


def parse(text: str) -> Packet:
    """Read a Socket.IO packet: ``<type>[<attachments>-][<namespace>,][<ack id>][<JSON>]``.

    Raises:
        Malformed
    """
    kind = text[:1]
    if kind not in _KINDS:
        raise Malformed("unknown packet type")
    if kind == EVENT and text[1:2] == "[":  # most of what ever comes
        return Packet(kind, "/", None, text[1:])
    at = 1
    attachments = 0
    if kind in (BINARY_EVENT, BINARY_ACK):
        digits, dash, _ = text[1:8].partition("-")
        if not dash or not _is_number(digits):
            raise Malformed("no number of attachments")
        attachments = int(digits)
        at += len(digits) + 1
    namespace = "/"
    if text[at : at + 1] == "/":
        comma = text.find(",", at)
        if comma < 0:
            comma = len(text)
        namespace = text[at:comma]
        at = comma + 1
    start = at
    while text[at : at + 1] in _DIGITS and at < len(text):
        at += 1
    if at == start:
        return Packet(kind, namespace, None, text[at:], attachments)
    if at - start > _MAX_ACK_DIGITS:
        raise Malformed("ack id too large")
    return Packet(kind, namespace, int(text[start:at]), text[at:], attachments)


_KINDS = frozenset({CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK})
_DIGITS = "0123456789"


def _is_number(digits: str) -> bool:
    return digits.isascii() and digits.isdecimal()


def event(payload: str) -> tuple[str, list[msgspec.Raw]]:
    """The name and the arguments of an EVENT.

    Raises:
        Malformed: it is no array with a name that may be used in front.
    """
    raws = arguments(payload)
    try:
        name = _decode_name(raws.pop(0))
    except (IndexError, msgspec.DecodeError):
        raise Malformed("an event without a name") from None
    if name in RESERVED_EVENTS:
        raise Malformed("an event with a reserved name")
    return name, raws


def arguments(payload: str) -> list[msgspec.Raw]:
    """The elements of an array, each as it came.

    Raises:
        Malformed: it is no JSON, or no array.
    """
    try:
        return _decode_raws(payload)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise Malformed(f"payload: {error}") from None


def auth(payload: str) -> dict[str, Any]:
    """What a client gives with CONNECT: an object, or nothing, which is the empty one.

    Raises:
        Malformed: it is something else.
    """
    if not payload:
        return {}
    try:
        value = _decode(payload)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise Malformed(f"auth: {error}") from None
    if not isinstance(value, dict):
        raise Malformed("auth is no object")
    return value


def fill(raws: Sequence[msgspec.Raw], attachments: Sequence[bytes]) -> list[Any]:
    """Arguments as values, each placeholder replaced by the attachment that it stands for.

    Raises:
        Malformed: a placeholder stands for nothing, or the nesting is too deep.
    """
    try:
        return [_filled(_decode(raw), attachments, _MAX_DEPTH) for raw in raws]
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"payload: {error}") from None


def _filled(value: Any, attachments: Sequence[bytes], depth: int) -> Any:
    if not isinstance(value, (dict, list)):
        return value
    if depth == 0:
        raise Malformed("nested too deeply")
    if isinstance(value, list):
        return [_filled(item, attachments, depth - 1) for item in value]
    if value.get("_placeholder") is True:
        number = value.get("num")
        if type(number) is not int or not 0 <= number < len(attachments):
            raise Malformed("a placeholder for no attachment")
        return attachments[number]
    return {key: _filled(item, attachments, depth - 1) for key, item in value.items()}


# --- Socket.IO, on the way out --------------------------------------------------------------------

_encode = msgspec.json.Encoder().encode


def connect_packet(namespace: str, sid: str) -> Message:
    return Message(_head(CONNECT, namespace) + _encode({"sid": sid}))


def connect_error_packet(namespace: str, message: str, data: Any = None) -> Message:
    problem = {"message": message} if data is None else {"message": message, "data": data}
    return Message(_head(CONNECT_ERROR, namespace) + _encode(problem))


def disconnect_packet(namespace: str) -> Message:
    return Message(_head(DISCONNECT, namespace))


def event_messages(
    namespace: str, name: str, arguments: Sequence[Any], ack_id: int | None = None
) -> list[Message]:
    """An event, and its attachments where there is :class:`bytes` anywhere in its arguments.

    Objects of classes (msgspec.Struct, dataclass) are encoded as they are and not searched for bytes.
    """
    return _messages(EVENT, namespace, ack_id, [name, *arguments])


def ack_messages(namespace: str, ack_id: int, arguments: Sequence[Any]) -> list[Message]:
    return _messages(ACK, namespace, ack_id, arguments)


def _messages(kind: str, namespace: str, ack_id: int | None, values: Sequence[Any]) -> list[Message]:
    for value in values:
        if isinstance(value, _SEARCHED):
            break
    else:  # most of what is ever sent
        return [Message(_head(kind, namespace, ack_id) + _encode(values))]
    attachments: list[bytes] = []
    drained = [_drained(value, attachments, _MAX_DEPTH) for value in values]
    if not attachments:
        return [Message(_head(kind, namespace, ack_id) + _encode(values))]
    kind = BINARY_EVENT if kind == EVENT else BINARY_ACK
    head = _head(kind, namespace, ack_id, f"{len(attachments)}-")
    return [Message(head + _encode(drained)), *(Message(data, binary=True) for data in attachments)]


_SEARCHED = (dict, list, tuple, bytes, bytearray, memoryview)
"""What may be bytes, or have bytes in it."""


_HEADS = {kind: (MESSAGE + kind).encode() for kind in _KINDS}


def _head(kind: str, namespace: str, ack_id: int | None = None, attachments: str = "") -> bytes:
    if namespace == "/" and ack_id is None and not attachments:
        return _HEADS[kind]  # most of what is ever sent
    prefix = "" if namespace == "/" else namespace + ","
    number = "" if ack_id is None else ack_id
    return f"{MESSAGE}{kind}{attachments}{prefix}{number}".encode()


def _drained(value: Any, attachments: list[bytes], depth: int) -> Any:
    """The value with placeholders for its bytes, which are added to ``attachments``."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        attachments.append(bytes(value))
        return {"_placeholder": True, "num": len(attachments) - 1}
    if not isinstance(value, (dict, list, tuple)):
        return value
    if depth == 0:
        raise ValueError("nested too deeply to be sent")
    if isinstance(value, dict):
        return {key: _drained(item, attachments, depth - 1) for key, item in value.items()}
    return [_drained(item, attachments, depth - 1) for item in value]
