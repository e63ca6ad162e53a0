"""The composition root: the one place that knows every part. No policy.

Who answers what: ``/socket.io/`` the signaling, ``/api/`` and ``/healthz`` the API, all else the pages.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from fastapi.middleware import Middleware
from starlette.types import Receive, Scope, Send

import visavis
from visavis.accounts.reception import Reception
from visavis.accounts.sessions import Lifetimes, Sessions
from visavis.api.accounts import account_routes
from visavis.api.arrival import arrival_route
from visavis.api.askers import Askers
from visavis.api.body_limit import BodyLimit
from visavis.api.errors import FaultBarrier, answer_errors
from visavis.api.oidc import OidcPages, oidc_routes
from visavis.api.rooms import room_routes
from visavis.api.routes import PREFIX, api_routes, or_else
from visavis.calls import Calls
from visavis.chair import Chair
from visavis.clock import SystemClock
from visavis.data_folder import DataFolder
from visavis.history import History
from visavis.ice import IceProvider, IceServers
from visavis.identity import Access
from visavis.inquiry import Inquiries
from visavis.live import Limits
from visavis.oidc import provider_sign_in
from visavis.proxies import TrustedProxies
from visavis.rates import KeyedRateLimit
from visavis.records import NodeId
from visavis.room_watch import RoomWatch
from visavis.settings import Settings
from visavis.signaling.server import PATH, Identification, SignalingServer
from visavis.socketio import Limits as SocketLimits
from visavis.storage.choice import storage_of
from visavis.tickets import Tickets
from visavis.tokens import ApiKeys, room_tokens
from visavis.turn import TurnServer
from visavis.web.headers import SecurityHeaders
from visavis.web.pages import DIST, Pages

log = structlog.get_logger(__name__)

_DAY = 86_400.0

PROVIDER_PATIENCE = 1.0
"""Seconds by which a provider of ICE servers may delay the start; it never delays a join."""


class _FrontDoor(FastAPI):
    """Looks behind trusted proxies, then hands WebSockets to the signaling before anything else: each layer
    of middleware, none of which is for them, would stay in memory for as long as the connection is open.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.state.proxies.tell(scope)
        path = scope["path"].removeprefix(scope.get("root_path", "")) if "path" in scope else ""
        if scope["type"] == "websocket" and path.startswith(f"{PATH}/"):
            await self.state.signaling.asgi(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings) -> FastAPI:  # noqa: PLR0915 - each part is one line
    """The whole server as one ASGI application. Its lifespan opens and closes the storage.

    ``app.state.signaling`` is its :class:`~visavis.signaling.server.SignalingServer`, ``app.state.turn`` its
    :class:`~visavis.turn.TurnServer`, ``app.state.proxies`` its :class:`~visavis.proxies.TrustedProxies`;
    ``app.state.first_administrator``, once it is started, the secret of a link for the first administrator
    (:func:`~visavis.accounts.membership.path_of`), or None where there is an account, or nobody needs one.

    Raises:
        DataFolderUnusable: the data folder cannot be made or used, or the secret in it.
        SettingsInvalid: a file that they name cannot be used.
        TurnUnusable: the settings ask for a TURN server, and coturn is not installed.
        StorageUnavailable: the driver of the database is not installed.
    """
    folder = DataFolder(settings.data)
    storage = storage_of(settings, folder)
    clock = SystemClock()
    secret = folder.secret()
    turn = TurnServer(settings, folder.path / "turn", secret)
    provider = IceProvider(settings, clock.now)
    ice = IceServers(settings, turn, provider.provided, clock.now)
    history = History(storage, clock, NodeId(folder.node()), settings.history_days * _DAY)
    calls = Calls(
        storage,
        Tickets(secret, settings.ticket_lifetime, clock.now),
        clock,
        Limits(
            settings.room_capacity,
            settings.max_room_capacity,
            settings.resume_grace,
            settings.prepare_links,
            Access(settings.access),
        ),
        history.note,
        history,
    )
    limits = SocketLimits(
        connections=settings.max_connections,
        connections_per_address=settings.max_connections_per_address,
        handshakes_per_second=settings.connections_per_second,
    )
    lifetimes = Lifetimes(settings.session_idle_days * _DAY, settings.session_days * _DAY)
    sessions = Sessions(storage, lifetimes, clock.now)
    api_keys = ApiKeys(storage, secret, clock.now)
    tokens = room_tokens(settings, api_keys, secret, clock.now, time.monotonic)
    identify = Identification(sessions.identity, tokens.read)
    chair = Chair(calls, clock, history.note, settings.ticket_lifetime, history.settle)
    watch = RoomWatch(calls, chair)
    room_rate = KeyedRateLimit(settings.rooms_per_minute, 60.0, time.monotonic)
    signaling = SignalingServer(
        calls, chair, ice, settings.allowed_origins, limits, identify=identify, room_rate=room_rate
    )
    reception = Reception(settings, storage, sessions, secret, clock.now)
    oidc = OidcPages(
        provider_sign_in(settings, storage, secret, clock.now, time.monotonic),
        sessions,
        reception.devices,
        settings,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            await storage.open()
            app.state.first_administrator = await reception.first_administrator()
            history.start(calls.live)
            watch.start()
            turn.start()
            await provider.start(patience=PROVIDER_PATIENCE)
            yield
        finally:
            await signaling.stop(within=1)
            await provider.stop()
            await tokens.close()
            await watch.close()
            await turn.stop(leaving=bool(calls.live()))
            calls.stop()
            await history.close(within=1)
            await reception.close()
            await oidc.close()
            await storage.close()

    app = _FrontDoor(
        title="Visavis",
        version=visavis.__version__,
        lifespan=lifespan,
        openapi_url=f"{PREFIX}openapi.json",
        # Their pages load scripts from elsewhere, which nothing here does.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[  # the outermost first
            Middleware(SecurityHeaders, https_only=settings.domain is not None),
            Middleware(FaultBarrier),
            Middleware(BodyLimit, prefix=PREFIX),
        ],
    )
    answer_errors(app)
    askers = Askers(sessions, api_keys, tokens)
    app.include_router(api_routes(calls, ice, lambda: turn.state, history))
    app.include_router(room_routes(calls, chair, clock, room_rate, askers))
    app.include_router(account_routes(reception, settings))
    app.include_router(oidc_routes(oidc, time.monotonic))
    app.include_router(arrival_route(Inquiries(secret, clock.now), ice, turn))
    app.mount(PATH, signaling.asgi)
    app.state.signaling = signaling
    app.state.first_administrator = None
    app.state.turn = turn
    app.state.proxies = TrustedProxies(settings.trusted_proxies)
    app.router.default = or_else(Pages(DIST))
    return app
