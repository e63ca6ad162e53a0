"""The routes of rooms: to make, find, change and delete them."""

import time
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from visavis import rooms
from visavis.api import bodies
from visavis.api.askers import Askers
from visavis.api.bodies import HostedRoom, MadeRoom, NewRoom, Refused, RoomChanges, RoomView
from visavis.calls import Calls
from visavis.chair import Chair, shut_out
from visavis.clock import Clock
from visavis.errors import NotAllowed, RateLimited
from visavis.rates import KeyedRateLimit, address_key
from visavis.rooms import Room, Roster

HostKey = Annotated[str | None, Header(alias="Visavis-Host-Key")]

_MOST_ACTS = 500


def room_routes(calls: Calls, chair: Chair, clock: Clock, rooms_per_minute: int, askers: Askers) -> APIRouter:
    """``/api/v1/rooms``."""
    router = APIRouter(
        prefix="/api/v1/rooms", responses={"4XX": {"model": Refused}, "5XX": {"model": Refused}}
    )
    room_rate = KeyedRateLimit(rooms_per_minute, 60.0, time.monotonic)

    @router.post("", status_code=201, response_model_exclude_none=True)
    async def create_room(new: NewRoom, request: Request) -> MadeRoom:
        """Make a room. Without an id the server makes one up."""
        if not room_rate.allow(address_key(request.client.host if request.client else "")):
            raise RateLimited
        identity = await askers.maker(request)
        made = await calls.create_room(
            new.id, new.capacity, changes=new.settings.changes(), identity=identity
        )
        seen = _view(Roster(made.room, "")).model_dump()
        return MadeRoom(**seen, host_key=made.host_key)

    @router.get("")
    async def own_rooms(request: Request) -> bodies.HostedRooms:
        """The rooms of the account that is signed in."""
        identity = await askers.maker(request)
        if identity.account_id is None:
            raise NotAllowed("Only accounts have a list of rooms.")
        own = await calls.registry.of_account(identity.account_id)
        return bodies.HostedRooms(rooms=[_hosted(calls, room, clock.now()) for room in own])

    @router.get("/{room_id}", response_model_exclude_none=True)
    async def look_up_room(room_id: str, request: Request) -> RoomView:
        """A room, and the names of those who are in it now, where everybody may enter."""
        identity = await askers.visitor(request, room_id)
        roster = await calls.look_up(room_id, identity=identity)
        return _view(roster, identity.name if identity.grant else None)

    _add_host_routes(router, calls, chair, clock, askers)
    return router


def _add_host_routes(router: APIRouter, calls: Calls, chair: Chair, clock: Clock, askers: Askers) -> None:
    """For those who own a room, have its host key, or look after the server."""

    @router.get("/{room_id}/settings")
    async def settings(room_id: str, request: Request, host_key: HostKey = None) -> HostedRoom:
        """A room as its hosts see it."""
        room = await chair.room_of(room_id, await askers.maker(request), host_key)
        return _hosted(calls, room, clock.now())

    @router.patch("/{room_id}")
    async def change_room(
        room_id: str, changes: RoomChanges, request: Request, host_key: HostKey = None
    ) -> HostedRoom:
        """Change settings of a room. They hold at once, in a call that goes on too."""
        room = await chair.change_room(room_id, changes.changes(), await askers.maker(request), host_key)
        return _hosted(calls, room, clock.now())

    @router.delete("/{room_id}", status_code=204)
    async def delete_room(room_id: str, request: Request, host_key: HostKey = None) -> Response:
        """Delete a room. A call that goes on there ends."""
        await chair.delete_room(room_id, await askers.maker(request), host_key)
        return Response(status_code=204)

    @router.delete("/{room_id}/exclusions/{exclusion_id}", status_code=204)
    async def readmit(
        room_id: str, exclusion_id: str, request: Request, host_key: HostKey = None
    ) -> Response:
        """Let somebody come in again who was removed or banned."""
        await chair.readmit_from_outside(room_id, exclusion_id, await askers.maker(request), host_key)
        return Response(status_code=204)

    @router.get("/{room_id}/acts")
    async def acts(room_id: str, request: Request, host_key: HostKey = None) -> bodies.Acts:
        """What was done in a room by those who have a role there, the latest first."""
        room = await chair.room_of(room_id, await askers.maker(request), host_key)
        done = await calls.registry.acts(room.id, _MOST_ACTS)
        return bodies.Acts(
            acts=[
                bodies.ActLine(
                    at=act.at, act=act.act.value, actor=act.actor, target=act.target, detail=act.detail
                )
                for act in done
            ]
        )


def _view(roster: Roster, called: str | None = None) -> RoomView:
    room, rules = roster.room, roster.room.rules
    return RoomView(
        id=room.id,
        capacity=room.capacity,
        inside=[p.name for p in roster.participants] if rooms.is_open(room) else [],
        called=called,
        name=room.name,
        full=len(roster.participants) >= room.capacity,
        passcode=room.passcode is not None,
        lobby=rules.lobby,
        locked=rules.locked,
        opens_at=rules.opens_at,
        expires_at=rules.expires_at,
    )


def _hosted(calls: Calls, room: Room, now: float) -> HostedRoom:
    call, rules = calls.call_in(room.id), room.rules
    return HostedRoom(
        id=room.id,
        capacity=room.capacity,
        name=room.name,
        passcode=room.passcode is not None,
        lobby=rules.lobby,
        locked=rules.locked,
        share=rules.share.value,
        chat=rules.chat.value,
        answer_when_alone=rules.answer_when_alone.value,
        opens_at=rules.opens_at,
        expires_at=rules.expires_at,
        inside=[] if call is None else [p.name for p in call.roster.participants],
        exclusions=[
            bodies.Exclusion(
                id=known.id,
                name=known.name,
                why="banned" if known.why is rooms.Why.BANNED else "removed",
                at=known.at,
                until=known.until,
            )
            for known in shut_out(room, now)
        ],
    )
