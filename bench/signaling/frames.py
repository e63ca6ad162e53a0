"""The bytes that a plain Socket.IO client sends: WebSocket frames of Engine.IO 4 and Socket.IO 5.

They are made before the clock runs, masked and all, so that sending one costs a write and no more.
"""

import json
import os
from dataclasses import dataclass

DESCRIPTION_BYTES = 2500
"""Of a session description as JSON: what a browser makes for one microphone and one camera."""

CANDIDATE_BYTES = 150
"""Of an ICE candidate as JSON."""

_TEXT, _CLOSE, _PONG = 0x81, 0x88, 0x8A

_SDP_HEAD = (
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110\r\n"
    "c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:4Zc\r\na=ice-pwd:2/1muCWoOi3uLifh0NuRHlig\r\n"
    "a=ice-options:trickle\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtcp-rsize\r\n"
)


def text_frame(text: str) -> bytes:
    """A masked text frame (RFC 6455, section 5.2)."""
    return _frame(_TEXT, text.encode())


def pong_frame(payload: bytes) -> bytes:
    return _frame(_PONG, payload)


def close_frame() -> bytes:
    """The close of a page that is left: 1001, going away."""
    return _frame(_CLOSE, (1001).to_bytes(2, "big"))


def _frame(first: int, payload: bytes) -> bytes:
    size = len(payload)
    mask = os.urandom(4)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65536:
        head = bytes((first, 0xFE)) + size.to_bytes(2, "big")
    else:
        raise ValueError("no payload of the benchmark is that large")
    pad = (mask * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")
    return head + mask + masked.to_bytes(size, "big")


def event_frame(event: str, *arguments: object, ack: int | None = None) -> bytes:
    """A Socket.IO event in the main namespace. ``ack``: the number by which an answer is asked for."""
    number = "" if ack is None else str(ack)
    return text_frame(f"42{number}{_json([event, *arguments])}")


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def description(kind: str) -> dict[str, str]:
    """An offer or answer whose JSON has :data:`DESCRIPTION_BYTES`."""
    codecs = [f"a=rtpmap:{n} codec-{n}/90000\r\na=rtcp-fb:{n} nack pli\r\n" for n in range(96, 120)]
    sdp = _SDP_HEAD + "".join(codecs)
    missing = DESCRIPTION_BYTES - len(_json({"type": kind, "sdp": sdp + "a=cname:\r\n"}))
    return {"type": kind, "sdp": f"{sdp}a=cname:{'c' * missing}\r\n"}


def candidate() -> dict[str, object]:
    """An ICE candidate whose JSON has :data:`CANDIDATE_BYTES`."""

    def made(ufrag: str) -> dict[str, object]:
        line = f"candidate:842163049 1 udp 1677729535 192.0.2.17 46154 typ srflx generation 0 ufrag {ufrag}"
        return {"candidate": line, "sdpMid": "0", "sdpMLineIndex": 0}

    return made("f" * (CANDIDATE_BYTES - len(_json(made("")))))


@dataclass(frozen=True, slots=True)
class Script:
    """All that the two of one call send, as frames. The first ack that one asks for is 0."""

    create: bytes
    join: bytes
    offer: bytes
    answer: bytes
    candidate: bytes
    leave: bytes


def script(room_id: str) -> Script:
    """The frames of a call in a room, in the positional forms of docs/protocol.md."""
    return Script(
        create=event_frame("createRoom", room_id, ack=0),
        join=event_frame("joinRoom", room_id, ack=0),
        offer=event_frame("offer", room_id, description("offer")),
        answer=event_frame("answer", room_id, description("answer")),
        candidate=event_frame("iceCandidate", room_id, candidate()),
        leave=event_frame("leaveRoom", room_id, ack=1),
    )
