"""Plain ledgers become leads: each row an act of its own, the same row never twice."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from actions.act import perform
from actions.facts import Subject
from actions.ledger_file import LedgerRow, read_ledger
from guapai.clock import Clock
from guapai.errors import BadInput, GuapaiError, KeyReused
from guapai.people import Actor
from guapai.text import half_width, many_lines, one_line
from statemachines.facts import Source
from storage import act as acts
from storage import hazard as hazards
from storage import organisation as organisations
from storage.engine import Engine
from storage.event import canonical
from storage.organisation import Organisation, OrganisationKind
from storage.work import Work, unit_of_work

__all__ = ["LedgerRow", "Rejection", "Report", "import_ledger", "read_ledger"]

TITLE_LENGTH = 60
"""How much of a description becomes the title where the ledger has none (own)."""
MOST = {"title": 200, "description": 4000, "part": 4000, "address": 4000, "sector": 200}
"""What the columns of a hazard hold, in signs."""
CONTACT_MOST = 200
"""What the column of the contact holds, in signs."""

_TITLES = {
    "title": "隐患名称",
    "place": "所在地",
    "sector": "行业领域",
    "unit": "责任单位",
    "found_on": "发现日期",
    "contact": "联系人",
}
_EMPTY = frozenset({"", "无", "(无)", "/", "-", "--", "—", "——", "暂无", "无主体", "无责任单位"})
_BROKEN = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]|(\d{2})(\d{2}))"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)
_ALREADY = "台账中的这条隐患已经登记，但内容不同；请在该隐患中办理相应事项来更改，不要重复导入"


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A row that was not taken, and what to do. ``column`` is empty where it is the whole row."""

    row: int
    column: str
    message: str


@dataclass(kw_only=True)
class Report:
    """What became of a ledger: each row read was imported, unchanged or rejected."""

    read: int = 0
    imported: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)


class _Unfit(BadInput):
    """A value that cannot be taken, and the field it stands in."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def import_ledger(engine: Engine, path: Path, actor: Actor, clock: Clock) -> Report:
    """Register each row of a ledger as a lead, each in a transaction of its own.

    Raises BadInput when the file cannot be read; a faulty row is rejected and stops nothing.
    """
    report = Report()
    for row in read_ledger(path):
        report.read += 1
        try:
            with unit_of_work(engine, clock) as work:
                known = _register(work, row, actor)
            report.unchanged += known
            report.imported += not known
        except GuapaiError as error:
            report.rejected.append(_rejection(row, error))
    return report


def _rejection(row: LedgerRow, error: GuapaiError) -> Rejection:
    if isinstance(error, KeyReused):
        return Rejection(row=row.number, column="", message=_ALREADY)
    column = ""
    if isinstance(error, _Unfit):
        column = row.headers.get(error.field, _TITLES.get(error.field, ""))
    return Rejection(row=row.number, column=column, message=str(error))


def _register(work: Work, row: LedgerRow, actor: Actor) -> bool:
    """Register a row; True when it had been registered before with the same values."""
    facts = _facts(work, row)
    key = _key(facts)
    if acts.find(work, actor.person_id or 0, "hazard.report_lead", key) is None:
        # keys are one person's and are forgotten in time; the hazard itself stays
        there = _registered(work, facts)
        if any(_says(known, facts) for known in there):
            return True
        if there:
            raise BadInput(f"{_ALREADY}（编号{there[0].number}）")
    done = perform(work, Subject(noun="hazard"), "report_lead", facts, actor, key=key)
    return done.replayed


def _registered(work: Work, facts: dict[str, Any]) -> list[hazards.Hazard]:
    same = hazards.same(work, facts["title"], facts["place_code"], facts["found_on"])
    return [h for h in same if h.unit_id == facts["unit_id"]]


def _says(known: hazards.Hazard, facts: dict[str, Any]) -> bool:
    columns = ("description", "part", "address", "sector")
    return all(getattr(known, c) == facts[c] for c in columns)


def _key(facts: dict[str, Any]) -> str:
    """The key of a row: whose or where, which hazard, when found; spelling does not count."""
    title = re.sub(r"\s", "", half_width(facts["title"])).casefold()
    whose = ["unit", facts["unit_id"]] if facts["unit_id"] else ["place", facts["place_code"]]
    said = canonical([*whose, title, facts["found_on"].isoformat()])
    return f"ledger:{hashlib.sha256(said.encode()).hexdigest()}"


def _facts(work: Work, row: LedgerRow) -> dict[str, Any]:
    """The facts of `report_lead`. Raises BadInput for the first value that cannot be taken."""
    for name, value in row.values.items():
        if _BROKEN.fullmatch(value):
            raise _Unfit(name, f"单元格显示公式错误“{value}”，请改正后再导入")
    unit = _unit(work, _value(row, "unit"))
    facts: dict[str, Any] = {
        **_words(row),
        "part": _value(row, "part"),
        "place_code": _place(work, _value(row, "place"), unit),
        "address": _value(row, "address"),
        "sector": _sector(_value(row, "sector"), unit),
        "source": Source.ledger,
        "found_on": _found_on(_value(row, "found_on")),
        "unit_id": unit.id if unit else None,
        "contact": _contact(row),
    }
    for name, most in MOST.items():
        if len(facts[name]) > most:
            raise _Unfit(name, f"超过{most}字，请缩短")
    return facts


def _value(row: LedgerRow, name: str) -> str:
    """The cell on one line; the usual signs for nothing are nothing."""
    text = one_line(row.values.get(name, "").replace("\n", " "))
    return "" if half_width(text) in _EMPTY else text


def _words(row: LedgerRow) -> dict[str, str]:
    """Title and description; where the ledger has only one of them, it serves for both."""
    title, description = _value(row, "title"), many_lines(row.values.get("description", ""))
    description = title if half_width(description) in _EMPTY else description
    if not description:
        raise _Unfit("title", "此项必填，请填写隐患名称或隐患描述")
    if not title:
        title = one_line(description.replace("\n", " "))
        title = title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
    origin = _value(row, "origin")
    said = f"{description}\n台账所载来源：{origin}" if origin else description
    return {"title": title, "description": said}


def _contact(row: LedgerRow) -> str | None:
    said = " ".join(v for v in (_value(row, "contact"), _value(row, "phone")) if v)
    if len(said) > CONTACT_MOST:
        raise _Unfit("contact", f"超过{CONTACT_MOST}字，请缩短")
    return said or None


def _found_on(text: str) -> date:
    if not text:
        raise _Unfit("found_on", "此项必填，请写明年月日，如 2026-03-05")
    plain = re.sub(r"\s*([-/.年月日号])\s*", r"\1", half_width(text))
    match = _DAY.fullmatch(plain)
    if match is None:
        raise _Unfit("found_on", f"“{text}”不是确切的日期，请写明年月日，如 2026-03-05")
    year, month, day = (int(g) for g in match.groups() if g and g.isdigit())
    try:
        return date(year, month, day)
    except ValueError:
        raise _Unfit("found_on", f"没有“{text}”这一天，请核对后写明年月日") from None


def _unit(work: Work, text: str) -> Organisation | None:
    """The enterprise of that name, however its brackets are typed; None for no name."""
    if not text:
        return None
    narrow = half_width(text)
    wide = narrow.replace("(", "（").replace(")", "）")
    for name in (text, wide, narrow):
        found = organisations.named(work, name)
        if found is not None and found.kind == OrganisationKind.enterprise:
            return found
        if found is not None:
            raise _Unfit("unit", f"“{text}”不是企业；没有责任企业的隐患，此项请留空或填“（无）”")
    raise _Unfit("unit", f"没有登记名为“{text}”的单位，请核对全称，或先登记该单位再导入")


def _sector(text: str, unit: Organisation | None) -> str:
    said = text or (unit.sector if unit else "")
    if not said:
        raise _Unfit("sector", "此项必填，请填写行业领域，如“水利”“工贸”")
    return said


def _place(work: Work, text: str, unit: Organisation | None) -> str:
    """The code of the place: as written, by its name, or that of the unit."""
    if not text and unit is not None:
        return unit.place_code
    if not text:
        raise _Unfit("place", "此项必填，请填写行政区划代码或县区名称")
    plain = half_width(text)
    code = _known_code(work, plain) if re.fullmatch(r"[0-9]+", plain) else _code_of(work, plain)
    if code is None:
        raise _Unfit("place", f"没有登记“{text}”这一所在地，请核对行政区划代码或县区全称")
    return code


def _known_code(work: Work, code: str) -> str | None:
    if len(code) not in (6, 9, 12):
        return None
    found = organisations.at_place(work, OrganisationKind.government, code)
    return code if found else None


_GOVERNS = (OrganisationKind.government, OrganisationKind.township)


def _code_of(work: Work, name: str) -> str | None:
    """The place of a name, also behind the names of its province and city, which must be right."""
    whole = organisations.named(work, f"{name}人民政府")
    if whole is not None and whole.kind in _GOVERNS:
        return whole.place_code
    parts = re.fullmatch(r"(.+?[省市])(.+)", name)
    if parts is None:
        return None
    upper, code = parts[1], _code_of(work, parts[2])
    above = None if upper.endswith("省") else _code_of(work, upper)
    inside = above is not None and code is not None and code.startswith(above[:4])
    return code if upper.endswith("省") or inside else None
