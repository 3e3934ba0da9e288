"""How the form of a series and year is printed can be set by template, and a round chooses one."""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'form_template',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('series_id', sa.Integer(), nullable=True),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('published_at', sa.DateTime(), nullable=True),
        sa.Column('published_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['series_id'], ['series.id']),
        sa.ForeignKeyConstraint(['by_id'], ['ab_user.id']),
        sa.ForeignKeyConstraint(['published_by_id'], ['ab_user.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    with op.batch_alter_table('round') as batch:
        batch.add_column(sa.Column('form_template_id', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_round_form_template', 'form_template', ['form_template_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('round') as batch:
        batch.drop_constraint('fk_round_form_template', type_='foreignkey')
        batch.drop_column('form_template_id')
    op.drop_table('form_template')
