"""What guards read of a hazard with its case: columns, by name and type, and none besides."""

from datetime import date, datetime
from typing import Protocol

from statemachines.facts import Stopped
from statemachines.hazard.states import HazardState
from statemachines.situation import CaseRow


class HazardRow(CaseRow, Protocol):
    """A hazard as guards see it, be it the row that moves or the case of another row."""

    state: HazardState
    place_code: str
    found_on: date
    potential_deaths: int
    real_danger: bool
    production_stopped: Stopped
    deadline: date | None
    first_deadline: date | None
    term_started_on: date | None
    deferrals_granted: int
    listed_at: datetime | None
    served_at: datetime | None
    task_list: str
