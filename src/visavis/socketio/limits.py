"""Every bound of the server, in one place. Nothing that a client can make grow is without one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much. Counts, unless a unit is named.

    ``payload``: bytes of one message, and of the body of one POST. The client is told it as
    ``maxPayload`` in the handshake (Engine.IO 4, "Handshake").
    """

    connections: int = 10_000
    connections_per_address: int = 1_000
    handshakes_per_second: int = 500

    payload: int = 1_000_000
    attachments: int = 64
    """Binary attachments of one event. Together they have ``payload`` bytes at most."""

    queue_bytes: int = 4_000_000
    """Bytes that wait to be sent to one client, beyond what its socket holds."""

    queue_messages: int = 4_000
    """Messages that wait to be sent to one client."""

    waiting_events: int = 1_000
    waiting_bytes: int = 4_000_000
    """Events of one connection that wait for a slow handler of it, and their bytes."""

    pending_acks: int = 1_000
    """Acks that the server waits for from one client."""

    events: int = 500
    """Packets of one connection within a window; what goes beyond is refused. As many refusals within
    a window close the connection."""

    window: float = 10.0
    """Seconds. A window begins with the first packet after the last one ended."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long, in seconds."""

    ping_interval: float = 25.0
    ping_timeout: float = 20.0
    """From a ping to the latest moment of its pong."""

    connect: float = 45.0
    """For a client to connect to a first namespace."""

    upgrade: float = 10.0
    """For an upgrade from polling to WebSocket, from its handshake to its end."""

    handler: float = 30.0
    """For one event handler. One that takes longer is cancelled and counts as failed."""

    close: float = 5.0
    """For a client to take what was left and to agree to the end, when the server closes."""
