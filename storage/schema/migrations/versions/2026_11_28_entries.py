"""The security log, and quotas that count more than tries."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '2026_11_28_entries'
down_revision = '2026_11_28_clock'


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    op.create_table('entries',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('what', sa.Enum('sign_in', 'sign_out', 'password', 'page', 'form', name='access', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('outcome', sa.Enum('ok', 'failed', 'locked', 'refused', 'forged', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=True),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('detail', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('request', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('more', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entries'))
    )
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entries_at'), ['at'], unique=False)
