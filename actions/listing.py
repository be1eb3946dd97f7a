"""What the table of the listing cannot say."""

from collections.abc import Callable
from typing import Any

from actions.hand.case import Case, Row
from storage.people import organisation as organisations

Columns = dict[str, Any]


def _stamp(column: str) -> Callable[[Case, Row, Any], Columns]:
    return lambda case, row, facts: {column: case.work.now}


COMPUTED: dict[str, Callable[[Case, Row, Any], Columns]] = {
    "propose": _stamp("proposed_at"),
    "take_effect": _stamp("listed_at"),
    "upgrade": _stamp("upgraded_at"),
    "lift": _stamp("lifted_at"),
}
"""Columns of the listing that a move sets beside its facts, by move."""


def supervision(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    """What an upgrade brings to the hazard: the level, and who supervises from now on."""
    upper = organisations.get(case.work, case.root.upper_id)
    return {
        "level": facts.level,
        "commission_id": case.root.upper_id,
        "upper_id": upper.parent_id if upper else None,
        "deadline": facts.deadline,
    }


CARRIED = {("hazard", "change_supervision"): supervision}
"""What this noun's decisions bring to others, by their noun and move."""
