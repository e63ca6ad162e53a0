"""Who somebody is: accounts, their sessions, one-time links; and which account was in a call."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("user_name", sa.String(64), unique=True),
        sa.Column("email", sa.String(256), unique=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("password_hash", sa.String(512)),
        sa.Column("admin", sa.Boolean, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        _of_account(nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("ends_at", sa.Double, nullable=False),
        sa.Column("user_agent", sa.String(512), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
    )
    op.create_index("sessions_by_account", "sessions", ["account_id"])
    op.create_index("sessions_by_expiry", "sessions", ["expires_at"])
    op.create_table(
        "links",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("admin", sa.Boolean, nullable=False),
        sa.Column("email", sa.String(256)),
        _of_account(nullable=True),
    )
    op.create_index("links_by_account", "links", ["account_id"])
    op.create_index("links_by_expiry", "links", ["expires_at"])
    op.add_column("attendances", sa.Column("account_id", sa.String(64)))
    op.create_index("attendances_by_account", "attendances", ["account_id"])


def _of_account(*, nullable: bool) -> "sa.Column[str]":
    account = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.String(64), account, nullable=nullable)
