"""The routes of rooms: to make, find, change and delete them."""

import time
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic.alias_generators import to_camel

from visavis import admission, rooms
from visavis.admission import Claim
from visavis.api import bodies
from visavis.api.askers import Askers
from visavis.api.bodies import HostedRoom, ListedRoom, MadeRoom, NewRoom, Refused, RoomChanges, RoomView
from visavis.calls import Calls
from visavis.chair import Chair, shut_out
from visavis.clock import Clock
from visavis.errors import RateLimited, SignInRequired
from visavis.moderation import Action
from visavis.rates import KeyedRateLimit, address_key
from visavis.records import Acted
from visavis.rooms import Role, Room, RoomId, Roster

HostKey = Annotated[str | None, Header(alias="Visavis-Host-Key")]

_MOST_ACTS = 500

_APPOINTMENTS_PER_MINUTE = 30

ROOMS_AT_ONCE = 50


def room_routes(
    calls: Calls, chair: Chair, clock: Clock, room_rate: KeyedRateLimit, askers: Askers
) -> APIRouter:
    """``/api/v1/rooms``. ``room_rate``: how many rooms may be made from one address, by whatever way."""
    router = APIRouter(
        prefix="/api/v1/rooms", responses={"4XX": {"model": Refused}, "5XX": {"model": Refused}}
    )

    @router.post("", status_code=201, response_model_exclude_none=True)
    async def create_room(new: NewRoom, request: Request, host_key: HostKey = None) -> MadeRoom:
        """Make a room. Without an id the server makes one up. The link of a room that was deleted is kept for
        who looked after it."""
        if not room_rate.allow(address_key(request.client.host if request.client else "")):
            raise RateLimited
        identity = await askers.maker(request)
        made = await calls.create_room(
            new.id,
            new.capacity,
            changes=new.settings.changes(),
            identity=identity,
            host_key=host_key,
        )
        seen = _view(Roster(made.room, ""), clock.now()).model_dump()
        return MadeRoom(**seen, host_key=made.host_key)

    @router.get("")
    async def own_rooms(
        request: Request, before: Annotated[float | None, Query(allow_inf_nan=False)] = None
    ) -> bodies.ListedRooms:
        """The rooms that one owns or moderates, in pages: the next has those made before the last of this."""
        own = (await askers.maker(request)).account_id
        if own is None:
            raise SignInRequired
        found, more = await calls.registry.of_account(own, before, ROOMS_AT_ONCE)
        last_calls = await calls.registry.last_calls([room.id for room in found])
        return bodies.ListedRooms(
            rooms=[
                _listed(calls, room, clock.now(), last_calls, "host" if room.owner == own else "moderator")
                for room in found
            ],
            more=more,
        )

    @router.get("/{room_id}", response_model_exclude_none=True)
    async def look_up_room(room_id: str, request: Request, host_key: HostKey = None) -> RoomView:
        """A room, and the names of those who are in it now, where everybody may enter or one has a role."""
        identity = await askers.visitor(request, room_id)
        roster = await calls.look_up(room_id, identity=identity)
        role = admission.role_in(roster.room, identity, Claim(host_key=host_key))
        return _view(roster, clock.now(), identity.name if identity.grant else None, role)

    _add_host_routes(router, calls, chair, clock, askers)
    return router


def _add_host_routes(router: APIRouter, calls: Calls, chair: Chair, clock: Clock, askers: Askers) -> None:
    """For those who own a room, have its host key, or look after the server."""
    # Whoever appoints learns which accounts there are.
    appointments = KeyedRateLimit(_APPOINTMENTS_PER_MINUTE, 60.0, time.monotonic)

    @router.get("/{room_id}/settings")
    async def settings(room_id: str, request: Request, host_key: HostKey = None) -> HostedRoom:
        """A room as its hosts see it."""
        room = await chair.room_of(room_id, await askers.maker(request), host_key)
        return await _hosted(calls, room, clock.now())

    @router.patch("/{room_id}")
    async def change_room(
        room_id: str, changes: RoomChanges, request: Request, host_key: HostKey = None
    ) -> HostedRoom:
        """Change settings of a room. They hold at once, in a call that goes on too."""
        room = await chair.change_room(room_id, changes.changes(), await askers.maker(request), host_key)
        return await _hosted(calls, room, clock.now())

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

    @router.post("/{room_id}/moderators")
    async def appoint(room_id: str, new: bodies.NewModerator, request: Request) -> HostedRoom:
        """Make an account a moderator of a room, whenever it joins. For the account that owns the room."""
        identity = await askers.maker(request)
        if not appointments.allow(address_key(request.client.host if request.client else "")):
            raise RateLimited
        room = await chair.appoint_account(room_id, new.login, identity)
        return await _hosted(calls, room, clock.now())

    @router.delete("/{room_id}/moderators/{account_id}")
    async def dismiss(room_id: str, account_id: str, request: Request) -> HostedRoom:
        """Let an account not moderate a room any more."""
        room = await chair.dismiss_account(room_id, account_id, await askers.maker(request))
        return await _hosted(calls, room, clock.now())

    @router.get("/{room_id}/acts")
    async def acts(room_id: str, request: Request, host_key: HostKey = None) -> bodies.Acts:
        """What was done in a room by those who have a role there, the latest first."""
        room = await chair.room_of(room_id, await askers.maker(request), host_key)
        done = await calls.registry.acts(room, _MOST_ACTS)
        return bodies.Acts(
            acts=[
                bodies.ActLine(
                    at=act.at, act=act.act.value, actor=act.actor, target=act.target, detail=_detail(act)
                )
                for act in done
            ]
        )


def _detail(act: Acted) -> str:
    """The settings that were changed are called as on the wire."""
    if act.act is not Action.CHANGE:
        return act.detail
    return ", ".join(to_camel(name) for name in act.detail.split(", "))


def _view(roster: Roster, now: float, called: str | None = None, role: Role = Role.PARTICIPANT) -> RoomView:
    room, rules = roster.room, roster.room.rules
    is_trusted = role is not Role.PARTICIPANT
    return RoomView(
        id=room.id,
        capacity=room.capacity,
        inside=[p.name for p in roster.participants] if is_trusted or rooms.is_open(room) else [],
        called=called,
        name=room.name,
        full=len(roster.participants) >= room.capacity,
        passcode=room.passcode is not None,
        lobby=rules.lobby,
        locked=rules.locked,
        opens_at=rules.opens_at,
        expires_at=rules.expires_at,
        once=rules.once,
        state=rooms.state_of(room, now).value,
        role=_role_name(role),
    )


def _role_name(role: Role) -> bodies.RoleName | None:
    """None for one who has no more rights than everybody."""
    match role:
        case Role.HOST:
            return "host"
        case Role.MODERATOR:
            return "moderator"
        case _:
            return None


def _listed(
    calls: Calls,
    room: Room,
    now: float,
    last_calls: Mapping[RoomId, float],
    role: bodies.RoleName = "host",
) -> ListedRoom:
    call, rules = calls.call_in(room.id), room.rules
    return ListedRoom(
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
        once=rules.once,
        created_at=room.created_at,
        role=role,
        state=rooms.state_of(room, now).value,
        inside=[] if call is None else [p.name for p in call.roster.participants],
        waiting=calls.door.count(room.id),
        last_call_at=last_calls.get(room.id),
    )


async def _hosted(calls: Calls, room: Room, now: float) -> HostedRoom:
    last_calls = await calls.registry.last_calls([room.id])
    moderators = await calls.registry.moderators(room)
    return HostedRoom(
        **_listed(calls, room, now, last_calls).model_dump(),
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
        moderators=[bodies.Moderator(id=one.id, name=one.name, login=one.login) for one in moderators],
    )
