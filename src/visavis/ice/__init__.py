"""What browsers are told about STUN and TURN.

``servers`` is a function of the settings, the participant and the clock; ``provider`` asks somebody else.
"""

from visavis.ice.provider import IceProvider
from visavis.ice.servers import (
    IceConfiguration,
    IceServer,
    IceServers,
    OwnTurn,
    Provided,
    PublicIce,
    host_of,
    turn_credential,
)

__all__ = [
    "IceConfiguration",
    "IceProvider",
    "IceServer",
    "IceServers",
    "OwnTurn",
    "Provided",
    "PublicIce",
    "host_of",
    "turn_credential",
]
