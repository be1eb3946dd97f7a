"""A mail server that takes its time, refuses some by chance, and counts what it was given."""

import asyncio
import hashlib
import random
from collections import Counter
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session

from notifications.post.catcher import Catcher


class Sink(Catcher):
    """Copies per (Message-ID, SHA-256 of the bytes); ``busy`` is the longest it takes, in seconds."""

    def __init__(self, seed: str, *, busy: float = 0.02, refuses: float = 0.02) -> None:
        super().__init__()
        self.copies: Counter[tuple[str, str]] = Counter()
        self._random = random.Random(seed)
        self._busy, self._refuses = busy, refuses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a letter, or say that it should come again."""
        before, after = (self._random.uniform(0, self._busy) for _ in range(2))
        await asyncio.sleep(before)
        if self._random.random() < self._refuses:
            return "451 4.3.0 try again later"
        mime = envelope.original_content or b""
        name = str(message_from_bytes(mime)["Message-ID"])
        self.copies[name, hashlib.sha256(mime).hexdigest()] += 1
        await asyncio.sleep(after)  # here nobody knows whether the letter was taken
        return "250 2.0.0 taken"
