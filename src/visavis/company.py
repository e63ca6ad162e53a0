"""Those who are in the live calls of this node: how they go, change, and are told of it.

What changes a roster is done in :meth:`Company.change`, which nothing is awaited in: see
:mod:`visavis.calls`, where one enters.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import structlog

from visavis import moderation, rooms
from visavis.clock import Clock
from visavis.door import Door
from visavis.knocks import State
from visavis.live import Call, Limits, Members, Moderated, Place, Why, moments_of
from visavis.lobby import ConnectionId, Lobby
from visavis.lost_calls import LostCalls
from visavis.records import Departed, Departure, Ended, JoinTimes, Moment, Spent, Timed
from visavis.registry import NOTHING_WAITS, Journal, Registry
from visavis.rooms import AccountId, Change, LeaveReason, Left, Media, ParticipantId, Role, RoomId
from visavis.storage.base import Storage
from visavis.tickets import Ticket, Tickets
from visavis.whereabouts import Whereabouts

log = structlog.get_logger(__name__)

AFTERWARDS = 600.0
"""Seconds after its call for which a room that is for one call can still be entered: who left by mistake
comes back."""


class Company(Whereabouts):
    """Everybody in a call, each with a connection or a grace that runs.

    Args:
        note: has what happens remembered; may neither block nor raise.
        journal: how far that is.
    """

    def __init__(
        self,
        storage: Storage,
        tickets: Tickets,
        clock: Clock,
        limits: Limits,
        note: Callable[[Moment], None] = lambda _: None,
        journal: Journal = NOTHING_WAITS,
    ) -> None:
        super().__init__()
        self._tickets = tickets
        self._clock = clock
        self._limits = limits
        self._note = note
        self._started = clock.now()
        self._lobby = Lobby(clock)
        self._lost = LostCalls(clock.now)
        self._in_use: set[AccountId] = set()
        self._members: Members | None = None
        self.registry = Registry(storage, clock, (limits.capacity, limits.max_capacity), journal)
        self.door = Door(clock, self._lobby)

    def attach(self, members: Members) -> None:
        """Say who speaks to the members. Once, before the first join."""
        self._members = members
        self._lobby.attach(members)
        self.door.attach(members, self._calls)

    @property
    def lobby(self) -> Lobby:
        """The links of those who are about to enter."""
        return self._lobby

    def stop(self) -> None:
        """The server is being stopped: note that every call ends here, as far as one can know.

        Nobody is told: all come back with their tickets, and their calls go on.
        """
        now = self._clock.now()
        for call in self._calls.values():
            for participant in call.roster.participants:
                self._note(Departed(call.id, participant.id, Departure.STOPPED, now))
            self._note(Ended(call.id, now))

    # --- going ---------------------------------------------------------------------------------

    def leave(self, connection: ConnectionId) -> None:
        """Leave for good: the place is free at once. Or stop waiting at the door.

        Raises:
            NotInRoom
        """
        if self.door.leave(connection):
            self._lobby.leave(connection)
            return
        place = self.place(connection)
        call = self._calls[place.room_id]
        self._forget(call, place.participant_id)
        self.change(call, rooms.leave(call.roster, place.participant_id))
        log.info("participant left", room=place.room_id, participant=place.participant_id)

    def lose(self, connection: ConnectionId) -> None:
        """A connection is gone: keep the place of its participant for the grace. Safe twice."""
        self._lobby.leave(connection)
        self.door.lose(connection)
        place = self._places.get(connection)
        if place is None:
            return  # it never joined, left, or was replaced by another connection
        call = self._calls[place.room_id]
        self._forget(call, place.participant_id)
        call.graces[place.participant_id] = self._clock.call_later(
            self._limits.grace, lambda: self._expire(call, place)
        )
        self.change(call, rooms.lose(call.roster, place.participant_id))
        log.info("participant lost", room=place.room_id, participant=place.participant_id)

    # --- in the call --------------------------------------------------------------------------

    def set_media(self, connection: ConnectionId, media: Media) -> None:
        """Note what a participant sends now.

        Raises:
            NotInRoom, NotAllowed
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        self.change(call, rooms.set_media(call.roster, place.participant_id, media))

    def set_hand(self, connection: ConnectionId, *, is_raised: bool) -> None:
        """Raise or lower one's hand.

        Raises:
            NotInRoom
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        raised_at = self._clock.now() if is_raised else None
        self.change(call, rooms.set_hand(call.roster, place.participant_id, raised_at))

    def note_join(self, connection: ConnectionId, times: JoinTimes) -> None:
        """Note how long somebody took to enter. The first note counts.

        Raises:
            NotInRoom
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        if place.participant_id not in call.timed:
            call.timed.add(place.participant_id)
            self._note(Timed(call.id, place.participant_id, times))
            log.info("join timed", room=place.room_id, participant=place.participant_id, **asdict(times))

    # --- for those who look after rooms (visavis.chair) ---------------------------------------

    def expel(self, call: Call, participant_ids: Sequence[ParticipantId], why: Why) -> None:
        """Take people out of a call, and tell them, and then those who stay."""
        for participant_id in participant_ids:
            connection = call.connections.get(participant_id)
            self._forget(call, participant_id)
            if connection is not None and self._members is not None:
                self._members.dismiss(connection, why)
        for participant_id in participant_ids:
            self.change(call, moderation.remove(call.roster, participant_id))

    def tell_moderated(self, call: Call, participant_id: ParticipantId, done: Moderated) -> None:
        """Tell somebody what was done to them: at once, or when they are back."""
        connection = call.connections.get(participant_id)
        if connection is None:
            call.remember(participant_id, done)
        elif self._members is not None:
            self._members.moderated(connection, done)

    def ticket(self, call: Call, participant_id: ParticipantId) -> str:
        """With which a participant, as it is now, comes back."""
        known = call.roster.get(participant_id)
        ticket = Ticket(
            call.roster.room.id,
            known.id,
            known.name,
            known.joined_at,
            call.id,
            known.account_id,
            known.role,
            call.marks.get(known.id, frozenset()),
            call.roster.epoch,
            known.role is Role.MODERATOR and known.id in call.appointed,
        )
        return self._tickets.sign(ticket)

    def change(self, call: Call, change: Change | None, but: ConnectionId | None = None) -> None:
        """Do, then notify everybody who has a connection, ``but`` one."""
        if change is None:
            return
        before, call.roster = call.roster, rooms.apply(change, call.roster)
        if not self.registry.is_passing(call.roster.room.id):  # nothing of which lasts
            now = self._clock.now()
            for moment in moments_of(call, change, now, self._limits.grace):
                self._note(moment)
            if not call.roster.participants and call.has_met and call.roster.room.rules.once:
                self._note(Spent(call.roster.room.id, now + AFTERWARDS))
        if not call.roster.participants:
            del self._calls[call.roster.room.id]
            if isinstance(change, Left) and change.reason is LeaveReason.TIMED_OUT:
                self._lost.add(call.roster.room.id, call.id)
            self._let_pass(call.roster.room.id)
            log.info("call ended", room=call.roster.room.id)
        recipients = [connection for connection in call.connections.values() if connection != but]
        if recipients and self._members is not None:
            self._members.tell(change, recipients)
        self.door.review(call, before)

    # --- inside -------------------------------------------------------------------------------

    def _forget(self, call: Call, participant_id: ParticipantId) -> None:
        """Undo what ties a participant to a connection or to a grace."""
        connection = call.connections.pop(participant_id, None)
        if connection is not None:
            del self._places[connection]
            self._lobby.leave(connection)
        grace = call.graces.pop(participant_id, None)
        if grace is not None:
            grace.cancel()

    def _expire(self, call: Call, place: Place) -> None:
        del call.graces[place.participant_id]
        self.change(call, rooms.expire(call.roster, place.participant_id))
        log.info("participant timed out", room=place.room_id, participant=place.participant_id)

    def _let_pass(self, room_id: RoomId) -> None:
        """Forget a room that was not made to last, unless there is a call in it."""
        if room_id not in self._calls and self.registry.is_passing(room_id):
            self.registry.let_pass(room_id)
            self.door.answer_all(room_id, State.DENIED)
