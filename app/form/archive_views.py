"""The stamped Table 17 as a picture, and the archived document it ends (ATT-04, APP-16)."""

import io
from typing import Any

from flask import abort, current_app, send_file
from flask_appbuilder import BaseView, expose, has_access

from .. import clock
from ..audit import record_apart
from ..dossier import stamped, storage
from ..dossier.decoding import Page
from ..dossier.serving import FILE_POLICY
from ..models import Application, StampedPage
from ..policy import get_or_404, is_own
from ..web.request import me, who
from .archive import archived
from .kept import photo_bytes
from .record import form_of
from .wording import ARCHIVED


class ArchiveView(BaseView):
    route_base = "/applications"

    @expose("/<int:pk>/stamped-page")
    @has_access
    def page(self, pk: int) -> Any:
        """The page handed in last, as it was cut."""
        application = get_or_404(Application, pk, who())
        page = _seen(stamped.handed_in(application))
        answer = send_file(
            io.BytesIO(_bytes(page)), mimetype="image/jpeg", download_name=f"{application.number}.jpg"
        )
        answer.headers["Content-Security-Policy"] = FILE_POLICY
        answer.headers["Cache-Control"] = "private, no-store"
        _note(application, "view_scan", page)
        return answer

    @expose("/<int:pk>/archive.pdf")
    @has_access
    def pdf(self, pk: int) -> Any:
        """Not found before a page is accepted: nothing leads here until then."""
        application = get_or_404(Application, pk, who())
        page = _seen(stamped.accepted(application))
        form = form_of(application, own=_is_mine(application), on=clock.today())
        content = archived(
            form.document, photo_bytes(form.photo), Page(_bytes(page), page.width, page.height, ())
        )
        answer = send_file(
            io.BytesIO(content),
            mimetype="application/pdf",
            as_attachment=True,
            download_name=ARCHIVED.format(title=form.document.title, number=application.number),
            max_age=0,
        )
        answer.headers["Cache-Control"] = "no-store"
        _note(application, "view_form", application)
        return answer


def _seen(page: StampedPage | None) -> StampedPage:
    return get_or_404(StampedPage, page.id, who()) if page else abort(404)


def _bytes(page: StampedPage) -> bytes:
    assert page.page_key
    try:
        return storage.read(current_app.config["PRIVATE_ROOT"], page.page_key)
    except FileNotFoundError:
        abort(404)


def _is_mine(application: Application) -> bool:
    user = me()
    return user is not None and is_own(application, user)


def _note(application: Application, action: str, row: Any) -> None:
    """That somebody else looked at it is recorded (D02, D09)."""
    if not _is_mine(application):
        record_apart(action, row, at=clock.now())
