"""Leaders in post at organisations, to choose from who leads the supervision of a listing."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import SQLModel

from guapai.clock import local_date
from guapai.people import Role
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.organisation import Organisation
from storage.people.person import Person, Post, holds

_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_POST: sa.Table = Post.__table__  # type: ignore[attr-defined]
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
LEADERS = (Role.department_head, Role.commission_chair, Role.government)


class Leader(SQLModel):
    """Somebody who leads an organisation."""

    person_id: int
    name: str
    organisation: str


_AT = Question(
    sa.select(_P.c.id.label("person_id"), _P.c.name, _O.c.name.label("organisation"))
    .join_from(_POST, _P, _P.c.id == _POST.c.person_id)
    .join(_O, _O.c.id == _POST.c.organisation_id)
    .where(
        _POST.c.organisation_id == sa.bindparam("organisation_id", type_=sa.BigInteger),
        _POST.c.role.in_([word(role) for role in LEADERS]),
        _P.c.active,
        holds(sa.bindparam("day", type_=sa.Date)),
    )
    .order_by(_P.c.id)
)


def leaders_at(work: Work, organisation_ids: Sequence[int]) -> list[Leader]:
    """Who leads these organisations today, in their order, none twice."""
    day = local_date(work.now)
    asked = [(_AT, {"organisation_id": one, "day": day}) for one in organisation_ids]
    answers = work.ask_all(asked) if asked else []
    found = {row["person_id"]: Leader(**row) for rows in reversed(answers) for row in rows}
    return list(reversed(found.values()))
