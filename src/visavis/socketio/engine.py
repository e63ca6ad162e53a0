"""The Engine.IO server: takes handshakes, keeps the sessions, ends them. Knows no transport."""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable

from visavis.socketio.admission import Admission, Origins
from visavis.socketio.limits import Limits, Timing
from visavis.socketio.packets import Message, open_packet
from visavis.socketio.reasons import Reason
from visavis.socketio.request import (
    BAD_METHOD,
    BAD_REQUEST,
    STOPPING,
    UNKNOWN_SESSION,
    UNKNOWN_TRANSPORT,
    UNSUPPORTED_VERSION,
    Refusal,
    Request,
)
from visavis.socketio.session import Carrier, Receiver, Session

log = logging.getLogger(__name__)

POLLING = "polling"
WEBSOCKET = "websocket"
_UPGRADES = {POLLING: [WEBSOCKET], WEBSOCKET: []}


class Engine:
    """All connections of one server, by whichever way they came in.

    Args:
        receive: makes what a new session delivers to.
        limits, timing: the bounds.
        origins: which pages may connect.
        admission: counts connections; None for one by the peer's address.
    """

    def __init__(
        self,
        receive: Callable[[Session], Receiver],
        limits: Limits,
        timing: Timing,
        origins: Origins,
        admission: Admission | None = None,
    ) -> None:
        self.limits = limits
        self.timing = timing
        self.origins = origins
        self._receive = receive
        self._admission = admission or Admission(limits, lambda: asyncio.get_running_loop().time())
        self._sessions: dict[str, Session] = {}
        self._stopping = False
        self._empty: asyncio.Event | None = None

    @property
    def count(self) -> int:
        """Sessions that are not ended."""
        return len(self._sessions)

    # --- requests -----------------------------------------------------------------------------

    def check(self, request: Request, transport: str) -> Refusal | None:
        """Whether a request may be looked at at all, for a session or for a new one."""
        if request.query.get("transport") not in _UPGRADES:
            return UNKNOWN_TRANSPORT
        if request.query["transport"] != transport:
            return BAD_REQUEST
        if request.query.get("EIO") != "4":
            return UNSUPPORTED_VERSION
        return self.origins.check(request)

    def find(self, sid: str) -> Session | Refusal:
        """The session of a request."""
        session = self._sessions.get(sid)
        if session is not None and session.is_overdue:
            session.close(Reason.PING_TIMEOUT)
            session = None
        return UNKNOWN_SESSION if session is None else session

    def open(self, request: Request) -> Session | Refusal:
        """A new session. From here on it is counted, and its time runs; it ends like any other."""
        if self._stopping:
            return STOPPING
        if request.method != "GET":
            return BAD_METHOD
        key = self._admission.key(request)
        refusal = self._admission.enter(key)
        if refusal is not None:
            return refusal
        session = Session(secrets.token_urlsafe(15), request, self, (self.limits, self.timing))
        session.address_key = key
        session.receiver = self._receive(session)
        self._sessions[session.id] = session
        return session

    def greeting(self, session: Session, transport: str) -> Message:
        """The first packet of a session."""
        pings = (self.timing.ping_interval, self.timing.ping_timeout)
        return open_packet(session.id, _UPGRADES[transport], pings, self.limits.payload)

    def carry(self, session: Session, carrier: Carrier) -> None:
        """Let a WebSocket, its handshake just answered, carry a new session."""
        session.carrier = carrier
        carrier.link = session
        carrier.write(self.greeting(session, WEBSOCKET))

    # --- the sessions' owner ------------------------------------------------------------------

    def session_left(self, session: Session, detail: str) -> None:
        reason = session.reason
        if reason is None or not reason.is_fault:
            return
        address = session.request.address if session.request is not None else session.address_key
        log.info("connection closed: %s%s, from %s", reason, f" ({detail})" if detail else "", address)

    def session_ended(self, session: Session) -> None:
        if self._sessions.pop(session.id, None) is None:
            return
        self._admission.leave(session.address_key)
        if self._empty is not None and not self._sessions:
            self._empty.set()

    # --- the end ------------------------------------------------------------------------------

    def refuse_new(self) -> None:
        """Take no new session from here on."""
        self._stopping = True

    async def stop(self, within: float) -> None:
        """End every session, spread over ``within`` seconds so that not all come back at once."""
        self.refuse_new()
        loop = asyncio.get_running_loop()
        self._empty = asyncio.Event()
        if not self._sessions:
            return
        for session in tuple(self._sessions.values()):
            # Half of the time is left for the clients to agree.
            loop.call_later(random.uniform(0, within / 2), session.finish, Reason.STOPPING)  # noqa: S311
        try:
            async with asyncio.timeout(within):
                await self._empty.wait()
        except TimeoutError:
            for session in tuple(self._sessions.values()):
                session.close(Reason.STOPPING)
