"""Our own TURN server: coturn, run as a guarded child without privileges.

::

    addresses.py      where it listens, relays, and is seen from outside
    peers.py          which addresses may never be reached through it
    configuration.py  both as coturn's configuration. Pure
    launch.py         a program: gives up privileges, then becomes coturn
    server.py         the child: start, watch, restart, stop
"""

from visavis.turn.server import State, TurnServer, TurnUnusable

__all__ = ["State", "TurnServer", "TurnUnusable"]
