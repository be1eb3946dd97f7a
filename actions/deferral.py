"""What the table of the deferral cannot say."""

from collections.abc import Callable
from typing import Any

from actions.hand.case import Case, Row
from guapai.clock import end_of_day, local_date
from law.deadlines import Offset, Term, Unit

Columns = dict[str, Any]


def _applied(case: Case, row: Row, facts: Any) -> Columns:
    return {
        "applied_at": case.work.now,
        "ordinal": case.root.deferrals_granted + 1,
        "late": is_late(case),
    }


def is_late(case: Case) -> bool:
    """Whether the stricter window has been missed; the application is taken all the same (own)."""
    if case.root.deadline is None:
        return False
    window: Term = case.pack.parameters.deferral.window.value
    if window.unit is Unit.workday:
        last = case.calendar.add_workdays(case.root.deadline, -window.amount)
    else:
        end = end_of_day(case.root.deadline)
        offset = Offset(-window.amount, window.unit)
        last = local_date(offset.instant(case.work.now, end, case.calendar))
    return local_date(case.work.now) > last


def _decided(case: Case, row: Row, facts: Any) -> Columns:
    return {"decided_at": case.work.now}


COMPUTED: dict[str, Callable[[Case, Row, Any], Columns]] = {
    "apply": _applied,
    "grant": _decided,
    "refuse": _decided,
    "withdraw": _decided,
    "lapse": _decided,
}
"""Columns of the deferral that a move sets beside its facts, by move."""


def extension(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    """What a granted deferral brings to the hazard."""
    return {
        "deadline": facts.deadline,
        "deferrals_granted": case.root.deferrals_granted + 1,
    }


CARRIED = {("hazard", "extend_term"): extension}
"""What this noun's decisions bring to others, by their noun and move."""
