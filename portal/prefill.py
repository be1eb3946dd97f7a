"""What a form can know before anybody types: the month, the moment, what was proposed."""

from typing import Any

from guapai.clock import local_date, local_time
from portal.field import Field
from statemachines.listing import ListingState
from storage import deferral, listing
from storage.hazard import Hazard
from storage.work import Work


def prefill(work: Work, fields: list[Field], case: Hazard, move: str, row_id: int) -> None:
    """Put what is known into empty fields; the reader checks it and may change it."""
    known: dict[str, Any] = {
        "period": f"{local_date(work.now):%Y-%m}",
        "served_at": f"{local_time(work.now):%Y-%m-%dT%H:%M}",
        "published_on": local_date(work.now).isoformat(),
    }
    if move == "list":
        known |= _proposed(work, case.id)
    if move == "grant":
        known |= _asked(work, case.id, row_id)
    for field in fields:
        if (field.name in known and field.value in ("", [], None)) or move == "list":
            field.value = known.get(field.name, field.value)


def _proposed(work: Work, case_id: int) -> dict[str, Any]:
    """The terms of the listing that was proposed."""
    for row in listing.of_case(work, case_id):
        if row.state == ListingState.proposed:
            names = ("lead_department", "lead_official", "tasks", "measures", "duty_phone")
            return {
                **{n: getattr(row, n) for n in names},
                "level": row.level,
                "deadline": row.deadline.isoformat(),
                "plan_days": str(row.plan_days),
            }
    return {}


def _asked(work: Work, case_id: int, row_id: int) -> dict[str, Any]:
    """The date that was asked for."""
    found = [d for d in deferral.of_case(work, case_id) if d.id == row_id]
    return {"deadline": found[0].asked_deadline.isoformat()} if found else {}
