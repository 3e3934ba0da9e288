"""The public notice before a unit's recommendation: which are needed, how far they are, what is still missing."""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString, lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..errors import NoticeTooShort
from ..extensions import db
from ..models import Application, Holiday, PublicNotice
from ..vocabulary import Nature, NoticeOutcome, NoticePlace, Proof
from .refusals import NoticeProofRequired, NoticeRequired, NoticeResultRequired, NoticeUpheld
from .rules import NOTICE_DAYS
from .working_days import working_days

PROOFS = {
    NoticePlace.UNIT: (Proof.PHOTO, Proof.REPORT),
    NoticePlace.EMPLOYER: (Proof.PHOTO, Proof.REPORT, Proof.AGREEMENT),
}


def holidays() -> dict[date, bool]:
    return {row.day: row.working for row in db.session.scalars(select(Holiday))}


def places_of(application: Application) -> tuple[NoticePlace, ...]:
    """The notices this application needs: the staff of a dispatching unit two (ELI-07)."""
    unit = application.unit
    if unit is not None and unit.nature is Nature.DISPATCH:
        return (NoticePlace.UNIT, NoticePlace.EMPLOYER)
    return (NoticePlace.UNIT,)


def notices_of(application: Application) -> dict[NoticePlace, PublicNotice]:
    """Those of the current route with their files; those of earlier routes are void (REV-05)."""
    query = (
        select(PublicNotice)
        .where(PublicNotice.application_id == application.id, PublicNotice.route_no == application.route_no)
        .options(selectinload(PublicNotice.files))
    )
    return {each.place: each for each in db.session.scalars(query)}


def check_over(notice: PublicNotice, today: date, exceptions: Mapping[date, bool]) -> None:
    """Raise NoticeTooShort until the day after its last; CalendarUnknown past the calendar (OPN-02, E06)."""
    counted = working_days(notice.starts_on, min(notice.ends_on, today), exceptions)
    if today <= notice.ends_on or counted < NOTICE_DAYS:
        raise NoticeTooShort(
            days=NOTICE_DAYS, actual=counted, start=_day(notice.starts_on), until=_day(notice.ends_on)
        )


def check_all(application: Application, today: date) -> None:
    """Raise for the first thing that keeps the unit from recommending, notice by notice."""
    found, exceptions = notices_of(application), holidays()
    for place in places_of(application):
        label = lazy_gettext(place.label)
        notice = found.get(place)
        if notice is None:
            raise NoticeRequired(place=label, days=NOTICE_DAYS)
        check_over(notice, today, exceptions)
        if notice.outcome is None:
            raise NoticeResultRequired(place=label)
        if notice.outcome is NoticeOutcome.UPHELD:
            raise NoticeUpheld(place=label)
        lacking = missing_proofs(notice)
        if lacking:
            raise NoticeProofRequired(place=label, proof=lazy_gettext(lacking[0].label))


def missing_proofs(notice: PublicNotice) -> tuple[Proof, ...]:
    there = {each.proof for each in notice.files}
    return tuple(each for each in PROOFS[notice.place] if each not in there)


def _day(day: date) -> LazyString:
    return lazy_gettext("%(month)s 月 %(day)s 日", month=day.month, day=day.day)
