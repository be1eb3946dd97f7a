"""Columns that the measures beside the line set: stops, receipts, and what is handed to others."""

from collections.abc import Callable
from typing import Any

from actions.hand.case import Case, Row
from guapai.clock import local_date
from guapai.errors import BadInput
from storage.people import organisation as organisations
from storage.people.organisation import OrganisationKind

Columns = dict[str, Any]


def _stopped(case: Case, row: Row, facts: Any) -> Columns:
    """The usual longest stop counts from the first day, whatever is decided after it."""
    return {
        "stop_since": row.stop_since or local_date(case.work.now),
        "evacuated": row.evacuated or facts.evacuated,
    }


def _evacuated(case: Case, row: Row, facts: Any) -> Columns:
    return {"evacuated": row.evacuated or facts.evacuated}


def _applied(case: Case, row: Row, facts: Any) -> Columns:
    return {"resumption_asked_at": case.work.now}


def _report_filed(case: Case, row: Row, facts: Any) -> Columns:
    return {"report_filed_at": case.work.now}


def _report_received(case: Case, row: Row, facts: Any) -> Columns:
    return {"report_received_at": case.work.now, "report_receipts": row.report_receipts + 1}


def _handed_over(case: Case, row: Row, facts: Any) -> Columns:
    """Raises BadInput for a receiver that is no department, or the one that hands over."""
    found = organisations.get(case.work, facts.receiver_id) if facts.receiver_id else None
    if facts.receiver_id and (found is None or found.kind != OrganisationKind.department):
        raise BadInput("接收部门不存在，请重新选择")
    if facts.receiver_id and facts.receiver_id == row.department_id:
        raise BadInput("不能移送给本部门，请重新选择")
    return {"closed_at": case.work.now}


def _receiver(case: Case, row: Row, facts: Any) -> list[tuple[str, int]]:
    return [("receiver", facts.receiver_id)] if facts.receiver_id else []


def _came_back(case: Case, row: Row, facts: Any) -> Columns:
    return {"closed_at": None}


COMPUTED: dict[str, Callable[[Case, Row, Any], Columns]] = {
    "decline_stop": _evacuated,
    "stop_production": _stopped,
    "stop_on_the_spot": _stopped,
    "request_resumption": _applied,
    "file_report": _report_filed,
    "acknowledge_report": _report_received,
    "transfer_out": _handed_over,
    "settle_for_other": _handed_over,
    "return_transfer": _came_back,
}
"""Columns of the hazard that a move sets beside its facts, by move."""

PARTIES = dict.fromkeys(("transfer_out", "settle_for_other"), _receiver)
"""Who joins the case with a move: the department that a hazard is handed to may receive or return it."""
