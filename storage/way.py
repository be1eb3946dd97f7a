"""Ways out: how the mail server, and each domain behind it, has answered lately; all processes obey."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.columns import long_text
from storage.database.statement import Question
from storage.database.work import Work

CHANNEL = ""
"""The domain of the row that is about the server itself, not about a domain behind it."""


class Way(SQLModel, table=True):
    """One way out that is in trouble, or was: paused until, how often in a row, what was said.

    ``troubles`` grows with every trouble and shrinks with every letter that is taken.
    ``probed_until`` is the lease of the line that tries first after a pause.
    """

    __tablename__ = "mail_ways"

    domain: str = Field(max_length=253, primary_key=True)
    troubles: int
    since: datetime
    paused_until: datetime
    probed_until: datetime | None = None
    code: int
    said: str = long_text()


class Tally(SQLModel, table=True):
    """How many letters were offered to a domain in one short span; kept as long as its rate looks back."""

    __tablename__ = "mail_tallies"

    domain: str = Field(max_length=253, primary_key=True)
    span: datetime = Field(primary_key=True)
    letters: int


TABLE: sa.Table = Way.__table__  # type: ignore[attr-defined]
TALLIES: sa.Table = Tally.__table__  # type: ignore[attr-defined]
_ALL = Question(sa.select(TABLE).order_by(TABLE.c.domain))


def every(work: Work) -> list[Way]:
    """The ways out that are in trouble, or were lately."""
    return work.ask(_ALL, Way)
