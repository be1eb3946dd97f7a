"""Every table, so that the metadata is complete wherever this module is imported."""

from enum import Enum

import sqlalchemy as sa
from sqlmodel import SQLModel

from storage import (  # noqa: F401 (they declare tables; those of nouns stand in their register)
    act,
    case,
    claim,
    duty,
    event,
    evidence,
    gram,
    lease,
    nouns,
    organisation,
    pack,
    paper,
    password,
    pending,
    person,
    reading,
    session,
    throttle,
    upload,
)

SEQUENCES = sa.Table(
    "sequences",
    SQLModel.metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("next", sa.BigInteger, nullable=False),
)
"""SQLite's own id sequence; PostgreSQL has a real one."""

METADATA = SQLModel.metadata


def kinds_of_columns() -> set[type[Enum]]:
    """The lists of words that columns are held to."""
    types = [c.type for table in METADATA.tables.values() for c in table.columns]
    return {t.enum_class for t in types if isinstance(t, sa.Enum) and t.enum_class}
