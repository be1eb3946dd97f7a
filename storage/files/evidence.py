"""Evidence: which files of the store were handed in in which case, showing what."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from storage.database.columns import ERASABLE, FROZEN_FOLDED, identity, long_text, reference, whole
from storage.database.statement import Question
from storage.database.work import Work
from storage.files.store import Kept


class StoredFile(SQLModel, table=True):
    """A file that is in the store; its name on disk is its hash."""

    __tablename__ = "files"
    __table_args__ = ERASABLE

    sha256: str = Field(max_length=64, primary_key=True)
    size: int = Field(sa_type=sa.BigInteger)
    media_type: str = Field(max_length=120)
    stored_at: datetime


class EvidenceFile(SQLModel, table=True):
    """A file in a case: handed in with which event, showing what, at which point of the hazard.

    Nothing is ever replaced: a better file ``supersedes`` an earlier one, and both stay.
    """

    __tablename__ = "evidence"
    __table_args__ = FROZEN_FOLDED

    id: int = identity()
    case_id: int = reference("cases.id", index=True)
    event_id: int = reference("events.id")
    file: str = Field(max_length=64, foreign_key="files.sha256")
    kind: str = Field(max_length=20)
    caption: str = long_text()
    point: str = Field(default="", max_length=200)
    supersedes: int | None = whole()


FILES: sa.Table = StoredFile.__table__  # type: ignore[attr-defined]
TABLE: sa.Table = EvidenceFile.__table__  # type: ignore[attr-defined]
_FILE = Question(sa.select(FILES).where(FILES.c.sha256 == sa.bindparam("sha256")))
_BY_ID = Question(
    sa.select(TABLE, FILES.c.media_type, FILES.c.size)
    .join(FILES, FILES.c.sha256 == TABLE.c.file)
    .where(TABLE.c.id == sa.bindparam("id"))
)
_OF_CASE = Question(
    sa.select(TABLE).where(TABLE.c.case_id == sa.bindparam("case_id")).order_by(TABLE.c.id)
)


_STORED = {c.name: sa.bindparam(c.name, type_=c.type) for c in FILES.c}
_REMEMBER = {
    "postgresql": Question(
        postgresql.insert(FILES).values(_STORED).on_conflict_do_nothing().returning(FILES.c.sha256)
    ),
    # a frozen table of SQLite refuses a key that is there before ON CONFLICT is looked at; nobody
    # else writes between the question and the row
    "sqlite": Question(
        sa.insert(FILES)
        .from_select(
            list(_STORED),
            sa.select(*_STORED.values()).where(
                ~sa.exists().where(FILES.c.sha256 == _STORED["sha256"])
            ),
        )
        .returning(FILES.c.sha256)
    ),
}


def remember(work: Work, stored: Kept) -> None:
    """Enter a stored file in the database; once is enough, also for two at the same time."""
    work.records(
        _REMEMBER[work.dialect.name],
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.media_type,
        stored_at=work.now,
    )


def is_stored(work: Work, sha256: str) -> bool:
    """Whether a file is in the store."""
    return bool(work.records(_FILE, sha256=sha256))


def get(work: Work, evidence_id: int) -> dict[str, Any] | None:
    """A file in a case, with its media type and size."""
    return next(iter(work.records(_BY_ID, id=evidence_id)), None)


def is_in(work: Work, evidence_id: int, case_id: int) -> bool:
    """Whether a file was handed in in a case."""
    return any(e.id == evidence_id for e in of_case(work, case_id))


def of_case(work: Work, case_id: int) -> list[EvidenceFile]:
    """The evidence of a case, oldest first."""
    return work.ask(_OF_CASE, EvidenceFile, case_id=case_id)
