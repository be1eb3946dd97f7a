"""Reads: who looked at what is sensitive, kept like history (ASVS 16.3.2, reliability of audits)."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.people import Actor
from storage.database.columns import FROZEN, identity, whole
from storage.database.work import Work


class Looked(StrEnum):
    """What was looked at."""

    evidence = "evidence"
    original = "original"
    paper = "paper"
    contact = "contact"
    letter = "letter"
    export = "export"


class Read(SQLModel, table=True):
    """One look; ``detail`` says which part, such as the filters of an export."""

    __tablename__ = "reads"
    __table_args__ = (sa.Index("ix_reads_case_id_id", "case_id", "id"), FROZEN)

    id: int = identity()
    at: datetime
    person_id: int = Field(sa_type=sa.BigInteger)
    behalf_of: int | None = whole()
    role: str = Field(max_length=40)
    organisation_id: int | None = whole()
    case_id: int | None = whole()
    what: str = Field(max_length=20)
    row_id: int | None = whole()
    detail: str = Field(default="", max_length=400)


TABLE: sa.Table = Read.__table__  # type: ignore[attr-defined]


def note(
    work: Work,
    actor: Actor,
    what: Looked,
    *,
    case_id: int | None = None,
    row_id: int | None = None,
    detail: str = "",
) -> None:
    """Write down a look, in the transaction that allows it: where this fails, nothing is shown."""
    work.insert(
        TABLE,
        {
            "id": work.take_id(),
            "at": work.now,
            "person_id": actor.person_id,
            "behalf_of": actor.on_behalf_of,
            "role": actor.role.value,
            "organisation_id": actor.organisation_id,
            "case_id": case_id,
            "what": what.value,
            "row_id": row_id,
            "detail": detail[:400],
        },
    )
