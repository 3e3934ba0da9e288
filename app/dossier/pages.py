"""What the dossier's pages share: whose dossier, the way back, and what a refused save shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from .. import clock
from ..errors import AlreadyRecorded, DomainError, RecordChanged
from ..extensions import db
from ..models import Application, Person, Round, SectionRow, Unit
from ..policy import get_or_404
from ..web.request import is_local, who
from .applications import applications_of, the_current_of
from .completeness import Asked, Gap, dossier_gaps, requirements_for
from .forms import DossierForm
from .held import Held, held_by
from .layout import Layout
from .locks import lock_of, locking, refusal_for
from .returned import Mark, marks_of
from .versions import RUNNING, layout_for, layout_of

UNPROCESSABLE, CONFLICT = 422, 409
# What the pages of a person show of other tables.
WHOLE = (
    joinedload(Person.unit).joinedload(Unit.region),
    joinedload(Person.major),
    joinedload(Person.profession),
)


T = TypeVar("T")


def once(name: str, ask: Callable[[], T], *, lasting: bool = False) -> T:
    """An answer kept for the rest of a request that only reads; one that writes asks again.

    What is `lasting` no request of its reader changes: which row is his, and by which version he fills it in.
    """
    if request.method != "GET" and not lasting:
        return ask()
    answers = g.setdefault("own_dossier", {})
    if name not in answers:
        answers[name] = ask()
    found: T = answers[name]
    return found


def own_person() -> Person:
    """The dossier of whoever is signed in; a page that only reads gets the unit and the fields of study with it."""
    options = WHOLE if request.method == "GET" else ()
    return once("person", lambda: get_or_404(Person, who().user_id, who(), *options), lasting=True)


def own_applications() -> tuple[list[Application], int | None]:
    return once("applications", lambda: applications_of(own_person(), at=clock.now()))


def application_now() -> Application | None:
    """The application one's dossier is filled for now."""
    return the_current_of(*own_applications())


def own_layout() -> Layout:
    return once("layout", _layout, lasting=True)


def _layout() -> Layout:
    """Where the page has read the applications already, the latest of them says it; else one question does."""
    applications, _open_year = g.get("own_dossier", {}).get("applications", ([], None))
    if applications and applications[0].status in RUNNING:
        return layout_of(applications[0])
    return layout_for(own_person())


def own_held() -> Held:
    return once("held", lambda: held_by(own_person(), own_layout()))


def own_checklist(application: Application | None) -> list[Asked]:
    key = f"checklist {application and application.id}"
    return once(key, lambda: requirements_for(own_person(), application))


def own_dossier_gaps(application: Application | None) -> list[Gap]:
    round_ = round_of(application)
    key = f"gaps for {application and application.id}"
    return once(key, lambda: dossier_gaps(own_person(), round_, own_held(), own_checklist(application)))


def own_marks() -> list[Mark]:
    """What an office marked when it sent the current application back."""
    return once("marks", lambda: marks_of(application_now(), own_person(), own_layout()))


def back_to(default: str) -> str:
    """Where the page that led here wants the person back (APP-04); only pages of this house count."""
    back = request.args.get("back", "")
    return back if is_local(back) else default


def way_back() -> dict[str, str]:
    """The way back as an argument for links between the dossier's pages."""
    back = back_to("")
    return {"back": back} if back else {}


def here_and_back(endpoint: str, **values: Any) -> str:
    arguments: dict[str, Any] = {**values, **way_back()}
    return url_for(endpoint, **arguments)


def next_gap() -> str:
    """The way on for whoever came from a list of gaps; "" where nothing is missing but on this page (APP-04)."""
    gaps = own_dossier_gaps(application_now()) if way_back() else ()
    places = {url_for(gap.endpoint, **gap.params).partition("#")[0] for gap in gaps}
    return to_next_gap() if places - {request.path} else ""


def to_next_gap() -> str:
    return here_and_back("ApplicantView.next_gap")


def onwards() -> str:
    """What a link to the next gap says below what has been mended; "" for whoever did not come from a list of them."""
    if not way_back():
        return ""
    application = application_now()
    if own_dossier_gaps(application):
        return _("完善下一项")
    return _("去提交") if application else ""


def explain(error: DomainError) -> str:
    return _(error.message, **error.params)


def lock_sentence(person: Person) -> str:
    """Why everything is read-only and who can open it; empty while the dossier may change."""
    is_own = person.id == who().user_id
    application = locking(own_applications()[0]) if is_own else lock_of(person)
    return explain(refusal_for(application)) if application else ""


def round_of(application: Application | None) -> Round | None:
    return application.round if application else None


@dataclass(frozen=True)
class Refusal:
    """What the page says above what was typed, and its status.

    Where two texts meet, both of each field, and the address at which the stored one is (E02).
    """

    text: str
    status: int
    differences: tuple[tuple[str, str, str], ...] = ()
    path: str = ""


def try_save(
    form: DossierForm, save: Callable[[], object], stored: Callable[[], Person | SectionRow | None]
) -> Refusal | None:
    """Check and save what was posted, and commit; None when that worked.

    After a refusal nothing is saved, the form keeps what was typed, and where the row has changed
    meanwhile `stored` fetches it again so that both texts are shown (E02).
    """
    sound = form.validate()
    try:
        if sound:
            save()
            db.session.commit()
            return None
    except AlreadyRecorded as error:
        db.session.rollback()
        form.refuse(error.field, explain(error))
    except DomainError as error:
        db.session.rollback()
        row = stored() if isinstance(error, RecordChanged) else None
        if row is not None:
            form.show_stored(row)
        return Refusal(explain(error), CONFLICT, form.differences, request.full_path.rstrip("?"))
    return Refusal("", UNPROCESSABLE)
