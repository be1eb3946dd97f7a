"""The ledger of hazards (台账): searched, narrowed, sorted, page by page, always within a scope."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from guapai.clock import Clock
from statemachines.duty import DutyState
from storage import case, duty, hazard, paper
from storage.database import gram
from storage.database.columns import word
from storage.database.engine import Engine
from storage.database.statement import Question
from storage.database.work import Work, unit_of_work
from storage.people.organisation import Organisation
from storage.questions.scope import Scope
from storage.questions.wanted import ENDING, Line, Wanted

PAGE = 50
_SERIES = case.series_of("hazard", "")
_C, _H, _D, _G, _N = case.TABLE, hazard.TABLE, duty.TABLE, gram.TABLE, paper.SERIES
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_BIG = sa.BigInteger()
_COUNTY = 6
"""Digits of a county's code."""
_NOW = sa.bindparam("now", type_=_D.c.due_at.type)
_LATE = sa.exists().where(
    _D.c.case_id == _C.c.id, _D.c.state == word(DutyState.open), _D.c.due_at <= _NOW
)
_DAY = _H.c.deadline.type


_OWN = ("grade", "level", "sector")
"""What is asked of a hazard's own row; anything else stands with its case."""
_SIMPLE = ("state", *_OWN)
_QUESTIONS: dict[tuple[object, ...], Question] = {}


def page(work: Work, scope: Scope, wanted: Wanted, most: int = PAGE + 1) -> list[Line]:
    """The next rows: one more than a page shows, if there are."""
    shape = (
        scope.shape,
        most,
        _others(wanted),
        _is_narrow(scope, wanted),
        tuple(bool(getattr(wanted, n)) for n in _SIMPLE),
        *(bool(wanted.place), wanted.stage, wanted.sort, len(wanted.grams)),
        *(wanted.by_number, wanted.by_ending, wanted.too_short, wanted.after is not None),
    )
    if shape not in _QUESTIONS:
        _QUESTIONS[shape] = Question(_statement(scope, wanted, most))
    return work.look(
        _QUESTIONS[shape], Line, **scope.parameters(), **_given(wanted, scope), now=work.now
    )


_OF_CASE = ("id", "noun", "number", "title", "place_code", "created_at", "closed_at", "state")
_OF_HAZARD = ("sector", "found_on", "deadline")


def _statement(scope: Scope, wanted: Wanted, most: int) -> Any:
    """First which hazards, by index where one will do; then what is shown of them, for one page."""
    found = _listed(scope, wanted, most).subquery("found")
    c, h = _C.alias("c"), _H.alias("h")
    first_due = sa.select(sa.func.min(_D.c.due_at)).where(
        _D.c.case_id == c.c.id, _D.c.state == word(DutyState.open)
    )
    late = sa.func.coalesce(first_due.scalar_subquery() <= _NOW, sa.false())
    statement = sa.select(
        *(c.c[n] for n in _OF_CASE),
        *(h.c[n] for n in _OF_HAZARD),
        *(sa.cast(h.c[n], sa.Text).label(n) for n in ("grade", "level")),
        _name(c.c.unit_id).label("unit"),
        _name(c.c.department_id).label("department"),
        sa.type_coerce(late, sa.Boolean).label("late"),
    )
    statement = statement.join_from(found, c, c.c.id == found.c.id).join(
        h, h.c.id == c.c.id, isouter=_others(wanted)
    )
    if wanted.sort == "deadline":
        return statement.order_by(h.c.deadline, h.c.id)
    return statement.order_by(c.c.id.desc())


def _name(organisation_id: sa.ColumnElement[int]) -> Any:
    """An organisation's name, looked up for each row: for a join PostgreSQL may read them all."""
    return sa.select(_O.c.name).where(_O.c.id == organisation_id).scalar_subquery()


def _listed(scope: Scope, wanted: Wanted, most: int) -> Any:
    """The hazards of one page. How many is written out: PostgreSQL plans for what it can read."""
    if not scope.arms():
        return sa.select(_C.c.id).where(sa.false())
    if _is_narrow(scope, wanted):
        return _words_in_a_county(scope, wanted, most)
    arms = [_arm(condition, wanted, most) for condition in scope.arms()]
    if len(arms) == 1:
        return arms[0]
    parts = [sa.select(*sub.c) for sub in (arm.subquery() for arm in arms)]
    both = sa.union_all(*parts).subquery("both")
    order = (both.c.deadline, both.c.id) if wanted.sort == "deadline" else (both.c.id.desc(),)
    return sa.select(both.c.id).order_by(*order).limit(sa.literal_column(str(most)))


def _arm(condition: sa.ColumnElement[bool], wanted: Wanted, most: int) -> Any:
    """The first page of what one part of a scope holds."""
    by_deadline = wanted.sort == "deadline"
    newest = _G.c.case_id if wanted.grams else _C.c.id
    columns = [newest.label("id"), *([_H.c.deadline] if by_deadline else [])]
    statement = (
        sa.select(*columns)
        .select_from(_found(wanted))
        .where(condition, *_conditions(wanted))
        .limit(sa.literal_column(str(most)))
    )
    if by_deadline:
        return statement.order_by(_H.c.deadline, _H.c.id)
    return statement.order_by(newest.desc())


def _is_narrow(scope: Scope, wanted: Wanted) -> bool:
    """Whether words are looked for in one county: few enough hazards to ask each for the words."""
    county = bool(wanted.place) or (scope.column == "place" and len(scope.low) >= _COUNTY)
    return bool(wanted.grams) and wanted.sort == "new" and county


def _words_in_a_county(scope: Scope, wanted: Wanted, most: int) -> Any:
    """The newest of the county come first and are asked for the words until the page is full."""
    others = replace(wanted, text="")
    arms = [
        sa.select(_C.c.id).select_from(_found(others)).where(arm, *_conditions(others))
        for arm in scope.arms()
    ]
    there = sa.union_all(*arms).subquery("there")
    near = sa.select(there.c.id).order_by(there.c.id.desc()).subquery("near")
    return (
        sa.select(near.c.id)
        .where(
            *(
                sa.select(_G.c.case_id)
                .where(_G.c.gram == sa.bindparam(f"gram{nth}", type_=_BIG))
                .where(_G.c.case_id == near.c.id)
                .scalar_subquery()
                .is_not(None)
                for nth in range(len(wanted.grams))
            )
        )
        .order_by(near.c.id.desc())
        .limit(sa.literal_column(str(most)))
    )


def _others(wanted: Wanted) -> bool:
    """Whether roots of another noun are wanted, which have no row among the hazards."""
    return wanted.noun != "hazard"


def _found(wanted: Wanted) -> Any:
    """Cases, reached by the first pair of signs where there is one.

    The rows of hazards are read only where something is asked of them: what all cases have says the rest.
    """
    found: Any = _G.join(_C, _C.c.id == _G.c.case_id) if wanted.grams else _C
    return found.join(_H, _H.c.id == _C.c.id) if _reads_hazards(wanted) else found


def _reads_hazards(wanted: Wanted) -> bool:
    """With words the rows are read too: by noun PostgreSQL would go through all cases instead."""
    if _others(wanted):
        return False
    own = any(getattr(wanted, n) for n in _OWN)
    return own or wanted.sort == "deadline" or bool(wanted.grams)


def _conditions(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    if _others(wanted):
        yield _C.c.noun == sa.bindparam("noun", type_=sa.Text)
    elif not _reads_hazards(wanted):
        yield _C.c.noun == sa.literal_column("'hazard'")
    yield from _worded(wanted)
    if wanted.place or wanted.by_number:
        yield _C.c.place_code >= sa.bindparam("place", type_=sa.Text)
        yield _C.c.place_code < sa.bindparam("place_end", type_=sa.Text)
    for name in _SIMPLE:
        if getattr(wanted, name):
            column = _C.c.state if name == "state" else _H.c[name]
            yield column == sa.bindparam(name, type_=column.type)
    yield from _staged(wanted)
    if wanted.after is not None:
        yield _after(wanted)


def _worded(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    for nth in range(len(wanted.grams)):
        pair = sa.bindparam(f"gram{nth}", type_=_BIG)
        if nth == 0:
            yield _G.c.gram == pair
            continue
        other = _G.alias(f"g{nth}")
        yield sa.exists().where(other.c.gram == pair, other.c.case_id == _C.c.id)
    if wanted.too_short:
        yield sa.false()
    if wanted.by_number:
        yield _C.c.number.like(sa.bindparam("number", type_=sa.Text))
    if wanted.by_ending:
        yield _C.c.number.in_(_whole_numbers())


def _whole_numbers() -> Any:
    """The numbers that end so, made from the series there are: each is one step in the index.

    No index knows how a number ends; but there are no more series than places and years.
    """
    given, year = (sa.bindparam(n, type_=sa.Integer) for n in ("given", "year"))
    parts = (
        sa.func.substr(_N.c.series, len(_SERIES) + 1),
        sa.cast(_N.c.year, sa.Text),
        sa.bindparam("ending", type_=sa.Text),
    )
    return sa.select(parts[0] + "-" + parts[1] + "-" + parts[2]).where(
        _N.c.series.like(sa.bindparam("series", type_=sa.Text)),
        _N.c.last >= given,
        sa.or_(year == 0, _N.c.year == year),
    )


def _staged(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.stage == "open" or wanted.sort == "deadline":
        yield _C.c.closed_at.is_(None)
    if wanted.sort == "deadline":
        yield hazard.LIVE
    if wanted.stage == "ended":
        yield _C.c.closed_at.is_not(None)
    if wanted.stage == "late":
        yield _LATE
    if wanted.sort == "deadline":
        yield _H.c.deadline.is_not(None)


def _after(wanted: Wanted) -> sa.ColumnElement[bool]:
    last = sa.bindparam("after_id", type_=_BIG)
    if wanted.sort == "deadline":
        day = sa.bindparam("after_day", type_=_DAY)
        return sa.or_(_H.c.deadline > day, sa.and_(_H.c.deadline == day, _H.c.id > last))
    column: sa.ColumnElement[bool] = (_G.c.case_id if wanted.grams else _C.c.id) < last
    return column


def _given(wanted: Wanted, scope: Scope) -> dict[str, Any]:
    out: dict[str, Any] = {n: getattr(wanted, n) for n in ("noun", *_SIMPLE)}
    out |= {f"gram{nth}": pair for nth, pair in enumerate(wanted.grams)}
    place = wanted.text[:6] if wanted.by_number else wanted.place
    out |= {"place": place, "place_end": str(int(place or 0) + 1).zfill(len(place))}
    out["number"] = wanted.text + "%"
    if ending := ENDING.fullmatch(wanted.text):
        given = int(ending["given"])
        out |= {"series": f"{_SERIES}{scope.low}%", "year": int(ending["year"] or 0)}
        out |= {"given": given, "ending": f"{given:05d}"}
    if wanted.after is not None:
        out["after_id"] = wanted.after[1]
        if wanted.sort == "deadline":
            out["after_day"] = date.fromisoformat(wanted.after[0])
    return out


def every(engine: Engine, clock: Clock, scope: Scope, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """All rows that are wanted, in their order, each page in a short transaction of its own."""
    wanted = replace(wanted, after=None)
    while True:
        with unit_of_work(engine, clock, write=False) as work:
            found = page(work, scope, wanted, 500)
        yield from (vars(row) for row in found)
        if len(found) < 500:
            return
        wanted = replace(wanted, after=key_of(wanted, found[-1]))


def key_of(wanted: Wanted, row: Line) -> tuple[str, int]:
    """Where a page that ends with a row goes on."""
    return (row.deadline.isoformat() if wanted.sort == "deadline" and row.deadline else "", row.id)
