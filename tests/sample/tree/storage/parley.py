"""Parleys: the rows of the sample noun."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel
from statemachines.parley import ParleyState

from storage.database.columns import long_text, root_identity, words


class Parley(SQLModel, table=True):
    """One parley, beside what every case has."""

    __tablename__ = "parleys"

    id: int = root_identity()
    version: int
    state: ParleyState = Field(sa_type=words(ParleyState))
    minutes: str = long_text()
    period: str = Field(default="", max_length=200)
    held_at: datetime | None = None


TABLE: sa.Table = Parley.__table__  # type: ignore[attr-defined]
