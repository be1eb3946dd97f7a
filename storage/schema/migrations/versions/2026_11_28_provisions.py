"""Provisions as published, which events pin; what a listing notice has to say; whom to call."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "2026_11_28_provisions"
down_revision = "2026_11_28_unannounced"


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    op.create_table(
        "provisions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provisions")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_provisions_fingerprint")),
    )
    with op.batch_alter_table("provisions") as batch_op:
        batch_op.create_index(batch_op.f("ix_provisions_key"), ["key"], unique=False)
    with op.batch_alter_table("listings") as batch_op:
        batch_op.add_column(sa.Column("violations", sa.Text(), nullable=False, server_default=""))
        for name in ("public_contact", "other_places"):
            words = sqlmodel.sql.sqltypes.AutoString(length=200)
            batch_op.add_column(sa.Column(name, words, nullable=False, server_default=""))
    with op.batch_alter_table("organisations") as batch_op:
        phone = sqlmodel.sql.sqltypes.AutoString(length=60)
        batch_op.add_column(sa.Column("phone", phone, nullable=False, server_default=""))
