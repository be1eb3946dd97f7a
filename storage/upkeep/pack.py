"""Rule packs and calendars as published: immutable rows, named by cases and events."""

from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.errors import Unready
from law import calendar as calendars
from law import pack as packs
from law.calendar import Calendar
from law.pack import Pack
from law.place import head_of
from storage.case import TABLE as CASES
from storage.database.columns import identity, long_text
from storage.database.statement import Question
from storage.database.work import Work


class PublishedPack(SQLModel, table=True):
    """One version of a rule pack; a trigger refuses to change it."""

    __tablename__ = "packs"

    id: int = identity()
    name: str = Field(max_length=40, index=True)
    jurisdiction: str = Field(max_length=6)
    fingerprint: str = Field(max_length=64, unique=True)
    text: str = long_text()
    published_at: datetime


class PublishedCalendar(SQLModel, table=True):
    """One version of the calendar; the newest counts."""

    __tablename__ = "calendars"

    id: int = identity()
    version: str = Field(max_length=16, unique=True)
    text: str = long_text()
    published_at: datetime


PACKS: sa.Table = PublishedPack.__table__  # type: ignore[attr-defined]
CALENDARS: sa.Table = PublishedCalendar.__table__  # type: ignore[attr-defined]
_PACK = Question(sa.select(PACKS).where(PACKS.c.id == sa.bindparam("id")))
_CURRENT_PACK = Question(
    sa.select(PACKS.c.id)
    .where(PACKS.c.name == sa.bindparam("name"))
    .order_by(PACKS.c.id.desc())
    .limit(1)
)
_CURRENT_PACKS = Question(sa.select(PACKS.c.id, PACKS.c.jurisdiction).order_by(PACKS.c.id))
_ALL_PACKS = Question(sa.select(PACKS.c.fingerprint))
_PUBLISHED = Question(sa.select(PACKS).order_by(PACKS.c.id))
_BEHIND = Question(
    sa.select(CASES.c.id)
    .join(PACKS, PACKS.c.id == CASES.c.pack_id)
    .where(
        CASES.c.closed_at.is_(None),
        CASES.c.id > sa.bindparam("after"),
        CASES.c.place_code.startswith(sa.bindparam("place", type_=sa.Text)),
        PACKS.c.name == sa.bindparam("name"),
        PACKS.c.id < sa.bindparam("newest"),
    )
    .order_by(CASES.c.id)
    .limit(500)
)
NEWEST_CALENDAR = Question(sa.select(CALENDARS.c.version).order_by(CALENDARS.c.id.desc()).limit(1))
_CALENDAR = Question(sa.select(CALENDARS).where(CALENDARS.c.version == sa.bindparam("version")))


@lru_cache(maxsize=64)
def _read_pack(text: str) -> Pack:
    return packs.from_json(text)


@lru_cache(maxsize=16)
def _read_calendar(text: str) -> Calendar:
    return calendars.from_json(text)


_SEEN_PACKS: dict[tuple[str, int], Pack] = {}
_SEEN_CALENDARS: dict[str, Calendar] = {}


def get(work: Work, pack_id: int) -> Pack:
    """The pack with that id; rows never change, so each is read once per process.

    Raises Unready when there is none.
    """
    key = (work.database, pack_id)
    if key not in _SEEN_PACKS:
        found = work.ask(_PACK, PublishedPack, id=pack_id)
        if not found:
            raise Unready(f"there is no rule pack {pack_id} in the database; run: guapai verify")
        _SEEN_PACKS[key] = _read_pack(found[0].text)
    return _SEEN_PACKS[key]


def current(work: Work, name: str) -> int:
    """The id of the newest version of a pack. Raises Unready when there is none."""
    for row in work.records(_CURRENT_PACK, name=name):
        return int(row["id"])
    raise Unready(f"no rule pack {name!r} is published; run: guapai migrate")


def for_place(work: Work, place_code: str) -> int:
    """The id of the newest pack of the narrowest jurisdiction that holds a place (GB/T 2260)."""
    fitting = [
        r for r in work.records(_CURRENT_PACKS) if place_code.startswith(head_of(r["jurisdiction"]))
    ]
    if not fitting:
        raise Unready("no rule pack is published; run: guapai migrate")
    return int(max(fitting, key=lambda r: (len(head_of(r["jurisdiction"])), r["id"]))["id"])


def places(work: Work) -> list[str]:
    """The places that have rules of their own, the narrowest first."""
    found = {r["jurisdiction"] for r in work.records(_CURRENT_PACKS)}
    return sorted(found, key=lambda place: (-len(head_of(place)), place))


def cases_behind(work: Work, newest: PublishedPack, place: str, after: int) -> list[int]:
    """The next 500 running cases after an id that follow an older version of a pack.

    Only at places whose codes begin so.
    """
    given = {"name": newest.name, "newest": newest.id, "place": place, "after": after}
    return [r["id"] for r in work.records(_BEHIND, **given)]


def publish(work: Work, pack: Pack) -> int | None:
    """Store a pack if that version is not there yet; answer its id if it is new."""
    if any(r["fingerprint"] == pack.fingerprint for r in work.records(_ALL_PACKS)):
        return None
    pack_id = work.take_id()
    work.insert(
        PACKS,
        {
            "id": pack_id,
            "name": pack.name,
            "jurisdiction": pack.jurisdiction,
            "fingerprint": pack.fingerprint,
            "text": pack.text,
            "published_at": work.now,
        },
    )
    return pack_id


def calendar(work: Work, version: str | None = None) -> Calendar:
    """The newest calendar, or that of a version. Raises Unready when none is there."""
    if version is None:
        version = next((r["version"] for r in work.records(NEWEST_CALENDAR)), None)
    if version is None:
        raise Unready("no calendar is published; run: guapai migrate")
    if version not in _SEEN_CALENDARS:
        found = work.ask(_CALENDAR, PublishedCalendar, version=version)
        if not found:
            raise Unready(f"there is no calendar {version} in the database; run: guapai verify")
        _SEEN_CALENDARS[version] = _read_calendar(found[0].text)
    return _SEEN_CALENDARS[version]


def publish_calendar(work: Work, value: Calendar) -> bool:
    """Store a calendar if that version is not there yet; whether it is new."""
    if work.records(_CALENDAR, version=value.version):
        return False
    work.insert(
        CALENDARS,
        {
            "id": work.take_id(),
            "version": value.version,
            "text": value.json(),
            "published_at": work.now,
        },
    )
    return True


def published(work: Work) -> list[PublishedPack]:
    """Every version of every pack, oldest first; the last of a name is the one in force."""
    return work.ask(_PUBLISHED, PublishedPack)
