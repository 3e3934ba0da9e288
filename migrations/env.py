"""Alembic's environment: our metadata, FAB's tables included, on the app's own engine."""

from typing import Any, Literal

from alembic import context
from flask import current_app

from app.models.columns import Moment

db = current_app.extensions["migrate"].db


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration must not import the app: our types are written as what they store."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, Moment) else False


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.Model.metadata,
        render_as_batch=True,
        render_item=render,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
