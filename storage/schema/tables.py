"""Every table, so that the metadata is complete wherever this module is imported."""

import sqlalchemy as sa
from sqlmodel import SQLModel

from storage import case, claim, duty, nouns, paper, pending, way  # noqa: F401 (they declare tables)
from storage.database import gram  # noqa: F401
from storage.files import damage, evidence, upload  # noqa: F401
from storage.history import access, act, event, reading  # noqa: F401
from storage.people import asked, organisation, password, person, session, throttle  # noqa: F401
from storage.upkeep import (  # noqa: F401
    epoch,
    heartbeat,
    hold,
    lease,
    made,
    origin,
    pack,
    provision,
    trouble,
    watermark,
)

SEQUENCES = sa.Table(
    "sequences",
    SQLModel.metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("next", sa.BigInteger, nullable=False),
)
"""SQLite's own id sequence; PostgreSQL has a real one."""

METADATA = SQLModel.metadata


def tables_of(*fates: str) -> tuple[str, ...]:
    """The tables that say so of their rows: frozen, erasable, passing (storage/database/columns.py)."""
    return tuple(t.name for t in METADATA.tables.values() if t.info.get("rows") in fates)
