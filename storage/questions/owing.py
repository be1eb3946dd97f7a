"""Every open duty of the hazards with what their cases look like now; for small databases."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from guapai.people import Role
from statemachines.duty import DutyState
from storage import case, duty, hazard
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work


class OpenDuty(SQLModel):
    """An open duty with what its case looks like now."""

    id: int
    case_id: int
    row_id: int
    kind: str
    slot: str
    side: str
    owner_role: Role
    owner_id: int | None
    opened_at: datetime
    due_on: date
    number: str
    hazard_state: str
    place_code: str
    unit_id: int | None
    department_id: int
    commission_id: int
    upper_id: int | None
    government_id: int | None
    township_id: int | None
    production_stopped: str
    deadline: date | None
    first_deadline: date | None
    term_started_on: date | None
    failed_acceptances: int
    fund_fen: int | None
    task_list: str


_D, _C, _H = duty.TABLE, case.TABLE, hazard.TABLE
_OWN = (
    *("id", "case_id", "row_id", "kind", "slot", "side"),
    *("owner_role", "owner_id", "opened_at", "due_on"),
)
_OPEN = Question(
    sa.select(
        *(_D.c[c] for c in _OWN),
        _H.c.state.label("hazard_state"),
        *(
            (_C if c in _C.c else _H).c[c]
            for c in OpenDuty.model_fields
            if c not in _OWN and c != "hazard_state"
        ),
    )
    .join(_C, _C.c.id == _D.c.case_id)
    .join(_H, _H.c.id == _C.c.id)
    .where(_D.c.state == word(DutyState.open))
    .order_by(_C.c.number, _D.c.due_at, _D.c.kind)
)


def open_everywhere(work: Work) -> list[OpenDuty]:
    """Every open duty there is, case by case, the first due first."""
    return work.ask(_OPEN, OpenDuty)
