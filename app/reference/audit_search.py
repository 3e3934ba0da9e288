"""Searching the record of changes: by person, action, object, result, time and address; the newest first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import joinedload

from ..clock import SHANGHAI
from ..extensions import db
from ..models import AuditEntry
from ..vocabulary import Result

LINES, NAMESAKES = 25, 200


@dataclass(frozen=True)
class Question:
    """What is asked for; empty means whatever it is."""

    who: str = ""
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    result: Result | None = None
    address: str = ""
    since: date | None = None
    until: date | None = None


def find(question: Question, *, before: int | None = None) -> tuple[list[AuditEntry], int | None]:
    """Up to LINES entries older than the one whose id is `before`, and where the next ones begin."""
    clauses = _clauses(question)
    if before is not None:
        last = db.session.get(AuditEntry, before)
        clauses.append(
            tuple_(AuditEntry.at, AuditEntry.id) < (last.at, last.id) if last else AuditEntry.id < 0
        )
    rows = list(
        db.session.scalars(
            select(AuditEntry)
            .where(*clauses)
            .options(joinedload(AuditEntry.by), joinedload(AuditEntry.organisation))
            .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
            .limit(LINES + 1)
        )
    )
    return rows[:LINES], rows[LINES - 1].id if len(rows) > LINES else None


def _clauses(question: Question) -> list[ColumnElement[bool]]:
    equal: dict[Any, object] = {
        AuditEntry.action: question.action,
        AuditEntry.object_type: question.object_type,
        AuditEntry.object_id: question.object_id,
        AuditEntry.result: question.result,
        AuditEntry.address: question.address,
    }
    clauses = [column == value for column, value in equal.items() if value]
    if question.who:
        clauses.append(AuditEntry.by_id.in_(_named(question.who)))
    if question.since:
        clauses.append(AuditEntry.at >= _midnight(question.since))
    if question.until:
        clauses.append(AuditEntry.at < _midnight(question.until + timedelta(days=1)))
    return clauses


def _named(typed: str) -> list[int]:
    """The accounts of that user name, or whose name begins so."""
    return list(
        db.session.scalars(
            select(User.id)
            .where(or_(User.username == typed, User.first_name.startswith(typed, autoescape=True)))
            .limit(NAMESAKES)
        )
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
