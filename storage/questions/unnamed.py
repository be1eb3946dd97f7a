"""Files that were handed in and that nothing names: no case, no paper, no decision that waits."""

from datetime import datetime

import sqlalchemy as sa

from storage import paper, pending
from storage.database.statement import Question
from storage.database.work import Work
from storage.files import evidence
from storage.files.upload import TABLE as UPLOADS

MOST = 500
"""Files of one round (own)."""
_SHA256 = sa.bindparam("sha256", type_=sa.Text)
_YOUNG = UPLOADS.alias("young")
_BEFORE = sa.bindparam("before", type_=UPLOADS.c.began_at.type)


def _unnamed(name: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Nothing names a file, and nobody has handed it in again lately."""
    return ~sa.or_(
        sa.exists().where(evidence.TABLE.c.file == name),
        sa.exists().where(paper.TABLE.c.pdf == name),
        sa.exists().where(pending.TABLE.c.facts.contains(name)),
        sa.exists().where(_YOUNG.c.sha256 == name, _YOUNG.c.began_at >= _BEFORE),
    )


_OLD = Question(
    sa.select(UPLOADS.c.sha256)
    .distinct()
    .where(UPLOADS.c.sha256.is_not(None), UPLOADS.c.began_at < _BEFORE, _unnamed(UPLOADS.c.sha256))
    .order_by(UPLOADS.c.sha256)
    .limit(MOST)
)
_STILL = Question(sa.select(_SHA256.label("sha256")).where(_unnamed(_SHA256)))


def old(work: Work, before: datetime) -> list[str]:
    """Files handed in before an instant that nothing names, by their hashes."""
    return [str(r["sha256"]) for r in work.records(_OLD, before=before)]


def forget(work: Work, sha256: str, before: datetime) -> bool:
    """Take a file out of the tables; whether nothing names it still."""
    if not work.records(_STILL, sha256=sha256, before=before):
        return False
    work.execute(sa.delete(UPLOADS).where(UPLOADS.c.sha256 == sha256))
    work.execute(sa.delete(evidence.FILES).where(evidence.FILES.c.sha256 == sha256))
    return True
