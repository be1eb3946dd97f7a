"""Who reported a hazard, receipts for reports, what it was graded by, and a closure in three steps."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "2026_11_28_receipts"
down_revision = "2026_11_28_levels"

_BEFORE = (
    *("lead", "grading", "general_fixing", "general_recheck", "major_confirmed", "reported"),
    *("plan_due", "plan_review", "rectifying", "acceptance_requested", "rework", "accepted"),
    *("closed", "ownerless", "shutdown_proposed", "shut_down", "transferred_out", "voided"),
)


def _states(*words: str) -> sa.Enum:
    name = "hazardstate"
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    now = (*_BEFORE[:15], "shutting_down", "shutdown_executed", *_BEFORE[15:])
    moment = sqlmodel.sql.sqltypes.UTCDateTime()
    role = sqlmodel.sql.sqltypes.AutoString(length=40)
    with op.batch_alter_table("hazards") as table:
        table.alter_column(
            "state", existing_type=_states(*_BEFORE), type_=_states(*now), existing_nullable=False
        )
        table.add_column(sa.Column("standard", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("reported_by", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("reported_as", role, nullable=False, server_default=""))
        for name in ("report_filed_at", "report_received_at"):
            table.add_column(sa.Column(name, moment, nullable=True))
        table.add_column(
            sa.Column("report_receipts", sa.Integer(), nullable=False, server_default="0")
        )
