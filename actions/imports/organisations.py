"""Ledgers of organisations: a city's commissions, governments, departments and townships, in any order."""

import re
from typing import Any

from actions.act.administration import By
from actions.imports.cells import Cells, Later, Unfit
from actions.imports.file import LedgerRow
from actions.imports.register import Register, plain
from actions.imports.words import ORGANISATIONS
from actions.people.organisation import (
    add_organisation,
    digits_of,
    fits_place,
    kind_named,
    only_one,
)
from guapai.errors import BadInput
from guapai.text import half_width
from storage.people import organisation as organisations
from storage.people.organisation import Organisation, OrganisationKind

_MOST = {"unit": 200, "sector": 60, "paper_code": 40}
"""What the columns of an organisation hold, in signs."""
_ALREADY = "“{0}”已登记，{1}是“{2}”，台账写的是“{3}”，是哪一个？请核对后再导入"


def take_organisation(register: Register, row: LedgerRow, by: By) -> bool:
    """Enter an organisation; False when it was there already with the same values.

    Raises Later where its parent is not there yet, Unfit for what cannot be.
    """
    cells = Cells(row, ORGANISATIONS)
    name = cells.text("unit", _MOST["unit"])
    if not name:
        cells.fault("unit", "此项必填，请填写机构全称")
    kind = _kind(cells)
    place = re.sub(r"\s", "", half_width(cells.text("place")))
    if not place.isdecimal():
        place = register.place(cells)
    said = {n: cells.text(n, _MOST[n]) for n in ("sector", "paper_code")}
    code = cells.credit_code()
    known = _called(register, name)
    if known is None and kind is not None and place:
        _check_place(register, cells, kind, place)
    if known is not None and kind is not None:
        _contradict(cells, known, {"kind": kind, "place_code": place, **said, "credit_code": code})
    cells.settle()
    assert kind is not None, "a row without a kind has a fault"
    parent = _parent(register, cells, by)
    if known is not None:
        if parent is not None and parent.id != (known.parent_id or 0):
            raise Unfit([("parent", f"“{name}”已登记，上级机构不同，请核对后再导入")])
        return False
    found = add_organisation(
        register.work, by, kind, name, place, parent=parent, credit_code=code, **said
    )
    if register.rehearsal is not None:
        register.rehearsal.organisations[plain(name)] = found.model_copy(update={"id": 0})
    return True


def _check_place(register: Register, cells: Cells, kind: OrganisationKind, place: str) -> None:
    if not fits_place(kind, place):
        wanted = "或".join(map(str, digits_of(kind)))
        cells.fault("place", f"{kind.label}的行政区划代码应为{wanted}位数字，台账写的是“{place}”")
        return
    entered = register.rehearsal.organisations.values() if register.rehearsal else ()
    other = only_one(register.work, kind, place) or next(
        (o for o in entered if _is_there(o, kind, place)), None
    )
    if other is not None:
        cells.fault("place", f"{place}已登记{kind.label}“{other.name}”，一地只有一个，请核对")


def _is_there(other: Organisation, kind: OrganisationKind, place: str) -> bool:
    """Whether an organisation is the commission or government of a place."""
    alone = kind in (OrganisationKind.commission, OrganisationKind.government)
    return alone and (other.kind, other.place_code) == (kind, place)


def _kind(cells: Cells) -> OrganisationKind | None:
    text = cells.text("kind")
    try:
        return kind_named(text)
    except BadInput:
        titles = "、".join(k.label for k in OrganisationKind)
        cells.fault("kind", f"没有“{text}”这一机构类别，可填：{titles}")
        return None


def _called(register: Register, name: str) -> Organisation | None:
    found = organisations.named(register.work, name) if name else None
    if found is None and register.rehearsal is not None:
        return register.rehearsal.organisations.get(plain(name))
    return found


def _contradict(cells: Cells, known: Organisation, said: dict[str, Any]) -> None:
    """What is registered is changed by a person, not by a ledger."""
    titles = {"kind": "kind", "place_code": "place"}
    for name, value in said.items():
        there = getattr(known, name) or ""
        if value and value != there:
            field = titles.get(name, name)
            told = _ALREADY.format(known.name, cells.title(field), there, value)
            cells.fault(field, told)


def _parent(register: Register, cells: Cells, by: By) -> Organisation | None:
    """The next higher organisation; one that only a dry run has entered is looked for in vain."""
    text = cells.text("parent", _MOST["unit"])
    if not text:
        return None
    found = register.organisations(text)
    if (
        not found
        and register.rehearsal is not None
        and plain(text) in register.rehearsal.organisations
    ):
        return None
    if not found:
        said = f"没有登记“{text}”这个上级机构，本台账中也没有可以登记的，请核对全称"
        raise Later([("parent", said)])
    if len(found) > 1:
        raise Unfit([("parent", f"登记了不止一家“{text}”，请填写统一社会信用代码")])
    return found[0]
