"""One server's worth of calls, without sockets, by a clock that goes when the test says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.fake_clock import FakeClock
from visavis.calls import Calls
from visavis.chair import Chair
from visavis.knocks import Knock, KnockId, State
from visavis.live import Entry, Limits, Moderated, Prepared, Why
from visavis.lobby import ConnectionId, LinkId
from visavis.records import Moment, NodeId
from visavis.rooms import Change, Media
from visavis.storage.memory import MemoryStorage
from visavis.tickets import Tickets

GRACE = 30.0


@dataclass
class Heard:
    """What the members were told, by connection."""

    changes: list[tuple[ConnectionId, Change]] = field(default_factory=list)
    dismissed: list[ConnectionId] = field(default_factory=list)
    visitors: list[tuple[ConnectionId, LinkId]] = field(default_factory=list)
    dropped: list[tuple[ConnectionId, LinkId]] = field(default_factory=list)
    links: list[tuple[ConnectionId, Prepared]] = field(default_factory=list)
    reasons: list[tuple[ConnectionId, Why]] = field(default_factory=list)
    knocks: list[tuple[ConnectionId, KnockId]] = field(default_factory=list)
    """Those that are shown now."""
    answers: list[tuple[ConnectionId, State]] = field(default_factory=list)
    attention: list[tuple[ConnectionId, bool]] = field(default_factory=list)
    done: list[tuple[ConnectionId, Moderated]] = field(default_factory=list)
    plain: set[ConnectionId] = field(default_factory=set)

    def tell(self, change: Change, recipients: Sequence[ConnectionId]) -> None:
        self.changes += [(recipient, change) for recipient in recipients]

    def dismiss(self, connection: ConnectionId, why: Why) -> None:
        self.dismissed.append(connection)
        self.reasons.append((connection, why))

    def knocked(self, knock: Knock, recipients: Sequence[ConnectionId]) -> None:
        self.knocks += [(recipient, knock.id) for recipient in recipients]

    def knock_ended(self, knock: Knock, recipients: Sequence[ConnectionId]) -> None:
        gone = {(recipient, knock.id) for recipient in recipients}
        self.knocks = [shown for shown in self.knocks if shown not in gone]

    def answered(self, knock: Knock) -> None:
        if knock.connection is not None:
            self.answers.append((knock.connection, knock.state))

    def attended(self, knock: Knock, *, is_attended: bool) -> None:
        if knock.connection is not None:
            self.attention.append((knock.connection, is_attended))

    def moderated(self, connection: ConnectionId, done: Moderated) -> None:
        self.done.append((connection, done))

    def visitor_came(self, member: ConnectionId, link: LinkId) -> bool:
        self.visitors.append((member, link))
        return member not in self.plain

    def unprepared(self, connection: ConnectionId, link: LinkId) -> None:
        self.dropped.append((connection, link))

    def prepared(self, member: ConnectionId, link: Prepared) -> bool:
        assert link.participant_id not in str(self.by(member))  # it comes before the change
        if member not in self.plain:
            self.links.append((member, link))
        return member not in self.plain

    def by(self, connection: ConnectionId) -> list[Change]:
        return [change for recipient, change in self.changes if recipient == connection]


@dataclass
class Journal:
    """Implements :class:`visavis.registry.Journal`."""

    noted: int = 0
    written: int = 0


@dataclass
class House:
    """One server's worth of calls. ``restart`` forgets all but the storage and the secret.

    What is noted reaches the storage with ``write``.
    """

    clock: FakeClock = field(default_factory=FakeClock)
    storage: MemoryStorage = field(default_factory=MemoryStorage)
    heard: Heard = field(default_factory=Heard)
    noted: list[Moment] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        tickets = Tickets(b"s" * 32, 3600, self.clock.now)
        limits = Limits(8, 32, GRACE)
        self.calls = Calls(self.storage, tickets, self.clock, limits, self.note, self.journal)
        self.heard = Heard()
        self.calls.attach(self.heard)
        self.chair = Chair(self.calls, self.clock, self.note, 3600)

    def note(self, moment: Moment) -> None:
        self.noted.append(moment)
        self.journal.noted += 1

    async def write(self) -> None:
        await self.storage.record(NodeId("node"), self.noted)
        self.journal.written = self.journal.noted

    async def enter(self, connection: ConnectionId, room: str = "garden") -> Entry:
        self.clock.advance(1)
        return await self.calls.join(connection, room, connection, Media())
