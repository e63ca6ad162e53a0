"""Which storage it is. Nothing outside of this folder knows."""

from pathlib import Path

from visavis.data_folder import DataFolder
from visavis.errors import StorageUnavailable
from visavis.settings import Settings
from visavis.storage.base import Storage
from visavis.storage.sqlite import SqliteStorage

_DAY = 86_400.0


def storage_of(settings: Settings, folder: DataFolder) -> Storage:
    """The storage that the settings name, not yet open.

    Raises:
        StorageUnavailable: its driver is not installed.
    """
    url = settings.database_url
    address = None if url is None else url.get_secret_value()
    return make_storage(address, folder.database, settings.history_days * _DAY)


def make_storage(url: str | None, file: Path, keep: float) -> Storage:
    """The storage at an address, not yet open.

    Args:
        url: begins with ``postgresql:`` or ``mongodb:``; None for SQLite.
        file: the database where it is SQLite.
        keep: seconds for which a call that ended is kept, for a database that forgets by itself.

    Raises:
        StorageUnavailable: the driver is not installed.
    """
    if url is None:
        return SqliteStorage(file)
    # Imported here: a driver that is not used need not be installed.
    try:
        if url.startswith("mongodb"):
            from visavis.storage.mongodb import MongodbStorage  # noqa: PLC0415

            return MongodbStorage(url, keep)
        from visavis.storage.postgresql import PostgresqlStorage  # noqa: PLC0415

        return PostgresqlStorage(url)
    except ModuleNotFoundError as error:
        extra = "mongodb" if url.startswith("mongodb") else "postgresql"
        raise StorageUnavailable(
            f"The package {error.name} for this database is missing: pip install 'visavis[{extra}]'."
        ) from None
