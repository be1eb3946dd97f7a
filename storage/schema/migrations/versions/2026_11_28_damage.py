"""Damaged files, packs that were made, and the city's name."""

import secrets

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '2026_11_28_damage'
down_revision = '2026_11_28_clock'


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    op.create_table('damages',
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('damaged_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('mended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_damages'))
    )
    op.create_table('backups',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('tried', sa.Boolean(), nullable=False),
    sa.Column('good', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backups'))
    )
    origins = op.create_table('origins',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_origins'))
    )
    op.bulk_insert(origins, [{'name': secrets.token_hex(16)}])
