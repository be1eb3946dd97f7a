"""Duties, and which rungs of their ladders have been climbed."""

from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.people import Role
from guapai.word import Word
from law.place import EVERYWHERE, Span
from statemachines.duty import DutyState
from statemachines.nouns import KNOWN_DUTIES
from statemachines.secrecy import Secrecy
from statemachines.side import LED
from storage.case import STANDINGS, within
from storage.case import TABLE as CASES
from storage.database.columns import (
    FOLDED,
    FROZEN,
    identity,
    maybe_reference,
    reference,
    word,
    words,
)
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.organisation import Organisation


class Duty(SQLModel, table=True):
    """Who must do what by when; ``term`` is as the pack writes it, empty for a written date."""

    __tablename__ = "duties"
    __table_args__ = (
        sa.UniqueConstraint("row_id", "kind", "slot"),
        sa.Index("ix_duties_case_id_state", "case_id", "state"),
        sa.Index(
            "ix_duties_inbox",
            "owner_id",
            "owner_role",
            "due_at",
            "id",
            "kind",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index(
            "ix_duties_due_at",
            "due_at",
            "case_id",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index(
            "ix_duties_next_rung_at",
            "next_rung_at",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        FOLDED,
    )

    id: int = identity()
    case_id: int = reference("cases.id")
    noun: str = Field(max_length=20)
    row_id: int = Field(sa_type=sa.BigInteger)
    kind: str = Field(max_length=40)
    slot: str = Field(max_length=40)
    state: DutyState = Field(sa_type=words(DutyState))
    side: str = Field(max_length=20)
    owner_role: Role = Field(sa_type=words(Role))
    owner_id: int | None = maybe_reference("organisations.id")
    basis: str = Field(max_length=40)
    anchor: datetime
    term: str = Field(default="", max_length=10)
    due_at: datetime
    due_on: date
    provisional: bool
    next_rung_at: datetime | None = None
    opened_at: datetime
    suspended_at: datetime | None = None
    closed_at: datetime | None = None


class Climbed(Word):
    """What became of a rung."""

    fired = "fired", "已提醒"
    passed = "passed", "已过时点"


class Rung(SQLModel, table=True):
    """A rung that needs no more attention: fired once, or already past when the duty began."""

    __tablename__ = "rungs_fired"
    __table_args__ = FROZEN

    duty_id: int = Field(sa_type=sa.BigInteger, foreign_key="duties.id", primary_key=True)
    rung: str = Field(max_length=40, primary_key=True)
    outcome: Climbed = Field(sa_type=words(Climbed))
    at: datetime


TABLE: sa.Table = Duty.__table__  # type: ignore[attr-defined]
RUNGS: sa.Table = Rung.__table__  # type: ignore[attr-defined]
_ACTIVE = (DutyState.open, DutyState.suspended)

LOCK_OF_CASE = Question(
    sa.select(TABLE)
    .where(
        TABLE.c.case_id == sa.bindparam("case_id"), TABLE.c.state.in_([word(s) for s in _ACTIVE])
    )
    .order_by(TABLE.c.id)
    .with_for_update(key_share=True)
)
"""The open and suspended duties of a case, locked against the sweep."""
ACTIVE = Question(
    sa.select(TABLE)
    .where(
        TABLE.c.case_id == sa.bindparam("case_id"), TABLE.c.state.in_([word(s) for s in _ACTIVE])
    )
    .order_by(TABLE.c.due_at, TABLE.c.id)
)
"""The same to look at, without a lock, the first due first."""
OF_CASE = Question(
    sa.select(TABLE).where(TABLE.c.case_id == sa.bindparam("case_id")).order_by(TABLE.c.id)
)
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


_RUNGS_OF = Question(sa.select(RUNGS).where(RUNGS.c.duty_id == sa.bindparam("duty_id")))
_TOUCHED = Question(
    sa.select(TABLE.c.case_id)
    .where(
        TABLE.c.state == word(DutyState.open),
        TABLE.c.case_id > sa.bindparam("after", type_=sa.BigInteger),
        TABLE.c.anchor < sa.bindparam("until", type_=TABLE.c.anchor.type),
        sa.or_(
            TABLE.c.provisional,
            TABLE.c.due_at >= sa.bindparam("since", type_=TABLE.c.due_at.type),
            TABLE.c.next_rung_at >= sa.bindparam("since", type_=TABLE.c.due_at.type),
        ),
    )
    .group_by(TABLE.c.case_id)
    .order_by(TABLE.c.case_id)
    .limit(500)
)
_STARTED = TABLE.alias("started")


@cache
def _without_period(kind: str, shape: Span) -> Question:
    """The rows that are in a state in which a kind of duty is owed for every period."""
    known = KNOWN_DUTIES[kind]
    found = (
        sa.select(STANDINGS.c.row_id, STANDINGS.c.case_id)
        .where(
            STANDINGS.c.noun == sa.literal_column(f"'{known.noun}'"),
            STANDINGS.c.state.in_([word(s) for s in known.while_in]),
            STANDINGS.c.row_id > sa.bindparam("after"),
            ~sa.exists().where(
                _STARTED.c.row_id == STANDINGS.c.row_id,
                _STARTED.c.kind == sa.literal_column(f"'{kind}'"),
                _STARTED.c.slot >= sa.bindparam("period"),
            ),
            *within(shape),
        )
        .order_by(STANDINGS.c.row_id)
        .limit(500)
    )
    if shape != EVERYWHERE:
        found = found.join(CASES, CASES.c.id == STANDINGS.c.case_id)
    return Question(found)


_SLOT = Question(
    sa.select(TABLE.c.id).where(
        TABLE.c.row_id == sa.bindparam("row_id"),
        TABLE.c.kind == sa.bindparam("kind"),
        TABLE.c.slot >= sa.bindparam("period"),
    )
)
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


def of_case(work: Work, case_id: int) -> list[Duty]:
    """All duties of a case, oldest first."""
    return work.ask(OF_CASE, Duty, case_id=case_id)


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


def rungs_of(work: Work, duty_id: int) -> list[Rung]:
    """What became of the rungs of one duty."""
    return work.ask(_RUNGS_OF, Rung, duty_id=duty_id)


def without_period(
    work: Work, kind: str, period: str, after: int, span: Span = EVERYWHERE
) -> list[tuple[int, int]]:
    """The next 500 rows, with their cases, that owe a kind of duty for a period and have none."""
    given = {"period": period, "after": after, "low": span.low, "high": span.high}
    rows = work.records(_without_period(kind, span.shape), **given)
    return [(r["row_id"], r["case_id"]) for r in rows]


def move_on(work: Work, steps: list[tuple[int, datetime | None]]) -> None:
    """Set when the next rung of many duties comes."""
    work.run_many(_MOVE_ON, TABLE.c.next_rung_at, steps)


def has_slot(work: Work, row_id: int, kind: str, period: str) -> bool:
    """Whether a row has, or had, a duty of a kind for a period or a later one."""
    return bool(work.records(_SLOT, row_id=row_id, kind=kind, period=period))


def touched(work: Work, since: datetime, until: datetime, after: int) -> list[int]:
    """The next 500 cases after an id with a duty whose date or next rung days may have moved.

    The days lie from an instant until another.
    """
    given = {"since": since, "until": until, "after": after}
    return [r["case_id"] for r in work.records(_TOUCHED, **given)]
