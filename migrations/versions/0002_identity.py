"""Identity data sealed in its columns; the chained record of changes; employments, cases, drafts, factors.

Existing numbers are sealed, existing snapshots moved to format 2 (their digests change with it), existing
entries of the record linked. SQLite keeps no lengths and cannot alter a column, so lengths change on
PostgreSQL only. There is no way back: unsealing into the old columns would undo what this is for.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from app.chain import CHAINED, mac_of
from app.models.organisations import name_key_of
from app.protection import index_of, seal, tail_index_of


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

ROLES = "'applicant', 'unit', 'department', 'bureau', 'city_bureau', 'committee', 'hotline', 'super_admin', 'security_admin', 'auditor'"
WITHOUT_ORGANISATION = "(organisation_id IS NULL) = (role IN ('applicant', 'hotline', 'super_admin', 'security_admin', 'auditor'))"
ADMINISTRATOR = "role IN ('super_admin', 'security_admin', 'auditor')"
DOCUMENTS = "'resident', 'hmt_residence', 'hk_macao_permit', 'taiwan_permit', 'permanent_residence', 'passport'"
UNIT_CHECKS = "'department', 'licence', 'register', 'call'"
SEALED = (('ab_user', 'id_number', 224), ('ab_user', 'mobile', 224), ('integrity_record', 'id_number', 224), ('outbox', 'mobile', 224), ('person', 'contact_mobile', 168), ('unit', 'contact_phone', 224))


def upgrade() -> None:
    _create_tables()
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    if is_postgresql:
        for table, column, length in SEALED:
            op.alter_column(table, column, type_=sa.String(length=length))
        op.alter_column('outbox', 'text', type_=sa.String(length=2728))
        op.alter_column('audit_entry', 'action', type_=sa.String(length=60))
        op.alter_column('audit_entry', 'object_id', type_=sa.String(length=64))
    _add_columns()
    _let_new_words_in(is_postgresql)
    _seal_numbers()
    _seal_snapshots()
    _link_entries()
    _employ()
    _tell_names_apart()
    _make_append_only(is_postgresql)


def downgrade() -> None:
    raise CommandError('0002 is not undone in place: restore the backup made before it.')


def _create_tables() -> None:
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('mac', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('saved_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'path')
    )
    op.create_table('known_device',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('seen_at', sa.DateTime(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'digest')
    )
    with op.batch_alter_table('known_device', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_known_device_digest'), ['digest'], unique=False)

    op.create_table('recovery_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_user_id'), ['user_id'], unique=False)

    op.create_table('reset_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    with op.batch_alter_table('reset_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reset_link_user_id'), ['user_id'], unique=False)

    op.create_table('series_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('header', sa.String(length=60), nullable=False),
    sa.Column('hint', sa.Text(), nullable=False),
    sa.Column('attachment_hint', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('slug')
    )
    with op.batch_alter_table('series_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_series_entry_series_id'), ['series_id'], unique=False)

    op.create_table('help_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('unlock', 'correction', 'mobile', 'unit_recovery', 'new_major', 'new_profession', 'dossier', 'question', name='help_request_kind', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('desk_unit_id', sa.Integer(), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('status', sa.Enum('open', 'done', 'refused', name='requeststatus', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('handled_at', sa.DateTime(), nullable=True),
    sa.Column('handled_by_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.String(length=2728), nullable=False),
    sa.ForeignKeyConstraint(['desk_unit_id'], ['unit.id'], ),
    sa.ForeignKeyConstraint(['handled_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('help_request', schema=None) as batch_op:
        batch_op.create_index('ix_help_request_open', ['status', 'desk_unit_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_help_request_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_help_request_open', ['user_id', 'kind'], unique=True, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

    op.create_table('employment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('asked', 'confirmed', name='joining', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('employment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_employment_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_employment_unit', ['unit_id', 'ended_at', 'person_id'], unique=False)
        batch_op.create_index('uq_employment_open', ['person_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('support_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.Enum('unlock', 'correction', 'mobile', 'unit_recovery', 'new_major', 'new_profession', 'dossier', 'question', name='support_case_kind', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('caller', sa.String(length=384), nullable=False),
    sa.Column('identity_check', sa.Enum('callback', 'documents', 'details', 'unit_confirmed', name='identitycheck', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('reason', sa.String(length=2728), nullable=False),
    sa.Column('opened_by_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('outcome', sa.String(length=2728), nullable=False),
    sa.ForeignKeyConstraint(['opened_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['request_id'], ['help_request.id'], ),
    sa.ForeignKeyConstraint(['subject_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number')
    )
    with op.batch_alter_table('support_case', schema=None) as batch_op:
        batch_op.create_index('ix_support_case_desk', ['opened_by_id', 'closed_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_support_case_subject_id'), ['subject_id'], unique=False)
        batch_op.create_index('uq_support_case_request', ['request_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('case_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('deed', sa.Enum('opened', 'shown', 'evidence', 'unlocked', 'proposed', 'corrected', 'not_corrected', 'changed', 'reset_link', 'verified', 'leaf_added', 'viewed', 'closed', name='deed', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['case_id'], ['support_case.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('case_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_entry_case_id'), ['case_id'], unique=False)

    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=20), nullable=False),
    sa.Column('old', sa.String(length=384), nullable=False),
    sa.Column('new', sa.String(length=384), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('remark', sa.String(length=1664), nullable=False),
    sa.CheckConstraint('decided_by_id IS NULL OR decided_by_id <> proposed_by_id', name='ck_correction_two'),
    sa.ForeignKeyConstraint(['case_id'], ['support_case.id'], ),
    sa.ForeignKeyConstraint(['decided_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_correction_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_correction_open', ['decided_at', 'id'], unique=False)
        batch_op.create_index('uq_correction_open', ['user_id', 'field'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_correction_user_id'), ['user_id'], unique=False)

    op.create_table('evidence',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('mime', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('storage_key', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('request_id IS NOT NULL OR case_id IS NOT NULL', name='ck_evidence_belongs'),
    sa.ForeignKeyConstraint(['case_id'], ['support_case.id'], ),
    sa.ForeignKeyConstraint(['request_id'], ['help_request.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('storage_key')
    )
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_evidence_request_id'), ['request_id'], unique=False)

    op.create_table('view_as',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['case_id'], ['support_case.id'], ),
    sa.ForeignKeyConstraint(['subject_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('view_as', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_view_as_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_view_as_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_view_as_subject_id'), ['subject_id'], unique=False)



def _add_columns() -> None:
    # In words, because Alembic would add the constraints apart, which SQLite cannot.
    op.execute(f"ALTER TABLE ab_user ADD COLUMN document VARCHAR(30) DEFAULT 'resident' NOT NULL CONSTRAINT document CHECK (document IN ({DOCUMENTS}))")
    op.execute(f'ALTER TABLE audit_entry ADD COLUMN role VARCHAR(30) CONSTRAINT role CHECK (role IN ({ROLES}))')
    op.execute('ALTER TABLE audit_entry ADD COLUMN organisation_id INTEGER REFERENCES organisation (id)')
    op.execute("ALTER TABLE audit_entry ADD COLUMN result VARCHAR(30) DEFAULT 'done' NOT NULL CONSTRAINT result CHECK (result IN ('done', 'denied'))")
    op.add_column('ab_user', sa.Column('id_number_index', sa.String(length=43), nullable=True))
    op.add_column('ab_user', sa.Column('id_number_tail', sa.String(length=43), nullable=True))
    op.add_column('ab_user', sa.Column('mobile_index', sa.String(length=43), nullable=True))
    op.add_column('ab_user', sa.Column('recovery_paused_until', sa.DateTime(), nullable=True))
    op.add_column('ab_user', sa.Column('factor_secret', sa.String(length=404), nullable=True))
    op.add_column('ab_user', sa.Column('factor_confirmed_at', sa.DateTime(), nullable=True))
    op.add_column('ab_user', sa.Column('factor_step', sa.Integer(), nullable=True))
    op.create_index('ix_ab_user_id_number_index', 'ab_user', ['id_number_index'], unique=True)
    op.create_index('ix_ab_user_id_number_tail', 'ab_user', ['id_number_tail'])
    op.create_index('ix_ab_user_mobile_index', 'ab_user', ['mobile_index'], unique=True)

    op.add_column('audit_entry', sa.Column('address', sa.String(length=45), server_default='', nullable=False))
    op.add_column('audit_entry', sa.Column('before', sa.String(length=64), server_default='', nullable=False))
    op.add_column('audit_entry', sa.Column('after', sa.String(length=64), server_default='', nullable=False))
    op.add_column('audit_entry', sa.Column('position', sa.Integer(), nullable=True))
    op.add_column('audit_entry', sa.Column('mac', sa.String(length=64), nullable=True))
    op.create_index('ix_audit_entry_at', 'audit_entry', ['at', 'id'])
    op.drop_index('ix_audit_entry_object', table_name='audit_entry')
    op.create_index('ix_audit_entry_object', 'audit_entry', ['object_type', 'object_id', 'at', 'id'])
    for name, column in (('by', 'by_id'), ('action', 'action'), ('result', 'result'), ('address', 'address')):
        op.create_index(f'ix_audit_entry_{name}', 'audit_entry', [column, 'at', 'id'])
    op.create_index('ix_audit_entry_position', 'audit_entry', ['position'], unique=True)

    op.drop_index('ix_integrity_record_id_number', table_name='integrity_record')
    op.add_column('integrity_record', sa.Column('id_number_index', sa.String(length=43), server_default='', nullable=False))
    op.create_index('ix_integrity_record_id_number_index', 'integrity_record', ['id_number_index'])
    op.add_column('outbox', sa.Column('mobile_index', sa.String(length=43), server_default='', nullable=False))
    op.create_index('ix_outbox_mobile_index', 'outbox', ['mobile_index'])
    op.add_column('notice', sa.Column('banner_until', sa.DateTime(), nullable=True))
    op.add_column('person', sa.Column('contact_mobile_index', sa.String(length=43), nullable=True))
    op.add_column('sign_in', sa.Column('confirmed_at', sa.DateTime(), server_default='2000-01-01 00:00:00', nullable=False))
    op.add_column('snapshot', sa.Column('identity', sa.String(length=1128), server_default='', nullable=False))
    op.add_column('unit', sa.Column('contact_phone_index', sa.String(length=43), nullable=True))
    op.add_column('unit', sa.Column('name_key', sa.String(length=200), nullable=True))
    op.add_column('unit', sa.Column('registered_at', sa.DateTime(), nullable=True))
    op.execute('ALTER TABLE unit ADD COLUMN verified_by_id INTEGER REFERENCES ab_user (id)')
    op.execute(f'ALTER TABLE unit ADD COLUMN verified_how VARCHAR(30) CONSTRAINT unitcheck CHECK (verified_how IN ({UNIT_CHECKS}))')
    op.add_column('unit', sa.Column('verification_note', sa.String(length=200), server_default='', nullable=False))
    op.add_column('unit', sa.Column('noted_at', sa.DateTime(), nullable=True))
    op.add_column('unit', sa.Column('suspended_year', sa.Integer(), nullable=True))
    op.add_column('unit', sa.Column('suspension_reason', sa.String(length=200), server_default='', nullable=False))
    op.create_index('ix_unit_name_key', 'unit', ['name_key'], unique=True)


def _let_new_words_in(is_postgresql: bool) -> None:
    """The new roles and purposes. Codes on their way live ten minutes and are dropped; quotas start anew."""
    if is_postgresql:
        for name, clause in (('role', f'role IN ({ROLES})'), ('ck_membership_organisation', WITHOUT_ORGANISATION)):
            op.drop_constraint(name, 'membership', type_='check')
            op.create_check_constraint(name, 'membership', clause)
    else:
        op.rename_table('membership', 'membership_before')
        for index in ('ix_membership_organisation_id', 'ix_membership_user_id', 'uq_membership_without_organisation'):
            op.drop_index(index, table_name='membership_before')
        op.create_table('membership',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('organisation_id', sa.Integer(), nullable=True),
        sa.Column('role', sa.String(length=30), nullable=False),
        sa.CheckConstraint(f'role IN ({ROLES})', name='role'),
        sa.CheckConstraint(WITHOUT_ORGANISATION, name='ck_membership_organisation'),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
        sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('user_id', 'organisation_id', 'role')
        )
        op.execute('INSERT INTO membership SELECT id, user_id, organisation_id, role FROM membership_before')
        op.drop_table('membership_before')
        op.create_index('ix_membership_organisation_id', 'membership', ['organisation_id'])
        op.create_index('ix_membership_user_id', 'membership', ['user_id'])
        op.create_index('uq_membership_without_organisation', 'membership', ['user_id', 'role'], unique=True, sqlite_where=sa.text('organisation_id IS NULL'))
    op.create_index('uq_membership_administrator', 'membership', ['user_id'], unique=True, sqlite_where=sa.text(ADMINISTRATOR), postgresql_where=sa.text(ADMINISTRATOR))
    op.drop_table('sms_code')
    op.create_table('sms_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mobile', sa.String(length=43), nullable=False),
    sa.Column('purpose', sa.Enum('sign_up', 'recover', 'old_mobile', 'new_mobile', name='purpose', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('browser', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_sms_code_mobile', 'sms_code', ['mobile'])
    op.drop_table('sms_quota')
    op.create_table('sms_quota',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mobile', sa.String(length=43), nullable=False),
    sa.Column('scope', sa.String(length=10), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.CheckConstraint('sent >= 0', name='ck_sms_quota_sent'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('mobile', 'day')
    )


def _rows(statement: str) -> list[dict]:
    return [dict(each) for each in op.get_bind().execute(sa.text(statement)).mappings().all()]


def _update(table: str, pk: int, **values: object) -> None:
    pairs = ', '.join(f'{name} = :{name}' for name in values)
    op.get_bind().execute(sa.text(f'UPDATE {table} SET {pairs} WHERE id = :pk'), {**values, 'pk': pk})


def _seal_numbers() -> None:
    op.execute('UPDATE ab_user SET username = lower(username)')
    for table, column, _length in SEALED:
        if (table, column) not in (('integrity_record', 'id_number'), ('outbox', 'mobile')):
            op.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} = ''")
        for row in _rows(f'SELECT id, {column} AS value FROM {table} WHERE {column} IS NOT NULL'):
            values = {column: seal(row['value'], f'{table}.{column}'), f'{column}_index': index_of(row['value'])}
            if (table, column) == ('ab_user', 'id_number'):
                values['id_number_tail'] = tail_index_of(row['value'])
            _update(table, row['id'], **values)
    for row in _rows('SELECT id, text AS value FROM outbox'):
        _update('outbox', row['id'], text=seal(row['value'], 'outbox.text'))


def _seal_snapshots() -> None:
    def canonical(values: dict) -> str:
        return json.dumps(values, sort_keys=True, separators=(',', ':'), ensure_ascii=False)

    for row in _rows('SELECT id, content FROM snapshot'):
        content = json.loads(row['content'])
        identity = canonical({name: content['person'].pop(name, None) for name in ('id_number', 'mobile', 'contact_mobile')})
        content['person']['identity'] = index_of(identity)
        content['format'] = 2
        text = canonical(content)
        _update('snapshot', row['id'], content=text, digest=sha256(text.encode()).hexdigest(), identity=seal(identity, 'snapshot.identity'))


def _link_entries() -> None:
    position, mac = 0, ''
    for row in _rows(f'SELECT {", ".join(CHAINED)} FROM audit_entry ORDER BY id'):
        at = row['at'] if isinstance(row['at'], datetime) else datetime.fromisoformat(row['at'])
        position, mac = position + 1, mac_of({**row, 'at': at.replace(tzinfo=UTC)}, position + 1, mac)
        _update('audit_entry', row['id'], position=position, mac=mac)
    op.get_bind().execute(sa.text('INSERT INTO audit_head (id, position, mac) VALUES (1, :position, :mac)'), {'position': position, 'mac': mac})


def _employ() -> None:
    """Whoever has a unit was seen there by it so far: confirmed."""
    op.get_bind().execute(
        sa.text(
            'INSERT INTO employment (person_id, unit_id, status, asked_at, confirmed_at, reason) '
            "SELECT id, unit_id, 'confirmed', :now, :now, '' FROM person WHERE unit_id IS NOT NULL"
        ).bindparams(sa.bindparam('now', type_=sa.DateTime())),
        {'now': datetime.now(UTC).replace(tzinfo=None)},
    )


def _tell_names_apart() -> None:
    """Of units that share a name the first keeps it; the others stay, and are told apart by a person."""
    taken = set()
    for row in _rows('SELECT unit.id, name FROM unit JOIN organisation ON organisation.id = unit.id ORDER BY unit.id'):
        key = name_key_of(row['name'])
        if key not in taken:
            taken.add(key)
            _update('unit', row['id'], name_key=key)


def _make_append_only(is_postgresql: bool) -> None:
    """A linked entry is never changed, none is ever deleted: the database says so itself (D08)."""
    if is_postgresql:
        op.execute("""
            CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$
        """)
        op.execute("CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry FOR EACH ROW WHEN (OLD.mac IS NOT NULL) EXECUTE FUNCTION refuse_audit_change()")
        op.execute("CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()")
        op.execute("CREATE TRIGGER audit_entry_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()")
    else:
        op.execute("CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry WHEN OLD.mac IS NOT NULL BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END")
        op.execute("CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END")
