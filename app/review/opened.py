"""Who of the office that holds an application has opened it, and at which version."""

from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from ..database import writing
from ..extensions import db
from ..models import Application, Opening

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def mark_opened(application: Application, user: User, at: datetime) -> None:
    """Note that this clerk of the holder looks at this version; `at` is when he first did.

    In a transaction of its own, committed before this returns: the page itself only reads. The caller's session
    must hold no writing transaction.
    """
    if has_opened(application, user.id):
        return
    insert = INSERT[db.engine.dialect.name](Opening)
    row = {"application_id": application.id, "user_id": user.id, "version": application.version, "at": at}
    with writing(), db.engine.begin() as connection:
        connection.execute(
            insert.values(row).on_conflict_do_update(
                index_elements=["application_id", "user_id"],
                set_={"version": row["version"], "at": at},
                # A page that took its time never hides that a later version was opened.
                where=Opening.version < row["version"],
            )
        )


def has_opened(application: Application, user_id: int) -> bool:
    """Whether this person has opened the application as it is now."""
    return (
        db.session.scalar(
            select(Opening.id).where(
                Opening.application_id == application.id,
                Opening.user_id == user_id,
                Opening.version >= application.version,
            )
        )
        is not None
    )
