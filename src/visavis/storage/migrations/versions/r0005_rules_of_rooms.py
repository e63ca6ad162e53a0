"""Rooms have settings and owners, and remember who is shut out and what was done there."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rooms", sa.Column("owner", sa.String(64)))
    op.add_column("rooms", sa.Column("settings", sa.Text, nullable=False, server_default="{}"))
    op.create_index("rooms_by_owner", "rooms", ["owner"])
    op.create_table(
        "exclusions",
        sa.Column("room_id", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("until", sa.Double),
        sa.Column("exclusion", sa.Text, nullable=False),
    )
    op.create_table(
        "acts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room_id", sa.String(64), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
    )
    op.create_index("acts_by_room", "acts", ["room_id", "at"])
    op.create_index("acts_by_time", "acts", ["at"])
