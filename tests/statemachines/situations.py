"""A small hand-made case: rows with just a few columns, at a fixed moment, under Lu'an's pack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from guapai.people import Actor, Role
from law.calendar import shipped_calendar
from law.pack import Pack, read_packs, shipped_texts
from statemachines.deferral.row import DeferralRow
from statemachines.facts import Level, Stopped
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import HazardState
from statemachines.incident import Cause, IncidentRow
from statemachines.listing.row import ListingRow
from statemachines.nouns import NOUNS
from statemachines.situation import Situation
from statemachines.vocabulary import VOCABULARY

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
"""10:00 on 10 March 2026 in Lu'an."""

TODAY = date(2026, 3, 10)

Seen = Situation[Any, HazardRow, Any]
"""What `situation` makes: a row and facts of any kind, in the case of a hazard."""

OURS, UPPER, UNIT, DEPARTMENT = 7, 8, 9, 10
"""The commission of the case, the one above it, the unit, and the department."""
PLACES = {OURS: "341502", UPPER: "341500", DEPARTMENT: "341502"}


@cache
def luan() -> Pack:
    """The shipped pack of the first city."""
    return read_packs(shipped_texts(), VOCABULARY)["luan"]


@dataclass
class Hazard:
    """A hazard being treated; test_protocols holds it to what guards may read (`HazardRow`)."""

    id: int = 1
    state: HazardState = HazardState.rectifying
    unit_id: int | None = UNIT
    department_id: int | None = DEPARTMENT
    lister_id: int | None = OURS
    commission_id: int | None = OURS
    upper_id: int | None = UPPER
    place_code: str = "341502"
    sector: str = "工贸"
    designation_no: str = ""
    fund_fen: int | None = None
    potential_deaths: int = 0
    real_danger: bool = False
    stop_needed: Stopped = Stopped.none
    production_stopped: Stopped = Stopped.none
    stop_since: date | None = None
    stop_until: date | None = None
    stop_to_confirm: bool = False
    resumption_asked_at: datetime | None = None
    deadline: date | None = date(2026, 6, 30)
    first_deadline: date | None = date(2026, 6, 30)
    term_started_on: date | None = date(2026, 1, 1)
    deferrals_granted: int = 0
    failed_acceptances: int = 0
    failed_rechecks: int = 0
    report_filed_at: datetime | None = None
    listed_at: datetime | None = datetime(2026, 1, 1, tzinfo=UTC)
    served_at: datetime | None = None
    closed_at: datetime | None = None
    found_on: date = date(2025, 12, 30)
    task_list: str = ""


@dataclass
class Deferral:
    """The first deferral, asked for in time."""

    ordinal: int = 1
    asked_deadline: date = date(2026, 8, 31)
    late: bool = False


@dataclass
class Listing:
    """A listing at the lowest level."""

    level: Level = Level.county
    other_places: str = ""


@dataclass
class Incident:
    """An incident about a letter that was refused."""

    cause: Cause = Cause.refused


def situation(
    *,
    row: HazardRow | DeferralRow | ListingRow | IncidentRow | None = None,
    hazard: HazardRow | None = None,
    facts: Any = None,
    actor: Actor | None = None,
    now: datetime = NOW,
    children: Mapping[tuple[str, str], int] | None = None,
    makers: Mapping[str, frozenset[int]] | None = None,
    overdue: frozenset[str] = frozenset(),
    awaited: frozenset[str] = frozenset(),
    unsealed: int = 0,
    places: Mapping[int, str] | None = None,
) -> Seen:
    """A situation in which all that is not said is harmless."""
    hazard = hazard or Hazard()
    return Situation(
        row=row if row is not None else hazard,
        case=hazard,
        facts=facts,
        actor=actor or Actor(person_id=1, role=Role.inspector, organisation_id=OURS),
        now=now,
        pack=luan(),
        calendar=shipped_calendar(),
        children=children or {},
        makers={m: frozenset[int]() for n in NOUNS.values() for m in n.makers} | dict(makers or {}),
        overdue=overdue,
        awaited=awaited,
        unsealed=unsealed,
        place_of=lambda one: (places or PLACES).get(one or 0, ""),
    )
