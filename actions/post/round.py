"""One round of the post: what it stands on, what it has learnt on the way, and what it did."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from actions.post.clerk import Clerk
from guapai.clock import Clock
from notifications.post.offices import PostOffice
from storage import letter as letters
from storage.database.engine import Engine
from storage.database.work import Work

BATCH = 100
LEASE = timedelta(minutes=15)
"""Longer than one letter can take (the patience of the channel), renewed with every letter."""

Columns = dict[str, Any]


@dataclass
class Posted:
    """What one round of the post did.

    ``alarm`` is what somebody has to mend; ``trouble`` what only takes patience; ``held`` why
    nothing may go out until people have looked.
    """

    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    suppressed: int = 0
    cancelled: int = 0
    printed: int = 0
    later: int = 0
    alarm: str = ""
    trouble: str = ""
    held: str = ""
    ids: list[int] = field(default_factory=list)


@dataclass
class Round:
    """The state that the lines of a round share.

    ``over``: no more letters are claimed or offered. ``rests``: addresses and domains that are left
    alone until an instant. ``slow``: domains that go slowly. ``stumbled``: domains refused before
    they could be named, one after another; of one domain that is chance, of two it is us.
    """

    engine: Engine
    office: PostOffice
    clock: Clock
    batch: int = BATCH
    stopping: Callable[[], bool] = lambda: False
    posted: Posted = field(default_factory=Posted)
    over: bool = False
    rests: dict[str, datetime] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)
    stumbled: set[str] = field(default_factory=set)
    channel_was_slow: bool = False

    def __post_init__(self) -> None:
        self.clerk = Clerk(self.engine, self.clock)
        self.goes = asyncio.Event()
        """Set once the other lines may follow the first."""

    def opened(self) -> None:
        """A line has opened; after trouble that is not enough to say that letters go out."""
        if not self.channel_was_slow:
            self.goes.set()

    def ends(self) -> bool:
        """Whether the round is over, or its process about to end."""
        return self.over or self.stopping()

    def rests_until(self, what: str | None) -> datetime | None:
        """Until when an address or a domain is left alone; None when it may be tried."""
        until = self.rests.get(what) if what else None
        return until if until is not None and until > self.clock() else None


def write_letter(work: Work, letter_id: int, values: Columns, token: str | None = None) -> None:
    """Change a letter; with a token only if it is still claimed under it."""
    where: Columns = {"id": letter_id}
    if token is not None:
        where["token"] = token
    work.update(letters.TABLE, where, values)
