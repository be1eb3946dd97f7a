"""A question that two decide says of itself that it has lapsed: one more word."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_lapse"
down_revision = "2026_11_28_taken"

_STATES = ("open", "agreed", "declined", "withdrawn", "done")


def _states(*words: str) -> sa.Enum:
    return sa.Enum(*words, name="askedstate", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Forward; there is no way back, a backup is. What has lapsed is told so at the next run."""
    with op.batch_alter_table("asked") as table:
        table.alter_column(
            "state",
            existing_type=_states(*_STATES),
            type_=_states(*_STATES, "lapsed"),
            existing_nullable=False,
        )
