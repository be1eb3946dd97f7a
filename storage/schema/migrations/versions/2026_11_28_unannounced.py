"""A lead that its unit has not been told of: one more word of secrecy."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_unannounced"
down_revision = "2026_11_28_makers"


def _secrecy(*words: str) -> sa.Enum:
    return sa.Enum(*words, name="secrecy", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Forward; there is no way back, a backup is. What units see already stays in their sight."""
    with op.batch_alter_table("cases") as table:
        table.alter_column(
            "secrecy",
            existing_type=_secrecy("open", "hidden"),
            type_=_secrecy("open", "unannounced", "hidden"),
            existing_nullable=False,
        )
