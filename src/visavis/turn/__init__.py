"""Our own TURN server: coturn, run as a guarded child without privileges.

::

    addresses.py      where it listens, relays, and is seen from outside
    peers.py          which addresses may never be reached through it
    configuration.py  both as coturn's configuration. Pure
    guard.py          a program: gives up privileges, runs coturn, waits for a server that has died
    child.py          one coturn under its guard: start, find again, stop
    server.py         watches over it, and starts another
"""

from visavis.turn.server import State, TurnServer, TurnUnusable

__all__ = ["State", "TurnServer", "TurnUnusable"]
