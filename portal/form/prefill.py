"""What a form can know before anybody types: the month, the moment, what was proposed."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from actions.act.parked import ENDS
from actions.act.prospect import Prospect
from guapai.clock import local_date, local_time
from law.grading import standards
from portal.words.field import Field
from portal.words.wording import yuan
from statemachines.hazard.plan.task import tasks_of
from statemachines.listing import LISTING
from statemachines.nouns import PROCEDURES
from statemachines.side import SIDE
from storage import deferral, listing, pending
from storage import paper as papers
from storage.database.work import Work
from storage.history import event as events
from storage.pending import Pending


def prefill(work: Work, fields: list[Field], case: Any, found: Prospect) -> bool:
    """Put what is known into empty fields; the reader checks it and may change it.

    Answers whether it is a decision that was withdrawn or refused, and is there to be corrected.
    """
    move, row_id = found.move.name, found.row_id or 0
    known: dict[str, Any] = {
        "period": f"{local_date(work.now):%Y-%m}",
        "served_at": f"{local_time(work.now):%Y-%m-%dT%H:%M}",
        "published_on": local_date(work.now).isoformat(),
    }
    known |= _terms(work, case, move)
    known |= _tasks(work, case, move)
    if _comes_back(found):
        known |= _handed_in(work, fields, found)
    if move == "grant":
        known |= _asked(work, case.id, row_id)
    for field in fields:
        if (field.name in known and field.value in ("", [], None)) or move in _DECIDED:
            field.value = known.get(field.name, field.value)
    ended = _ended(work, found)
    if ended is not None:
        told = _typed(fields, json.loads(ended.facts))
        for field in fields:
            field.value = told.get(field.name, field.value)
    return ended is not None


def _ended(work: Work, found: Prospect) -> Pending | None:
    """The decision that was parked last, if one of those who may sign it ended it."""
    if found.move.needs is None or found.row_id is None:
        return None
    last = pending.last_of_move(work, found.row_id, found.move.name)
    return last if last and last.state in ENDS.values() else None


def _comes_back(found: Prospect) -> bool:
    """Whether what a unit hands in with the move can be returned, to be handed in once more.

    Decisions are not: nobody is to decide with the words of the last time.
    """
    moves, here = PROCEDURES[found.noun].moves, found.move
    theirs = {SIDE.get(role) for role in here.by} == {"unit"}
    return theirs and any(here.dest in m.source and m.dest in here.source for m in moves if m.dest)


def _handed_in(work: Work, fields: list[Field], found: Prospect) -> dict[str, Any]:
    """What was handed in the last time, without its files; only its parts are to be mended."""
    event = events.last_of_move(work, found.noun, found.row_id or 0, found.move.name)
    if event is None:
        return {}
    return _typed(fields, json.loads(event.leaf)["facts"])


def _typed(fields: list[Field], told: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that were handed in before, as somebody would type them.

    Without files, which are handed in anew, without what a form asks for by its name (a unit, a
    case), and without what history keeps only the hash of.
    """
    out = {}
    for field in fields:
        value = told.get(field.name)
        if field.kind == "rows" and isinstance(value, list):
            out[field.name] = [_typed(field.columns, row) for row in value]
        elif field.kind in _TYPED and value is not None and not isinstance(value, dict):
            out[field.name] = _TYPED[field.kind](value)
    return out


_DECIDED = ("list", "amend_listing")
"""Moves with the terms that were proposed before."""
_TYPED: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("words", "line", "date", "month", "place", "sector", "choice", "task"), str),
    **dict.fromkeys(("lines", "clauses"), list),
    "officers": lambda value: [str(person_id) for person_id in value],
    "check": bool,
    "answer": lambda value: "yes" if value else "no",
    "whole": str,
    "yuan": lambda value: yuan(value) if value else "",
    "moment": lambda value: f"{local_time(datetime.fromisoformat(value)):%Y-%m-%dT%H:%M}",
}
"""How a value is typed, by the kind of its field."""


def _terms(work: Work, case: Any, move: str) -> dict[str, Any]:
    """What is known of the terms of a listing before it is proposed, and when it is decided."""
    if move == "upgrade":
        return _led(work, case.id)
    if move not in ("propose_listing", "list", "amend_listing"):
        return {}
    known = {"part": case.part, "violations": _standards(case.sector, local_date(work.now))}
    known["lead_department_id"] = str(case.department_id or "")
    return known | (_proposed(work, case.id) if move in _DECIDED else {})


def _standards(sector: str, day: date) -> list[str]:
    """The grading standards of a trade, as lines to be completed with their clause."""
    known = (one for one in standards() if one.sector == sector and one.in_force(day))
    return [
        f"《{one.title}》（{one.number}）" if one.number else f"《{one.title}》" for one in known
    ]


def _proposed(work: Work, case_id: int) -> dict[str, Any]:
    """The terms of the listing that was proposed."""
    for row in listing.of_case(work, case_id):
        if row.state in LISTING.relations["proposed"]:
            names = ("part", "tasks", "measures", "duty_phone", "public_contact", "reason")
            return {
                **{n: getattr(row, n) for n in names},
                **_leads(row),
                **{n: getattr(row, n).split("\n") for n in ("violations", "other_places")},
                "level": row.level,
                "deadline": row.deadline.isoformat(),
                "plan_days": str(row.plan_days),
            }
    return {}


def _tasks(work: Work, case: Any, move: str) -> dict[str, Any]:
    """The tasks that a report or a check goes through, and the notice that an application names."""
    rows = [{"task": t.name} for t in tasks_of(getattr(case, "task_list", ""))]
    if move in ("pass_acceptance", "fail_acceptance"):
        return {"items_checked": rows}
    if move == "report_progress":
        return {"tasks": rows}
    if move != "request_acceptance":
        return {}
    return {"notice_no": papers.number_of(work, case.id, "listing_notice")}


def _led(work: Work, case_id: int) -> dict[str, Any]:
    """Who leads the listing that is on."""
    rows = listing.of_case(work, case_id)
    return next((_leads(r) for r in rows if r.state in LISTING.relations["on"]), {})


def _leads(row: listing.Listing) -> dict[str, str]:
    return {n: str(getattr(row, n) or "") for n in ("lead_department_id", "lead_official_id")}


def _asked(work: Work, case_id: int, row_id: int) -> dict[str, Any]:
    """The date that was asked for."""
    found = [d for d in deferral.of_case(work, case_id) if d.id == row_id]
    return {"deadline": found[0].asked_deadline.isoformat()} if found else {}
