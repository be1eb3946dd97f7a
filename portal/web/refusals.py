"""Refusals on their way into the security log: each is written, until one sender has too many.

Then they are counted, and an entry says how many more there were: nobody fills the disk, or holds
the database's one writer, by being refused.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guapai.clock import Clock
from portal.web.pool import Pool
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.history import access
from storage.history.access import Access, Outcome

LOG = logging.getLogger("guapai.security")
WINDOW = timedelta(minutes=1)
MOST_OF_ONE = 10
"""Entries of one person, or of one address, within a minute (own)."""
MOST_OF_STRANGERS = 60
"""Entries of all who are not signed in within a minute (own): at worst some 15 MB a day."""
MOST_SENDERS = 2000
"""So many senders are told apart at once; the others share one window."""
_STRANGERS, _OTHERS = "strangers", "others"


@dataclass(frozen=True)
class Refusal:
    """One entry about to be written."""

    what: Access
    outcome: Outcome
    person_id: int | None
    address: str
    detail: str = ""
    request: str = ""
    more: int = 0


@dataclass
class _Window:
    """What one sender was refused within a minute: entries written, and the last of those only counted."""

    began: datetime
    written: int = 0
    more: int = 0
    last: Refusal | None = None


@dataclass
class Refusals:
    """The refusals of one process."""

    engine: Engine
    clock: Clock
    pool: Pool
    _windows: dict[str, _Window] = field(default_factory=dict)

    async def note(self, refusal: Refusal) -> None:
        """Enter that somebody was refused what a request asked for."""
        await self._enter(list(self._due(self.clock(), refusal)), 1)

    async def close(self, *, all_of_them: bool = False) -> None:
        """Enter how many more there were in the minutes that are over, or in all of them."""
        now = self.clock()
        over = [k for k, w in self._windows.items() if all_of_them or w.began <= now - WINDOW]
        await self._enter([r for key in over for r in _counted(self._windows.pop(key))], 5)

    async def _enter(self, rows: list[Refusal], seconds: float) -> None:
        """Into the log of the process at once, into the table as soon as the database lets us."""
        for row in rows:
            told = {"what": row.what.value, "person": row.person_id, "address": row.address}
            told |= {"request": row.request, "others": row.more}
            LOG.warning(row.outcome.value, extra=told)
        if rows:
            await self.pool.run_behind(seconds, self._write, rows)

    def _write(self, rows: list[Refusal]) -> None:
        with unit_of_work(self.engine, self.clock) as work:
            for row in rows:
                access.note(work, **vars(row))

    def _due(self, now: datetime, refusal: Refusal) -> Iterator[Refusal]:
        """What has to be written now: an entry that is over, the refusal itself, both or nothing."""
        key = f"person {refusal.person_id}" if refusal.person_id else refusal.address
        if key not in self._windows and len(self._windows) >= MOST_SENDERS:
            key = _OTHERS
        windows = [self._windows.setdefault(key, _Window(now))]
        limits = [MOST_OF_ONE]
        if not refusal.person_id:
            windows.append(self._windows.setdefault(_STRANGERS, _Window(now)))
            limits.append(MOST_OF_STRANGERS)
        for window in windows:
            if window.began <= now - WINDOW:
                yield from _counted(window)
                window.began, window.written, window.more, window.last = now, 0, 0, None
        full = [w for w, most in zip(windows, limits, strict=True) if w.written >= most]
        if full:
            full[0].more, full[0].last = full[0].more + 1, refusal
            return
        for window in windows:
            window.written += 1
        yield refusal


def _counted(window: _Window) -> Iterator[Refusal]:
    last = window.last
    if last is not None:
        yield Refusal(
            last.what, last.outcome, last.person_id, last.address, "", last.request, window.more - 1
        )
