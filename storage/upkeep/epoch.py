"""Epochs: every life of a database has a name of its own, so that two lives never give one id twice."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.columns import FROZEN, identity
from storage.database.statement import Question
from storage.database.work import Work


class Epoch(SQLModel, table=True):
    """One life of the database, from a restore on; the first life has no row and no name."""

    __tablename__ = "epochs"
    __table_args__ = FROZEN

    id: int = identity()
    name: str = Field(max_length=16)
    since: datetime


TABLE: sa.Table = Epoch.__table__  # type: ignore[attr-defined]
_NEWEST = Question(sa.select(TABLE.c.name).order_by(TABLE.c.id.desc()).limit(1))


def renew_epoch(work: Work) -> Epoch:
    """Begin another life, as a restore must; its name is random and unknown to earlier lives.

    Message-IDs carry it: ids are drawn from a sequence that a restore turns back, and receivers
    drop a letter whose Message-ID they have seen (operations O10).
    """
    epoch = Epoch(id=work.take_id(), name=secrets.token_hex(4), since=work.now)
    work.insert(TABLE, epoch.model_dump())
    return epoch


def current_epoch(work: Work) -> str:
    """The name of this life; empty in the first one."""
    return next((r["name"] for r in work.records(_NEWEST)), "")
