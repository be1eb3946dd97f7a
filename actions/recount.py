"""A holiday notice arrives: its year is confirmed, and every open duty counted on guesses is recounted."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from actions.case import Case, Row, open_case
from actions.duty import ladder, period_due
from actions.record import begin
from guapai.clock import Clock, utc_now
from guapai.errors import BadInput
from guapai.people import CLOCK
from law.calendar import Calendar, read_notice
from law.deadlines import Due, Term, due, written
from statemachines.nouns import DUTIES
from storage import duty as duties
from storage import pack as packs
from storage.engine import Engine
from storage.work import unit_of_work


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
    found = _again(case, duty, case.calendar)
    if (found.at, found.provisional) == (duty.due_at, duty.provisional):
        return
    if found.day != duty.due_on:
        done.changes.append(Recounted(duty.id, duty.kind, duty.due_on, found.day))
    if dry_run:
        return
    record = begin(case, "duty", duty.id, "recount", duty.basis)
    old = duty.due_at
    record.update(
        duties.TABLE,
        duty,
        {
            "due_at": found.at,
            "due_on": found.day,
            "provisional": found.provisional,
            "next_rung_at": _next(case, duty, found.at),
        },
    )
    record.write({"old": old, "new": found.at, "why": "日历已按放假通知确认"})


def _again(case: Case, duty: Row, calendar: Calendar) -> Due:
    if duty.term:
        return due(duty.anchor, Term.parse(duty.term), calendar)
    every = DUTIES[duty.kind].every
    if every is None:  # a written date rolls for no calendar
        return written(duty.due_on)
    return period_due(case.pack, calendar, every, duty.slot[:7])


def _next(case: Case, duty: Row, end: datetime) -> datetime | None:
    done = {r.rung for r in duties.rungs_of(case.work, duty.id)}
    past, coming = ladder(case.pack, duty.kind, duty.anchor, end, case.calendar, case.work.now)
    left = [s for s in past + coming if s[1].id not in done]
    return left[0][0] if left else None
