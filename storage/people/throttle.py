"""Throttles: how often something was tried within a span, counted where every process sees it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from storage.database.columns import PASSING
from storage.database.statement import Question
from storage.database.work import Work


class Throttle(SQLModel, table=True):
    """Tries under one key since the span began."""

    __tablename__ = "throttles"
    __table_args__ = PASSING

    key: str = Field(max_length=100, primary_key=True)
    began_at: datetime
    count: int


TABLE: sa.Table = Throttle.__table__  # type: ignore[attr-defined]


def _count(insert: type[postgresql.Insert] | type[sqlite.Insert]) -> Question:
    at, by = TABLE.c.began_at.type, sa.bindparam("by", type_=TABLE.c.count.type)
    statement = insert(TABLE).values(
        {"key": sa.bindparam("key"), "began_at": sa.bindparam("now", type_=at), "count": by}
    )
    over = TABLE.c.began_at < sa.bindparam("since", type_=at)
    return Question(
        statement.on_conflict_do_update(
            index_elements=[TABLE.c.key],
            set_={
                "count": sa.case((over, statement.excluded.count), else_=TABLE.c.count + by),
                "began_at": sa.case((over, statement.excluded.began_at), else_=TABLE.c.began_at),
            },
        ).returning(TABLE.c.count)
    )


_COUNT = {"postgresql": _count(postgresql.Insert), "sqlite": _count(sqlite.Insert)}


def count(work: Work, key: str, span: timedelta, by: int = 1) -> int:
    """Count one more try, or so many, under a key; how many there were since its span began."""
    given = {"key": key, "now": work.now, "since": work.now - span, "by": by}
    (row,) = work.records(_COUNT[work.dialect.name], **given)
    return int(row["count"])


def take_back(work: Work, key: str) -> None:
    """The last try under a key was a right one, and does not count."""
    work.execute(
        sa.update(TABLE)
        .where(TABLE.c.key == key, TABLE.c.count > 0)
        .values(count=TABLE.c.count - 1)
    )


def forget(work: Work, key: str) -> None:
    """Begin to count anew."""
    work.execute(sa.delete(TABLE).where(TABLE.c.key == key))


def forget_old(work: Work, span: timedelta) -> None:
    """Drop what no longer counts."""
    work.execute(sa.delete(TABLE).where(TABLE.c.began_at < work.now - span))
