"""Claims: which person has taken a duty of their post upon themselves; part of the folded history."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from storage.database.columns import FOLDED, identity, reference
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.person import Person


class Claim(SQLModel, table=True):
    """One person has one duty in hand, until they release it."""

    __tablename__ = "claims"
    __table_args__ = (
        sa.Index(
            "ix_claims_duty_id",
            "duty_id",
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        ),
        FOLDED,
    )

    id: int = identity()
    case_id: int = reference("cases.id", index=True)
    duty_id: int = reference("duties.id")
    person_id: int = reference("persons.id")
    at: datetime
    released_at: datetime | None = None


TABLE: sa.Table = Claim.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_HELD = TABLE.c.released_at.is_(None)
_OF_DUTY = Question(
    sa.select(TABLE, _P.c.name)
    .join(_P, _P.c.id == TABLE.c.person_id)
    .where(TABLE.c.duty_id == sa.bindparam("duty_id"), _HELD)
)
OF_CASE = Question(
    sa.select(TABLE.c.duty_id, TABLE.c.person_id, _P.c.name)
    .join(_P, _P.c.id == TABLE.c.person_id)
    .where(TABLE.c.case_id == sa.bindparam("case_id"), _HELD)
)
"""Who has which duty of a case in hand."""


class Claimed(SQLModel):
    """A claim that stands, with the name of who holds it."""

    id: int
    duty_id: int
    person_id: int
    name: str


def of_duty(work: Work, duty_id: int) -> Claimed | None:
    """Who has a duty in hand."""
    return next(iter(work.ask(_OF_DUTY, Claimed, duty_id=duty_id)), None)
