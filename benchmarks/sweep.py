"""Rungs per second: 10,000 duties come due at once, beside the bare driver writing the same rows."""

import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from actions.clock.ladder import BATCH, sweep
from benchmarks.ground import START, lay_ground
from benchmarks.measuring import Database, Figure, alternate, databases, figure, show, wants_json
from guapai.clock import SimulatedClock, local_date
from storage import duty as duties
from storage import hazard as hazards
from storage import letter as letters
from storage.case import STANDINGS
from storage.case import TABLE as CASES
from storage.database.work import Work, unit_of_work
from storage.duty import TABLE as DUTIES
from storage.hazard import TABLE as HAZARDS
from storage.history import event as events

COPIES = 200
RUNGS = 10_000
NOW = START + timedelta(days=60)
_TABLES = (duties.RUNGS, events.TABLE, letters.LINES)
Rows = list[Sequence[Any]]


def prepare(database: Database) -> None:
    """The database "ripe": 200 cases with 50 duties each, one quiet rung of each duty due."""
    with tempfile.TemporaryDirectory() as files:
        (case,) = lay_ground(database, "ripe", 1, Path(files))
    engine = database.open("ripe")
    with unit_of_work(engine, SimulatedClock(NOW)) as work:
        work.execute(sa.update(DUTIES).values(next_rung_at=None))  # only the 10,000 are due
        hazard = hazards.get(work, case.case_id)
        (plan,) = [d for d in duties.of_case(work, case.case_id) if d.kind == "file_plan"]
        assert hazard is not None
        ids = work.take_ids(COPIES)
        work.insert_many(
            CASES, [{**_row(CASES, hazard), "id": i, "number": f"bench-{i}"} for i in ids]
        )
        work.insert_many(HAZARDS, [{**_row(HAZARDS, hazard), "id": i} for i in ids])
        work.insert_many(STANDINGS, [_standing(hazard, i) for i in ids])
        work.insert_many(DUTIES, [_due(work, plan, i, n) for i in ids for n in range(_EACH)])
    engine.dispose()


_EACH = RUNGS // COPIES


def _row(table: sa.Table, row: Any) -> dict[str, Any]:
    return {c.name: getattr(row, c.name) for c in table.columns}


def _standing(hazard: hazards.Hazard, case_id: int) -> dict[str, Any]:
    place = {"row_id": case_id, "case_id": case_id, "noun": hazard.noun}
    return {**place, "state": str(hazard.state), "version": hazard.version}


def _due(work: Work, plan: duties.Duty, case_id: int, nth: int) -> dict[str, Any]:
    """A plan that is due in two days: its reminder of three days before has come."""
    end = NOW + timedelta(days=2)
    return {
        **_row(DUTIES, plan),
        "id": work.take_id(),
        "case_id": case_id,
        "row_id": case_id,
        "slot": f"v{nth}",
        "anchor": NOW - timedelta(days=13),
        "due_at": end,
        "due_on": local_date(end),
        "next_rung_at": end - timedelta(days=3),
    }


def _ours(database: Database) -> float:
    engine = database.create("swept", "ripe")
    start = time.perf_counter()
    swept = sweep(engine, SimulatedClock(NOW))
    took = time.perf_counter() - start
    engine.dispose()
    if swept.fired != RUNGS or swept.failed:
        raise SystemExit(f"{swept.fired} rungs fired, {len(swept.failed)} failed: no measure")
    return took


def _written(database: Database) -> list[Rows]:
    """The rows our sweep wrote, table by table."""
    _ours(database)
    with database.closing("swept") as swept, database.closing("ripe") as ripe:
        out = []
        for table in _TABLES:
            key = "duty_id" if table is duties.RUNGS else "id"
            before = ripe.execute(f"SELECT coalesce(max({key}), 0) FROM {table.name}").fetchone()
            columns = ", ".join(c.name for c in table.columns)
            out.append(
                swept.execute(
                    f"SELECT {columns} FROM {table.name} WHERE {key} > {before[0]} ORDER BY {key}"
                ).fetchall()
            )
    if [len(rows) for rows in out] != [RUNGS] * len(_TABLES):
        raise SystemExit("the sweep wrote other rows than expected: no measure")
    return out


def _floor(database: Database, written: list[Rows]) -> float:
    """The same rows by COPY or executemany, a commit after as many rungs as our sweep takes."""
    database.create("bare", "ripe").dispose()
    with database.closing("bare") as connection:
        start = time.perf_counter()
        for first in range(0, RUNGS, BATCH):
            database.begin(connection)
            for table, rows in zip(_TABLES, written, strict=True):
                _pour(database, connection, table, rows[first : first + BATCH])
            connection.execute("COMMIT")
        return time.perf_counter() - start


def _pour(database: Database, connection: Any, table: sa.Table, rows: Rows) -> None:
    columns = [c.name for c in table.columns]
    names = ", ".join(columns)
    if database.kind == "sqlite":
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
        return
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def measure(database: Database) -> Figure:
    """Ours against the pouring."""
    prepare(database)
    written = _written(database)
    took = alternate(lambda _: _ours(database), lambda _: _floor(database, written))
    target = "≥ 7,000/s" if database.kind == "postgresql" else "–"
    return figure("sweep", database.kind, target, RUNGS, *took)


def main() -> None:
    """Measure both databases."""
    as_json = wants_json(__doc__ or "")
    with databases() as kinds:
        figures = [measure(database) for database in kinds]
    show("rungs", figures, as_json=as_json)


if __name__ == "__main__":
    main()
