"""Who has taken on which provisions is asked by who it was: an index of those entries alone."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_taken"
down_revision = "2026_11_28_provisions"
_TAKEN_ON = "move = 'take_on'"


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    op.create_index(
        "ix_events_taken_on",
        "events",
        ["organisation_id", "row_id"],
        sqlite_where=sa.text(_TAKEN_ON),
        postgresql_where=sa.text(_TAKEN_ON),
    )
