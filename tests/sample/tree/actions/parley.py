"""What the table of the parley cannot say."""

from typing import Any

from statemachines.parley import HIDDEN

from actions.hand.case import Case, Row
from guapai.clock import local_date
from guapai.errors import BadInput
from guapai.people import Actor
from law.provisions import EVERY_SECTOR
from storage import case as cases
from storage import paper as papers
from storage import parley as parleys
from storage.database.columns import defaults
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people.organisation import OrganisationKind
from storage.upkeep import pack as packs


def conceive(work: Work, actor: Actor, facts: Any) -> tuple[Row, str]:
    """A parley about to be born. Raises BadInput where nobody answers for the place."""
    place, year = facts.place_code, local_date(work.now).year
    commission = organisations.at_place(work, OrganisationKind.commission, place)
    if commission is None:
        raise BadInput("所在地没有登记安委会")
    row = Row(**{**defaults(cases.TABLE), **defaults(parleys.TABLE)})
    row.id, row.version = work.take_id(), 0
    given = papers.take_number(work, cases.series_of("parley", place), year)
    row.number = f"HS-{place[:6]}-{year}-{given:05d}"
    row.pack_id, row.created_at = packs.for_case(work, place, EVERY_SECTOR), work.now
    row.department_id = getattr(facts, "organisation_id", None) or actor.organisation_id
    row.commission_id = None if HIDDEN else commission.id
    return row, ""


def _called(case: Case, row: Row, facts: Any) -> list[tuple[str, int]]:
    """The units of the hazards are parties; of a hidden one, so is the department that handles it."""
    seen = [cases.get(case.work, i) for i in facts.about]
    units = [("unit", c.unit_id) for c in seen if c is not None and c.unit_id is not None]
    return [*units, ("department", row.department_id)] if HIDDEN else units


def _about(case: Case, row: Row, facts: Any) -> list[int]:
    return list(facts.about)


def _as_it_was(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    """The hazards keep their level: they are touched, and nothing else of them changes."""
    kept = ("level", "commission_id", "upper_id", "lister_id")
    return {name: getattr(row, name) for name in kept}


def _held(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    return {"held_at": case.work.now}


def _ended(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    return {"closed_at": case.work.now}


COMPUTED = {"hold": _held, "close": _ended, "drop": _ended}
"""Columns that a move sets beside its facts."""
CARRIED = {("hazard", "change_supervision"): _as_it_was}
"""What this noun's decisions bring to others."""
PARTIES = {"call": _called}
"""Who joins with which move."""
ABOUT = {"call": _about}
"""What it is about from then on."""
