"""Ledgers of hazards: an entry becomes a lead to be verified, once."""

import re
from collections.abc import Mapping
from typing import Any

from actions.act.administration import By
from actions.act.perform import perform
from actions.hand.facts import Subject
from actions.hazard import NOTED, identity_of
from actions.imports.cells import Cells, Unfit
from actions.imports.file import LedgerRow
from actions.imports.register import Register, plain
from actions.imports.words import HAZARDS
from guapai.clock import local_date
from guapai.personal import ERASED
from guapai.text import half_width, one_line
from law.grading import shipped_catalogue, standards
from statemachines.facts import Source
from storage import hazard as hazards
from storage.hazard import Hazard
from storage.people.organisation import Organisation

TITLE_LENGTH = 60
"""How much of a description becomes the title where the ledger has none (own)."""
MOST = {"title": 200, "description": 3600, "part": 4000, "address": 4000, "sector": 60}
"""What the columns hold, in signs; a description leaves room for what the ledger says beside it."""
CONTACT_MOST = 200
"""What the column of the contact holds, in signs."""

_ALREADY = (
    "台账中的这条隐患已经登记（编号{0}），但内容不同；请在该隐患中办理相应事项来更改，不要重复导入"
)


def take_hazard(register: Register, row: LedgerRow, by: By) -> bool:
    """Register an entry as a lead; False when it was there already with the same values.

    Raises Unfit before anything is written, or what `perform` raises.
    """
    assert by.actor is not None, "nobody reports a hazard without a name"
    cells = Cells(row, HAZARDS)
    unit = register.unit(cells)
    facts = _facts(register, cells, unit)
    cells.settle()
    identity = identity_of(
        facts["unit_id"], facts["place_code"], facts["description"], facts["found_on"]
    )
    key = (identity, plain(unit.name) if unit is not None and not unit.id else "")
    said = tuple((name, str(value)) for name, value in facts.items())
    if _is_known(register, cells, identity, facts) or register.has_met(key, said):
        return False
    if unit is not None:
        unit = _with_code(register, cells, unit)
    # what an act checks beyond its facts is who reports what for whom and where
    what = (facts["place_code"], facts["sector"], plain(unit.name) if unit is not None else "")
    if not register.has_tried(what):
        if unit is not None and not unit.id:
            facts["unit_id"] = register.enter(unit, facts["place_code"], facts["sector"])
        perform(register.work, Subject(noun="hazard"), "report_lead", facts, by.actor)
        register.tried(what)
    register.note(key, said)
    return True


def _with_code(register: Register, cells: Cells, unit: Organisation) -> Organisation:
    """The enterprise; one that a ledger brought in gets its code from a later entry."""
    code = cells.credit_code()
    if not code or unit.credit_code or unit.confirmed:
        return unit
    return register.complete(unit, credit_code=code)


def _facts(register: Register, cells: Cells, unit: Organisation | None) -> dict[str, Any]:
    """The facts of `report_lead`, as far as the entry is fit."""
    place = register.place(cells, otherwise=unit.place_code if unit else "")
    sector = cells.text("sector", MOST["sector"]) or (unit.sector if unit else "")
    if not sector:
        cells.fault("sector", "此项必填，请填写行业领域，如“水利”“工贸”")
    found_on = cells.day("found_on")
    if found_on is None:
        cells.fault("found_on", "此项必填，请写明年月日，如 2026-03-05")
    elif found_on > local_date(register.work.now):
        cells.fault("found_on", f"发现日期{found_on}晚于今天，请核对")
    return {
        **_words(cells),
        "part": cells.lines("part", MOST["part"]),
        "place_code": place,
        "address": cells.lines("address", MOST["address"]),
        "sector": sector,
        "source": Source.ledger,
        "found_on": found_on,
        "unit_id": unit.id if unit else None,
        "contact": _contact(cells),
    }


def _words(cells: Cells) -> dict[str, str]:
    """Title and description; where the ledger has only one of them, it serves for both."""
    title = cells.text("title", MOST["title"])
    description = cells.lines("description", MOST["description"]) or title
    if not description:
        cells.fault("title", "此项必填，请填写隐患名称或隐患描述")
    if not title:
        title = one_line(description.replace("\n", " "))
        title = title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
    said = [description]
    if origin := cells.text("origin", 200):
        said.append(f"{NOTED}来源：{origin}")
    if clauses := _clauses(cells):
        said.append(f"{NOTED}判定条款：{clauses}")
    return {"title": title, "description": "\n".join(said)}


def _clauses(cells: Cells) -> str:
    """The clauses an entry names, all of them known; a person decides later by grading."""
    known = {clause.id for clause in shipped_catalogue()}
    found: list[str] = []
    for part in re.split(r"[；;\n]", cells.lines("clauses", 160)):
        cited = re.findall(r"《([^》]*)》", part)
        if cited:
            _check_standards(cells, cited)
            found.append(one_line(part))
            continue
        for word in re.split(r"[、,，\s]+", part):
            plain_id = half_width(word).upper()
            if plain_id and plain_id not in known:
                cells.fault("clauses", f"没有“{word}”这一判定条款，请核对条款号，如 LA-工贸-01")
            found += [plain_id] if plain_id else []
    return "、".join(dict.fromkeys(found))


def _check_standards(cells: Cells, cited: list[str]) -> None:
    titles = [plain(standard.title) for standard in standards()]
    for title in cited:
        if not any(plain(title) in known or known in plain(title) for known in titles):
            cells.fault("clauses", f"没有登记《{title}》这一判定标准，请核对名称")


def _contact(cells: Cells) -> str | None:
    said = " ".join(v for v in (cells.text("contact"), cells.text("phone")) if v)
    if len(said) > CONTACT_MOST:
        cells.fault("contact", f"超过{CONTACT_MOST}字，请缩短")
    return said or None


def _is_known(register: Register, cells: Cells, identity: str, facts: Mapping[str, Any]) -> bool:
    """Whether the lead is there with these values. Raises Unfit where it has others."""
    known = hazards.identified(register.work, identity)
    if any(_says(cells, hazard, facts) for hazard in known):
        return True
    if known:
        raise Unfit([("", _ALREADY.format(known[0].number))])
    return False


def _says(cells: Cells, known: Hazard, facts: Mapping[str, Any]) -> bool:
    """Whether a hazard has the values of an entry; what the entry leaves open, it does not deny."""
    stated = {"place_code": "place", "sector": "sector", "unit_id": "unit"}
    for column in ("title", "description", "part", "address", "sector", "place_code", "unit_id"):
        if column in stated and not cells.text(stated[column]):
            continue
        if plain(str(getattr(known, column))) != plain(str(facts[column])):
            return False
    return known.contact == ERASED or plain(known.contact or "") == plain(facts["contact"] or "")
