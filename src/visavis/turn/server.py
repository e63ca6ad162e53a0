"""Our TURN server: whether there is one, what clients are told of it, and the watch over it."""

import asyncio
import contextlib
import hashlib
import hmac
import os
import shutil
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from enum import StrEnum
from ipaddress import ip_address
from math import inf
from pathlib import Path, PurePath
from typing import Any

import structlog

from visavis.settings import Settings
from visavis.turn.addresses import Addresses, NoNetwork, ask_stun, choose, interfaces
from visavis.turn.child import CERTIFICATE, KEY, Coturn, Folder, NotUp, User, check_free
from visavis.turn.configuration import configuration

log = structlog.get_logger(__name__)

_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each start in a row. Relayed calls wait for it: one that ran well is replaced at once."""

_SOUND_AFTER = 5.0
"""Seconds after which a coturn that runs is taken for a sound one."""

_HOPELESS = 3
"""Starts in a row that came to nothing, after which it is said to have failed. They go on."""

_LOOK_AGAIN = 30.0
"""Seconds between two looks at the machine's addresses and at the certificate."""

INSTALL = "apt install coturn (or your system's way)"


class TurnUnusable(Exception):
    """The settings ask for a TURN server that cannot be had. The message is one line for the operator."""


class State(StrEnum):
    """How it is with our TURN server. ``absent``: coturn is not installed. ``failed``: it did not come up,
    several times in a row where it had; it is tried on."""

    OFF = "off"
    ABSENT = "absent"
    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    FAILED = "failed"


class TurnServer:
    """Our TURN server, where it is wanted and coturn is installed.

    Attributes:
        secret: the shared secret of its passwords (TURN REST scheme).
        state: one of :class:`State`.
        problem: why it does not run, in one line; None while it does or is not wanted.
        addresses: where it runs; None while it does not.

    Args:
        settings: those that begin with ``turn``, and where the web server listens.
        folder: where it may keep what coturn reads; made here, and closed to others.
        secret: the server's own, from which that of coturn is derived: 32 bytes or more.

    Raises:
        TurnUnusable: ``turn`` is ``on``, and coturn is not there.
    """

    def __init__(self, settings: Settings, folder: Path, secret: bytes) -> None:
        self.secret = hmac.new(secret, b"visavis:turn", hashlib.sha256).hexdigest()
        self.state = State.STARTING if _is_wanted(settings) else State.OFF
        self.problem: str | None = None
        self.addresses: Addresses | None = None
        self._settings = settings
        self._folder = folder
        self._program = _find_program()
        self._certificate: tuple[Path, Path] | None = None
        if settings.turn_certificate is not None and settings.turn_key is not None:
            self._certificate = (settings.turn_certificate, settings.turn_key)
        self._has_tls = self._certificate is not None
        self._leaving = False
        self._watch: asyncio.Task[None] | None = None
        self._look = asyncio.Event()
        if self.state is State.STARTING and self._program is None:
            self.state = State.ABSENT
            self.problem = f"coturn is not installed: {INSTALL}"
            if settings.turn == "on":
                raise TurnUnusable(f"VISAVIS_TURN is on, and {self.problem}.")

    # --- what clients are told ----------------------------------------------------------------

    @property
    def is_missed(self) -> bool:
        """It should be there, and did not come up."""
        return self.state is State.FAILED

    def turn_urls(self, host: str | None) -> tuple[str, ...]:
        """TURN URLs (RFC 7065), the fastest transport first; none where there is no server.

        A server that is down for a moment is named all the same: it is back before the call is over.

        Args:
            host: by which the client reached us, where that is known.
        """
        name, port = self._named(host), self._settings.turn_port
        if name is None or self.state in (State.OFF, State.ABSENT, State.FAILED):
            return ()
        plain = (f"turn:{name}:{port}?transport=udp", f"turn:{name}:{port}?transport=tcp")
        if not self._has_tls:
            return plain
        return (*plain, f"turns:{name}:{self._settings.turn_tls_port}?transport=tcp")

    def stun_urls(self, host: str | None) -> tuple[str, ...]:
        """STUN URLs (RFC 7064): coturn answers there too."""
        if not self.turn_urls(host):
            return ()
        return (f"stun:{self._named(host)}:{self._settings.turn_port}",)

    def _named(self, host: str | None) -> str | None:
        name = self._settings.turn_host or host
        if name is None:
            return None
        with contextlib.suppress(ValueError):
            if ip_address(name).version == 6:
                return f"[{name}]"
        return name

    # --- its life -----------------------------------------------------------------------------

    def start(self) -> None:
        """Start it and watch over it, where it is wanted. Needs a running event loop."""
        if self.state is State.ABSENT:
            log.warning(
                "no TURN server: people behind strict routers or firewalls will not get through. "
                f"To have one: {INSTALL}, then start again"
            )
        if self.state is State.STARTING and self._watch is None:
            self._watch = asyncio.create_task(self._keep_running(), name="turn")

    async def stop(self, *, leaving: bool = False) -> None:
        """End it. Safe twice.

        Args:
            leaving: let it go on for a minute, for those who are in a call: the next server takes it over.
        """
        self._leaving = leaving
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
            self.state = State.OFF

    def certificate(self, certificate: Path, key: Path) -> None:
        """Serve TLS with this certificate from now on; to be called again when the files have changed.

        Where the settings name a certificate for TURN, that one stays.
        """
        if self._settings.turn_certificate is None:
            self._certificate = (certificate, key)
            self._has_tls = True
            self._look.set()

    async def _keep_running(self) -> None:
        failures = _HOPELESS  # until it has been up once
        tries = 1
        clock = asyncio.get_running_loop().time
        while True:
            sound_at = inf
            try:
                async with self._coturn() as (coturn, addresses):
                    failures = 0
                    sound_at = clock() + _SOUND_AFTER
                    self._is_up(coturn, addresses)
                    await self._until_another(coturn, addresses)
                log.info("TURN server restarts: its address or its certificate is another one now")
                continue
            except (NotUp, NoNetwork, OSError) as error:
                if clock() >= sound_at:
                    tries = 0
                pause = _PAUSES[min(tries, len(_PAUSES) - 1)]
                self._is_down(error, State.FAILED if failures >= _HOPELESS else State.RESTARTING, pause)
                failures += 1
                tries += 1
            await asyncio.sleep(pause)

    @contextlib.asynccontextmanager
    async def _coturn(self) -> AsyncIterator[tuple[Coturn, Addresses]]:
        """A coturn that answers. Ended on the way out, unless it is to be left."""
        if self._program is None:
            raise NotUp(f"coturn is not installed: {INSTALL}")
        user = User.unprivileged()
        folder = Folder(self._folder, user)
        addresses = await self._choose(None)
        has_another = self._copy_certificate(folder)
        files = (PurePath(CERTIFICATE), PurePath(KEY)) if self._has_tls else None
        text = configuration(self._settings, addresses, self.secret, files)
        coturn = await Coturn.left_behind(folder, text)
        if coturn is None:
            check_free(addresses, self._settings.turn_port)
            coturn = await Coturn.start(self._program, folder, user, text)
        elif has_another:
            coturn.read_certificate()
        try:
            await coturn.answered(addresses, self._settings.turn_port)
            yield coturn, addresses
        finally:
            self.addresses = None
            if self._leaving and not coturn.has_ended:
                coturn.leave()
            else:
                await coturn.stop()

    async def _until_another(self, coturn: Coturn, addresses: Addresses) -> None:
        """Returns when coturn must be started anew to follow what has changed.

        Raises:
            NotUp: it has ended.
        """
        folder, had_tls = Folder(self._folder, User.unprivileged()), self._has_tls
        while True:
            self._look.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN):
                    await _first_of(coturn.ended(), self._look.wait())
            now = await self._choose(addresses)
            # Other listeners are not worth the end of relayed calls.
            if (now.relay, now.external) != (addresses.relay, addresses.external):
                return
            if self._copy_certificate(folder):
                if not had_tls:
                    return
                coturn.read_certificate()

    async def _choose(self, before: Addresses | None) -> Addresses:
        """The addresses as they are now. Where it is not to be learnt what we are outside: as before.

        Raises:
            NoNetwork
        """
        named = self._settings.turn_external_address
        found = choose(self._settings.host, interfaces(), named)
        if named is not None or found.relay.is_global:
            return found
        for url in self._settings.stun_urls:
            host, port = _place(url)
            seen = await ask_stun(host, port, source=str(found.relay))
            if seen is not None:
                return replace(found, external=None if seen == found.relay else seen)
        return replace(found, external=before.external) if before is not None else found

    def _copy_certificate(self, folder: Folder) -> bool:
        """Bring coturn's copy of the certificate up to date; whether it was not."""
        if self._certificate is None:
            return False
        try:
            certificate, key = (file.read_bytes() for file in self._certificate)
        except OSError as error:
            raise NotUp(f"the certificate for TURN cannot be read: {error}") from None
        return any([folder.write(CERTIFICATE, certificate), folder.write(KEY, key)])

    def _is_up(self, coturn: Coturn, addresses: Addresses) -> None:
        self.state, self.problem, self.addresses = State.RUNNING, None, addresses
        log.info(
            "TURN server runs",
            relay=str(addresses.relay),
            external=str(addresses.external or addresses.relay),
            port=self._settings.turn_port,
            tls=self._has_tls,
            pid=coturn.pid,
        )

    def _is_down(self, error: Exception, state: State, pause: float) -> None:
        problem = "this machine has no network address" if isinstance(error, NoNetwork) else str(error)
        # One line for each thing that goes wrong, however often it is tried.
        if (state, problem) != (self.state, self.problem):
            log.error("TURN server is down", problem=problem, again_in=pause)
        self.state, self.problem = state, problem


def _is_wanted(settings: Settings) -> bool:
    """``auto``: where others can reach this server, and nobody else relays."""
    if settings.turn != "auto":
        return settings.turn == "on"
    if settings.turn_urls or settings.ice_provider_url is not None:
        return False
    return settings.turn_host is not None or not _is_loopback(settings.host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _find_program() -> str | None:
    # Debian has it in /usr/bin; others in places that are root's alone.
    return shutil.which("turnserver", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")


def _place(stun_url: str) -> tuple[str, int]:
    """Host and port of a STUN URL (RFC 7064)."""
    host, _, port = stun_url.partition(":")[2].rpartition(":")
    if not host or not port.isdecimal():
        return f"{host}:{port}".strip(":").strip("[]"), 3478
    return host.strip("[]"), int(port)


async def _first_of(*waits: Coroutine[Any, Any, Any]) -> None:
    """Returns or raises as the first of them does. The others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
