"""Decisions that wait for signatures: the frozen facts, and who has signed them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.people import Role
from guapai.word import Word
from storage.database.columns import (
    FROZEN_FOLDED,
    changing,
    identity,
    long_text,
    reference,
    whole,
    word,
    words,
)
from storage.database.statement import Question
from storage.database.work import Work


class PendingState(Word):
    """What became of a decision that waited."""

    open = "open", "待签署"
    performed = "performed", "已办理"
    dropped = "dropped", "已作废"
    withdrawn = "withdrawn", "已撤回"
    refused = "refused", "已退回"


class Pending(SQLModel, table=True):
    """A move with its facts, parked until enough people have signed the same hash."""

    __tablename__ = "pending"
    __table_args__ = (
        sa.Index("ix_pending_row_id_state", "row_id", "state"),
        sa.Index(
            "ix_pending_open",
            "case_id",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        changing("state", "facts", folded=True),
    )

    id: int = identity()
    case_id: int = reference("cases.id", index=True)
    noun: str = Field(max_length=20)
    row_id: int = Field(sa_type=sa.BigInteger)
    version: int
    move: str = Field(max_length=60)
    facts: str = long_text()
    facts_hash: str = Field(max_length=64)
    state: PendingState = Field(sa_type=words(PendingState))
    opened_at: datetime


class Signature(SQLModel, table=True):
    """One person's signature under one parked decision."""

    __tablename__ = "signatures"
    __table_args__ = (sa.UniqueConstraint("pending_id", "person_id"), FROZEN_FOLDED)

    id: int = identity()
    case_id: int = reference("cases.id", index=True)
    pending_id: int = reference("pending.id")
    person_id: int = Field(sa_type=sa.BigInteger)
    behalf_of: int | None = whole()
    role: Role = Field(sa_type=words(Role))
    organisation_id: int | None = whole()
    at: datetime


TABLE: sa.Table = Pending.__table__  # type: ignore[attr-defined]
SIGNATURES: sa.Table = Signature.__table__  # type: ignore[attr-defined]
_OPEN = Question(
    sa.select(TABLE)
    .where(
        TABLE.c.row_id == sa.bindparam("row_id"),
        TABLE.c.state == word(PendingState.open),
    )
    .order_by(TABLE.c.id)
)
_LAST_OF_MOVE = Question(
    sa.select(TABLE)
    .where(
        TABLE.c.row_id == sa.bindparam("row_id"),
        TABLE.c.move == sa.bindparam("move"),
    )
    .order_by(TABLE.c.id.desc())
    .limit(1)
)
_OF = Question(
    sa.select(SIGNATURES)
    .where(SIGNATURES.c.pending_id == sa.bindparam("pending_id"))
    .order_by(SIGNATURES.c.id)
)


def open_of(work: Work, row_id: int) -> list[Pending]:
    """The decisions about a row that still wait."""
    return work.ask(_OPEN, Pending, row_id=row_id)


def last_of_move(work: Work, row_id: int, move: str) -> Pending | None:
    """The decision of that move that was parked last about a row, whatever became of it."""
    return next(iter(work.ask(_LAST_OF_MOVE, Pending, row_id=row_id, move=move)), None)


def signatures(work: Work, pending_id: int) -> list[Signature]:
    """Who has signed, in order."""
    return work.ask(_OF, Signature, pending_id=pending_id)
