"""What the proof of history asks: one case whole, letters in pages, and what must be unique."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

import storage.schema.tables  # noqa: F401 (every folded table is declared)
from statemachines.noted import Register
from storage import case, duty, letter, paper
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.files import evidence
from storage.history import act, event
from storage.history.event import Event
from storage.questions import fold
from storage.questions.fold import Folded
from storage.schema.triggers import SHOWN, faults

Record = dict[str, Any]
PAGE = 50
"""Cases read in one transaction; a long one would keep SQLite's log from being tidied."""

_CASE = sa.bindparam("case_id", type_=sa.BigInteger)
_AFTER = sa.bindparam("after", type_=sa.BigInteger)
_E, _C, _L, _LINES, _CARRIED = (
    event.TABLE,
    case.TABLE,
    letter.TABLE,
    letter.LINES,
    letter.LETTER_LINES,
)

_CASES = Question(
    sa.select(_C.c.id, _C.c.number).where(_C.c.id > _AFTER).order_by(_C.c.id).limit(PAGE)
)
_COUNT_CASES = Question(sa.select(sa.func.count().label("n")).select_from(_C))
_COUNT_LETTERS = Question(sa.select(sa.func.count().label("n")).select_from(_L))
_SUBJECTS = Question(
    sa.select(event.SUBJECTS)
    .join(_E, _E.c.id == event.SUBJECTS.c.event_id)
    .where(_E.c.case_id == _CASE)
)
_ACTS = Question(
    sa.select(act.TABLE.c.id, act.TABLE.c.move, act.TABLE.c.facts_hash).where(
        act.TABLE.c.id.in_(sa.select(_E.c.act_id).where(_E.c.case_id == _CASE))
    )
)
_RUNGS = Question(
    sa.select(duty.RUNGS.c.duty_id, duty.RUNGS.c.rung, duty.RUNGS.c.outcome)
    .join(duty.TABLE, duty.TABLE.c.id == duty.RUNGS.c.duty_id)
    .where(duty.TABLE.c.case_id == _CASE)
)
_LETTERS_OF = Question(sa.select(_L.c.id, _L.c.event_id, _L.c.kind).where(_L.c.case_id == _CASE))
_LINES_OF = Question(
    sa.select(
        _LINES.c.id,
        _LINES.c.event_id,
        _LINES.c.settled_at,
        _LINES.c.dropped,
        _CARRIED.c.letter_id,
        _L.c.person_id,
        _L.c.state.label("letter_state"),
    )
    .outerjoin(_CARRIED, _CARRIED.c.line_id == _LINES.c.id)
    .outerjoin(_L, _L.c.id == _CARRIED.c.letter_id)
    .where(_LINES.c.case_id == _CASE)
    .order_by(_LINES.c.id)
)
_FILES_OF = Question(
    sa.select(
        evidence.TABLE.c.id,
        evidence.TABLE.c.event_id,
        evidence.TABLE.c.file.label("sha256"),
        evidence.FILES.c.size,
    )
    .outerjoin(evidence.FILES, evidence.FILES.c.sha256 == evidence.TABLE.c.file)
    .where(evidence.TABLE.c.case_id == _CASE)
)
_PAPERS_OF = Question(
    sa.select(paper.TABLE.c.number, paper.TABLE.c.pdf.label("sha256"), evidence.FILES.c.size)
    .outerjoin(evidence.FILES, evidence.FILES.c.sha256 == paper.TABLE.c.pdf)
    .where(paper.TABLE.c.case_id == _CASE, paper.TABLE.c.state == sa.literal_column("'sealed'"))
)
_STANDINGS_OF = Question(
    sa.select(case.STANDINGS, _C.c.state.label("case_state"))
    .join(_C, _C.c.id == case.STANDINGS.c.case_id)
    .where(case.STANDINGS.c.case_id == _CASE)
)
_LETTERS = Question(
    sa.select(
        _L.c.id,
        _L.c.case_id,
        sa.cast(_L.c.state, sa.Text).label("state"),
        _L.c.created_at,
        _L.c.ended_at,
        _L.c.lease_until,
        _L.c.message_id,
        _L.c.sealed_at,
        _L.c.sha256,
        _L.c.mime,
        _L.c.answer_code,
    )
    .where(
        _L.c.id > _AFTER,
        sa.or_(_CASE == 0, _L.c.case_id == _CASE),
        (_L.c.id % 1_000_003 * 7919 // 1024) % sa.bindparam("every", type_=sa.BigInteger) == 0,
    )
    .order_by(_L.c.id)
    .limit(200)
)
_RESENT = Question(
    sa.select(sa.func.max(_E.c.at, type_=_E.c.at.type).label("at")).where(
        _E.c.row_id == sa.bindparam("id", type_=sa.BigInteger),
        _E.c.noun == "letter",
        _E.c.move == "resend",
    )
)
_BESIDE = sa.and_(_E.c.case_id.is_(None), _E.c.noun.in_([word(n) for n in Register]))
"""Entries about people, organisations and rules: they belong to no case."""
_NO_CASE = Question(
    sa.select(_E.c.id)
    .outerjoin(_C, _C.c.id == _E.c.case_id)
    .where(_C.c.id.is_(None), sa.not_(_BESIDE))
    .order_by(_E.c.id)
    .limit(20)
)
_ADMINISTERED = Question(
    sa.select(_E).where(_BESIDE, _E.c.id > _AFTER).order_by(_E.c.id).limit(500)
)
_SECRETS_BESIDE = Question(
    sa.select(event.SECRETS)
    .join(_E, _E.c.id == event.SECRETS.c.event_id)
    .where(_BESIDE, _E.c.id > _AFTER, _E.c.id <= sa.bindparam("until", type_=sa.BigInteger))
)
_SERIES = Question(sa.select(paper.SERIES).order_by(paper.SERIES.c.series, paper.SERIES.c.year))
_PAPER_NUMBERS = Question(
    sa.select(paper.TABLE.c.id, paper.TABLE.c.number, sa.literal("", sa.Text).label("noun"))
    .where(paper.TABLE.c.id > _AFTER)
    .order_by(paper.TABLE.c.id)
    .limit(2000)
)
_CASE_NUMBERS = Question(
    sa.select(_C.c.id, _C.c.number, _C.c.noun).where(_C.c.id > _AFTER).order_by(_C.c.id).limit(2000)
)


def _doubles(table: sa.Table, *columns: str) -> Question:
    keys = [table.c[c] for c in columns]
    return Question(
        sa.select(*keys, sa.func.count().label("n"))
        .group_by(*keys)
        .having(sa.func.count() > 1)
        .limit(20)
    )


DOUBLES: Mapping[str, Question] = {
    "key": _doubles(act.TABLE, "person_id", "move", "key"),
    "rung": _doubles(duty.RUNGS, "duty_id", "rung"),
    "duty": _doubles(duty.TABLE, "row_id", "kind", "slot"),
    "number": _doubles(case.TABLE, "number"),
    "paper": _doubles(paper.TABLE, "number"),
}
"""What must be unique, asked without trusting the indexes' names."""


@dataclass(frozen=True)
class History:
    """All that one case has: its events, what they should have left, and what is there."""

    case_id: int
    number: str
    events: list[Event]
    secrets: list[Record]
    rows: Folded
    subjects: list[Record]
    acts: list[Record]
    rungs: list[Record]
    letters: list[Record]
    lines: list[Record]
    evidence: list[Record]
    papers: list[Record]
    standings: list[Record]


_OF_CASE = (
    event.OF_CASE,
    event.SECRETS_OF,
    _SUBJECTS,
    _ACTS,
    _RUNGS,
    _LETTERS_OF,
    _LINES_OF,
    _FILES_OF,
    _PAPERS_OF,
    _STANDINGS_OF,
)


def cases(work: Work, after: int) -> list[tuple[int, str]]:
    """The next cases after an id: ids and numbers."""
    return [(r["id"], r["number"]) for r in work.records(_CASES, after=after)]


def amounts(work: Work) -> tuple[int, int]:
    """How many cases and letters there are."""
    counted, letters = work.ask_all([(_COUNT_CASES, {}), (_COUNT_LETTERS, {})])
    return int(counted[0]["n"]), int(letters[0]["n"])


def history(work: Work, case_id: int, number: str) -> History:
    """Everything of one case, in one trip where the database can."""
    questions = (*_OF_CASE, *fold.rows_questions())
    answers = work.ask_all([(q, {"case_id": case_id}) for q in questions])
    events, secrets, subjects, acts, rungs, letters, lines, files, papers, standings = answers[:10]
    return History(
        case_id=case_id,
        number=number,
        events=[Event.model_construct(**r) for r in events],
        secrets=secrets,
        rows=fold.as_written(answers[10:]),
        subjects=subjects,
        acts=acts,
        rungs=rungs,
        letters=letters,
        lines=lines,
        evidence=files,
        papers=papers,
        standings=standings,
    )


def letters(work: Work, after: int, case_id: int = 0, every: int = 1) -> list[Record]:
    """The next 200 letters after an id; of one case, or about every k-th, always the same ones.

    Ids come in blocks of 64, whose first ones are seldom letters; so it is not every k-th id.
    """
    return work.records(_LETTERS, after=after, case_id=case_id, every=every)


def resent_at(work: Work, letter_id: int) -> Any:
    """When a person last sent a letter again; None if nobody did."""
    return next((r["at"] for r in work.records(_RESENT, id=letter_id)), None)


def without_case(work: Work) -> list[int]:
    """Events that belong to no case there is; twenty at most."""
    return [r["id"] for r in work.records(_NO_CASE)]


def administered(work: Work, after: int) -> tuple[list[Event], list[Record]]:
    """The next 500 entries about people, organisations and rules, with their personal values."""
    found = [Event.model_construct(**r) for r in work.records(_ADMINISTERED, after=after)]
    until = found[-1].id if found else after
    return found, work.records(_SECRETS_BESIDE, after=after, until=until)


def series(work: Work) -> list[Record]:
    """Every series of numbers with its year and the last number given."""
    return work.records(_SERIES)


def numbers(work: Work, what: str, after: int) -> list[tuple[int, str, str]]:
    """The next numbers of cases or papers after an id: id, number, noun of a case."""
    question = {"case": _CASE_NUMBERS, "paper": _PAPER_NUMBERS}[what]
    return [(r["id"], r["number"], r["noun"]) for r in work.records(question, after=after)]


def trigger_faults(work: Work) -> list[tuple[str, str]]:
    """The triggers that do not guard as they ought to: their names, and what is wrong."""
    shown = work.execute(SHOWN[work.dialect.name])
    return faults(work.dialect.name, [(row.name, row.sql) for row in shown])
