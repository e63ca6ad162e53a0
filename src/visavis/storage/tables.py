"""The tables as the program of today knows them. ``migrations/`` brings a database here.

Times are in seconds since the epoch, UTC: the same number on every database.
"""

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, MetaData, String, Table

HEAD = "0002"
"""The revision of the schema that this program works with: the newest of ``migrations/versions``."""

metadata = MetaData()

rooms = Table(
    "rooms",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("id", String(64), primary_key=True),
    # Not a foreign key: what happened stays known when the room is gone.
    Column("room_id", String(64), nullable=False),
    Column("node", String(64), nullable=False),
    Column("began_at", Double, nullable=False),
    # When its node last said that it goes on.
    Column("seen_at", Double, nullable=False),
    Column("ended_at", Double),
    Index("calls_by_beginning", "began_at"),
    Index("calls_by_end", "ended_at"),
)

attendances = Table(
    "attendances",
    metadata,
    Column("call_id", String(64), ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("participant_id", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("joined_at", Double, nullable=False),
    Column("left_at", Double),
    Column("departure", String(16)),
)
