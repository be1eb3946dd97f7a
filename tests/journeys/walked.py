"""What walks stand on, how far they went, and what one step of theirs has to be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from actions.act.perform import Done
from demo.city import City
from guapai.clock import SimulatedClock
from statemachines.noted import parked_as
from statemachines.nouns import PROCEDURES
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.history import event
from storage.questions import fold
from tests.conftest import Databases


@dataclass
class Ground:
    """A founded city as a template, and the way to a copy of it."""

    databases: Databases
    city: City
    photo: str
    files: Path
    places: Mapping[int, str]


@dataclass
class Walked:
    """How far all walks went together: a walk that stands still proves nothing."""

    refused: int = 0
    made: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)


def stands_in_the_table(found: event.Event) -> None:
    """Raise AssertionError for a step of a row that no table of moves knows."""
    name = parked_as(found.move)[1]
    if found.noun not in PROCEDURES or name in ("period", "seal"):
        return
    moves = [m for m in PROCEDURES[found.noun].moves if m.name == name]
    assert any(
        (found.source is None and not m.source)
        or (
            found.source in m.source
            and (found.move != name or found.dest == (m.dest or found.source))
        )
        for m in moves
    ), (found.noun, found.move, found.source, found.dest)


def row_of(engine: Engine, clock: SimulatedClock, done: Done) -> dict[str, Any]:
    """The row an act was about, as the database holds it."""
    with unit_of_work(engine, clock, write=False) as work:
        rows = fold.rows_of(work, done.case_id)
    return next(
        r
        for (t, i), r in rows.items()
        if i == done.row_id and t in ("hazards", "listings", "deferrals")
    )
