"""Tickets: what is ours is read back, what is not is refused."""

import base64
import json
from dataclasses import replace

import jwt
import pytest

from tests.support.fake_clock import FakeClock
from visavis.errors import TicketExpired, TicketInvalid
from visavis.records import CallId
from visavis.rooms import ParticipantId, Role, RoomId
from visavis.tickets import Ticket, Tickets

SECRET = b"s" * 32
TICKET = Ticket(RoomId("garden"), ParticipantId("p1"), "Mara", 12.5)
CLAIMS = {
    "aud": "visavis:ticket",
    "exp": 2_000_000.0,
    "room": "garden",
    "sub": "p1",
    "name": "Mara",
    "joined": 12.5,
}


def tickets(secret: bytes = SECRET, clock: FakeClock | None = None) -> Tickets:
    return Tickets(secret, 3600, (clock or FakeClock()).now)


def test_a_ticket_is_read_back_by_another_server_with_the_same_secret() -> None:
    assert tickets().read(tickets().sign(TICKET)) == TICKET


def test_a_ticket_is_a_web_token_that_any_library_reads() -> None:
    named = Ticket(TICKET.room_id, TICKET.participant_id, 'Łukasz "Ł" 🎹', TICKET.joined_at)
    signed = tickets().sign(named)
    # Its time is that of the fake clock.
    claims = jwt.decode(
        signed, SECRET, algorithms=["HS256"], audience="visavis:ticket", options={"verify_exp": False}
    )
    new: dict[str, object] = {
        "call": None,
        "account": None,
        "role": "participant",
        "marks": [],
        "epoch": None,
        "appointed": False,
    }
    assert claims | {"exp": 0} == CLAIMS | {"exp": 0, "name": named.name, **new}
    assert claims["exp"] == FakeClock().now() + 3600
    assert jwt.get_unverified_header(signed) == {"alg": "HS256", "typ": "JWT"}


def test_a_ticket_of_a_version_without_calls_is_read() -> None:
    signed = jwt.encode(CLAIMS, SECRET, algorithm="HS256")
    assert tickets().read(signed) == TICKET
    marks = frozenset({"account:1", "browser:2"})
    in_call = replace(TICKET, call_id=CallId("call"), role=Role.HOST, marks=marks, epoch="epoch")
    assert tickets().read(tickets().sign(in_call)) == in_call


def test_a_ticket_expires() -> None:
    clock = FakeClock()
    signed = tickets(clock=clock).sign(TICKET)
    clock.advance(3599)
    assert tickets(clock=clock).read(signed) == TICKET
    clock.advance(1)
    with pytest.raises(TicketExpired):
        tickets(clock=clock).read(signed)


def unsigned() -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(CLAIMS)}."


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "a.b.c",
        "é",
        "\ud800",
        "x" * 3000,
        unsigned(),
        tickets(b"t" * 32).sign(TICKET),
        tickets().sign(TICKET)[:-2],
        jwt.encode(CLAIMS | {"aud": "another"}, SECRET, algorithm="HS256"),
        jwt.encode(CLAIMS, SECRET + SECRET, algorithm="HS512"),
        jwt.encode({k: v for k, v in CLAIMS.items() if k != "room"}, SECRET, algorithm="HS256"),
        jwt.encode({k: v for k, v in CLAIMS.items() if k != "exp"}, SECRET, algorithm="HS256"),
    ],
)
def test_what_is_not_ours_is_refused(forged: str) -> None:
    with pytest.raises(TicketInvalid):
        tickets().read(forged)
