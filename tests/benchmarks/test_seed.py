"""Seeded cases are cases: their histories hold, they are of every kind, and later acts go on from them."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.act.perform import perform
from actions.clock.ladder import sweep
from actions.hand.facts import Subject
from actions.history.verification import verify
from benchmarks.seed import Seeded, seed
from guapai.clock import SimulatedClock
from guapai.errors import Unready
from guapai.people import Actor, Role
from storage import case, claim, deferral, duty, hazard, letter, paper
from storage.database import gram
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.history import act, event
from storage.people import person as people
from storage.people.organisation import Organisation
from storage.schema.schema import differences

CASES, DAYS = 300, 100
C, D, E = case.TABLE, duty.TABLE, event.TABLE
ORGANISATIONS: sa.Table = Organisation.__table__  # type: ignore[attr-defined]

FILLED = (
    *(
        act.TABLE,
        case.STANDINGS,
        claim.TABLE,
        deferral.TABLE,
        event.SUBJECTS,
        event.SECRETS,
        evidence.TABLE,
    ),
    *(letter.TABLE, letter.LINES, letter.LETTER_LINES, paper.TABLE, duty.RUNGS),
)
"""Tables that no seed leaves empty."""


def test_seeded_cases_hold_and_go_on(
    url: str, engine: Engine, owner: Engine, tmp_path: Path
) -> None:
    """One seed for all questions, because it takes seconds."""
    told: list[tuple[int, int]] = []
    seeded = seed(url, CASES, lambda *said: told.append(said), files=tmp_path / "files", days=DAYS)
    clock = SimulatedClock(seeded.now)
    found = verify(engine, clock, seeded.files)
    assert found.faults == []
    assert (found.cases, seeded.cases, told) == (CASES, CASES, [(CASES, CASES)])
    with owner.connect() as connection:
        assert differences(connection) == []
        _every_kind(connection, seeded)
        _found_by_title_and_unit(connection)
    _known_people(engine, seeded)
    _go_on(engine, clock)
    assert verify(engine, clock, seeded.files).faults == []
    with pytest.raises(Unready, match="not empty"):
        seed(url, 1, files=seeded.files, days=DAYS)


def _every_kind(connection: sa.Connection, seeded: Seeded) -> None:
    states = Counter(connection.scalars(sa.select(sa.cast(C.c.state, sa.Text))))
    assert len(states) >= 12
    assert {"lead", "grading", "reported", "plan_due", "rectifying", "closed"} <= states.keys()
    closed = connection.scalar(sa.select(sa.func.count(C.c.closed_at)))
    assert closed == pytest.approx(0.6 * CASES, abs=0.02 * CASES)
    due = connection.scalars(sa.select(D.c.due_at).where(D.c.state == "open")).all()
    assert sum(at <= seeded.now for at in due) / len(due) == pytest.approx(0.2, abs=0.05)
    for table in FILLED:
        assert connection.scalar(sa.select(sa.func.count()).select_from(table)), table.name
    titles = connection.scalars(sa.select(C.c.title)).all()
    assert len(set(titles)) == CASES
    for word, share in ((seeded.common, 0.05), (seeded.rare, 0)):
        assert sum(word in t for t in titles) / CASES == pytest.approx(share, abs=0.04)


def _found_by_title_and_unit(connection: sa.Connection) -> None:
    units = ORGANISATIONS.alias()
    named = sa.select(C.c.id, C.c.title, units.c.name).outerjoin(units, units.c.id == C.c.unit_id)
    kept: dict[int, set[int]] = {}
    for row in connection.execute(sa.select(gram.TABLE)):
        kept.setdefault(row.case_id, set()).add(row.gram)
    for case_id, title, unit in connection.execute(named):
        assert kept[case_id] == {*gram.grams_of(title), *gram.grams_of(unit or "")}


def _known_people(engine: Engine, seeded: Seeded) -> None:
    with unit_of_work(engine, SimulatedClock(seeded.now), write=False) as work:
        for who in (seeded.inspector, seeded.head, seeded.chair, seeded.auditor):
            assert who.organisation_id is not None
            holders = people.holders(work, who.organisation_id)
            assert (who.person_id, who.role) in {(h.person_id, h.role) for h in holders}
            owned = sa.select(D.c.id).where(
                D.c.owner_id == who.organisation_id,
                D.c.owner_role == who.role,
                D.c.state == "open",
            )
            assert bool(work.execute(owned).all()) == (who.role != Role.auditor)
        long = hazard.get(work, seeded.long_case)
        assert long is not None and long.state == "rectifying"
        assert len(event.of_case(work, long.id)) > 20


def _go_on(engine: Engine, clock: SimulatedClock) -> None:
    """The clock goes on, and so do people: their ids are larger than any before."""
    with engine.connect() as connection:
        last = connection.scalar(sa.select(sa.func.max(E.c.id)))
        case_id, department = connection.execute(
            sa.select(C.c.id, C.c.department_id).where(C.c.state == "lead").order_by(C.c.id)
        ).all()[0]
    clock.advance(timedelta(days=3))
    swept = sweep(engine, clock)
    assert swept.fired and not swept.failed
    with unit_of_work(engine, clock) as work:
        holders = [h for h in people.holders(work, department) if h.role == Role.inspector]
        holder, facts = holders[0], {"finding": "属实", "officers": [h.person_id for h in holders]}
        actor = Actor(holder.person_id, Role.inspector, department, None, holder.name)
        done = perform(work, Subject(noun="hazard", row_id=case_id), "verify", facts, actor)
    assert done.state == "grading"
    assert last is not None and done.event_id > last
