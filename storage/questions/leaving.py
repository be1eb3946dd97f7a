"""What somebody leaves behind who leaves their posts: the open duties that have nobody then."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from statemachines.duty import DutyState
from storage import case, claim, duty
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.person import Person, Post

MOST = 1000
"""So many duties are listed (own)."""


class Left(SQLModel):
    """An open duty; ``claimed``: the one who leaves has taken it upon themselves."""

    duty_id: int
    number: str
    title: str
    kind: str
    due_on: date
    claimed: bool


_D, _C, _CLAIMS = duty.TABLE, case.TABLE, claim.TABLE
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_POST: sa.Table = Post.__table__  # type: ignore[attr-defined]
_PERSON = sa.bindparam("person_id", type_=sa.BigInteger)
_DAY = sa.bindparam("day", type_=sa.Date)
_MINE, _OTHER = _POST.alias("mine"), _POST.alias("other")
_CLAIMED = sa.exists().where(
    _CLAIMS.c.duty_id == _D.c.id,
    _CLAIMS.c.person_id == _PERSON,
    _CLAIMS.c.released_at.is_(None),
)
_OURS = sa.exists().where(
    _MINE.c.person_id == _PERSON,
    _MINE.c.role == _D.c.owner_role,
    _MINE.c.organisation_id == _D.c.owner_id,
    sa.or_(_MINE.c.until_on.is_(None), _MINE.c.until_on >= _DAY),
)
_OTHERS = sa.exists().where(
    _OTHER.c.person_id != _PERSON,
    _OTHER.c.role == _D.c.owner_role,
    _OTHER.c.organisation_id == _D.c.owner_id,
    sa.or_(_OTHER.c.until_on.is_(None), _OTHER.c.until_on > _DAY),
    _P.c.id == _OTHER.c.person_id,
    _P.c.active,
)
_LEFT = Question(
    sa.select(
        _D.c.id.label("duty_id"),
        _C.c.number,
        _C.c.title,
        _D.c.kind,
        _D.c.due_on,
        _CLAIMED.label("claimed"),
    )
    .join(_C, _C.c.id == _D.c.case_id)
    .where(
        _D.c.state == word(DutyState.open),
        sa.or_(_CLAIMED, sa.and_(_OURS, ~_OTHERS)),
    )
    .order_by(_D.c.due_at, _D.c.id)
    .limit(MOST)
)


def duties_left(work: Work, person_id: int, last_day: date) -> list[Left]:
    """The open duties somebody has in hand, or that nobody else's post answers for after a day."""
    return work.ask(_LEFT, Left, person_id=person_id, day=last_day)
