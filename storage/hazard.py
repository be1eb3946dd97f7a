"""Hazards: the main row of every case."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.word import Word
from statemachines.facts import Level, Source, Stopped
from statemachines.hazard.states import HazardState
from storage.columns import identity as primary_key
from storage.columns import long_text, maybe_reference, reference, whole, words
from storage.statement import Question
from storage.work import Work


class Grade(Word):
    """The statutory grades, and the time before them."""

    none = "none", "未判定"
    general = "general", "一般隐患"
    major = "major", "重大隐患"


class Hazard(SQLModel, table=True):
    """One hidden hazard and where it stands; everything here can be folded from its events."""

    __tablename__ = "hazards"
    __table_args__ = (
        sa.Index("ix_hazards_state_department_id", "state", "department_id"),
        sa.Index("ix_hazards_unit_id_state", "unit_id", "state"),
        sa.Index("ix_hazards_unit_id_id", "unit_id", "id"),
        sa.Index("ix_hazards_department_id_id", "department_id", "id"),
        sa.Index("ix_hazards_township_id_id", "township_id", "id"),
        sa.Index("ix_hazards_place_code_id", "place_code", "id"),
        sa.Index(
            "ix_hazards_deadline_id",
            "deadline",
            "id",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: int = primary_key()
    number: str = Field(max_length=40, unique=True)
    version: int
    state: HazardState = Field(sa_type=words(HazardState))
    title: str = Field(max_length=200)
    description: str = long_text()
    part: str = long_text()
    place_code: str = Field(max_length=12)
    address: str = long_text()
    sector: str = Field(max_length=200)
    source: Source = Field(sa_type=words(Source))
    found_on: date
    contact: str | None = Field(default=None, max_length=200)
    identity: str = Field(default="", max_length=64, index=True)
    unit_id: int | None = maybe_reference("organisations.id")
    department_id: int = reference("organisations.id")
    commission_id: int = reference("organisations.id", index=True)
    upper_id: int | None = maybe_reference("organisations.id")
    government_id: int | None = maybe_reference("organisations.id")
    township_id: int | None = maybe_reference("organisations.id")
    pack_id: int = reference("packs.id")
    grade: Grade = Field(default=Grade.none, sa_type=words(Grade))
    clauses: str = long_text()
    potential_deaths: int = 0
    stop_needed: Stopped = Field(default=Stopped.none, sa_type=words(Stopped))
    real_danger: bool = False
    production_stopped: Stopped = Field(
        default=Stopped.none, sa_type=words(Stopped, "production_stopped")
    )
    level: Level | None = Field(default=None, sa_type=words(Level))
    deadline: date | None = None
    first_deadline: date | None = None
    term_started_on: date | None = None
    plan_days: int | None = None
    listed_at: datetime | None = None
    served_at: datetime | None = None
    failed_acceptances: int = 0
    deferrals_granted: int = 0
    designation_no: str = Field(default="", max_length=200)
    fund_fen: int | None = whole()
    duplicate_of: int | None = whole()
    created_at: datetime
    closed_at: datetime | None = None


TABLE: sa.Table = Hazard.__table__  # type: ignore[attr-defined]
SERIES = "hazard/"
"""Before the code of a county in the name of its series of case numbers."""
LOCK = Question(
    sa.select(TABLE).where(TABLE.c.id == sa.bindparam("case_id")).with_for_update(key_share=True)
)
"""The row, locked against every other act; inserts that only refer to it may go on."""
BY_ID = Question(sa.select(TABLE).where(TABLE.c.id == sa.bindparam("id")))
_BY_NUMBER = Question(sa.select(TABLE).where(TABLE.c.number == sa.bindparam("number")))
_ALL = Question(sa.select(TABLE).order_by(TABLE.c.id))
_IDENTIFIED = Question(
    sa.select(TABLE).where(TABLE.c.identity == sa.bindparam("identity")).order_by(TABLE.c.id)
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
