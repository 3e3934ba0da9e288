"""What still stands between a draft and its submission: the dossier's gaps, the cover, the offices.

One list: the home page, the menu's counts, the wizard and submit() all read it (APP-04, APP-06, APP-11).
"""

from dataclasses import dataclass

from ..dossier.completeness import Gap, dossier_gaps
from ..errors import NoRoute
from ..extensions import db
from ..models import Application, Person, Unit
from ..vocabulary import N_
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


def gaps_of(application: Application, dossier: list[Gap] | None = None, way: Way | None = None) -> list[Gap]:
    """Everything missing, each with the place to mend it and who has to act.

    A page gives what it has read already; a submission reads it itself.
    """
    person = db.session.get_one(Person, application.applicant_id)
    gaps = list(dossier_gaps(person, application.round) if dossier is None else dossier)
    if application.cover_saved_at is None:
        gaps.append(Gap(N_("封面"), N_("填写并保存封面"), "CoverView.cover", {"pk": application.id}))
    if person.unit is not None and person.unit.suspended_year == application.year:
        return [*gaps, _suspension_gap(person.unit)]
    way = way or way_of(application, person)
    return [*gaps, _route_gap(way.refusal)] if way and way.refusal else gaps


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
