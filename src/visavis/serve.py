"""Runs the application as a process: its socket, its event loop, its signals, its end."""

import asyncio
import errno
import gc
import logging
import signal
import socket
from collections.abc import Callable
from ipaddress import ip_address

import structlog
import uvicorn
from fastapi import FastAPI

from visavis.app import create_app
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
        announce: told each address of the server, the best first, once it answers.

    Raises:
        CannotListen: the host or the port cannot be had.
        DataFolderUnusable, StorageUnavailable: the data cannot be had.
    """
    with _bind(settings.host, settings.port) as listener:
        app = create_app(settings)
        server = _Server(_configure(app, settings), listener, announce, app.state.signaling)
        # From here to the end a signal is a request to stop. The web server handles signals while it
        # serves, and raises the ones that it caught again afterwards.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, server.handle_exit)
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(_live(app, server))


async def _live(app: FastAPI, server: "_Server") -> None:
    # Entered here, and not by the web server, so that what goes wrong in it comes out as it is.
    async with app.router.lifespan_context(app):
        await server.serve([server.listener])
    log.info("server stopped")


def _configure(app: FastAPI, settings: Settings) -> uvicorn.Config:
    signaling: SignalingServer = app.state.signaling
    return uvicorn.Config(
        app,
        http="h11",
        ws=signaling.websocket_protocol() if settings.fast_path else "websockets-sansio",
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
    """Says where it is as soon as it answers there."""

    def __init__(
        self,
        config: uvicorn.Config,
        listener: socket.socket,
        announce: Callable[[str], None],
        signaling: SignalingServer,
    ) -> None:
        super().__init__(config)
        self.listener = listener
        self._announce = announce
        self._signaling = signaling

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _calm_the_collector()
        host, port = self.listener.getsockname()[:2]
        for address in addresses(host, port):
            self._announce(address)
        log.info("server started", host=host, port=port)

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


def _bind(host: str, port: int) -> socket.socket:
    """A socket that listens. Bound here, so that a failure is told in our words."""
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise CannotListen(f"There is no host {host!r} to listen on. Check --host.") from None
    dual = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(address[:2], family=family, dualstack_ipv6=dual)
    except OSError as error:
        raise CannotListen(_why(error, host, port)) from None


def _why(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is in use. Choose another with --port or VISAVIS_PORT."
        case errno.EACCES | errno.EPERM:
            return f"Not allowed to listen on port {port}. Choose one from 1024 up with --port."
        case errno.EADDRNOTAVAIL:
            return f"This machine does not have the address {host}. Check --host."
        case _:
            return f"Cannot listen on {host} port {port}: {error.strerror or error}."


def addresses(host: str, port: int) -> list[str]:
    """The addresses to open in a browser, the one for this machine first.

    Browsers give cameras to pages from ``localhost``, and not to ones from a plain http address.
    """
    ip = ip_address(host)
    if not ip.is_unspecified:
        name = "localhost" if ip.is_loopback else f"[{ip}]" if ip.version == 6 else str(ip)
        return [f"http://{name}:{port}"]
    outside = _outside_address()
    return [f"http://localhost:{port}", *([f"http://{outside}:{port}"] if outside else [])]


def _outside_address() -> str | None:
    """The address by which this machine is known on its network; None where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: it only chooses the interface. 192.0.2.1 is nobody's (RFC 5737).
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])
