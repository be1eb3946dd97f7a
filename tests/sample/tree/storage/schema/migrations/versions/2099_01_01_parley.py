"""Parleys."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "2099_01_01_parley"
down_revision = "2026_11_28_first"


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    op.create_table(
        "parleys",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "called",
                "held",
                "kept",
                "dropped",
                name="parleystate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("period", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("held_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_parleys_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parleys")),
    )
