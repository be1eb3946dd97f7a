"""Holds: what must not run until people have looked, kept where every process sees it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.word import Word
from storage.database.columns import changing, identity, long_text, maybe_reference, word, words
from storage.database.statement import Question
from storage.database.work import Work


class Held(Word):
    """What can be held."""

    post = "post", "信件投递"
    sweep = "sweep", "到期清扫"


class HoldReason(Word):
    """Why something is held."""

    restore = "restore", "从备份恢复"
    clock = "clock", "系统时钟跳变"
    person = "person", "人工暂停"


PERSONS_NEEDED = {HoldReason.restore: 2, HoldReason.clock: 1, HoldReason.person: 1}
"""How many different persons let go of a hold; after a restore two (own)."""


class Hold(SQLModel, table=True):
    """One hold, from its beginning until enough persons have let go of it; never deleted."""

    __tablename__ = "holds"
    __table_args__ = (
        sa.Index(
            "ix_holds_what",
            "what",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        changing(*("released_by_1", "released_at_1", "released_by_2", "released_at_2"), "ended_at"),
    )

    id: int = identity()
    what: Held = Field(sa_type=words(Held))
    reason: HoldReason = Field(sa_type=words(HoldReason))
    note: str = long_text()
    since: datetime
    released_by_1: int | None = maybe_reference("persons.id")
    released_at_1: datetime | None = None
    released_by_2: int | None = maybe_reference("persons.id")
    released_at_2: datetime | None = None
    ended_at: datetime | None = None


TABLE: sa.Table = Hold.__table__  # type: ignore[attr-defined]
_STANDING = {
    what: Question(
        sa.select(TABLE)
        .where(TABLE.c.what == word(what), TABLE.c.ended_at.is_(None))
        .order_by(TABLE.c.id)
        .with_for_update()
    )
    for what in Held
}
_LOOK = Question(sa.select(TABLE).where(TABLE.c.ended_at.is_(None)).order_by(TABLE.c.id))


def begin(work: Work, what: Held, reason: HoldReason, note: str = "") -> int:
    """Hold something; the id of the hold, that of the standing one if there is one for that reason.

    One that somebody has let go of already is of another time (a pack was made in between).
    """
    for hold in work.ask(_STANDING[what], Hold):
        if hold.reason == reason and hold.released_by_1 is None:
            return hold.id
    hold_id = work.take_id()
    values = {"id": hold_id, "what": what, "reason": reason, "note": note, "since": work.now}
    work.insert(TABLE, values)
    return hold_id


def standing(work: Work, what: Held | None = None) -> list[Hold]:
    """The holds that nobody has ended, of one thing or of all, oldest first; to look at."""
    return [h for h in work.ask(_LOOK, Hold) if what is None or h.what == what]


def missing(hold: Hold) -> int:
    """How many persons have yet to let go of a hold."""
    return PERSONS_NEEDED[hold.reason] - (hold.released_by_1 is not None)


def locked(work: Work, what: Held) -> list[Hold]:
    """The holds of one thing that stand, locked against others who let go of them."""
    return work.ask(_STANDING[what], Hold)
