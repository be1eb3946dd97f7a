"""What lies on somebody's desk: the open duties of a post, and decisions that wait for signatures."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from guapai.people import Actor
from statemachines.duty import DutyState
from storage import case, claim, duty, pending
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work, light
from storage.people.organisation import Organisation
from storage.people.person import Person
from storage.questions.scope import Scope

PAGE = 50

_D, _K, _S, _C = duty.TABLE, case.TABLE, case.STANDINGS, claim.TABLE
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_MINE = sa.and_(
    _D.c.owner_id == sa.bindparam("owner_id", type_=sa.BigInteger),
    _D.c.owner_role == sa.bindparam("owner_role", type_=_D.c.owner_role.type),
    _D.c.state == word(DutyState.open),
)
_AT = _D.c.due_at.type
_ME = sa.bindparam("me", type_=sa.BigInteger)


class Task(SQLModel):
    """An open duty with what a row of the desk shows of its case.

    ``signed`` is the move of the case that the reader has signed and that waits for others.
    """

    id: int
    case_id: int
    noun: str
    row_id: int
    kind: str
    slot: str
    term: str
    basis: str
    due_at: datetime
    due_on: date
    provisional: bool
    version: int | None
    number: str
    title: str
    row_state: str | None
    place_code: str
    unit: str | None
    claimed_by: int | None
    claimant: str | None
    signed: str | None


def _signed_by_me() -> sa.ScalarSelect[Any]:
    p, s = pending.TABLE, pending.SIGNATURES
    return (
        sa.select(p.c.move)
        .join(s, s.c.pending_id == p.c.id)
        .where(
            p.c.row_id == _D.c.row_id,
            p.c.state == sa.literal_column("'open'"),
            sa.or_(s.c.person_id == _ME, s.c.behalf_of == _ME),
        )
        .limit(1)
        .scalar_subquery()
    )


@cache
def _tasks(of_a_kind: bool, narrow: str) -> Question:
    conditions = [_KIND] if of_a_kind else []
    conditions += [FILTERS[narrow]] if narrow else []
    after = sa.or_(
        _D.c.due_at > sa.bindparam("after_at", type_=_AT),
        sa.and_(
            _D.c.due_at == sa.bindparam("after_at", type_=_AT),
            _D.c.id > sa.bindparam("after_id", type_=sa.BigInteger),
        ),
    )
    return Question(
        sa.select(
            *(
                _D.c[c]
                for c in ("id", "case_id", "noun", "row_id", "kind", "slot", "term", "basis")
            ),
            *(_D.c[c] for c in ("due_at", "due_on", "provisional")),
            *(_K.c[c] for c in ("number", "title", "place_code")),
            _S.c.state.label("row_state"),
            _S.c.version,
            _O.c.name.label("unit"),
            _C.c.person_id.label("claimed_by"),
            _P.c.name.label("claimant"),
            _signed_by_me().label("signed"),
        )
        .join(_K, _K.c.id == _D.c.case_id)
        .outerjoin(_S, _S.c.row_id == _D.c.row_id)
        .outerjoin(_O, _O.c.id == _K.c.unit_id)
        .outerjoin(_C, sa.and_(_C.c.duty_id == _D.c.id, _C.c.released_at.is_(None)))
        .outerjoin(_P, _P.c.id == _C.c.person_id)
        .where(_MINE, after, *conditions)
        .order_by(_D.c.due_at, _D.c.id)
        .limit(PAGE + 1)
    )


_KIND = _D.c.kind == sa.bindparam("kind", type_=sa.Text)
_LATE = _D.c.due_at <= sa.bindparam("now", type_=_AT)
_OWN = _C.c.person_id == sa.bindparam("me", type_=sa.BigInteger)
_FREE = _C.c.person_id.is_(None)
_SOON = sa.and_(
    _D.c.due_at > sa.bindparam("now", type_=_AT),
    _D.c.due_at <= sa.bindparam("soon", type_=_AT),
)
FILTERS = {"late": _LATE, "soon": _SOON, "mine": _OWN, "free": _FREE}
"""What a desk can be narrowed to: overdue, due soon, claimed by me, claimed by nobody."""

_COUNTS = Question(
    sa.select(
        _D.c.kind,
        sa.func.count().label("n"),
        sa.func.sum(sa.case((_LATE, 1), else_=0)).label("late"),
        sa.func.sum(sa.case((_SOON, 1), else_=0)).label("soon"),
    )
    .where(_MINE)
    .group_by(_D.c.kind)
    .order_by(_D.c.kind)
)


@cache
def _unsigned(shape: Scope) -> Question:
    p, s = pending.TABLE, pending.SIGNATURES
    mine = sa.exists().where(
        s.c.pending_id == p.c.id,
        sa.or_(s.c.person_id == _ME, s.c.behalf_of == _ME),
    )
    signed = sa.select(sa.func.count()).where(s.c.pending_id == p.c.id).scalar_subquery()
    return Question(
        sa.select(
            *(p.c[c] for c in ("id", "case_id", "noun", "row_id", "move", "opened_at")),
            _K.c.number,
            _K.c.title,
            signed.label("signed"),
        )
        .join(_K, _K.c.id == p.c.case_id)
        .join(_S, sa.and_(_S.c.row_id == p.c.row_id, _S.c.version == p.c.version))
        .where(p.c.state == sa.literal_column("'open'"), ~mine, shape.condition())
        .order_by(p.c.id)
        .limit(PAGE)
    )


@cache
def _case_of(shape: Scope) -> Question:
    return Question(
        sa.select(_D.c.case_id)
        .join(_K, _K.c.id == _D.c.case_id)
        .where(_D.c.id == sa.bindparam("duty_id", type_=sa.BigInteger), shape.condition())
    )


def case_of(work: Work, scope: Scope, duty_id: int) -> int | None:
    """The case of a duty, if somebody with that scope may see it."""
    found = work.records(_case_of(scope.shape), duty_id=duty_id, **scope.parameters())
    return found[0]["case_id"] if found else None


class Unsigned(SQLModel):
    """A decision that waits for signatures."""

    id: int
    case_id: int
    noun: str
    row_id: int
    move: str
    opened_at: datetime
    number: str
    title: str
    signed: int


@dataclass(frozen=True, kw_only=True)
class Narrow:
    """What a desk is narrowed to: a kind of duty, a key of `FILTERS`; and where the page before ended."""

    kind: str
    filter: str
    after: tuple[datetime, int]


@dataclass(frozen=True)
class Desk:
    """One page of open duties and one more; how many there are of each kind; what waits for a name."""

    tasks: list[Task]
    counts: list[dict[str, Any]]
    unsigned: list[Unsigned]


def read(work: Work, scope: Scope, actor: Actor, narrow: Narrow, soon: datetime) -> Desk:
    """The desk of the actor's post, asked in one trip.

    ``counts`` say for each kind ``n``, ``late`` and those due until ``soon``. ``unsigned`` are the
    oldest 50 decisions of the scope that the actor has not signed.
    """
    post: dict[str, Any] = {"owner_id": actor.organisation_id, "owner_role": actor.role}
    post |= {"now": work.now, "soon": soon}
    me = {"me": actor.person_id or 0}
    place = {"after_at": narrow.after[0], "after_id": narrow.after[1], "kind": narrow.kind}
    tasks, counts, unsigned = work.ask_all(
        [
            (_tasks(bool(narrow.kind), narrow.filter), {**post, **me, **place}),
            (_COUNTS, post),
            (_unsigned(scope.shape), {**me, **scope.parameters()}),
        ]
    )
    return Desk(light(Task, tasks), counts, light(Unsigned, unsigned))
