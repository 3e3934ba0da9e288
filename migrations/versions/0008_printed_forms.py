"""The form as PDF is kept, so that the same document is made once; a digest on paper finds its submission."""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'printed_form',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('application_id', sa.Integer(), nullable=False),
        sa.Column('asked_at', sa.DateTime(), nullable=False),
        sa.Column('claim', sa.String(length=32), nullable=False),
        sa.Column('claimed_until', sa.DateTime(), nullable=False),
        sa.Column('begun_at', sa.DateTime(), nullable=True),
        sa.Column('file', sa.String(length=32), nullable=True),
        sa.Column('refusal', sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(['application_id'], ['application.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('digest'),
    )
    op.create_index('ix_printed_form_application_id', 'printed_form', ['application_id'])
    op.create_index('ix_snapshot_digest', 'snapshot', ['digest'])


def downgrade() -> None:
    op.drop_index('ix_snapshot_digest', 'snapshot')
    op.drop_table('printed_form')
