"""Who has made a move in a case is found by an index, however long its history."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_makers"
down_revision = "2026_11_28_together"

_STOOD_IN = "behalf_of IS NOT NULL"


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    op.create_index(
        "ix_events_case_id_person_id_role", "events", ["case_id", "person_id", "role"]
    )
    op.create_index(
        "ix_events_case_id_behalf_of",
        "events",
        ["case_id", "behalf_of"],
        sqlite_where=sa.text(_STOOD_IN),
        postgresql_where=sa.text(_STOOD_IN),
    )
