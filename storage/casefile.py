"""A case as it is read: everything one page shows of it, asked within a scope and in one trip."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import claim, deferral, duty, event, evidence, hazard, letter, listing, paper, pending
from storage.organisation import Organisation
from storage.person import Person
from storage.scope import Scope
from storage.statement import Question
from storage.work import Work, light

PAGE = 20
"""So many events are shown at a time, however old the case."""
LINES = 8
"""So many reminders stand on the page of the case; the others have a page of their own."""

_H, _E, _D = hazard.TABLE, event.TABLE, duty.TABLE
_L, _N = letter.TABLE, letter.LINES
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_CASE = sa.bindparam("case_id", type_=sa.BigInteger)
_BEFORE = sa.bindparam("before", type_=sa.BigInteger)

_EVENTS = Question(
    sa.select(_E)
    .where(_E.c.case_id == _CASE, _E.c.id < _BEFORE)
    .order_by(_E.c.id.desc())
    .limit(PAGE + 1)
)
_STEPS = Question(
    sa.select(_E.c.dest, sa.func.min(_E.c.at).label("at"), sa.func.count().label("times"))
    .where(
        _E.c.case_id == _CASE,
        _E.c.noun == "hazard",
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
        *("ended_at", "answer_code", "answer", "maybe_twice"),
    )
)
_LETTERS = Question(
    sa.select(*_SHOWN).where(_L.c.case_id == _CASE, _L.c.event_id.in_(_PAGE)).order_by(_L.c.id)
)
_LINES = Question(
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
_EVIDENCE = Question(
    sa.select(
        evidence.TABLE,
        evidence.FILES.c.media_type,
        evidence.FILES.c.size,
        _E.c.at,
        _E.c.noun,
        _E.c.move,
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
_SIGNED = Question(
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
_PENDING = Question(
    sa.select(pending.TABLE)
    .where(
        pending.TABLE.c.case_id == _CASE,
        pending.TABLE.c.state == sa.literal_column("'open'"),
    )
    .order_by(pending.TABLE.c.id)
)
_ACTING = sa.union(
    sa.select(_E.c.person_id.label("id")).where(_E.c.case_id == _CASE),
    sa.select(_E.c.behalf_of).where(_E.c.case_id == _CASE),
).subquery()
_PEOPLE = Question(sa.select(_P.c.id, _P.c.name).where(_P.c.id.in_(sa.select(_ACTING.c.id))))
_OF_HAZARD = ("unit_id", "department_id", "commission_id", "upper_id", "government_id")
_CONCERNED = sa.union(
    *(sa.select(_H.c[c].label("id")).where(_H.c.id == _CASE) for c in (*_OF_HAZARD, "township_id")),
    sa.select(_E.c.organisation_id).where(_E.c.case_id == _CASE),
    sa.select(_D.c.owner_id).where(_D.c.case_id == _CASE),
).subquery()
_ORGANISATIONS = Question(
    sa.select(
        _CONCERNED.c.id,
        sa.select(_O.c.name).where(_O.c.id == _CONCERNED.c.id).scalar_subquery().label("name"),
    ).where(_CONCERNED.c.id.is_not(None))
)
"""One look-up for each of a handful: joined, PostgreSQL reads all organisations there are."""
_WITHIN: dict[str, Question] = {}
_LAST = 2**63 - 1


def _within(scope: Scope) -> Question:
    """The hazard with that id, if it lies within the scope."""
    if scope.column not in _WITHIN:
        _WITHIN[scope.column] = Question(sa.select(_H).where(_H.c.id == _CASE, scope.condition()))
    return _WITHIN[scope.column]


@dataclass(frozen=True)
class CaseFile:
    """One case with all that is shown of it. ``more`` says that there are earlier events."""

    hazard: hazard.Hazard
    duties: list[duty.Duty]
    events: list[event.Event]
    more: bool
    steps: dict[str, tuple[datetime, int]]
    letters: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    papers: list[paper.Paper]
    evidence: list[dict[str, Any]]
    listings: list[listing.Listing]
    deferrals: list[deferral.Deferral]
    pending: list[pending.Pending]
    signatures: list[dict[str, Any]]
    claims: Mapping[int, dict[str, Any]]
    people: Mapping[int, str]
    organisations: Mapping[int, str]


def find(work: Work, scope: Scope, case_id: int) -> hazard.Hazard | None:
    """The hazard, if somebody with that scope may see it."""
    return next(
        iter(work.ask(_within(scope), hazard.Hazard, case_id=case_id, **scope.parameters())), None
    )


def read(work: Work, scope: Scope, case_id: int, before: int = _LAST) -> CaseFile | None:
    """Everything of a case within a scope; its events before an id. None: not there, or not theirs."""
    one = {"case_id": case_id}
    head, *rest = work.ask_all(
        [
            (_within(scope), {**one, **scope.parameters()}),
            (duty.OF_CASE, one),
            (_EVENTS, {**one, "before": before}),
            (_STEPS, one),
            (_LETTERS, {**one, "before": before}),
            (_LINES, {**one, "before": _LAST, "most": LINES + 1}),
            (paper.OF_CASE, one),
            (_EVIDENCE, one),
            (listing.OF_CASE, one),
            (deferral.OF_CASE, one),
            (_PENDING, one),
            (_SIGNED, one),
            (claim.OF_CASE, one),
            (_PEOPLE, one),
            (_ORGANISATIONS, one),
        ]
    )
    if not head:
        return None
    return _built(head[0], rest)


def _built(head: dict[str, Any], rest: list[list[dict[str, Any]]]) -> CaseFile:
    duties, events, steps, letters, lines, papers, files, listings, deferrals = rest[:9]
    waiting, signed, claims, people, organisations = rest[9:]
    return CaseFile(
        hazard=hazard.Hazard.model_construct(**head),
        duties=light(duty.Duty, duties),
        events=light(event.Event, events[:PAGE]),
        more=len(events) > PAGE,
        steps={s["dest"]: (s["at"], s["times"]) for s in steps},
        letters=letters,
        lines=lines,
        papers=light(paper.Paper, papers),
        evidence=files,
        listings=light(listing.Listing, listings),
        deferrals=light(deferral.Deferral, deferrals),
        pending=light(pending.Pending, waiting),
        signatures=signed,
        claims={c["duty_id"]: c for c in claims},
        people={p["id"]: p["name"] for p in people},
        organisations={o["id"]: o["name"] for o in organisations},
    )


@dataclass(frozen=True)
class Notices:
    """The reminders of a case, with its duties and the organisations they went to."""

    hazard: hazard.Hazard
    duties: list[duty.Duty]
    lines: list[dict[str, Any]]
    organisations: Mapping[int, str]


def notices(work: Work, scope: Scope, case_id: int, before: int, most: int) -> Notices | None:
    """The reminders of a case before an id, the latest first; None: not there, or not theirs."""
    one = {"case_id": case_id}
    head, duties, lines, organisations = work.ask_all(
        [
            (_within(scope), {**one, **scope.parameters()}),
            (duty.OF_CASE, one),
            (_LINES, {**one, "before": before, "most": most}),
            (_ORGANISATIONS, one),
        ]
    )
    if not head:
        return None
    return Notices(
        hazard=hazard.Hazard.model_construct(**head[0]),
        duties=light(duty.Duty, duties),
        lines=lines,
        organisations={o["id"]: o["name"] for o in organisations},
    )
