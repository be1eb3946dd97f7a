"""Listings: under whose supervision a hazard is treated, at which level, on which terms."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from statemachines.facts import Level
from statemachines.listing.row import ListingState
from storage.database.columns import identity, long_text, maybe_reference, reference, words
from storage.database.statement import Question
from storage.database.work import Work


class Listing(SQLModel, table=True):
    """One listing of one hazard."""

    __tablename__ = "listings"

    id: int = identity()
    case_id: int = reference("cases.id", index=True)
    version: int
    state: ListingState = Field(sa_type=words(ListingState))
    level: Level = Field(sa_type=words(Level))
    deadline: date
    plan_days: int
    lead_department_id: int | None = maybe_reference("organisations.id")
    lead_official_id: int | None = maybe_reference("persons.id")
    part: str = long_text()
    tasks: str = long_text()
    measures: str = long_text()
    duty_phone: str = Field(max_length=200)
    violations: str = long_text()
    public_contact: str = Field(default="", max_length=200)
    other_places: str = Field(default="", max_length=200)
    order_no: str = Field(default="", max_length=200)
    order_organ: str = Field(default="", max_length=200)
    reason: str = long_text()
    proposed_at: datetime
    listed_at: datetime | None = None
    upgraded_at: datetime | None = None
    lifted_at: datetime | None = None


TABLE: sa.Table = Listing.__table__  # type: ignore[attr-defined]
_OF_CASE = Question(
    sa.select(TABLE).where(TABLE.c.case_id == sa.bindparam("case_id")).order_by(TABLE.c.id)
)


def of_case(work: Work, case_id: int) -> list[Listing]:
    """The listings of a hazard, oldest first."""
    return work.ask(_OF_CASE, Listing, case_id=case_id)
