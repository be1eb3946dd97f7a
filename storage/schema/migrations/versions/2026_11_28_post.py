"""The post that loses nothing: deaths apart from tries, ways out, holds, epochs."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "2026_11_28_post"
down_revision = "2026_11_28_first"

_TEXT = sqlmodel.sql.sqltypes.AutoString
_AT = sqlmodel.sql.sqltypes.UTCDateTime
_CAUSES = ("bounced", "rejected", "given_up", "poison", "unaddressed", "stale")


def _words(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    with op.batch_alter_table("letters") as batch:
        batch.add_column(sa.Column("deaths", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("suspect", _TEXT(length=40), nullable=True))
        batch.add_column(sa.Column("first_tried_at", _AT(), nullable=True))
        batch.add_column(sa.Column("domain", _TEXT(length=253), nullable=True))
        batch.add_column(sa.Column("cause", _words(*_CAUSES, name="lettercause"), nullable=True))
    for columns, condition in (
        (("recipient", "case_id"), "state IN ('queued', 'claimed', 'sending')"),
        (("domain",), "state = 'queued' AND domain IS NOT NULL"),
    ):
        where = sa.text(condition)
        name = f"ix_letters_{'_'.join(columns)}"
        op.create_index(name, "letters", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "holds",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("what", _words("post", "sweep", name="held"), nullable=False),
        sa.Column(
            "reason", _words("restore", "clock", "person", name="holdreason"), nullable=False
        ),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("since", _AT(), nullable=False),
        sa.Column("released_by_1", sa.BigInteger(), nullable=True),
        sa.Column("released_at_1", _AT(), nullable=True),
        sa.Column("released_by_2", sa.BigInteger(), nullable=True),
        sa.Column("released_at_2", _AT(), nullable=True),
        sa.Column("ended_at", _AT(), nullable=True),
        *(
            sa.ForeignKeyConstraint([c], ["persons.id"], name=op.f(f"fk_holds_{c}"))
            for c in ("released_by_1", "released_by_2")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    standing = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_holds_what", "holds", ["what"], sqlite_where=standing, postgresql_where=standing
    )
    op.create_table(
        "epochs",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", _TEXT(length=16), nullable=False),
        sa.Column("since", _AT(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epochs")),
    )
    op.create_table(
        "mail_ways",
        sa.Column("domain", _TEXT(length=253), nullable=False),
        sa.Column("troubles", sa.Integer(), nullable=False),
        sa.Column("since", _AT(), nullable=False),
        sa.Column("paused_until", _AT(), nullable=False),
        sa.Column("probed_until", _AT(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_mail_ways")),
    )
    op.create_table(
        "mail_tallies",
        sa.Column("domain", _TEXT(length=253), nullable=False),
        sa.Column("span", _AT(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "span", name=op.f("pk_mail_tallies")),
    )
