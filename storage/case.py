"""A case as one act sees it: the locked row, its open duties, and all a guard may ask, at one go."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from storage import deferral, duty, event, hazard, listing, pack, paper, pending
from storage.organisation import Organisation
from storage.person import Post, Substitution, holders_of, holds
from storage.statement import Question
from storage.work import Work

MAKERS = ("propose_listing", "accept_plan", "endorse")
"""The moves whose makers a separation of duties asks about."""

_POST: sa.Table = Post.__table__  # type: ignore[attr-defined]
_SUB: sa.Table = Substitution.__table__  # type: ignore[attr-defined]
_ORG: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_E = event.TABLE

_text = sa.Text()


def _part(kind: str, a: Any, b: Any, n: Any, m: Any) -> Any:
    return sa.select(
        sa.literal(kind, _text).label("kind"),
        sa.cast(a, _text).label("a"),
        sa.cast(b, _text).label("b"),
        sa.cast(n, sa.BigInteger).label("n"),
        sa.cast(m, sa.BigInteger).label("m"),
    )


def _children(table: sa.Table, noun: str) -> Any:
    return (
        _part(noun, table.c.state, sa.null(), sa.func.count(), sa.null())
        .where(table.c.hazard_id == sa.bindparam("case_id", type_=sa.BigInteger))
        .group_by(table.c.state)
    )


def _maker(move: str) -> Any:
    later = _E.alias()
    last = (
        sa.select(later.c.id)
        .where(
            later.c.row_id == sa.bindparam("row_id", type_=sa.BigInteger),
            later.c.move == sa.literal_column(f"'{move}'"),
        )
        .order_by(later.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return _part("maker", _E.c.move, sa.null(), _E.c.person_id, _E.c.behalf_of).where(
        _E.c.id == last
    )


_PERSON_ID = sa.bindparam("person_id", type_=sa.BigInteger)
_BEHALF = sa.bindparam("behalf_of", type_=sa.BigInteger)
_DAY = sa.bindparam("day", type_=sa.Date)

_PICTURE = sa.union_all(
    _children(listing.TABLE, "listing"),
    _children(deferral.TABLE, "deferral"),
    *(_maker(m) for m in MAKERS),
    _part("unsealed", sa.null(), sa.null(), sa.func.count(), sa.null()).where(
        paper.TABLE.c.case_id == sa.bindparam("case_id", type_=sa.BigInteger),
        paper.TABLE.c.state == sa.literal_column("'issued'"),
    ),
    _part(
        "pending",
        pending.TABLE.c.move,
        pending.TABLE.c.facts_hash,
        pending.TABLE.c.id,
        pending.TABLE.c.version,
    ).where(
        pending.TABLE.c.row_id == sa.bindparam("row_id", type_=sa.BigInteger),
        pending.TABLE.c.state == sa.literal_column("'open'"),
    ),
    _part("post", sa.null(), sa.null(), _POST.c.person_id, sa.null()).where(
        _POST.c.person_id.in_([_PERSON_ID, _BEHALF]),
        _POST.c.role == sa.bindparam("role", type_=_POST.c.role.type),
        _POST.c.organisation_id == sa.bindparam("organisation_id", type_=sa.BigInteger),
        holds(_DAY),
    ),
    _part("stand_in", sa.null(), sa.null(), _SUB.c.absent_id, sa.null()).where(
        _SUB.c.substitute_id == _PERSON_ID,
        _SUB.c.absent_id == _BEHALF,
        _SUB.c.from_on <= _DAY,
        _SUB.c.until_on >= _DAY,
    ),
    _part(
        "calendar",
        sa.select(pack.CALENDARS.c.version)
        .order_by(pack.CALENDARS.c.id.desc())
        .limit(1)
        .scalar_subquery(),
        sa.null(),
        sa.null(),
        sa.null(),
    ),
)
PICTURE = Question(_PICTURE)
_IDS = Question(sa.select(sa.func.nextval(sa.literal_column("'guapai_ids'")).label("first")))

_COLUMNS = (
    "unit_id",
    "department_id",
    "commission_id",
    "upper_id",
    "government_id",
    "township_id",
)
_OF_CASE = sa.union(
    *(
        sa.select(hazard.TABLE.c[c]).where(
            hazard.TABLE.c.id == sa.bindparam("case_id", type_=sa.BigInteger),
            hazard.TABLE.c[c].is_not(None),
        )
        for c in _COLUMNS
    )
).subquery()
HOLDERS = holders_of(_POST.c.organisation_id.in_(sa.select(_OF_CASE.c[0])))
"""Everybody in post at an organisation of the case, with those who stand in for them."""
ORGANISATIONS = Question(
    sa.select(_ORG.c.id, _ORG.c.name, _ORG.c.short_name, _ORG.c.parent_id, _ORG.c.paper_code).where(
        _ORG.c.id.in_(sa.select(_OF_CASE.c[0]))
    )
)
_TABLES: Mapping[str, sa.Table] = {
    "hazard": hazard.TABLE,
    "listing": listing.TABLE,
    "deferral": deferral.TABLE,
}


def table_of(noun: str) -> sa.Table:
    """The table whose rows a procedure moves."""
    return _TABLES[noun]


def children_questions(case_id: int) -> list[tuple[Question, Mapping[str, Any]]]:
    """The questions for the listings and deferrals of a case."""
    return [(listing.OF_CASE, {"case_id": case_id}), (deferral.OF_CASE, {"case_id": case_id})]


def picture_parameters(
    *,
    case_id: int,
    row_id: int,
    person_id: int | None,
    behalf_of: int | None,
    role: str,
    organisation_id: int | None,
    day: date,
) -> dict[str, Any]:
    """What `PICTURE` has to be asked with."""
    return {
        "case_id": case_id,
        "row_id": row_id,
        "person_id": person_id or 0,
        "behalf_of": behalf_of or 0,
        "role": role,
        "organisation_id": organisation_id or 0,
        "day": day,
    }


def ids_question(work: Work) -> list[tuple[Question, Mapping[str, Any]]]:
    """On PostgreSQL, a block of ids, drawn behind the lock in the same trip; else nothing."""
    return [(_IDS, {})] if work.is_postgresql else []


def give_block(work: Work, answer: Sequence[Mapping[str, Any]]) -> None:
    """Hand the block of `ids_question` to the work."""
    work.give_ids(int(answer[0]["first"]))


def lock_questions(case_id: int) -> list[tuple[Question, Mapping[str, Any]]]:
    """Lock the hazard, then its open duties: always in this order."""
    return [(hazard.LOCK, {"case_id": case_id}), (duty.LOCK_OF_CASE, {"case_id": case_id})]
