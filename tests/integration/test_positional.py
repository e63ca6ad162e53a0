"""A plain client: nothing but the positional forms, with npm's socket.io-client."""

from tests.integration.conftest import Connect
from tests.support.server_process import ServerProcess
from tests.support.signaling import NodeClient, PythonClient

OFFER = {"type": "offer", "sdp": "v=0 offer"}
ANSWER = {"type": "answer", "sdp": "v=0 answer"}
CANDIDATE = {"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


async def test_a_whole_call_is_placed(connect: Connect) -> None:
    a, b = await connect(), await connect()
    await a.ok("createRoom", "Plain-Room")
    entered = await b.ok("joinRoom", "Plain-Room")
    id_b = await a.hears("userJoined")
    assert id_b == entered["participantId"]

    await a.ok("offer", "Plain-Room", OFFER)
    id_a, offer = await b.hears("offer")
    assert offer == OFFER
    await b.ok("answer", "Plain-Room", ANSWER)
    assert await a.hears("answer") == [id_b, ANSWER]
    await a.ok("iceCandidate", "Plain-Room", CANDIDATE)
    await a.ok("iceCandidate", "Plain-Room", None)
    await b.emit("iceCandidate", "Plain-Room", CANDIDATE)
    assert await b.hears("iceCandidate") == [id_a, CANDIDATE]
    assert await a.hears("iceCandidate") == [id_b, CANDIDATE]

    await b.ok("leaveRoom", "Plain-Room")
    assert await a.hears("userLeft") == id_b
    assert [name for name, _ in a.heard] == ["userJoined", "answer", "iceCandidate", "userLeft"]


async def test_a_third_gets_what_either_sends(connect: Connect) -> None:
    a, b, c = await connect(), await connect(), await connect()
    await a.ok("createRoom", "three")
    await b.ok("joinRoom", "three")
    await c.ok("joinRoom", "three")
    await c.ok("offer", "three", OFFER)
    for other in (a, b):
        assert (await other.hears("offer"))[1] == OFFER
    assert c.events("offer") == []


async def test_errors_are_acked(connect: Connect) -> None:
    a, b = await connect(), await connect()
    assert await a.refused("joinRoom", "nowhere") == "room_not_found"
    assert await a.refused("createRoom", "x") == "room_id_invalid"
    await a.ok("createRoom", "garden")
    assert await b.refused("createRoom", "garden") == "room_exists"
    assert await a.refused("joinRoom", "garden") == "already_in_room"
    assert await b.refused("offer", "garden", OFFER) == "not_in_room"
    assert await a.refused("offer", "another", OFFER) == "not_in_room"
    assert await a.refused("offer", "garden") == "message_invalid"
    assert await a.refused("offer", "garden", "sdp") == "message_invalid"
    assert await a.refused("offer", "garden", ANSWER) == "message_invalid"
    assert await a.refused("dance", "garden") == "event_unknown"
    for _ in range(7):
        other = await connect()
        await other.ok("joinRoom", "garden")
    assert await b.refused("joinRoom", "garden") == "room_full"


async def test_one_who_vanishes_is_gone_at_once(connect: Connect) -> None:
    a, b = await connect(), await connect()
    await a.ok("createRoom", "garden")
    entered = await b.ok("joinRoom", "garden")
    await b.drop()
    assert await a.hears("userLeft") == entered["participantId"]


async def test_plain_and_typed_clients_meet(server: ServerProcess) -> None:
    async with await NodeClient.open(server.url) as plain, await PythonClient.open(server.url) as typed:
        first = await plain.ok("createRoom", "garden")
        second = await typed.ok("joinRoom", {"roomId": "garden", "name": "Mara"})
        id_plain, id_typed = first["participantId"], second["participantId"]
        assert await plain.hears("userJoined") == id_typed
        await plain.ok("offer", "garden", OFFER)
        assert await typed.hears("offer") == {"from": id_plain, "description": OFFER}
        await typed.ok("answer", {"to": id_plain, "description": ANSWER})
        assert await plain.hears("answer") == [id_typed, ANSWER]
        await typed.ok("iceCandidate", {"to": id_plain, "candidates": [CANDIDATE, CANDIDATE]})
        await typed.ok("updateMedia", {"media": {"audio": False, "video": False}})
        await typed.ok("leaveRoom")
        assert await plain.hears("userLeft") == id_typed
        assert [name for name, _ in plain.heard] == [
            "userJoined",
            "answer",
            "iceCandidate",
            "iceCandidate",
            "userLeft",
        ]
