"""Runs the application as a process: its sockets, its event loop, its signals, its end."""

import asyncio
import errno
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from ipaddress import ip_address
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from visavis.accounts.membership import path_of
from visavis.addresses import web_addresses
from visavis.app import create_app
from visavis.https import Https, Listening, choose_https, greeting
from visavis.settings import Settings
from visavis.signaling.server import SignalingServer

log = structlog.get_logger(__name__)

_GRACEFUL = 2
"""Seconds that open requests and sockets have to end when the server stops."""

_FAREWELL = 1.0
"""Seconds in which signaling connections are told to come back, and closed."""

_COLLECT_EVERY = 20_000
"""Objects more than before, until the youngest are searched for garbage."""

_MAX_WEBSOCKET_MESSAGE = 1024 * 1024
"""Bytes. Above what the signaling takes, so that it can say no rather than the socket be cut."""


class CannotListen(Exception):
    """The address cannot be had. The message is one line for the operator."""


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then end in about two seconds, whatever is open.

    Args:
        announce: told what to tell the operator once the server answers: its address, first of all.

    Raises:
        CannotListen: the host or a port cannot be had.
        DataFolderUnusable, StorageUnavailable: the data cannot be had.
        CertificateUnusable: a certificate or its key cannot be had.
    """
    with ExitStack() as sockets:
        listener = sockets.enter_context(_bind(settings.host, settings.port, "--port"))
        plain = None
        if settings.http_port is not None:
            plain = sockets.enter_context(_bind(settings.host, settings.http_port, "--http-port"))
        app = create_app(settings)
        host, port = listener.getsockname()[:2]
        listening = Listening(host, port, plain.getsockname()[1] if plain is not None else None)
        folder = settings.data.absolute() / "tls"
        https = choose_https(settings, folder, listening, announce)
        server = _Server(_configure(app, settings, https), listener, app.state.signaling)
        if https is not None:
            https.certificate.live.follow(app.state.turn.certificate)
            if plain is not None:
                server.plain = (plain, https.plain)
        words = https.greeting if https is not None else _greet(settings, host, port)
        scheme = "http" if https is None else "https"
        base = settings.base_url or web_addresses(host, port, scheme)[0]
        server.announce = lambda: announce(words + _first_administrator(app.state.first_administrator, base))
        # From here to the end a signal is a request to stop. The web server handles signals while it
        # serves, and raises the ones that it caught again afterwards.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, server.handle_exit)
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(_live(app, server, https))


async def _live(app: FastAPI, server: "_Server", https: Https | None) -> None:
    # Entered here, and not by the web server, so that what goes wrong in it comes out as it is.
    async with app.router.lifespan_context(app), _kept(https):
        await server.serve([server.listener])
    log.info("server stopped")


@asynccontextmanager
async def _kept(https: Https | None) -> AsyncIterator[None]:
    """Keep the certificate fresh meanwhile."""
    keeping = asyncio.create_task(https.certificate.keep()) if https is not None else None
    try:
        yield
    finally:
        if keeping is not None:
            keeping.cancel()


def _configure(app: FastAPI, settings: Settings, https: Https | None) -> uvicorn.Config:
    signaling: SignalingServer = app.state.signaling
    fast = signaling.websocket_protocol(app.state.proxies.request)
    return uvicorn.Config(
        app,
        http="h11",
        ws=fast if settings.fast_path else "websockets-sansio",
        ssl_context_factory=(lambda *_: https.certificate.live.context) if https is not None else None,
        ws_max_size=_MAX_WEBSOCKET_MESSAGE,
        # The signaling has pings of its own, and its messages are too small to gain by deflating.
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACEFUL,
    )


class _Server(uvicorn.Server):
    """Says where it is as soon as it answers there.

    Attributes:
        plain: a second socket, for plain http, and the application that answers there; None for none.
        announce: called when the server answers.
    """

    def __init__(self, config: uvicorn.Config, listener: socket.socket, signaling: SignalingServer) -> None:
        super().__init__(config)
        self.listener = listener
        self.plain: tuple[socket.socket, ASGIApp] | None = None
        self.announce: Callable[[], None] = lambda: None
        self._signaling = signaling

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.plain is not None:
            await self._listen_to_plain_http(*self.plain)
        _calm_the_collector()
        self.announce()
        host, port = self.listener.getsockname()[:2]
        log.info("server started", host=host, port=port)

    async def _listen_to_plain_http(self, listener: socket.socket, app: ASGIApp) -> None:
        """Answer on a second socket by another application; it ends as the first does, and with it."""
        config = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_config=None, access_log=False,
            proxy_headers=False, server_header=False,
        )  # fmt: skip
        config.load()
        make: Any = config.http_protocol_class  # made as uvicorn makes it

        def protocol() -> asyncio.Protocol:
            made: asyncio.Protocol = make(config=config, server_state=self.server_state, app_state={})
            return made

        loop = asyncio.get_running_loop()
        self.servers.append(await loop.create_server(protocol, sock=listener))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info("server stopping")
        # What is still open when the time is over is cut off on purpose: that is no error to log.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        # Before the web server cuts the sockets: those who are connected are told to come back.
        await self._signaling.stop(within=_FAREWELL)
        await super().shutdown(sockets)


def _calm_the_collector() -> None:
    """Look for garbage less often, and not among what the program is made of.

    All that was made to start with lasts as long as the process; to search it again and again takes
    milliseconds at a time in which nobody is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, 20, 50)


def _greet(settings: Settings, host: str, port: int) -> str:
    """For plain http."""
    words = greeting(web_addresses(host, port))
    if ip_address(host).is_loopback or settings.trusted_proxies:
        return words
    return f"{words}\nOther machines get no camera over plain http: see --lan and --domain, docs/hosting.md."


def _first_administrator(secret: str | None, base: str) -> str:
    """For a server that nobody looks after yet."""
    if secret is None:
        return ""
    return (
        "\nThere is no account yet. Make the first, which looks after this server, within a day by this link:"
        f"\n  {base}{path_of(secret)}"
    )


def _bind(host: str, port: int, option: str) -> socket.socket:
    """A socket that listens. Bound here, so that a failure is told in our words.

    Args:
        option: with which another port is chosen.
    """
    if host == "::" and not socket.has_dualstack_ipv6():
        host = "0.0.0.0"  # noqa: S104 - every address that there is
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise CannotListen(f"There is no host {host!r} to listen on. Check --host.") from None
    try:
        return socket.create_server(address[:2], family=family, dualstack_ipv6=host == "::")
    except OSError as error:
        raise CannotListen(_why(error, host, port, option)) from None


def _why(error: OSError, host: str, port: int, option: str) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is in use. Choose another with {option}."
        case errno.EACCES | errno.EPERM:
            return (
                f"Not allowed to listen on port {port}: those below 1024 are for root. Choose another with "
                f'{option}, or allow for it as docs/hosting.md says ("Ports 80 and 443").'
            )
        case errno.EADDRNOTAVAIL:
            return f"This machine does not have the address {host}. Check --host."
        case _:
            return f"Cannot listen on {host} port {port}: {error.strerror or error}."
