"""Rooms last."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
    )
