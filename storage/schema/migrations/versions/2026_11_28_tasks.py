"""The tasks of a plan and the items of an order, and the day by which a plan is demanded."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_tasks"
down_revision = "2026_11_28_receipts"


def upgrade() -> None:
    """Forward; there is no way back, a backup is. Of before, no hazard has tasks one by one."""
    with op.batch_alter_table("hazards") as table:
        table.add_column(sa.Column("task_list", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("plan_by", sa.Date(), nullable=True))
