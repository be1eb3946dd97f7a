"""What one act asks of a case: the locked root, its open duties, and all a guard may ask, at one go."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from statemachines.side import LED, OF_UNIT
from storage import case, duty, nouns, paper, pending
from storage.database.statement import Question
from storage.database.work import Work
from storage.history import event
from storage.makers import makers_of, makers_of_case, part
from storage.people.organisation import Organisation
from storage.people.person import Post, Substitution, holders_of, holds
from storage.upkeep import pack

Asked = tuple[Question, Mapping[str, Any]]
"""A question with what it is asked with."""

_POST: sa.Table = Post.__table__  # type: ignore[attr-defined]
_SUB: sa.Table = Substitution.__table__  # type: ignore[attr-defined]
_ORG: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_E, _C, _S, _P = event.TABLE, case.TABLE, case.STANDINGS, case.PARTIES

_CASE = sa.bindparam("case_id", type_=sa.BigInteger)
_ROW = sa.bindparam("row_id", type_=sa.BigInteger)


_PERSON_ID = sa.bindparam("person_id", type_=sa.BigInteger)
_BEHALF = sa.bindparam("behalf_of", type_=sa.BigInteger)
_DAY = sa.bindparam("day", type_=sa.Date)


def _acted_for_unit(whose: str) -> sa.ColumnElement[bool]:
    """Whether a person has made a move of the unit in the case; each asks an index of its own."""
    return sa.exists().where(
        _E.c.case_id == _CASE,
        _E.c[whose].in_([_PERSON_ID, _BEHALF]),
        _E.c.role.in_([sa.literal_column(f"'{r}'") for r in sorted(OF_UNIT)]),
    )


_GAP: Any = sa.literal_column("' '")
"""Between the standings of a case, which come as one text: as many answers as kinds cost more."""
_EVERY = (
    part("standings", sa.func.aggregate_strings(_S.c.noun + "/" + _S.c.state, _GAP)).where(
        _S.c.case_id == _CASE
    ),
    part("party", _P.c.side, None, _P.c.organisation_id).where(
        _P.c.case_id == _CASE, _P.c.until.is_(None)
    ),
    part("unsealed", None, None, sa.func.count()).where(
        paper.TABLE.c.case_id == _CASE, paper.TABLE.c.state == sa.literal_column("'issued'")
    ),
    part(
        "pending",
        pending.TABLE.c.move,
        pending.TABLE.c.facts_hash,
        pending.TABLE.c.id,
        pending.TABLE.c.version,
        pending.TABLE.c.row_id,
    ).where(pending.TABLE.c.case_id == _CASE, pending.TABLE.c.state == sa.literal_column("'open'")),
    part("post", None, None, _POST.c.person_id).where(
        _POST.c.person_id.in_([_PERSON_ID, _BEHALF]),
        _POST.c.role == sa.bindparam("role", type_=_POST.c.role.type),
        _POST.c.organisation_id == sa.bindparam("organisation_id", type_=sa.BigInteger),
        holds(_DAY),
    ),
    part("stand_in", None, None, _SUB.c.absent_id).where(
        _SUB.c.substitute_id == _PERSON_ID,
        _SUB.c.absent_id == _BEHALF,
        _SUB.c.from_on <= _DAY,
        _SUB.c.until_on >= _DAY,
    ),
    part("at_unit", None, None, _POST.c.person_id).where(
        _POST.c.organisation_id
        == sa.select(_C.c.unit_id).where(_C.c.id == _CASE).scalar_subquery(),
        holds(_DAY),
        sa.or_(
            _POST.c.person_id.in_([_PERSON_ID, _BEHALF]),
            _POST.c.person_id.in_(
                sa.select(_SUB.c.absent_id).where(
                    _SUB.c.substitute_id == _PERSON_ID,
                    _SUB.c.from_on <= _DAY,
                    _SUB.c.until_on >= _DAY,
                )
            ),
        ),
    ),
    part("for_unit").where(sa.or_(_acted_for_unit("person_id"), _acted_for_unit("behalf_of"))),
    part(
        "calendar",
        sa.select(pack.CALENDARS.c.version)
        .order_by(pack.CALENDARS.c.id.desc())
        .limit(1)
        .scalar_subquery(),
    ),
)
_IDS = Question(sa.select(sa.func.nextval(sa.literal_column("'guapai_ids'")).label("first")))

_OF_CASE = sa.union_all(
    *(sa.select(_C.c[name].label("id")).where(_C.c.id == _CASE) for name in LED.values()),
    sa.select(_P.c.organisation_id).where(_P.c.case_id == _CASE, _P.c.until.is_(None)),
).cte("of_case")
"""The organisations of a case; some twice, which costs less than to sort them."""
HOLDERS = holders_of(_POST.c.organisation_id.in_(sa.select(_OF_CASE.c.id)))
"""Everybody in post at an organisation of the case, with those who stand in for them."""
ORGANISATIONS = Question(
    sa.select(_ORG.c.id, _ORG.c.name, _ORG.c.short_name, _ORG.c.parent_id, _ORG.c.paper_code).where(
        _ORG.c.id.in_(sa.select(_OF_CASE.c.id))
    )
)


@cache
def _seen(noun: str) -> Question:
    return Question(sa.union_all(*_EVERY, *makers_of(noun)))


@cache
def _seen_whole() -> Question:
    return Question(sa.union_all(*_EVERY, *makers_of_case()))


@cache
def _lock(root: str) -> Question:
    """The case with its root, locked against every other act; what only refers to it may go on.

    Both rows are locked: PostgreSQL reads a row that it does not lock as it was before the wait.
    """
    table = nouns.TABLES[root]
    whole = case.root_of(table).where(_C.c.id == _CASE)
    return Question(whole.with_for_update(key_share=True, of=[_C, table]))


@cache
def _look(root: str) -> Question:
    return Question(case.root_of(nouns.TABLES[root]).where(_C.c.id == _CASE))


@cache
def _row(noun: str) -> Question:
    table = nouns.TABLES[noun]
    return Question(sa.select(table).where(table.c.id == _ROW, nouns.within(noun, _CASE)))


def seen_by_guards(noun: str, given: Mapping[str, Any]) -> Asked:
    """What guards may ask about a row of a noun; asked with `parameters`."""
    return _seen(noun), given


def seen_on_page(given: Mapping[str, Any]) -> Asked:
    """The same for every row of the case at once."""
    return _seen_whole(), {k: v for k, v in given.items() if k != "row_id"}


def parameters(
    *,
    case_id: int,
    row_id: int,
    person_id: int | None,
    behalf_of: int | None,
    role: str,
    organisation_id: int | None,
    day: date,
) -> dict[str, Any]:
    """What `seen_by_guards` has to be asked with."""
    return {
        "case_id": case_id,
        "row_id": row_id,
        "person_id": person_id or 0,
        "behalf_of": behalf_of or 0,
        "role": role,
        "organisation_id": organisation_id or 0,
        "day": day,
    }


def standings_in(said: str | None) -> dict[tuple[str, str], int]:
    """How many rows of a noun stand in a state, as the part ``standings`` of the answer tells it."""
    found: dict[tuple[str, str], int] = {}
    for one in (said or "").split():
        noun, _, state = one.partition("/")
        found[noun, state] = found.get((noun, state), 0) + 1
    return found


def lock(root: str, case_id: int) -> list[Asked]:
    """Lock a case with its root, then its open duties: always in this order."""
    return [(_lock(root), {"case_id": case_id}), (duty.LOCK_OF_CASE, {"case_id": case_id})]


def look(root: str, case_id: int) -> list[Asked]:
    """The case with its root and its open duties, the first due first, without a lock."""
    return [(_look(root), {"case_id": case_id}), (duty.ACTIVE, {"case_id": case_id})]


def row(noun: str, case_id: int, row_id: int) -> Asked:
    """One row of a noun that is no root, if it is in that case."""
    return _row(noun), {"case_id": case_id, "row_id": row_id}


def children(names: Iterable[str], case_id: int) -> list[Asked]:
    """The rows of each of these nouns in a case, oldest first."""
    return [(nouns.CHILDREN[n], {"case_id": case_id}) for n in names]


def ids_question(work: Work) -> list[Asked]:
    """On PostgreSQL, a block of ids, drawn behind the lock in the same trip; else nothing."""
    return [(_IDS, {})] if work.is_postgresql else []


def give_block(work: Work, answer: Sequence[Mapping[str, Any]]) -> None:
    """Hand the block of `ids_question` to the work."""
    work.give_ids(int(answer[0]["first"]))
