"""The routes. Each is one question to a part that knows."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

import visavis
from visavis.api import bodies
from visavis.api.bodies import Health, Refused
from visavis.calls import Calls
from visavis.errors import NotFound
from visavis.history import History, Progress
from visavis.ice import IceServers, host_of

PREFIX = "/api/"


def api_routes(calls: Calls, ice: IceServers, turn_state: Callable[[], str], history: History) -> APIRouter:
    """What stands by itself in ``/api/v1``, and ``/healthz``."""
    router = APIRouter(responses={"4XX": {"model": Refused}, "5XX": {"model": Refused}})

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
