"""What every job does and when the clock last ticked rightly; periods that were given up."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '2026_11_28_clock'
down_revision = '2026_11_28_post'

_TEXT = sqlmodel.sql.sqltypes.AutoString
_AT = sqlmodel.sql.sqltypes.UTCDateTime
_OUTCOMES = ('running', 'ok', 'alarm', 'failed')


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    with op.batch_alter_table('runs') as runs:
        name = op.f('ck_runs_runstate')
        runs.drop_constraint(name, type_='check')
        runs.create_check_constraint(name, sa.text("state IN ('taken', 'done', 'failed')"))
    op.create_table('heartbeats',
    sa.Column('job', _TEXT(length=40), nullable=False),
    sa.Column('shard', _TEXT(length=20), nullable=False),
    sa.Column('title', _TEXT(length=40), nullable=False),
    sa.Column('patience', sa.Integer(), nullable=False),
    sa.Column('period', _TEXT(length=40), nullable=False),
    sa.Column('token', _TEXT(length=32), nullable=False),
    sa.Column('begun_at', _AT(), nullable=True),
    sa.Column('ended_at', _AT(), nullable=True),
    sa.Column('ok_at', _AT(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('said', _TEXT(length=1000), nullable=False),
    sa.Column('error', _TEXT(length=1000), nullable=False),
    sa.Column('engine', _TEXT(length=20), nullable=False),
    sa.Column('host', _TEXT(length=80), nullable=False),
    sa.Column('silent_from', _AT(), nullable=True),
    sa.Column('silent_until', _AT(), nullable=True),
    sa.PrimaryKeyConstraint('job', 'shard', name=op.f('pk_heartbeats'))
    )
    op.create_table('past_runs',
    sa.Column('token', _TEXT(length=32), nullable=False),
    sa.Column('job', _TEXT(length=40), nullable=False),
    sa.Column('shard', _TEXT(length=20), nullable=False),
    sa.Column('period', _TEXT(length=40), nullable=False),
    sa.Column('outcome', sa.Enum(*_OUTCOMES, name='outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('begun_at', _AT(), nullable=False),
    sa.Column('ended_at', _AT(), nullable=True),
    sa.Column('said', _TEXT(length=1000), nullable=False),
    sa.Column('error', _TEXT(length=1000), nullable=False),
    sa.Column('engine', _TEXT(length=20), nullable=False),
    sa.Column('host', _TEXT(length=80), nullable=False),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_past_runs'))
    )
    op.create_index('ix_past_runs_job_begun_at', 'past_runs', ['job', 'begun_at'])
    op.create_table('clock_marks',
    sa.Column('boot', _TEXT(length=40), nullable=False),
    sa.Column('host', _TEXT(length=80), nullable=False),
    sa.Column('at', _AT(), nullable=True),
    sa.Column('uptime', sa.Integer(), nullable=False),
    sa.Column('why', _TEXT(length=400), nullable=False),
    sa.Column('seen_at', _AT(), nullable=False),
    sa.Column('seen_uptime', sa.Integer(), nullable=False),
    sa.Column('confirmed_by', sa.BigInteger(), nullable=True),
    sa.Column('confirmed_at', _AT(), nullable=True),
    sa.PrimaryKeyConstraint('boot', name=op.f('pk_clock_marks'))
    )
    op.create_table('troubles',
    sa.Column('name', _TEXT(length=80), nullable=False),
    sa.Column('found', _TEXT(length=400), nullable=False),
    sa.Column('since', _AT(), nullable=False),
    sa.Column('seen_at', _AT(), nullable=False),
    sa.Column('told_at', _AT(), nullable=True),
    sa.Column('tried_at', _AT(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_troubles'))
    )
