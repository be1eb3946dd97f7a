"""One administrator asks, another one answers: acts on the accounts of those who rule or watch."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "2026_11_28_together"
down_revision = "2026_11_28_incidents"

_STATES = ("open", "agreed", "declined", "withdrawn", "done")


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    states = sa.Enum(
        *_STATES, name="askedstate", native_enum=False, create_constraint=True, length=40
    )
    people = ("person_id", "asked_by", "behalf_of", "answered_by")
    op.create_table(
        "asked",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("behalf_of", sa.BigInteger(), nullable=True),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_behalf_of", sa.BigInteger(), nullable=True),
        sa.Column("answered_role", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], ["persons.id"], name=op.f(f"fk_asked_{name}"))
            for name in (*people, "answered_behalf_of")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_asked_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked")),
    )
    op.create_index("ix_asked_person_id", "asked", ["person_id"])
