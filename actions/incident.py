"""What the table of the incident cannot say: whose it is, and what is asked about its letters."""

from typing import Any

from actions.hand.address import address_of
from actions.hand.case import Case, Row
from guapai.clock import local_date
from guapai.errors import BadInput
from guapai.people import Actor
from guapai.text import Said
from law.provisions import EVERY_SECTOR
from storage import case as cases
from storage import incident as incidents
from storage import paper as papers
from storage.database.columns import defaults
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people.organisation import OrganisationKind
from storage.questions import operator as operators
from storage.upkeep import pack as packs

Columns = dict[str, Any]


def conceive(work: Work, actor: Actor, facts: Any) -> tuple[Row, str]:
    """An incident about to be born: of the organisation that operates the system.

    Raises BadInput where no organisation is known.
    """
    where = operators.first(work)
    if where is None:
        raise BadInput("没有登记任何单位，运行事件无人负责；请先登记单位")
    place, year = where.place_code[:6], local_date(work.now).year
    commission = organisations.at_place(work, OrganisationKind.commission, place)
    row = Row(**{**defaults(cases.TABLE), **defaults(incidents.TABLE)})
    row.id, row.version = work.take_id(), 0
    given = papers.take_number(work, cases.series_of("incident", place), year)
    row.number, row.place_code = f"YX-{place}-{year}-{given:05d}", place
    row.department_id = where.id
    row.commission_id = commission.id if commission else None
    row.upper_id = commission.parent_id if commission else None
    row.pack_id, row.created_at = packs.for_case(work, place, EVERY_SECTOR), work.now
    return row, ""


def _handlers(case: Case, row: Row, facts: Any) -> list[tuple[str, int]]:
    """Whoever operates the system; the one that leads the incident is a party too, and sees it."""
    return [("department", i) for i in dict.fromkeys((row.department_id, *_operators(case)))]


def _operators(case: Case) -> list[int]:
    return [found.id for found in operators.all_of(case.work)]


def _asked(case: Case, row: Row, facts: Any) -> Columns:
    """What is asked is done afterwards, to one letter after the other."""
    one = getattr(facts, "letter", None)
    if one is not None and not incidents.holds(case.work, case.id, one):
        raise BadInput(Said("本事件没有这一封信件").beside("letter"))
    return {"waits": True}


def _readdressed(case: Case, row: Row, facts: Any) -> Columns:
    """An address that cannot be theirs is refused at once, and not later for each letter."""
    what, _, person_id = str(row.ground).partition(":")
    address_of(case.work, int(person_id) if what == "person" else None, facts.email)
    return _asked(case, row, facts)


def _ended(case: Case, row: Row, facts: Any) -> Columns:
    return {"closed_at": case.work.now, "waits": False}


def _dismissed(case: Case, row: Row, facts: Any) -> Columns:
    return {"closed_at": case.work.now, "waits": True}


COMPUTED = {
    "retry": _asked,
    "resend": _asked,
    "readdress": _readdressed,
    "tell": _asked,
    "dismiss": _dismissed,
    "clear": _ended,
}
"""Columns of the incident that a move sets beside its facts, by move."""
PARTIES = {"arise": _handlers, "entrust": _handlers}
"""Who handles it, by move."""
