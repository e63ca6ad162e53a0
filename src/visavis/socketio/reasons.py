"""Why a connection or a place in a namespace ended."""

from enum import StrEnum


class Reason(StrEnum):
    """What a ``disconnect`` handler is told and what is logged.

    The first four are the ordinary course of things. The others are a fault of the peer or of the path
    to it, and are logged, once for each connection.
    """

    CLIENT_LEFT = "client_left"
    """The client said good-bye to the namespace (a DISCONNECT packet)."""

    SERVER_LEFT = "server_left"
    """The server ended it."""

    TRANSPORT_CLOSED = "transport_closed"
    """The client closed the connection, or it broke."""

    STOPPING = "stopping"
    """The server is being stopped."""

    PING_TIMEOUT = "ping_timeout"
    """No pong came in time."""

    MALFORMED = "malformed"
    """What came is not Engine.IO 4 and Socket.IO 5, or not at this moment."""

    TOO_LARGE = "too_large"
    """A message is larger than ``maxPayload``."""

    SLOW_CONSUMER = "slow_consumer"
    """More was waiting to be sent than the limits allow: the client reads too slowly, or not at all."""

    FLOOD = "flood"
    """The client sent more than the limits allow, and went on after it was told."""

    NO_CONNECT = "no_connect"
    """The client did not connect to any namespace in time."""

    @property
    def is_fault(self) -> bool:
        return self not in _ORDINARY


_ORDINARY = frozenset({Reason.CLIENT_LEFT, Reason.SERVER_LEFT, Reason.TRANSPORT_CLOSED, Reason.STOPPING})
