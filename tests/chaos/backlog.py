"""A backlog of statutory letters, the children who work it off, and what must be true when it is gone."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from guapai.clock import SimulatedClock
from guapai.people import Role
from storage import letter
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from tests.actions.conftest import Office
from tests.chaos.nursery import Nursery
from tests.chaos.roles import hastened
from tests.chaos.sink import Sink

FACTOR = 600
"""How much faster than the wall's the clock goes: a lease of 15 minutes lapses in 1.5 seconds."""

PATIENCE = 240
"""Seconds a backlog may take after the last fault before the test gives up."""

FINAL = ("sent", "failed", "uncertain", "suppressed", "cancelled")


@dataclass(frozen=True)
class Outcome:
    """How a backlog ended."""

    letters: int
    marked: int
    doubled: int
    uncertain: int


@dataclass
class Backlog:
    """Letters that wait, and a mail server for them."""

    engine: Engine
    url: str
    sink: Sink
    nursery: Nursery
    files: Path
    started: float = field(default_factory=time.time)
    origin: str = ""

    def lay(self, clock: SimulatedClock, letters: int) -> None:
        """Have people act until there are so many letters, or one more."""
        office = Office(self.engine, clock, self.files)
        for _ in range(-(-letters // 2)):
            case = office.grading()
            office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
        self.origin = (clock() + timedelta(hours=1)).isoformat()
        self.started = time.time()

    def sender(self) -> int:
        """The pid of one more process that posts."""
        order: dict[str, Any] = {"url": self.url, "files": str(self.files), "port": self.sink.port}
        return self.nursery.bear(
            "send", origin=self.origin, started=self.started, factor=FACTOR, **order
        )

    def wait_for_mail(self, patience: float = 1.5) -> None:
        """Wait until another letter has arrived, for so many seconds at most."""
        there, end = self.sink.copies.total(), time.monotonic() + patience
        while self.sink.copies.total() == there and time.monotonic() < end:
            time.sleep(0.002)

    def drain(self, seed: str) -> None:
        """Wait until nothing waits any more."""
        end = time.monotonic() + PATIENCE
        while (left := self.waiting()) and time.monotonic() < end:
            time.sleep(0.3)
        assert not left, f"{seed}: {left} letters still wait"

    def waiting(self) -> int:
        """How many letters have no end yet; an uncertain one is offered once more."""
        open_ = sa.or_(
            letter.TABLE.c.state.not_in(FINAL),
            sa.and_(letter.TABLE.c.state == "uncertain", ~letter.TABLE.c.maybe_twice),
        )
        with self.engine.connect() as connection:
            counted = sa.select(sa.func.count()).select_from(letter.TABLE).where(open_)
            return int(connection.execute(counted).scalar_one())

    def settle(self, seed: str, letters: int) -> Outcome:
        """Compare every letter with what the server was given, byte by byte."""
        clock = hastened(self.origin, self.started, FACTOR)
        with unit_of_work(self.engine, clock, write=False) as work:
            rows: Sequence[Any] = letter.every(work)
        assert len(rows) >= letters
        seen = Counter(self.sink.copies)
        doubled = 0
        for row in rows:
            arrived = seen.pop((row.message_id or "", row.sha256 or ""), 0)
            said = f"{seed}: letter {row.id} is {row.state} ({row.answer}), {arrived} copies"
            assert row.state == "sent" or (row.state == "uncertain" and row.maybe_twice), said
            assert arrived >= (row.state == "sent"), said
            assert arrived <= 1 or row.maybe_twice, said
            doubled += arrived > 1
        assert not seen, f"{seed}: mail that is no letter of ours, or other bytes: {seen}"
        marked, uncertain = (
            sum(bool(row.maybe_twice) for row in rows),
            sum(row.state == "uncertain" for row in rows),
        )
        return Outcome(len(rows), marked, doubled, uncertain)
