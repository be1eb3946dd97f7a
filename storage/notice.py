"""Notice lines with what they rest on: those that wait for a letter, and those that one carries."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from guapai.people import Role
from statemachines.duty import DutyState
from statemachines.letter import LetterState
from storage.case import TABLE as CASES
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.duty import TABLE as DUTIES
from storage.history.event import TABLE as EVENTS
from storage.letter import LETTER_LINES, LINES, TABLE

_TOLD = (
    *LINES.c,
    DUTIES.c.state.label("duty_state"),
    *(DUTIES.c[c] for c in ("kind", "anchor", "due_at", "due_on", "provisional", "basis")),
    CASES.c.title,
    CASES.c.number,
    CASES.c.place_code,
    sa.func.coalesce(EVENTS.c.pack_id, CASES.c.pack_id).label("pack_id"),
)


def _with_grounds(lines: sa.FromClause) -> sa.Join:
    """Notice lines with their duties, their cases and the events that wrote them."""
    return (
        lines.join(DUTIES, DUTIES.c.id == LINES.c.duty_id)
        .join(CASES, CASES.c.id == LINES.c.case_id)
        .outerjoin(EVENTS, EVENTS.c.id == LINES.c.event_id)
    )


_WAITING = Question(
    sa.select(*_TOLD)
    .select_from(_with_grounds(LINES))
    .where(LINES.c.settled_at.is_(None))
    .order_by(LINES.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(of=LINES, skip_locked=True)
)
_CARRIED = Question(
    sa.select(*_TOLD, LETTER_LINES.c.letter_id)
    .select_from(
        _with_grounds(LINES.join(LETTER_LINES, LETTER_LINES.c.line_id == LINES.c.id)).join(
            TABLE, TABLE.c.id == LETTER_LINES.c.letter_id
        )
    )
    .where(TABLE.c.token == sa.bindparam("token"), TABLE.c.state == word(LetterState.claimed))
    .order_by(LETTER_LINES.c.letter_id, LINES.c.id)
)
_CARRIERS = Question(
    sa.select(TABLE.c.person_id, TABLE.c.recipient)
    .join(LETTER_LINES, LETTER_LINES.c.letter_id == TABLE.c.id)
    .where(LETTER_LINES.c.line_id == sa.bindparam("line_id"))
)
_GROUNDLESS = Question(
    sa.select(TABLE.c.id)
    .join(EVENTS, EVENTS.c.id == TABLE.c.event_id)
    .join(DUTIES, DUTIES.c.id == EVENTS.c.row_id)
    .where(
        TABLE.c.token == sa.bindparam("token"),
        TABLE.c.state == word(LetterState.claimed),
        TABLE.c.statutory.is_(False),
        EVENTS.c.move == "rung",
        DUTIES.c.state.not_in([word(DutyState.open), word(DutyState.suspended)]),
    )
)
_SETTLE = {
    "postgresql": (
        "UPDATE notice_lines SET settled_at = v.at FROM unnest(%s::bigint[], %s::timestamptz[]) "
        "AS v(id, at) WHERE notice_lines.id = v.id"
    ),
    "sqlite": "UPDATE notice_lines SET settled_at = ? WHERE id = ?",
}
_DROP = {
    "postgresql": (
        "UPDATE notice_lines SET dropped = v.dropped "
        "FROM unnest(%s::bigint[], %s::boolean[]) AS v(id, dropped) WHERE notice_lines.id = v.id"
    ),
    "sqlite": "UPDATE notice_lines SET dropped = ? WHERE id = ?",
}


class Waiting(SQLModel):
    """A notice line with its duty, its case, and the pack that its rung stands in."""

    id: int
    case_id: int
    duty_id: int
    rung: str
    organisation_id: int | None
    role: Role
    created_at: datetime
    duty_state: str
    kind: str
    anchor: datetime
    due_at: datetime
    due_on: date
    provisional: bool
    basis: str
    title: str
    number: str
    place_code: str
    pack_id: int


class Carried(Waiting):
    """A notice line that stands in a letter."""

    letter_id: int


def carried(work: Work, token: str) -> dict[int, list[Carried]]:
    """The notice lines in the letters that are claimed under a token, by letter, as they stand now."""
    found: dict[int, list[Carried]] = {}
    for line in work.ask(_CARRIED, Carried, token=token):
        found.setdefault(line.letter_id, []).append(line)
    return found


def carriers(work: Work, line_id: int) -> set[tuple[int | None, str]]:
    """To whom letters with a notice line were written: person and address."""
    return {(r["person_id"], r["recipient"]) for r in work.records(_CARRIERS, line_id=line_id)}


def groundless(work: Work, token: str) -> set[int]:
    """The letters claimed under a token that remind of a duty that is over; statutory ones never."""
    return {r["id"] for r in work.records(_GROUNDLESS, token=token)}


def waiting_lines(work: Work, most: int) -> list[Waiting]:
    """Notice lines that are in no letter yet, oldest first; locked against other gatherers."""
    return work.ask(_WAITING, Waiting, most=most)


def settle_lines(work: Work, ids: list[int], *, dropped: bool) -> None:
    """Mark lines as gathered into letters, or as dropped because their duty had ended."""
    work.run_many(_SETTLE, LINES.c.settled_at, [(i, work.now) for i in ids])
    if dropped:
        work.run_many(_DROP, LINES.c.dropped, [(i, True) for i in ids])
