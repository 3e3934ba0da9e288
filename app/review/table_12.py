"""Table 12 and its notices as a part of a page: the workbench, and the page that answers without scripts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext

from .. import policy
from ..accounts.autosave import keeping_at
from ..errors import CalendarUnknown, DomainError
from ..models import Application, NoticeFile, PublicNotice
from ..vocabulary import NoticePlace
from ..web.errors import said
from ..web.request import who
from ..workflow.guards import unit_opinion_of
from ..workflow.notices import PROOFS, check_over, holidays, missing_proofs, notices_of, places_of
from ..workflow.rules import NOTICE_DAYS
from ..workflow.working_days import last_day, working_days
from .forms import NoticeForm, NoticeResultForm, ProofForm, UnitOpinionForm, apart
from .operations import MOST_FILES, may_write

Forms = dict[str, Any]


@dataclass(frozen=True)
class Clock:
    """How far a notice is: the working day that today is, and the words for it."""

    counted: int
    is_over: bool
    words: str


@dataclass(frozen=True)
class Part:
    """One notice with what may be done about it."""

    place: NoticePlace
    notice: PublicNotice | None
    clock: Clock | None
    missing: tuple[Any, ...]
    form: NoticeForm | None = None
    result: NoticeResultForm | None = None
    proofs: ProofForm | None = None


def context(application: Application, user: User, at: datetime, forms: Forms | None = None) -> dict[str, Any]:
    """What `review/_opinion.html` shows. `forms` are posted ones that were refused, by their keys (`key_of`)."""
    forms, today = forms or {}, at.date()
    opinion, notices = unit_opinion_of(application), notices_of(application)
    may = may_write(application, user)
    places = places_of(application) if may else tuple(notices)
    parts = [_part(application, place, notices.get(place), today, forms, may) for place in places]
    path = url_for("UnitOpinionView.edit", pk=application.id)
    form = forms.get("table") or UnitOpinionForm(
        formdata=None, obj=opinion, seen=application.version, saved=mark(opinion)
    )
    return {
        "opinion": opinion,
        "notices": parts,
        "notice_days": NOTICE_DAYS,
        "most_files": MOST_FILES,
        "may_write_12": may,
        "form_12": apart(form, "t12") if may else None,
        "keep_12": keeping_at(path) if may else None,
        "steps_12": _steps(bool(opinion), parts) if may else (),
        "open_notice_files": policy.visible_among(
            NoticeFile, [file.id for each in notices.values() for file in each.files], who()
        ),
    }


def key_of(kind: str, place: NoticePlace) -> str:
    return f"{kind}-{place.value}"


def mark(row: Any) -> str:
    """The saved row that the page shows, told apart by its time."""
    return row.saved_at.isoformat() if row else ""


def clock_of(notice: PublicNotice, today: date) -> Clock:
    """The notice's working-day clock, by the official calendar, or why it cannot be said (OPN-02, E06)."""
    known = holidays()
    try:
        counted = working_days(notice.starts_on, min(today, notice.ends_on), known)
        fifth = last_day(notice.starts_on, NOTICE_DAYS, known)
        check_over(notice, today, known)
    except CalendarUnknown as error:
        return Clock(0, False, said(error))
    except DomainError:
        words = gettext(
            "第 %(n)s 个工作日，共 %(all)s 个。第 5 个工作日是 %(fifth)s，最早可于 %(until)s 的次日推荐。",
            n=counted,
            all=working_days(notice.starts_on, notice.ends_on, known),
            fifth=fifth.isoformat(),
            until=notice.ends_on.isoformat(),
        )
        return Clock(counted, False, words)
    return Clock(counted, True, gettext("公示已满 %(n)s 个工作日。", n=counted))


def _part(
    application: Application,
    place: NoticePlace,
    notice: PublicNotice | None,
    today: date,
    forms: Forms,
    may: bool,
) -> Part:
    clock = clock_of(notice, today) if notice else None
    missing = missing_proofs(notice) if notice else ()
    if not may:
        return Part(place, notice, clock, ())
    seen = {"seen": application.version, "saved": mark(notice)}
    form = forms.get(key_of("notice", place)) or NoticeForm(
        formdata=None, obj=notice, **({} if notice else {"starts_on": today}), **seen
    )
    if place is NoticePlace.UNIT and "organisation" in form:
        del form.organisation
    result = forms.get(key_of("result", place)) or NoticeResultForm(formdata=None, obj=notice, **seen)
    proofs = forms.get(key_of("files", place)) or ProofForm(
        formdata=None, seen=application.version, proof=missing[0] if missing else None
    )
    proofs.proof.choices = [each for each in proofs.proof.choices if each.value in PROOFS[place]]
    return Part(
        place,
        notice,
        clock,
        missing,
        apart(form, key_of("notice", place)),
        apart(result, key_of("result", place)) if notice and clock and clock.is_over else None,
        apart(proofs, key_of("files", place)) if notice else None,
    )


def _steps(has_table: bool, parts: list[Part]) -> tuple[tuple[str, bool], ...]:
    """What has to be there before the unit may recommend, and whether it is."""
    steps = []
    for each in parts:
        place = gettext(each.place.label)
        over = bool(each.clock and each.clock.is_over)
        steps.append((gettext("%(place)s满 %(n)s 个工作日", place=place, n=NOTICE_DAYS), over))
        steps.append((gettext("%(place)s的材料", place=place), each.notice is not None and not each.missing))
        steps.append((gettext("%(place)s的结果", place=place), bool(each.notice and each.notice.outcome)))
    return (*steps, (gettext("基层单位意见（表十二）"), has_table))
