"""Letters grow a version like every other row, and say to which organisation they were written."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_letter_version"
down_revision = "2026_11_28_first"


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    with op.batch_alter_table("letters") as batch_op:
        batch_op.add_column(
            sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        )
        batch_op.add_column(sa.Column("organisation_id", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_letters_organisation_id"), "organisations", ["organisation_id"], ["id"]
        )
