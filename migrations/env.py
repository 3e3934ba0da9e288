"""Alembic's environment: our metadata, FAB's tables included, on the app's own engine."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.models.columns import Moment
from app.protection import Indexed, Sealed

db = current_app.extensions["migrate"].db


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration must not import the app: our types are written as what they store."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, Sealed | Indexed):
        return f"sa.String(length={item.impl.length})"
    return False


def differs(_context: Any, _inspected: Any, _column: Any, found: Any, wanted: Any) -> bool | None:
    """SQLite keeps no lengths, so 0002 leaves them there; everything else is Alembic's own comparison."""
    is_text = isinstance(found, sa.String) and isinstance(wanted, sa.String | Sealed | Indexed)
    return False if is_text and db.engine.dialect.name == "sqlite" else None


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.Model.metadata,
        render_as_batch=True,
        render_item=render,
        compare_type=differs,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
