"""What the dossier's pages share: whose dossier, the way back, and what a refused save shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from ..errors import AlreadyRecorded, DomainError, RecordChanged
from ..extensions import db
from ..models import Application, Person, Round, SectionRow
from ..policy import get_or_404
from ..web.request import is_local, who
from .forms import DossierForm
from .locks import lock_of, refusal_for

UNPROCESSABLE, CONFLICT = 422, 409


def own_person() -> Person:
    """The dossier of whoever is signed in."""
    found: Person = get_or_404(Person, who().user_id, who())
    return found


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


def explain(error: DomainError) -> str:
    return _(error.message, **error.params)


def lock_sentence(person: Person) -> str:
    """Why everything is read-only and who can open it; empty while the dossier may change."""
    application = lock_of(person)
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
