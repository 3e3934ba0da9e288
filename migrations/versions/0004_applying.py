"""Rounds that are published, what lists sort and search by, notes at the places of a submission, reminders.

A CHECK changes with the vocabulary; SQLite can only copy such a table, together with its other CHECKs.
"""

import sqlalchemy as sa
from alembic import op
from pypinyin import Style, lazy_pinyin


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

EVENTS = ('submit', 'resubmit', 'approve', 'return_', 'reset', 'decline', 'withdraw', 'reopen', 'lapse')
PLACES, WAYS = ('unit', 'employer'), ('board', 'intranet')
OUTCOMES, PROOFS = ('none', 'settled', 'upheld'), ('photo', 'report', 'agreement')
CAUSES = ('gap', 'idle', 'deadline', 'asked', 'opening')


def one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(each) for each in words)})"


def sought(length: int) -> sa.types.TypeEngine[str]:
    # Found by its beginning and sorted by code points, which SQLite does by itself.
    return sa.String(length=length).with_variant(sa.String(length=length, collation='C'), 'postgresql')


def upgrade() -> None:
    op.add_column('round', sa.Column('months', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('round', sa.Column('published_at', sa.DateTime(), nullable=True))
    op.add_column('round', sa.Column('receives_from', sa.Date(), nullable=True))
    op.add_column('round', sa.Column('receives_until', sa.Date(), nullable=True))
    op.add_column('round', sa.Column('in_one_batch', sa.Boolean(), nullable=True))
    op.add_column('round', sa.Column('times_reason', sa.String(length=200), server_default='', nullable=False))
    op.add_column('round', sa.Column('profession_ids', sa.JSON(), server_default='[]', nullable=False))
    # Until now every round was offered.
    op.execute('UPDATE round SET published_at = opens_at')
    events(*EVENTS, 'undo')

    op.add_column('application', sa.Column('due_at', sa.DateTime(), nullable=True))
    op.add_column('application', sa.Column('name', sought(100), server_default='', nullable=False))
    op.add_column('application', sa.Column('initials', sought(40), server_default='', nullable=False))
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('application', 'number', type_=sought(20))
    op.execute(
        'UPDATE application SET due_at = (SELECT corrections_until FROM round WHERE round.id = application.round_id),'
        ' name = (SELECT first_name FROM ab_user WHERE ab_user.id = application.applicant_id)'
    )
    names = op.get_bind().execute(sa.text('SELECT DISTINCT name FROM application')).scalars().all()
    for name in names:
        initials = ''.join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:40]
        op.get_bind().execute(
            sa.text('UPDATE application SET initials = :initials WHERE name = :name'), {'initials': initials, 'name': name}
        )
    for name, column in (('due', 'due_at'), ('name', 'name'), ('initials', 'initials')):
        op.create_index(f'ix_application_{name}', 'application', ['holder_id', 'status', column, 'id'])

    op.add_column('title', sa.Column('by_exam', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('outbox', sa.Column('channel', sa.String(length=30), server_default='sms', nullable=False))
    op.add_column('outbox', sa.Column('subject', sa.String(length=120), server_default='', nullable=False))
    op.add_column('outbox', sa.Column('refused_at', sa.DateTime(), nullable=True))

    op.create_table('eligibility',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('saved_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('application_id')
    )
    op.create_table('opening',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('application_id', 'user_id')
    )
    op.create_index('ix_opening_user_id', 'opening', ['user_id'])
    op.create_table('review_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('submission_no', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=40), nullable=False),
    sa.Column('record', sa.Integer(), nullable=True),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=True),
    sa.Column('handled_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_review_note_application', 'review_note', ['application_id', 'decision_id', 'id'])
    op.create_table('saved_list',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('query', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'name')
    )
    op.create_table('preference',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('common_opinion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_common_opinion_user_id', 'common_opinion', ['user_id'])
    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=40), nullable=False),
    sa.Column('target', sa.String(length=40), nullable=False),
    sa.Column('cause', sa.Enum(*CAUSES, name='cause', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('subject', 'target', 'cause', 'day')
    )
    op.create_index('ix_reminder_target', 'reminder', ['target', 'subject', 'id'])
    op.create_table('subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('told_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'round_id')
    )
    op.create_index('ix_subscription_round_id', 'subscription', ['round_id'])
    notices()
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('outbox', 'mobile', type_=sa.String(length=596))


def downgrade() -> None:
    no_notices()
    for table in ('subscription', 'reminder', 'common_opinion', 'preference', 'saved_list', 'review_note', 'opening', 'eligibility'):
        op.drop_table(table)
    op.execute("DELETE FROM outbox WHERE channel <> 'sms'")
    op.drop_column('outbox', 'refused_at')
    op.drop_column('outbox', 'subject')
    op.drop_column('outbox', 'channel')
    op.drop_column('title', 'by_exam')
    for name in ('initials', 'name', 'due'):
        op.drop_index(f'ix_application_{name}', 'application')
    for column in ('initials', 'name', 'due_at'):
        op.drop_column('application', column)
    if op.get_bind().dialect.name == 'postgresql':
        # A type without a collation keeps the one that is there.
        op.execute('ALTER TABLE application ALTER COLUMN number TYPE VARCHAR(20) COLLATE "default"')
    op.execute("DELETE FROM decision WHERE event = 'undo'")
    events(*EVENTS)
    for column in ('profession_ids', 'times_reason', 'in_one_batch', 'receives_until', 'receives_from', 'published_at', 'months'):
        op.drop_column('round', column)


def events(*words: str) -> None:
    with op.batch_alter_table('decision') as batch_op:
        batch_op.drop_constraint('event', type_='check')
        batch_op.create_check_constraint('event', one_of('event', words))


def among(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=30)


def notices() -> None:
    """The notice becomes a record of its own; what was a line of Table 12 stays as its remark."""
    op.create_table('public_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('route_no', sa.Integer(), nullable=False),
    sa.Column('place', among('noticeplace', PLACES), nullable=False),
    sa.Column('organisation', sa.String(length=100), nullable=False),
    sa.Column('way', among('noticeway', WAYS), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('outcome', among('noticeoutcome', OUTCOMES), nullable=True),
    sa.Column('remark', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('saved_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('starts_on <= ends_on', name='ck_public_notice_days'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], ),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('application_id', 'route_no', 'place')
    )
    op.create_table('notice_file',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('proof', among('proof', PROOFS), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('mime', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('storage_key', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['public_notice.id'], ),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('storage_key')
    )
    op.create_index('ix_notice_file_notice_id', 'notice_file', ['notice_id'])
    op.execute(
        'INSERT INTO public_notice (application_id, route_no, place, organisation, way, starts_on, ends_on, remark, by_id, saved_at)'
        " SELECT o.application_id, o.route_no, 'unit', COALESCE(u.name, ''), 'board', o.notice_from, o.notice_until,"
        ' o.notice_result, o.by_id, o.saved_at FROM unit_opinion o JOIN application a ON a.id = o.application_id'
        ' LEFT JOIN organisation u ON u.id = a.unit_id'
    )
    for column in ('notice_from', 'notice_until', 'notice_result'):
        op.drop_column('unit_opinion', column)


def no_notices() -> None:
    op.add_column('unit_opinion', sa.Column('notice_from', sa.Date(), server_default='1970-01-01', nullable=False))
    op.add_column('unit_opinion', sa.Column('notice_until', sa.Date(), server_default='1970-01-01', nullable=False))
    op.add_column('unit_opinion', sa.Column('notice_result', sa.String(length=200), server_default='', nullable=False))
    for new, old in (('notice_from', 'starts_on'), ('notice_until', 'ends_on'), ('notice_result', 'remark')):
        op.execute(
            f"UPDATE unit_opinion SET {new} = COALESCE((SELECT n.{old} FROM public_notice n WHERE n.place = 'unit'"
            ' AND n.application_id = unit_opinion.application_id AND n.route_no = unit_opinion.route_no), '
            f'unit_opinion.{new})'
        )
    op.drop_table('notice_file')
    op.drop_table('public_notice')
