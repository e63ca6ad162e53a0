"""The typed messages, over a real server, with two independent clients."""

import asyncio
import time
from typing import Any

import pytest

from tests.integration.conftest import Connect
from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import Client, NodeClient, PythonClient

OFFER = {"type": "offer", "sdp": "v=0\r\n"}
ANSWER = {"type": "answer", "sdp": "v=0\r\n"}


async def enter(client: Client, room: str = "garden", **more: Any) -> Any:
    return await client.ok("joinRoom", {"roomId": room, **more})


async def pair(connect: Connect, room: str = "garden") -> tuple[Client, Client, str, str]:
    """Two clients in a new room, and their ids."""
    a, b = await connect(), await connect()
    await a.ok("createRoom", {"roomId": room})
    first, second = await enter(a, room, name="A"), await enter(b, room, name="B")
    return a, b, first["participantId"], second["participantId"]


async def test_one_enters_and_the_others_hear_of_it(connect: Connect) -> None:
    a, b = await connect({"version": 1}), await connect({"version": 1})
    made = await a.ok("createRoom", {})
    first = await enter(a, made["roomId"], name=" Mara\u202e ", media={"audio": True, "video": False})
    assert abs(first["room"]["participants"][0].pop("joinedAt") - time.time()) < 60
    assert first["room"]["participants"] == [
        {
            "id": first["participantId"],
            "name": "Mara",
            "media": {"audio": True, "video": False, "screen": False},
            "presence": "connected",
            "hand": None,
            "role": "participant",
            "silenced": False,
        }
    ]
    second = await enter(b, made["roomId"], name="Joel")
    joined = await a.hears("userJoined")
    assert joined == {"version": 2, "participant": second["room"]["participants"][1]}
    assert second["room"]["version"] == 2
    assert second["grace"] == 1.0


async def test_signals_are_stamped_with_the_sender_and_keep_their_order(connect: Connect) -> None:
    a, b, id_a, id_b = await pair(connect)
    await a.ok("offer", {"to": id_b, "description": OFFER, "from": "somebody else"})
    for number in range(20):
        batch = [{"candidate": f"candidate:{number}", "sdpMid": "0", "sdpMLineIndex": 0}]
        await a.emit("iceCandidate", {"to": id_b, "candidates": batch})
    await b.hears("iceCandidate", lambda m: m["candidates"][0]["candidate"] == "candidate:19")
    assert await b.hears("offer") == {"from": id_a, "description": OFFER}
    numbers = [m["candidates"][0]["candidate"] for _, [m] in b.events("iceCandidate")]
    assert numbers == [f"candidate:{n}" for n in range(20)]
    await b.ok("answer", {"to": id_a, "description": ANSWER})
    assert await a.hears("answer") == {"from": id_b, "description": ANSWER}


async def test_what_one_sends_is_told_to_the_others(connect: Connect) -> None:
    a, b, id_a, _ = await pair(connect)
    await a.ok("updateMedia", {"media": {"audio": False, "video": True, "screen": True}})
    updated = await b.hears("userUpdated")
    assert updated["participant"]["id"] == id_a
    assert updated["participant"]["media"] == {"audio": False, "video": True, "screen": True}
    assert await a.hears("userUpdated") == updated
    state = await b.ok("getRoom")
    assert state["room"]["version"] == updated["version"] == 3


async def test_one_who_leaves_is_gone_at_once(connect: Connect) -> None:
    a, b, id_a, _ = await pair(connect)
    await a.ok("leaveRoom")
    assert await b.hears("userLeft") == {"version": 3, "participantId": id_a, "reason": "left"}
    assert await a.refused("getRoom") == "not_in_room"
    await enter(a)  # and may come back


async def test_one_who_says_good_bye_is_gone_at_once(connect: Connect, server: ServerProcess) -> None:
    watcher = await connect()
    # npm's client alone: python-socketio's closes its socket before it has sent DISCONNECT.
    leaver = await NodeClient.open(server.url)
    await watcher.ok("createRoom", {"roomId": "garden"})
    await enter(watcher)
    left = (await enter(leaver))["participantId"]
    await leaver.close()
    assert (await watcher.hears("userLeft"))["participantId"] == left
    assert watcher.events("userUpdated") == []


async def test_one_whose_socket_vanishes_is_marked_and_then_gone(connect: Connect) -> None:
    a, b, id_a, _ = await pair(connect)
    await a.drop()
    marked = await b.hears("userUpdated")
    assert marked["participant"]["presence"] == "reconnecting"
    assert await b.refused("offer", {"to": id_a, "description": OFFER}) == "participant_away"
    left = await b.hears("userLeft")
    assert left == {"version": 4, "participantId": id_a, "reason": "timedOut"}


async def test_one_who_resumes_has_the_same_place(connect: Connect) -> None:
    a, b = await connect(), await connect()
    await a.ok("createRoom", {"roomId": "garden"})
    first = await enter(a, name="A")
    await enter(b)
    await a.drop()
    await b.hears("userUpdated", lambda m: m["participant"]["presence"] == "reconnecting")
    again = await connect()
    media = {"audio": True, "video": False, "screen": False}
    back = await again.ok("resume", {"ticket": first["ticket"], "media": media})
    assert back["participantId"] == first["participantId"]
    assert back["room"]["epoch"] == first["room"]["epoch"]
    told = await b.hears("userUpdated", lambda m: m["participant"]["presence"] == "connected")
    assert told["participant"] == {
        "id": first["participantId"],
        "name": "A",
        "joinedAt": first["room"]["participants"][0]["joinedAt"],
        "media": media,
        "presence": "connected",
        "hand": None,
        "role": "participant",
        "silenced": False,
    }
    assert b.events("userLeft") == []


async def test_a_second_connection_replaces_the_first(connect: Connect) -> None:
    a, again = await connect(), await connect()
    await a.ok("createRoom", {"roomId": "garden"})
    first = await enter(a)
    await again.ok("resume", {"ticket": first["ticket"]})
    assert await a.hears("ended") == {"reason": "replaced"}
    assert await a.refused("getRoom") == "not_in_room"
    await a.close()
    await again.ok("getRoom")


async def test_after_kill_9_the_tickets_rebuild_the_room(connect: Connect, server: ServerProcess) -> None:
    a, b = await connect(), await connect()
    made = await a.ok("createRoom", {"capacity": 2})
    first, second = await enter(a, made["roomId"], name="A"), await enter(b, made["roomId"], name="B")
    server.kill()
    server.start()
    a, b, c = await connect(), await connect(), await connect()
    await b.ok("resume", {"ticket": second["ticket"]})
    back = await a.ok("resume", {"ticket": first["ticket"]})
    assert [p["id"] for p in back["room"]["participants"]] == [
        first["participantId"],
        second["participantId"],
    ]
    assert [p["name"] for p in back["room"]["participants"]] == ["A", "B"]
    assert (await b.hears("userJoined"))["participant"]["id"] == first["participantId"]
    assert await c.refused("joinRoom", {"roomId": made["roomId"]}) == "room_full"


async def test_the_ninth_is_refused(connect: Connect, server: ServerProcess) -> None:
    first = await connect()
    await first.ok("createRoom", {"roomId": "garden"})
    others = [await PythonClient.open(server.url) for _ in range(8)]
    try:
        for client in [first, *others[:7]]:
            await enter(client)
        assert await others[7].refused("joinRoom", {"roomId": "garden"}) == "room_full"
        await first.ok("leaveRoom")
        await enter(others[7])
    finally:
        for client in others:
            await client.close()


BAD_REQUESTS: list[tuple[str, Any, str]] = [
    ("joinRoom", {"roomId": "nowhere"}, "room_not_found"),
    ("joinRoom", {"roomId": "no way"}, "room_id_invalid"),
    ("joinRoom", {"roomId": 7}, "message_invalid"),
    ("joinRoom", {}, "message_invalid"),
    ("joinRoom", [], "message_invalid"),
    ("joinRoom", None, "message_invalid"),
    ("joinRoom", 7, "message_invalid"),
    ("joinRoom", {"roomId": "garden", "name": "x" * 61}, "name_too_long"),
    ("joinRoom", {"roomId": "garden", "media": {"audio": 1}}, "message_invalid"),
    ("createRoom", {"roomId": "garden"}, "room_exists"),
    ("createRoom", {"roomId": "x"}, "room_id_invalid"),
    ("createRoom", {"capacity": 1}, "capacity_invalid"),
    ("createRoom", {"capacity": 10**9}, "capacity_invalid"),
    ("createRoom", {"capacity": "2"}, "message_invalid"),
    ("createRoom", {"roomId": "shed", "lasting": False}, "message_invalid"),
    ("resume", {"ticket": "x"}, "ticket_invalid"),
    ("leaveRoom", {}, "not_in_room"),
    ("getRoom", {}, "not_in_room"),
    ("updateMedia", {"media": {"audio": True, "video": True}}, "not_in_room"),
    ("offer", {"to": "x", "description": OFFER}, "not_in_room"),
    ("iceCandidate", {"to": "x", "candidates": []}, "not_in_room"),
    ("dance", {}, "event_unknown"),
    ("__proto__", {}, "event_unknown"),
]


async def test_outside_of_a_room_bad_requests_are_answered(connect: Connect) -> None:
    client = await connect()
    await client.ok("createRoom", {"roomId": "garden"})
    for event, message, code in BAD_REQUESTS:
        assert await client.refused(event, message) == code, (event, message)
    await enter(client)  # and the connection goes on


async def test_inside_of_a_room_bad_signals_are_answered(connect: Connect) -> None:
    a, b, id_a, id_b = await pair(connect)
    stranger = await connect()
    await stranger.ok("createRoom", {"roomId": "another"})
    elsewhere = (await enter(stranger, "another"))["participantId"]
    sdp = "x" * 65_537
    for event, message, code in [
        ("offer", {"to": elsewhere, "description": OFFER}, "participant_not_found"),
        ("offer", {"to": "nobody", "description": OFFER}, "participant_not_found"),
        ("offer", {"to": id_a, "description": OFFER}, "participant_not_found"),
        ("offer", {"to": id_b, "description": ANSWER}, "message_invalid"),
        ("offer", {"to": id_b, "description": {"type": "offer"}}, "message_invalid"),
        ("offer", {"to": id_b, "description": "offer"}, "message_invalid"),
        ("offer", {"to": id_b, "description": {"type": "offer", "sdp": sdp}}, "description_too_large"),
        ("answer", {"to": id_b, "description": OFFER | {"x": sdp * 2}}, "message_invalid"),
        ("offer", {"to": id_b, "description": OFFER | {"x": sdp * 2}}, "description_too_large"),
        ("iceCandidate", {"to": id_b, "candidates": [{}] * 65}, "too_many_candidates"),
        ("iceCandidate", {"to": id_b, "candidates": [{"candidate": "x" * 4096}]}, "candidate_too_large"),
        ("iceCandidate", {"to": id_b, "candidates": [{"candidate": 7}]}, "message_invalid"),
        ("iceCandidate", {"to": id_b, "candidates": {}}, "message_invalid"),
        ("joinRoom", {"roomId": "another"}, "already_in_room"),
    ]:
        assert await a.refused(event, message) == code, (event, code)
    await a.ok("offer", {"to": id_b, "description": {"type": "offer", "sdp": "x" * 65_536}})
    await b.hears("offer")
    assert len(b.events("offer", "answer", "iceCandidate")) == 1
    assert stranger.heard == []


async def test_another_version_of_the_protocol_is_refused(server: ServerProcess) -> None:
    with pytest.raises(ConnectionRefusedError, match="version_unsupported"):
        await NodeClient.open(server.url, {"version": 999})


async def test_a_flood_is_refused_then_closed_and_nobody_else_notices(connect: Connect) -> None:
    a, b, id_a, id_b = await pair(connect)
    acks = await asyncio.gather(*(a.call("getRoom") for _ in range(600)))
    refused = [ack for ack in acks if ack["status"] == "error"]
    assert 90 <= len(refused) <= 102  # entering took an event or two of the 500
    assert {ack["code"] for ack in refused} == {"rate_limited"}
    await b.ok("getRoom")
    for _ in range(500):
        await a.emit("getRoom")
    assert (await b.hears("userLeft", lambda m: m["participantId"] == id_a)) is not None
    await b.ok("getRoom")
    assert id_b


async def test_events_named_as_the_librarys_own_do_no_harm(connect: Connect, server: ServerProcess) -> None:
    a, b, _, _ = await pair(connect)
    for event in ("connect", "disconnect"):
        await a.emit(event)
        await a.emit(event, {})
        await a.emit(event, {}, {"version": 1})
        await a.emit(event, "x", "y", "z")
    assert (await b.hears("userUpdated"))["participant"]["presence"] == "reconnecting"
    await b.ok("getRoom")
    assert not [line for line in server.output if "Traceback" in line]


async def test_a_server_that_is_stopped_asks_to_come_back(connect: Connect, server: ServerProcess) -> None:
    a, b, _, _ = await pair(connect)
    assert await asyncio.to_thread(server.stop) == 0
    for client in (a, b):
        assert 0 <= (await client.hears("stopping"))["comeBackIn"] <= 3


async def test_a_disconnect_in_the_middle_of_everything_leaves_no_ghost(
    connect: Connect, server: ServerProcess
) -> None:
    watcher = await connect()
    await watcher.ok("createRoom", {"roomId": "garden", "capacity": 32})
    await enter(watcher)

    async def come_and_go(moment: int) -> None:
        client = await PythonClient.open(server.url)
        joining = asyncio.create_task(client.call("joinRoom", {"roomId": "garden"}))
        for _ in range(moment):
            await asyncio.sleep(0)  # one turn of the event loop: each client drops at another moment
        await client.emit("updateMedia", {"media": {"audio": False, "video": False}})
        await client.drop()
        joining.cancel()
        await asyncio.gather(joining, return_exceptions=True)
        await client.close()

    await asyncio.gather(*(come_and_go(moment) for moment in range(20)))

    async def alone() -> bool:
        return len((await watcher.ok("getRoom"))["room"]["participants"]) == 1

    await eventually_async("all who dropped are gone after the grace", alone)
    versions = [m["version"] for _, [m] in watcher.events("userJoined", "userUpdated", "userLeft")]
    assert versions == list(range(2, 2 + len(versions)))
