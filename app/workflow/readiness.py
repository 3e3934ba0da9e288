"""What still stands between a draft and its submission: the dossier's gaps, the cover, the offices.

One list: the home page, the menu's counts, the wizard and submit() all read it (APP-04, APP-06, APP-11).
"""

from ..dossier.completeness import Gap, dossier_gaps
from ..errors import NoRoute
from ..extensions import db
from ..models import Application, Person, Unit
from ..vocabulary import N_
from .routing import build


def gaps_of(application: Application) -> list[Gap]:
    """Everything missing, each with the place to mend it and who has to act."""
    person = db.session.get_one(Person, application.applicant_id)
    gaps = dossier_gaps(person, application.round)
    if application.cover_saved_at is None:
        gaps.append(Gap(N_("封面"), N_("填写并保存封面"), "CoverView.cover", {"pk": application.id}))
    if person.unit is not None and person.unit.suspended_year == application.year:
        gaps.append(_suspension_gap(person.unit))
    elif person.unit is not None and application.round is not None:
        gaps += _route_gap(application, person)
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


def _route_gap(application: Application, person: Person) -> list[Gap]:
    assert person.unit and application.round
    try:
        build(person.unit, application.round.committee, kind=application.kind, level=application.level)
    except NoRoute as error:
        return [
            Gap(
                N_("工作单位"),
                error.message,
                "PersonView.unit",
                {},
                who=error.who,
                todo=error.todo,
                todo_params=error.params,
            )
        ]
    return []
