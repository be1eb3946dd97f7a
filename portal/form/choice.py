"""What a form offers to choose from, and how a name that was typed is understood."""

from dataclasses import dataclass
from typing import Any

from guapai.errors import BadInput
from guapai.text import Said, half_width, one_line
from law.grading import shipped_catalogue, suggest
from law.place import head_of
from portal.form.form import Finders
from portal.web.visit import Visit
from portal.words.field import Field
from statemachines.hazard.plan.task import tasks_of
from storage import case as cases
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people import staffing
from storage.people.leader import leaders_at
from storage.people.officer import officers_at
from storage.people.organisation import ANSWERING, OrganisationKind
from storage.questions import casefile

MOST = 300
"""So many organisations are offered; others are found by their exact name or credit code."""
_K = OrganisationKind


def offer(visit: Visit, work: Work, fields: list[Field], case: Any | None) -> None:
    """Fill in what the fields offer, as far as the visitor's place goes."""
    place = visit.entry.place_code if visit.entry and visit.entry.place_code else ""
    head = head_of(place) if case is None else case.place_code[:6]
    named = [t.name for t in tasks_of(getattr(case, "task_list", ""))]
    for field in fields:
        if field.kind == "evidence" or field.columns:
            _offer_tasks(field, named)
        elif field.kind in _BY_PLACE:
            field.options = _BY_PLACE[field.kind](work, head)
        elif field.kind == "officers":
            field.options = _officers(work, visit.actor.organisation_id)
        elif field.kind in ("department", "commission", "official"):
            field.options = _supervisors(work, field.kind, head, head_of(place), case)
        elif field.kind == "clauses" and case is not None:
            near = suggest(f"{case.title} {getattr(case, 'description', '')}", shipped_catalogue())
            field.options = [(s.clause.id, f"{s.clause.id} {s.clause.text}") for s in near]


def _units(work: Work, head: str) -> list[tuple[str, str]]:
    found = organisations.below(work, _K.enterprise, head, MOST)
    return [(o.name, o.credit_code or "") for o in found]


def _sectors(work: Work, head: str) -> list[tuple[str, str]]:
    found = organisations.below(work, _K.enterprise, head, MOST)
    return [(s, s) for s in sorted({o.sector for o in found if o.sector})]


def _officers(work: Work, organisation_id: int | None) -> list[tuple[str, str]]:
    """The officers of the visitor's organisation, with their certificates."""
    found = officers_at(work, organisation_id or 0)
    return [(str(o.person_id), f"{o.name} {o.certificate_no}") for o in found]


def _offer_tasks(field: Field, named: list[str]) -> None:
    """The tasks of the case, where files or rows name one of them."""
    options = [(name, name) for name in named]
    if field.kind == "evidence":
        field.options = options
    for column in (c for c in field.columns if c.kind == "task"):
        column.options = options


def _supervisors(
    work: Work, kind: str, head: str, reach: str, case: Any | None
) -> list[tuple[str, str]]:
    """Departments near the case, commissions within the visitor's reach, or leaders of the case."""
    if kind == "official":
        return _officials(work, case) if case is not None else []
    wanted, begins = {"department": (_K.department, head)}.get(kind, (_K.commission, reach))
    found = organisations.below(work, wanted, begins, MOST)
    return [(str(o.id), o.name) for o in found]


def _officials(work: Work, case: Any) -> list[tuple[str, str]]:
    """Who can lead the supervision of a case: in post at its government, commissions and departments."""
    departments = organisations.below(work, _K.department, case.place_code[:6], MOST)
    sides = (case.government_id, case.commission_id, case.upper_id)
    found = leaders_at(work, [*(s for s in sides if s is not None), *(d.id for d in departments)])
    return [(str(one.person_id), f"{one.name} {one.organisation}") for one in found]


def _places(work: Work, head: str) -> list[tuple[str, str]]:
    """Places by the governments of counties and the townships in them."""
    kinds = (_K.government, _K.township)
    found = [o for k in kinds for o in organisations.below(work, k, head, MOST)]
    named = {o.place_code: o.name.removesuffix("人民政府") for o in found}
    return sorted(named.items())


_BY_PLACE = {"place": _places, "unit": _units, "sector": _sectors}
"""What is offered of a place, by the kind of field."""


@dataclass(frozen=True)
class Finder:
    """Looks names up in one unit of work."""

    visit: Visit
    work: Work

    def unit(self, text: str) -> int:
        """The organisation somebody means by a name, a credit code or an id. Raises BadInput."""
        plain = one_line(half_width(text)) if text.isascii() else one_line(text)
        found = [
            o for o in staffing.organisations_known_as(self.work, plain) if o.kind in ANSWERING
        ]
        if len(found) == 1:
            return found[0].id
        if found:
            raise BadInput("有几家同名单位，请改填统一社会信用代码")
        like = staffing.names_like(self.work, plain) if len(plain) > 1 else []
        said = Said("没有这家单位，请填写登记的全称或统一社会信用代码")
        if like:
            said = Said("%(said)s；相近的有：%(like)s", said=said, like="、".join(like))
        raise BadInput(said)

    def case(self, text: str) -> int:
        """The hazard of a number, if the visitor may see it. Raises BadInput."""
        found = cases.numbered(self.work, one_line(half_width(text)))
        if found is None or casefile.find(self.work, self.visit.scope, found.id) is None:
            raise BadInput("没有这个编号的隐患，请核对，例如 341502-2026-00001")
        return found.id


def finders(visit: Visit, work: Work) -> Finders:
    """The finders of one unit of work."""
    finder = Finder(visit, work)
    return Finders(unit=finder.unit, case=finder.case)
