"""Bodies of requests: how much may come, how slowly, and for how long it is waited."""

from collections.abc import Callable
from dataclasses import dataclass, field

from anyio import current_time, fail_after
from starlette.types import Message, Receive

MOST_BYTES = 64 * 1024 * 1024
"""The largest body (own): a form with its files where the browser runs no scripts."""
MOST_OPEN = 64 * 1024
"""The largest body of whoever is not signed in (own): the longest form of text there is is shorter."""
MOST_TEXT = 2 * 1024 * 1024
"""The largest form without files (own)."""
GRACE = 15
"""Seconds that the first bytes may take, and a pause after them (own)."""
LEAST_RATE = 2048
"""Bytes a second that a body comes with on average, once its grace is over (own: a slow 2G line)."""
LONGEST = 600
"""Seconds after which no body comes any more (own): a piece of an upload at the least rate."""


class TooMuch(Exception):
    """The body is larger than it may be."""


class TooSlow(Exception):
    """The body comes more slowly than it may."""


@dataclass
class Body:
    """A body that is read no further than it may be long, and waited for no longer than it may take.

    ``most`` is a question, so that the one who knows the sender can allow more before reading.
    """

    receive: Receive
    most: Callable[[], int]
    size: int = 0
    ended: bool = False
    began: float | None = field(default=None)

    async def __call__(self) -> Message:
        """The next part. Raises TooMuch, TooSlow."""
        if self.ended:  # what is waited for now is that the browser leaves
            return await self.receive()
        message = await self._awaited()
        self.size += len(message.get("body", b""))
        self.ended = not message.get("more_body", False)
        if self.size > self.most():
            raise TooMuch
        return message

    async def _awaited(self) -> Message:
        now = current_time()
        if self.began is None:
            self.began = now
        end = self.began + min(LONGEST, GRACE + self.size / LEAST_RATE)
        try:
            with fail_after(max(0.0, end - now)):
                return await self.receive()
        except TimeoutError:
            raise TooSlow from None
