"""What the table of the listing cannot say."""

from collections.abc import Callable
from typing import Any

from actions.hand.case import Case, Row
from actions.listing_notice import listing_notice
from guapai.clock import local_date
from guapai.errors import BadInput
from statemachines.side import EXECUTING, JOINT, LEAD
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people.organisation import OrganisationKind

Columns = dict[str, Any]
_K = OrganisationKind


def _stamp(column: str) -> Callable[[Case, Row, Any], Columns]:
    return lambda case, row, facts: {column: case.work.now}


def _on_terms(column: str = "") -> Callable[[Case, Row, Any], Columns]:
    """The moment, once it is known that who is to lead can: raises BadInput."""

    def compute(case: Case, row: Row, facts: Any) -> Columns:
        _check_lead(case, facts)
        return {column: case.work.now} if column else {}

    return compute


def _check_lead(case: Case, facts: Any) -> None:
    """The lead is a department; its leader has a post there, at a commission or the government."""
    lead = organisations.get(case.work, facts.lead_department_id)
    if lead is None or lead.kind != _K.department:
        raise BadInput("牵头督办部门不存在，请重新选择")
    root, day = case.root, local_date(case.work.now)
    sides = (lead.id, root.commission_id, root.upper_id, root.government_id)
    for organisation_id in (s for s in sides if s is not None):
        held = case.work.records(people.HOLDERS_AT, organisation_id=organisation_id, day=day)
        if any(h["person_id"] == facts.lead_official_id for h in held):
            return
    raise BadInput("责任领导须在牵头督办部门、安委会或者本级人民政府任职，请重新选择")


COMPUTED: dict[str, Callable[[Case, Row, Any], Columns]] = {
    "propose": _on_terms("proposed_at"),
    "amend_listing": _on_terms(),
    "take_effect": _on_terms("listed_at"),
    "upgrade": _on_terms("upgraded_at"),
    "lift": _stamp("lifted_at"),
}
"""Columns of the listing that a move sets beside its facts, by move."""


def supervisors(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    """Who supervises once the upper commission has taken a case over."""
    upper = organisations.get(case.work, case.root.upper_id)
    return {
        "commission_id": case.root.upper_id,
        "upper_id": upper.parent_id if upper else None,
    }


def supervision(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    """What an upgrade brings to the hazard: the level, and who supervises from now on."""
    found = supervisors(case, row, facts)
    more = {"level": facts.level, "deadline": facts.deadline, "lister_id": found["commission_id"]}
    return {**found, **more}


CARRIED = {
    ("hazard", "change_supervision"): supervision,
    ("hazard", "hand_up"): supervisors,
}
"""What this noun's decisions bring to others, by their noun and move."""


def _leads(case: Case, row: Row, facts: Any) -> list[tuple[str, int]]:
    return [(LEAD, facts.lead_department_id)]


def _executes(case: Case, row: Row, facts: Any) -> list[tuple[str, int]]:
    """Whose listing it was goes on with the daily work."""
    return [(EXECUTING, case.root.commission_id)]


def _raised(case: Case, row: Row, facts: Any) -> list[tuple[str, int]]:
    return [*_executes(case, row, facts), *_leads(case, row, facts)]


def _joins(case: Case, row: Row, facts: Any) -> list[tuple[str, int]]:
    found = organisations.get(case.work, facts.commission_id)
    if found is None or found.kind != _K.commission:
        raise BadInput("共同挂牌的安委会不存在，请重新选择")
    return [(JOINT, facts.commission_id)]


PARTIES = {
    "take_effect": _leads,
    "take_over": _executes,
    "upgrade": _raised,
    "name_joint_lister": _joins,
}
"""Who joins the case with a move of the listing."""

PAPERS = {"listing_notice": listing_notice}
"""A new notice goes out where a listing is raised."""
