"""The questions whose answers make the page of a case."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa

from statemachines.nouns import NOUNS
from statemachines.side import LED
from storage import case, duty, letter, nouns, pending
from storage.database.statement import Question
from storage.files import evidence
from storage.history import event
from storage.people.organisation import Organisation
from storage.people.person import Person
from storage.questions.scope import Scope

PAGE = 20
"""So many events are shown at a time, however old the case."""
MOST_LINES = 8
"""So many reminders stand on the page of the case; the others have a page of their own."""
MOST_LINKED = 50
"""So many other cases are named on the page of one."""

_C, _E, _D = case.TABLE, event.TABLE, duty.TABLE
_L, _N = letter.TABLE, letter.LINES
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_CASE = sa.bindparam("case_id", type_=sa.BigInteger)
_BEFORE = sa.bindparam("before", type_=sa.BigInteger)

EVENTS = Question(
    sa.select(_E)
    .where(_E.c.case_id == _CASE, _E.c.id < _BEFORE)
    .order_by(_E.c.id.desc())
    .limit(PAGE + 1)
)
STEPS = Question(
    sa.select(_E.c.dest, sa.func.min(_E.c.at).label("at"), sa.func.count().label("times"))
    .where(
        _E.c.case_id == _CASE,
        _E.c.row_id == _CASE,
        _E.c.dest.is_not(None),
        _E.c.dest != sa.func.coalesce(_E.c.source, ""),
    )
    .group_by(_E.c.dest)
)
_PAGE = (
    sa.select(_E.c.id)
    .where(_E.c.case_id == _CASE, _E.c.id < _BEFORE)
    .order_by(_E.c.id.desc())
    .limit(PAGE)
    .scalar_subquery()
)
_SHOWN = tuple(
    _L.c[c]
    for c in (
        *("id", "event_id", "kind", "recipient_name", "subject", "state", "created_at"),
        *("organisation_id", "ended_at", "answer_code", "answer", "maybe_twice"),
    )
)
LETTERS = Question(
    sa.select(*_SHOWN).where(_L.c.case_id == _CASE, _L.c.event_id.in_(_PAGE)).order_by(_L.c.id)
)
LINES = Question(
    sa.select(
        *(_N.c[c] for c in ("id", "duty_id", "rung", "organisation_id", "role", "created_at")),
        _N.c.settled_at,
        _N.c.dropped,
        _E.c.pack_id,
        _L.c.recipient_name,
        _L.c.state,
        _L.c.ended_at,
        _L.c.answer_code,
        _L.c.answer,
    )
    .outerjoin(_E, _E.c.id == _N.c.event_id)
    .outerjoin(letter.LETTER_LINES, letter.LETTER_LINES.c.line_id == _N.c.id)
    .outerjoin(_L, _L.c.id == letter.LETTER_LINES.c.letter_id)
    .where(_N.c.case_id == _CASE, _N.c.id < _BEFORE)
    .order_by(_N.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
EVIDENCE = Question(
    sa.select(
        evidence.TABLE,
        evidence.FILES.c.media_type,
        evidence.FILES.c.size,
        _E.c.at,
        _E.c.organisation_id,
        _E.c.noun,
        _E.c.row_id,
        _E.c.move,
        _E.c.source,
        _E.c.role,
        sa.select(_P.c.name).where(_P.c.id == _E.c.person_id).scalar_subquery().label("person"),
        sa.select(_O.c.name)
        .where(_O.c.id == _E.c.organisation_id)
        .scalar_subquery()
        .label("organisation"),
    )
    .join(evidence.FILES, evidence.FILES.c.sha256 == evidence.TABLE.c.file)
    .join(_E, _E.c.id == evidence.TABLE.c.event_id)
    .where(evidence.TABLE.c.case_id == _CASE)
    .order_by(evidence.TABLE.c.id)
)
HANDED_IN_BY = Question(
    sa.select(_E.c.organisation_id, _E.c.role, _E.c.row_id, _E.c.source)
    .join(evidence.TABLE, evidence.TABLE.c.event_id == _E.c.id)
    .where(evidence.TABLE.c.id == sa.bindparam("id", type_=sa.BigInteger))
)
"""Who handed in a file, and with what kind of event."""
SIGNED = Question(
    sa.select(
        pending.SIGNATURES.c.pending_id,
        pending.SIGNATURES.c.role,
        pending.SIGNATURES.c.at,
        pending.SIGNATURES.c.person_id,
        _P.c.name,
    )
    .join(_P, _P.c.id == pending.SIGNATURES.c.person_id)
    .join(pending.TABLE, pending.TABLE.c.id == pending.SIGNATURES.c.pending_id)
    .where(
        pending.TABLE.c.case_id == _CASE,
        pending.TABLE.c.state == sa.literal_column("'open'"),
    )
    .order_by(pending.SIGNATURES.c.id)
)
PENDING = Question(
    sa.select(pending.TABLE)
    .where(
        pending.TABLE.c.case_id == _CASE,
        pending.TABLE.c.state == sa.literal_column("'open'"),
    )
    .order_by(pending.TABLE.c.id)
)


def _named_by_rows(kind: str) -> Iterator[sa.Select[tuple[int]]]:
    """What the rows of a case name beside those who lead its sides: organisations, or people."""
    for noun, table in nouns.TABLES.items():
        whose: Any = table.c.id if NOUNS[noun].root else table.c.get("case_id")
        for column in (c for c in table.c if NOUNS[noun].folded and whose is not None):
            if any(f.column.table.name == kind for f in column.foreign_keys):
                yield sa.select(column.label("id")).where(whose == _CASE)


_ACTING = sa.union(
    sa.select(_E.c.person_id.label("id")).where(_E.c.case_id == _CASE),
    sa.select(_E.c.behalf_of).where(_E.c.case_id == _CASE),
    *_named_by_rows("persons"),
).subquery()
PEOPLE = Question(sa.select(_P.c.id, _P.c.name).where(_P.c.id.in_(sa.select(_ACTING.c.id))))
_CONCERNED = sa.union(
    *(sa.select(_C.c[c].label("id")).where(_C.c.id == _CASE) for c in LED.values()),
    sa.select(case.PARTIES.c.organisation_id).where(case.PARTIES.c.case_id == _CASE),
    sa.select(_E.c.organisation_id).where(_E.c.case_id == _CASE),
    sa.select(_D.c.owner_id).where(_D.c.case_id == _CASE),
    *_named_by_rows("organisations"),
).subquery()
ORGANISATIONS = Question(
    sa.select(
        _CONCERNED.c.id,
        sa.select(_O.c.name).where(_O.c.id == _CONCERNED.c.id).scalar_subquery().label("name"),
    ).where(_CONCERNED.c.id.is_not(None))
)
"""One look-up for each of a handful: joined, PostgreSQL reads all organisations there are."""
PARTIES = Question(
    sa.select(case.PARTIES.c.organisation_id, case.PARTIES.c.side)
    .where(case.PARTIES.c.case_id == _CASE, case.PARTIES.c.until.is_(None))
    .order_by(case.PARTIES.c.id)
)
LAST = 2**63 - 1


@cache
def within(shape: Scope, root: str) -> Question:
    """The root with that id, if it lies within scopes of a shape."""
    whole = case.root_of(nouns.TABLES[root])
    return Question(whole.where(_C.c.id == _CASE, shape.condition()))


@cache
def linked(shape: Scope) -> Question:
    """The cases that this one is about, and those that are about it; only what the reader may see."""
    link = case.LINKS
    other = sa.case((link.c.case_id == _CASE, link.c.about_id), else_=link.c.case_id)
    return Question(
        sa.select(
            *(_C.c[c] for c in ("id", "noun", "number", "title", "state")),
            (link.c.case_id == _CASE).label("ours"),
        )
        .join_from(link, _C, _C.c.id == other)
        .where(sa.or_(link.c.case_id == _CASE, link.c.about_id == _CASE), shape.condition())
        .order_by(_C.c.id)
        .limit(MOST_LINKED)
    )


@cache
def told_elsewhere(shape: Scope) -> Question:
    """The last events of other cases, which the reader may see, that touched a row of this one."""
    subject = event.SUBJECTS
    return Question(
        sa.select(_E, _C.c.number)
        .join_from(subject, _E, _E.c.id == subject.c.event_id)
        .join(_C, _C.c.id == _E.c.case_id)
        .where(subject.c.row_id == _CASE, _E.c.case_id != _CASE, shape.condition())
        .order_by(_E.c.id.desc())
        .limit(PAGE)
    )
