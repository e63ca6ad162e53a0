"""Which ICE servers a browser is told of: a function of the settings."""

from dataclasses import dataclass

from visavis.settings import Settings


@dataclass(frozen=True, slots=True)
class IceServer:
    """One entry of ``RTCConfiguration.iceServers`` (W3C WebRTC, section 4.2.2)."""

    urls: tuple[str, ...]


def ice_servers(settings: Settings) -> tuple[IceServer, ...]:
    """The STUN servers of the settings, as one entry: browsers gather from each URL of it."""
    return (IceServer(settings.stun_urls),) if settings.stun_urls else ()
