"""Hazards: the main row of every case."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.word import Word
from statemachines.facts import Level, Source, Stopped
from statemachines.hazard.states import FINAL, HazardState
from storage.case import TABLE as CASES
from storage.case import CaseColumns, root_of
from storage.database.columns import long_text, maybe_reference, root_identity, whole, words
from storage.database.statement import Question
from storage.database.work import Work


class Grade(Word):
    """The statutory grades, and the time before them."""

    none = "none", "未判定"
    general = "general", "一般隐患"
    major = "major", "重大隐患"


_LIVE = f"state NOT IN ({', '.join(repr(s.value) for s in sorted(FINAL))})"
LIVE: sa.ColumnElement[bool] = sa.literal_column(f"hazards.{_LIVE}", sa.Boolean)
"""Not ended; written out, so that the index of what has a deadline knows it."""


class HazardColumns(SQLModel):
    """What only a hazard has, beside what every case has."""

    version: int
    state: HazardState = Field(sa_type=words(HazardState))
    description: str = long_text()
    part: str = long_text()
    address: str = long_text()
    sector: str = Field(max_length=200)
    source: Source = Field(sa_type=words(Source))
    found_on: date
    reported_by: int | None = whole()
    reported_as: str = Field(default="", max_length=40)
    report_filed_at: datetime | None = None
    report_received_at: datetime | None = None
    report_receipts: int = 0
    contact: str | None = Field(default=None, max_length=200)
    identity: str = Field(default="", max_length=64, index=True)
    grade: Grade = Field(default=Grade.none, sa_type=words(Grade))
    clauses: str = long_text()
    standard: str = long_text()
    potential_deaths: int = 0
    stop_needed: Stopped = Field(default=Stopped.none, sa_type=words(Stopped))
    real_danger: bool = False
    production_stopped: Stopped = Field(
        default=Stopped.none, sa_type=words(Stopped, "production_stopped")
    )
    stop_scope: str = long_text()
    stop_number: str = Field(default="", max_length=200)
    stop_since: date | None = None
    stop_until: date | None = None
    stop_to_confirm: bool = False
    resumption_asked_at: datetime | None = None
    evacuated: bool = False
    level: Level | None = Field(default=None, sa_type=words(Level))
    deadline: date | None = None
    first_deadline: date | None = None
    term_started_on: date | None = None
    plan_days: int | None = None
    lister_id: int | None = maybe_reference("organisations.id")
    listed_at: datetime | None = None
    served_at: datetime | None = None
    task_list: str = long_text()
    plan_by: date | None = None
    failed_acceptances: int = 0
    failed_rechecks: int = 0
    deferrals_granted: int = 0
    designation_no: str = Field(default="", max_length=200)
    fund_fen: int | None = whole()
    fund_source: str = Field(default="", max_length=200)
    allocation: str = Field(default="", max_length=200)
    paid_fen: int | None = whole()
    former_unit_id: int | None = maybe_reference("organisations.id")
    published_on: date | None = None
    duplicate_of: int | None = whole()


class HazardRow(HazardColumns, table=True):
    """One hidden hazard and where it stands; everything here can be folded from its events."""

    __tablename__ = "hazards"
    __table_args__ = (
        sa.Index(
            "ix_hazards_deadline_id",
            "deadline",
            "id",
            sqlite_where=sa.text(_LIVE),
            postgresql_where=sa.text(_LIVE),
        ),
    )

    id: int = root_identity()


class Hazard(CaseColumns, HazardColumns):
    """A hazard with its case, as it is read."""

    id: int


TABLE: sa.Table = HazardRow.__table__  # type: ignore[attr-defined]
_WHOLE = root_of(TABLE)
BY_ID = Question(_WHOLE.where(CASES.c.id == sa.bindparam("id")))
_BY_NUMBER = Question(_WHOLE.where(CASES.c.number == sa.bindparam("number")))
_ALL = Question(_WHOLE.order_by(CASES.c.id))
_IDENTIFIED = Question(
    _WHOLE.where(TABLE.c.identity == sa.bindparam("identity")).order_by(CASES.c.id)
)


def get(work: Work, hazard_id: int) -> Hazard | None:
    """The hazard with that id."""
    return next(iter(work.ask(BY_ID, Hazard, id=hazard_id)), None)


def numbered(work: Work, text: str) -> Hazard | None:
    """The hazard with that number."""
    return next(iter(work.ask(_BY_NUMBER, Hazard, number=text)), None)


def every(work: Work) -> list[Hazard]:
    """All hazards in the order of their ids; for the demo and the checks of small databases."""
    return work.ask(_ALL, Hazard)


def identified(work: Work, identity: str) -> list[Hazard]:
    """The hazards of one identity: whose or where, what was described, when it was found."""
    return work.ask(_IDENTIFIED, Hazard, identity=identity)
