"""A holiday notice arrives: its year is confirmed, and every open duty whose days changed is recounted."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from actions.act.administration import RULERS, STAFF, By, by_whom, note
from actions.act.period import period_due
from actions.act.steps import ladder
from actions.hand.case import Case, Row, open_case
from actions.hand.record import begin
from guapai.clock import Clock, end_of_day, utc_now
from guapai.errors import BadInput
from guapai.people import CLOCK
from law.calendar import read_notice
from law.deadlines import Due, Term, due
from law.plausible import doubts
from statemachines.noted import Administered
from statemachines.nouns import DUTIES
from storage import duty as duties
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.upkeep import pack as packs


@dataclass(frozen=True)
class Recounted:
    """One duty whose date changed."""

    duty_id: int
    kind: str
    old: date
    new: date


@dataclass
class Import:
    """What a notice did, or would do; ``added`` are years that only got days of December.

    ``doubts`` are what is odd about it; ``rungs`` counts duties of which only the next reminder moves.
    """

    years: tuple[int, ...]
    added: tuple[int, ...] = ()
    doubts: tuple[str, ...] = ()
    changes: list[Recounted] = field(default_factory=list)
    rungs: int = 0

    @property
    def recounted(self) -> int:
        """How many duties have a new date."""
        return len(self.changes)


def import_notice(
    engine: Engine,
    file: Path,
    clock: Clock = utc_now,
    *,
    known_as: str = "",
    reason: str = "",
    sure: bool = False,
    dry_run: bool = False,
) -> Import:
    """Confirm the years of a notice (CSV: date, kind, note) and recount all that depends on them.

    Rungs already fired stay fired; every recount is an event with old date, new date and reason.
    A notice that is not plausible, or takes from a confirmed year, is asked back unless somebody is
    ``sure`` and says why. ``dry_run`` only says what would change. Run again after a break, it
    finishes. Raises BadInput, NotAllowed.
    """
    try:
        data = file.read_bytes()
    except OSError:
        raise BadInput(f"cannot read {file}") from None
    notices = read_notice(data, file.name)
    done = Import(
        years=tuple(n.year for n in notices if not n.added),
        added=tuple(n.year for n in notices if n.added),
    )
    with unit_of_work(engine, clock, write=not dry_run) as work:
        by = by_whom(work, known_as, reason=reason, roles=_MAY)
        before = calendar = packs.calendar(work)
        for n in notices:
            done.doubts += tuple(doubts(calendar, n))
            calendar = n.laid_on(calendar)
        if done.doubts and not dry_run:
            _ask_back(done.doubts, by, sure=sure)
        stored = None if dry_run else packs.publish_calendar(work, calendar)
        if stored is not None:
            facts: dict[str, Any] = {"file": file.name, "sha256": hashlib.sha256(data).hexdigest()}
            facts |= {"years": done.years, "added": done.added, "doubts": done.doubts}
            note(work, by, "calendar", stored, Administered.confirm, facts)
        elif before == calendar:  # it is there already: what a broken run left is recounted
            before = packs.calendar_before(work) or before
    days = calendar.changed(before)
    for case_id in _touched(engine, clock, days):
        with unit_of_work(engine, clock) as work:
            _, case = open_case(work, CLOCK, case_id)
            case.calendar = packs.calendar(work) if not dry_run else calendar
            for duty in [d for d in case.duties if d.state == "open"]:
                _recount(case, duty, done, dry_run=dry_run)
    return done


_MAY = STAFF | RULERS
"""Who confirms a year: it is the same for all places."""


def _ask_back(said: tuple[str, ...], by: By, *, sure: bool) -> None:
    if not sure:
        told = "；".join(said)
        raise BadInput(f"通知可能不完整：{told}。确认无误的，请加 --yes 和 --reason 说明理由")
    if not by.reason:
        raise BadInput("请用 --reason 说明为什么仍按此通知确认")


def _touched(engine: Engine, clock: Clock, days: list[date]) -> Iterator[int]:
    if not days:
        return
    since, until = end_of_day(days[0] - timedelta(days=1)), end_of_day(days[-1])
    after = 0
    while True:
        with unit_of_work(engine, clock, write=False) as work:
            page = duties.touched(work, since, until, after)
        if not page:
            return
        yield from page
        after = page[-1]


def _recount(case: Case, duty: Row, done: Import, *, dry_run: bool) -> None:
    found = due_again(case, duty, duty.term)
    if found.at <= case.work.now < duty.due_at:
        # nobody becomes late overnight by a correction: what was told stands
        unsure = duty.provisional and case.calendar.is_provisional(duty.due_on)
        found = Due(duty.due_at, duty.due_on, unsure)
    values = {"due_at": found.at, "due_on": found.day, "provisional": found.provisional}
    values["next_rung_at"] = next_rung_at(case, duty, found.at)
    changed = {n: v for n, v in values.items() if v != getattr(duty, n)}
    if not changed:
        return
    if "due_on" in changed:
        done.changes.append(Recounted(duty.id, duty.kind, duty.due_on, found.day))
    elif "due_at" not in changed and "next_rung_at" in changed:
        done.rungs += 1
    if dry_run:
        return
    record = begin(case, "duty", duty.id, "recount", duty.basis)
    old = duty.due_at
    record.update(duties.TABLE, duty, changed)
    record.write({"old": old, "new": found.at, "why": "日历已按放假通知确认"})


def due_again(case: Case, duty: Row, term: str) -> Due:
    """When a duty of a term is due by the rules and the calendar of its case as they are now.

    A duty without a term is due when its month says; one whose date a paper says, then. The month
    of a retired kind says nothing any more: no pack of today has its day.
    """
    if term:
        return due(duty.anchor, Term.parse(term), case.calendar)
    kind = DUTIES.get(duty.kind)
    if kind is not None and kind.every is not None:
        return period_due(case.pack, case.calendar, kind.every, duty.slot[:7])
    return Due(duty.due_at, duty.due_on, duty.provisional)


def next_rung_at(
    case: Case, duty: Row, end: datetime, silent: Collection[str] = ()
) -> datetime | None:
    """When the next rung of a duty that ends then comes; none that is done with, or kept silent."""
    done = {r.rung for r in duties.rungs_of(case.work, duty.id)} | set(silent)
    past, coming = ladder(case.pack, duty.kind, duty.anchor, end, case.calendar, case.work.now)
    return next((at for at, rung in past + coming if rung.id not in done), None)
