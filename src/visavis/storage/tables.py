"""The tables as the program of today knows them. ``migrations/`` brings a database here.

Times are in seconds since the epoch, UTC: the same number on every database.
"""

from sqlalchemy import Boolean, Column, Double, ForeignKey, Index, Integer, MetaData, String, Table, Text

HEAD = "0008"
"""The revision of the schema that this program works with: the newest of ``migrations/versions``."""

metadata = MetaData()

rooms = Table(
    "rooms",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("owner", String(64)),
    # The rest of the room as JSON, by the names of its fields: nothing is looked for in it.
    Column("settings", Text, nullable=False, server_default="{}"),
    Index("rooms_by_owner", "owner"),
)

# Those in the settings of a room once more: rooms are found by them.
moderators = Table(
    "moderators",
    metadata,
    Column("room_id", String(64), ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Index("moderators_by_account", "account_id"),
)

# Of rooms that were deleted: who may make them again, until when nobody else may.
kept_links = Table(
    "kept_links",
    metadata,
    Column("room_id", String(64), primary_key=True),
    Column("owner", String(64)),
    Column("host_key", String(64)),
    Column("until", Double, nullable=False),
    Index("kept_links_by_end", "until"),
)

exclusions = Table(
    "exclusions",
    metadata,
    # Not a foreign key: a room that is gone must not stop what is written behind a call.
    Column("room_id", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("until", Double),
    Column("exclusion", Text, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("room_id", String(64), nullable=False),
    Column("at", Double, nullable=False),
    Column("act", Text, nullable=False),
    Index("acts_by_room", "room_id", "at"),
    Index("acts_by_time", "at"),
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
    Index("calls_by_room", "room_id", "began_at"),
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
    # Not a foreign key: it is written behind what happens, and the account may be gone by then.
    Column("account_id", String(64)),
    # How long it took to enter, as JSON.
    Column("join_times", Text),
    Index("attendances_by_account", "account_id"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user_name", String(64), unique=True),
    Column("email", String(256), unique=True),
    Column("name", String(64), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("password_hash", String(512)),
    Column("admin", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    # The SHA-256 of its secret.
    Column("digest", String(64), primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("account_id", String(64), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("user_agent", String(512), nullable=False),
    Column("address", String(64), nullable=False),
    Index("sessions_by_account", "account_id"),
    Index("sessions_by_expiry", "expires_at"),
)

links = Table(
    "links",
    metadata,
    # The SHA-256 of its secret.
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(32), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("email", String(256)),
    Column("account_id", String(64), ForeignKey("accounts.id", ondelete="CASCADE")),
    Index("links_by_account", "account_id"),
    Index("links_by_expiry", "expires_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    # Nobody can open it without the server's own secret.
    Column("sealed_secret", String(256), nullable=False),
    Column("makes_rooms", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("revoked_at", Double),
)

provider_identities = Table(
    "provider_identities",
    metadata,
    Column("issuer", String(512), primary_key=True),
    Column("subject", String(256), primary_key=True),
    Column("account_id", String(64), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Index("provider_identities_by_account", "account_id"),
)
