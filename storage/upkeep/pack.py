"""Rule packs and calendars as published: immutable rows, named by cases and events."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.clock import local_date
from guapai.errors import Unready
from law import calendar as calendars
from law import pack as packs
from law.calendar import Calendar
from law.pack import Pack
from law.place import head_of
from law.provisions import EVERY_SECTOR
from storage.case import TABLE as CASES
from storage.database.columns import FROZEN, identity, long_text
from storage.database.memory import Memory
from storage.database.statement import Question
from storage.database.work import Work


class PublishedPack(SQLModel, table=True):
    """One version of a rule pack; a trigger refuses to change it."""

    __tablename__ = "packs"
    __table_args__ = FROZEN

    id: int = identity()
    name: str = Field(max_length=40, index=True)
    jurisdiction: str = Field(max_length=6)
    fingerprint: str = Field(max_length=64, unique=True)
    text: str = long_text()
    published_at: datetime


class PublishedCalendar(SQLModel, table=True):
    """One version of the calendar; the newest counts."""

    __tablename__ = "calendars"
    __table_args__ = FROZEN

    id: int = identity()
    version: str = Field(max_length=16, unique=True)
    text: str = long_text()
    published_at: datetime


PACKS: sa.Table = PublishedPack.__table__  # type: ignore[attr-defined]
CALENDARS: sa.Table = PublishedCalendar.__table__  # type: ignore[attr-defined]
_PACK = Question(sa.select(PACKS).where(PACKS.c.id == sa.bindparam("id")))
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
_CALENDARS = Question(sa.select(CALENDARS.c.version).order_by(CALENDARS.c.id.desc()).limit(2))
_CALENDAR = Question(sa.select(CALENDARS).where(CALENDARS.c.version == sa.bindparam("version")))


@lru_cache(maxsize=64)
def _read_pack(text: str) -> Pack:
    return packs.from_json(text)


@lru_cache(maxsize=16)
def _read_calendar(text: str) -> Calendar:
    return calendars.from_json(text)


_SEEN_PACKS: Memory[int, Pack] = Memory(1_000)
_SEEN_CALENDARS: Memory[str, Calendar] = Memory(100)


def get(work: Work, pack_id: int) -> Pack:
    """The pack with that id; rows never change, so each is read once per process.

    Raises Unready when there is none.
    """
    asked = partial(work.ask, _PACK, PublishedPack, id=pack_id)
    found = _SEEN_PACKS.recall(
        work, pack_id, lambda: next((_read_pack(p.text) for p in asked()), None)
    )
    if found is None:
        raise Unready(f"there is no rule pack {pack_id} in the database; run: guapai verify")
    return found


def in_force(work: Work, name: str) -> PublishedPack | None:
    """The version of a pack that new cases follow today: the newest that is valid."""
    today = local_date(work.now)
    found = (p for p in reversed(published(work)) if p.name == name)
    return next((p for p in found if get(work, p.id).is_valid(today)), None)


def current(work: Work, name: str) -> int:
    """The id of the version of a pack that is in force. Raises Unready when there is none."""
    found = in_force(work, name)
    if found is None:
        raise Unready(f"no rule pack {name!r} is in force; run: guapai migrate")
    return found.id


def for_case(work: Work, place_code: str, sector: str) -> int:
    """The id of the pack a new case of a trade at a place (GB/T 2260) follows today.

    Of those valid today, that of the narrowest jurisdiction; there, one of the very trade before
    one of every trade; and of several versions the newest.
    """
    today = local_date(work.now)
    fitting = [
        r for r in work.records(_CURRENT_PACKS) if place_code.startswith(head_of(r["jurisdiction"]))
    ]
    packs_here = [(get(work, r["id"]), len(head_of(r["jurisdiction"])), r["id"]) for r in fitting]
    able = [
        (width, pack.sector != EVERY_SECTOR, pack_id)
        for pack, width, pack_id in packs_here
        if pack.governs(sector) and pack.is_valid(today)
    ]
    if not able:
        raise Unready(f"no rule pack is in force at {place_code}; see: guapai pack list")
    return int(max(able)[-1])


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
    known = {r["fingerprint"] for r in work.records(_ALL_PACKS)}
    return None if pack.fingerprint in known else _store(work, pack, pack.text)


def publish_again(work: Work, pack: Pack) -> int | None:
    """Store a pack unless it is the newest of its name; one that comes back is a version anew."""
    mine = [p for p in published(work) if p.name == pack.name]
    if mine and mine[-1].text.rstrip() == pack.text.rstrip():
        return None
    known = {r["fingerprint"] for r in work.records(_ALL_PACKS)}
    return _store(work, pack, _anew(pack.text, lambda t: _read_pack(t).fingerprint in known))


def _store(work: Work, pack: Pack, text: str) -> int:
    pack_id = work.take_id()
    values = {"name": pack.name, "jurisdiction": pack.jurisdiction, "text": text}
    values["fingerprint"] = _read_pack(text).fingerprint
    work.insert(PACKS, {"id": pack_id, **values, "published_at": work.now})
    return pack_id


def calendar(work: Work, version: str | None = None) -> Calendar:
    """The newest calendar, or that of a version. Raises Unready when none is there."""
    if version is None:
        version = next((r["version"] for r in work.records(NEWEST_CALENDAR)), None)
    if version is None:
        raise Unready("no calendar is published; run: guapai migrate")
    asked = partial(work.ask, _CALENDAR, PublishedCalendar, version=version)
    found = _SEEN_CALENDARS.recall(
        work, version, lambda: next((_read_calendar(c.text) for c in asked()), None)
    )
    if found is None:
        raise Unready(f"there is no calendar {version} in the database; run: guapai verify")
    return found


def calendar_before(work: Work) -> Calendar | None:
    """The calendar that counted before the newest one."""
    versions = [r["version"] for r in work.records(_CALENDARS)]
    return calendar(work, versions[1]) if len(versions) > 1 else None


def publish_calendar(work: Work, value: Calendar) -> int | None:
    """Store a calendar unless it is the one that counts; its id if it is stored.

    One that counted before and comes back is a version of its own (`_anew`).
    """
    newest = next((r["version"] for r in work.records(NEWEST_CALENDAR)), None)
    if newest is not None and calendar(work, newest) == value:
        return None
    text = _anew(value.json(), lambda t: bool(work.records(_CALENDAR, version=_version(t))))
    calendar_id = work.take_id()
    values = {"version": _version(text), "text": text, "published_at": work.now}
    work.insert(CALENDARS, {"id": calendar_id, **values})
    return calendar_id


def _version(text: str) -> str:
    return _read_calendar(text).version


def _anew(text: str, is_known: Callable[[str], bool]) -> str:
    """A text that is not known yet and says the same: JSON with blanks behind it."""
    while is_known(text):
        text += " "
    return text


def published(work: Work) -> list[PublishedPack]:
    """Every version of every pack, oldest first."""
    return work.ask(_PUBLISHED, PublishedPack)
