"""What one administrator has asked another to decide with them: an act on an account, and its end."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.clock import local_date
from guapai.word import Word
from storage.database.columns import (
    changing,
    identity,
    long_text,
    maybe_reference,
    reference,
    word,
    words,
)
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.organisation import Organisation
from storage.people.person import Person, Post

LASTS = timedelta(days=3)
"""So long a question waits for its answer, and an answer for the act (own: as a first password)."""
PAGE = 100


class AskedState(Word):
    """What became of a question."""

    open = "open", "等待共同办理"
    agreed = "agreed", "已同意，待办理"
    declined = "declined", "未同意"
    withdrawn = "withdrawn", "提请已撤回"
    done = "done", "已共同办理"
    lapsed = "lapsed", "已过期"


class Asked(SQLModel, table=True):
    """A question about one person's account: what, why, who asks, and who has answered; never deleted."""

    __tablename__ = "asked"
    __table_args__ = changing(
        *("state", "answered_by", "answered_behalf_of", "answered_role", "answered_at")
    )

    id: int = identity()
    person_id: int = reference("persons.id", index=True)
    what: str = Field(max_length=40)
    reason: str = long_text()
    state: AskedState = Field(default=AskedState.open, sa_type=words(AskedState))
    asked_by: int = reference("persons.id")
    behalf_of: int | None = maybe_reference("persons.id")
    role: str = Field(max_length=40)
    organisation_id: int = reference("organisations.id")
    asked_at: datetime
    answered_by: int | None = maybe_reference("persons.id")
    answered_behalf_of: int | None = maybe_reference("persons.id")
    answered_role: str = Field(default="", max_length=40)
    answered_at: datetime | None = None


TABLE: sa.Table = Asked.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_POST: sa.Table = Post.__table__  # type: ignore[attr-defined]
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_ABOUT, _BY = _P.alias("about"), _P.alias("asker")
_LATEST_AT = sa.func.coalesce(TABLE.c.answered_at, TABLE.c.asked_at)
_ALIVE = sa.and_(
    TABLE.c.state.in_([word(AskedState.open), word(AskedState.agreed)]),
    sa.bindparam("since") < _LATEST_AT,
)
_SHOWN = (
    sa.select(
        *TABLE.c,
        _ABOUT.c.name.label("about_name"),
        _BY.c.name.label("asker_name"),
        _O.c.name.label("organisation"),
        _O.c.place_code,
    )
    .join_from(TABLE, _ABOUT, _ABOUT.c.id == TABLE.c.person_id)
    .join(_BY, _BY.c.id == TABLE.c.asked_by)
    .join(_O, _O.c.id == TABLE.c.organisation_id)
)
_WAITING = Question(
    _SHOWN.where(_ALIVE, TABLE.c.state == word(AskedState.open)).order_by(TABLE.c.id).limit(PAGE)
)
_OF = Question(
    _SHOWN.where(TABLE.c.asked_by == sa.bindparam("person_id"))
    .order_by(TABLE.c.id.desc())
    .limit(PAGE)
)
_ABOUT_PERSON = Question(
    sa.select(TABLE)
    .where(
        _ALIVE,
        TABLE.c.person_id == sa.bindparam("person_id"),
        TABLE.c.asked_by == sa.bindparam("asked_by"),
        TABLE.c.what == sa.bindparam("what"),
    )
    .order_by(TABLE.c.id.desc())
)
_BY_ID = Question(sa.select(TABLE).where(TABLE.c.id == sa.bindparam("id")))
_STANDING = Question(
    sa.select(_POST.c.person_id, sa.cast(_POST.c.role, sa.Text).label("role"))
    .add_columns(_O.c.place_code, _O.c.name)
    .join_from(_POST, _O, _O.c.id == _POST.c.organisation_id)
    .where(
        _POST.c.person_id.in_(
            sa.select(TABLE.c.person_id).where(_ALIVE, TABLE.c.state == word(AskedState.open))
        ),
        sa.or_(_POST.c.until_on.is_(None), _POST.c.until_on >= sa.bindparam("day", type_=sa.Date)),
    )
    .order_by(_POST.c.id)
)
_OVER = Question(
    sa.select(TABLE)
    .where(
        TABLE.c.state.in_([word(AskedState.open), word(AskedState.agreed)]),
        sa.bindparam("since", type_=TABLE.c.asked_at.type) >= _LATEST_AT,
    )
    .order_by(TABLE.c.id)
    .limit(PAGE)
)


def ask(work: Work, values: dict[str, Any]) -> int:
    """Write a question down; its id."""
    found = work.take_id()
    work.insert(
        TABLE,
        {
            **{"id": found, "state": AskedState.open, "asked_at": work.now, "answered_by": None},
            **{"answered_behalf_of": None, "answered_role": "", "answered_at": None},
            **values,
        },
    )
    return found


def get(work: Work, asked_id: int) -> Asked | None:
    """One question."""
    return next(iter(work.ask(_BY_ID, Asked, id=asked_id)), None)


def alive(work: Work, person_id: int, asked_by: int, what: str) -> Asked | None:
    """The question of an asker about that act on that account, if it waits for an answer or the act."""
    given = {"person_id": person_id, "asked_by": asked_by, "what": what, "since": work.now - LASTS}
    return next(iter(work.ask(_ABOUT_PERSON, Asked, **given)), None)


def lapsed(row: Any, now: datetime) -> bool:
    """Whether a question has waited too long for its answer, or an answer for the act."""
    over = (row["answered_at"] or row["asked_at"]) <= now - LASTS
    return over and row["state"] in (AskedState.open, AskedState.agreed)


def waiting(work: Work) -> list[dict[str, Any]]:
    """The questions that wait for an answer, the oldest first, 100 at most."""
    return work.records(_WAITING, since=work.now - LASTS)


def standing_about(work: Work) -> dict[int, list[dict[str, Any]]]:
    """The posts of today and of later of everybody about whom a question waits, by person."""
    found: dict[int, list[dict[str, Any]]] = {}
    given = {"since": work.now - LASTS, "day": local_date(work.now)}
    for row in work.records(_STANDING, **given):
        found.setdefault(row["person_id"], []).append(row)
    return found


def over(work: Work) -> list[Asked]:
    """The questions that have waited too long and stand open still, 100 at most."""
    return work.ask(_OVER, Asked, since=work.now - LASTS)


def of_asker(work: Work, person_id: int) -> list[dict[str, Any]]:
    """What somebody has asked, the latest first, 100 at most."""
    return work.records(_OF, person_id=person_id)


def move(work: Work, row: Asked, state: AskedState, **values: Any) -> None:
    """Go on to another state. Raises Overtaken when somebody else was first."""
    said = "这一提请刚刚由他人办理，请刷新后再看"
    work.update(TABLE, {"id": row.id, "state": row.state}, {"state": state, **values}, guarded=said)
