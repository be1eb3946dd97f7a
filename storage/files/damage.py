"""Files that are no longer what they were: found when handed out or by night, until they are whole again."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from storage.database.statement import Question
from storage.database.work import Work
from storage.files.evidence import FILES


class Damage(SQLModel, table=True):
    """A damaged file: what is wrong, since when it is known, and since when it is whole again."""

    __tablename__ = "damages"

    sha256: str = Field(max_length=64, primary_key=True)
    reason: str = Field(max_length=20)
    damaged_at: datetime
    mended_at: datetime | None = None


TABLE: sa.Table = Damage.__table__  # type: ignore[attr-defined]


def _note(insert: type[postgresql.Insert] | type[sqlite.Insert]) -> Question:
    """A row, or the old one made new: found again after it was whole, its damage begins anew."""
    given = {c: sa.bindparam(c, type_=TABLE.c[c].type) for c in ("sha256", "reason", "damaged_at")}
    statement = insert(TABLE).values(given)
    return Question(
        statement.on_conflict_do_update(
            index_elements=[TABLE.c.sha256],
            set_={
                "reason": statement.excluded.reason,
                "damaged_at": statement.excluded.damaged_at,
                "mended_at": None,
            },
            where=sa.or_(
                TABLE.c.mended_at.is_not(None), TABLE.c.reason != statement.excluded.reason
            ),
        ).returning(TABLE.c.sha256)
    )


_NOTE = {"postgresql": _note(postgresql.Insert), "sqlite": _note(sqlite.Insert)}
_MENDED = Question(
    sa.update(TABLE)
    .where(TABLE.c.sha256 == sa.bindparam("w_sha256"), TABLE.c.mended_at.is_(None))
    .values(mended_at=sa.bindparam("at", type_=TABLE.c.mended_at.type))
    .returning(TABLE.c.sha256)
)
_STANDING = Question(
    sa.select(TABLE).where(TABLE.c.mended_at.is_(None)).order_by(TABLE.c.damaged_at).limit(1000)
)
_KNOWN = Question(
    sa.select(TABLE.c.sha256).where(
        TABLE.c.sha256 == sa.bindparam("sha256"), TABLE.c.mended_at.is_(None)
    )
)
_FILES = Question(
    sa.select(FILES.c.sha256)
    .where(FILES.c.sha256 > sa.bindparam("after"))
    .order_by(FILES.c.sha256)
    .limit(500)
)


def note(work: Work, sha256: str, reason: str) -> bool:
    """Write down that a file is damaged; whether that was not known yet."""
    given = {"sha256": sha256, "reason": reason, "damaged_at": work.now}
    return bool(work.records(_NOTE[work.dialect.name], **given))


def mended(work: Work, sha256: str) -> bool:
    """Write down that a file is whole; whether it was damaged."""
    return bool(work.records(_MENDED, w_sha256=sha256, at=work.now))


def is_known(work: Work, sha256: str) -> bool:
    """Whether a file is damaged, as far as is known now."""
    return bool(work.records(_KNOWN, sha256=sha256))


def standing(work: Work) -> list[Damage]:
    """The files that are damaged now, the longest known first; a thousand at most."""
    return work.ask(_STANDING, Damage)


def files_after(work: Work, sha256: str) -> list[str]:
    """The next files there ought to be, after a hash."""
    return [r["sha256"] for r in work.records(_FILES, after=sha256)]
