"""Gaps as a page shows them: words, a link to the exact place and back, and who else has to act."""

from dataclasses import dataclass

from flask import abort, url_for
from flask_babel import gettext as _

from .. import policy
from ..dossier.completeness import Gap, dossier_gaps
from ..models import Application, Person
from ..vocabulary import Status
from ..workflow.readiness import gaps_of

FILLABLE = (Status.DRAFT, Status.RETURNED)


@dataclass(frozen=True)
class Fix:
    """One line of 还差 n 项: `who` is the other party that has to act, if it is not the applicant."""

    area: str
    what: str
    url: str
    who: str | None
    todo: str


def missing(person: Person, application: Application | None) -> list[Gap]:
    """What still stands between the person and a submission; nothing once it is handed in."""
    if application is None:
        return dossier_gaps(person, None)
    return gaps_of(application) if application.status in FILLABLE else []


def fixes(gaps: list[Gap], back: str) -> list[Fix]:
    """The gaps in words. `back` is the page that the place to mend leads back to (APP-04)."""
    return [
        Fix(
            area=_(gap.area),
            what=_(gap.what, **gap.what_params),
            url=url_for(gap.endpoint, **{"back": back, **gap.params}),
            who=gap.who,
            todo=_(gap.todo, **gap.todo_params) if gap.todo else "",
        )
        for gap in gaps
    ]


def own_application(pk: int, who: policy.Standing) -> Application:
    """One's own application; what one sees as a clerk is not found here, it has its page at the desk."""
    found: Application = policy.get_or_404(Application, pk, who)
    return found if found.applicant_id == who.user_id else abort(404)


def person_of(who: policy.Standing) -> Person:
    found: Person = policy.get_or_404(Person, who.user_id, who)
    return found
