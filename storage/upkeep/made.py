"""The packs that were made: when, where, and whether each was found good."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.columns import identity, long_text
from storage.database.statement import Question
from storage.database.work import Work


class Made(SQLModel, table=True):
    """One pack. ``good``: nothing was lost, no fault; ``tried``: it was restored beside."""

    __tablename__ = "backups"

    id: int = identity()
    made_at: datetime
    place: str = long_text()
    size: int = Field(sa_type=sa.BigInteger)
    tried: bool
    good: bool


TABLE: sa.Table = Made.__table__  # type: ignore[attr-defined]
_LAST_GOOD = Question(
    sa.select(TABLE).where(TABLE.c.good.is_(True)).order_by(TABLE.c.id.desc()).limit(1)
)


def note(work: Work, place: str, size: int, *, tried: bool, good: bool) -> None:
    """Write down a pack that was made."""
    values = {"id": work.take_id(), "made_at": work.now, "place": place}
    work.insert(TABLE, {**values, "size": size, "tried": tried, "good": good})


def last_good(work: Work) -> Made | None:
    """The newest good pack that this database knows of."""
    return next(iter(work.ask(_LAST_GOOD, Made)), None)
