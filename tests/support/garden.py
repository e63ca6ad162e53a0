"""A room with a door, and those who come to it."""

from dataclasses import dataclass, field, replace
from typing import Any, Self, cast

from tests.support.house import House
from visavis.admission import Claim
from visavis.identity import GUEST, Identity
from visavis.knocks import Knock, KnockId
from visavis.live import Entry
from visavis.lobby import ConnectionId
from visavis.moderation import Changes
from visavis.records import Acted
from visavis.registry import Made
from visavis.rooms import Media, Role, RoomId

HOST, DEPUTY, GUEST_1, GUEST_2, ELSEWHERE = (
    ConnectionId(name) for name in ("host", "deputy", "guest-1", "guest-2", "elsewhere")
)
GARDEN = RoomId("garden")


@dataclass
class Garden(House):
    """A house with a room ``garden``, of which the host has the key.

    ``accounts``: of those who are signed in.
    """

    made: Made = field(init=False)
    accounts: dict[ConnectionId, Identity] = field(default_factory=dict)

    @classmethod
    async def make(cls, identity: Identity = GUEST, **changes: object) -> Self:
        garden = cls()
        asked = cast("Changes", changes)
        garden.made = await garden.calls.create_room("garden", 8, changes=asked, identity=identity)
        garden.noted.clear()
        return garden

    def claim(self, connection: ConnectionId) -> Claim:
        """Each connection is a browser of its own, at an address of its own."""
        key = self.made.host_key if connection == HOST else None
        return Claim(host_key=key, browser=f"browser of {connection}", address=f"address of {connection}")

    async def ask(self, connection: ConnectionId, name: str = "", **claim: object) -> Entry | Knock:
        self.clock.advance(0.1)
        brought = replace(self.claim(connection), **cast("Any", claim))
        identity = self.accounts.get(connection, GUEST)
        return await self.calls.ask(connection, "garden", name, Media(), identity=identity, claim=brought)

    async def come(self, connection: ConnectionId, name: str = "", **claim: object) -> Entry:
        entered = await self.ask(connection, name, **claim)
        assert isinstance(entered, Entry)
        return entered

    async def knock(self, connection: ConnectionId, name: str = "", **claim: object) -> Knock:
        knock = await self.ask(connection, name, **claim)
        assert isinstance(knock, Knock)
        return knock

    def id(self, connection: ConnectionId) -> str:
        return self.calls.place(connection).participant_id

    def role(self, connection: ConnectionId) -> Role:
        return self.calls.call(connection)[1].role

    def acts(self) -> list[tuple[str, str, str | None]]:
        """The lines of the history since the room was made."""
        return [(n.act, n.actor, n.target or n.detail) for n in self.noted if isinstance(n, Acted)]

    def shown(self, connection: ConnectionId) -> list[KnockId]:
        return [knock for recipient, knock in self.heard.knocks if recipient == connection]
