"""Who is an officer: somebody in post, as no expert, whose certificate is valid on the day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from guapai.clock import local_date
from guapai.people import Role
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.person import Person, Post, holds

MOST = 300
"""So many officers of one organisation are offered, the first by name (own)."""

_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_POST: sa.Table = Post.__table__  # type: ignore[attr-defined]
_DAY = sa.bindparam("day", type_=sa.Date)
_AT = sa.bindparam("organisation_id", type_=sa.BigInteger)


class Officer(SQLModel):
    """A natural person with a certificate: who they are, its number, its last day if that is known."""

    person_id: int
    name: str
    certificate_no: str
    certificate_until: date | None


_CERTIFIED = sa.and_(
    _P.c.active,
    _P.c.certificate_no != sa.literal_column("''"),
    sa.or_(_P.c.certificate_until.is_(None), _P.c.certificate_until >= _DAY),
    _P.c.id.in_(
        sa.select(_POST.c.person_id).where(
            _POST.c.organisation_id == _AT, _POST.c.role != word(Role.expert), holds(_DAY)
        )
    ),
)
_OFFICERS = Question(
    sa.select(_P.c.id.label("person_id"), _P.c.name, _P.c.certificate_no, _P.c.certificate_until)
    .where(_CERTIFIED)
    .order_by(_P.c.name, _P.c.id)
    .limit(MOST)
)
_IS_OFFICER = Question(
    sa.select(_P.c.id).where(_P.c.id == sa.bindparam("person_id", type_=sa.BigInteger), _CERTIFIED)
)


_NAME = Question(
    sa.select(_P.c.id, _P.c.name).where(_P.c.id == sa.bindparam("id", type_=sa.BigInteger))
)


def names_of(work: Work, person_ids: Iterable[int]) -> dict[int, str]:
    """What people are called, by their ids."""
    asked = [(_NAME, {"id": person_id}) for person_id in sorted(set(person_ids))]
    found = work.ask_all(asked) if asked else []
    return {row["id"]: row["name"] for rows in found for row in rows}


def officers_named(facts: Mapping[str, Any]) -> list[int]:
    """The persons that facts name as officers; older ones hold names, and name nobody."""
    return [x for x in facts.get("officers") or () if isinstance(x, int)]


def officers_at(work: Work, organisation_id: int) -> list[Officer]:
    """The officers of an organisation today, by name."""
    given = {"organisation_id": organisation_id, "day": local_date(work.now)}
    return work.ask(_OFFICERS, Officer, **given)


def is_officer(work: Work, organisation_id: int, person_id: int) -> bool:
    """Whether a person is an officer of an organisation today."""
    given = {"organisation_id": organisation_id, "day": local_date(work.now)}
    return bool(work.records(_IS_OFFICER, person_id=person_id, **given))
