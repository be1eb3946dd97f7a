"""Cases: what is locked, scoped, numbered and folded together; and how one leads to another.

The root of a case (a hazard, an interview) has the id of its case. What every case has stands
here, once; what only its noun has stands in the noun's own table.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from law.place import Span
from statemachines.secrecy import Secrecy
from storage.database.columns import (
    FROZEN_FOLDED,
    PROJECTED,
    changing,
    identity,
    maybe_reference,
    reference,
    words,
)
from storage.database.memory import Memory
from storage.database.statement import Question
from storage.database.work import Work

_ASKED = ("noun", "secrecy", "closed_at")
"""What every list asks of a case: PostgreSQL answers it from the index, which holds thousands of a
place, without a look at the rows."""


class CaseColumns(SQLModel):
    """What every case has. The organisations are those that lead each side; more are parties."""

    noun: str = Field(max_length=20)
    number: str = Field(max_length=40, unique=True)
    title: str = Field(max_length=200)
    place_code: str = Field(max_length=12)
    secrecy: Secrecy = Field(default=Secrecy.open, sa_type=words(Secrecy))
    unit_id: int | None = maybe_reference("organisations.id")
    department_id: int | None = maybe_reference("organisations.id")
    commission_id: int | None = maybe_reference("organisations.id", index=True)
    upper_id: int | None = maybe_reference("organisations.id")
    government_id: int | None = maybe_reference("organisations.id")
    township_id: int | None = maybe_reference("organisations.id")
    pack_id: int = reference("packs.id")
    created_at: datetime
    closed_at: datetime | None = None


class Case(CaseColumns, table=True):
    """One case. ``state`` is that of its root, repeated for what is looked up by it."""

    __tablename__ = "cases"
    __table_args__ = (
        sa.Index("ix_cases_state_department_id", "state", "department_id"),
        sa.Index("ix_cases_unit_id_state", "unit_id", "state"),
        sa.Index("ix_cases_unit_id_id", "unit_id", "id"),
        sa.Index("ix_cases_department_id_id", "department_id", "id", postgresql_include=_ASKED),
        sa.Index("ix_cases_township_id_id", "township_id", "id", postgresql_include=_ASKED),
        sa.Index("ix_cases_place_code_id", "place_code", "id", postgresql_include=_ASKED),
        {"info": {"folded": "id"}},
    )

    id: int = identity()
    state: str = Field(max_length=40, sa_column_kwargs={"info": PROJECTED})


class Standing(SQLModel, table=True):
    """Where one row of any noun stands: what guards count and the desk shows, in one place.

    It repeats what the rows say, so history does not keep it; the proof compares the two.
    """

    __tablename__ = "standings"
    __table_args__ = (
        sa.Index("ix_standings_case_id_noun_state", "case_id", "noun", "state"),
        sa.Index("ix_standings_noun_state_row_id", "noun", "state", "row_id"),
    )

    row_id: int = identity()
    case_id: int = reference("cases.id")
    noun: str = Field(max_length=20)
    state: str = Field(max_length=40)
    version: int


class Link(SQLModel, table=True):
    """One case is about another one: the only n:m there is. It stands in the case that says it."""

    __tablename__ = "links"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "about_id", "kind"),
        FROZEN_FOLDED,
    )

    id: int = identity()
    case_id: int = reference("cases.id")
    about_id: int = reference("cases.id", index=True)
    kind: str = Field(max_length=20)
    since: datetime


class Party(SQLModel, table=True):
    """An organisation that has a part in a case beside those that lead its sides."""

    __tablename__ = "parties"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "case_id", "side"),
        changing("until", folded=True),
    )

    id: int = identity()
    case_id: int = reference("cases.id", index=True)
    organisation_id: int = reference("organisations.id")
    side: str = Field(max_length=20)
    since: datetime
    until: datetime | None = None


TABLE: sa.Table = Case.__table__  # type: ignore[attr-defined]
STANDINGS: sa.Table = Standing.__table__  # type: ignore[attr-defined]
LINKS: sa.Table = Link.__table__  # type: ignore[attr-defined]
PARTIES: sa.Table = Party.__table__  # type: ignore[attr-defined]
ABOUT = "about"
"""The kind of link of a case that is about others."""


def within(span: Span) -> list[sa.ColumnElement[bool]]:
    """The conditions that a case lies in a span, asked with its ``low`` and ``high``; none: everywhere."""
    found = []
    if span.low:
        found.append(TABLE.c.place_code >= sa.bindparam("low", type_=sa.Text))
    if span.high:
        found.append(TABLE.c.place_code < sa.bindparam("high", type_=sa.Text))
    return found


_NOUN = Question(sa.select(TABLE.c.noun).where(TABLE.c.id == sa.bindparam("id")))
_ABOUT = Question(
    sa.select(LINKS.c.about_id)
    .where(LINKS.c.case_id == sa.bindparam("case_id"))
    .order_by(LINKS.c.about_id)
)
_BY_ID = Question(sa.select(TABLE).where(TABLE.c.id == sa.bindparam("id")))
_NUMBERED = Question(sa.select(TABLE).where(TABLE.c.number == sa.bindparam("number")))
_NOUNS: Memory[int, str] = Memory(100_000)


def whole_of(root: sa.Table) -> list[sa.ColumnElement[object]]:
    """The columns of a case and of its root together, as one row."""
    head: list[sa.ColumnElement[object]] = [c for c in TABLE.c if c.name != "state"]
    return head + [c for c in root.c if c.name != "id"]


def root_of(root: sa.Table) -> Any:
    """Cases with their root rows of one noun, as one row each."""
    return sa.select(*whole_of(root)).join_from(TABLE, root, root.c.id == TABLE.c.id)


def noun_of(work: Work, case_id: int) -> str | None:
    """What kind of root a case has; it never changes. None: there is no such case."""
    return _NOUNS.recall(
        work, case_id, lambda: next((r["noun"] for r in work.records(_NOUN, id=case_id)), None)
    )


def get(work: Work, case_id: int) -> Case | None:
    """The case with that id."""
    return next(iter(work.ask(_BY_ID, Case, id=case_id)), None)


def numbered(work: Work, number: str) -> Case | None:
    """The case of a number."""
    return next(iter(work.ask(_NUMBERED, Case, number=number)), None)


def series_of(noun: str, place: str) -> str:
    """The name of the series of case numbers of a noun at a place; a county's code has six digits."""
    return f"{noun}/{place[:6]}"


def about(work: Work, case_id: int) -> list[int]:
    """The cases that a case is about, in the order in which they are locked."""
    return [r["about_id"] for r in work.records(_ABOUT, case_id=case_id)]
