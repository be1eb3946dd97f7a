"""Duties, and which rungs of their ladders have been climbed."""

from datetime import date, datetime
from functools import cache

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.people import Role
from guapai.word import Word
from law.place import EVERYWHERE, Span
from statemachines.duty import DutyState
from statemachines.nouns import KNOWN_DUTIES
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


def of_case(work: Work, case_id: int) -> list[Duty]:
    """All duties of a case, oldest first."""
    return work.ask(OF_CASE, Duty, case_id=case_id)


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


def has_slot(work: Work, row_id: int, kind: str, period: str) -> bool:
    """Whether a row has, or had, a duty of a kind for a period or a later one."""
    return bool(work.records(_SLOT, row_id=row_id, kind=kind, period=period))


def touched(work: Work, since: datetime, until: datetime, after: int) -> list[int]:
    """The next 500 cases after an id with a duty whose date or next rung days may have moved.

    The days lie from an instant until another.
    """
    given = {"since": since, "until": until, "after": after}
    return [r["case_id"] for r in work.records(_TOUCHED, **given)]
