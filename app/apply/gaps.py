"""Gaps as a page shows them: words, a link to the exact place and back, and who else has to act."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from flask import abort, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from .. import clock, policy
from ..dossier.completeness import Gap, SectionState, dossier_gaps, section_states
from ..dossier.pages import (
    application_now,
    once,
    own_applications,
    own_dossier_gaps,
    own_held,
    own_marks,
    own_person,
)
from ..dossier.returned import places_open
from ..models import Application, Person
from ..vocabulary import Role, Status
from ..web.request import has_role
from ..workflow.readiness import Way, gaps_of, way_of

FILLABLE = (Status.DRAFT, Status.RETURNED)
ON_NO_WAY = (*FILLABLE, Status.WITHDRAWN, Status.LAPSED)
# The page of the dossier, as the menu has it, on which gaps of a view are mended.
PAGE_OF = {
    "PersonView": "PersonView.edit",
    "PhotoView": "PersonView.edit",
    "SectionView": "SectionView.list",
    "AttachmentView": "AttachmentView.list",
}


@dataclass(frozen=True)
class Fix:
    """One line of 还差 n 项: `who` is the other party that has to act, if it is not the applicant."""

    area: str
    what: str
    url: str
    who: str | None
    todo: str


def missing(
    person: Person,
    application: Application | None,
    dossier: list[Gap] | None = None,
    way: Way | None = None,
    *,
    at: datetime,
) -> list[Gap]:
    """What still stands between the person and a submission; nothing once it is handed in.

    A page gives the dossier's gaps and the way where it has read them already.
    """
    if application is None:
        return dossier_gaps(person, None) if dossier is None else dossier
    return gaps_of(application, dossier, way, at=at) if application.status in FILLABLE else []


def own_gaps(application: Application | None) -> list[Gap]:
    """The same of whoever's pages these are."""
    if application is not None and application.status not in FILLABLE:
        return []
    return missing(
        own_person(), application, own_dossier_gaps(application), own_way(application), at=clock.now()
    )


def own_way(application: Application | None) -> Way | None:
    """The offices an application of his would pass now; asked for only while it is on no way yet."""
    if application is None or application.status not in ON_NO_WAY:
        return None
    return once(f"way {application.id}", lambda: way_of(application, own_person()))


def own_states(application: Application | None) -> list[SectionState]:
    round_ = application.round if application else None
    return section_states(own_person(), round_, own_held(), places_open(own_marks()))


def counts_by_page(gaps: list[Gap]) -> Counter[str]:
    """How many of the gaps each page of the dossier mends. What others have to do is none of them."""
    views = (gap.endpoint.partition(".")[0] for gap in gaps if not gap.who)
    return Counter(PAGE_OF[view] for view in views if view in PAGE_OF)


def menu_counts() -> dict[str, int]:
    """For the menu of an applicant: what his dossier lacks, by the address of the page (screens.md 3.1)."""
    if not has_role(Role.APPLICANT):
        return {}
    try:
        application = application_now()
    except NotFound:  # an account whose dossier has not been opened
        return {}
    if application is not None and application.status not in FILLABLE:
        return {}
    counts = counts_by_page(own_dossier_gaps(application))
    return {url_for(page): count for page, count in counts.items()}


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
    if request.method == "GET":
        return next((each for each in own_applications()[0] if each.id == pk), None) or abort(404)
    found: Application = policy.get_or_404(Application, pk, who)
    return found if found.applicant_id == who.user_id else abort(404)
