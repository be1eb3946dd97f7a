"""What those who operate the system look at: incidents, the queue of the post, the runs of jobs."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from statemachines.duty import DutyState
from statemachines.letter import LetterState as L
from storage import case, duty, incident, letter, paper
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.organisation import Organisation
from storage.questions.scope import Scope

PAGE = 20
"""So many incidents stand on the page."""
ITEMS = 50
"""So many of the things an incident is about are shown, the latest."""

_C, _I, _T, _D, _L, _P = (
    case.TABLE,
    incident.TABLE,
    incident.ITEMS,
    duty.TABLE,
    letter.TABLE,
    paper.TABLE,
)
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_WAITING = (L.queued, L.claimed, L.sending, L.failed, L.uncertain, L.suppressed)
_CASE = sa.bindparam("case_id", type_=sa.BigInteger)


@cache
def _incidents(shape: Scope, *, ended: bool) -> Question:
    count = sa.select(sa.func.count()).where(_T.c.case_id == _C.c.id).scalar_subquery()
    owner = sa.select(_O.c.name).where(_O.c.id == _C.c.department_id).scalar_subquery()
    statement = (
        sa.select(
            *(_C.c[c] for c in ("id", "number", "title", "created_at", "closed_at")),
            *(_I.c[c] for c in ("state", "cause", "waits")),
            count.label("count"),
            owner.label("owner"),
            *(_D.c[c] for c in ("due_at", "due_on", "term", "next_rung_at")),
        )
        .join_from(_C, _I, _I.c.id == _C.c.id)
        .outerjoin(_D, sa.and_(_D.c.row_id == _C.c.id, _D.c.state == word(DutyState.open)))
        .where(shape.condition())
        .limit(PAGE)
    )
    if ended:
        return Question(
            statement.where(_C.c.closed_at.is_not(None)).order_by(_C.c.closed_at.desc())
        )
    return Question(statement.where(_C.c.closed_at.is_(None)).order_by(_C.c.id))


@cache
def _count_open(shape: Scope) -> Question:
    open_ones = sa.select(sa.func.count().label("n")).join_from(_C, _I, _I.c.id == _C.c.id)
    return Question(open_ones.where(shape.condition(), _C.c.closed_at.is_(None)))


_QUEUE = Question(
    sa.union_all(
        *(
            sa.select(
                sa.literal(state.value, sa.Text).label("state"),
                sa.func.count().label("n"),
                sa.func.min(_L.c.created_at).label("oldest"),
            ).where(_L.c.state == word(state))
            for state in _WAITING
        )
    )
)
_ITEMS = Question(
    sa.select(
        *(_T.c[c] for c in ("id", "noun", "key", "row_id", "since")),
        *(_L.c[c] for c in ("kind", "recipient_name", "recipient", "state", "answer_code")),
        *(_L.c[c] for c in ("answer", "ended_at", "created_at", "subject", "maybe_twice")),
        _P.c.number,
        _P.c.fault,
    )
    .outerjoin(_L, sa.and_(_T.c.noun == "letter", _L.c.id == _T.c.row_id))
    .outerjoin(_P, sa.and_(_T.c.noun == "paper", _P.c.id == _T.c.row_id))
    .where(_T.c.case_id == _CASE)
    .order_by(_T.c.id.desc())
    .limit(ITEMS)
)
_COUNT_ITEMS = Question(sa.select(sa.func.count().label("n")).where(_T.c.case_id == _CASE))

Rows = list[Mapping[str, Any]]


def incidents(work: Work, scope: Scope) -> tuple[Rows, Rows, int]:
    """The oldest open incidents of a scope, the last that ended, and how many are open."""
    given = scope.parameters()
    opened, ended, counted = work.ask_all(
        [
            (_incidents(scope.shape, ended=False), given),
            (_incidents(scope.shape, ended=True), given),
            (_count_open(scope.shape), given),
        ]
    )
    return list(opened), list(ended), int(counted[0]["n"])


def queue(work: Work) -> Rows:
    """The letters that are not over, by state: how many, and since when the oldest waits."""
    return [row for row in work.records(_QUEUE) if row["n"]]


def items(work: Work, case_id: int) -> tuple[Rows, int]:
    """The latest things that an incident is about, and how many there are."""
    found, counted = work.ask_all(
        [(_ITEMS, {"case_id": case_id}), (_COUNT_ITEMS, {"case_id": case_id})]
    )
    return list(found), int(counted[0]["n"])
