"""Provisions as published: immutable rows that events pin by hash, and who has taken each on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from law.provisions import PROVISIONS, Provision, read_provision
from storage.database.columns import FROZEN, identity, long_text
from storage.database.statement import Question
from storage.database.work import Work


class PublishedProvision(SQLModel, table=True):
    """One wording of a provision; a trigger refuses to change it."""

    __tablename__ = "provisions"
    __table_args__ = FROZEN

    id: int = identity()
    key: str = Field(max_length=40, index=True)
    fingerprint: str = Field(max_length=64, unique=True)
    text: str = long_text()
    published_at: datetime


TABLE: sa.Table = PublishedProvision.__table__  # type: ignore[attr-defined]
_ALL = Question(sa.select(TABLE.c.id, TABLE.c.fingerprint).order_by(TABLE.c.id))
_WHOLE = Question(sa.select(TABLE.c.fingerprint, TABLE.c.text).order_by(TABLE.c.id))


def publish(work: Work, rules: Iterable[Provision] = PROVISIONS.values()) -> None:
    """Store the wordings that are not there yet."""
    known = {r["fingerprint"] for r in work.records(_ALL)}
    for rule in rules:
        if rule.fingerprint not in known:
            head = {"id": work.take_id(), "key": rule.key, "fingerprint": rule.fingerprint}
            work.insert(TABLE, {**head, "text": rule.stored, "published_at": work.now})


def ids(work: Work) -> dict[str, int]:
    """The rows of all wordings, by fingerprint."""
    return {r["fingerprint"]: r["id"] for r in work.records(_ALL)}


def wordings(work: Work) -> frozenset[str]:
    """The hashes of the wordings that are kept, and are what was hashed."""
    rows = work.records(_WHOLE)
    return frozenset(
        r["fingerprint"] for r in rows if sha256(r["text"].encode()).hexdigest() == r["fingerprint"]
    )


_SEEN: dict[str, dict[str, Provision]] = {}


def known(work: Work) -> Mapping[str, Provision]:
    """Every wording by its hash; new ones come with a migration, so they are read once a process."""
    if not _SEEN.get(work.database):
        rows = work.records(_WHOLE)
        _SEEN[work.database] = {r["fingerprint"]: read_provision(r["text"]) for r in rows}
    return _SEEN[work.database]
