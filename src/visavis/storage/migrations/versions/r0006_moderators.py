"""Rooms are found by who moderates them, and their last call by the room."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moderators",
        sa.Column("room_id", sa.String(64), sa.ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", sa.String(64), primary_key=True),
    )
    op.create_index("moderators_by_account", "moderators", ["account_id"])
    op.create_index("calls_by_room", "calls", ["room_id", "began_at"])
