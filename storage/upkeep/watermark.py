"""The high-water mark of the clock: when a machine last ticked rightly, and why it is held now."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.columns import PASSING
from storage.database.statement import Question
from storage.database.work import Work

MOST_MARKS = 32
"""Machines and boots that are remembered (own)."""


@dataclass(frozen=True)
class Server:
    """The database's own clock, and since when its server is up."""

    now: datetime
    since: datetime


class Mark(SQLModel, table=True):
    """One boot of one machine. ``at`` and ``uptime`` are those of its last tick that was right.

    ``why`` is empty, or says why its clock is not believed; ``seen_at`` and ``seen_uptime`` are
    then those of its last tick, which a person may confirm.
    """

    __tablename__ = "clock_marks"
    __table_args__ = PASSING

    boot: str = Field(max_length=40, primary_key=True)
    host: str = Field(max_length=80)
    at: datetime | None = None
    uptime: int
    why: str = Field(default="", max_length=400)
    seen_at: datetime
    seen_uptime: int
    confirmed_by: int | None = Field(default=None, sa_type=sa.BigInteger)
    confirmed_at: datetime | None = None


TABLE: sa.Table = Mark.__table__  # type: ignore[attr-defined]
_EVERY = Question(sa.select(TABLE).order_by(TABLE.c.at.desc(), TABLE.c.boot))
_SERVER = Question(
    sa.select(
        sa.func.clock_timestamp(type_=TABLE.c.seen_at.type).label("now"),
        sa.func.pg_postmaster_start_time(type_=TABLE.c.seen_at.type).label("since"),
    )
)


def every(work: Work) -> list[Mark]:
    """The marks of all machines, the latest first."""
    found = work.ask(_EVERY, Mark)
    return sorted(found, key=lambda m: (m.at is None, -(m.at.timestamp() if m.at else 0)))


def server_of(work: Work) -> Server | None:
    """The clock of the database's server; None for a file."""
    return Server(**work.records(_SERVER)[0]) if work.is_postgresql else None


def keep(work: Work, mark: Mark, known: list[Mark]) -> None:
    """Write a machine's mark. A right one takes the place of the same machine's earlier boots."""
    values = mark.model_dump()
    if any(m.boot == mark.boot for m in known):
        work.update(TABLE, {"boot": values.pop("boot")}, values)
    else:
        work.insert(TABLE, values)
    others = [m for m in known if m.boot != mark.boot]
    gone = [m.boot for m in others if m.host == mark.host and not mark.why]
    gone += [m.boot for m in others if m.boot not in gone][MOST_MARKS:]
    if gone:
        work.execute(sa.delete(TABLE).where(TABLE.c.boot.in_(gone)))
