"""Deferrals: applications for more time, and what was decided."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from statemachines.deferral import DeferralState
from storage.database.columns import identity, long_text, reference, words
from storage.database.statement import Question
from storage.database.work import Work


class Deferral(SQLModel, table=True):
    """One application for one hazard; ``late`` says that the stricter window was missed."""

    __tablename__ = "deferrals"

    id: int = identity()
    case_id: int = reference("cases.id", index=True)
    version: int
    state: DeferralState = Field(sa_type=words(DeferralState))
    ordinal: int
    reason: str = long_text()
    interim_measures: str = long_text()
    asked_deadline: date
    late: bool = False
    deadline: date | None = None
    applied_at: datetime
    decided_at: datetime | None = None


TABLE: sa.Table = Deferral.__table__  # type: ignore[attr-defined]
_OF_CASE = Question(
    sa.select(TABLE).where(TABLE.c.case_id == sa.bindparam("case_id")).order_by(TABLE.c.id)
)


def of_case(work: Work, case_id: int) -> list[Deferral]:
    """The deferrals of a hazard, oldest first."""
    return work.ask(_OF_CASE, Deferral, case_id=case_id)
