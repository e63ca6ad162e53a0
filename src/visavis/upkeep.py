"""What the command line does with the database. A server may run beside it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

from visavis.data_folder import DataFolder
from visavis.records import Attendance, CallRecord
from visavis.settings import Settings
from visavis.storage.base import Storage
from visavis.storage.choice import storage_of


def migrate(settings: Settings) -> None:
    """Bring the database to the form of this program.

    Raises:
        DataFolderUnusable, StorageUnavailable
    """

    async def run() -> None:
        async with opened(settings):
            pass

    asyncio.run(run())


def recent_calls(settings: Settings, limit: int, *, as_json: bool) -> list[str]:
    """A line for each of the calls that began last, the latest first.

    Raises:
        DataFolderUnusable, StorageUnavailable
    """

    async def run() -> tuple[CallRecord, ...]:
        async with opened(settings) as storage:
            return await storage.recent_calls(limit)

    in_words = _for_programs if as_json else _for_people
    return [in_words(call) for call in asyncio.run(run())]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Storage]:
    """The storage that the settings name, open for as long as it is needed.

    Raises:
        DataFolderUnusable, StorageUnavailable
    """
    storage = storage_of(settings, DataFolder(settings.data))
    try:
        await storage.open()
        yield storage
    finally:
        await storage.close()


def url_of(settings: Settings, path: str) -> str:
    """A page as people can open it: at the public address, or at this machine's own."""
    scheme = "https" if settings.lan or settings.tls_certificate else "http"
    return (settings.base_url or f"{scheme}://localhost:{settings.port}") + path


def _for_programs(call: CallRecord) -> str:
    return json.dumps(asdict(call), ensure_ascii=False)


def _for_people(call: CallRecord) -> str:
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(call.began_at))
    lasted = "goes on" if call.ended_at is None else _length(call.ended_at - call.began_at)
    people = ", ".join(_person(attendance) for attendance in call.attendances)
    return f"{began}  {lasted:>9}  {call.room_id}  {people}"


def _person(attendance: Attendance) -> str:
    state = "is there" if attendance.departure is None else attendance.departure.value
    join = attendance.join
    picture = "" if join is None or join.frame is None else f", picture after {join.frame / 1000:.2f} s"
    return f"{attendance.name or 'somebody'} ({state}{picture})"


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
