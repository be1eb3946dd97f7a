"""Passwords as hashes, and the code with which the first administrator begins."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.columns import PASSING
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.person import Person


class Password(SQLModel, table=True):
    """The argon2id hash of a person's password; ``first``: given by somebody else, to be changed."""

    __tablename__ = "passwords"

    person_id: int = Field(sa_type=sa.BigInteger, foreign_key="persons.id", primary_key=True)
    hash: str = Field(max_length=200)
    first: bool
    changed_at: datetime


class Code(SQLModel, table=True):
    """A code that may be used once, by its SHA-256: it lets the first administrator in."""

    __tablename__ = "codes"
    __table_args__ = PASSING

    hash: str = Field(max_length=64, primary_key=True)
    until: datetime


class Known(SQLModel):
    """A person who can sign in."""

    person_id: int
    name: str
    email: str
    active: bool
    hash: str | None
    first: bool | None


TABLE: sa.Table = Password.__table__  # type: ignore[attr-defined]
CODES: sa.Table = Code.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_KNOWN = Question(
    sa.select(
        _P.c.id.label("person_id"),
        _P.c.name,
        _P.c.email,
        _P.c.active,
        TABLE.c.hash,
        TABLE.c.first,
    )
    .outerjoin(TABLE, TABLE.c.person_id == _P.c.id)
    .where(sa.func.lower(_P.c.email) == sa.bindparam("email"))
    .order_by(_P.c.id)
    .limit(1)
)
_OF = Question(sa.select(TABLE).where(TABLE.c.person_id == sa.bindparam("person_id")))
_ANY = Question(sa.select(TABLE.c.person_id).limit(1))
_GIVEN = Question(
    sa.select(TABLE.c.person_id, TABLE.c.changed_at).where(
        TABLE.c.person_id > sa.bindparam("after"), TABLE.c.person_id <= sa.bindparam("until")
    )
)
_CODE = Question(sa.select(CODES).where(CODES.c.hash == sa.bindparam("hash")))


def known_as(work: Work, email: str) -> Known | None:
    """The person of an address, however it is capitalised, with the hash of their password."""
    return next(iter(work.ask(_KNOWN, Known, email=email.lower())), None)


def of_person(work: Work, person_id: int) -> Password | None:
    """The password of a person."""
    return next(iter(work.ask(_OF, Password, person_id=person_id)), None)


def any_given(work: Work) -> bool:
    """Whether anybody can sign in at all."""
    return bool(work.records(_ANY))


def given(work: Work, after: int, until: int) -> dict[int, datetime]:
    """The people between two ids who have a password, and since when."""
    return {r["person_id"]: r["changed_at"] for r in work.records(_GIVEN, after=after, until=until)}


def keep(work: Work, person_id: int, hashed: str, *, first: bool) -> None:
    """Give a person a password, their first or another."""
    values = {"hash": hashed, "first": first, "changed_at": work.now}
    if of_person(work, person_id) is None:
        work.insert(TABLE, {"person_id": person_id, **values})
    else:
        work.update(TABLE, {"person_id": person_id}, values)


def issue_code(work: Work, code_hash: str, until: datetime) -> None:
    """Make a code known; the ones before it are void."""
    work.execute(sa.delete(CODES))
    work.insert(CODES, {"hash": code_hash, "until": until})


def has_code(work: Work, code_hash: str) -> bool:
    """Whether a code can be used now."""
    return any(c["until"] > work.now for c in work.records(_CODE, hash=code_hash))


def void_codes(work: Work) -> None:
    """No code can be used any more."""
    work.execute(sa.delete(CODES))
