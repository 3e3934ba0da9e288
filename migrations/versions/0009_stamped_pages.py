"""The stamped Table 17: its table, the status it leads to and what is done with it."""

import re

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

STATUSES = ('draft', 'in_review', 'returned', 'declined', 'failed', 'lapsed', 'withdrawn', 'paper')
EVENTS = ('submit', 'resubmit', 'approve', 'return_', 'reset', 'decline', 'withdraw', 'reopen', 'lapse', 'undo')
PAGE_EVENTS = ('hand_in_page', 'accept_page', 'ask_again')
STATES = ('chosen', 'handed_in', 'asked_again', 'accepted')


def upgrade() -> None:
    words((*STATUSES, 'ready'), (*EVENTS, *PAGE_EVENTS))
    op.create_table('stamped_page',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('application_id', sa.Integer(), nullable=False),
        sa.Column('route_no', sa.Integer(), nullable=False),
        sa.Column('submission_no', sa.Integer(), nullable=False),
        sa.Column('office_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.Enum(*STATES, name='pagestate', native_enum=False, create_constraint=True, length=30), nullable=False),
        sa.Column('chosen', sa.Boolean(), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('mime', sa.String(length=40), nullable=False),
        sa.Column('pages', sa.Integer(), nullable=False),
        sa.Column('original_key', sa.String(length=64), nullable=False),
        sa.Column('original_sha256', sa.String(length=64), nullable=False),
        sa.Column('chosen_at', sa.DateTime(), nullable=False),
        sa.Column('crop', sa.String(length=60), nullable=False),
        sa.Column('page_key', sa.String(length=64), nullable=True),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.Column('doubts', sa.JSON(), nullable=False),
        sa.Column('handed_in_at', sa.DateTime(), nullable=True),
        sa.Column('decided_at', sa.DateTime(), nullable=True),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(length=1000), nullable=False),
        sa.CheckConstraint("chosen = (state = 'chosen')", name='ck_stamped_page_chosen'),
        sa.CheckConstraint('chosen = (page_key IS NULL)', name='ck_stamped_page_page'),
        sa.ForeignKeyConstraint(['application_id'], ['application.id']),
        sa.ForeignKeyConstraint(['office_id'], ['organisation.id']),
        sa.ForeignKeyConstraint(['decided_by_id'], ['ab_user.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('application_id', 'chosen'),
        sa.UniqueConstraint('original_key'),
        sa.UniqueConstraint('page_key'),
    )
    op.create_index('ix_stamped_page_office', 'stamped_page', ['office_id', 'state', 'handed_in_at', 'id'])


def downgrade() -> None:
    op.drop_table('stamped_page')
    of_pages = one_of('event', PAGE_EVENTS)
    # What was accepted is on paper again; each line that goes leads from there to there, or to what goes too.
    op.execute(f'UPDATE outbox SET decision_id = NULL WHERE decision_id IN (SELECT id FROM decision WHERE {of_pages})')
    op.execute(f'DELETE FROM decision WHERE {of_pages}')
    op.execute("UPDATE application SET status = 'paper' WHERE status = 'ready'")
    words(STATUSES, EVENTS)


def one_of(column: str, found: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(each) for each in found)})"


def words(statuses: tuple[str, ...], events: tuple[str, ...]) -> None:
    allowed('application', {'status': statuses})
    allowed('decision', {'event': events, 'from_status': statuses, 'to_status': statuses})


def allowed(table: str, columns: dict[str, tuple[str, ...]]) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        rewritten(table, columns)
        return
    for name, found in columns.items():
        op.drop_constraint(name, table, type_='check')
        op.create_check_constraint(name, table, one_of(name, found))


def rewritten(table: str, columns: dict[str, tuple[str, ...]]) -> None:
    """SQLite can only copy a table to change its CHECKs, and cannot drop the old one while rows point at it. A CHECK is
    nothing but text of the schema, so the text is changed (sqlite.org/lang_altertable.html, 7)."""
    bind = op.get_bind()
    sql = bind.execute(sa.text('SELECT sql FROM sqlite_schema WHERE name = :name'), {'name': table}).scalar_one()
    for name, found in columns.items():
        sql, changed = re.subn(rf'CONSTRAINT {name} CHECK \({name} IN \([^)]*\)\)', f'CONSTRAINT {name} CHECK ({one_of(name, found)})', sql)
        assert changed == 1, (table, name)
    version = bind.execute(sa.text('PRAGMA schema_version')).scalar_one()
    bind.execute(sa.text('PRAGMA writable_schema = ON'))
    bind.execute(sa.text('UPDATE sqlite_schema SET sql = :sql WHERE name = :name'), {'sql': sql, 'name': table})
    bind.execute(sa.text(f'PRAGMA schema_version = {version + 1}'))
    bind.execute(sa.text('PRAGMA writable_schema = OFF'))
