"""Certificates end: a person's has a last day, where it is known."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_officers"
down_revision = "2026_11_28_tasks"


def upgrade() -> None:
    """Forward; there is no way back, a backup is. Of a certificate that is there no end is known."""
    with op.batch_alter_table("persons") as table:
        table.add_column(sa.Column("certificate_until", sa.Date(), nullable=True))
