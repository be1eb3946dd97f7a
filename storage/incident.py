"""Incidents of operation, and what each of them is about: letters, papers, periods of jobs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from statemachines.incident import Cause, IncidentState
from storage.case import TABLE as CASES
from storage.database.columns import (
    PROJECTED,
    changing,
    identity,
    reference,
    root_identity,
    whole,
    word,
    words,
)
from storage.database.statement import Question
from storage.database.work import Work

_OPEN = "state = 'open'"
_WAITS = "waits"


class Incident(SQLModel, table=True):
    """One incident. ``ground`` tells it from others: one is open for a ground at a time.

    ``waits`` says that what a person asked for has not been done to all it is about.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        sa.Index(
            "ix_incidents_ground",
            "ground",
            unique=True,
            sqlite_where=sa.text(_OPEN),
            postgresql_where=sa.text(_OPEN),
        ),
        sa.Index(
            "ix_incidents_waits",
            "id",
            sqlite_where=sa.text(_WAITS),
            postgresql_where=sa.text(_WAITS),
        ),
    )

    id: int = root_identity()
    version: int
    state: IncidentState = Field(sa_type=words(IncidentState))
    cause: Cause = Field(sa_type=words(Cause))
    ground: str = Field(max_length=200)
    waits: bool = Field(default=False, sa_column_kwargs={"info": PROJECTED})


class IncidentItem(SQLModel, table=True):
    """One thing an incident is about: a row by its id, anything else by its key alone.

    ``carried_id`` is the event of what a person asked for and was done to it last.
    """

    __tablename__ = "incident_items"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "noun", "key"),
        sa.Index("ix_incident_items_noun_key", "noun", "key"),
        sa.Index("ix_incident_items_row_id", "row_id"),
        changing("carried_id", folded=True),
    )

    id: int = identity()
    case_id: int = reference("cases.id")
    noun: str = Field(max_length=20)
    key: str = Field(max_length=120)
    row_id: int | None = whole()
    since: datetime
    carried_id: int | None = Field(
        default=None, sa_type=sa.BigInteger, sa_column_kwargs={"info": PROJECTED}
    )


TABLE: sa.Table = Incident.__table__  # type: ignore[attr-defined]
ITEMS: sa.Table = IncidentItem.__table__  # type: ignore[attr-defined]
MOST = 50
"""So many things are handled in one go, each in a transaction of its own."""

_CASE = sa.bindparam("case_id", type_=sa.BigInteger)
_WITH_GROUND = Question(
    sa.select(TABLE.c.id).where(
        TABLE.c.ground == sa.bindparam("ground"), TABLE.c.state == word(IncidentState.open)
    )
)
_STATE = Question(sa.select(TABLE.c.state).where(TABLE.c.id == _CASE))
_KEYS = Question(
    sa.select(ITEMS.c.key).where(ITEMS.c.case_id == _CASE, ITEMS.c.noun == sa.bindparam("noun"))
)
_WAITING = Question(sa.select(TABLE.c.id).where(TABLE.c.waits).order_by(TABLE.c.id).limit(MOST))
_UNCARRIED = Question(
    sa.select(ITEMS)
    .where(
        ITEMS.c.case_id == _CASE,
        ITEMS.c.since <= sa.bindparam("at", type_=ITEMS.c.since.type),
        sa.func.coalesce(ITEMS.c.carried_id, 0) != sa.bindparam("asked_id", type_=sa.BigInteger),
    )
    .order_by(ITEMS.c.id)
    .limit(MOST)
)
_ROW = Question(
    sa.select(ITEMS.c.id).where(ITEMS.c.case_id == _CASE, ITEMS.c.row_id == sa.bindparam("row_id"))
)
_ELSEWHERE = Question(
    sa.select(TABLE.c.id)
    .join(CASES, CASES.c.id == TABLE.c.id)
    .where(
        TABLE.c.state == word(IncidentState.open),
        CASES.c.department_id != sa.bindparam("operator", type_=sa.BigInteger),
    )
    .order_by(TABLE.c.ground)
    .limit(MOST)
)
_SOME = Question(sa.select(TABLE.c.id).where(TABLE.c.state == word(IncidentState.open)).limit(1))


def about(row_id: sa.ColumnElement[int], case_id: Any) -> sa.ColumnElement[bool]:
    """The condition that an incident is about a row."""
    return sa.exists().where(ITEMS.c.row_id == row_id, ITEMS.c.case_id == case_id)


def with_ground(work: Work, ground: str) -> int | None:
    """The open incident of a ground."""
    return next((r["id"] for r in work.records(_WITH_GROUND, ground=ground)), None)


def is_open(work: Work, case_id: int) -> bool:
    """Whether an incident is not over yet."""
    return any(r["state"] == IncidentState.open for r in work.records(_STATE, case_id=case_id))


def some(work: Work) -> bool:
    """Whether any incident is open."""
    return bool(work.records(_SOME))


def keys_of(work: Work, case_id: int, noun: str) -> set[str]:
    """The keys of all things of a kind that an incident is about."""
    return {r["key"] for r in work.records(_KEYS, case_id=case_id, noun=noun)}


def holds(work: Work, case_id: int, row_id: int) -> bool:
    """Whether an incident is about a row."""
    return bool(work.records(_ROW, case_id=case_id, row_id=row_id))


def waiting(work: Work) -> list[int]:
    """Incidents of which something was asked that is not done to all they are about."""
    return [r["id"] for r in work.records(_WAITING)]


def uncarried(work: Work, case_id: int, asked_id: int, at: datetime) -> list[IncidentItem]:
    """The next things to which what an event asked at an instant has not been done yet."""
    return work.ask(_UNCARRIED, IncidentItem, case_id=case_id, asked_id=asked_id, at=at)


def carried(work: Work, item_id: int, asked_id: int) -> None:
    """Note that what an event asked is done to a thing."""
    work.update(ITEMS, {"id": item_id}, {"carried_id": asked_id})


def rest(work: Work, case_id: int) -> None:
    """Note that nothing is left to do of what was asked."""
    work.update(TABLE, {"id": case_id}, {"waits": False})


def elsewhere(work: Work, operator: int) -> list[int]:
    """Open incidents that are led by another organisation than the one that operates now."""
    return [r["id"] for r in work.records(_ELSEWHERE, operator=operator)]
