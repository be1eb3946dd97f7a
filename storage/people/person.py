"""People, the posts they hold, and who stands in for whom."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.clock import local_date
from guapai.errors import BadInput, NotAllowed
from guapai.people import Actor, Role
from storage.database.columns import identity, reference, words
from storage.database.statement import Question
from storage.database.work import Work


class Person(SQLModel, table=True):
    """A natural person who acts or gets mail."""

    __tablename__ = "persons"

    id: int = identity()
    name: str = Field(max_length=80)
    email: str | None = Field(default=None, max_length=254)
    certificate_no: str = Field(default="", max_length=40)
    certificate_until: date | None = None
    active: bool = Field(default=True)


class Post(SQLModel, table=True):
    """A role at an organisation, held from a day and until a day (both included)."""

    __tablename__ = "posts"
    __table_args__ = (sa.Index("ix_posts_organisation_id_role", "organisation_id", "role"),)

    id: int = identity()
    person_id: int = reference("persons.id", index=True)
    role: Role = Field(sa_type=words(Role))
    organisation_id: int = reference("organisations.id")
    from_on: date
    until_on: date | None = None


class Substitution(SQLModel, table=True):
    """Somebody stands in for somebody (代理), from a day until a day (both included)."""

    __tablename__ = "substitutions"

    id: int = identity()
    absent_id: int = reference("persons.id", index=True)
    substitute_id: int = reference("persons.id", index=True)
    from_on: date
    until_on: date
    reason: str = Field(default="", max_length=200)


class Holder(SQLModel):
    """A person who holds a post now, or stands in for one who does."""

    person_id: int
    name: str
    email: str | None
    role: Role
    organisation_id: int
    absent_id: int | None


_P = Person.__table__  # type: ignore[attr-defined]
_POST = Post.__table__  # type: ignore[attr-defined]
_SUB = Substitution.__table__  # type: ignore[attr-defined]


def holds(day: sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """The condition that a post is held on a day."""
    return sa.and_(
        _POST.c.from_on <= day, sa.or_(_POST.c.until_on.is_(None), _POST.c.until_on >= day)
    )


def holders_of(organisations: sa.ColumnElement[bool]) -> Question:
    """Who holds a post at the organisations that match, and who stands in for them.

    Asked with ``day``. A substitute comes as a row of their own with ``absent_id``.
    """
    day = sa.bindparam("day", type_=sa.Date)
    own = (
        sa.select(
            _P.c.id.label("person_id"),
            _P.c.name,
            _P.c.email,
            _POST.c.role,
            _POST.c.organisation_id,
            sa.cast(sa.null(), sa.BigInteger).label("absent_id"),
        )
        .join(_POST, _POST.c.person_id == _P.c.id)
        .where(organisations, holds(day), _P.c.active)
    )
    stand_in = _P.alias("stand_in")
    other = (
        sa.select(
            stand_in.c.id.label("person_id"),
            stand_in.c.name,
            stand_in.c.email,
            _POST.c.role,
            _POST.c.organisation_id,
            _SUB.c.absent_id.label("absent_id"),
        )
        .join(_SUB, _SUB.c.substitute_id == stand_in.c.id)
        .join(_POST, _POST.c.person_id == _SUB.c.absent_id)
        .where(
            organisations,
            holds(day),
            stand_in.c.active,
            _SUB.c.from_on <= day,
            _SUB.c.until_on >= day,
        )
    )
    return Question(sa.union_all(own, other).order_by("person_id"))


HOLDERS_AT = holders_of(_POST.c.organisation_id == sa.bindparam("organisation_id"))
_BY_ID = Question(sa.select(_P).where(_P.c.id == sa.bindparam("id")))
_BY_EMAIL = Question(
    sa.select(_P).where(_P.c.email == sa.bindparam("email")).order_by(_P.c.id).limit(1)
)
_POSTS_OF = Question(
    sa.select(_POST)
    .where(_POST.c.person_id == sa.bindparam("person_id"), holds(sa.bindparam("day")))
    .order_by(_POST.c.id)
)
_IN_ROLE = Question(
    sa.select(_P)
    .where(
        _P.c.active,
        _P.c.id.in_(
            sa.select(_POST.c.person_id).where(
                sa.cast(_POST.c.role, sa.Text) == sa.bindparam("role", type_=sa.Text),
                holds(sa.bindparam("day", type_=sa.Date)),
            )
        ),
    )
    .order_by(_P.c.id)
)
_COLLEAGUES = Question(
    sa.select(_P)
    .where(
        _P.c.name == sa.bindparam("name"),
        _P.c.certificate_no == sa.bindparam("certificate_no"),
        _P.c.id.in_(
            sa.select(_POST.c.person_id).where(
                _POST.c.organisation_id == sa.bindparam("organisation_id", type_=sa.BigInteger)
            )
        ),
    )
    .order_by(_P.c.id)
)


def get(work: Work, person_id: int) -> Person | None:
    """The person with that id."""
    return next(iter(work.ask(_BY_ID, Person, id=person_id)), None)


def holders(work: Work, organisation_id: int) -> list[Holder]:
    """Everybody in post at an organisation today, with those who stand in."""
    return work.ask(HOLDERS_AT, Holder, organisation_id=organisation_id, day=local_date(work.now))


def in_role(work: Work, role: Role) -> list[Person]:
    """Everybody who holds a post of a role today, wherever."""
    return work.ask(_IN_ROLE, Person, role=role.value, day=local_date(work.now))


def posts_of(work: Work, person_id: int, at: datetime) -> list[Post]:
    """The posts a person holds on the legal day of an instant."""
    return work.ask(_POSTS_OF, Post, person_id=person_id, day=local_date(at))


def add(
    work: Work,
    name: str,
    email: str | None,
    certificate_no: str = "",
    certificate_until: date | None = None,
) -> int:
    """A new person; answers their id."""
    person_id = work.take_id()
    certificate = {"certificate_no": certificate_no, "certificate_until": certificate_until}
    work.insert(_P, {"id": person_id, "name": name, "email": email, **certificate, "active": True})
    return person_id


def appoint(
    work: Work,
    person_id: int,
    role: Role,
    organisation_id: int,
    from_on: date,
    until_on: date | None = None,
) -> None:
    """Give a person a post from a day on."""
    values = {"person_id": person_id, "role": role, "organisation_id": organisation_id}
    work.insert(_POST, {"id": work.take_id(), **values, "from_on": from_on, "until_on": until_on})


def substitute(
    work: Work, absent_id: int, substitute_id: int, from_on: date, until_on: date, reason: str = ""
) -> None:
    """Let somebody stand in for somebody. Raises BadInput for oneself or an empty span."""
    if absent_id == substitute_id or until_on < from_on:
        raise BadInput("代理人不能是本人，截止日期不能早于开始日期")
    values = {"absent_id": absent_id, "substitute_id": substitute_id, "reason": reason}
    work.insert(_SUB, {"id": work.take_id(), **values, "from_on": from_on, "until_on": until_on})


def colleagues(work: Work, name: str, certificate_no: str, organisation_id: int) -> list[Person]:
    """The people of a name and certificate with a post at an organisation, on whichever day."""
    given = {"name": name, "certificate_no": certificate_no, "organisation_id": organisation_id}
    return work.ask(_COLLEAGUES, Person, **given)


def change(work: Work, person_id: int, **values: object) -> None:
    """Change what is known of a person: name, address, certificate, whether they are active."""
    work.update(_P, {"id": person_id}, values)


def readdress(work: Work, person_id: int, email: str | None) -> None:
    """Change where a person can be reached; None: nowhere."""
    work.update(_P, {"id": person_id}, {"email": email})


def first_actor(work: Work, known_as: str) -> Actor:
    """The person of an id or an e-mail address, in the first post they hold today.

    Raises NotAllowed when there is no such person, or they hold no post.
    """
    if known_as.isdigit():
        who = get(work, int(known_as))
    else:
        who = next(iter(work.ask(_BY_EMAIL, Person, email=known_as)), None)
    if who is None or not who.active:
        raise NotAllowed(f"{known_as} is nobody we know; see: guapai user list")
    posts = posts_of(work, who.id, work.now)
    if not posts:
        raise NotAllowed(f"{who.name} holds no post today; give one with: guapai user post")
    return Actor(who.id, Role(posts[0].role), posts[0].organisation_id, None, who.name)
