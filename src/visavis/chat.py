"""What is written in one call, and who may read it.

Synchronous; the clock is handed in. Everything is bounded: the length of a message, how often one may
write or react, and what is kept for those who enter later. Nothing of it lasts longer than the call.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from visavis.errors import RateLimited, TextEmpty, TextTooLong
from visavis.rates import KeyedRateLimit
from visavis.rooms import ParticipantId

MAX_TEXT = 4_000
"""Of one message, in code points, after cleaning."""

MAX_KEPT = 500
MAX_KEPT_TEXT = 100_000
"""What is kept of a call: messages, and code points in all. The oldest go first."""

WINDOW = 10.0
MAX_MESSAGES = 20
MAX_REACTIONS = 10
MAX_READINGS = 10
"""How often one participant may write, react and ask for what was written, in :data:`WINDOW` seconds."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message.

    Attributes:
        number: its place in the call, from 1. Who may not read all sees gaps.
        id: the writer's own name for it, by which it is known again when it is sent twice.
        at: when it was written, in seconds since the epoch.
        name: of the writer, who may be gone when it is read.
        to: the only one who may read it besides the writer; None: everybody.
    """

    number: int
    id: str
    at: float
    writer: ParticipantId
    name: str
    to: ParticipantId | None
    text: str

    def is_for(self, reader: ParticipantId) -> bool:
        return self.to is None or reader in (self.to, self.writer)


class Chat:
    """The messages of one call, the newest of which are kept."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: deque[ChatMessage] = deque()
        self._kept_text = 0
        self._count = 0
        self._messages = KeyedRateLimit(MAX_MESSAGES, WINDOW, clock)
        self._reactions = KeyedRateLimit(MAX_REACTIONS, WINDOW, clock)
        self._readings = KeyedRateLimit(MAX_READINGS, WINDOW, clock)

    def find(self, writer: ParticipantId, message_id: str) -> ChatMessage | None:
        """A message that is kept, by the name that its writer has given it."""
        return next((m for m in reversed(self._kept) if m.id == message_id and m.writer == writer), None)

    def write(
        self, writer: ParticipantId, name: str, message_id: str, text: str, to: ParticipantId | None
    ) -> ChatMessage:
        """Add a message.

        Raises:
            TextEmpty, TextTooLong, RateLimited
        """
        cleaned = clean_text(text)
        if not self._messages.allow(writer):
            raise RateLimited
        self._count += 1
        message = ChatMessage(self._count, message_id, self._clock(), writer, name, to, cleaned)
        self._kept.append(message)
        self._kept_text += len(cleaned)
        while len(self._kept) > MAX_KEPT or self._kept_text > MAX_KEPT_TEXT:
            self._kept_text -= len(self._kept.popleft().text)
        return message

    def read(self, reader: ParticipantId, since: int) -> list[ChatMessage]:
        """What is kept for a reader of the messages after number ``since``, in order.

        Raises:
            RateLimited
        """
        if not self._readings.allow(reader):
            raise RateLimited
        return [message for message in self._kept if message.number > since and message.is_for(reader)]

    def react(self, participant_id: ParticipantId) -> None:
        """Count a reaction. Reactions pass, and are not kept.

        Raises:
            RateLimited
        """
        if not self._reactions.allow(participant_id):
            raise RateLimited


_NEW_LINES = re.compile("\r\n|[\r\u0085\u2028\u2029]")
# Overrides, embeddings and isolates turn what stands around them, which another person has written.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters, lone surrogates, private use. What is unassigned may be an emoji of next year.
_UNSEEN = frozenset({"Cc", "Cs", "Co"})
_KEPT = frozenset("\n\t")


def clean_text(text: str) -> str:
    """A text as others may see it: composed (NFC), lines ended by ``\\n``, without what one cannot see.

    Raises:
        TextEmpty: nothing is left.
        TextTooLong: more than 4,000 code points are left.
    """
    if len(text) > 4 * MAX_TEXT:  # before any work is done
        raise TextTooLong
    lines = _NEW_LINES.sub("\n", unicodedata.normalize("NFC", text))
    seen = "".join(
        c for c in lines if c in _KEPT or (c not in _TURNING and unicodedata.category(c) not in _UNSEEN)
    )
    cleaned = seen.strip()
    if not cleaned:
        raise TextEmpty
    if len(cleaned) > MAX_TEXT:
        raise TextTooLong
    return cleaned
