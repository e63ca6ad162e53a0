"""Rooms with a door, over real sockets and HTTP: what strangers try, and what hosts do."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import PythonClient

OFFER = {"type": "offer", "sdp": "v=0\r\n"}

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One for all: each test has rooms of its own."""
    process = ServerProcess(tmp_path_factory.mktemp("rooms"), resume_grace=5, signup="open")
    process.start()
    yield process
    process.stop()


@pytest.fixture
async def connect(server: ServerProcess) -> AsyncIterator[Open]:
    opened: list[PythonClient] = []

    async def open_one(browser: httpx.AsyncClient | None = None) -> PythonClient:
        cookies = "" if browser is None else "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
        headers = {"Cookie": cookies, "Origin": server.url} if cookies else None
        opened.append(await PythonClient.open(server.url, {"version": 1}, headers=headers))
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
    assert waiting == {"status": "ok", "waiting": True, "knock": waiting["knock"], "attended": True}
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
            return "remove" in [line["act"] for line in (await http.get("/acts", headers=key)).json()["acts"]]

        await eventually_async("the history is written", written)
        server.kill()
        server.start()
        await stays_out()
        acts = (await http.get("/acts", headers=key)).json()["acts"]
        lines = [(line["act"], line["actor"], line["target"]) for line in acts]
        assert lines == [("remove", "Mara", "Joel"), ("make", "", None)]
        assert (await http.get("/acts")).status_code == 403
        (shut_out,) = (await http.get("/settings", headers=key)).json()["exclusions"]
        assert (await http.delete(f"/exclusions/{shut_out['id']}", headers=key)).status_code == 204
    again = await connect()
    await again.ok("joinRoom", join)


async def test_what_a_host_was_told_is_done_holds_after_a_crash_in_that_moment(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    server.start()
    room = {"roomId": "crash"}
    host = await PythonClient.open(server.url, {"version": 1})
    made = await host.ok("createRoom", room)
    try:
        for act in ("remove", "ban", "demote", "end", "lock"):
            guest = await PythonClient.open(server.url, {"version": 1})
            await host.ok("joinRoom", room | {"hostKey": made["hostKey"]})
            known = room | {"browser": act}
            entered = await guest.ok("joinRoom", known)
            target = {"participantId": entered["participantId"]}
            ticket = entered["ticket"]
            match act:
                case "demote":
                    await host.ok("appoint", target | {"role": "moderator"})
                    ticket = (await guest.hears("moderated"))["ticket"]
                    await host.ok("appoint", target | {"role": "participant"})
                case "lock":
                    await host.ok("changeRoom", {"settings": {"locked": True}})
                case "end":
                    await host.ok("endForAll")
                case _:
                    await host.ok("moderate", target | {"act": act})
            server.kill()
            for client in (host, guest):
                await client.close()
            server.start()
            host, guest = [await PythonClient.open(server.url, {"version": 1}) for _ in range(2)]
            match act:
                case "demote":
                    back = await guest.ok("resume", {"ticket": ticket})
                    assert [p["role"] for p in back["room"]["participants"]] == ["participant"]
                case "lock":
                    assert await guest.refused("joinRoom", known) == "room_locked"
                case _:
                    assert await guest.refused("resume", {"ticket": ticket}) == "excluded", act
                    if act != "end":
                        assert await guest.refused("joinRoom", known) == "excluded", act
            await guest.close()
        await host.close()
    finally:
        server.stop()


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


@asynccontextmanager
async def signed_in(server: ServerProcess, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which a new account is signed in."""
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v1") as http:
        new = {"userName": name.lower(), "name": name, "password": "a long walk by the river"}
        assert (await http.post("/accounts", json=new)).status_code == 201
        yield http


async def test_one_finds_the_rooms_that_one_owns_and_those_that_one_moderates(
    server: ServerProcess, connect: Open
) -> None:
    async with signed_in(server, "Ida") as ida, signed_in(server, "Noor") as noor:
        past = {"expiresAt": 1.0, "once": True, "lobby": True}
        for name, settings in (("ida-1", past), ("ida-2", {"name": "Lesson"})):
            made = await ida.post("/rooms", json={"id": name, "settings": settings})
            assert (made.status_code, made.json().get("hostKey")) == (201, None)
        assert [made.json()["once"] for made in [await ida.get("/rooms/ida-1")]] == [True]
        assert (await ida.get("/rooms/ida-1")).json()["state"] == "over"
        listed = (await ida.get("/rooms")).json()
        assert [(room["id"], room["state"], room["role"]) for room in listed["rooms"]] == [
            ("ida-2", "open", "host"),
            ("ida-1", "over", "host"),
        ]
        assert listed["more"] is False
        earlier = (await ida.get("/rooms", params={"before": listed["rooms"][0]["createdAt"]})).json()
        assert [room["id"] for room in earlier["rooms"]] == ["ida-1"]
        # Noor moderates, by the owner's word alone.
        assert (await noor.post("/rooms/ida-2/moderators", json={"login": "noor"})).status_code == 403
        assert (await ida.post("/rooms/ida-2/moderators", json={"login": "nobody"})).status_code == 404
        named = (await ida.post("/rooms/ida-2/moderators", json={"login": "noor"})).json()
        ((account, name, login),) = [tuple(one.values()) for one in named["moderators"]]
        assert (name, login) == ("Noor", "noor")
        own = await connect(noor)
        entered = await own.ok("joinRoom", {"roomId": "ida-2"})
        assert [p["role"] for p in entered["room"]["participants"]] == ["moderator"]
        await own.ok("changeRoom", {"settings": {"lobby": True}})
        guest = await connect()
        assert (await guest.ok("joinRoom", {"roomId": "ida-2"}))["attended"] is True

        async def last_call() -> Any:
            return (await noor.get("/rooms")).json()["rooms"][0]["lastCallAt"]

        assert await eventually_async("the call is written", last_call)
        (room,) = (await noor.get("/rooms")).json()["rooms"]
        assert (room["id"], room["role"], room["inside"], room["waiting"]) == (
            "ida-2",
            "moderator",
            ["Noor"],
            1,
        )
        assert (await noor.get("/rooms/ida-2/settings")).status_code == 403
        dismissed = (await ida.delete(f"/rooms/ida-2/moderators/{account}")).json()
        assert (dismissed["moderators"], dismissed["waiting"], dismissed["role"]) == ([], 1, "host")
        told = await own.hears("moderated")
        assert (told["act"], told["by"], told["role"]) == ("appoint", None, "participant")
        assert (await guest.hears("attended"))["attended"] is False
        assert await own.refused("changeRoom", {"settings": {"lobby": False}}) == "not_allowed"
        assert (await noor.get("/rooms")).json() == {"rooms": [], "more": False}
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v1") as stranger:
        assert (await stranger.get("/rooms")).json()["code"] == "sign_in_required"


async def test_a_room_that_is_not_open_yet_says_so_before_one_asks_to_enter(
    server: ServerProcess, connect: Open
) -> None:
    later = time.time() + 3600
    _, made, _ = await hosted(connect, opensAt=later)
    guest = await connect()
    assert (await guest.ok("prepare", {"roomId": made["roomId"]}))["refusal"] == "room_not_open"
    assert await guest.refused("joinRoom", {"roomId": made["roomId"]}) == "room_not_open"
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v1/rooms") as http:
        seen = (await http.get(f"/{made['roomId']}")).json()
        assert (seen["state"], seen["opensAt"]) == ("notOpen", later)
    host = await connect()
    prepared = await host.ok("prepare", {"roomId": made["roomId"], "hostKey": made["hostKey"]})
    assert prepared["refusal"] is None


async def next_knock(host: PythonClient, number: int) -> str:
    """The id of the knock of this number, from 0, that a host was shown."""
    await eventually_async("the knock is shown", lambda: len(host.events("knocked")) > number)
    return str(host.events("knocked")[number][1][0]["knock"]["id"])


async def test_two_hosts_who_decide_differently_at_once(connect: Open) -> None:
    one, made, _ = await hosted(connect, lobby=True)
    other = await connect()
    await other.ok("joinRoom", {"roomId": made["roomId"], "hostKey": made["hostKey"]})
    for number in range(5):
        guest = await connect()
        waiting = await guest.ok("joinRoom", {"roomId": made["roomId"]})
        shown = [await next_knock(host, number) for host in (one, other)]
        assert shown[0] == shown[1]
        knock = {"knock": shown[0]}
        answers = await asyncio.gather(one.call("admit", knock), other.call("deny", knock))
        assert sorted(answer["status"] for answer in answers) == ["error", "ok"]
        assert {answer.get("code") for answer in answers} == {None, "knock_decided"}
        again = {"roomId": made["roomId"], "knock": waiting["knock"]}
        if answers[0]["status"] == "ok":
            await guest.hears("admitted")
            await guest.ok("joinRoom", again)
        else:
            await guest.hears("denied")
            assert await guest.refused("joinRoom", again) == "knock_denied"
        await guest.close()


async def test_a_screen_that_may_not_be_shown_any_more_stops_for_all(connect: Open) -> None:
    host, made, _ = await hosted(connect)
    guest = await connect()
    showing = {"audio": True, "video": True, "screen": True}
    entered = await guest.ok("joinRoom", {"roomId": made["roomId"], "media": showing})
    await host.ok("changeRoom", {"settings": {"share": "moderators"}})
    told = await guest.hears("moderated")
    assert (told["act"], told["by"]) == ("stopShare", None)
    await host.hears("userUpdated", lambda update: not update["participant"]["media"]["screen"])
    assert await guest.refused("updateMedia", {"media": showing}) == "not_allowed"
    await guest.drop()
    back = await connect()
    resumed = await back.ok("resume", {"ticket": entered["ticket"], "media": showing})
    assert not any(p["media"]["screen"] for p in resumed["room"]["participants"])
