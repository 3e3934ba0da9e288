"""How the form of a series and year is printed can be set by template, and a round chooses one."""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0008'
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
    # Inline on every database: SQLite would copy the table, whose rows others refer to.
    op.execute('ALTER TABLE "round" ADD COLUMN form_template_id INTEGER REFERENCES form_template (id)')


def downgrade() -> None:
    op.execute('ALTER TABLE "round" DROP COLUMN form_template_id')
    op.drop_table('form_template')
