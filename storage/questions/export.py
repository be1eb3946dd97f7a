"""What is handed out as tables: hazards, duties, letters, events, in pages by their ids."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from statemachines.secrecy import Secrecy
from storage import case, duty, hazard, letter
from storage.database.columns import word
from storage.database.engine import Engine
from storage.database.statement import Question
from storage.database.work import Work, unit_of_work
from storage.history import access, event
from storage.people.organisation import Organisation
from storage.people.person import Person

PAGE = 500

_C, _H, _D, _L, _E = case.TABLE, hazard.TABLE, duty.TABLE, letter.TABLE, event.TABLE
_OPEN = _C.c.secrecy != word(Secrecy.hidden)
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_PLACE = sa.bindparam("place", type_=sa.Text)
_STATE = sa.bindparam("state", type_=sa.Text)


def _page(
    statement: Any, table: sa.Table, state: sa.Column[Any], since: sa.Column[datetime]
) -> Question:
    """The rows after an id, of a place (the head of its code), in a state, since an instant.

    What belongs to a hidden case is in no table that is handed out.
    """
    return Question(
        statement.where(
            table.c.id > sa.bindparam("after", type_=sa.BigInteger),
            sa.or_(_PLACE == "", _C.c.place_code.startswith(_PLACE)),
            sa.or_(_STATE == "", sa.cast(state, sa.Text) == _STATE),
            since >= sa.bindparam("since", type_=since.type),
            sa.or_(_C.c.id.is_(None), _OPEN),
        )
        .order_by(table.c.id)
        .limit(PAGE)
    )


def _name(table: sa.Table, key: sa.Column[Any], label: str) -> Any:
    other = table.alias()
    return sa.select(other.c.name).where(other.c.id == key).scalar_subquery().label(label)


_QUESTIONS = {
    "hazards": _page(
        sa.select(
            *case.whole_of(_H),
            _name(_O, _C.c.unit_id, "unit"),
            _name(_O, _C.c.department_id, "department"),
            _name(_O, _C.c.commission_id, "commission"),
        ).join_from(_C, _H, _H.c.id == _C.c.id),
        _C,
        _H.c.state,
        _C.c.created_at,
    ),
    "duties": _page(
        sa.select(
            _D, _C.c.number, _C.c.title, _C.c.place_code, _name(_O, _D.c.owner_id, "owner")
        ).join(_C, _C.c.id == _D.c.case_id),
        _D,
        _D.c.state,
        _D.c.opened_at,
    ),
    "letters": _page(
        sa.select(
            *(c for c in _L.c if c.name not in ("text", "html", "mime", "token")), _C.c.number
        ).outerjoin(_C, _C.c.id == _L.c.case_id),
        _L,
        _L.c.state,
        _L.c.created_at,
    ),
    "events": _page(
        sa.select(
            *(c for c in _E.c if c.name != "leaf"),
            _C.c.number,
            _C.c.place_code,
            _name(_P, _E.c.person_id, "person"),
            _name(_P, _E.c.behalf_of, "absent"),
            _name(_O, _E.c.organisation_id, "organisation"),
        ).outerjoin(_C, _C.c.id == _E.c.case_id),
        _E,
        _E.c.dest,
        _E.c.at,
    ),
}
_A = access.TABLE
_QUESTIONS["entries"] = Question(
    sa.select(_A, _name(_P, _A.c.person_id, "person"))
    .where(
        _A.c.id > sa.bindparam("after", type_=sa.BigInteger),
        _PLACE == "",  # an entry is of no place
        sa.or_(_STATE == "", sa.cast(_A.c.outcome, sa.Text) == _STATE),
        _A.c.at >= sa.bindparam("since", type_=_A.c.at.type),
    )
    .order_by(_A.c.id)
    .limit(PAGE)
)
TABLES = tuple(_QUESTIONS)
"""What can be handed out."""


def page(
    work: Work, table: str, *, after: int, place: str, state: str, since: datetime
) -> list[dict[str, Any]]:
    """The next `PAGE` rows of a table; empty ``place`` and ``state`` mean any."""
    return work.records(_QUESTIONS[table], after=after, place=place, state=state, since=since)


def rows(
    engine: Engine, table: str, *, place: str, state: str, since: datetime
) -> Iterator[dict[str, Any]]:
    """All rows of a table, page by page, each page in a short transaction of its own."""
    after = 0
    while True:
        with unit_of_work(engine, write=False) as work:
            found = page(work, table, after=after, place=place, state=state, since=since)
        yield from found
        if len(found) < PAGE:
            return
        after = found[-1]["id"]
