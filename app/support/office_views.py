"""管理部门账号: a lost phone or a forgotten password of an office; its password is seen by nobody (A11, B13)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _

from .. import clock
from ..accounts.reset_views import send_reset
from ..errors import DomainError
from ..extensions import db
from ..policy import get_or_404
from ..web.errors import said
from ..web.request import me, who
from . import corrections, office
from .forms import OfficeMobileForm
from .rules import RECOVERY_PAUSE_HOURS, Act


class OfficeAccountView(BaseView):  # type: ignore[misc]
    route_base = "/admin/office-accounts"

    @expose("/<int:pk>/reset", methods=["POST"])
    @has_access
    def reset(self, pk: int) -> Any:
        """A link to the account's own phone, good once."""
        user = get_or_404(User, pk, who())
        office.require_office(user, by=me())
        try:
            send_reset(user, by=me())
        except DomainError as error:
            db.session.rollback()
            flash(said(error), "danger")
        else:
            flash(_("重设密码的链接已发送到登记的手机，24 小时内有效，只能用一次。"), "success")
        return redirect(url_for("UserAdmin.show", pk=pk))

    @expose("/<int:pk>/mobile", methods=["GET", "POST"])
    @has_access
    def mobile(self, pk: int) -> Any:
        """Propose another mobile; a second administrator confirms it."""
        user = get_or_404(User, pk, who())
        office.require_office(user, by=me())
        form, problem, status = OfficeMobileForm(), "", 200
        if request.method == "POST":
            status = 422
            if form.validate():
                assert form.identity_check.data  # the form requires it
                try:
                    office.propose_mobile(
                        user,
                        form.value.data,
                        identity_check=form.identity_check.data,
                        evidence=form.evidence.data,
                        by=me(),
                        at=clock.now(),
                    )
                    db.session.commit()
                except DomainError as error:
                    db.session.rollback()
                    problem, status = said(error), error.status
                else:
                    flash(_("已提出更换，由另一名安全管理员或超级管理员复核后生效。"), "success")
                    return redirect(url_for("UserAdmin.show", pk=pk))
        user = get_or_404(User, pk, who())
        return self.render_template(
            "support/office_mobile.html",
            user=user,
            old=corrections.masked(Act.MOBILE, corrections.current(user, Act.MOBILE)),
            form=form,
            problem=problem,
            hours=RECOVERY_PAUSE_HOURS,
        ), status
