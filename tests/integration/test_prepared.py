"""Links that are prepared in the lobby: over a real server, with two independent clients."""

import json
from pathlib import Path
from typing import Any

from tests.integration.conftest import Connect
from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import Client, PythonClient

OFFER = {"type": "offer", "sdp": "v=0\r\nc=IN IP4 0.0.0.0\r\n", "offerId": 1}
ANSWER = {"type": "answer", "sdp": "v=0\r\nc=IN IP4 0.0.0.0\r\n", "offerId": 1}
OF_MEMBER = {"candidate": "candidate:1 1 udp 1 192.0.2.1 1111 typ host", "sdpMid": "0"}
OF_VISITOR = {"candidate": "candidate:1 1 udp 1 192.0.2.2 2222 typ host", "sdpMid": "0"}
ROOM = {"roomId": "garden"}


async def before_the_door(connect: Connect) -> tuple[Client, Client, str, str]:
    """A member, a visitor, the id of the link that was negotiated between them, and the member's id."""
    member, visitor = await connect(), await connect()
    await member.ok("createRoom", ROOM)
    member_id = (await member.ok("joinRoom", ROOM))["participantId"]
    assert (await visitor.ok("prepare", ROOM))["links"] == 1
    link = (await member.hears("visitorCame"))["link"]
    await member.ok("offer", {"to": link, "description": OFFER})
    await member.ok("iceCandidate", {"to": link, "candidates": [OF_MEMBER]})
    assert await visitor.hears("offer") == {"from": link, "description": OFFER}
    await visitor.ok("answer", {"to": link, "description": ANSWER})
    await visitor.ok("iceCandidate", {"to": link, "candidates": [OF_VISITOR]})
    assert await member.hears("answer") == {"from": link, "description": ANSWER}
    return member, visitor, link, member_id


def said(client: Client) -> str:
    """All that a client was ever told."""
    return json.dumps(client.heard)


async def test_addresses_are_held_until_the_visitor_enters(connect: Connect) -> None:
    member, visitor, link, member_id = await before_the_door(connect)
    await member.ok("getRoom")
    assert await visitor.refused("getRoom") == "not_in_room"  # whatever was on its way has arrived
    for client in (member, visitor):
        assert "192.0.2" not in said(client)
        assert client.events("iceCandidate") == []
    assert member_id not in said(visitor)

    entry = await visitor.ok("joinRoom", ROOM | {"name": "Joel"})
    assert entry["prepared"] == [
        {"participantId": member_id, "link": link, "offer": None, "candidates": [OF_MEMBER]}
    ]
    prepared = await member.hears("prepared")
    assert prepared == {
        "participantId": entry["participantId"],
        "link": link,
        "offer": None,
        "candidates": [OF_VISITOR],
    }
    await member.hears("userJoined")
    order = [name for name, _ in member.heard]
    assert order.index("prepared") < order.index("userJoined")

    # What was under way to the link's id arrives as from the participant.
    await member.ok("iceCandidate", {"to": link, "candidates": [OF_MEMBER]})
    assert await visitor.hears("iceCandidate") == {"from": member_id, "candidates": [OF_MEMBER]}
    await visitor.ok("offer", {"to": link, "description": OFFER})
    assert (await member.hears("offer"))["from"] == entry["participantId"]


async def test_a_visitor_who_goes_leaves_nothing_behind(connect: Connect) -> None:
    member, visitor, link, _ = await before_the_door(connect)
    await visitor.drop()
    assert await member.hears("unprepared") == {"link": link}
    assert await member.refused("iceCandidate", {"to": link, "candidates": []}) == "participant_not_found"
    again = await connect()
    assert (await again.ok("joinRoom", ROOM))["prepared"] == []
    assert member.events("prepared") == []
    assert "192.0.2.2" not in said(member)


async def test_a_member_who_goes_and_one_who_comes(connect: Connect) -> None:
    member, visitor, link, _ = await before_the_door(connect)
    await member.ok("leaveRoom")
    assert await visitor.hears("unprepared") == {"link": link}
    newcomer = await connect()
    await newcomer.ok("joinRoom", ROOM)
    other = (await newcomer.hears("visitorCame"))["link"]
    assert other != link
    await newcomer.ok("unprepare", {"link": other})
    assert await visitor.hears("unprepared", lambda m: m["link"] == other)
    await visitor.ok("unprepare")
    await visitor.ok("unprepare", {"link": "nothing of the kind"})


async def test_two_visitors_do_not_hear_of_each_other(connect: Connect) -> None:
    member, first, link, _ = await before_the_door(connect)
    second = await connect()
    await second.ok("prepare", ROOM)
    other = (await member.hears("visitorCame", lambda m: m["link"] != link))["link"]
    assert await second.refused("answer", {"to": link, "description": ANSWER}) == "not_in_room"
    await member.ok("offer", {"to": other, "description": OFFER})
    await second.hears("offer")
    entered = await first.ok("joinRoom", ROOM)
    # The one who has entered is a member now, and a link with it is prepared for who still waits.
    assert (await first.hears("visitorCame"))["link"] not in (link, other)
    assert entered["participantId"] not in said(second)
    assert len((await second.ok("joinRoom", ROOM))["prepared"]) == 1


async def test_offers_that_one_brings_go_to_those_without_a_prepared_link(connect: Connect) -> None:
    member, other, newcomer = await connect(), await connect(), await connect()
    await member.ok("createRoom", ROOM)
    ids = [(await client.ok("joinRoom", ROOM))["participantId"] for client in (member, other)]
    offers = [OFFER | {"sdp": f"a=candidate:{number}\r\n"} for number in range(3)]
    entry = await newcomer.ok("joinRoom", ROOM | {"offers": offers})
    assert [(link["participantId"], link["offer"]) for link in entry["prepared"]] == [
        (ids[0], 0),
        (ids[1], 1),
    ]
    for client, offer in zip((member, other), offers, strict=False):
        told = await client.hears("prepared")
        assert told == {
            "participantId": entry["participantId"],
            "link": None,
            "offer": offer,
            "candidates": [],
        }
    await other.ok("answer", {"to": entry["participantId"], "description": ANSWER})
    assert (await newcomer.hears("answer"))["from"] == ids[1]


async def test_what_is_not_allowed_before_the_door_is_refused(connect: Connect) -> None:
    member, visitor, link, _ = await before_the_door(connect)
    address = OFFER | {"sdp": "v=0\r\na=candidate:1 1 udp 1 192.0.2.1 1111 typ host\r\n"}
    in_connection_data = OFFER | {"sdp": "v=0\r\nc=IN IP4 192.0.2.1\r\n"}
    fresh = await connect()
    await fresh.ok("prepare", ROOM)
    unoffered = (await member.hears("visitorCame", lambda m: m["link"] != link))["link"]
    requests: list[tuple[Client, str, Any, str]] = [
        (member, "offer", {"to": link, "description": OFFER}, "not_prepared"),
        (visitor, "answer", {"to": link, "description": ANSWER}, "not_prepared"),
        (visitor, "offer", {"to": link, "description": OFFER}, "not_prepared"),
        (member, "offer", {"to": unoffered, "description": address}, "message_invalid"),
        (member, "offer", {"to": unoffered, "description": in_connection_data}, "message_invalid"),
        (fresh, "answer", {"to": unoffered, "description": ANSWER}, "not_prepared"),
        (member, "iceCandidate", {"to": link, "candidates": [OF_MEMBER] * 32}, "too_many_candidates"),
        (member, "iceCandidate", {"to": link, "candidates": [{"candidate": 7}]}, "message_invalid"),
        (member, "prepare", ROOM, "already_in_room"),
        (fresh, "prepare", {"roomId": "nowhere"}, "room_not_found"),
        (fresh, "prepare", {}, "message_invalid"),
        (fresh, "joinRoom", ROOM | {"offers": [OFFER] * 9}, "message_invalid"),
        (fresh, "joinRoom", ROOM | {"offers": [ANSWER]}, "message_invalid"),
        (fresh, "joinTimed", {"way": "plain", "ack": 1}, "not_in_room"),
        (member, "joinTimed", {"way": "plain", "ack": -1}, "message_invalid"),
        (member, "joinTimed", {"way": "somehow", "ack": 1}, "message_invalid"),
        (member, "joinTimed", {"way": "plain", "ack": 1, "frame": 1e9}, "message_invalid"),
    ]
    for client, event, message, code in requests:
        assert await client.refused(event, message) == code, (event, message)
    assert len((await visitor.ok("joinRoom", ROOM))["prepared"]) == 1  # and all goes on


async def test_a_plain_client_is_left_out(connect: Connect) -> None:
    plain, visitor = await connect(), await connect()
    await plain.ok("createRoom", "garden")
    assert (await visitor.ok("prepare", ROOM))["links"] == 0
    assert (await visitor.ok("joinRoom", ROOM | {"offers": [OFFER]}))["prepared"] == []
    await plain.hears("userJoined")
    assert [name for name, _ in plain.heard] == ["userJoined"]


async def test_the_time_of_a_join_is_logged(connect: Connect, server: ServerProcess) -> None:
    client = await connect()
    await client.ok("createRoom", ROOM)
    await client.ok("joinRoom", ROOM)
    await client.ok("joinTimed", {"way": "prepared", "ack": 101.25, "ice": 207.5, "frame": None})
    await eventually_async("it is in the log", lambda: "ice=207.5" in "".join(server.output))


async def test_a_server_may_prepare_nothing(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, prepare_links=False)
    server.start()
    try:
        async with await PythonClient.open(server.url) as client:
            await client.ok("createRoom", ROOM)
            assert (await client.ok("prepare", ROOM))["links"] == 0
            await client.ok("joinRoom", ROOM)
    finally:
        server.stop()
