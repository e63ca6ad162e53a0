"""Mail to people: over SMTP (RFC 5321), in a thread, behind whoever asks for it."""

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any, Literal

import structlog

from visavis.logs import report

log = structlog.get_logger(__name__)

_TIMEOUT = 20.0
"""Seconds for each step of a delivery."""

_MOST = 100
"""Mails that may be under way."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over.

    Attributes:
        security: ``tls`` from the first byte (RFC 8314), ``starttls`` (RFC 3207), or ``none``.
        sender: the address from which it comes.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def deliver(self, to: str, subject: str, text: str) -> None:
        """Hand one mail over. Blocks.

        Raises:
            OSError, smtplib.SMTPException
        """
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2].rstrip(">"))
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody is to answer by machine
        message.set_content(text)
        with self._connect() as server:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.username is not None and self.password is not None:
                server.login(self.username, self.password)
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        if self.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT)


class Background:
    """Does what nobody waits for, such as sending mail: whoever asked cannot tell what came of it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, work: Coroutine[Any, Any, None], what: str) -> None:
        """Begin. A failure is logged; where too much is under way, it is not begun."""
        if len(self._tasks) >= _MOST:
            work.close()
            log.error("too much under way", dropped=what)
            return
        task = asyncio.get_running_loop().create_task(self._watch(work, what))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Do not wait for what is under way. Safe twice."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, work: Coroutine[Any, Any, None], what: str) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - nobody else is there to be told
            report(log, f"{what} failed", error)
