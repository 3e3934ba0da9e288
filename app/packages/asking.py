"""What a person may have packed: his own applications, his unit's year, his committee's round."""

import hashlib
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from ..audit import record
from ..extensions import db
from ..form.record import PRINTABLE
from ..models import Application, Organisation, Package, Round
from ..policy import Standing, has_been_submitted, scoped, visible_among
from ..vocabulary import PackageKind, Role
from . import jobs
from .refusals import NothingToPack, TooMany, Withdrawn


def own(who: Standing) -> list[Application]:
    """One's own submitted applications, the newest first."""
    query = scoped(Application, who).where(Application.applicant_id == who.user_id, has_been_submitted)
    return list(db.session.scalars(query.order_by(Application.id.desc())))


def units_of(who: Standing) -> list[Organisation]:
    return _offices(who.of(Role.UNIT))


def years_of(who: Standing) -> list[int]:
    """The years of which one's unit has submitted applications, the newest first."""
    if not who.of(Role.UNIT):
        return []
    rows = _through_units(who).with_only_columns(Application.year).distinct().order_by(None)
    return sorted(db.session.scalars(rows), reverse=True)


def rounds_of(who: Standing) -> list[tuple[Round, int]]:
    """The rounds of one's committees with how many forms the book would hold, the newest first."""
    committees = who.of(Role.COMMITTEE)
    if not committees:
        return []
    counted = (
        scoped(Application, who)
        .where(Application.status.in_(PRINTABLE))
        .with_only_columns(Application.round_id, func.count(Application.id))
        .group_by(Application.round_id)
        .order_by(None)
    )
    counts = {pk: count for pk, count in db.session.execute(counted)}
    rounds = select(Round).where(Round.committee_id.in_(committees), Round.id.in_(list(counts)))
    found = db.session.scalars(rounds.options(joinedload(Round.committee)).order_by(Round.id.desc())).unique()
    return [(each, counts[each.id]) for each in found]


def ask_own(application: Application, who: Standing, *, at: datetime) -> int:
    """Raises NothingToPack before the first submission."""
    found = [application] if application.submission_no else []
    return _ask(PackageKind.OWN, application.id, found, application.number, who, None, at)


def ask_year(year: int, who: Standing, *, at: datetime) -> int:
    found = list(db.session.scalars(_through_units(who).where(Application.year == year)))
    units = units_of(who)
    name = f"{'、'.join(each.name for each in units)} {year}"
    return _ask(PackageKind.UNIT_YEAR, year, found, name, who, units[0].id if units else None, at)


def ask_book(round_: Round, who: Standing, *, at: datetime) -> int:
    """What has passed the electronic review; of a round of another committee there is nothing."""
    is_mine = round_.committee_id in who.of(Role.COMMITTEE)
    query = (
        scoped(Application, who)
        .where(Application.round_id == round_.id, Application.status.in_(PRINTABLE))
        .order_by(Application.id)
    )
    found = list(db.session.scalars(query)) if is_mine else []
    name = f"{round_.committee.name} {round_.year}"
    return _ask(PackageKind.BOOK, round_.id, found, name, who, round_.committee_id, at)


def check_still_visible(package: Package, who: Standing) -> None:
    """Raises Withdrawn where a row has left the reader's scope, or his office is his no more (B08)."""
    is_mine = package.organisation_id is None or package.organisation_id in who.offices
    if not is_mine or len(visible_among(Application, package.rows, who)) < len(package.rows):
        raise Withdrawn


def _through_units(who: Standing) -> Select[Any]:
    units = who.of(Role.UNIT)
    query: Select[Any] = (
        scoped(Application, who)
        .where(has_been_submitted, Application.unit_id.in_(units), Application.applicant_id != who.user_id)
        .order_by(Application.id)
    )
    return query


def _offices(ids: tuple[int, ...]) -> list[Organisation]:
    return list(
        db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id))
    )


def _ask(
    kind: PackageKind,
    subject: int,
    found: list[Application],
    about: str,
    who: Standing,
    office: int | None,
    at: datetime,
) -> int:
    limit = current_app.config["PACKAGE_ROWS"]
    if not found:
        raise NothingToPack
    if len(found) > limit:
        raise TooMany(count=len(found), limit=limit)
    name = f"{kind.label} {about}"[:120]
    record("ask_package", at=at, object_type="Application", object_id=found[0].id, detail=name)
    rows, mark = [each.id for each in found], _mark(found)
    db.session.commit()
    return jobs.ask(kind, subject, rows, name, mark=mark, owner=who.user_id, office=office, at=at)


def _mark(found: list[Application]) -> str:
    """A further submission or result is another package."""
    text = " ".join(f"{each.id}/{each.submission_no}/{each.status.value}" for each in found)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
