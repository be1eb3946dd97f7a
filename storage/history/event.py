"""History: what happened, as bytes that never change, and what of it can be erased."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.columns import ERASABLE, FROZEN, identity, long_text, whole
from storage.database.statement import Question
from storage.database.work import Work

_STOOD_IN = "behalf_of IS NOT NULL"
_TAKEN_ON = "move = 'take_on'"


class Event(SQLModel, table=True):
    """One row moved by one act. ``leaf`` is canonical JSON; the other columns repeat parts of it."""

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_case_id_id", "case_id", "id"),
        sa.Index("ix_events_row_id_move_id", "row_id", "move", "id"),
        sa.Index("ix_events_case_id_person_id_role", "case_id", "person_id", "role"),
        sa.Index(
            "ix_events_case_id_behalf_of",
            *("case_id", "behalf_of"),
            sqlite_where=sa.text(_STOOD_IN),
            postgresql_where=sa.text(_STOOD_IN),
        ),
        sa.Index(
            "ix_events_taken_on",
            *("organisation_id", "row_id"),
            sqlite_where=sa.text(_TAKEN_ON),
            postgresql_where=sa.text(_TAKEN_ON),
        ),
        FROZEN,
    )

    id: int = identity()
    act_id: int = Field(sa_type=sa.BigInteger, index=True)
    case_id: int | None = whole()
    noun: str = Field(max_length=20)
    row_id: int = Field(sa_type=sa.BigInteger)
    move: str = Field(max_length=60)
    source: str | None = Field(default=None, max_length=40)
    dest: str | None = Field(default=None, max_length=40)
    person_id: int | None = whole()
    behalf_of: int | None = whole()
    role: str = Field(max_length=40)
    organisation_id: int | None = whole()
    at: datetime
    basis: str = Field(max_length=40)
    pack_id: int | None = whole()
    calendar: str = Field(max_length=16)
    leaf: str = long_text()


class Subject(SQLModel, table=True):
    """Another row that an event is about, beside its own."""

    __tablename__ = "event_subjects"
    __table_args__ = FROZEN

    event_id: int = Field(sa_type=sa.BigInteger, foreign_key="events.id", primary_key=True)
    noun: str = Field(max_length=20, primary_key=True)
    row_id: int = Field(sa_type=sa.BigInteger, primary_key=True, index=True)


class Secret(SQLModel, table=True):
    """A personal value of an event; deleting the row is all that erasing takes from history."""

    __tablename__ = "event_secrets"
    __table_args__ = ERASABLE

    event_id: int = Field(sa_type=sa.BigInteger, foreign_key="events.id", primary_key=True)
    field: str = Field(max_length=80, primary_key=True)
    salt: str = Field(max_length=64)
    value: str = long_text()


TABLE: sa.Table = Event.__table__  # type: ignore[attr-defined]
SUBJECTS: sa.Table = Subject.__table__  # type: ignore[attr-defined]
SECRETS: sa.Table = Secret.__table__  # type: ignore[attr-defined]
OF_CASE = Question(
    sa.select(TABLE).where(TABLE.c.case_id == sa.bindparam("case_id")).order_by(TABLE.c.id)
)
_OF_ACT = Question(
    sa.select(TABLE).where(TABLE.c.act_id == sa.bindparam("act_id")).order_by(TABLE.c.id)
)
SECRETS_OF = Question(
    sa.select(SECRETS)
    .join(TABLE, TABLE.c.id == SECRETS.c.event_id)
    .where(TABLE.c.case_id == sa.bindparam("case_id"))
)
_SECRETS_OF_ONE = Question(sa.select(SECRETS).where(SECRETS.c.event_id == sa.bindparam("event_id")))
_LAST = Question(
    sa.select(TABLE)
    .where(TABLE.c.row_id == sa.bindparam("row_id"), TABLE.c.noun == sa.bindparam("noun"))
    .order_by(TABLE.c.id.desc())
    .limit(1)
)

_LAST_OF_MOVE = Question(
    sa.select(TABLE)
    .where(
        TABLE.c.row_id == sa.bindparam("row_id"),
        TABLE.c.move == sa.bindparam("move"),
        TABLE.c.noun == sa.bindparam("noun"),
    )
    .order_by(TABLE.c.id.desc())
    .limit(1)
)

_LATEST = Question(sa.select(TABLE).order_by(TABLE.c.id.desc()).limit(1))

Change = tuple[str, int, dict[str, Any]]
"""A table, an id, and the columns that got new values."""


def plain(value: Any) -> Any:
    """A column's value as history writes it: words, ISO dates, UTC instants."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return _text_of(value.astimezone(UTC))
    if isinstance(value, date):
        return value.isoformat()
    return value


@lru_cache(maxsize=1024)  # one act names the same instant in several of its rows
def _text_of(at: datetime) -> str:
    return at.isoformat()


_CANONICAL = json.JSONEncoder(
    ensure_ascii=False,
    sort_keys=True,
    separators=(",", ":"),
    default=plain,
    check_circular=False,  # a value that holds itself has no JSON, and Python says so anyway
)


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, text as it is; the same value gives the same bytes."""
    return _CANONICAL.encode(value)


def sealed(salt: str, value: str) -> dict[str, str]:
    """What history keeps of a personal value: SHA-256 over salt and value."""
    return {"sha256": hashlib.sha256((salt + value).encode()).hexdigest()}


def new_salt() -> str:
    """A salt of 256 random bits."""
    return secrets.token_hex(32)


def of_case(work: Work, case_id: int) -> list[Event]:
    """The events of a case in the order in which they happened."""
    return work.ask(OF_CASE, Event, case_id=case_id)


def of_act(work: Work, act_id: int) -> list[Event]:
    """The events one act wrote."""
    return work.ask(_OF_ACT, Event, act_id=act_id)


def last(work: Work, noun: str, row_id: int) -> Event | None:
    """The latest event of a row."""
    return next(iter(work.ask(_LAST, Event, row_id=row_id, noun=noun)), None)


def last_of_move(work: Work, noun: str, row_id: int, move: str) -> Event | None:
    """The latest event with which a row made that move."""
    given = {"row_id": row_id, "move": move, "noun": noun}
    return next(iter(work.ask(_LAST_OF_MOVE, Event, **given)), None)


def last_of_moves(work: Work, noun: str, row_id: int, moves: Sequence[str]) -> Event | None:
    """The latest event with which a row made one of several moves."""
    found = (last_of_move(work, noun, row_id, move) for move in moves)
    return max((e for e in found if e is not None), key=lambda e: e.id, default=None)


def secrets_of(work: Work, event_id: int) -> dict[str, str]:
    """The personal values of an event that have not been erased, by name."""
    return {r["field"]: r["value"] for r in work.records(_SECRETS_OF_ONE, event_id=event_id)}


def latest(work: Work) -> datetime | None:
    """When the last event happened."""
    return next((row.at for row in work.ask(_LATEST, Event)), None)
