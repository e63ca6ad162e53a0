"""The tables as the program of today knows them. ``migrations/`` brings a database here.

Times are in seconds since the epoch, UTC: the same number on every database.
"""

from sqlalchemy import Column, Double, Integer, MetaData, String, Table

HEAD = "0001"
"""The revision of the schema that this program works with: the newest of ``migrations/versions``."""

metadata = MetaData()

rooms = Table(
    "rooms",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
)
