"""WebSocket frames and the opening handshake, of the server's side (RFC 6455). No input or output.

No extension is spoken: permessage-deflate costs a client's window of memory for each connection, and
time, for messages that are too small to gain by it.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from typing import Final

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform without a compiled wheel
    from websockets.utils import apply_mask

TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
_CONTINUATION = 0x0

_FIN = 0x80
_MASKED = 0x80
_MAX_CONTROL = 125

NORMAL: Final = 1000
PROTOCOL_ERROR: Final = 1002
NO_CODE: Final = 1005
INVALID_TEXT: Final = 1007
POLICY: Final = 1008
TOO_BIG: Final = 1009
RESTART: Final = 1012
"""Close codes (RFC 6455, section 7.4.1; 1012: the IANA registry)."""

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class FrameError(Exception):
    """The peer broke the protocol. ``code`` is the close code for it; the message is for the log."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def header(opcode: int, length: int) -> bytes:
    """The head of a whole, unmasked frame: what a server sends (section 5.2)."""
    if length < 126:
        return bytes((_FIN | opcode, length))
    if length < 0x10000:
        return bytes((_FIN | opcode, 126)) + length.to_bytes(2)
    return bytes((_FIN | opcode, 127)) + length.to_bytes(8)


def close_frame(code: int, reason: str = "") -> bytes:
    payload = b"" if code == NO_CODE else code.to_bytes(2) + reason.encode()[: _MAX_CONTROL - 2]
    return header(CLOSE, len(payload)) + payload


def control_frame(opcode: int, payload: bytes) -> bytes:
    return header(opcode, len(payload)) + payload


def close_code(payload: bytes) -> int:
    """The code to answer a CLOSE frame with: the same (section 5.5.1).

    Raises:
        FrameError: the code is none that may be sent, or the reason is not UTF-8.
    """
    if not payload:
        return NO_CODE
    code = int.from_bytes(payload[:2])
    registered = 1000 <= code <= 1014 and code not in {1004, 1005, 1006}
    if len(payload) == 1 or not (registered or 3000 <= code <= 4999):
        raise FrameError(PROTOCOL_ERROR, "invalid close code")
    _text(payload[2:])
    return code


def accept_key(key: bytes) -> bytes | None:
    """What proves that the handshake was understood (section 4.2.2); None where the key is none."""
    try:
        if len(base64.b64decode(key, validate=True)) != 16:
            return None
    except binascii.Error:
        return None
    return base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise FrameError(INVALID_TEXT, "text is not UTF-8") from None


class FrameReader:
    """Bytes of a client in, messages out. Holds one unfinished message at most.

    Args:
        max_message: bytes of one message, over all its fragments.
    """

    __slots__ = ("_data", "_fragments", "_max", "_opcode")

    def __init__(self, max_message: int) -> None:
        self._max = max_message
        self._data: bytes | bytearray = b""
        self._fragments: bytearray | None = None
        self._opcode = 0

    def whole_text(self, data: bytes) -> str | None:
        """The text where the bytes are one whole text frame and nothing else is under way: most of what
        ever comes, and worth a shorter way. None for anything else, which ``receive`` is to have.

        Raises:
            FrameError: the text is not UTF-8.
        """
        size = len(data)
        if self._data or self._fragments is not None or size < 8 or data[0] != _FIN | TEXT:
            return None
        length, start = data[1] - _MASKED, 6
        if length == 126:
            length, start = data[2] << 8 | data[3], 8
        if size != start + length or data[1] > _MASKED | 126 or length > self._max:
            return None
        return _text(apply_mask(data[start:], data[start - 4 : start]))

    def receive(self, data: bytes) -> Iterator[tuple[int, str | bytes]]:
        """Each message or control frame that is complete by now, with its opcode; text decoded.

        Raises:
            FrameError: after what came before the fault was handed out. Nothing may be read any more.
        """
        if self._data:
            self._data += data  # a bytearray since the last time
            data = bytes(self._data) if self._whole(self._data) else b""
            if not data:
                return
            self._data = b""
        at, end = 0, len(data)
        while True:
            span = self._span(data, at, end)
            if span is None:
                break
            start, stop = span
            first = data[at]
            payload = apply_mask(data[start:stop], data[start - 4 : start])
            at = stop
            if first == _FIN | TEXT and self._fragments is None:
                yield TEXT, _text(payload)
            else:
                message = self._assemble(first, payload)
                if message is not None:
                    yield message
        if at < end:
            self._data = bytearray(data[at:])

    def _whole(self, data: bytes | bytearray) -> bool:
        return self._span(data, 0, len(data)) is not None

    def _span(self, data: bytes | bytearray, at: int, end: int) -> tuple[int, int] | None:
        """Where the payload of the frame at ``at`` starts and stops; None while it is incomplete."""
        if end - at < 2:
            return None
        self._check(data[at], data[at + 1])
        length = data[at + 1] & 0x7F
        start = at + 6
        if length == 126:
            start = at + 8
            length = int.from_bytes(data[at + 2 : at + 4])
        elif length == 127:
            start = at + 14
            length = int.from_bytes(data[at + 2 : at + 10])
        if end < start - 4:
            return None  # the length is not there yet
        held = 0 if self._fragments is None or data[at] & 0x08 else len(self._fragments)
        if length + held > self._max:
            raise FrameError(TOO_BIG, f"a message of more than {self._max} bytes")
        return None if end < start + length else (start, start + length)

    def _check(self, first: int, second: int) -> None:
        """The first two bytes of a frame (section 5.2)."""
        if not second & _MASKED:
            raise FrameError(PROTOCOL_ERROR, "a frame without a mask")
        if first == _FIN | TEXT and self._fragments is None:
            return  # most of what ever comes
        if first & 0x70:
            raise FrameError(PROTOCOL_ERROR, "reserved bits are set")
        opcode = first & 0x0F
        if opcode in (CLOSE, PING, PONG):
            if not first & _FIN or second & 0x7F > _MAX_CONTROL:
                raise FrameError(PROTOCOL_ERROR, "a control frame that is long or in fragments")
        elif opcode not in (_CONTINUATION, TEXT, BINARY):
            raise FrameError(PROTOCOL_ERROR, "unknown opcode")
        elif (opcode == _CONTINUATION) != (self._fragments is not None):
            raise FrameError(PROTOCOL_ERROR, "fragments out of order")

    def _assemble(self, first: int, payload: bytes) -> tuple[int, str | bytes] | None:
        """What a frame completes: itself, or the message of which it is the last fragment."""
        opcode = first & 0x0F
        if opcode in (CLOSE, PING, PONG):
            return opcode, payload
        if opcode != _CONTINUATION:
            if first & _FIN:
                return opcode, _text(payload) if opcode == TEXT else payload
            self._opcode = opcode
            self._fragments = bytearray()
        if self._fragments is None:
            return None
        self._fragments += payload
        if not first & _FIN:
            return None
        whole, self._fragments = bytes(self._fragments), None
        return self._opcode, _text(whole) if self._opcode == TEXT else whole
