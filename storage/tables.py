"""Every table, so that the metadata is complete wherever this module is imported."""

import sqlalchemy as sa
from sqlmodel import SQLModel

from storage import (
    act,
    deferral,
    duty,
    event,
    evidence,
    hazard,
    lease,
    letter,
    listing,
    organisation,
    pack,
    paper,
    pending,
    person,
)

HOMES = (
    act,
    deferral,
    duty,
    event,
    evidence,
    hazard,
    lease,
    letter,
    listing,
    organisation,
    pack,
    paper,
    pending,
    person,
)
"""The modules that declare tables."""

SEQUENCES = sa.Table(
    "sequences",
    SQLModel.metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("next", sa.BigInteger, nullable=False),
)
"""SQLite's own id sequence; PostgreSQL has a real one."""

METADATA = SQLModel.metadata
