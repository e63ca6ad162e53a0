"""The routes. Each is one question to a part that knows."""

import time
from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

import visavis
from visavis.api import bodies
from visavis.api.askers import Askers
from visavis.api.bodies import Health, NewRoom, Refused, RoomView
from visavis.calls import Calls
from visavis.errors import NotFound, RateLimited
from visavis.history import History, Progress
from visavis.ice import IceServers, host_of
from visavis.rates import KeyedRateLimit, address_key
from visavis.settings import Settings

PREFIX = "/api/"


def api_routes(
    calls: Calls,
    ice: IceServers,
    turn_state: Callable[[], str],
    history: History,
    askers: Askers,
    settings: Settings,
) -> APIRouter:
    """``/api/v1`` and ``/healthz``."""
    router = APIRouter(responses={"4XX": {"model": Refused}, "5XX": {"model": Refused}})
    room_rate = KeyedRateLimit(settings.rooms_per_minute, 60.0, time.monotonic)

    @router.post("/api/v1/rooms", status_code=201, response_model_exclude_none=True)
    async def create_room(new: NewRoom, request: Request) -> RoomView:
        """Make a room. Without an id the server makes one up."""
        if not room_rate.allow(address_key(request.client.host if request.client else "")):
            raise RateLimited
        identity = await askers.maker(request)
        room = await calls.create_room(new.id, new.capacity, identity=identity)
        return RoomView(id=room.id, capacity=room.capacity, inside=[])

    @router.get("/api/v1/rooms/{room_id}", response_model_exclude_none=True)
    async def look_up_room(room_id: str, request: Request) -> RoomView:
        """A room, and the names of those who are in it now. One may show a room token."""
        identity = await askers.visitor(request, room_id)
        roster = await calls.look_up(room_id, identity=identity)
        return RoomView(
            id=roster.room.id,
            capacity=roster.room.capacity,
            inside=[participant.name for participant in roster.participants],
            called=identity.name if identity.grant else None,
        )

    @router.get("/api/v1/ice")
    async def ice_servers(request: Request) -> bodies.PublicIce:
        """STUN servers, and whether there is TURN. Its credentials come with the place in a room."""
        public = ice.before_admission(host_of(request.headers.get("host")))
        return bodies.PublicIce(
            ice_servers=[bodies.StunServer(urls=list(server.urls)) for server in public.servers],
            has_relay=public.has_relay,
            relay_only=public.relay_only,
        )

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz")
    async def health(response: Response) -> Health:
        """Whether this node takes calls, and how many there are."""
        # The page that helps to trust the local authority tries whether https is trusted (web/plain_http.py).
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        counts = calls.counts()
        return Health(
            status="ok",
            version=visavis.__version__,
            rooms=counts.rooms,
            participants=counts.participants,
            turn=turn_state(),
            history=_words(history.progress),
        )

    return router


def _words(progress: Progress) -> str:
    if not progress.behind:
        return "ok"
    dropped = f", {progress.dropped} dropped" if progress.dropped else ""
    return f"behind, {progress.waiting} waiting{dropped}"


def or_else(pages: ASGIApp) -> ASGIApp:
    """What answers where there is no route: ``not_found`` below ``/api/``, the pages elsewhere."""

    async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and f"{scope['path']}/".startswith(PREFIX):
            raise NotFound
        await pages(scope, receive, send)

    return elsewhere
