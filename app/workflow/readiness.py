"""What still stands between a draft and its submission: the dossier's gaps, the cover, the offices.

One list: the home page, the menu's counts, the wizard and submit() all read it (APP-04, APP-06, APP-11).
"""

from ..dossier.completeness import Gap, dossier_gaps
from ..errors import NoRoute
from ..extensions import db
from ..models import Application, Person
from ..vocabulary import N_
from .routing import build


def gaps_of(application: Application) -> list[Gap]:
    """Everything missing, each with the place to mend it and who has to act."""
    person = db.session.get_one(Person, application.applicant_id)
    gaps = dossier_gaps(person, application.round)
    if application.cover_saved_at is None:
        gaps.append(Gap(N_("封面"), N_("填写并保存封面"), "CoverView.cover", {"pk": application.id}))
    if person.unit is not None and application.round is not None:
        gaps += _route_gap(application, person)
    return gaps


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
