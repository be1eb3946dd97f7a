"""Stops with their scope, end and number; dangers answered; failed re-inspections counted."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "2026_11_28_stops"
down_revision = "2026_11_28_lapse"


def upgrade() -> None:
    """Forward; there is no way back, a backup is. Of an older stop nobody wrote down when it ends."""
    number = sqlmodel.sql.sqltypes.AutoString(length=200)
    with op.batch_alter_table("hazards") as table:
        table.add_column(sa.Column("stop_scope", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("stop_number", number, nullable=False, server_default=""))
        for day in ("stop_since", "stop_until"):
            table.add_column(sa.Column(day, sa.Date(), nullable=True))
        moment = sqlmodel.sql.sqltypes.UTCDateTime()
        table.add_column(sa.Column("resumption_asked_at", moment, nullable=True))
        for flag in ("stop_to_confirm", "evacuated"):
            no = sa.false()
            table.add_column(sa.Column(flag, sa.Boolean(), nullable=False, server_default=no))
        table.add_column(
            sa.Column("failed_rechecks", sa.Integer(), nullable=False, server_default="0")
        )
