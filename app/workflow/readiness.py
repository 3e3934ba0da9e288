"""What still stands between a draft and its submission: the dossier's gaps, the cover, the offices.

One list: the home page, the menu's counts, the wizard and submit() all read it (APP-04, APP-06, APP-11).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ..dossier.applications import answers_of
from ..dossier.completeness import Gap, dossier_gaps, requirements_for
from ..dossier.said import Said
from ..errors import DomainError, MajorMismatch, NoRoute, WindowClosed
from ..extensions import db
from ..models import ELIGIBILITY, Application, AttachmentUse, Person, Unit
from ..vocabulary import N_, Evidence, Status
from .covers import saved_objections
from .eligibility import Verdict, judge
from .questions import Facts
from .routing import Office, build


@dataclass(frozen=True)
class Way:
    """The offices an application would pass, by name; or why there is no way."""

    offices: list[Office]
    refusal: NoRoute | None = None


def way_of(application: Application, person: Person) -> Way | None:
    """None while the unit or the committee is not known."""
    if person.unit is None or application.round is None:
        return None
    committee = application.round.committee
    try:
        return Way(build(person.unit, committee, kind=application.kind, level=application.level))
    except NoRoute as error:
        return Way([], error)


def gaps_of(
    application: Application, dossier: list[Gap] | None = None, way: Way | None = None, *, at: datetime
) -> list[Gap]:
    """Everything missing, each with the place to mend it and who has to act.

    A page gives what it has read already; a submission reads it itself, and judges at its arrival.
    """
    person = db.session.get_one(Person, application.applicant_id)
    if dossier is None:
        checklist = requirements_for(person, application)
        dossier = dossier_gaps(person, application.round, checklist=checklist)
    gaps = list(dossier)
    if application.cover_saved_at is None:
        gaps.append(Gap(N_("封面"), N_("填写并保存封面"), "CoverView.cover", {"pk": application.id}))
    gaps += [*eligibility_gaps(application, person), *_cover_gaps(application, person, at)]
    if person.unit is not None and person.unit.suspended_year == application.year:
        return [*gaps, _suspension_gap(person.unit)]
    way = way or way_of(application, person)
    return [*gaps, _route_gap(way.refusal)] if way and way.refusal else gaps


# What the list says where the refusal itself does not say what to do.
SAID_OF = {
    WindowClosed: N_(
        "网上申报时间为 %(opens)s 至 %(closes)s，现在不能提交；在申报时间内提交，或重新选择受理中的评委会"
    ),
    MajorMismatch: N_("所学专业和从事专业不一致，在个人信息中改成一致，或重新选择申报专业"),
}


def _cover_gaps(application: Application, person: Person, at: datetime) -> list[Gap]:
    """What the saved cover does not meet any more, judged as when it was saved.

    Only a draft: of a returned application nobody but an office can open the cover (REV-04, REV-05).
    """
    if application.status is not Status.DRAFT:
        return []
    return [_cover_gap(application, each) for each in saved_objections(application, person, at)]


def _cover_gap(application: Application, refusal: DomainError) -> Gap:
    what = SAID_OF.get(type(refusal), refusal.message)
    if isinstance(refusal, MajorMismatch):
        return Gap(N_("封面"), what, "PersonView.edit", {"_anchor": "field-major_id"})
    return Gap(N_("封面"), what, "CoverView.cover", {"pk": application.id}, what_params=refusal.params)


def facts_of(application: Application, person: Person) -> Facts:
    """What is known of an applicant without asking him."""
    return Facts(
        application.kind,
        person.account.document,
        person.unit.nature if person.unit else None,
        application.level,
        application.category,
    )


def unproved(person: Person, verdict: Verdict) -> list[Evidence]:
    """The evidence that the answers ask for and that has no file yet."""
    if not verdict.proofs:
        return []
    given = set(
        db.session.scalars(
            select(AttachmentUse.record_id).where(
                AttachmentUse.owner_id == person.id, AttachmentUse.section_slug == ELIGIBILITY
            )
        )
    )
    return [each for each in verdict.proofs if each.no not in given]


def eligibility_gaps(application: Application, person: Person) -> list[Gap]:
    """What of the answers about who may apply is missing, bars, or does not go with the rest (ELI-01…11)."""
    area, place = N_("申报资格"), {"pk": application.id}
    answers = answers_of(application)
    if not answers:
        return [Gap(area, N_("完成申报资格自查"), "EligibilityView.edit", place)]
    verdict = judge(facts_of(application, person), answers)
    gaps = [
        Gap(
            area,
            N_("不能申报：%(question)s"),
            "EligibilityView.edit",
            {**place, "_anchor": each.name},
            what_params={"question": Said(each.text)},
        )
        for each in verdict.bars
    ]
    gaps += [
        Gap(
            area,
            N_("回答“%(question)s”"),
            "EligibilityView.edit",
            {**place, "_anchor": each.name},
            what_params={"question": Said(each.text)},
        )
        for each in verdict.unanswered
    ]
    gaps += [
        Gap(
            area,
            N_("上传“%(name)s”"),
            "EligibilityView.edit",
            {**place, "_anchor": f"evidence-{each.no}"},
            what_params={"name": Said(each.label)},
        )
        for each in unproved(person, verdict)
    ]
    gaps += [
        Gap(area, each.what, each.endpoint, place if each.endpoint == "CoverView.cover" else {})
        for each in verdict.conflicts
    ]
    return gaps


def _suspension_gap(unit: Unit) -> Gap:
    """UNI-11. Whoever really works elsewhere by now chooses that unit."""
    return Gap(
        N_("工作单位"),
        N_("工作单位被暂停 %(year)s 年度职称申报推荐"),
        "PersonView.unit",
        {},
        what_params={"year": unit.suspended_year},
        who=unit.name,
        todo=N_("向单位了解整改情况；已到其他单位工作的，重新选择工作单位。"),
    )


def _route_gap(refusal: NoRoute) -> Gap:
    return Gap(
        N_("工作单位"),
        refusal.message,
        "PersonView.unit",
        {},
        who=refusal.who,
        todo=refusal.todo,
        todo_params=refusal.params,
    )
