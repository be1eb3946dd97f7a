"""What the 挂牌督办通知书 says (domain.md §4.2, 9.4): every word of it stands in a field of the case."""

import json
from collections.abc import Iterator

from actions.ground import grounds_of
from actions.hand.case import Case, Row
from guapai.clock import local_date
from guapai.errors import Refused
from guapai.text import Said
from law.grading import shipped_catalogue
from law.parameters import Length
from law.place import head_of
from notifications.typesetting import ListingNotice
from statemachines.facts import MOST_LINES, Level
from statemachines.hazard.states import HazardState
from statemachines.level import is_above
from statemachines.noun import PaperKind
from statemachines.side import EXECUTING, JOINT
from storage import paper as papers
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people.organisation import Organisation, OrganisationKind

_ABOVE = "%(level)s挂牌督办超出制发单位的级别，不能制发通知书"
_TOO_WIDE = "涉及的其他县区不都在督办单位管辖的地区内，请由共同的上一级安委会挂牌或者指定"


def listing_notice(
    case: Case, row: Row, kind: PaperKind, number: str, issuer: Organisation
) -> ListingNotice:
    """The notice of a listing that has just been decided.

    Raises Refused for a hazard that reaches beyond the places of the issuer and who lists with it,
    and for a level above that of the issuer.
    """
    root, numbers = case.root, case.pack.parameters
    unit = case.organisations.get(root.unit_id)
    listing: Row = next(r for r in case.related["listing"] if r.state == "listed")
    others, joint = _lines(listing.other_places), _joint(case, issuer)
    former = _former(case, listing)
    _check_reach(Level(root.level), issuer, joint, others)
    return ListingNotice(
        number=number,
        signer=_signer(case),
        issuer=issuer.name,
        joint=tuple(one.name for one in joint),
        addressee=unit["name"] if unit else "",
        designation=root.designation_no,
        hazard_number=root.number,
        title=root.title,
        sector=root.sector,
        kinds=_kinds(root.clauses),
        description=root.description,
        address=root.address,
        places=tuple(g.removesuffix("人民政府") for g in _governments(case, others)),
        part=root.part,
        violations=_lines(listing.violations),
        basis=tuple(r.name for r in grounds_of(case.work, kind, case.pack)),
        level=Level(root.level).label,
        deadline=root.deadline,
        plan_days=root.plan_days,
        plan_filed=root.state != HazardState.plan_due,
        former_issuer=former[0],
        former_number=former[1],
        lead_department=_name(case, listing.lead_department_id),
        lead_official=_leader(case, listing.lead_official_id),
        tasks=listing.tasks,
        measures=listing.measures,
        duty_phone=listing.duty_phone,
        public_contact=listing.public_contact,
        deferral_note=_deferral(numbers.deferral.window),
        progress_note=f"每月{numbers.progress.day.value}日前",
        copied_to=tuple(dict.fromkeys(_copied(case, others, issuer))),
        issued_on=local_date(case.work.now),
    )


def _check_reach(
    level: Level, issuer: Organisation, joint: list[Organisation], others: tuple[str, ...]
) -> None:
    """Raise Refused for a level above the issuer's, and for places beyond those of who lists."""
    if is_above(level, issuer.place_code):
        raise Refused(Said(_ABOVE, level=Said(level.label)))
    heads = tuple(head_of(one.place_code) for one in (issuer, *joint))
    if any(not place.startswith(heads) for place in others):
        raise Refused(_TOO_WIDE)


def _joint(case: Case, issuer: Organisation) -> list[Organisation]:
    """The commissions that list together with the issuer."""
    ids = [p["n"] for p in case.parties if p["a"] == JOINT and p["n"] != issuer.id]
    return [o for o in (organisations.get(case.work, one) for one in ids) if o is not None]


def _former(case: Case, listing: Row) -> tuple[str, str]:
    """Whose notice an upgrade takes the place of, and its number; nothing for a first one."""
    before = [p for p in papers.of_case(case.work, case.id) if p.template == "listing_notice"]
    if listing.upgraded_at is None or not before:
        return "", ""
    return str(json.loads(before[-1].data)["issuer"]), before[-1].number


def _name(case: Case, organisation_id: int) -> str:
    found = organisations.get(case.work, organisation_id)
    return found.name if found else ""


def _leader(case: Case, person_id: int) -> str:
    found = people.get(case.work, person_id)
    return found.name if found else ""


def _signer(case: Case) -> str:
    """Who decided, and for whom, where somebody stands in."""
    absent = case.actor.on_behalf_of
    found = people.get(case.work, absent) if absent is not None else None
    return f"{case.actor.name}（代{found.name}）" if found else case.actor.name


def _deferral(window: Length) -> str:
    """When to ask for a deferral: a term of another place, or our own, obliges nobody here."""
    if window.kind == "rule":
        return f"应当在期限届满{window.value.label}前书面提出延期申请"
    return f"应当在期限届满前书面提出延期申请，请尽量提前{window.value.label}"


def _governments(case: Case, places: tuple[str, ...]) -> list[str]:
    found = (organisations.at_place(case.work, OrganisationKind.government, p) for p in places)
    return [g.name for g in found if g is not None]


def _copied(case: Case, others: tuple[str, ...], issuer: Organisation) -> Iterator[str]:
    """The governments of its places, who supervises and executes, the township, but unit and issuer."""
    yield from _governments(case, (case.root.place_code[:6], *others))
    executing = [p["n"] for p in case.parties if p["a"] == EXECUTING]
    for side in (*executing, case.root.department_id, case.root.township_id):
        if side not in (None, case.root.unit_id, issuer.id):
            yield case.organisations[side]["name"]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line)


def _kinds(text: str) -> tuple[str, ...]:
    """The kinds of hazard it was graded as, in words; of more than can be named, the first."""
    texts = {c.id: c.text for c in shipped_catalogue()}
    named = _lines(text)
    more = (f"等{len(named)}项",) if len(named) > MOST_LINES else ()
    return (*(texts.get(c, c) for c in named[:MOST_LINES]), *more)
