"""Incidents of operation; two more ends of a letter; why a paper could not be printed."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "2026_11_28_incidents"
down_revision = "2026_11_28_damage"

_BEFORE = (
    *("queued", "claimed", "sending", "sent", "failed", "uncertain", "suppressed"),
    "cancelled",
)
_CAUSES = ("refused", "lost", "poison", "period", "file", "paper")
_ENDED_ILL = "state IN ('failed', 'uncertain', 'suppressed')"


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    _letters()
    op.add_column(
        "papers",
        sa.Column(
            "fault",
            sqlmodel.sql.sqltypes.AutoString(length=400),
            nullable=False,
            server_default="",
        ),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", _words("incidentstate", "open", "settled", "dismissed"), nullable=False),
        sa.Column("cause", _words("cause", *_CAUSES), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_incidents_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    for name, columns, unique, where in (
        ("ix_incidents_ground", ["ground"], True, "state = 'open'"),
        ("ix_incidents_waits", ["id"], False, "waits"),
    ):
        op.create_index(
            name,
            "incidents",
            columns,
            unique=unique,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "incident_items",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("noun", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=True),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("carried_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_incident_items_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_items")),
        sa.UniqueConstraint("case_id", "noun", "key", name=op.f("uq_incident_items_case_id_noun_key")),
    )
    op.create_index("ix_incident_items_noun_key", "incident_items", ["noun", "key"])
    op.create_index("ix_incident_items_row_id", "incident_items", ["row_id"])


def _letters() -> None:
    """Two more words, in the CHECK of its column; on SQLite the table is written anew."""
    with op.batch_alter_table("letters") as table:
        table.alter_column(
            "state",
            existing_type=_words("letterstate", *_BEFORE),
            type_=_words("letterstate", *_BEFORE, "readdressed", "told"),
            existing_nullable=False,
        )
    op.create_index(
        "ix_letters_ended_ill",
        "letters",
        ["id"],
        sqlite_where=sa.text(_ENDED_ILL),
        postgresql_where=sa.text(_ENDED_ILL),
    )
