"""Posts and substitutions as an operator keeps them: who is meant, what overlaps, who sits where."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from guapai.clock import local_date
from guapai.people import WATCHED
from law.place import LEVELS, head_of, levels_of
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.organisation import Organisation
from storage.people.person import Person, Post, Substitution, holders_of, holds

_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_POST: sa.Table = Post.__table__  # type: ignore[attr-defined]
_SUB: sa.Table = Substitution.__table__  # type: ignore[attr-defined]
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]

_PERSON = sa.bindparam("person_id", type_=sa.BigInteger)
_FROM = sa.bindparam("from_on", type_=sa.Date)
_UNTIL = sa.bindparam("until_on", type_=sa.Date)
_LAST = date(9999, 12, 31)
"""Stands for an end that is not known."""
MOST_NEAR = 200
"""Seats that are looked at (own)."""


def _overlaps(table: sa.Table) -> sa.ColumnElement[bool]:
    ends = sa.func.coalesce(table.c.until_on, sa.literal(_LAST, sa.Date))
    return sa.and_(table.c.from_on <= _UNTIL, ends >= _FROM)


_BY_ID = sa.select(_P).where(_P.c.id == _PERSON)
_BY_EMAIL = (
    sa.select(_P).where(sa.func.lower(_P.c.email) == sa.bindparam("email")).order_by(_P.c.id)
)
_FIND_ID, _LOCK_ID = Question(_BY_ID), Question(_BY_ID.with_for_update())
_FIND_EMAIL, _LOCK_EMAIL = Question(_BY_EMAIL), Question(_BY_EMAIL.with_for_update())
_ORGANISATION = Question(
    sa.select(_O)
    .where(
        sa.or_(
            _O.c.id == sa.bindparam("id", type_=sa.BigInteger),
            _O.c.name == sa.bindparam("text", type_=sa.Text),
            _O.c.credit_code == sa.bindparam("text", type_=sa.Text),
        )
    )
    .order_by(_O.c.id)
)
_LIKE = Question(
    sa.select(_O.c.name)
    .where(_O.c.name.contains(sa.bindparam("text", type_=sa.Text)))
    .order_by(_O.c.id)
    .limit(3)
)
_POSTS = Question(
    sa.select(_POST).where(_POST.c.person_id == _PERSON, _overlaps(_POST)).order_by(_POST.c.id)
)
_SUBSTITUTIONS = Question(
    sa.select(_SUB)
    .where(sa.or_(_SUB.c.absent_id == _PERSON, _SUB.c.substitute_id == _PERSON), _overlaps(_SUB))
    .order_by(_SUB.c.id)
)
_SITTING = (
    sa.select(
        _P.c.id.label("person_id"),
        _P.c.name,
        _P.c.email,
        _P.c.certificate_no,
        _P.c.certificate_until,
        _P.c.active,
        _POST.c.id.label("post_id"),
        sa.cast(_POST.c.role, sa.Text).label("role"),
        _POST.c.organisation_id,
        _O.c.name.label("organisation"),
        _POST.c.from_on,
        _POST.c.until_on,
    )
    .outerjoin(_POST, _POST.c.person_id == _P.c.id)
    .outerjoin(_O, _O.c.id == _POST.c.organisation_id)
)
_PEOPLE = (
    sa.select(_P.c.id)
    .where(
        _P.c.id > sa.bindparam("after", type_=sa.BigInteger),
        sa.or_(
            sa.exists().where(
                _POST.c.person_id == _P.c.id,
                _O.c.id == _POST.c.organisation_id,
                _O.c.place_code.startswith(sa.bindparam("head", type_=sa.Text)),
            ),
            ~sa.exists().where(_POST.c.person_id == _P.c.id),
        ),
    )
    .order_by(_P.c.id)
    .limit(200)
)
_EVERYBODY = Question(
    _SITTING.where(_P.c.id.in_(_PEOPLE.scalar_subquery())).order_by(_P.c.id, _POST.c.id)
)
_AT = Question(
    _SITTING.where(
        _POST.c.organisation_id == sa.bindparam("organisation_id", type_=sa.BigInteger)
    ).order_by(_POST.c.id)
)
_WATCHED = Question(
    sa.select(_P.c.id.label("person_id"), sa.cast(_POST.c.role, sa.Text).label("role"))
    .join(_POST, _POST.c.person_id == _P.c.id)
    .where(
        _POST.c.role.in_([word(role) for role in sorted(WATCHED)]),
        _P.c.active,
        holds(sa.bindparam("day", type_=sa.Date)),
    )
    .order_by(_P.c.id)
)
_SEATED = holders_of(
    _POST.c.role.in_([word(role) for role in sorted(WATCHED)])
).statement.subquery()
_WATCHED_NEAR = Question(
    sa.select(_SEATED, _O.c.place_code)
    .join(_O, _O.c.id == _SEATED.c.organisation_id)
    .where(
        sa.or_(
            _O.c.place_code.in_([sa.bindparam(n, type_=sa.Text) for n in LEVELS]),
            _O.c.place_code.startswith(sa.bindparam("head", type_=sa.Text)),
        )
    )
    .order_by(
        sa.case((_O.c.place_code == sa.bindparam("place", type_=sa.Text), 0), else_=1),
        _O.c.place_code,
        _SEATED.c.person_id,
    )
    .limit(MOST_NEAR)
)
_STANDING = Question(
    sa.select(sa.cast(_POST.c.role, sa.Text).label("role"), _O.c.place_code, _O.c.name)
    .join(_O, _O.c.id == _POST.c.organisation_id)
    .where(_POST.c.person_id == _PERSON, _overlaps(_POST))
    .order_by(_POST.c.id)
)


@dataclass(frozen=True)
class Span:
    """From a day until a day, both included; ``until_on`` None: no end is known."""

    from_on: date
    until_on: date | None

    def parameters(self) -> dict[str, date]:
        """What the questions about overlaps are asked with."""
        return {"from_on": self.from_on, "until_on": self.until_on or _LAST}


def people_known_as(work: Work, text: str) -> list[Person]:
    """The people of an id or an e-mail address, however it is capitalised; locked."""
    if text.isdecimal():
        return work.ask(_LOCK_ID, Person, person_id=int(text[:18]))
    return work.ask(_LOCK_EMAIL, Person, email=text.lower())


def people_found_as(work: Work, text: str) -> list[Person]:
    """The same, to read only: nothing is locked."""
    if text.isdecimal():
        return work.ask(_FIND_ID, Person, person_id=int(text[:18]))
    return work.ask(_FIND_EMAIL, Person, email=text.lower())


def organisations_known_as(work: Work, text: str) -> list[Organisation]:
    """The organisations of an id, an exact name or a credit code."""
    number = int(text) if text.isdecimal() and len(text) < 18 else 0
    return work.ask(_ORGANISATION, Organisation, id=number, text=text)


def names_like(work: Work, text: str) -> list[str]:
    """Three organisations whose name holds a text."""
    return [r["name"] for r in work.records(_LIKE, text=text)]


def posts_within(work: Work, person_id: int, span: Span) -> list[Post]:
    """The posts a person holds on any day of a span."""
    return work.ask(_POSTS, Post, person_id=person_id, **span.parameters())


def substitutions_within(work: Work, person_id: int, span: Span) -> list[Substitution]:
    """The substitutions of a person, on either side, on any day of a span."""
    return work.ask(_SUBSTITUTIONS, Substitution, person_id=person_id, **span.parameters())


def end_post(work: Work, post_id: int, last_day: date) -> None:
    """The last day on which a post is held."""
    work.update(_POST, {"id": post_id}, {"until_on": last_day})


def end_substitution(work: Work, substitution_id: int, last_day: date) -> None:
    """The last day on which somebody stands in."""
    work.update(_SUB, {"id": substitution_id}, {"until_on": last_day})


def watched_today(work: Work) -> list[tuple[int, str]]:
    """Who is an administrator or an auditor today: the person and the role."""
    found = work.records(_WATCHED, day=local_date(work.now))
    return [(r["person_id"], r["role"]) for r in found]


def watched_near(work: Work, place: str) -> list[dict[str, Any]]:
    """Every seat of an administrator or auditor today at a place, above or below it, 200 at most.

    Those of the place itself come first; who stands in for another has a row of their own.
    """
    codes = dict(zip(LEVELS, levels_of(place), strict=True))
    given = {**codes, "place": place, "head": head_of(place), "day": local_date(work.now)}
    return work.records(_WATCHED_NEAR, **given)


def standing(work: Work, person_id: int, span: Span) -> list[dict[str, Any]]:
    """The roles of a person on any day of a span, each with name and place of its organisation."""
    return work.records(_STANDING, person_id=person_id, **span.parameters())


def sitting(work: Work, organisation_id: int) -> list[dict[str, Any]]:
    """Everybody who holds, held or will hold a post at an organisation, one row a post."""
    return work.records(_AT, organisation_id=organisation_id)


def everybody(work: Work, after: int, head: str = "") -> list[dict[str, Any]]:
    """The next 200 people after an id with their posts, one row a post, or one without any.

    Only who has a post at a place whose code begins so, or has none.
    """
    return work.records(_EVERYBODY, after=after, head=head)
