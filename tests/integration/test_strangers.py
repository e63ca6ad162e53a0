"""The strangers of a room, in every way that they may come: each tries, and comes as far as the door says.

The server stands behind a proxy here, so that a test can come from any address.
"""

import asyncio
import json
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import jwt
import pytest

from tests.support.eventually import eventually_async
from tests.support.server_process import ServerProcess
from tests.support.signaling import PythonClient

OFFER = {"type": "offer", "sdp": "v=0\r\n"}
ANSWER = {"type": "answer", "sdp": "v=0\r\n"}
CANDIDATE = {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0"}

Come = Callable[..., Awaitable[PythonClient]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("strangers")
    process = ServerProcess(folder, resume_grace=5, trusted_proxies="127.0.0.1,::1")
    process.start()
    yield process
    process.stop()


@pytest.fixture
async def come(server: ServerProcess) -> AsyncIterator[Come]:
    """Opens a connection from an address."""
    opened: list[PythonClient] = []

    async def open_one(address: str = "198.51.100.1") -> PythonClient:
        headers = {"X-Forwarded-For": address}
        opened.append(await PythonClient.open(server.url, {"version": 1}, headers=headers))
        return opened[-1]

    yield open_one
    for client in opened:
        await client.close()


async def hosted(come: Come, **settings: Any) -> tuple[PythonClient, dict[str, Any], dict[str, Any]]:
    """A room with its host inside: the host's connection, how the room was made, and how it was entered."""
    host = await come("192.0.2.1")
    made = await host.ok("createRoom", {"settings": settings})
    entered = await host.ok(
        "joinRoom",
        {"roomId": made["roomId"], "name": "Mara", "hostKey": made["hostKey"], "browser": "Mara's"},
    )
    return host, made, entered


def forged(ticket: str, **claims: Any) -> str:
    """A ticket with other claims, and the signature of before."""
    head, _, signature = ticket.split(".")
    body = jwt.decode(ticket, options={"verify_signature": False})
    other = jwt.encode(body | claims, "x" * 32, "HS256").split(".")[1]
    return f"{head}.{other}.{signature}"


# --- rooms without end -----------------------------------------------------------------------------


async def test_rooms_are_counted_by_address_whatever_way_they_are_made(
    server: ServerProcess, come: Come
) -> None:
    address, most = "203.0.113.50", 60
    one, other = await come(address), await come(address)
    plain = await PythonClient.open(server.url, None, headers={"X-Forwarded-For": address})
    async with httpx.AsyncClient(base_url=server.url, headers={"X-Forwarded-For": address}) as http:
        for _ in range(most // 3):
            await one.ok("createRoom", {})
            await other.ok("createRoom", {"lasting": False})
            assert (await http.post("/api/v1/rooms", json={})).status_code == 201
        assert await one.refused("createRoom", {}) == "rate_limited"
        assert await other.refused("createRoom", {"lasting": False}) == "rate_limited"
        assert await plain.refused("createRoom", "endless") == "rate_limited"
        assert (await http.post("/api/v1/rooms", json={})).status_code == 429
    await plain.close()
    await (await come("203.0.113.51")).ok("createRoom", {})


# --- the link of a room that is no more --------------------------------------------------------------


async def test_nobody_makes_a_room_again_to_whose_link_others_were_invited(
    server: ServerProcess, come: Come
) -> None:
    host, stranger = await come(), await come()
    await asyncio.to_thread(server.command, "user", "add", "ada", "--name", "Ada")
    made = await host.ok("createRoom", {"roomId": "choir"})
    made_up = await host.ok("createRoom", {})
    passing = await host.ok("createRoom", {"lasting": False})
    await host.ok("joinRoom", {"roomId": passing["roomId"]})
    assert await stranger.refused("createRoom", {"roomId": passing["roomId"]}) == "room_exists"
    await host.ok("leaveRoom")
    plain = await PythonClient.open(server.url, None)

    async def tries(room_id: str) -> None:
        for claim in ({}, {"hostKey": "x"}, {"hostKey": ""}, {"settings": {"name": "Choir"}}):
            assert await stranger.refused("createRoom", {"roomId": room_id} | claim) == "room_exists"
        assert await stranger.refused("createRoom", {"roomId": room_id.upper()}) == "room_exists"
        assert await plain.refused("createRoom", room_id) == "room_exists"
        for headers in ({}, {"Visavis-Host-Key": "x"}):
            reply = await http.post("/api/v1/rooms", json={"id": room_id}, headers=headers)
            assert (reply.status_code, reply.json()["code"]) == (409, "room_exists")
        for options in ([], ["--owner", "ada"]):
            with pytest.raises(subprocess.CalledProcessError) as failed:
                await asyncio.to_thread(server.command, "room", "add", room_id, *options)
            assert "not long ago" in failed.value.stderr

    async with httpx.AsyncClient(base_url=server.url) as http:
        for room in (made, made_up):
            key = {"Visavis-Host-Key": room["hostKey"]}
            assert (await http.delete(f"/api/v1/rooms/{room['roomId']}", headers=key)).status_code == 204
        await tries("choir")
        await tries(made_up["roomId"])
        for code in (passing["roomId"],):
            assert await stranger.refused("createRoom", {"roomId": code}) == "room_exists"
        # Who has the key makes it again, and has another key; the earlier one is worth nothing then.
        again = await host.ok("createRoom", {"roomId": "choir", "hostKey": made["hostKey"]})
        path = "/api/v1/rooms/choir"
        assert (await http.delete(path, headers={"Visavis-Host-Key": made["hostKey"]})).status_code == 403
        key = {"Visavis-Host-Key": again["hostKey"]}
        assert (await http.delete(path, headers=key)).status_code == 204
        await tries("choir")
        assert (await http.post("/api/v1/rooms", json={"id": "choir"}, headers=key)).status_code == 201
        await asyncio.to_thread(server.command, "room", "delete", "choir", "--yes")
    await asyncio.to_thread(server.command, "room", "add", "choir", "--take", "--owner", "ada")
    await asyncio.to_thread(server.command, "room", "delete", "choir", "--yes")
    await asyncio.to_thread(server.command, "room", "add", "choir", "--owner", "ada")
    await plain.close()


# --- a guest with the host's name ------------------------------------------------------------------


async def test_nothing_that_a_guest_may_say_makes_it_a_host(come: Come) -> None:
    host, made, inside = await hosted(come)
    _, other, _ = await hosted(come)
    room = {"roomId": made["roomId"]}
    for claims in (
        {"name": "Mara"},
        {"name": "Mar\u0430"},  # a Cyrillic letter
        {"name": "\u202eMara\u200b"},
        {"name": "Mara", "browser": "Mara's"},
        {"name": "Mara", "hostKey": ""},
        {"name": "Mara", "hostKey": other["hostKey"]},
        {"name": "Mara", "hostKey": made["hostKey"][:-1]},
        {"name": "Mara", "hostKey": inside["participantId"]},
        {"name": "Mara", "role": "host", "participantId": inside["participantId"]},
    ):
        guest = await come()
        entered = await guest.ok("joinRoom", room | claims)
        roles = {p["id"]: p["role"] for p in entered["room"]["participants"]}
        assert roles.pop(inside["participantId"]) == "host"
        assert set(roles.values()) == {"participant"}, claims
        assert await guest.refused("endForAll") == "not_allowed"
        await guest.ok("leaveRoom")
    assert await guest.refused("resume", {"ticket": forged(entered["ticket"], role="host")}) == (
        "ticket_invalid"
    )
    unsigned = jwt.encode({"room": made["roomId"], "role": "host"}, "", "none")
    assert await guest.refused("resume", {"ticket": unsigned}) == "ticket_invalid"
    assert await guest.refused("joinRoom", room | {"token": unsigned}) == "token_invalid"
    assert host.events("moderated", "ended") == []


async def test_host_keys_are_not_guessed_over_http(server: ServerProcess, come: Come) -> None:
    _, made, _ = await hosted(come, passcode="open sesame", lobby=True)
    url = f"{server.url}/api/v1/rooms/{made['roomId']}"
    async with httpx.AsyncClient() as http:
        for key in ("", "x", made["hostKey"][:-1], made["hostKey"].lower(), "open sesame"):
            headers = {"Visavis-Host-Key": key}
            for method, path in (
                ("GET", "/settings"),
                ("PATCH", ""),
                ("DELETE", ""),
                ("GET", "/acts"),
                ("DELETE", "/exclusions/x"),
                ("POST", "/moderators"),
            ):
                body = {"login": "x"} if path == "/moderators" else {}
                reply = await http.request(method, url + path, headers=headers, json=body)
                assert (reply.status_code, reply.json()["code"]) == (403, "not_allowed"), (method, path)
            seen = (await http.get(url, headers=headers)).json()
            assert ("role" in seen, seen["inside"], seen["passcode"]) == (False, [], True)
        seen = (await http.get(url, headers={"Visavis-Host-Key": made["hostKey"]})).json()
        assert (seen["role"], seen["inside"]) == ("host", ["Mara"])


# --- one who was removed ---------------------------------------------------------------------------


async def test_one_who_was_removed_comes_back_in_no_way(server: ServerProcess, come: Come) -> None:
    key = json.loads(await asyncio.to_thread(server.command, "key", "add", "School", "--json"))

    def token(room: str, bearer: str) -> str:
        claims = {"iss": key["id"], "aud": "visavis", "exp": time.time() + 60, "room": room, "sub": bearer}
        return jwt.encode(claims, key["secret"], "HS256", headers={"kid": key["id"]})

    host, made, _ = await hosted(come)
    room = {"roomId": made["roomId"]}
    known = room | {"browser": "Joel's"}
    joel, tab, bearer = await come(), await come(), await come()
    entered = await joel.ok("joinRoom", known | {"name": "Joel"})
    in_tab = await tab.ok("joinRoom", known | {"name": "Somebody"})
    by_token = await bearer.ok("joinRoom", room | {"token": token(made["roomId"], "lev"), "browser": "Lev's"})
    # A newer ticket, for another name.
    await host.ok("rename", {"participantId": entered["participantId"], "name": "Not Joel"})
    renamed = await joel.hears("moderated")
    for target in (entered, by_token):
        await host.ok("moderate", {"participantId": target["participantId"], "act": "remove"})
    for out in (joel, tab, bearer):
        assert (await out.hears("ended"))["reason"] == "removed"
        assert await out.refused("getRoom") == "not_in_room"
        assert await out.refused("chat", {"id": "1", "text": "still here"}) == "not_in_room"
    # Switched to a lobby, and let in by mistake: still out.
    await host.ok("changeRoom", {"settings": {"lobby": True}})

    async def tries() -> None:
        for claim in (
            {},
            {"name": "Olga"},
            {"name": "Mara"},
            {"knock": "x"},
            {"token": token(made["roomId"], "somebody-else")},
        ):
            again = await come("203.0.113.9")
            assert await again.refused("joinRoom", known | claim) == "excluded", claim
        again = await come("203.0.113.9")
        lev = {"token": token(made["roomId"], "lev"), "browser": "new"}
        assert await again.refused("joinRoom", room | lev) == "excluded"
        for ticket in (entered["ticket"], in_tab["ticket"], renamed["ticket"], by_token["ticket"]):
            assert await again.refused("resume", {"ticket": ticket}) == "excluded"
        prepared = await again.ok("prepare", known)
        assert (prepared["links"], prepared["refusal"]) == (0, "excluded")

    await tries()
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v1/rooms/{made['roomId']}") as http:
        headers = {"Visavis-Host-Key": made["hostKey"]}

        async def is_written() -> bool:
            acts = (await http.get("/acts", headers=headers)).json()["acts"]
            return [line["act"] for line in acts].count("remove") == 3  # the other tab is one of them

        await eventually_async("the removals are written", is_written)
    server.kill()
    server.start()
    await tries()
    # Without anything that the browser keeps one is a stranger, as the protocol says; the door is for that.
    stranger = await come()
    assert (await stranger.ok("joinRoom", room | {"browser": "new"}))["waiting"]


async def test_one_who_is_banned_while_waiting_at_the_door_does_not_come_in(come: Come) -> None:
    host, made, _ = await hosted(come)
    known = {"roomId": made["roomId"], "browser": "Joel's"}
    joel, waiting = await come(), await come()
    entered = await joel.ok("joinRoom", known)
    await host.ok("changeRoom", {"settings": {"lobby": True}})
    knock = (await waiting.ok("joinRoom", known))["knock"]
    shown = (await host.hears("knocked"))["knock"]["id"]
    await host.ok("moderate", {"participantId": entered["participantId"], "act": "ban"})
    assert (await waiting.hears("denied")) == {}
    assert await host.refused("admit", {"knock": shown}) in ("knock_not_found", "knock_decided")
    for claim, refused in (({"knock": knock}, "knock_denied"), ({}, "excluded")):
        assert await waiting.refused("joinRoom", known | claim) == refused


# --- tickets ---------------------------------------------------------------------------------------


async def test_a_stolen_ticket_is_worth_nothing_after_removal_and_one_place_before(come: Come) -> None:
    host, made, _ = await hosted(come)
    joel, thief = await come(), await come("203.0.113.9")
    entered = await joel.ok("joinRoom", {"roomId": made["roomId"], "name": "Joel"})
    # Before: the thief has the place, and its owner sees it go.
    taken = await thief.ok("resume", {"ticket": entered["ticket"]})
    assert (await joel.hears("ended"))["reason"] == "replaced"
    assert taken["participantId"] == entered["participantId"]
    assert len(taken["room"]["participants"]) == 2
    await host.ok("moderate", {"participantId": entered["participantId"], "act": "remove"})
    assert (await thief.hears("ended"))["reason"] == "removed"
    for ticket in (entered["ticket"], taken["ticket"]):
        for client in (thief, joel):
            assert await client.refused("resume", {"ticket": ticket}) == "excluded"
    # Of another room, of a call that was ended for all.
    _, other, _ = await hosted(come)
    assert await thief.refused("resume", {"ticket": forged(entered["ticket"], room=other["roomId"])}) == (
        "ticket_invalid"
    )
    nina = await come()
    mine = await nina.ok("joinRoom", {"roomId": made["roomId"]})
    await host.ok("endForAll")
    assert await thief.refused("resume", {"ticket": mine["ticket"]}) == "excluded"


async def test_a_ticket_of_a_call_that_was_over_opens_no_door_after_a_start(
    server: ServerProcess, come: Come
) -> None:
    host, made, _ = await hosted(come)
    room = {"roomId": made["roomId"]}
    joel = await come()
    old = await joel.ok("joinRoom", room | {"name": "Joel"})
    for client in (joel, host):
        await client.ok("leaveRoom")
    inside = await host.ok("joinRoom", room | {"hostKey": made["hostKey"]})
    nina = await come()
    hers = await nina.ok("joinRoom", room | {"name": "Nina"})
    await host.ok("changeRoom", {"settings": {"lobby": True, "passcode": "open sesame"}})
    await host.ok("appoint", {"participantId": hers["participantId"], "role": "moderator"})  # waits for all
    server.kill()
    server.start()
    thief, nina, host = await come(), await come(), await come()
    assert await thief.refused("resume", {"ticket": old["ticket"]}) == "passcode_needed"
    await nina.ok("resume", {"ticket": hers["ticket"]})
    assert await thief.refused("resume", {"ticket": old["ticket"]}) == "passcode_needed"
    await host.ok("resume", {"ticket": inside["ticket"]})
    await host.ok("changeRoom", {"settings": {"passcode": None}})
    assert await thief.refused("resume", {"ticket": old["ticket"]}) == "knock_needed"


# --- knocks ----------------------------------------------------------------------------------------


async def test_a_flood_of_knocks_by_many_connections_leaves_room_for_others(come: Come) -> None:
    host, made, _ = await hosted(come, lobby=True)
    room = {"roomId": made["roomId"]}
    # From one household's network (IPv6: one /64), each on a connection of its own.
    flood = await asyncio.gather(*(come(f"2001:db8:0:1::{number:x}") for number in range(1, 46)))
    replies = await asyncio.gather(*(client.call("joinRoom", room) for client in flood))
    codes = Counter(reply.get("code", "waits") for reply in replies)
    assert codes == {"waits": 30, "lobby_full": 15}
    # They go and come again: the minute has its bound.
    waiting = [client for client, reply in zip(flood, replies, strict=True) if reply["status"] == "ok"]
    for client in waiting:
        await client.ok("leaveRoom")
    replies = await asyncio.gather(*(client.call("joinRoom", room) for client in waiting))
    assert Counter(reply.get("code", "waits") for reply in replies) == {"waits": 10, "rate_limited": 20}
    # Somebody else is shown, and let in.
    nina = await come("203.0.113.77")
    await nina.ok("joinRoom", room | {"name": "Nina"})
    shown = await host.hears("knocked", lambda knocked: knocked["knock"]["name"] == "Nina")
    await host.ok("admit", {"knock": shown["knock"]["id"]})
    await nina.hears("admitted")


async def test_a_flood_from_many_addresses_leaves_places_for_others_and_is_dismissed_at_once(
    come: Come,
) -> None:
    host, made, _ = await hosted(come)
    room = {"roomId": made["roomId"]}
    ada = await come("203.0.113.200")
    await ada.ok("joinRoom", room | {"browser": "Ada's"})
    await ada.ok("leaveRoom")
    await host.ok("changeRoom", {"settings": {"lobby": True}})
    # A /48 of IPv6, of which each address stands for a network of its own elsewhere, fills all places.
    flood = [await come(f"2001:db8:1:{number:x}::1") for number in range(110)]
    replies = await asyncio.gather(*(client.call("joinRoom", room) for client in flood))
    assert Counter(reply.get("code", "waits") for reply in replies) == {"waits": 100, "lobby_full": 10}
    nina, again = await come("203.0.113.77"), await come("2001:db8:1:200::1")
    assert (await nina.ok("joinRoom", room | {"name": "Nina"}))["waiting"]
    assert await again.refused("joinRoom", room) == "lobby_full"
    # Whoever gives way is told so, and is not shown any more.
    told = await eventually_async(
        "one gives way", lambda: [one for client in flood for one in client.events("denied")]
    )
    assert told == [("denied", [{"full": True}])]
    await eventually_async("it is not shown", lambda: len(host.events("knockEnded")) == 1)
    # From everywhere else too: who was here before has a place that is kept.
    elsewhere = [await come(f"{10 + number // 10}.{number % 10}.0.1") for number in range(100)]
    replies = await asyncio.gather(*(client.call("joinRoom", room) for client in elsewhere))
    assert Counter(reply["status"] for reply in replies)["ok"] == 98
    stranger = await come("198.18.0.1")
    assert await stranger.refused("joinRoom", room) == "lobby_full"
    assert (await ada.ok("joinRoom", room | {"browser": "Ada's", "name": "Ada"}))["waiting"]
    shown = await host.hears("knocked", lambda knocked: knocked["knock"]["name"] == "Ada")
    await host.ok("admit", {"knock": shown["knock"]["id"]})
    await ada.hears("admitted")
    # All others at once.
    assert await stranger.refused("denyAll") == "not_in_room"
    await host.ok("denyAll")
    assert (await nina.hears("denied")) == {}
    assert (await stranger.ok("joinRoom", room))["waiting"]


async def test_a_host_who_is_gone_while_people_knock_finds_them_after_a_restart(
    server: ServerProcess, come: Come
) -> None:
    host, made, inside = await hosted(come, lobby=True)
    room = {"roomId": made["roomId"]}
    nina, joel = await come(), await come()
    first = await nina.ok("joinRoom", room | {"name": "Nina"})
    assert first["attended"]
    await host.drop()
    assert (await nina.hears("attended"))["attended"] is False
    assert (await joel.ok("joinRoom", room | {"name": "Joel"}))["attended"] is False
    back = await come()
    resumed = await back.ok("resume", {"ticket": inside["ticket"]})
    assert [knock["name"] for knock in resumed["knocks"]] == ["Nina", "Joel"]
    assert (await joel.hears("attended"))["attended"] is True
    # The server dies: who knocks knocks again, with what it has; the host takes its place again.
    server.kill()
    server.start()
    nina = await come()
    again = await nina.ok("joinRoom", room | {"name": "Nina", "knock": first["knock"]})
    assert (again["waiting"], again["attended"]) == (True, False)
    assert again["knock"] != first["knock"]
    host = await come()
    resumed = await host.ok("resume", {"ticket": inside["ticket"]})
    (knock,) = resumed["knocks"]
    assert (await nina.hears("attended"))["attended"] is True
    await host.ok("admit", {"knock": knock["id"]})
    await nina.hears("admitted")
    await nina.ok("joinRoom", room | {"knock": again["knock"]})


async def test_one_who_admits_all_and_one_who_denies_at_once(come: Come) -> None:
    one, made, _ = await hosted(come, lobby=True)
    other = await come()
    await other.ok("joinRoom", {"roomId": made["roomId"], "hostKey": made["hostKey"]})
    for number in range(4):
        guest = await come()
        await guest.ok("joinRoom", {"roomId": made["roomId"], "browser": f"b{number}"})
        # Each probe is awaited before the next round, so it sees the number and the guest of its own (B023).
        await eventually_async("the knock is shown", lambda: len(other.events("knocked")) > number)  # noqa: B023
        knock = {"knock": other.events("knocked")[number][1][0]["knock"]["id"]}
        acts = [one.call("admitAll"), other.call("deny", knock)]
        admitted, denied = await asyncio.gather(*(acts if number % 2 else reversed(acts)))
        assert admitted["status"] == "ok" or denied["status"] == "ok"
        told = await eventually_async("one answer is told", lambda: guest.events("admitted", "denied"))  # noqa: B023
        assert len(told) == 1
        await eventually_async("nobody is shown it", lambda: len(one.events("knockEnded")) > number)  # noqa: B023
        assert len(guest.events("admitted", "denied")) == 1
        await guest.close()


# --- passcodes -------------------------------------------------------------------------------------


async def test_guesses_at_once_on_many_connections_are_counted_as_one_guessers(come: Come) -> None:
    _, made, _ = await hosted(come, passcode="open sesame")
    room = {"roomId": made["roomId"]}
    guessers = await asyncio.gather(*(come("203.0.113.5") for _ in range(30)))
    replies = await asyncio.gather(
        *(client.call("joinRoom", room | {"passcode": f"guess {n}"}) for n, client in enumerate(guessers))
    )
    codes = Counter(reply["code"] for reply in replies)
    assert codes == {"passcode_wrong": 10, "rate_limited": 20}
    # The right one too, from there; not from elsewhere.
    right = room | {"passcode": "open sesame"}
    assert await guessers[0].refused("joinRoom", right) == "rate_limited"
    nina = await come("203.0.113.6")
    await nina.ok("joinRoom", right)


# --- the wrong room --------------------------------------------------------------------------------


async def test_nothing_is_relayed_into_a_room_that_one_is_not_in(come: Come) -> None:
    host, made, inside = await hosted(come)
    guest = await come()
    here = await guest.ok("joinRoom", {"roomId": made["roomId"]})
    visitor = await come()
    prepared = await visitor.ok("prepare", {"roomId": made["roomId"], "browser": "v"})
    assert prepared["links"] == 2
    link = (await host.hears("visitorCame"))["link"]
    stranger, other, _ = await hosted(come)
    nobody, plain = await come(), await come()
    await plain.ok("createRoom", f"plain-{other['roomId'][:12]}")
    for client, refused in ((stranger, "participant_not_found"), (nobody, "not_in_room")):
        for to in (inside["participantId"], here["participantId"]):
            assert await client.refused("offer", {"to": to, "description": OFFER}) == refused
            assert await client.refused("answer", {"to": to, "description": ANSWER}) == refused
            assert await client.refused("iceCandidate", {"to": to, "candidates": [CANDIDATE]}) == refused
            assert await client.refused("chat", {"id": "1", "text": "x", "to": to}) == refused
        # Into a link that is prepared between two others.
        assert (await client.call("offer", {"to": link, "description": OFFER}))["status"] == "error"
        assert (await client.call("iceCandidate", {"to": link, "candidates": [CANDIDATE]}))["status"] == (
            "error"
        )
    assert await plain.refused("offer", made["roomId"], OFFER) == "not_in_room"
    assert await plain.refused("leaveRoom", made["roomId"]) == "not_in_room"
    # And not after one was removed.
    await host.ok("moderate", {"participantId": here["participantId"], "act": "remove"})
    await guest.hears("ended")
    assert await guest.refused("offer", {"to": inside["participantId"], "description": OFFER}) == (
        "not_in_room"
    )
    assert await host.refused("offer", {"to": here["participantId"], "description": OFFER}) == (
        "participant_not_found"
    )
    heard = host.events("offer", "answer", "iceCandidate", "chat")
    assert heard == guest.events("offer", "answer", "iceCandidate", "chat") == []


# --- who looks after a room that nobody looks after ------------------------------------------------


async def test_without_a_host_moderators_and_without_them_those_whom_the_host_named(come: Come) -> None:
    host, made, _ = await hosted(come, lobby=True, answerWhenAlone="participants", share="moderators")
    room = {"roomId": made["roomId"]}
    deputy, member, guest = [await come() for _ in range(3)]
    for client in (deputy, member):
        knock = (await client.ok("joinRoom", room))["knock"]
        await host.ok("admitAll")
        await client.hears("admitted")
        mine = await client.ok("joinRoom", room | {"knock": knock})
        if client is deputy:
            await host.ok("appoint", {"participantId": mine["participantId"], "role": "moderator"})
            await deputy.hears("moderated")
    waiting = await guest.ok("joinRoom", room | {"name": "Nina"})
    told = await deputy.hears("knocked", lambda knocked: knocked["knock"]["name"] == "Nina")
    shown = told["knock"]["id"]
    assert member.events("knocked") == []
    await host.ok("leaveRoom")
    assert await member.refused("admit", {"knock": shown}) == "not_allowed"
    await deputy.ok("changeRoom", {"settings": {"locked": False}})  # what moderators may, they still may
    await deputy.ok("leaveRoom")
    assert (await member.hears("knocked"))["knock"]["id"] == shown
    # The rules go on by themselves.
    showing = {"audio": True, "video": True, "screen": True}
    assert await member.refused("updateMedia", {"media": showing}) == "not_allowed"
    assert await member.refused("changeRoom", {"settings": {"lobby": False}}) == "not_allowed"
    await member.ok("admit", {"knock": shown})
    await guest.hears("admitted")
    await guest.ok("joinRoom", room | {"knock": waiting["knock"]})
    # The host is back: they are not asked any more.
    await host.ok("joinRoom", room | {"hostKey": made["hostKey"]})
    late = await come()
    await late.ok("joinRoom", room)
    await host.hears("knocked")
    assert len(member.events("knocked")) == 1
    assert await member.refused("admitAll") == "not_allowed"


# --- a room for one call ---------------------------------------------------------------------------


async def test_a_room_for_one_call_is_over_after_it(server: ServerProcess, come: Come) -> None:
    host, made, _ = await hosted(come, once=True)
    room = {"roomId": made["roomId"], "browser": "Joel's"}
    url = f"{server.url}/api/v1/rooms/{made['roomId']}"
    async with httpx.AsyncClient() as http:
        # One alone is no call.
        await host.ok("leaveRoom")
        await host.ok("joinRoom", room | {"hostKey": made["hostKey"]})
        assert "expiresAt" not in (await http.get(url)).json()
        guest = await come()
        await guest.ok("joinRoom", room)
        before = time.time()
        await guest.ok("leaveRoom")
        await host.ok("leaveRoom")

        async def expires_at() -> float | None:
            expires: float | None = (await http.get(url)).json().get("expiresAt")
            return expires

        at = await eventually_async("the room is spent", expires_at)
        assert before + 599 <= at <= time.time() + 601
        server.kill()
        server.start()
        assert await expires_at() == at
        # Who left by mistake comes back; when the time is over, nobody does, and who is inside stays.
        guest = await come()
        await guest.ok("joinRoom", room)
        soon = {"expiresAt": time.time() + 1}
        assert (
            await http.patch(url, json=soon, headers={"Visavis-Host-Key": made["hostKey"]})
        ).status_code == 200

        async def is_over() -> bool:
            return bool((await http.get(url)).json()["state"] == "over")

        await eventually_async("its time is over", is_over)
        late = await come()
        for claim in ({}, {"hostKey": made["hostKey"]}):
            assert await late.refused("joinRoom", room | claim) == "room_over"
        assert len((await guest.ok("getRoom"))["room"]["participants"]) == 1
