"""Hands, reactions and chat, over a real server, with two independent clients."""

from typing import Any

from tests.integration.conftest import Connect
from tests.integration.test_signaling import enter, pair
from tests.support.server_process import ServerProcess


def texts(reply: Any) -> list[str]:
    return [message["text"] for message in reply["messages"]]


async def test_hands_reactions_and_chat(connect: Connect) -> None:
    a, b, id_a, id_b = await pair(connect)

    # A hand stays up over a lost connection, and who raises it twice keeps their turn.
    await a.ok("setHand", {"raised": True})
    raised = (await b.hears("userUpdated"))["participant"]["hand"]
    assert raised > 1_600_000_000
    await a.ok("setHand", {"raised": True})
    assert (await b.ok("getRoom"))["room"]["participants"][0]["hand"] == raised

    await a.ok("react", {"reaction": "heart"})
    assert await b.hears("reaction") == {"from": id_a, "reaction": "heart"}

    written = (await a.ok("chat", {"id": "1", "text": "hello\r\n<b>all</b>"}))["message"]
    assert written["text"] == "hello\n<b>all</b>"
    assert (written["number"], written["from"], written["name"], written["to"]) == (1, id_a, "A", None)
    assert await b.hears("chat") == {"message": written}
    # Sent once more, because the ack was lost: it counts once.
    assert (await a.ok("chat", {"id": "1", "text": "hello"}))["message"] == written
    await b.ok("chat", {"id": "1", "text": "only you", "to": id_a})
    assert (await a.hears("chat"))["message"]["to"] == id_a

    c = await connect()
    id_c = (await enter(c, name="C"))["participantId"]
    assert texts(await c.ok("getChat")) == ["hello\n<b>all</b>"]
    assert texts(await a.ok("getChat", {"since": 1})) == ["only you"]
    assert len(b.events("chat")) == 1
    assert c.events("chat") == []

    for event, message, code in [
        ("chat", {"id": "2", "text": " \u202e "}, "text_empty"),
        ("chat", {"id": "2", "text": "x" * 4_001}, "text_too_long"),
        ("chat", {"id": "", "text": "x"}, "message_invalid"),
        ("chat", {"id": "x" * 65, "text": "x"}, "message_invalid"),
        ("chat", {"id": "2", "text": 7}, "message_invalid"),
        ("chat", {"id": "2", "text": "x", "to": id_c}, "participant_not_found"),
        ("chat", {"id": "2", "text": "x", "to": "nobody"}, "participant_not_found"),
        ("react", {"reaction": "<svg>"}, "message_invalid"),
        ("setHand", {"raised": 1}, "message_invalid"),
    ]:
        assert await c.refused(event, message) == code, (event, code)
    for number in range(20):
        await c.ok("chat", {"id": str(number), "text": "x"})
    assert await c.refused("chat", {"id": "20", "text": "x"}) == "rate_limited"
    assert id_b


async def test_what_is_written_while_one_is_away_is_read_on_return(
    connect: Connect, server: ServerProcess
) -> None:
    a, b = await connect(), await connect()
    await a.ok("createRoom", {"roomId": "garden"})
    first = await enter(a, name="A")
    await enter(b, name="B")
    await a.ok("chat", {"id": "1", "text": "before"})
    await a.ok("setHand", {"raised": True})
    await a.drop()
    await b.hears("userUpdated", lambda m: m["participant"]["presence"] == "reconnecting")
    await b.ok("chat", {"id": "1", "text": "to all"})
    await b.ok("chat", {"id": "2", "text": "to you", "to": first["participantId"]})
    again = await connect()
    back = await again.ok("resume", {"ticket": first["ticket"]})
    assert back["room"]["participants"][0]["hand"] is not None
    assert texts(await again.ok("getChat", {"since": 1})) == ["to all", "to you"]
    for client in (again, b):
        await client.ok("leaveRoom")
    await enter(b)
    assert texts(await b.ok("getChat")) == []  # another call
    stranger = await connect()
    for event, message in [
        ("chat", {"id": "1", "text": "x"}),
        ("getChat", {}),
        ("react", {"reaction": "yes"}),
        ("setHand", {"raised": True}),
    ]:
        assert await stranger.refused(event, message) == "not_in_room"
    assert not [line for line in server.output if "Traceback" in line]
