"""Who lists, who leads and at whose order; the steps of the approval sheet."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "2026_11_28_levels"
down_revision = "2026_11_28_subject"

_FIRST = ("proposed", "listed", "lifted", "withdrawn")
_NOW = (
    *("proposed", "agreed", "examined", "asked", "left", "returned"),
    *("listed", "lifted", "withdrawn"),
)


def _states(*words: str) -> sa.Enum:
    name = "listingstate"
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Forward; there is no way back, a backup is.

    Who leads was a line of text: it stands in the events and in the notices.
    """
    with op.batch_alter_table("listings") as table:
        table.alter_column(
            "state", existing_type=_states(*_FIRST), type_=_states(*_NOW), existing_nullable=False
        )
        for name in ("lead_department", "lead_official"):
            table.drop_column(name)
        for name, target in (("lead_department_id", "organisations"), ("lead_official_id", "persons")):
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
            table.create_foreign_key(op.f(f"fk_listings_{name}"), target, [name], ["id"])
        table.add_column(sa.Column("part", sa.Text(), nullable=False, server_default=""))
        for name in ("order_no", "order_organ"):
            words = sqlmodel.sql.sqltypes.AutoString(length=200)
            table.add_column(sa.Column(name, words, nullable=False, server_default=""))
    with op.batch_alter_table("hazards") as table:
        table.add_column(sa.Column("lister_id", sa.BigInteger(), nullable=True))
        table.create_foreign_key(op.f("fk_hazards_lister_id"), "organisations", ["lister_id"], ["id"])
