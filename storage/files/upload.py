"""Uploads under way: how much of a file has arrived, so that it can go on after a break."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.columns import PASSING, reference
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.person import Person


class Upload(SQLModel, table=True):
    """One file on its way, or arrived: then ``sha256`` is its name in the store."""

    __tablename__ = "uploads"
    __table_args__ = PASSING

    id: str = Field(max_length=32, primary_key=True)
    person_id: int = reference("persons.id", index=True)
    name: str = Field(max_length=200)
    size: int = Field(sa_type=sa.BigInteger)
    received: int = Field(sa_type=sa.BigInteger)
    sha256: str | None = Field(default=None, max_length=64, index=True)
    began_at: datetime


TABLE: sa.Table = Upload.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_OF = Question(
    sa.select(TABLE).where(
        TABLE.c.id == sa.bindparam("id"), TABLE.c.person_id == sa.bindparam("person_id")
    )
)
_HANDED_IN = Question(
    sa.select(TABLE)
    .where(TABLE.c.sha256 == sa.bindparam("sha256"), TABLE.c.person_id == sa.bindparam("person_id"))
    .order_by(TABLE.c.began_at.desc())
    .limit(1)
)
_UNFINISHED = TABLE.c.sha256.is_(None)
_STALE = Question(
    sa.select(TABLE).where(
        TABLE.c.began_at < sa.bindparam("before", type_=TABLE.c.began_at.type), _UNFINISHED
    )
)
_LOCK = Question(
    sa.select(_P.c.id).where(_P.c.id == sa.bindparam("person_id")).with_for_update(key_share=True)
)
_OPEN = Question(
    sa.select(sa.func.count().label("count"))
    .select_from(TABLE)
    .where(TABLE.c.person_id == sa.bindparam("person_id"), _UNFINISHED)
)
_IS_OPEN = Question(sa.select(TABLE.c.id).where(TABLE.c.id == sa.bindparam("id"), _UNFINISHED))


def begin(work: Work, row: Upload) -> None:
    """A file is about to arrive."""
    work.insert(TABLE, row.model_dump())


def of_person(work: Work, upload_id: str, person_id: int) -> Upload | None:
    """An upload of a person; nobody else's."""
    return next(iter(work.ask(_OF, Upload, id=upload_id, person_id=person_id)), None)


def handed_in(work: Work, sha256: str, person_id: int) -> Upload | None:
    """The upload with which a person handed in a file: what they may put into a form."""
    return next(iter(work.ask(_HANDED_IN, Upload, sha256=sha256, person_id=person_id)), None)


def unfinished(work: Work, person_id: int) -> int:
    """How many uploads of a person are under way; another one of theirs waits until we are done."""
    _, (found,) = work.ask_all([(q, {"person_id": person_id}) for q in (_LOCK, _OPEN)])
    return int(found["count"])


def is_unfinished(work: Work, upload_id: str) -> bool:
    """Whether an upload is under way, whoever's it is."""
    return bool(work.records(_IS_OPEN, id=upload_id))


def advance(
    work: Work, upload_id: str, since: int, received: int, sha256: str | None = None
) -> None:
    """So much has arrived, and under this name it lies in the store if that was all.

    Raises Overtaken, at the end of the work at the latest, when it no longer stands where it
    stood: at ``since``.
    """
    values = {"received": received, "sha256": sha256}
    where = {"id": upload_id, "received": since}
    work.update(TABLE, where, values, guarded="这个文件已在别处继续上传，请稍候再试")


def stale(work: Work, age: timedelta) -> list[Upload]:
    """Unfinished uploads that began longer ago than this."""
    return work.ask(_STALE, Upload, before=work.now - age)


def forget(work: Work, upload_id: str) -> None:
    """An upload is of no use any more; a file in the store stays."""
    work.execute(sa.delete(TABLE).where(TABLE.c.id == upload_id))


def forget_unfinished(work: Work, upload_id: str) -> None:
    """Give up waiting for the rest of a file; one that has arrived meanwhile is not forgotten."""
    work.execute(sa.delete(TABLE).where(TABLE.c.id == upload_id, _UNFINISHED))
