"""Whose material a requirement is, and which of a year's two applications the dossier is filled in for."""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('application', sa.Column('taken_up_at', sa.DateTime(), nullable=True))
    op.add_column('attachment_requirement', sa.Column('natures', sa.JSON(), server_default='[]', nullable=False))


def downgrade() -> None:
    op.drop_column('attachment_requirement', 'natures')
    op.drop_column('application', 'taken_up_at')
