"""Packages to take away, made beside the pages."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'package',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=False),
        sa.Column(
            'kind',
            sa.Enum('own', 'unit_year', 'book', name='packagekind', native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column('organisation_id', sa.Integer(), nullable=True),
        sa.Column('subject', sa.Integer(), nullable=False),
        sa.Column('under', sa.String(length=80), nullable=True),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('rows', sa.JSON(), nullable=False),
        sa.Column('asked_at', sa.DateTime(), nullable=False),
        sa.Column('claim', sa.String(length=32), nullable=False),
        sa.Column('claimed_until', sa.DateTime(), nullable=True),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(), nullable=True),
        sa.Column('file', sa.String(length=32), nullable=True),
        sa.Column('size', sa.BigInteger(), nullable=True),
        sa.Column('sha256', sa.String(length=64), nullable=True),
        sa.Column('refusal', sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(['owner_id'], ['ab_user.id']),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('under'),
    )
    op.create_index('ix_package_owner_id', 'package', ['owner_id'])


def downgrade() -> None:
    op.drop_table('package')
