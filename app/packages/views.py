"""Views of this room; app/__init__.py registers VIEWS."""

from itertools import chain
from typing import Any
from urllib.parse import quote

from flask import Response, abort, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import select

from .. import clock
from ..audit import record_apart
from ..database import read_only
from ..errors import DomainError
from ..extensions import db
from ..models import Application, Package, Round
from ..policy import get_or_404, is_own
from ..protection import Tampered
from ..vocabulary import PackageKind, Role
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import has_role, me, who
from . import asking, jobs, sealed
from .receipts import ReceiptView
from .refusals import FileUnreadable, NoLongerKept, NotMade

# So long the press of the button itself waits; a small package takes a few seconds.
AT_ONCE = 4
AGAIN_IN = 3
SUFFIX = {PackageKind.BOOK: ".pdf"}


class PackageView(BaseView):  # type: ignore[misc]
    """What was asked for, how far it is, and the file for its days (APP-16)."""

    route_base = "/packages"
    default_view = "list"

    @expose("/")
    @has_access
    def list(self) -> Any:
        return self._list()

    @expose("/own/<int:pk>", methods=["POST"])
    @has_access
    def own(self, pk: int) -> Any:
        application = get_or_404(Application, pk, who())
        user = me()
        if user is None or not is_own(application, user):
            abort(404)
        found = asking.ask_own(application, who(), at=clock.now())
        _work(found)
        return redirect(url_for("PackageView.show", pk=found))

    @expose("/year", methods=["POST"])
    @has_access
    def year(self) -> Any:
        return self._begin(asking.ask_year, number_in(request.form.get("year")) or 0)

    @expose("/book", methods=["POST"])
    @has_access
    def book(self) -> Any:
        found = db.session.get(Round, number_in(request.form.get("round")) or 0)
        if found is None:
            return self._list(_("申报窗口没有选择，从列表中选择一个再打包。"))
        return self._begin(asking.ask_book, found)

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        """How far it is; looks again by itself while somebody is at it."""
        package: Package = get_or_404(Package, pk, who())
        at = clock.now()
        is_alive = _waits(package) and package.claimed_until is not None and package.claimed_until > at
        page = self.render_template(
            "packages/show.html",
            package=package,
            total=len(package.rows),
            is_alive=is_alive,
            is_left=_waits(package) and not is_alive,
            is_gone=jobs.is_over(package, at=at),
            refusal=_(package.refusal[0], **package.refusal[1]) if package.refusal else "",
            until=jobs.end_of(package) if package.made_at else None,
            again_in=AGAIN_IN,
            days=jobs.days(),
        )
        answer = Response(page)
        if is_alive:
            answer.headers["Refresh"] = str(AGAIN_IN)
        return answer

    @expose("/<int:pk>/again", methods=["POST"])
    @has_access
    def again(self, pk: int) -> Any:
        """Begin anew what was left half made; what somebody is at goes on."""
        package: Package = get_or_404(Package, pk, who())
        found = package.id
        db.session.commit()
        _work(found)
        return redirect(url_for("PackageView.show", pk=found))

    @expose("/<int:pk>/file")
    @has_access
    def file(self, pk: int) -> Any:
        """The file, recorded before it leaves (D09)."""
        package: Package = get_or_404(Package, pk, who())
        if jobs.is_over(package, at=clock.now()):
            raise NoLongerKept(days=jobs.days())
        if package.file is None:
            raise NotMade
        asking.check_still_visible(package, who())
        name = f"{package.name}{SUFFIX.get(package.kind, '.zip')}"
        try:
            with read_only():
                pieces = sealed.read(jobs.root(), package.file, package.size or 0)
                first = next(pieces)
        except (OSError, Tampered, StopIteration):
            raise FileUnreadable from None
        size = package.size or 0
        record_apart("download_package", package, at=clock.now(), detail=name)
        answer = Response(chain([first], pieces), mimetype="application/octet-stream")
        answer.content_length = size
        # A header holds Latin letters only: the name is in RFC 5987's spelling.
        answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    def _begin(self, ask: Any, subject: Any) -> Any:
        """What was chosen from the list; a refusal stands above it."""
        try:
            pk = ask(subject, who(), at=clock.now())
        except DomainError as refusal:
            db.session.rollback()
            return self._list(said(refusal))
        _work(pk)
        return redirect(url_for("PackageView.show", pk=pk))

    def _list(self, refusal: str = "") -> Any:
        standing = who()
        query = select(Package).where(Package.owner_id == standing.user_id)
        page = self.render_template(
            "packages/list.html",
            packages=db.session.scalars(query.order_by(Package.id.desc()).limit(50)).all(),
            own=asking.own(standing) if has_role(Role.APPLICANT) else [],
            years=asking.years_of(standing),
            units=asking.units_of(standing),
            rounds=asking.rounds_of(standing),
            is_unit=has_role(Role.UNIT),
            is_committee=has_role(Role.COMMITTEE),
            refusal=refusal,
            days=jobs.days(),
            state_of=_state,
        )
        return page, 422 if refusal else 200


def _waits(package: Package) -> bool:
    return package.file is None and package.under is not None


def _state(package: Package) -> str:
    if package.refusal:
        return _("没有完成")
    if package.made_at:
        return _("已过期") if jobs.is_over(package, at=clock.now()) else _("可以下载")
    return _("制作中")


def _work(pk: int) -> None:
    thread = jobs.begin(pk)
    if thread:
        thread.join(AT_ONCE)


VIEWS: tuple[type, ...] = (PackageView, ReceiptView)
