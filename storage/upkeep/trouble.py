"""Troubles of an installation that last: since when, and when the administrators were told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.columns import PASSING
from storage.database.statement import Question
from storage.database.work import Work


class Trouble(SQLModel, table=True):
    """One trouble, by its name; the row goes when the trouble has gone."""

    __tablename__ = "troubles"
    __table_args__ = PASSING

    name: str = Field(max_length=80, primary_key=True)
    found: str = Field(max_length=400)
    since: datetime
    seen_at: datetime
    told_at: datetime | None = None
    tried_at: datetime | None = None


TABLE: sa.Table = Trouble.__table__  # type: ignore[attr-defined]
_EVERY = Question(sa.select(TABLE).order_by(TABLE.c.since, TABLE.c.name).with_for_update())


def every(work: Work) -> list[Trouble]:
    """The troubles there are, the oldest first; nobody else changes them until this unit ends."""
    return work.ask(_EVERY, Trouble)


def see(work: Work, found: Mapping[str, str]) -> list[Trouble]:
    """Write down the troubles there are now, by name; forget those that have gone."""
    there = {t.name: t for t in every(work)}
    for name, said in found.items():
        if name in there:
            work.update(TABLE, {"name": name}, {"found": said[:400], "seen_at": work.now})
        else:
            new = Trouble(name=name, found=said[:400], since=work.now, seen_at=work.now)
            work.insert(TABLE, new.model_dump())
    gone = there.keys() - found.keys()
    if gone:
        work.execute(sa.delete(TABLE).where(TABLE.c.name.in_(gone)))
    return every(work)


def mark(
    work: Work, names: Sequence[str], told_at: datetime | None, tried_at: datetime | None
) -> None:
    """Write down when the administrators were told, or that it was tried."""
    values = {"told_at": told_at, "tried_at": tried_at}
    work.execute(sa.update(TABLE).where(TABLE.c.name.in_(names)).values(values))
