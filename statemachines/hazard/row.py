"""What guards read of a hazard with its case: columns, by name and type, and none besides."""

from datetime import date, datetime
from typing import Protocol

from statemachines.facts import Stopped
from statemachines.hazard.states import HazardState
from statemachines.situation import CaseRow


class HazardRow(CaseRow, Protocol):
    """A hazard as guards see it, be it the row that moves or the case of another row."""

    state: HazardState
    department_id: int | None
    lister_id: int | None
    place_code: str
    sector: str
    designation_no: str
    fund_fen: int | None
    found_on: date
    potential_deaths: int
    real_danger: bool
    stop_needed: Stopped
    production_stopped: Stopped
    stop_since: date | None
    stop_until: date | None
    stop_to_confirm: bool
    resumption_asked_at: datetime | None
    deadline: date | None
    first_deadline: date | None
    term_started_on: date | None
    deferrals_granted: int
    failed_acceptances: int
    failed_rechecks: int
    report_filed_at: datetime | None
    listed_at: datetime | None
    served_at: datetime | None
    task_list: str
