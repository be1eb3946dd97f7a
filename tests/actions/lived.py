"""A city that has lived a few weeks, and the hands of somebody who may do anything to it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from actions.clock.ladder import sweep
from actions.history.verification import Verified, verify
from actions.papers.printing import print_papers
from actions.post.digest import gather
from actions.post.posting import post
from guapai.clock import SimulatedClock
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage import case
from storage.database.engine import Engine, open_engine
from storage.schema.triggers import install_triggers
from tests.actions.conftest import Office
from tests.conftest import START

SENDER = Sender("guapai@example.com", "示例", "example.com")


@dataclass
class Lived:
    """A city that has lived a few weeks: a case struck off, one under way, letters and papers."""

    url: str
    files: Path
    now: datetime
    number: str

    def verified(self, **more: object) -> Verified:
        found = open_engine(self.url)
        try:
            return verify(found, SimulatedClock(self.now), self.files, **more)  # type: ignore[arg-type]
        finally:
            found.dispose()

    @contextmanager
    def planting(self, *, triggers: bool = True) -> Iterator[sa.Connection]:
        """The database under the hands of somebody who may do anything, its triggers asleep."""
        found = open_engine(self.url, role=None)
        with found.connect() as connection:
            if connection.dialect.name == "sqlite":
                raw = connection.connection.driver_connection
                assert raw is not None
                for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
                    raw.execute(f"PRAGMA {pragma}")
            with connection.begin():
                if connection.dialect.name == "sqlite":
                    names = connection.scalars(
                        sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                    )
                    for name in list(names):
                        connection.execute(sa.text(f'DROP TRIGGER "{name}"'))
                else:
                    connection.execute(sa.text("SET session_replication_role = replica"))
                yield connection
                if triggers:
                    install_triggers(connection)
        found.dispose()


def live(engine: Engine, files: Path) -> tuple[datetime, str]:
    """Let a new city live; the instant at which it stands, and the number of its first case."""
    clock = SimulatedClock(START)
    office = Office(engine, clock, files)
    office.closed(contact="示例联系人 0564-0000000")
    office.rectifying(title="除尘风管积尘")
    for days in (40, 40):
        clock.advance(timedelta(days=days))
        sweep(engine, clock)
        gather(engine, clock)
    print_papers(engine, files, clock)
    asyncio.run(post(engine, MemoryOffice(SENDER), clock))
    with engine.connect() as connection:
        number = connection.scalar(sa.select(sa.func.min(case.TABLE.c.number)))
    assert number is not None
    return clock(), number
