"""Fields of the sections that administrators shape, deletions that can be taken back, files with pages.

Texts of the dossier lose their length in the database: a form version may raise a limit, and the form says
so in words. SQLite keeps no lengths, so only PostgreSQL's columns change.
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

SECTIONS = ('title_held', 'education', 'study_history', 'work_history', 'work_summary', 'main_work', 'project', 'intellectual_property', 'award', 'book', 'paper', 'continuing_education', 'annual_assessment')
TEXTS = (
    ('person', 'former_name', 50), ('person', 'gender', 60), ('person', 'native_place', 60), ('person', 'ethnicity', 60),
    ('person', 'political_status', 60), ('person', 'societies', 200), ('person', 'email', 100), ('person', 'home_address', 100),
    ('person', 'postcode', 6), ('person', 'office', 60), ('person', 'position', 60),
    ('title_held', 'certificate_no', 60), ('title_held', 'qualification', 60), ('title_held', 'obtained_by', 60),
    ('title_held', 'category', 60), ('title_held', 'evaluated_by', 100), ('title_held', 'approval_document', 100),
    ('education', 'school', 100), ('education', 'degree_level', 60), ('education', 'degree', 60), ('education', 'mode', 60),
    ('education', 'certificate_no', 60),
    ('study_history', 'school', 100), ('study_history', 'witness', 30), ('study_history', 'duty', 50),
    ('work_history', 'employer', 100), ('work_history', 'witness', 30), ('work_history', 'duty', 50),
    ('work_summary', 'content', 2000),
    ('main_work', 'duty', 50), ('main_work', 'content', 500), ('main_work', 'effect', 200),
    ('project', 'name', 100), ('project', 'outcome', 200),
    ('intellectual_property', 'name', 100), ('intellectual_property', 'number', 60), ('intellectual_property', 'category', 60),
    ('award', 'name', 100), ('award', 'type', 60), ('award', 'grade', 60), ('award', 'rank', 60), ('award', 'approved_by', 100),
    ('award', 'own_part', 100),
    ('book', 'name', 100), ('book', 'type', 60), ('book', 'level', 60), ('book', 'rank', 30), ('book', 'publisher', 100),
    ('book', 'own_part', 100),
    ('paper', 'name', 100), ('paper', 'journal', 100), ('paper', 'level', 60), ('paper', 'type', 60), ('paper', 'own_part', 100),
    ('continuing_education', 'name', 100), ('continuing_education', 'organizer', 100), ('continuing_education', 'place', 60),
    ('continuing_education', 'content', 200),
    ('annual_assessment', 'grade', 60), ('annual_assessment', 'head', 30),
)


def upgrade() -> None:
    op.create_table('form_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('published_at', sa.DateTime(), nullable=True),
    sa.Column('drafted', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('drafted')
    )
    op.create_table('removed_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('attachment_ids', sa.JSON(), nullable=False),
    sa.Column('removed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_removed_record_owner_id', 'removed_record', ['owner_id'])
    op.create_table('round_requirement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('hint', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['requirement_id'], ['attachment_requirement.id'], ),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('round_id', 'requirement_id')
    )
    op.create_index('ix_round_requirement_round_id', 'round_requirement', ['round_id'])

    # In words, because Alembic would add the constraint apart, which SQLite cannot.
    op.execute('ALTER TABLE application ADD COLUMN form_version_id INTEGER REFERENCES form_version (id)')
    for table in SECTIONS:
        op.add_column(table, sa.Column('extra', sa.JSON(), server_default='{}', nullable=False))
    op.add_column('attachment', sa.Column('pages', sa.Integer(), server_default='1', nullable=False))
    op.add_column('attachment', sa.Column('width', sa.Integer(), server_default='0', nullable=False))
    op.add_column('attachment', sa.Column('height', sa.Integer(), server_default='0', nullable=False))
    op.add_column('attachment', sa.Column('doubts', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('attachment_requirement', sa.Column('asked_by', sa.String(length=60), server_default='', nullable=False))
    op.add_column('attachment_requirement', sa.Column('sample', sa.String(length=40), server_default='', nullable=False))
    op.add_column('attachment_requirement', sa.Column('by_default', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('attachment_use', sa.Column('crop', sa.String(length=60), server_default='', nullable=False))
    op.add_column('draft', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('region', sa.Column('postcode', sa.String(length=6), server_default='', nullable=False))
    if op.get_bind().dialect.name == 'postgresql':
        for table, column, _length in TEXTS:
            op.alter_column(table, column, type_=sa.Text())


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for table, column, length in TEXTS:
            op.alter_column(table, column, type_=sa.String(length=length), postgresql_using=f'left("{column}", {length})')
    op.drop_column('region', 'postcode')
    op.drop_column('draft', 'version')
    op.drop_column('attachment_use', 'crop')
    for column in ('by_default', 'sample', 'asked_by'):
        op.drop_column('attachment_requirement', column)
    for column in ('doubts', 'height', 'width', 'pages'):
        op.drop_column('attachment', column)
    for table in SECTIONS:
        op.drop_column(table, 'extra')
    with op.batch_alter_table('application') as batch:
        batch.drop_column('form_version_id')
    for table in ('round_requirement', 'removed_record', 'form_version'):
        op.drop_table(table)
