"""What the portal needs: sessions, passwords, throttles, reads, claims, uploads, the search."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from storage.gram import grams_of

revision = '2026_11_24_portal'
down_revision = '2026_11_24_first'


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    op.create_table('codes',
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_codes'))
    )
    op.create_table('reads',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('behalf_of', sa.BigInteger(), nullable=True),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=True),
    sa.Column('case_id', sa.BigInteger(), nullable=True),
    sa.Column('what', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('row_id', sa.BigInteger(), nullable=True),
    sa.Column('detail', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reads'))
    )
    with op.batch_alter_table('reads', schema=None) as batch_op:
        batch_op.create_index('ix_reads_case_id_id', ['case_id', 'id'], unique=False)

    op.create_table('throttles',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('began_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_throttles'))
    )
    op.create_table('devices',
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('known_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_devices_person_id')),
    sa.PrimaryKeyConstraint('hash', 'person_id', name=op.f('pk_devices'))
    )
    op.create_table('passwords',
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('first', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_passwords_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_passwords'))
    )
    op.create_table('sessions',
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('role', sa.Enum('enterprise_head', 'safety_officer', 'union_chair', 'worker_delegate', 'inspector', 'division_chief', 'legal_reviewer', 'department_head', 'commission_office', 'commission_chair', 'government', 'township', 'expert', 'supplier', 'hotline_clerk', 'reward_reviewer', 'archivist', 'publisher', 'auditor', 'discipline_supervisor', 'system_admin', 'security_admin', 'audit_admin', 'clock', name='role', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('organisation_id', sa.BigInteger(), nullable=True),
    sa.Column('behalf_of', sa.BigInteger(), nullable=True),
    sa.Column('began_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('seen_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_sessions_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_sessions_person_id')),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_sessions'))
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sessions_person_id'), ['person_id'], unique=False)

    op.create_table('uploads',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('received', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('began_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_uploads_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_uploads'))
    )
    with op.batch_alter_table('uploads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_uploads_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_uploads_sha256'), ['sha256'], unique=False)

    op.create_table('hazard_grams',
    sa.Column('gram', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('hazard_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazards.id'], name=op.f('fk_hazard_grams_hazard_id')),
    sa.PrimaryKeyConstraint('gram', 'hazard_id', name=op.f('pk_hazard_grams'))
    )
    op.create_table('claims',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('duty_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('released_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['hazards.id'], name=op.f('fk_claims_case_id')),
    sa.ForeignKeyConstraint(['duty_id'], ['duties.id'], name=op.f('fk_claims_duty_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_claims_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claims'))
    )
    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claims_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_claims_duty_id', ['duty_id'], unique=True, sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))

    with op.batch_alter_table('duties', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_duties_owner_id_owner_role_state'))
        batch_op.create_index('ix_duties_due_at', ['due_at', 'case_id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index('ix_duties_inbox', ['owner_id', 'owner_role', 'due_at', 'id', 'kind'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('point', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('supersedes', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('hazards', schema=None) as batch_op:
        batch_op.create_index('ix_hazards_deadline_id', ['deadline', 'id'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.create_index('ix_hazards_department_id_id', ['department_id', 'id'], unique=False)
        batch_op.create_index('ix_hazards_place_code_id', ['place_code', 'id'], unique=False)
        batch_op.create_index('ix_hazards_township_id_id', ['township_id', 'id'], unique=False)
        batch_op.create_index('ix_hazards_unit_id_id', ['unit_id', 'id'], unique=False)

    with op.batch_alter_table('notice_lines', schema=None) as batch_op:
        batch_op.create_index('ix_notice_lines_case_id_id', ['case_id', 'id'], unique=False)

    with op.batch_alter_table('pending', schema=None) as batch_op:
        batch_op.create_index('ix_pending_open', ['case_id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.alter_column('point', server_default=None)
    _make_findable(op.get_bind())


def _make_findable(connection):
    """Every hazard that is there already is found by its title and its unit from now on."""
    rows = connection.execute(sa.text(
        'SELECT h.id, h.title, o.name FROM hazards h LEFT JOIN organisations o ON o.id = h.unit_id'
    ))
    insert = sa.text('INSERT INTO hazard_grams (gram, hazard_id) VALUES (:gram, :hazard_id)')
    for page in rows.partitions(1000):
        grams = [
            {'gram': gram, 'hazard_id': row.id}
            for row in page
            for gram in dict.fromkeys(grams_of(row.title) + grams_of(row.name or ''))
        ]
        if grams:
            connection.execute(insert, grams)
