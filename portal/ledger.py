"""The ledger (台账): search, filters, sorting, pages, and a workbook of exactly what is shown."""

import io
from collections.abc import Hashable, Mapping
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace as Shown
from urllib.parse import quote, urlencode

from starlette.responses import Response

from actions.exports.export import Column, Table
from actions.exports.file import write_xlsx
from guapai.clock import local_date
from guapai.text import half_width, one_line
from law.place import head_of
from portal.web.language import Translate
from portal.web.may import IN_POST
from portal.web.page import Answer, Way, page
from portal.web.rendering import line
from portal.web.visit import Visit
from portal.words.wording import countdown
from statemachines.facts import Level
from statemachines.hazard import HazardState
from statemachines.nouns import NOUNS
from storage.database.work import Work
from storage.hazard import Grade
from storage.history import reading
from storage.history.reading import Looked
from storage.people import organisation
from storage.people.organisation import OrganisationKind
from storage.questions import ledger
from storage.questions.wanted import Line, Wanted

STAGES = {"open": "在办", "late": "有逾期", "ended": "已办结"}
MOST_PLACES = 100
ALL_PLACES = 10_000
"""More than there are counties and cities in the country."""
SORTS = {"new": "最新登记在前", "deadline": "期限最早在前（未办结）"}
GRADES = {g.value: g.label for g in Grade}
_LEVELS = {k.value: k.label for k in Level}
_STATES = {s.value: s.label for s in HazardState}
_CHOICES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "stage": ("进度", STAGES),
    "state": ("状态", _STATES),
    "grade": ("等级", GRADES),
    "level": ("挂牌级别", _LEVELS),
    "sort": ("排序", SORTS),
}
"""What narrows and sorts the ledger: each with its title, and its values with theirs."""


@page(
    "/ledger",
    may=IN_POST,
    template="ledger/ledger.html",
    way=Way(rank=2, icon="clipboard-list", title="台账", cases=True),
)
def show_ledger(visit: Visit) -> Answer:
    """The rows that are wanted, page by page; everything that narrows them stands in the address."""
    wanted, known = wanted_of(visit), places(visit)
    found = ledger.page(visit.work, visit.scope, wanted)
    rows, more = found[: ledger.PAGE], len(found) > ledger.PAGE
    asked = _said(wanted)
    following = {**asked, "after": _key(wanted, rows[-1])} if more else {}
    return {
        "rows": [_row(visit.t, r, visit.work.now) for r in rows],
        "wanted": wanted,
        "narrowed": bool(asked),
        "chosen": _chosen(wanted, known),
        "short": wanted.too_short,
        "choices": _choices(wanted, known, visit.scope.handles),
        "following": f"/ledger?{urlencode(following)}" if more else "",
        "workbook": f"/ledger.xlsx?{urlencode(asked)}",
        "later": wanted.after is not None,
    }


def _choices(
    wanted: Wanted, known: list[tuple[str, str]], handles: tuple[tuple[str, str], ...]
) -> list[dict[str, Hashable]]:
    """The filters with what can be chosen; the place before the sorting, where there are several."""
    found = {n: (title, tuple(options.items())) for n, (title, options) in _CHOICES.items()}
    kinds = roots(handles)
    if wanted.noun != "hazard":
        found = {"stage": found["stage"]}
        found["state"] = ("状态", tuple(_titles(wanted.noun).items()))
    if len(kinds) > 1:
        found = {"noun": ("案件类别", tuple(kinds.items())), **found}
    if known:
        found["place"] = ("所在地", tuple(known))
    if "sort" in found:
        found["sort"] = found.pop("sort")
    return [
        {"name": n, "title": title, "options": options, "value": getattr(wanted, n)}
        for n, (title, options) in found.items()
    ]


def _chosen(wanted: Wanted, known: list[tuple[str, str]]) -> list[str]:
    """What narrows the ledger, in words, beside the filters that are folded away."""
    names = ("stage", "state", "grade", "level")
    said = [_CHOICES[n][1].get(getattr(wanted, n), "") for n in names]
    said.append(dict(known).get(wanted.place, ""))
    return [s for s in [*said, SORTS[wanted.sort] if wanted.sort != "new" else ""] if s]


def roots(handles: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The kinds of cases there are, with their titles; hidden ones only for those who handle them."""
    return {
        n.name: n.title
        for n in NOUNS.values()
        if n.root and (not n.hidden or n.name in dict(handles))
    }


@cache
def _titles(noun: str) -> dict[str, str]:
    return {str(s): s.label for s in NOUNS[noun].procedure.states}


def wanted_of(visit: Visit) -> Wanted:
    """What the address asks for; what is not known in it counts as not said."""
    said = {n: visit.query(n) for n in ("stage", "state", "grade", "level", "sort")}
    noun = visit.query("noun") if visit.query("noun") in roots(visit.scope.handles) else "hazard"
    options = {n: known for n, (_, known) in _CHOICES.items()} | {"state": _titles(noun)}
    known = {n: v if v in options[n] else "" for n, v in said.items()}
    place = visit.query("place")
    text = one_line(visit.query("text"))[:60]
    return Wanted(
        noun=noun,
        text=half_width(text) if text.isascii() is False and half_width(text).isascii() else text,
        place=place if place.isascii() and place.isdecimal() and len(place) == 6 else "",
        sector=one_line(visit.query("sector"))[:60],
        after=_after(visit.query("after"), known["sort"]),
        **{**known, "sort": known["sort"] if known["sort"] and noun == "hazard" else "new"},
    )


def _after(text: str, sort: str) -> tuple[str, int] | None:
    """Where the page before ended; what cannot be read is the beginning."""
    day, _, number = text.rpartition("~")
    try:
        date.fromisoformat(day if sort == "deadline" else "2000-01-01")
    except ValueError:
        return None
    return (day, int(number)) if number.isdecimal() and len(number) <= 18 else None


def _key(wanted: Wanted, row: Line) -> str:
    day, number = ledger.key_of(wanted, row)
    return f"{day}~{number}"


def _said(wanted: Wanted) -> dict[str, str]:
    names = ("text", "stage", "state", "grade", "level", "place", "sector")
    out = {n: getattr(wanted, n) for n in names if getattr(wanted, n)}
    out |= {"noun": wanted.noun} if wanted.noun != "hazard" else {}
    return {**out, "sort": wanted.sort} if wanted.sort != "new" else out


def places(visit: Visit) -> list[tuple[str, str]]:
    """The counties within the visitor's place, where there are several and not too many to choose from.

    Beyond that a place is found by its code in the search (341502).
    """
    entry = visit.entry
    if entry is None or (visit.scope.column not in ("", "place")):
        return []
    kind, head = OrganisationKind.government, head_of(entry.place_code or "")
    if len(head) > 4 and visit.scope.column:
        return []
    head = head if visit.scope.column else ""
    found = organisation.below(visit.work, kind, head, MOST_PLACES + 1)
    if len(found) > MOST_PLACES:
        return []
    return [(o.place_code, o.name.removesuffix("人民政府")) for o in found]


def _row(t: Translate, row: Line, now: datetime) -> Shown:
    days = (row.deadline - local_date(now)).days if row.deadline and not row.closed_at else None
    return Shown(
        id=row.id,
        number=row.number,
        title=line(row.title),
        unit=line(row.unit or ""),
        state=t(_titles(row.noun)[row.state]),
        late=row.late,
        grade=t(GRADES[row.grade]) if row.grade else "",
        level=t(_LEVELS[row.level]) if row.level else "",
        deadline=row.deadline.isoformat() if row.deadline else "",
        left="" if days is None else t(countdown(days, late=days < 0)[1]),
        tone=" bad" if days is not None and days < 0 else "",
        department=line(row.department or ""),
    )


_COLUMNS = (
    Column("number", "编号"),
    Column("title", "隐患名称"),
    Column("unit", "责任单位"),
    Column("place_code", "所在地代码"),
    Column("sector", "行业领域"),
    Column("state", "状态", lambda row, value: _titles(row["noun"]).get(value, value)),
    Column("grade", "等级", lambda row, value: GRADES.get(value, value)),
    Column("level", "挂牌级别", lambda row, value: _LEVELS.get(value, value)),
    Column("deadline", "治理期限"),
    Column("late", "有逾期事项"),
    Column("department", "监管部门"),
    Column("found_on", "发现日期"),
    Column("created_at", "登记时间"),
    Column("closed_at", "办结时间"),
)


@page("/ledger.xlsx", may=IN_POST, works=True)
def hand_out(visit: Visit) -> Answer:
    """The same rows as a workbook without formulas; who took it is written down first."""
    wanted, day = wanted_of(visit), local_date(visit.house.clock())
    with visit.writing() as work:
        names = _places_below(work, visit.scope.low)
        reading.note(work, visit.actor, Looked.export, detail=urlencode(_said(wanted)))
    rows = ledger.every(visit.house.engine, visit.house.clock, visit.scope, wanted)
    out = io.BytesIO()
    write_xlsx(Table("隐患台账", _columns(names), rows), out)
    return Response(
        out.getvalue(),
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={
            "Content-Disposition": f"attachment; filename=ledger-{day}.xlsx; "
            f"filename*=UTF-8''{quote(f'隐患台账-{day}.xlsx')}"
        },
    )


def _places_below(work: Work, head: str) -> dict[str, str]:
    """What the places are called whose codes begin so, by their codes."""
    found = organisation.below(work, OrganisationKind.government, head, ALL_PLACES)
    return {o.place_code: o.name.removesuffix("人民政府") for o in found}


def _columns(names: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns of the workbook: the name of each place stands beside its code."""
    named = Column("place_code", "所在地", lambda row, code: names.get(code[:6], ""))
    nth = next(i for i, c in enumerate(_COLUMNS) if c.name == "place_code")
    return (*_COLUMNS[:nth], named, *_COLUMNS[nth:])
