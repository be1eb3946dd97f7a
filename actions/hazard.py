"""What the table of the hazard cannot say: where a new one belongs, and the columns an act computes."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from actions import measures, treatment
from actions.hand.case import Case, Row
from actions.listing_notice import listing_notice
from guapai.clock import local_date
from guapai.errors import BadInput
from guapai.people import Actor, Role
from guapai.text import Said, half_width
from law.deadlines import due
from law.grading import versions
from law.place import above, head_of
from statemachines.facts import Source
from statemachines.hazard.intake import ReportLead
from statemachines.hazard.subject.answering import SuccessionGround
from statemachines.hazard.term import last_day
from statemachines.secrecy import Secrecy
from statemachines.side import FORMER, OF_UNIT
from storage import case as cases
from storage import hazard as hazards
from storage import paper as papers
from storage.database import gram as grams
from storage.database.columns import defaults
from storage.database.work import Work
from storage.history.event import canonical
from storage.people import organisation as organisations
from storage.people.organisation import ANSWERING, Organisation, OrganisationKind
from storage.upkeep import pack as packs

Columns = dict[str, Any]
_K = OrganisationKind
_SUPERVISE = frozenset({_K.department, _K.commission, _K.government, _K.township})
NOTED = "台账所载"
"""Begins the lines a ledger adds to a description; they tell hazards apart no more than spelling."""


def conceive(work: Work, actor: Actor, facts: ReportLead) -> tuple[Row, str]:
    """A hazard about to be born: its id, number, organisations, rule pack; and its unit's name.

    Raises BadInput when nobody answers for the place.
    """
    place = facts.place_code
    _check_place(work, actor, facts)
    unit = _unit(work, facts.unit_id)
    department = _department(work, actor, facts)
    commission = organisations.at_place(work, _K.commission, place)
    if department is None or commission is None:
        raise BadInput(
            Said("所在地%(place)s没有登记监管部门或安委会，请联系系统管理员补录机构", place=place)
        )
    government = organisations.at_place(work, _K.government, place)
    township = organisations.township_of(work, place)
    year = local_date(work.now).year
    given = papers.take_number(work, cases.series_of("hazard", place), year)
    row = Row(
        **defaults(cases.TABLE),
        **{n: v for n, v in defaults(hazards.TABLE).items() if n not in cases.TABLE.c},
    )
    row.id = work.take_id()
    row.number = f"{place[:6]}-{year}-{given:05d}"
    row.version = 0
    row.secrecy = _secrecy(actor, facts)
    row.department_id = department.id
    row.commission_id = commission.id
    row.upper_id = commission.parent_id
    row.government_id = government.id if government else None
    row.township_id = township.id if township else None
    row.pack_id = packs.for_case(work, place, facts.sector)
    row.created_at = work.now
    if facts.source != Source.ledger:
        row.reported_by, row.reported_as = actor.organisation_id, actor.role.value
    row.identity = identity_of(facts.unit_id, place, facts.description, facts.found_on)
    return row, unit.name if unit else ""


def _secrecy(actor: Actor, facts: ReportLead) -> Secrecy:
    """A unit is shown what it reported itself and what a ledger holds; a lead once it is verified."""
    known = actor.role in OF_UNIT or facts.source == Source.ledger
    return Secrecy.open if known else Secrecy.unannounced


def identity_of(unit_id: int | None, place_code: str, description: str, found_on: date) -> str:
    """What makes two leads one: whose it is (or where), what is described, when it was found.

    Widths, blanks and capitals do not count. It is that of the lead as reported, for good.
    """
    words = re.split(rf"^{NOTED}", description, maxsplit=1, flags=re.MULTILINE)[0]
    plain = re.sub(r"\s", "", half_width(words)).casefold()
    whose = unit_id if unit_id is not None else place_code
    return hashlib.sha256(canonical([whose, plain, found_on.isoformat()]).encode()).hexdigest()


def _department(work: Work, actor: Actor, facts: ReportLead) -> Organisation | None:
    """The one named, else that of the officer who reports, else that of place and sector.

    Each only where it answers for the place. Who loads a ledger reports for others: its hazards
    belong to those who answer for them.
    """
    if facts.department_id is not None:
        found = organisations.get(work, facts.department_id)
        if found is None or found.kind != _K.department:
            raise BadInput("监管部门不存在，请重新选择")
        if not _reaches(found, facts.place_code):
            raise BadInput("监管部门不管辖这一所在地，请重新选择")
        return found
    officer = actor.role in (Role.inspector, Role.division_chief)
    if actor.organisation_id is not None and officer and facts.source != Source.ledger:
        return organisations.get(work, actor.organisation_id)
    return organisations.at_place(work, _K.department, facts.place_code, facts.sector)


def _reaches(authority: Organisation, place: str) -> bool:
    return place.startswith(head_of(authority.place_code))


def _check_place(work: Work, actor: Actor, facts: ReportLead) -> None:
    """A place that is registered and, for who supervises and reports what they saw, in their reach."""
    place = facts.place_code
    if len(place) > 6 and organisations.township_of(work, place) is None:
        raise BadInput(
            Said("没有登记%(place)s这一乡镇（街道、园区），请重新选择所在地", place=place)
        )
    home = organisations.get(work, actor.organisation_id or 0)
    if facts.source == Source.ledger or home is None or home.kind not in _SUPERVISE:
        return
    if not _reaches(home, place):
        raise BadInput("所在地不在您的单位管辖的地区内，请重新选择")


def _unit(work: Work, unit_id: int | None) -> Organisation | None:
    """Who is to answer for a hazard must be an organisation we know, of a kind that can."""
    found = organisations.get(work, unit_id) if unit_id is not None else None
    if unit_id is not None and (found is None or found.kind not in ANSWERING):
        raise BadInput("责任单位不存在，请重新选择")
    return found


def _answers(case: Case, row: Row, facts: Any) -> Columns:
    """Somebody answers for the hazard from now on. Whoever supervises it is not supervised by themselves:
    where it is the department of the case, the next level's takes its place."""
    unit = _unit(case.work, facts.unit_id)
    assert unit is not None
    grams.index(case.work, row.id, unit.name)
    found: Columns = {"former_unit_id": row.unit_id or row.former_unit_id}
    if unit.id == row.department_id:
        higher = above(unit.place_code)
        over = organisations.at_place(case.work, _K.department, higher, row.sector)
        found["department_id"] = over.id if over is not None else row.department_id
    return found


def _owned(case: Case, row: Row, facts: Any) -> Columns:
    """Who answers in law does not do so by designation."""
    return {**_answers(case, row, facts), "designation_no": ""}


def _succeeded(case: Case, row: Row, facts: Any) -> Columns:
    by_law = facts.ground == SuccessionGround.owner_found
    return (_owned if by_law else _answers)(case, row, facts)


def _former(case: Case, row: Row, facts: Any) -> list[tuple[str, int]]:
    """Who answered before keeps what they did in sight, if they ever were told of it."""
    if row.former_unit_id is None or row.secrecy == Secrecy.unannounced:
        return []
    return [(FORMER, row.former_unit_id)]


def _listed(case: Case, row: Row, facts: Any) -> Columns:
    """Who lists: the department where its head decides, else the commission."""
    by_head = case.actor.role is Role.department_head
    lister = row.department_id if by_head else row.commission_id
    return {"listed_at": case.work.now, "lister_id": lister, **_first_term(case, row, facts)}


def _supervised(case: Case, row: Row, facts: Any) -> Columns:
    """Above the highest commission there is none."""
    return {"upper_id": facts.upper_id}


def _first_term(case: Case, row: Row, facts: Any) -> Columns:
    return {"term_started_on": local_date(case.work.now), "first_deadline": facts.deadline}


def _general(case: Case, row: Row, facts: Any) -> Columns:
    within = case.pack.within("fix")
    if facts.deadline is not None or within is None:
        return _first_term(case, row, facts)
    day = due(case.work.now, within.value, case.calendar).day
    today = local_date(case.work.now)
    return {"deadline": day, "term_started_on": today, "first_deadline": day}


def _recheck_failed(case: Case, row: Row, facts: Any) -> Columns:
    failed = {"failed_rechecks": row.failed_rechecks + 1}
    if facts.deadline is not None:
        return failed
    last = row.term_started_on and last_day(row.term_started_on, case.pack, case.calendar)
    day = _general(case, row, facts)["deadline"]
    return {"deadline": min(day, last) if last else day, **failed}


def _graded(case: Case, row: Row, facts: Any) -> Columns:
    """A danger that is on record is not over because a form says nothing of it."""
    return {
        "real_danger": row.real_danger or facts.real_danger,
        "standard": versions(row.sector, row.found_on),
    }


def _graded_general(case: Case, row: Row, facts: Any) -> Columns:
    return {**_general(case, row, facts), "standard": versions(row.sector, row.found_on)}


def _removed(case: Case, row: Row, facts: Any) -> Columns:
    return {**_closed(case, row, facts), "standard": versions(row.sector, row.found_on)}


def _closed(case: Case, row: Row, facts: Any) -> Columns:
    return {"closed_at": case.work.now}


def _failed(case: Case, row: Row, facts: Any) -> Columns:
    return {"failed_acceptances": row.failed_acceptances + 1}


def _ordered(case: Case, row: Row, facts: Any) -> Columns:
    return {**treatment.ordered(case, row, facts), **_first_term(case, row, facts)}


def _reopened(case: Case, row: Row, facts: Any) -> Columns:
    empty = (
        *("closed_at", "report_filed_at", "report_received_at", "served_at", "listed_at"),
        *("deadline", "first_deadline", "level", "lister_id", "plan_by"),
    )
    counters = {"deferrals_granted": 0, "failed_acceptances": 0, "failed_rechecks": 0}
    none: Columns = {"term_started_on": None, "grade": "none", "task_list": ""}
    return {**dict.fromkeys(empty), **counters, **none}


COMPUTED: dict[str, Callable[[Case, Row, Any], Columns]] = {
    **measures.COMPUTED,
    "assign_unit": _owned,
    "designate": _answers,
    "redesignate": _answers,
    "succeed": _succeeded,
    "list": _listed,
    "order_rectification": _ordered,
    "serve_notice": treatment.served,
    "acknowledge_notice": treatment.acknowledged,
    "correct_service": treatment.served,
    "file_plan": treatment.planned,
    "return_plan": treatment.returned,
    "request_acceptance": treatment.applied,
    "change_supervision": _supervised,
    "hand_up": _supervised,
    "grade_general": _graded_general,
    "remove_on_the_spot": _removed,
    "grade_major": _graded,
    "fail_recheck": _recheck_failed,
    "pass_recheck": _closed,
    "fail_acceptance": _failed,
    "close": _closed,
    "accept_shutdown": _closed,
    "void": _closed,
    "dismiss": _closed,
    "reopen": _reopened,
}
"""Columns of the hazard that a move sets beside its facts, by move."""


PARTIES = {
    **dict.fromkeys(("assign_unit", "designate", "redesignate", "succeed"), _former),
    **measures.PARTIES,
}
"""Who joins the case with a move, and on which side."""


PAPERS = {"listing_notice": listing_notice}
"""What each paper about a hazard says."""
