"""Who had to remove a hazard before, the money of a designation, and when a listing was made public."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_subject"
down_revision = "2026_11_28_stops"


def upgrade() -> None:
    """Forward; there is no way back, a backup is. Old cases had no money that was accounted for."""
    with op.batch_alter_table("hazards") as table:
        for name in ("fund_source", "allocation"):
            table.add_column(sa.Column(name, sa.String(200), nullable=False, server_default=""))
        table.add_column(sa.Column("paid_fen", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("former_unit_id", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("published_on", sa.Date(), nullable=True))
        table.create_foreign_key(
            op.f("fk_hazards_former_unit_id"), "organisations", ["former_unit_id"], ["id"]
        )
