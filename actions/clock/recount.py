"""A holiday notice arrives: its year is confirmed, and every open duty counted on guesses is recounted."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from actions.act.duty import ladder
from actions.act.period import period_due
from actions.hand.case import Case, Row, open_case
from actions.hand.record import begin
from guapai.clock import Clock, utc_now
from guapai.errors import BadInput
from guapai.people import CLOCK
from law.calendar import read_notice
from law.deadlines import Due, Term, due
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
    """What a notice did, or would do."""

    years: tuple[int, ...]
    changes: list[Recounted] = field(default_factory=list)

    @property
    def recounted(self) -> int:
        """How many duties have a new date."""
        return len(self.changes)


def import_notice(
    engine: Engine, file: Path, clock: Clock = utc_now, *, dry_run: bool = False
) -> Import:
    """Confirm the years of a notice (CSV: date, kind, note) and recount what depends on them.

    Rungs already fired stay fired; every recount is an event with old date, new date and reason.
    ``dry_run`` only says what would change. Raises BadInput for a file that cannot be read.
    """
    try:
        data = file.read_bytes()
    except OSError:
        raise BadInput(f"cannot read {file}") from None
    notices = read_notice(data, file.name)
    with unit_of_work(engine, clock, write=not dry_run) as work:
        calendar = packs.calendar(work)
        for n in notices:
            calendar = calendar.with_year(n.year, n.off_days, n.make_up_days)
        if not dry_run:
            packs.publish_calendar(work, calendar)
        cases = duties.provisional_cases(work)
    done = Import(tuple(n.year for n in notices))
    for case_id in cases:
        with unit_of_work(engine, clock) as work:
            _, case = open_case(work, CLOCK, case_id)
            case.calendar = calendar
            for duty in [d for d in case.duties if d.provisional and d.state == "open"]:
                _recount(case, duty, done, dry_run=dry_run)
    return done


def _recount(case: Case, duty: Row, done: Import, *, dry_run: bool) -> None:
    found = due_again(case, duty, duty.term)
    if (found.at, found.provisional) == (duty.due_at, duty.provisional):
        return
    if found.day != duty.due_on:
        done.changes.append(Recounted(duty.id, duty.kind, duty.due_on, found.day))
    if dry_run:
        return
    record = begin(case, "duty", duty.id, "recount", duty.basis)
    old = duty.due_at
    values = {"due_at": found.at, "due_on": found.day, "provisional": found.provisional}
    values["next_rung_at"] = next_rung_at(case, duty, found.at)
    record.update(duties.TABLE, duty, values)
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
