"""What is written and shown in a call besides voices: messages, reactions, hands."""

from visavis import rooms
from visavis.calls import Calls
from visavis.errors import ParticipantAway
from visavis.lobby import ConnectionId
from visavis.rooms import Act, ParticipantId
from visavis.signaling import wire
from visavis.signaling.messages import ChatRead, ChatWritten, React, ReadChat, WriteChat
from visavis.signaling.notices import ChatReceived, Reacted


def write(
    calls: Calls, sender: ConnectionId, request: WriteChat
) -> tuple[list[ConnectionId], ChatReceived, ChatWritten]:
    """Who hears of a message, how, and what its writer is told. Nobody where it was written already.

    Raises:
        NotInRoom, NotAllowed, ParticipantNotFound, TextEmpty, TextTooLong, RateLimited
    """
    roster, chat = calls.roster(sender), calls.chat(sender)
    writer = roster.get(calls.place(sender).participant_id)
    known = chat.find(writer.id, request.id)
    rooms.check(roster, writer.id, Act.CHAT)
    to = None if request.to is None else ParticipantId(request.to)
    recipients = [] if known else calls.peers(sender) if to is None else _one(calls, sender, to)
    written = known or chat.write(writer.id, writer.name, request.id, request.text, to)
    message = wire.chat_message(written)
    return recipients, ChatReceived(message), ChatWritten(message)


def _one(calls: Calls, sender: ConnectionId, to: ParticipantId) -> list[ConnectionId]:
    """Nobody where they are reconnecting: they read it when they are back."""
    try:
        return [calls.peer(sender, to)]
    except ParticipantAway:
        return []


def read(calls: Calls, sender: ConnectionId, request: ReadChat) -> ChatRead:
    """What one may read of what was written, before one entered too.

    Raises:
        NotInRoom, RateLimited
    """
    reader = calls.place(sender).participant_id
    return ChatRead(
        [wire.chat_message(message) for message in calls.chat(sender).read(reader, request.since)]
    )


def react(calls: Calls, sender: ConnectionId, request: React) -> tuple[list[ConnectionId], Reacted]:
    """Who is shown a reaction.

    Raises:
        NotInRoom, RateLimited
    """
    participant_id = calls.place(sender).participant_id
    calls.chat(sender).react(participant_id)
    return calls.peers(sender), Reacted(participant_id, request.reaction)
