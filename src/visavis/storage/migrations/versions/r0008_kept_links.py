"""The links of rooms that were deleted are kept for those who had them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_links",
        sa.Column("room_id", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(64)),
        sa.Column("host_key", sa.String(64)),
        sa.Column("until", sa.Double, nullable=False),
    )
    op.create_index("kept_links_by_end", "kept_links", ["until"])
