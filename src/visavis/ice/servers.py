"""Which ICE servers a browser is told of, with which credentials.

Credentials are by the TURN REST scheme (draft-uberti-behave-turn-rest): the user name is ``EXPIRY:NAME``, and
the password is an HMAC of it under a secret that the TURN server knows too. Nothing is stored anywhere.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from visavis.settings import Settings

ASK_AGAIN = 30.0
"""Seconds after which a client asks again where a TURN server is missing that should be there."""


@dataclass(frozen=True, slots=True)
class IceServer:
    """One entry of ``RTCConfiguration.iceServers`` (W3C WebRTC, section 4.2.2)."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Provided:
    """What somebody else handed out. ``expires_at`` in seconds since the epoch."""

    servers: tuple[IceServer, ...]
    expires_at: float


@dataclass(frozen=True, slots=True)
class PublicIce:
    """For those who are not admitted yet. ``has_relay``: whether participants get a TURN server."""

    servers: tuple[IceServer, ...]
    has_relay: bool
    relay_only: bool


@dataclass(frozen=True, slots=True)
class IceConfiguration:
    """For a participant. ``expires_in``: seconds after which it is good no more; None: for ever."""

    servers: tuple[IceServer, ...]
    relay_only: bool
    expires_in: float | None


class OwnTurn(Protocol):
    """Our own TURN server, as far as clients are told of it."""

    @property
    def secret(self) -> str: ...

    @property
    def is_missed(self) -> bool:
        """It should be there, and is not at the moment."""

    def turn_urls(self, host: str | None) -> tuple[str, ...]:
        """Its TURN URLs for a client that reached us by this host; none where there is no server."""

    def stun_urls(self, host: str | None) -> tuple[str, ...]:
        """The same for STUN."""


def turn_credential(secret: str, name: str, expires_at: float) -> tuple[str, str]:
    """User name and password for ``name`` until ``expires_at``, in seconds since the epoch."""
    username = f"{int(expires_at)}:{name}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::[0-9]{1,5})?")


def host_of(header: str | None) -> str | None:
    """The name or address in a ``Host`` header (RFC 9110, section 7.2); None where there is no proper one."""
    found = _HOST.fullmatch(header or "")
    return found[1].strip("[]") if found else None


class IceServers:
    """What each is told. Never waits.

    Args:
        own: our own TURN server.
        provided: what the provider of the settings has handed out and is still good; None where it has not.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        settings: Settings,
        own: OwnTurn,
        provided: Callable[[], Provided | None],
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._own = own
        self._provided = provided
        self._clock = clock

    def before_admission(self, host: str | None) -> PublicIce:
        """STUN, which needs no credentials.

        Args:
            host: by which the client reached us.
        """
        has_relay = bool(
            self._own.turn_urls(host) or self._settings.turn_urls or self._settings.ice_provider_url
        )
        return PublicIce(self._stun(host), has_relay, self._settings.relay_only)

    def for_visitor(self, host: str | None) -> IceConfiguration:
        """For one who is not let in yet: STUN only."""
        return IceConfiguration(self._stun(host), self._settings.relay_only, ASK_AGAIN)

    def for_participant(self, participant_id: str, host: str | None) -> IceConfiguration:
        """STUN and TURN. Only for those who are in a room, by name of their participant id."""
        now, lifetime = self._clock(), self._settings.turn_credential_lifetime
        servers = list(self._stun(host))
        lifetimes: list[float] = []
        own = self._own.turn_urls(host)
        if own:
            servers.append(IceServer(own, *turn_credential(self._own.secret, participant_id, now + lifetime)))
            lifetimes.append(lifetime)
        elsewhere = self._elsewhere(participant_id, now + lifetime)
        if elsewhere is not None:
            servers.append(elsewhere)
            if self._settings.turn_secret is not None:
                lifetimes.append(lifetime)
        provided = self._provided()
        if provided is not None:
            servers += provided.servers
            lifetimes.append(provided.expires_at - now)
        elif own or elsewhere is not None:
            pass  # one TURN server is enough
        elif self._settings.ice_provider_url is not None or self._own.is_missed:
            lifetimes.append(ASK_AGAIN)
        expires_in = max(1.0, min(lifetimes)) if lifetimes else None
        return IceConfiguration(tuple(servers), self._settings.relay_only, expires_in)

    def _stun(self, host: str | None) -> tuple[IceServer, ...]:
        if self._settings.relay_only:
            return ()  # nobody needs to know a public address that is not used
        urls = (*self._own.stun_urls(host), *self._settings.stun_urls)
        return (IceServer(urls),) if urls else ()

    def _elsewhere(self, participant_id: str, expires_at: float) -> IceServer | None:
        """The TURN servers of the settings, with the credentials that they take."""
        settings = self._settings
        if not settings.turn_urls:
            return None
        if settings.turn_secret is not None:
            secret = settings.turn_secret.get_secret_value()
            return IceServer(settings.turn_urls, *turn_credential(secret, participant_id, expires_at))
        credential = settings.turn_credential.get_secret_value() if settings.turn_credential else None
        return IceServer(settings.turn_urls, settings.turn_username, credential)
