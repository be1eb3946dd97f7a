"""Papers: issued with a number and frozen data, sealed when printed once; and the numbers."""

from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from guapai.word import Word
from law.place import EVERYWHERE, Span
from storage.case import TABLE as CASES
from storage.case import within
from storage.database.columns import (
    PROJECTED,
    changing,
    identity,
    long_text,
    reference,
    word,
    words,
)
from storage.database.statement import Question
from storage.database.work import Work


class PaperState(Word):
    """Issued papers have a number and data; sealed ones have their PDF."""

    issued = "issued", "已编号"
    sealed = "sealed", "已成文"


class Paper(SQLModel, table=True):
    """One official paper; ``missing``: signs no font had, ``fault``: why it could not be printed."""

    __tablename__ = "papers"
    __table_args__ = (
        sa.Index("ix_papers_case_id_state", "case_id", "state"),
        sa.Index("ix_papers_state", "state"),
        changing("state", "sealed_at", "pdf", "missing", "fault", folded=True),
    )

    id: int = identity()
    case_id: int = reference("cases.id")
    template: str = Field(max_length=40)
    template_hash: str = Field(max_length=64)
    number: str = Field(max_length=80, unique=True)
    data: str = long_text()
    state: PaperState = Field(sa_type=words(PaperState))
    issued_at: datetime
    sealed_at: datetime | None = None
    pdf: str | None = Field(default=None, max_length=64)
    missing: str = Field(default="", max_length=400)
    fault: str = Field(default="", max_length=400, sa_column_kwargs={"info": PROJECTED})


class NumberSeries(SQLModel, table=True):
    """The last number given in a series (机关代字) and year."""

    __tablename__ = "number_series"

    series: str = Field(max_length=80, primary_key=True)
    year: int = Field(primary_key=True)
    last: int


TABLE: sa.Table = Paper.__table__  # type: ignore[attr-defined]
SERIES: sa.Table = NumberSeries.__table__  # type: ignore[attr-defined]


def _next(insert: type[postgresql.Insert] | type[sqlite.Insert]) -> Question:
    statement = insert(SERIES).values(
        {"series": sa.bindparam("series"), "year": sa.bindparam("year"), "last": 1}
    )
    return Question(
        statement.on_conflict_do_update(
            index_elements=[SERIES.c.series, SERIES.c.year], set_={"last": SERIES.c.last + 1}
        ).returning(SERIES.c.last)
    )


_NEXT = {"postgresql": _next(postgresql.Insert), "sqlite": _next(sqlite.Insert)}


@cache
def _issued(shape: Span) -> Question:
    found = (
        sa.select(TABLE)
        .where(
            TABLE.c.state == word(PaperState.issued),
            TABLE.c.id > sa.bindparam("after"),
            *within(shape),
        )
        .order_by(TABLE.c.id)
        .limit(20)
    )
    if shape != EVERYWHERE:
        found = found.join(CASES, CASES.c.id == TABLE.c.case_id)
    return Question(found)


OF_CASE = Question(
    sa.select(TABLE).where(TABLE.c.case_id == sa.bindparam("case_id")).order_by(TABLE.c.id)
)
_BY_ID = Question(sa.select(TABLE).where(TABLE.c.id == sa.bindparam("id")))
_BY_NUMBER = Question(sa.select(TABLE).where(TABLE.c.number == sa.bindparam("number")))


def take_number(work: Work, series: str, year: int) -> int:
    """The next number of a series in a year: no gaps and no doubles.

    The row stays locked until the transaction ends, so a number that is rolled back is given
    again, and two writers wait for each other.
    """
    (row,) = work.records(_NEXT[work.dialect.name], series=series, year=year)
    return int(row["last"])


def issued(work: Work, after: int, span: Span = EVERYWHERE) -> list[Paper]:
    """The next papers that are not printed yet, after an id."""
    return work.ask(_issued(span.shape), Paper, after=after, low=span.low, high=span.high)


def note_fault(work: Work, paper_id: int, fault: str) -> None:
    """Keep why a paper could not be printed the last time; empty: nothing is known against it."""
    work.update(TABLE, {"id": paper_id, "state": "issued"}, {"fault": fault[:400]})


def of_case(work: Work, case_id: int) -> list[Paper]:
    """The papers of a case, oldest first."""
    return work.ask(OF_CASE, Paper, case_id=case_id)


def number_of(work: Work, case_id: int, template: str) -> str:
    """The number of the latest paper of a kind in a case; empty where there is none."""
    numbers = [p.number for p in of_case(work, case_id) if p.template == template]
    return numbers[-1] if numbers else ""


def get(work: Work, paper_id: int) -> Paper | None:
    """The paper with that id."""
    return next(iter(work.ask(_BY_ID, Paper, id=paper_id)), None)


def numbered(work: Work, number: str) -> Paper | None:
    """The paper of a number, such as 金安安督字〔2026〕1号."""
    return next(iter(work.ask(_BY_NUMBER, Paper, number=number)), None)
