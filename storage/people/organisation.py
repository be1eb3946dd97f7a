"""Organisations: departments, commissions, governments, townships, enterprises, unions."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.word import Word
from storage.database.columns import defaults, identity, maybe_reference, word, words
from storage.database.statement import Question
from storage.database.work import Work


class OrganisationKind(Word):
    """What an organisation is."""

    department = "department", "部门"
    commission = "commission", "安委会"
    government = "government", "政府"
    township = "township", "乡镇（街道、园区）"
    enterprise = "enterprise", "企业"
    union = "union", "工会"


ANSWERING = frozenset(
    {
        OrganisationKind.enterprise,
        OrganisationKind.township,
        OrganisationKind.department,
        OrganisationKind.government,
    }
)
"""What can have to remove a hazard; a public body where nobody else answers (domain.md §4.7)."""


class Organisation(SQLModel, table=True):
    """One organisation, at a place (GB/T 2260 code), under a parent."""

    __tablename__ = "organisations"
    __table_args__ = (
        sa.Index("ix_organisations_kind_place_code", "kind", "place_code"),
        sa.Index("ix_organisations_credit_code", "credit_code", unique=True),
    )

    id: int = identity()
    kind: OrganisationKind = Field(sa_type=words(OrganisationKind))
    name: str = Field(max_length=200, index=True)
    short_name: str = Field(default="", max_length=60)
    place_code: str = Field(max_length=12)
    sector: str = Field(default="", max_length=60)
    credit_code: str | None = Field(default=None, max_length=18)
    parent_id: int | None = maybe_reference("organisations.id")
    paper_code: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=60)
    confirmed: bool = Field(default=True)


_T = Organisation.__table__  # type: ignore[attr-defined]
_BY_ID = Question(sa.select(_T).where(_T.c.id == sa.bindparam("id")))
_AT_PLACE = Question(
    sa.select(_T)
    .where(_T.c.kind == sa.bindparam("kind"), _T.c.place_code == sa.bindparam("place_code"))
    .order_by(_T.c.id)
)
_EVERY = Question(
    sa.select(_T)
    .where(_T.c.place_code.like(sa.bindparam("begins")))
    .order_by(_T.c.place_code, _T.c.kind, _T.c.id)
)
_BELOW = Question(
    sa.select(_T)
    .where(_T.c.kind == sa.bindparam("kind"), _T.c.place_code.like(sa.bindparam("begins")))
    .order_by(_T.c.place_code, _T.c.name)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_BY_NAME = Question(
    sa.select(_T).where(_T.c.name == sa.bindparam("name")).order_by(_T.c.id).limit(1)
)
_CALLED = Question(
    sa.select(_T)
    .where(_T.c.name.in_([sa.bindparam(n, type_=sa.Text) for n in ("one", "two", "three")]))
    .order_by(_T.c.id)
    .limit(3)
)
_OF_CREDIT_CODE = Question(sa.select(_T).where(_T.c.credit_code == sa.bindparam("credit_code")))
_SEATS = Question(
    sa.select(_T.c.place_code, _T.c.name)
    .where(_T.c.kind == word(OrganisationKind.commission))
    .order_by(_T.c.id.desc())
    .limit(5000)
)
_IMPORTS = Question(sa.select(sa.func.pg_advisory_xact_lock(sa.literal_column("738202"))))


def get(work: Work, organisation_id: int) -> Organisation | None:
    """The organisation with that id."""
    return next(iter(work.ask(_BY_ID, Organisation, id=organisation_id)), None)


def at_place(
    work: Work, kind: OrganisationKind, place_code: str, sector: str = ""
) -> Organisation | None:
    """The organisation of a kind for a place, of the sector if one says so, else the first."""
    found = work.ask(_AT_PLACE, Organisation, kind=kind, place_code=place_code[:6])
    for row in found:
        if sector and row.sector == sector:
            return row
    return next((r for r in found if not r.sector), found[0] if found else None)


def township_of(work: Work, place_code: str) -> Organisation | None:
    """The township of a place code of nine digits or more; None for a shorter one."""
    if len(place_code) < 9:
        return None
    code = place_code[:9]
    found = work.ask(_AT_PLACE, Organisation, kind=OrganisationKind.township, place_code=code)
    return found[0] if found else None


def every(work: Work, place_code: str = "") -> list[Organisation]:
    """The organisations at places whose codes begin so, place by place."""
    return work.ask(_EVERY, Organisation, begins=f"{place_code}%")


def below(work: Work, kind: OrganisationKind, place_code: str, most: int) -> list[Organisation]:
    """Up to so many organisations of a kind at places whose codes begin so."""
    return work.look(_BELOW, Organisation, kind=kind, begins=f"{place_code}%", most=most)


def seats(work: Work) -> dict[str, str]:
    """The places that cases can be at, by code: those with a commission, whose name it is."""
    return {r["place_code"]: r["name"] for r in work.records(_SEATS)}


def named(work: Work, name: str) -> Organisation | None:
    """The organisation of exactly that name."""
    return next(iter(work.ask(_BY_NAME, Organisation, name=name)), None)


def called(work: Work, one: str, two: str, three: str) -> list[Organisation]:
    """The organisations of a name in one of three spellings; three of them, if there are more."""
    return work.ask(_CALLED, Organisation, one=one, two=two, three=three)


def of_credit_code(work: Work, credit_code: str) -> Organisation | None:
    """The organisation of a unified social credit code."""
    return next(iter(work.ask(_OF_CREDIT_CODE, Organisation, credit_code=credit_code)), None)


def take_turns(work: Work) -> None:
    """Let one import at a time look up and enter what is new; SQLite has one writer anyway."""
    if work.is_postgresql:
        work.records(_IMPORTS)


def complete(work: Work, organisation_id: int, **values: object) -> None:
    """Change what is known of an organisation."""
    work.update(_T, {"id": organisation_id}, values)


def add(work: Work, **values: object) -> int:
    """A new organisation; answers its id. Columns not named get their defaults."""
    organisation_id = work.take_id()
    work.insert(_T, {**defaults(_T), **values, "id": organisation_id})
    return organisation_id
