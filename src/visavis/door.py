"""The door of rooms with a lobby: who knocks, who is asked to answer, and what they answer.

Whoever may answer is told of each knock when it comes, and of all that wait when they become one who may:
because they enter, are appointed, or because the last host goes where the room names the others.
"""

import structlog

from visavis import moderation
from visavis.clock import Clock
from visavis.crowd import Visitor
from visavis.errors import KnockDenied, NotAllowed
from visavis.knocks import Knock, Knocks, State
from visavis.live import Call, Members
from visavis.lobby import ConnectionId, Lobby
from visavis.rooms import Participant, ParticipantId, Presence, RoomId, Roster

log = structlog.get_logger(__name__)


class Door:
    """All doors of this node.

    Args:
        lobby: where links are prepared with those who wait, until they are denied.
    """

    def __init__(self, clock: Clock, lobby: Lobby) -> None:
        self._lobby = lobby
        self._knocks = Knocks(clock, self._ended)
        self._calls: dict[RoomId, Call] = {}
        self._members: Members | None = None

    def attach(self, members: Members, calls: dict[RoomId, Call]) -> None:
        """Say who speaks to people, and which calls there are. Once, before the first knock."""
        self._members = members
        self._calls = calls

    # --- outside ------------------------------------------------------------------------------

    def find(self, room_id: RoomId, secret: str | None) -> Knock | None:
        """The knock that somebody brings the secret of.

        Raises:
            KnockDenied: it was denied.
        """
        knock = self._knocks.find(room_id, secret)
        if knock is not None and knock.state is State.DENIED:
            raise KnockDenied
        return knock

    def knock(
        self, room_id: RoomId, visitor: Visitor, connection: ConnectionId, known: Knock | None
    ) -> Knock:
        """Wait at the door, or go on waiting on another connection.

        Raises:
            KnockDenied, LobbyFull, RateLimited
        """
        if known is not None:
            self._knocks.take_up(known, connection)
            return known
        knock = self._knocks.knock(room_id, visitor, connection)
        call = self._calls.get(room_id)
        if call is not None and self._members is not None:
            self._members.knocked(knock, self.answering(call))
        log.info("knocked", room=room_id, knock=knock.id)
        return knock

    def is_attended(self, room_id: RoomId) -> bool:
        """Whether somebody is there who may answer."""
        call = self._calls.get(room_id)
        return call is not None and bool(_answering(call.roster))

    def has(self, room_id: RoomId, connection: ConnectionId) -> bool:
        """Whether somebody waits at this door, on this connection."""
        return any(knock.connection == connection for knock in self._knocks.waiting(room_id))

    def know(self, room_id: RoomId, marks: frozenset[str]) -> None:
        """Somebody with these marks is inside: if they knock later, they are no stranger."""
        self._knocks.know(room_id, marks)

    def enter(self, knock: Knock | None) -> None:
        """Whoever knocked is inside."""
        if knock is not None:
            was_waiting = knock.state is State.WAITING
            self._knocks.spend(knock)
            if was_waiting:
                self._withdraw(knock)

    def leave(self, connection: ConnectionId) -> bool:
        """Whoever knocks goes. False where nobody did. Safe twice."""
        return self._knocks.leave(connection)

    def lose(self, connection: ConnectionId) -> None:
        """Whoever knocks has lost the connection. Safe twice."""
        self._knocks.lose(connection)

    # --- inside -------------------------------------------------------------------------------

    def answering(self, call: Call) -> list[ConnectionId]:
        """The connections of those who may answer."""
        return call.connected(_answering(call.roster))

    def waiting(self, roster: Roster, participant_id: ParticipantId) -> tuple[Knock, ...]:
        """Those who wait and whom somebody may answer."""
        knocks = self._knocks.waiting(roster.room.id)
        return knocks if knocks and participant_id in _answering(roster) else ()

    def rooms(self) -> tuple[RoomId, ...]:
        """Before whose doors somebody waits, or has waited a moment ago."""
        return self._knocks.rooms()

    def count(self, room_id: RoomId) -> int:
        """How many wait."""
        return len(self._knocks.waiting(room_id))

    def answer(self, call: Call, actor: Participant, knock_id: str, state: State) -> Knock | None:
        """Let somebody in, or deny it. None where that was done before already.

        Raises:
            NotAllowed, KnockNotFound, KnockDecided
        """
        if not moderation.may_answer(call.roster, actor):
            raise NotAllowed
        knock = self._knocks.answer(call.roster.room.id, knock_id, state)
        if knock is not None:
            self._tell(knock)
        return knock

    def answer_all(self, room_id: RoomId, state: State) -> tuple[Knock, ...]:
        """Let in all who wait, or deny them. Who they are."""
        waiting = self._knocks.waiting(room_id)
        for knock in waiting:
            self._knocks.answer(room_id, knock.id, state)
            self._tell(knock)
        return waiting

    def turn_away(self, room_id: RoomId, marks: frozenset[str]) -> None:
        """Deny those who wait and bear one of these marks: they are shut out."""
        for knock in self._knocks.waiting(room_id):
            if knock.visitor.marks & marks:
                self._knocks.answer(room_id, knock.id, State.DENIED)
                self._tell(knock)

    def review(self, call: Call, before: Roster) -> None:
        """The roster has changed: tell those who may answer from now on, and those who may not any more; and
        those who wait, where the first has come who may answer, or the last has gone."""
        waiting = self._knocks.waiting(call.roster.room.id)
        if not waiting or self._members is None:
            return
        may, might = _answering(call.roster), _answering(before)
        # Whoever has just entered is told with the way in.
        known = {p.id for p in before.participants if p.presence is Presence.CONNECTED}
        for knock in waiting:
            self._members.knocked(knock, call.connected((may - might) & known))
            self._members.knock_ended(knock, call.connected(might - may))
            if bool(may) != bool(might):
                self._members.attended(knock, is_attended=bool(may))

    def _tell(self, knock: Knock) -> None:
        if knock.state is not State.ADMITTED and knock.connection is not None:
            self._lobby.leave(knock.connection)
        if self._members is not None:
            self._members.answered(knock)
        self._withdraw(knock)

    def _ended(self, knock: Knock) -> None:
        if knock.state is State.CROWDED_OUT:
            self._tell(knock)
        else:
            self._withdraw(knock)

    def _withdraw(self, knock: Knock) -> None:
        call = self._calls.get(knock.room_id)
        if call is not None and self._members is not None:
            self._members.knock_ended(knock, self.answering(call))


def _answering(roster: Roster) -> set[ParticipantId]:
    return {p.id for p in roster.participants if moderation.may_answer(roster, p)}
