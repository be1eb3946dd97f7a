"""Fills an empty database with any number of cases whose histories hold, written by COPY."""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from rich.console import Console

from actions.history.verification import verify
from benchmarks.measuring import databases
from benchmarks.seed_filling import Tell, fill
from benchmarks.seed_life import Life, live
from benchmarks.seed_sink import sinking
from benchmarks.seed_words import COMMON, RARE
from demo.city import CITY
from guapai.clock import SimulatedClock, utc_now
from guapai.errors import Unready
from guapai.people import Actor, Role
from guapai.settings import Settings
from storage.database.engine import Engine, open_engine
from storage.database.work import Work, unit_of_work
from storage.duty import TABLE as DUTIES
from storage.files.store import FileStore
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people.organisation import OrganisationKind
from storage.schema.schema import migrate
from storage.upkeep import pack as packs

DAYS = 300
"""So many days are lived for the templates."""


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """What was made, and who and what to look at: people with an inbox of the usual size.

    ``common`` is a word of one title in twenty, ``rare`` one of one in ten thousand.
    """

    cases: int
    now: datetime
    files: Path
    inspector: Actor
    head: Actor
    chair: Actor
    auditor: Actor
    long_case: int
    common: str = COMMON[0]
    rare: str = RARE[0]


def seed(
    owner_url: str,
    cases: int,
    tell: Tell | None = None,
    *,
    files: Path | None = None,
    days: int = DAYS,
) -> Seeded:
    """Fill a migrated, empty database; ``files`` None: the store the settings name for it.

    ``days`` are lived for the templates. Raises Unready when there are organisations already.
    """
    store = files or Settings(database_url=owner_url).files
    engine = open_engine(owner_url, role=None)
    try:
        life = live(days)
        with unit_of_work(engine, SimulatedClock(life.now), write=False) as work:
            pack_ids = _pack_ids(work, life)
        for data in life.contents.values():
            FileStore(store).put([data])
        with sinking(owner_url) as sink:
            long_case = fill(sink, life, cases, pack_ids, tell)
        return Seeded(
            cases=cases,
            now=life.now,
            files=store,
            inspector=_typical(engine, life, Role.inspector),
            head=_typical(engine, life, Role.enterprise_head),
            chair=_typical(engine, life, Role.commission_chair),
            auditor=_auditor(engine, life),
            long_case=long_case,
        )
    finally:
        engine.dispose()


def _pack_ids(work: Work, life: Life) -> dict[int, int]:
    """The packs of the life as they are numbered here."""
    if organisations.every(work):
        raise Unready("the database is not empty; nothing was changed")
    here = {p.fingerprint: p.id for p in packs.published(work)}
    if packs.calendar(work).version != life.calendar or set(life.packs.values()) - here.keys():
        raise Unready("the database has other rules than those shipped; run: guapai migrate")
    return {old: here[fingerprint] for old, fingerprint in life.packs.items()}


def _typical(engine: Engine, life: Life, role: Role) -> Actor:
    """Who holds the post of a role whose inbox is as long as half of these duties find theirs."""
    table = DUTIES
    inboxes = (
        sa.select(table.c.owner_id, sa.func.count().label("n"))
        .where(table.c.state == "open", table.c.owner_role == role, table.c.owner_id.is_not(None))
        .group_by(table.c.owner_id)
        .order_by(sa.func.count(), table.c.owner_id)
    )
    with unit_of_work(engine, SimulatedClock(life.now), write=False) as work:
        found = [(int(r["owner_id"]), int(r["n"])) for r in work.execute(inboxes).mappings()]
        ends = accumulate(count for _, count in found)
        half = sum(count for _, count in found) / 2
        owner = next(o for (o, _), end in zip(found, ends, strict=True) if end >= half)
        holder = next(h for h in people.holders(work, owner) if h.role == role)
        return Actor(holder.person_id, role, owner, None, holder.name)


def _auditor(engine: Engine, life: Life) -> Actor:
    """Somebody who may look everywhere, at the commission of the first city."""
    with unit_of_work(engine, SimulatedClock(life.now)) as work:
        seat = organisations.at_place(work, OrganisationKind.commission, CITY)
        assert seat is not None
        person_id = people.add(work, "示例审计员", "auditor@example.com")
        people.appoint(work, person_id, Role.auditor, seat.id, date(2020, 1, 1))
        return Actor(person_id, Role.auditor, seat.id, None, "示例审计员")


def size(engine: Engine) -> str:
    """How much room a database takes, as PostgreSQL or the file system says."""
    if engine.dialect.name == "sqlite":
        bytes_taken = Path(str(engine.url.database)).stat().st_size
    else:
        with engine.connect() as connection:
            bytes_taken = connection.scalar(sa.text("SELECT pg_database_size(current_database())"))
    return f"{bytes_taken / 2**30:.2f} GiB"


@contextmanager
def _database(url: str) -> Iterator[str]:
    """The database of an address, or one on a PostgreSQL server of our own; migrated."""
    if url:
        owner = open_engine(url, role=None)
        migrate(owner, utc_now)
        owner.dispose()
        yield url
        return
    with databases() as kinds:
        database = next(d for d in kinds if d.kind == "postgresql")
        owner = database.create("seeded")
        migrate(owner, utc_now)
        owner.dispose()
        yield database.url("seeded")


def _prove(url: str, seeded: Seeded, sample: int, console: Console) -> None:
    engine = open_engine(url)
    start = time.perf_counter()
    found = verify(engine, SimulatedClock(seeded.now), seeded.files, sample=sample)
    engine.dispose()
    took = time.perf_counter() - start
    read = f"{found.cases:,} cases, {found.events:,} events, {found.letters:,} letters"
    console.print(f"verified in {took:.0f} s: {read}, {len(found.faults)} faults")
    for fault in found.faults[:20]:
        console.print(f"  {fault}")


def main() -> None:
    """Seed a database from the command line, and prove a sample of it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--db", default="", help="by its owner; else a server for this run only")
    parser.add_argument("--files", type=Path, help="the file store")
    parser.add_argument("--days", type=int, default=DAYS, help="days lived for the templates")
    parser.add_argument("--verify", type=int, default=0, metavar="K", help="prove every k-th case")
    given = parser.parse_args()
    console = Console()
    with TemporaryDirectory() as place, _database(given.db) as url:
        start = time.perf_counter()
        files = given.files or (None if given.db else Path(place) / "files")
        seeded = seed(url, given.cases, _telling(console), files=files, days=given.days)
        took = time.perf_counter() - start
        engine = open_engine(url, role=None)
        console.print(f"{given.cases:,} cases in {took:.0f} s, {size(engine)}")
        engine.dispose()
        console.print(seeded)
        if given.verify:
            _prove(url, seeded, given.verify, console)


def _telling(console: Console) -> Tell:
    start = time.perf_counter()
    said = 0

    def tell(done: int, total: int) -> None:
        nonlocal said
        if done * 20 // total > said:
            said = done * 20 // total
            console.print(f"{done:,} of {total:,} after {time.perf_counter() - start:.0f} s")

    return tell


if __name__ == "__main__":
    main()
