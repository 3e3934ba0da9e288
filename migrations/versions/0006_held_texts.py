"""Texts that are held for a while, one of each decision; an index for what waits in the outbox."""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

UNSETTLED = sa.text('sent_at IS NULL AND refused_at IS NULL')


def upgrade() -> None:
    # SQLite adds a foreign key only by copying the table.
    with op.batch_alter_table('outbox') as batch_op:
        batch_op.add_column(sa.Column('held_until', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('decision_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key('fk_outbox_decision_id_decision', 'decision', ['decision_id'], ['id'])
        batch_op.create_unique_constraint('uq_outbox_decision_id_channel', ['decision_id', 'channel'])
    op.create_index(
        'ix_outbox_waiting', 'outbox', ['channel', 'held_until', 'id'], sqlite_where=UNSETTLED, postgresql_where=UNSETTLED
    )


def downgrade() -> None:
    op.drop_index('ix_outbox_waiting', 'outbox')
    # What is held would go at once; its message lies in the inbox.
    op.execute('DELETE FROM outbox WHERE held_until IS NOT NULL AND sent_at IS NULL')
    with op.batch_alter_table('outbox') as batch_op:
        batch_op.drop_constraint('uq_outbox_decision_id_channel', type_='unique')
        batch_op.drop_constraint('fk_outbox_decision_id_decision', type_='foreignkey')
        batch_op.drop_column('decision_id')
        batch_op.drop_column('held_until')
