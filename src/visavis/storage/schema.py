"""Brings a database to the tables of this program, whichever database it is."""

from pathlib import Path

import structlog
from sqlalchemy import Connection, inspect, text

from visavis.errors import StorageUnavailable
from visavis.storage.tables import HEAD

log = structlog.get_logger(__name__)


def bring_up_to_date(connection: Connection) -> None:
    """Bring the schema to :data:`HEAD`, in the transaction of ``connection``, which must be the only one
    that does so at the time. Does not commit.

    Raises:
        StorageUnavailable: a newer program made the database. The message is for the operator.
    """
    before = _revision(connection)
    if before != HEAD:
        _migrate(connection)
        log.info("database migrated", before=before, now=HEAD)


def _revision(connection: Connection) -> str | None:
    """The revision of the schema in the database; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version"))
    return found.scalars().one_or_none()


def _migrate(connection: Connection) -> None:
    # Imported here: it takes a tenth of a second, and most starts find nothing to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    migrations = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageUnavailable(
            f"The database cannot be brought to revision {HEAD}: {error}. "
            "Was it made by a newer version of Visavis?"
        ) from error
