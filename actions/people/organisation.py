"""Organisations as an operator enters them; what cannot be is refused in a sentence."""

import re

from stdnum.cn import uscc

from guapai.errors import BadInput, Conflict
from guapai.text import half_width, one_line
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people.organisation import Organisation, OrganisationKind

_DIGITS = {OrganisationKind.township: (9, 12), OrganisationKind.enterprise: (6, 9, 12)}
"""How long the place code of a kind is; six digits where nothing else is said (GB/T 2260)."""


def kind_named(text: str) -> OrganisationKind:
    """The kind of an English name or a Chinese title. Raises BadInput for any other."""
    for kind in OrganisationKind:
        if text.strip() in (kind.value, kind.label):
            return kind
    known = ", ".join(f"{k.value} ({k.label})" for k in OrganisationKind)
    raise BadInput(f"there is no kind {text!r}; kinds: {known}")


def add_organisation(
    work: Work,
    kind: OrganisationKind,
    name: str,
    place_code: str,
    *,
    parent: Organisation | None = None,
    sector: str = "",
    credit_code: str = "",
    paper_code: str = "",
) -> Organisation:
    """Enter an organisation. ``parent`` is the next higher one; letters to an empty post go there.

    Raises BadInput for what cannot be, Conflict for a name, a credit code or an office of a place
    that is there already.
    """
    name = one_line(name)
    if not name:
        raise BadInput("an organisation needs a name")
    if organisations.named(work, name) is not None:
        raise Conflict(f"{name} is there already; see: guapai organisation list")
    code = _credit_code(work, kind, credit_code)
    place = half_width(place_code).strip()
    _check_place(work, kind, place, sector, name)
    values = {
        "kind": kind,
        "name": name,
        "place_code": place,
        "sector": one_line(sector),
        "credit_code": code,
        "parent_id": parent.id if parent else None,
        "paper_code": one_line(paper_code) or _paper_code(kind, name),
    }
    found = organisations.get(work, organisations.add(work, **values))
    assert found is not None
    return found


def _credit_code(work: Work, kind: OrganisationKind, text: str) -> str | None:
    code = half_width(text).strip().upper()
    if not code:
        return None
    if not uscc.is_valid(code):
        raise BadInput(f"{code} is no unified social credit code; check its 18 signs")
    other = organisations.of_credit_code(work, code)
    if other is not None:
        raise Conflict(f"{code} is the credit code of {other.name}")
    return code


def _check_place(work: Work, kind: OrganisationKind, place: str, sector: str, name: str) -> None:
    digits = _DIGITS.get(kind, (6,))
    if not re.fullmatch("[0-9]+", place) or len(place) not in digits:
        wanted = " or ".join(map(str, digits))
        raise BadInput(f"the place code of a {kind.value} has {wanted} digits (GB/T 2260)")
    if kind in (OrganisationKind.commission, OrganisationKind.government):
        other = organisations.at_place(work, kind, place)
        if other is not None:
            raise Conflict(f"{place} has a {kind.value} already: {other.name}")


def _paper_code(kind: OrganisationKind, name: str) -> str:
    """What begins the numbers of a commission's papers: its place without 市, 县 or 区."""
    if kind is not OrganisationKind.commission:
        return ""
    short = re.split(r"[市县区]?(?:安全生产|安委)", name)[0]
    return f"{short[-8:]}安督"
