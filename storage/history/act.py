"""Acts: the idempotency key of each accepted command; its insert is the first statement of an act."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from storage.database.columns import PASSING
from storage.database.statement import Question
from storage.database.work import Work


class Act(SQLModel, table=True):
    """One accepted act. ``person_id`` is 0 for the clock, so that its keys are unique too."""

    __tablename__ = "acts"
    __table_args__ = (sa.UniqueConstraint("person_id", "move", "key"), PASSING)

    id: int = Field(
        sa_type=sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        primary_key=True,
    )
    person_id: int = Field(sa_type=sa.BigInteger)
    move: str = Field(max_length=60)
    key: str = Field(max_length=100)
    facts_hash: str = Field(max_length=64)
    at: datetime


TABLE: sa.Table = Act.__table__  # type: ignore[attr-defined]
_VALUES = {
    c: sa.bindparam(c, type_=TABLE.c[c].type)
    for c in ("person_id", "move", "key", "facts_hash", "at")
}
_TAKE = {
    "postgresql": Question(
        postgresql.insert(TABLE).values(_VALUES).on_conflict_do_nothing().returning(TABLE.c.id)
    ),
    "sqlite": Question(
        sqlite.insert(TABLE).values(_VALUES).on_conflict_do_nothing().returning(TABLE.c.id)
    ),
}
_FIND = Question(
    sa.select(TABLE).where(
        TABLE.c.person_id == sa.bindparam("person_id"),
        TABLE.c.move == sa.bindparam("move"),
        TABLE.c.key == sa.bindparam("key"),
    )
)


def take(work: Work) -> Question:
    """The question that inserts a key and answers the new act's id, or nothing if it is known."""
    return _TAKE[work.dialect.name]


def find(work: Work, person_id: int, move: str, key: str) -> Act | None:
    """The act that took a key before."""
    return next(iter(work.ask(_FIND, Act, person_id=person_id, move=move, key=key)), None)


def forget(work: Work, before: datetime) -> int:
    """Delete the keys taken before an instant; how many."""
    return int(work.execute(sa.delete(TABLE).where(TABLE.c.at < before)).rowcount)
