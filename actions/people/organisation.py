"""Organisations as an operator enters them; what cannot be is refused in a sentence."""

import re

from stdnum.cn import uscc

from actions.act.administration import By, check_place, note
from guapai.errors import BadInput, Conflict
from guapai.text import half_width, one_line
from statemachines.noted import Administered
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people.organisation import Organisation, OrganisationKind

_DIGITS = {OrganisationKind.township: (9, 12), OrganisationKind.enterprise: (6, 9, 12)}
"""How long the place code of a kind is; six digits where nothing else is said (GB/T 2260)."""


def kind_named(text: str) -> OrganisationKind:
    """The kind of an English name, a Chinese title or a part of it (街道). Raises BadInput."""
    wanted = half_width(text).strip()
    for kind in OrganisationKind:
        title = half_width(kind.label)
        if wanted and wanted in (kind.value, title, *re.split("[(、)]", title)):
            return kind
    known = ", ".join(f"{k.value} ({k.label})" for k in OrganisationKind)
    raise BadInput(f"there is no kind {text!r}; kinds: {known}")


def add_organisation(
    work: Work,
    by: By,
    kind: OrganisationKind,
    name: str,
    place_code: str,
    *,
    parent: Organisation | None = None,
    sector: str = "",
    credit_code: str = "",
    paper_code: str = "",
    phone: str = "",
) -> Organisation:
    """Enter an organisation. ``parent`` is the next higher one; letters to an empty post go there.

    Raises BadInput for what cannot be, Conflict for a name, a credit code or an office of a place
    that is there already, NotAllowed for a place beyond who administers.
    """
    name = one_line(name)
    if not name:
        raise BadInput("an organisation needs a name")
    if organisations.named(work, name) is not None:
        raise Conflict(f"{name} is there already; see: guapai organisation list")
    code = _credit_code(work, kind, credit_code)
    place = half_width(place_code).strip()
    _check_place(work, kind, place, sector, name)
    check_place(by, place, name)
    values = {
        "kind": kind,
        "name": name,
        "place_code": place,
        "sector": one_line(sector),
        "credit_code": code,
        "parent_id": parent.id if parent else None,
        "paper_code": one_line(paper_code) or _paper_code(kind, name),
        "phone": _phone(phone),
    }
    found = organisations.get(work, organisations.add(work, **values))
    assert found is not None
    told = {k: v for k, v in values.items() if k not in ("paper_code", "phone") or v}
    note(work, by, "organisation", found.id, Administered.enter, told)
    return found


def set_phone(work: Work, by: By, organisation: Organisation, phone: str) -> None:
    """Enter the number that letters about decisions of an organisation name.

    Raises BadInput for what is no number, NotAllowed for a place beyond who administers.
    """
    check_place(by, organisation.place_code, organisation.name)
    number = _phone(phone)
    organisations.complete(work, organisation.id, phone=number)
    note(work, by, "organisation", organisation.id, Administered.change, {"phone": number})


def _phone(text: str) -> str:
    number = half_width(text).strip()
    if number and not re.fullmatch(r"[0-9+][0-9 ,/()-]{2,58}", number):
        raise BadInput(f"{text!r} is no phone number, such as 0564-3330000")
    return number


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
    if not fits_place(kind, place):
        wanted = " or ".join(map(str, digits_of(kind)))
        raise BadInput(f"the place code of a {kind.value} has {wanted} digits (GB/T 2260)")
    other = only_one(work, kind, place)
    if other is not None:
        raise Conflict(f"{place} has a {kind.value} already: {other.name}")


def digits_of(kind: OrganisationKind) -> tuple[int, ...]:
    """How many digits the place code of a kind may have."""
    return _DIGITS.get(kind, (6,))


def fits_place(kind: OrganisationKind, place: str) -> bool:
    """Whether a place code can be that of an organisation of a kind."""
    return bool(re.fullmatch("[0-9]+", place)) and len(place) in digits_of(kind)


def only_one(work: Work, kind: OrganisationKind, place: str) -> Organisation | None:
    """The commission or government that a place has already: it has one of each."""
    if kind in (OrganisationKind.commission, OrganisationKind.government):
        return organisations.at_place(work, kind, place)
    return None


def _paper_code(kind: OrganisationKind, name: str) -> str:
    """What begins the numbers of a commission's papers: its place without 市, 县 or 区."""
    if kind is not OrganisationKind.commission:
        return ""
    short = re.split(r"[市县区]?(?:安全生产|安委)", name)[0]
    return f"{short[-8:]}安督"
