"""An Engine.IO 4 and Socket.IO 5 server. Knows nothing of calls: it could be a package of its own.

::

    server = Server(Limits(connections=500), origins=Origins({"https://www.example.org"}))
    main = server.namespace("/", MyHandlers())
    app.mount("/socket.io", server.asgi)

Two ways in, one core::

    asgi.py -----\\
                  engine.py -> session.py -> connection.py -> namespace.py -> a program's Handlers
    fastpath.py -/

``packets`` and ``frames`` are between bytes and objects, ``limits`` holds every bound, ``admission`` says
who may connect, ``reasons`` why it ended.
"""

from visavis.socketio.admission import Admission, Origins
from visavis.socketio.limits import Limits, Timing
from visavis.socketio.namespace import (
    UNKNOWN,
    ConnectRefused,
    Disconnected,
    Event,
    Handlers,
    Namespace,
    Socket,
)
from visavis.socketio.packets import Malformed
from visavis.socketio.reasons import Reason
from visavis.socketio.request import Request
from visavis.socketio.server import Server

__all__ = [
    "UNKNOWN",
    "Admission",
    "ConnectRefused",
    "Disconnected",
    "Event",
    "Handlers",
    "Limits",
    "Malformed",
    "Namespace",
    "Origins",
    "Reason",
    "Request",
    "Server",
    "Socket",
    "Timing",
]
