"""Which city a database is: a name it was given once, that stays through copies and restores."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.statement import Question
from storage.database.work import Work


class Origin(SQLModel, table=True):
    """The one row with the city's random name; the migration writes it."""

    __tablename__ = "origins"

    name: str = Field(max_length=32, primary_key=True)


TABLE: sa.Table = Origin.__table__  # type: ignore[attr-defined]
_NAME = Question(sa.select(TABLE.c.name))


def name(work: Work) -> str:
    """The city's name; empty for a database that has none."""
    return next((str(r["name"]) for r in work.records(_NAME)), "")
