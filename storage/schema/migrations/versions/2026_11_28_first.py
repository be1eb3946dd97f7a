"""Every table of the first release."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '2026_11_28_first'
down_revision = None


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    op.create_table('acts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('move', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('facts_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acts')),
    sa.UniqueConstraint('person_id', 'move', 'key', name=op.f('uq_acts_person_id_move_key'))
    )
    op.create_table('calendars',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('version', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('published_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendars')),
    sa.UniqueConstraint('version', name=op.f('uq_calendars_version'))
    )
    op.create_table('codes',
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_codes'))
    )
    op.create_table('events',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('act_id', sa.BigInteger(), nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=True),
    sa.Column('noun', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('row_id', sa.BigInteger(), nullable=False),
    sa.Column('move', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('dest', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('person_id', sa.BigInteger(), nullable=True),
    sa.Column('behalf_of', sa.BigInteger(), nullable=True),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('basis', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('pack_id', sa.BigInteger(), nullable=True),
    sa.Column('calendar', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('leaf', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_events_act_id'), ['act_id'], unique=False)
        batch_op.create_index('ix_events_case_id_id', ['case_id', 'id'], unique=False)
        batch_op.create_index('ix_events_row_id_move_id', ['row_id', 'move', 'id'], unique=False)

    op.create_table('files',
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('media_type', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('stored_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_files'))
    )
    op.create_table('number_series',
    sa.Column('series', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('series', 'year', name=op.f('pk_number_series'))
    )
    op.create_table('organisations',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Enum('department', 'commission', 'government', 'township', 'enterprise', 'union', name='organisationkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('short_name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('place_code', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('sector', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('credit_code', sqlmodel.sql.sqltypes.AutoString(length=18), nullable=True),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('paper_code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['organisations.id'], name=op.f('fk_organisations_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations'))
    )
    with op.batch_alter_table('organisations', schema=None) as batch_op:
        batch_op.create_index('ix_organisations_credit_code', ['credit_code'], unique=True)
        batch_op.create_index('ix_organisations_kind_place_code', ['kind', 'place_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisations_name'), ['name'], unique=False)

    op.create_table('packs',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('jurisdiction', sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('published_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_packs')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_packs_fingerprint'))
    )
    with op.batch_alter_table('packs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_packs_name'), ['name'], unique=False)

    op.create_table('persons',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(length=254), nullable=True),
    sa.Column('certificate_no', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_persons'))
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

    op.create_table('runs',
    sa.Column('job', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('period', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('shard', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('state', sa.Enum('taken', 'done', name='runstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('lease_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('done_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('job', 'period', 'shard', name=op.f('pk_runs'))
    )
    op.create_table('sequences',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('next', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_sequences'))
    )
    op.create_table('throttles',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('began_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_throttles'))
    )
    op.create_table('cases',
    sa.Column('noun', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('place_code', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('secrecy', sa.Enum('open', 'hidden', name='secrecy', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('commission_id', sa.BigInteger(), nullable=True),
    sa.Column('upper_id', sa.BigInteger(), nullable=True),
    sa.Column('government_id', sa.BigInteger(), nullable=True),
    sa.Column('township_id', sa.BigInteger(), nullable=True),
    sa.Column('pack_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('closed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.ForeignKeyConstraint(['commission_id'], ['organisations.id'], name=op.f('fk_cases_commission_id')),
    sa.ForeignKeyConstraint(['department_id'], ['organisations.id'], name=op.f('fk_cases_department_id')),
    sa.ForeignKeyConstraint(['government_id'], ['organisations.id'], name=op.f('fk_cases_government_id')),
    sa.ForeignKeyConstraint(['pack_id'], ['packs.id'], name=op.f('fk_cases_pack_id')),
    sa.ForeignKeyConstraint(['township_id'], ['organisations.id'], name=op.f('fk_cases_township_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['organisations.id'], name=op.f('fk_cases_unit_id')),
    sa.ForeignKeyConstraint(['upper_id'], ['organisations.id'], name=op.f('fk_cases_upper_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cases')),
    sa.UniqueConstraint('number', name=op.f('uq_cases_number')),
    info={'folded': 'id'}
    )
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cases_commission_id'), ['commission_id'], unique=False)
        batch_op.create_index('ix_cases_department_id_id', ['department_id', 'id'], unique=False, postgresql_include=['noun', 'secrecy', 'closed_at'])
        batch_op.create_index('ix_cases_place_code_id', ['place_code', 'id'], unique=False, postgresql_include=['noun', 'secrecy', 'closed_at'])
        batch_op.create_index('ix_cases_state_department_id', ['state', 'department_id'], unique=False)
        batch_op.create_index('ix_cases_township_id_id', ['township_id', 'id'], unique=False, postgresql_include=['noun', 'secrecy', 'closed_at'])
        batch_op.create_index('ix_cases_unit_id_id', ['unit_id', 'id'], unique=False)
        batch_op.create_index('ix_cases_unit_id_state', ['unit_id', 'state'], unique=False)

    op.create_table('devices',
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('known_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_devices_person_id')),
    sa.PrimaryKeyConstraint('hash', 'person_id', name=op.f('pk_devices'))
    )
    op.create_table('event_secrets',
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('salt', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_secrets_event_id')),
    sa.PrimaryKeyConstraint('event_id', 'field', name=op.f('pk_event_secrets'))
    )
    op.create_table('event_subjects',
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('noun', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('row_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_subjects_event_id')),
    sa.PrimaryKeyConstraint('event_id', 'noun', 'row_id', name=op.f('pk_event_subjects'))
    )
    with op.batch_alter_table('event_subjects', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_subjects_row_id'), ['row_id'], unique=False)

    op.create_table('passwords',
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('first', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_passwords_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_passwords'))
    )
    op.create_table('posts',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.Enum('enterprise_head', 'safety_officer', 'union_chair', 'worker_delegate', 'inspector', 'division_chief', 'legal_reviewer', 'department_head', 'commission_office', 'commission_chair', 'government', 'township', 'expert', 'supplier', 'hotline_clerk', 'reward_reviewer', 'archivist', 'publisher', 'auditor', 'discipline_supervisor', 'system_admin', 'security_admin', 'audit_admin', 'clock', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_posts_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_posts_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posts'))
    )
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.create_index('ix_posts_organisation_id_role', ['organisation_id', 'role'], unique=False)
        batch_op.create_index(batch_op.f('ix_posts_person_id'), ['person_id'], unique=False)

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

    op.create_table('substitutions',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('absent_id', sa.BigInteger(), nullable=False),
    sa.Column('substitute_id', sa.BigInteger(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['absent_id'], ['persons.id'], name=op.f('fk_substitutions_absent_id')),
    sa.ForeignKeyConstraint(['substitute_id'], ['persons.id'], name=op.f('fk_substitutions_substitute_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_substitutions'))
    )
    with op.batch_alter_table('substitutions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_substitutions_absent_id'), ['absent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_substitutions_substitute_id'), ['substitute_id'], unique=False)

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

    op.create_table('case_grams',
    sa.Column('gram', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_grams_case_id')),
    sa.PrimaryKeyConstraint('gram', 'case_id', name=op.f('pk_case_grams'))
    )
    op.create_table('deferrals',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('applied', 'endorsed', 'granted', 'refused', 'withdrawn', 'lapsed', name='deferralstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('interim_measures', sa.Text(), nullable=False),
    sa.Column('asked_deadline', sa.Date(), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('deadline', sa.Date(), nullable=True),
    sa.Column('applied_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('decided_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_deferrals_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deferrals'))
    )
    with op.batch_alter_table('deferrals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deferrals_case_id'), ['case_id'], unique=False)

    op.create_table('duties',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('noun', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('row_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('slot', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('state', sa.Enum('open', 'suspended', 'met', 'cancelled', 'replaced', name='dutystate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('side', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('owner_role', sa.Enum('enterprise_head', 'safety_officer', 'union_chair', 'worker_delegate', 'inspector', 'division_chief', 'legal_reviewer', 'department_head', 'commission_office', 'commission_chair', 'government', 'township', 'expert', 'supplier', 'hotline_clerk', 'reward_reviewer', 'archivist', 'publisher', 'auditor', 'discipline_supervisor', 'system_admin', 'security_admin', 'audit_admin', 'clock', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('basis', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('anchor', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('term', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('next_rung_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('suspended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('closed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_duties_case_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['organisations.id'], name=op.f('fk_duties_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duties')),
    sa.UniqueConstraint('row_id', 'kind', 'slot', name=op.f('uq_duties_row_id_kind_slot')),
    info={'folded': 'case_id'}
    )
    with op.batch_alter_table('duties', schema=None) as batch_op:
        batch_op.create_index('ix_duties_case_id_state', ['case_id', 'state'], unique=False)
        batch_op.create_index('ix_duties_due_at', ['due_at', 'case_id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index('ix_duties_inbox', ['owner_id', 'owner_role', 'due_at', 'id', 'kind'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index('ix_duties_next_rung_at', ['next_rung_at'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('evidence',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('file', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('caption', sa.Text(), nullable=False),
    sa.Column('point', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('supersedes', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_evidence_case_id')),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_evidence_event_id')),
    sa.ForeignKeyConstraint(['file'], ['files.sha256'], name=op.f('fk_evidence_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence')),
    info={'folded': 'case_id'}
    )
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_case_id'), ['case_id'], unique=False)

    op.create_table('hazards',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('lead', 'grading', 'general_fixing', 'general_recheck', 'major_confirmed', 'reported', 'plan_due', 'plan_review', 'rectifying', 'acceptance_requested', 'rework', 'accepted', 'closed', 'ownerless', 'shutdown_proposed', 'shut_down', 'transferred_out', 'voided', name='hazardstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('sector', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('source', sa.Enum('self_report', 'inspection', 'tip_off', 'transfer', 'assignment', 'monitoring', 'ledger', name='source', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('contact', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('identity', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('grade', sa.Enum('none', 'general', 'major', name='grade', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('clauses', sa.Text(), nullable=False),
    sa.Column('potential_deaths', sa.Integer(), nullable=False),
    sa.Column('stop_needed', sa.Enum('none', 'part', 'all', name='stopped', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('real_danger', sa.Boolean(), nullable=False),
    sa.Column('production_stopped', sa.Enum('none', 'part', 'all', name='production_stopped', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('level', sa.Enum('county', 'city', 'province', 'state', name='level', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('deadline', sa.Date(), nullable=True),
    sa.Column('first_deadline', sa.Date(), nullable=True),
    sa.Column('term_started_on', sa.Date(), nullable=True),
    sa.Column('plan_days', sa.Integer(), nullable=True),
    sa.Column('listed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('served_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('failed_acceptances', sa.Integer(), nullable=False),
    sa.Column('deferrals_granted', sa.Integer(), nullable=False),
    sa.Column('designation_no', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('fund_fen', sa.BigInteger(), nullable=True),
    sa.Column('duplicate_of', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['id'], ['cases.id'], name=op.f('fk_hazards_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hazards'))
    )
    with op.batch_alter_table('hazards', schema=None) as batch_op:
        batch_op.create_index('ix_hazards_deadline_id', ['deadline', 'id'], unique=False, sqlite_where=sa.text("state NOT IN ('closed', 'shut_down', 'transferred_out', 'voided')"), postgresql_where=sa.text("state NOT IN ('closed', 'shut_down', 'transferred_out', 'voided')"))
        batch_op.create_index(batch_op.f('ix_hazards_identity'), ['identity'], unique=False)

    op.create_table('links',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('about_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['about_id'], ['cases.id'], name=op.f('fk_links_about_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_links_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_links')),
    sa.UniqueConstraint('case_id', 'about_id', 'kind', name=op.f('uq_links_case_id_about_id_kind')),
    info={'folded': 'case_id'}
    )
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_links_about_id'), ['about_id'], unique=False)

    op.create_table('listings',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'listed', 'lifted', 'withdrawn', name='listingstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('level', sa.Enum('county', 'city', 'province', 'state', name='level', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('deadline', sa.Date(), nullable=False),
    sa.Column('plan_days', sa.Integer(), nullable=False),
    sa.Column('lead_department', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('lead_official', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('tasks', sa.Text(), nullable=False),
    sa.Column('measures', sa.Text(), nullable=False),
    sa.Column('duty_phone', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('listed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('upgraded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('lifted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_listings_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listings'))
    )
    with op.batch_alter_table('listings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_listings_case_id'), ['case_id'], unique=False)

    op.create_table('papers',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('template', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('template_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('issued', 'sealed', name='paperstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('issued_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('sealed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('pdf', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('missing', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_papers_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_papers')),
    sa.UniqueConstraint('number', name=op.f('uq_papers_number')),
    info={'folded': 'case_id'}
    )
    with op.batch_alter_table('papers', schema=None) as batch_op:
        batch_op.create_index('ix_papers_case_id_state', ['case_id', 'state'], unique=False)
        batch_op.create_index('ix_papers_state', ['state'], unique=False)

    op.create_table('parties',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.Column('side', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_parties_case_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_parties_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parties')),
    sa.UniqueConstraint('organisation_id', 'case_id', 'side', name=op.f('uq_parties_organisation_id_case_id_side')),
    info={'folded': 'case_id'}
    )
    with op.batch_alter_table('parties', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_parties_case_id'), ['case_id'], unique=False)

    op.create_table('pending',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('noun', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('row_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('move', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('facts_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('state', sa.Enum('open', 'performed', 'dropped', 'withdrawn', 'refused', name='pendingstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_pending_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pending')),
    info={'folded': 'case_id'}
    )
    with op.batch_alter_table('pending', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pending_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_pending_open', ['case_id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index('ix_pending_row_id_state', ['row_id', 'state'], unique=False)

    op.create_table('standings',
    sa.Column('row_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('noun', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_standings_case_id')),
    sa.PrimaryKeyConstraint('row_id', name=op.f('pk_standings'))
    )
    with op.batch_alter_table('standings', schema=None) as batch_op:
        batch_op.create_index('ix_standings_case_id_noun_state', ['case_id', 'noun', 'state'], unique=False)
        batch_op.create_index('ix_standings_noun_state_row_id', ['noun', 'state', 'row_id'], unique=False)

    op.create_table('claims',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('duty_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('released_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_claims_case_id')),
    sa.ForeignKeyConstraint(['duty_id'], ['duties.id'], name=op.f('fk_claims_duty_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_claims_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claims')),
    info={'folded': 'case_id'}
    )
    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claims_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_claims_duty_id', ['duty_id'], unique=True, sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))

    op.create_table('letters',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=True),
    sa.Column('event_id', sa.BigInteger(), nullable=True),
    sa.Column('paper_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=True),
    sa.Column('recipient', sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
    sa.Column('recipient_name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('statutory', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'claimed', 'sending', 'sent', 'failed', 'uncertain', 'suppressed', 'cancelled', name='letterstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('next_try_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
    sa.Column('lease_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('message_id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('sealed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('mime', sa.LargeBinary(), nullable=True),
    sa.Column('answer_code', sa.Integer(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('maybe_twice', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_letters_case_id')),
    sa.ForeignKeyConstraint(['paper_id'], ['papers.id'], name=op.f('fk_letters_paper_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_letters_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters'))
    )
    with op.batch_alter_table('letters', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letters_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_letters_lease_until', ['lease_until'], unique=False, sqlite_where=sa.text("state IN ('claimed', 'sending')"), postgresql_where=sa.text("state IN ('claimed', 'sending')"))
        batch_op.create_index('ix_letters_next_try_at', ['next_try_at'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.create_index(batch_op.f('ix_letters_person_id'), ['person_id'], unique=False)

    op.create_table('notice_lines',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('duty_id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('rung', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=True),
    sa.Column('role', sa.Enum('enterprise_head', 'safety_officer', 'union_chair', 'worker_delegate', 'inspector', 'division_chief', 'legal_reviewer', 'department_head', 'commission_office', 'commission_chair', 'government', 'township', 'expert', 'supplier', 'hotline_clerk', 'reward_reviewer', 'archivist', 'publisher', 'auditor', 'discipline_supervisor', 'system_admin', 'security_admin', 'audit_admin', 'clock', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('settled_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('dropped', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_notice_lines_case_id')),
    sa.ForeignKeyConstraint(['duty_id'], ['duties.id'], name=op.f('fk_notice_lines_duty_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_lines'))
    )
    with op.batch_alter_table('notice_lines', schema=None) as batch_op:
        batch_op.create_index('ix_notice_lines_case_id_id', ['case_id', 'id'], unique=False)
        batch_op.create_index('ix_notice_lines_waiting', ['id'], unique=False, sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))

    op.create_table('rungs_fired',
    sa.Column('duty_id', sa.BigInteger(), nullable=False),
    sa.Column('rung', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('outcome', sa.Enum('fired', 'passed', name='climbed', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['duty_id'], ['duties.id'], name=op.f('fk_rungs_fired_duty_id')),
    sa.PrimaryKeyConstraint('duty_id', 'rung', name=op.f('pk_rungs_fired'))
    )
    op.create_table('signatures',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('pending_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('behalf_of', sa.BigInteger(), nullable=True),
    sa.Column('role', sa.Enum('enterprise_head', 'safety_officer', 'union_chair', 'worker_delegate', 'inspector', 'division_chief', 'legal_reviewer', 'department_head', 'commission_office', 'commission_chair', 'government', 'township', 'expert', 'supplier', 'hotline_clerk', 'reward_reviewer', 'archivist', 'publisher', 'auditor', 'discipline_supervisor', 'system_admin', 'security_admin', 'audit_admin', 'clock', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_signatures_case_id')),
    sa.ForeignKeyConstraint(['pending_id'], ['pending.id'], name=op.f('fk_signatures_pending_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signatures')),
    sa.UniqueConstraint('pending_id', 'person_id', name=op.f('uq_signatures_pending_id_person_id')),
    info={'folded': 'case_id'}
    )
    with op.batch_alter_table('signatures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_signatures_case_id'), ['case_id'], unique=False)

    op.create_table('letter_lines',
    sa.Column('letter_id', sa.BigInteger(), nullable=False),
    sa.Column('line_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_letter_lines_letter_id')),
    sa.ForeignKeyConstraint(['line_id'], ['notice_lines.id'], name=op.f('fk_letter_lines_line_id')),
    sa.PrimaryKeyConstraint('letter_id', 'line_id', name=op.f('pk_letter_lines'))
    )
    with op.batch_alter_table('letter_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_lines_line_id'), ['line_id'], unique=False)

