"""What hosts and moderators ask for, and those who answer the door."""

from collections.abc import Awaitable

from visavis.chair import Chair
from visavis.errors import EventUnknown
from visavis.lobby import ConnectionId
from visavis.moderation import Action
from visavis.rooms import Role
from visavis.signaling import messages, wire
from visavis.signaling.messages import Reply, Request

_SHUTS_OUT = frozenset({Action.REMOVE, Action.BAN})


def carry_out(chair: Chair, connection: ConnectionId, request: Request) -> Reply | Awaitable[Reply]:
    """
    Raises:
        EventUnknown: it is another request; and what the acts of :class:`~visavis.chair.Chair` raise.
    """
    match request:
        case messages.Admit():
            chair.answer(connection, request.knock, Action.ADMIT)
        case messages.AdmitAll():
            chair.admit_all(connection)
        case messages.DenyAll():
            chair.deny_all(connection)
        case messages.Deny():
            chair.answer(connection, request.knock, Action.DENY)
        case messages.Moderate():
            chair.moderate(connection, request.participant_id, Action(request.act))
            if request.act in _SHUTS_OUT:
                return _once_kept(chair)
        case messages.Rename():
            chair.rename(connection, request.participant_id, request.name)
        case messages.Appoint():
            chair.appoint(connection, request.participant_id, Role(request.role))
            return _once_kept(chair)
        case messages.EndForAll():
            chair.end(connection)
            return _once_kept(chair)
        case _:
            return _carry_out_on_room(chair, connection, request)
    return messages.Done()


def _carry_out_on_room(chair: Chair, connection: ConnectionId, request: Request) -> Reply | Awaitable[Reply]:
    match request:
        case messages.ChangeRoom():
            return _change(chair, connection, request)
        case messages.GetExclusions():
            return messages.Exclusions([wire.exclusion(known) for known in chair.exclusions(connection)])
        case messages.Readmit():
            chair.readmit(connection, request.exclusion)
        case _:
            raise EventUnknown
    return messages.Done()


async def _once_kept(chair: Chair) -> Reply:
    """It is done, and told: now it is written, so that it holds after a crash, too."""
    await chair.kept()
    return messages.Done()


async def _change(chair: Chair, connection: ConnectionId, request: messages.ChangeRoom) -> Reply:
    await chair.change(connection, wire.changes(request.settings))
    return messages.Done()
