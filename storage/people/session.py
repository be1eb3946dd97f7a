"""Sessions: who is signed in, in which post, and which devices a person has signed in on before."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.clock import local_date
from guapai.people import Role
from storage.database.columns import PASSING, maybe_reference, reference, whole, words
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.organisation import Organisation, OrganisationKind
from storage.people.password import TABLE as PASSWORDS
from storage.people.person import Person, Post, Substitution, holds


class Session(SQLModel, table=True):
    """One browser that is signed in; known by the SHA-256 of a random reference (ASVS 7.2).

    ``token`` goes into forms against forged requests. ``role`` None: no post is chosen yet.
    """

    __tablename__ = "sessions"
    __table_args__ = PASSING

    hash: str = Field(max_length=64, primary_key=True)
    person_id: int = reference("persons.id", index=True)
    token: str = Field(max_length=64)
    role: Role | None = Field(default=None, sa_type=words(Role))
    organisation_id: int | None = maybe_reference("organisations.id")
    behalf_of: int | None = whole()
    began_at: datetime
    seen_at: datetime


class Device(SQLModel, table=True):
    """A browser on which a person has signed in before; guessers elsewhere cannot lock it out."""

    __tablename__ = "devices"
    __table_args__ = PASSING

    hash: str = Field(max_length=64, primary_key=True)
    person_id: int = Field(sa_type=sa.BigInteger, foreign_key="persons.id", primary_key=True)
    known_at: datetime


class Entry(SQLModel):
    """A session with its person, its post and whether the post is still held today."""

    hash: str
    person_id: int
    token: str
    role: Role | None
    organisation_id: int | None
    behalf_of: int | None
    began_at: datetime
    seen_at: datetime
    name: str
    email: str | None
    active: bool
    organisation: str | None
    kind: OrganisationKind | None
    place_code: str | None
    absent: str | None
    first_password: bool | None
    changed_at: datetime | None
    in_post: int
    stands_in: int


class Seat(SQLModel):
    """A post somebody can act in today: their own, or that of whom they stand in for."""

    role: Role
    organisation_id: int
    organisation: str
    behalf_of: int | None
    absent: str | None


TABLE: sa.Table = Session.__table__  # type: ignore[attr-defined]
DEVICES: sa.Table = Device.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_POST: sa.Table = Post.__table__  # type: ignore[attr-defined]
_SUB: sa.Table = Substitution.__table__  # type: ignore[attr-defined]
_DAY = sa.bindparam("day", type_=sa.Date)
_ABSENT = _P.alias("absent")
_HELD = (
    sa.select(sa.func.count())
    .where(
        _POST.c.person_id == sa.func.coalesce(TABLE.c.behalf_of, TABLE.c.person_id),
        sa.cast(_POST.c.role, sa.Text) == sa.cast(TABLE.c.role, sa.Text),
        _POST.c.organisation_id == TABLE.c.organisation_id,
        holds(_DAY),
    )
    .scalar_subquery()
)
_COVERED = (
    sa.select(sa.func.count())
    .where(
        _SUB.c.substitute_id == TABLE.c.person_id,
        _SUB.c.absent_id == TABLE.c.behalf_of,
        _SUB.c.from_on <= _DAY,
        _SUB.c.until_on >= _DAY,
    )
    .scalar_subquery()
)
_ENTRY = Question(
    sa.select(
        TABLE,
        _P.c.name,
        _P.c.email,
        _P.c.active,
        _O.c.name.label("organisation"),
        _O.c.kind,
        _O.c.place_code,
        _ABSENT.c.name.label("absent"),
        PASSWORDS.c.first.label("first_password"),
        PASSWORDS.c.changed_at,
        _HELD.label("in_post"),
        _COVERED.label("stands_in"),
    )
    .join(_P, _P.c.id == TABLE.c.person_id)
    .outerjoin(_O, _O.c.id == TABLE.c.organisation_id)
    .outerjoin(_ABSENT, _ABSENT.c.id == TABLE.c.behalf_of)
    .outerjoin(PASSWORDS, PASSWORDS.c.person_id == TABLE.c.person_id)
    .where(TABLE.c.hash == sa.bindparam("hash"))
)
_PERSON = sa.bindparam("person_id", type_=sa.BigInteger)
_SEATS = Question(
    sa.union_all(
        sa.select(
            _POST.c.role,
            _POST.c.organisation_id,
            _O.c.name.label("organisation"),
            sa.cast(sa.null(), sa.BigInteger).label("behalf_of"),
            sa.cast(sa.null(), sa.Text).label("absent"),
            _POST.c.id.label("nth"),
        )
        .join(_O, _O.c.id == _POST.c.organisation_id)
        .where(_POST.c.person_id == _PERSON, holds(_DAY)),
        sa.select(
            _POST.c.role,
            _POST.c.organisation_id,
            _O.c.name.label("organisation"),
            _SUB.c.absent_id.label("behalf_of"),
            _ABSENT.c.name.label("absent"),
            _POST.c.id.label("nth"),
        )
        .join(_O, _O.c.id == _POST.c.organisation_id)
        .join(_SUB, _SUB.c.absent_id == _POST.c.person_id)
        .join(_ABSENT, _ABSENT.c.id == _SUB.c.absent_id)
        .where(
            _SUB.c.substitute_id == _PERSON,
            _SUB.c.from_on <= _DAY,
            _SUB.c.until_on >= _DAY,
            holds(_DAY),
        ),
    ).order_by("behalf_of", "nth")
)
_DEVICE = Question(
    sa.select(DEVICES).where(DEVICES.c.hash == sa.bindparam("hash"), DEVICES.c.person_id == _PERSON)
)


_OLD_DEVICES = Question(
    sa.select(DEVICES.c.hash)
    .where(DEVICES.c.person_id == _PERSON)
    .order_by(DEVICES.c.known_at.desc(), DEVICES.c.hash)
    .limit(20)
    .offset(sa.bindparam("most", type_=sa.BigInteger))
)
MOST_DEVICES = 20
"""Devices of one person that are remembered (own)."""


def entry(work: Work, reference_hash: str) -> Entry | None:
    """The session of a reference's hash, with its person and post."""
    day = local_date(work.now)
    return next(iter(work.look(_ENTRY, Entry, hash=reference_hash, day=day)), None)


def seats(work: Work, person_id: int, day: date) -> list[Seat]:
    """The posts a person can act in on a day; their own first."""
    found = work.ask(_SEATS, Seat, person_id=person_id, day=day)
    return sorted(found, key=lambda s: s.behalf_of is not None)


def begin(work: Work, values: Session) -> None:
    """Enter a session."""
    work.insert(TABLE, values.model_dump())


def choose(work: Work, reference_hash: str, seat: Seat) -> None:
    """Act in a post from now on."""
    work.update(
        TABLE,
        {"hash": reference_hash},
        {
            "role": seat.role,
            "organisation_id": seat.organisation_id,
            "behalf_of": seat.behalf_of,
        },
    )


def renew(work: Work, reference_hash: str, fresh_hash: str, token: str) -> None:
    """Know a session by another reference, with another token; the old ones are void."""
    work.update(TABLE, {"hash": reference_hash}, {"hash": fresh_hash, "token": token})


def touch(work: Work, reference_hash: str) -> None:
    """Note that a session is in use now."""
    work.update(TABLE, {"hash": reference_hash}, {"seen_at": work.now})


def end(work: Work, reference_hash: str) -> None:
    """Sign out."""
    work.execute(sa.delete(TABLE).where(TABLE.c.hash == reference_hash))


def end_all(work: Work, person_id: int, *, but: str = "") -> None:
    """End every session of a person, but perhaps the one at hand."""
    work.execute(sa.delete(TABLE).where(TABLE.c.person_id == person_id, TABLE.c.hash != but))


def end_everybody(work: Work) -> int:
    """End every session; how many there were."""
    return int(work.execute(sa.delete(TABLE)).rowcount)


def end_idle(work: Work, idle: timedelta, longest: timedelta) -> None:
    """Forget sessions that have ended by themselves."""
    work.execute(
        sa.delete(TABLE).where(
            sa.or_(TABLE.c.seen_at < work.now - idle, TABLE.c.began_at < work.now - longest)
        )
    )


def knows(work: Work, device_hash: str, person_id: int) -> bool:
    """Whether a person has signed in on a device before."""
    return bool(work.records(_DEVICE, hash=device_hash, person_id=person_id))


def remember(work: Work, device_hash: str, person_id: int, *, instead_of: str = "") -> None:
    """A person has signed in on a device, which has a new value; the one before is void for them.

    Of more than a person can have, the oldest are forgotten.
    """
    work.execute(
        sa.delete(DEVICES).where(DEVICES.c.hash == instead_of, DEVICES.c.person_id == person_id)
    )
    old = work.records(_OLD_DEVICES, person_id=person_id, most=MOST_DEVICES - 1)
    for row in old:
        work.execute(
            sa.delete(DEVICES).where(
                DEVICES.c.hash == row["hash"], DEVICES.c.person_id == person_id
            )
        )
    work.insert(DEVICES, {"hash": device_hash, "person_id": person_id, "known_at": work.now})


def forget_devices(work: Work, person_id: int) -> None:
    """No device is known any more as one of a person's."""
    work.execute(sa.delete(DEVICES).where(DEVICES.c.person_id == person_id))
