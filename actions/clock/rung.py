"""Rungs that need a look at their case: moves of the clock, proposals, letters, new periods."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from actions.act.duty import is_owed, open_duty, open_kind
from actions.act.perform import perform
from actions.act.period import period_due
from actions.act.steps import ladder, write_rung
from actions.hand.case import Case, Row, open_case
from actions.hand.facts import Subject
from actions.hand.recipients import readers
from actions.hand.record import Record, begin
from actions.letter import read_people, write_letters
from guapai.clock import Clock
from guapai.errors import Conflict
from guapai.people import CLOCK
from guapai.text import Said
from law.rung import Rung
from statemachines.duty import DutyKind
from statemachines.nouns import DUTIES, KNOWN_DUTIES, LETTERS, NOUNS
from storage import duty as duties
from storage import letter as letters
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.people import organisation as organisations


@dataclass(frozen=True)
class Step:
    """A rung of a duty of a case that is due, and when it came."""

    duty_id: int
    case_id: int
    noun: str
    row_id: int
    rung: Rung
    at: datetime


def climb_alone(engine: Engine, clock: Clock, step: Step) -> bool:
    """Climb one rung in a transaction of its own; False when it was climbed meanwhile.

    A pack of the past may ask for what has gone from the tables since: history says so.
    """
    if gone := _gone(step):
        return _note(engine, clock, step, gone)
    if step.rung.effect == "move":
        try:
            with unit_of_work(engine, clock) as work:
                return _make_move(work, step)
        except Conflict as error:
            return _note(engine, clock, step, str(error))
    with unit_of_work(engine, clock) as work:
        case, duty = _open(work, step)
        if duty is None:
            return False
        record = _record(case, duty, step.rung)
        if step.rung.letter is not None:
            read_people(case)
            row = _subject(case, duty)
            write_letters(case, record, (step.rung.letter,), {}, row=row)
        elif step.rung.opens is not None:
            _open_proposal(case, record, duty, step.rung, step.rung.opens)
        _finish(case, record, duty, step.rung, "fired")
        record.write({"rung": step.rung.id, "effect": step.rung.effect})
    return True


def _gone(step: Step) -> str:
    """Why a rung cannot do what it is for: a letter, a kind of duty or a move that is no more."""
    rung, moves = step.rung, NOUNS[step.noun].procedure.moves
    if rung.letter is not None and rung.letter not in LETTERS:
        return Said("现行程序已没有信件“%(name)s”", name=rung.letter)
    if rung.opens is not None and rung.opens not in DUTIES:
        return Said("现行程序已没有任务“%(name)s”", name=rung.opens)
    if rung.move is not None and rung.move not in {m.name for m in moves}:
        return Said("现行程序已没有事项“%(name)s”", name=rung.move)
    return ""


def _open(work: Work, step: Step) -> tuple[Case, Row | None]:
    _, case = open_case(work, CLOCK, step.case_id, step.noun, step.row_id)
    duty = next((d for d in case.duties if d.id == step.duty_id and d.state == "open"), None)
    if duty is not None and any(r.rung == step.rung.id for r in duties.rungs_of(work, duty.id)):
        duty = None
    return case, duty


def _subject(case: Case, duty: Row) -> Row | None:
    rows = [case.root, *case.related.get(duty.noun, ())]
    return next((r for r in rows if r.id == duty.row_id), None)


def _record(case: Case, duty: Row, rung: Rung) -> Record:
    return begin(case, "duty", duty.id, "rung", rung.basis, key=f"{duty.id}:{rung.id}")


def _make_move(work: Work, step: Step) -> bool:
    if any(r.rung == step.rung.id for r in duties.rungs_of(work, step.duty_id)):
        return False

    def also(record: Record) -> None:
        duty = next(d for d in record.case.duties if d.id == step.duty_id)
        record.notes["rung"] = step.rung.id
        _finish(record.case, record, duty, step.rung, "fired")

    name = step.rung.move or ""
    key = f"{step.duty_id}:{step.rung.id}"
    done = perform(
        work,
        Subject(noun=step.noun, row_id=step.row_id, case_id=step.case_id),
        name,
        {},
        CLOCK,
        key=key,
        duty_step=also,
        stated=step.at - timedelta(microseconds=1),  # the end of a day still belongs to the day
    )
    return not done.replayed


def _note(engine: Engine, clock: Clock, step: Step, why: str) -> bool:
    """The move is not open any more: the rung is done with, and history says why."""
    with unit_of_work(engine, clock) as work:
        case, duty = _open(work, step)
        if duty is None:
            return False
        record = _record(case, duty, step.rung)
        _finish(case, record, duty, step.rung, "passed")
        record.write({"rung": step.rung.id, "effect": step.rung.effect, "not_made": why})
    return True


def _finish(case: Case, record: Record, duty: Row, rung: Rung, outcome: str) -> None:
    """The rung is done; the duty looks to the next one, which may be due already."""
    write_rung(case, duty.id, rung, outcome)
    done = {r.rung for r in duties.rungs_of(case.work, duty.id)} | {rung.id}
    past, coming = ladder(
        case.pack, duty.kind, duty.anchor, duty.due_at, case.calendar, case.work.now
    )
    left = [s for s in past + coming if s[1].id not in done]
    record.update(duties.TABLE, duty, {"next_rung_at": left[0][0] if left else None})


def _open_proposal(case: Case, record: Record, duty: Row, rung: Rung, kind: str) -> None:
    """Open the duty a rung proposes, unless one waits already or it makes no sense here."""
    waits, known = any(d.kind == kind for d in case.duties), KNOWN_DUTIES[kind]
    subject = Row(id=duty.row_id, version=1) if known.noun == duty.noun else case.root
    if not waits and _makes_sense(case, known) and is_owed(case, subject, known):
        open_kind(case, record, subject, kind, slot=f"{rung.id}:{duty.id}")
    upper = organisations.get(case.work, case.root.upper_id) if duty.side == "upper" else None
    over = {"over_id": upper.parent_id if upper else None}
    for role, organisation_id in readers(Row(**{**vars(case.root), **vars(duty), **over}), rung):
        case.work.insert(
            letters.LINES,
            {
                "id": case.work.take_id(),
                "case_id": case.id,
                "duty_id": duty.id,
                "event_id": record.event_id,
                "rung": rung.id,
                "organisation_id": organisation_id,
                "role": role,
                "created_at": case.work.now,
                "dropped": False,
            },
        )


def _makes_sense(case: Case, kind: DutyKind) -> bool:
    """Whether what a kind of duty needs beside its row is there."""
    if not kind.only_with:
        return True
    noun, _, group = kind.only_with.partition(":")
    return any(case.standings.get((noun, s.value)) for s in NOUNS[noun].relations[group])


def open_period(
    engine: Engine, clock: Clock, row_id: int, case_id: int, kind: DutyKind, period: str
) -> int:
    """Open the duty of a period for a row that owes it; how many were opened."""
    assert kind.every is not None
    with unit_of_work(engine, clock) as work:
        _, case = open_case(work, CLOCK, case_id, kind.noun, row_id)
        rows = [case.root] if row_id == case_id else case.related.get(kind.noun, [])
        row = next((r for r in rows if r.id == row_id), None)
        if row is None or row.state not in kind.while_in:
            return 0
        if duties.has_slot(work, row_id, kind.name, period):
            return 0
        basis = attrgetter(kind.every.day)(case.pack.parameters).basis
        record = begin(case, kind.noun, row_id, "period", basis)
        found = period_due(case.pack, case.calendar, kind.every, period)
        open_duty(case, record, row, kind, period, work.now, found, "")
        record.write({"period": period})
    return 1
