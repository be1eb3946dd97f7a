"""What climbs: open duties whose next rung has come, with what they are done with; by place."""

from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from guapai.people import Role
from law.place import EVERYWHERE, Span
from statemachines.duty import DutyState
from statemachines.secrecy import Secrecy
from statemachines.side import LED
from storage.case import TABLE as CASES
from storage.case import within
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.duty import RUNGS, TABLE
from storage.people.organisation import Organisation

_ORGANISATIONS = tuple(CASES.c[c] for c in (*LED.values(), "pack_id", "secrecy"))
_OVER = (
    sa.select(Organisation.parent_id)  # type: ignore[call-overload]
    .where(Organisation.id == CASES.c.upper_id)
    .scalar_subquery()
    .label("over_id")
)
_COME = TABLE.c.next_rung_at <= sa.bindparam("now")
_ASLEEP = TABLE.c.next_rung_at.is_(None)


def _to_climb(which: sa.ColumnElement[bool], shape: Span) -> Question:
    return Question(
        sa.select(TABLE, *_ORGANISATIONS, _OVER)
        .join(CASES, CASES.c.id == TABLE.c.case_id)
        .where(TABLE.c.state == word(DutyState.open), which, *within(shape))
        .order_by(TABLE.c.next_rung_at, TABLE.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(of=TABLE, skip_locked=True)
    )


def _done_of(which: sa.ColumnElement[bool], shape: Span) -> Question:
    found = (
        sa.select(RUNGS.c.duty_id, RUNGS.c.rung)
        .join(TABLE, TABLE.c.id == RUNGS.c.duty_id)
        .where(TABLE.c.state == word(DutyState.open), which, *within(shape))
    )
    if shape != EVERYWHERE:
        found = found.join(CASES, CASES.c.id == TABLE.c.case_id)
    return Question(found)


@cache
def _ripe(shape: Span) -> tuple[Question, Question]:
    """Duties whose next rung has come, and what they are done with."""
    return _to_climb(_COME, shape), _done_of(_COME, shape)


@cache
def _sleeping(shape: Span) -> tuple[Question, Question]:
    """Open duties to which nothing comes any more, and what they are done with."""
    return _to_climb(_ASLEEP, shape), _done_of(_ASLEEP, shape)


_MOVE_ON = {
    "postgresql": (
        "UPDATE duties SET next_rung_at = v.at FROM unnest(%s::bigint[], %s::timestamptz[]) "
        "AS v(id, at) WHERE duties.id = v.id"
    ),
    "sqlite": "UPDATE duties SET next_rung_at = ? WHERE id = ?",
}


class Ripe(SQLModel):
    """A duty whose next rung has come, with the organisations of its case."""

    id: int
    case_id: int
    noun: str
    row_id: int
    kind: str
    slot: str
    owner_role: Role
    side: str
    owner_id: int | None
    anchor: datetime
    due_at: datetime
    due_on: date
    basis: str
    unit_id: int | None
    department_id: int | None
    commission_id: int | None
    upper_id: int | None
    government_id: int | None
    township_id: int | None
    over_id: int | None
    pack_id: int
    secrecy: Secrecy


def ripe(work: Work, most: int, span: Span = EVERYWHERE) -> list[Ripe]:
    """Up to so many duties whose next rung has come; locked, others' locked ones skipped."""
    question, _ = _ripe(span.shape)
    return work.ask(question, Ripe, now=work.now, most=most, low=span.low, high=span.high)


def climbed(work: Work, span: Span = EVERYWHERE) -> dict[int, set[str]]:
    """The rungs done with, of every duty that is ripe now."""
    _, question = _ripe(span.shape)
    return _by_duty(work.records(question, now=work.now, low=span.low, high=span.high))


def _by_duty(rows: list[dict[str, Any]]) -> dict[int, set[str]]:
    out: dict[int, set[str]] = {}
    for row in rows:
        out.setdefault(row["duty_id"], set()).add(row["rung"])
    return out


def asleep(
    work: Work, most: int, span: Span = EVERYWHERE
) -> tuple[list[Ripe], dict[int, set[str]]]:
    """Open duties that an older release let fall silent, with the rungs they are done with."""
    duties, rungs = _sleeping(span.shape)
    bounds = {"low": span.low, "high": span.high}
    found = work.ask(duties, Ripe, most=most, **bounds)
    return found, _by_duty(work.records(rungs, **bounds) if found else [])


def move_on(work: Work, steps: list[tuple[int, datetime | None]]) -> None:
    """Set when the next rung of many duties comes."""
    work.run_many(_MOVE_ON, TABLE.c.next_rung_at, steps)
