"""Rooms with a door, over real sockets and HTTP: what strangers try, and what hosts do."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import PythonClient

OFFER = {"type": "offer", "sdp": "v=0\r\n"}

Open = Callable[[], Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One for all: each test has rooms of its own."""
    process = ServerProcess(tmp_path_factory.mktemp("rooms"), resume_grace=5)
    process.start()
    yield process
    process.stop()


@pytest.fixture
async def connect(server: ServerProcess) -> AsyncIterator[Open]:
    opened: list[PythonClient] = []

    async def open_one() -> PythonClient:
        opened.append(await PythonClient.open(server.url, {"version": 1}))
        return opened[-1]

    yield open_one
    for client in opened:
        await client.close()


async def hosted(connect: Open, **settings: Any) -> tuple[PythonClient, dict[str, Any], dict[str, Any]]:
    """A room with its host inside: the host's connection, how the room was made, and how it was entered."""
    host: PythonClient = await connect()
    made = await host.ok("createRoom", {"settings": settings})
    entered = await host.ok(
        "joinRoom", {"roomId": made["roomId"], "name": "Mara", "hostKey": made["hostKey"]}
    )
    return host, made, entered


async def test_one_knocks_is_shown_and_let_in(connect: Open) -> None:
    host, made, _ = await hosted(connect, lobby=True)
    guest = await connect()
    join = {"roomId": made["roomId"], "name": "Joel", "browser": "b1"}
    waiting = await guest.ok("joinRoom", join)
    assert waiting == {"status": "ok", "waiting": True, "knock": waiting["knock"]}
    shown = (await host.hears("knocked"))["knock"]
    assert (shown["name"], shown["account"]) == ("Joel", None)
    assert shown["id"] != waiting["knock"]
    await host.ok("admit", {"knock": shown["id"]})
    await guest.hears("admitted")
    entered = await guest.ok("joinRoom", join | {"knock": waiting["knock"]})
    assert [p["name"] for p in entered["room"]["participants"]] == ["Mara", "Joel"]
    assert [p["role"] for p in entered["room"]["participants"]] == ["host", "participant"]
    assert entered["room"]["settings"] == {"lobby": True}
    await host.hears("knockEnded", lambda ended: ended["knock"] == shown["id"])


async def test_one_who_waits_or_was_never_inside_reaches_nobody(connect: Open) -> None:
    host, made, inside = await hosted(connect, lobby=True)
    outsider = await connect()
    await outsider.ok("joinRoom", {"roomId": made["roomId"]})
    target = {"to": inside["participantId"]}
    acts: list[tuple[str, Any]] = [
        ("offer", target | {"description": OFFER}),
        ("iceCandidate", target | {"candidates": [{"candidate": ""}]}),
        ("moderate", {"participantId": inside["participantId"], "act": "mute"}),
        ("admitAll", {}),
        ("getRoom", {}),
        ("getIceServers", {}),
        ("endForAll", {}),
        ("changeRoom", {"settings": {"locked": True}}),
    ]
    for event, message in acts:
        assert await outsider.refused(event, message) == "not_in_room", event
    _, other, _ = await hosted(connect)  # and from another room
    stranger = await connect()
    await stranger.ok("joinRoom", {"roomId": other["roomId"], "hostKey": other["hostKey"]})
    for event, message in acts[:3]:
        assert await stranger.refused(event, message) == "participant_not_found", event
    assert host.events("offer", "iceCandidate", "moderated") == []


async def test_a_guest_with_the_hosts_name_is_a_guest(connect: Open) -> None:
    _, made, inside = await hosted(connect)
    guest = await connect()
    await guest.ok("joinRoom", {"roomId": made["roomId"], "name": "Mara", "hostKey": "x" * 32})
    for event, message in [
        ("moderate", {"participantId": inside["participantId"], "act": "remove"}),
        ("appoint", {"participantId": inside["participantId"], "role": "participant"}),
        ("changeRoom", {"settings": {"passcode": "mine now"}}),
        ("getExclusions", {}),
        ("endForAll", {}),
    ]:
        assert await guest.refused(event, message) == "not_allowed"
    assert await guest.refused("moderate", {"participantId": "x", "act": "promote"}) == "message_invalid"


async def test_one_who_was_removed_stays_out_after_a_restart_too(
    server: ServerProcess, connect: Open
) -> None:
    host, made, inside = await hosted(connect)
    guest = await connect()
    join = {"roomId": made["roomId"], "name": "Joel", "browser": "b2"}
    entered = await guest.ok("joinRoom", join)
    await host.ok("moderate", {"participantId": entered["participantId"], "act": "remove"})
    assert (await guest.hears("ended"))["reason"] == "removed"
    assert (await host.hears("userLeft"))["reason"] == "removed"
    assert (
        await guest.refused("offer", {"to": inside["participantId"], "description": OFFER}) == "not_in_room"
    )

    async def stays_out() -> None:
        again = await connect()
        assert await again.refused("joinRoom", join | {"name": "Somebody Else"}) == "excluded"
        assert await again.refused("resume", {"ticket": entered["ticket"]}) == "excluded"
        assert (await again.ok("prepare", join | {"name": ""}))["links"] == 0

    await stays_out()
    key = {"Visavis-Host-Key": made["hostKey"]}
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v1/rooms/{made['roomId']}") as http:
        assert [e["name"] for e in (await http.get("/settings", headers=key)).json()["exclusions"]] == [
            "Joel"
        ]

        async def written() -> Any:
            return (await http.get("/acts", headers=key)).json()["acts"]

        await eventually_async("the history is written", written)
        server.kill()
        server.start()
        await stays_out()
        (line,) = (await http.get("/acts", headers=key)).json()["acts"]
        assert (line["act"], line["actor"], line["target"]) == ("remove", "Mara", "Joel")
        assert (await http.get("/acts")).status_code == 403
        (shut_out,) = (await http.get("/settings", headers=key)).json()["exclusions"]
        assert (await http.delete(f"/exclusions/{shut_out['id']}", headers=key)).status_code == 204
    again = await connect()
    await again.ok("joinRoom", join)


async def test_muting_is_told_to_all_and_undone_by_oneself_alone(connect: Open) -> None:
    host, made, _ = await hosted(connect)
    guest = await connect()
    entered = await guest.ok("joinRoom", {"roomId": made["roomId"]})
    await host.ok("moderate", {"participantId": entered["participantId"], "act": "mute"})
    told = await guest.hears("moderated")
    assert (told["act"], told["ticket"]) == ("mute", None)
    silenced = (await host.hears("userUpdated"))["participant"]
    assert (silenced["silenced"], silenced["media"]["audio"]) == (True, False)
    await guest.ok("updateMedia", {"media": {"audio": True, "video": True}})
    await host.hears("userUpdated", lambda update: not update["participant"]["silenced"])


async def test_a_passcode_is_guessed_ten_times_and_the_flood_leaves_others_alone(connect: Open) -> None:
    host, made, _ = await hosted(connect, passcode="open sesame")
    guesser = await connect()
    join = {"roomId": made["roomId"]}
    assert await guesser.refused("joinRoom", join) == "passcode_needed"
    codes = [await guesser.refused("joinRoom", join | {"passcode": f"guess {n}"}) for n in range(12)]
    assert codes == ["passcode_wrong"] * 10 + ["rate_limited"] * 2
    # Those inside, and whoever needs no passcode, go on as ever.
    await host.ok("getRoom", {})
    await host.ok("changeRoom", {"settings": {"passcode": None}})
    await guesser.ok("joinRoom", join)


async def test_a_flood_of_knocks_is_bounded_and_throttled(connect: Open) -> None:
    host, made, _ = await hosted(connect, lobby=True)
    flooder = await connect()
    codes = []
    for number in range(60):
        reply = await flooder.call("joinRoom", {"roomId": made["roomId"], "browser": f"b{number}"})
        codes.append(reply.get("code", "ok"))
    assert codes == ["ok"] * 40 + ["rate_limited"] * 20
    await eventually_async("knocks that are over are withdrawn", lambda: len(host.events("knockEnded")) >= 39)
    await host.ok("admitAll", {})


async def test_settings_change_for_all_in_the_call_and_from_outside(
    server: ServerProcess, connect: Open
) -> None:
    host, made, _ = await hosted(connect)
    url, key = f"{server.url}/api/v1/rooms/{made['roomId']}", {"Visavis-Host-Key": made["hostKey"]}
    async with httpx.AsyncClient() as http:
        seen = (await http.get(url)).json()
        assert seen["inside"] == ["Mara"]
        changed = await http.patch(url, json={"locked": True, "name": "Lesson"}, headers=key)
        assert changed.status_code == 200
        assert (await host.hears("roomChanged"))["settings"] == {"locked": True, "name": "Lesson"}
        seen = (await http.get(url)).json()
        assert (seen["locked"], seen["name"], seen["inside"]) == (True, "Lesson", [])
        for wrong in ({}, {"Visavis-Host-Key": "x"}):
            for request in (http.patch(url, json={}, headers=wrong), http.delete(url, headers=wrong)):
                assert (await request).json()["code"] == "not_allowed"
        assert (
            await http.patch(url, json={"opensAt": 2.0, "expiresAt": 1.0}, headers=key)
        ).status_code == 400
        assert (await http.patch(url, json={"lobby": "yes"}, headers=key)).json()["code"] == "message_invalid"
        guest = await connect()
        assert await guest.refused("joinRoom", {"roomId": made["roomId"]}) == "room_locked"
        assert (await http.delete(url, headers=key)).status_code == 204
        assert (await host.hears("ended"))["reason"] == "closed"
        assert (await http.get(url)).status_code == 404


async def test_a_host_who_lost_the_connection_finds_those_who_knock(connect: Open) -> None:
    host, made, inside = await hosted(connect, lobby=True)
    await host.drop()
    guest = await connect()
    waiting = await guest.ok("joinRoom", {"roomId": made["roomId"], "name": "Joel"})
    back = await connect()
    resumed = await back.ok("resume", {"ticket": inside["ticket"]})
    (knock,) = resumed["knocks"]
    await back.ok("deny", {"knock": knock["id"]})
    await guest.hears("denied")
    assert await back.refused("admit", {"knock": knock["id"]}) == "knock_decided"
    again = {"roomId": made["roomId"], "knock": waiting["knock"]}
    assert await guest.refused("joinRoom", again) == "knock_denied"


async def test_a_plain_client_owns_the_room_that_it_makes_and_cannot_knock_at_others(connect: Open) -> None:
    _, made, _ = await hosted(connect, lobby=True)
    plain = await connect()
    assert await plain.refused("joinRoom", made["roomId"]) == "knock_needed"
    entered = await plain.ok("createRoom", f"plain-{made['roomId'][:20]}")
    assert entered["room"]["participants"][0]["role"] == "host"
