"""What is done in a case: unlock, show a number, propose a correction, recover a unit, add a leaf (B10)."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from .. import clock
from ..accounts.reset_views import send_reset
from ..errors import DomainError
from ..extensions import db
from ..models import SupportCase
from ..policy import get_or_404
from ..vocabulary import CaseKind
from ..web.errors import said
from ..web.request import me, who
from . import asked, corrections, operations
from .case_views import case_page, own_open_case
from .forms import AddMajorForm, AddProfessionForm, MobileForm, NameForm, NumberForm, ReasonForm, VerifyForm
from .leaves import add_leaf, series_of
from .refusals import NotInThisCase
from .rules import ALLOWS, Act

NUMBERS = ("id_number", "mobile", *asked.NUMBERS)
WANTED = {Act.NAME: "value", Act.ID_NUMBER: "value", Act.MOBILE: "phone"}


class CaseWorkView(BaseView):  # type: ignore[misc]
    route_base = "/cases"

    @expose("/<int:pk>/unlock", methods=["POST"])
    @has_access
    def unlock(self, pk: int) -> Any:
        case = own_open_case(pk)
        try:
            is_opened = operations.unlock(case, by=me(), at=clock.now())
            db.session.commit()
        except DomainError as error:
            return self._refused(pk, error)
        if is_opened:
            flash(_("账号已解锁，可以用原密码登录。"), "success")
        else:
            flash(_("账号没有锁定，不需要解锁。"), "info")
        return redirect(url_for("CaseView.show", pk=pk))

    @expose("/<int:pk>/number", methods=["POST"])
    @has_access
    def number(self, pk: int) -> Any:
        """One number in full, in this answer only; each time with a reason and a line in the record (D02)."""
        case = own_open_case(pk)
        field = request.form.get("field", "")
        form = ReasonForm()
        if field not in NUMBERS or not form.validate():
            return case_page(self, case, reason=form), 422
        try:
            value = operations.show_number(case, field, form.reason.data, by=me(), at=clock.now())
            db.session.commit()
        except DomainError as error:
            return self._refused(pk, error)
        return case_page(self, own_open_case(pk), shown=(field, value))

    @expose("/<int:pk>/name", methods=["GET", "POST"])
    @has_access
    def name(self, pk: int) -> Any:
        return self._correct(pk, Act.NAME)

    @expose("/<int:pk>/id-number", methods=["GET", "POST"])
    @has_access
    def id_number(self, pk: int) -> Any:
        return self._correct(pk, Act.ID_NUMBER)

    @expose("/<int:pk>/mobile", methods=["GET", "POST"])
    @has_access
    def mobile(self, pk: int) -> Any:
        return self._correct(pk, Act.MOBILE)

    def _correct(self, pk: int, field: Act) -> Any:
        """Propose a new name, ID number or mobile; a colleague confirms it."""
        case = own_open_case(pk)
        _require_allowed(case, field)
        subject = case.subject or abort(404)
        form = _correction_form(field, subject)
        wanted = _wanted(case, field)
        if request.method == "GET" and field is Act.NAME:
            form.value.data = wanted
        problem, status = "", 200
        if request.method == "POST":
            status = 422
            if form.validate():
                try:
                    corrections.propose(case, field, form.value.data, by=me(), at=clock.now())
                    db.session.commit()
                    flash(_("已提出更正，由另一名热线人员或安全管理员复核后生效。"), "success")
                    return redirect(url_for("CaseView.show", pk=pk))
                except DomainError as error:
                    db.session.rollback()
                    problem, status = said(error), error.status
                    case, subject = own_open_case(pk), own_open_case(pk).subject
        return self.render_template(
            "support/correct.html",
            case=case,
            field=field,
            Act=Act,
            label=_(corrections.FIELDS[field]),
            old=corrections.masked(field, corrections.current(subject, field)),
            # A number is typed off the image; whole it is shown for a reason only (D02).
            wanted=corrections.masked(field, wanted) if field is not Act.NAME else "",
            form=form,
            images=asked.images_of(case),
            problem=problem,
        ), status

    @expose("/<int:pk>/reset", methods=["POST"])
    @has_access
    def reset(self, pk: int) -> Any:
        """A link to the unit's new responsible person, by SMS; nobody here sees it (A11, ACC-07)."""
        case = own_open_case(pk)
        try:
            subject = operations.allow_reset(case, by=me(), at=clock.now())
            send_reset(subject, by=me(), though_paused=True)
        except DomainError as error:
            return self._refused(pk, error)
        flash(_("重设密码的链接已发送到新登记的手机，24 小时内有效，只能用一次。"), "success")
        return redirect(url_for("CaseView.show", pk=pk))

    @expose("/<int:pk>/verify", methods=["POST"])
    @has_access
    def verify(self, pk: int) -> Any:
        case = own_open_case(pk)
        form = VerifyForm()
        if not form.validate():
            return case_page(self, case, verify=form), 422
        assert form.how.data  # the form requires it
        try:
            operations.verify_unit(case, form.how.data, by=me(), at=clock.now())
            db.session.commit()
        except DomainError as error:
            return self._refused(pk, error)
        flash(_("单位已核验，已通知单位经办人。"), "success")
        return redirect(url_for("CaseView.show", pk=pk))

    @expose("/<int:pk>/leaf", methods=["GET", "POST"])
    @has_access
    def leaf(self, pk: int) -> Any:
        """Add the major or the profession that was asked for (PRO-08, M6.5)."""
        case = own_open_case(pk)
        is_major = case.kind is CaseKind.NEW_MAJOR
        _require_allowed(case, Act.MAJOR if is_major else Act.PROFESSION)
        names = asked.content_of(case.request) if case.request else {}
        form = (AddMajorForm if is_major else AddProfessionForm)(data={**names, "series": None})
        if request.method == "GET" and not is_major and names.get("level1"):
            form.series.process_data(series_of(names["level1"]))
        problem, status = "", 200
        if request.method == "POST":
            status = 422
            if form.validate():
                series = None if is_major else form.series.row
                meant = bool(form.meant.data)
                try:
                    leaf = add_leaf(case, form.names, series=series, meant=meant, by=me(), at=clock.now())
                    db.session.commit()
                    flash(_("已增补“%(path)s”，已通知提出人。", path=leaf.path), "success")
                    return redirect(url_for("CaseView.show", pk=pk))
                except DomainError as error:
                    db.session.rollback()
                    problem, status, case = said(error), error.status, own_open_case(pk)
        return self.render_template(
            "support/leaf.html",
            case=case,
            form=form,
            is_major=is_major,
            images=asked.images_of(case),
            note=names.get("note", ""),
            problem=problem,
        ), status

    def _refused(self, pk: int, error: DomainError) -> Any:
        db.session.rollback()
        case: SupportCase = get_or_404(SupportCase, pk, who())
        return case_page(self, case, problem=said(error)), error.status


def _require_allowed(case: SupportCase, act: Act) -> None:
    """Refuse the page of an act that cases of this kind do not allow."""
    if act not in ALLOWS[case.kind]:
        raise NotInThisCase(kind=_(case.kind.label))


def _wanted(case: SupportCase, field: Act) -> str:
    """What the request of the case asks for, to be compared with the image."""
    said = asked.content_of(case.request) if case.request else {}
    value = said.get(WANTED[field], "")
    if any(each.isdigit() for each in value) is (field is Act.NAME):
        return ""  # the other of the two that a request for a correction may be about
    return value


def _correction_form(field: Act, subject: User) -> FlaskForm:
    if field is Act.ID_NUMBER:
        return NumberForm(document=subject.document)
    return NameForm() if field is Act.NAME else MobileForm()
