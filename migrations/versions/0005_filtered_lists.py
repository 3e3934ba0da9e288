"""What a waiting list is filtered by stands in the indexes that sort it."""

from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

SORTED = {'ix_application_waiting': 'waiting_since', 'ix_application_due': 'due_at'}
FILTERED = ['level', 'category', 'submission_no', 'round_id']


def upgrade() -> None:
    index(FILTERED)


def downgrade() -> None:
    index([])


def index(more: list[str]) -> None:
    for name, column in SORTED.items():
        op.drop_index(name, 'application')
        op.create_index(name, 'application', ['holder_id', 'status', column, 'id', *more])
