"""Who is where: the live calls of this node, looked up by connection and by room. Nothing changes here."""

from dataclasses import dataclass

from visavis.chat import Chat
from visavis.errors import NotInRoom, ParticipantAway, ParticipantNotFound
from visavis.live import Call, Place
from visavis.lobby import ConnectionId
from visavis.records import CallId
from visavis.rooms import AccountId, Participant, ParticipantId, RoomId, Roster


@dataclass(frozen=True, slots=True)
class Counts:
    rooms: int
    participants: int


class Whereabouts:
    """Each connection speaks for one participant of one call, or for nobody."""

    def __init__(self) -> None:
        self._calls: dict[RoomId, Call] = {}
        self._places: dict[ConnectionId, Place] = {}

    def counts(self) -> Counts:
        return Counts(
            rooms=len(self._calls),
            participants=sum(len(call.roster.participants) for call in self._calls.values()),
        )

    def calls(self) -> tuple[Call, ...]:
        """Those that go on."""
        return tuple(self._calls.values())

    def accounts(self) -> frozenset[AccountId]:
        """Of those who are in a call."""
        inside = (p.account_id for call in self._calls.values() for p in call.roster.participants)
        return frozenset(account_id for account_id in inside if account_id is not None)

    def live(self) -> tuple[CallId, ...]:
        return tuple(call.id for call in self._calls.values())

    def roster(self, connection: ConnectionId) -> Roster:
        """The roster of the room in which a connection is.

        Raises:
            NotInRoom
        """
        return self._calls[self.place(connection).room_id].roster

    def place(self, connection: ConnectionId) -> Place:
        """Where a connection is.

        Raises:
            NotInRoom
        """
        place = self._places.get(connection)
        if place is None:
            raise NotInRoom
        return place

    def peer(self, connection: ConnectionId, participant_id: ParticipantId) -> ConnectionId:
        """The connection of another participant of one's own room.

        Raises:
            NotInRoom, ParticipantNotFound, ParticipantAway
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        if participant_id == place.participant_id:
            raise ParticipantNotFound("A participant cannot send to itself.")
        call.roster.get(participant_id)
        found = call.connections.get(participant_id)
        if found is None:
            raise ParticipantAway
        return found

    def peers(self, connection: ConnectionId) -> list[ConnectionId]:
        """The connections of all others in one's own room, less those who are reconnecting.

        Raises:
            NotInRoom
        """
        call = self._calls[self.place(connection).room_id]
        return [other for other in call.connections.values() if other != connection]

    def chat(self, connection: ConnectionId) -> Chat:
        """What is written in the call in which a connection is.

        Raises:
            NotInRoom
        """
        return self._calls[self.place(connection).room_id].chat

    def call(self, connection: ConnectionId) -> tuple[Call, Participant]:
        """The call in which a connection is, and its participant.

        Raises:
            NotInRoom
        """
        place = self.place(connection)
        call = self._calls[place.room_id]
        return call, call.roster.get(place.participant_id)

    def call_in(self, room_id: RoomId) -> Call | None:
        """The call that goes on in a room."""
        return self._calls.get(room_id)
