"""待复核更正: the second of the two who change a name, an ID number or a mobile (B10)."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from .. import clock
from ..audit import record_apart
from ..errors import DomainError
from ..extensions import db
from ..messages.gateways import deliver_after_answer, gateway_of
from ..models import Correction, SupportCase
from ..policy import get_or_404, scoped
from ..web.errors import said
from ..web.request import me, page_number, who
from ..web.shell import setting
from . import asked, corrections, operations
from .forms import DecisionForm
from .rules import Act

PAGE = 20
REASON_NEEDED = 4


class CorrectionView(BaseView):  # type: ignore[misc]
    route_base = "/corrections"
    default_view = "list"

    @expose("/")
    @has_access
    def list(self) -> Any:
        """Those that wait, with both values masked, then the latest decisions."""
        query = scoped(Correction, who()).options(
            joinedload(Correction.user), joinedload(Correction.case), joinedload(Correction.proposed_by)
        )
        decided = query.where(Correction.decided_at.is_not(None)).order_by(Correction.decided_at.desc())
        return self.render_template(
            "support/corrections.html",
            waiting=db.session.scalars(
                query.where(Correction.decided_at.is_(None)).order_by(Correction.id)
            ).all(),
            decided=db.paginate(decided, page=page_number(), per_page=PAGE, error_out=False),
            url_of=lambda n: url_for("CorrectionView.list", page=n),
            masked=_masked,
            labels=corrections.FIELDS,
        )

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        return self._page(pk, DecisionForm(formdata=None))

    @expose("/<int:pk>/decide", methods=["POST"])
    @has_access
    def decide(self, pk: int) -> Any:
        """`result` is accept or refuse; a refusal says why."""
        correction = get_or_404(Correction, pk, who())
        form, accept = DecisionForm(), request.form.get("result") == "accept"
        if not accept and len(form.remark.data or "") < REASON_NEEDED:
            form.validate()
            form.remark.errors = [_("不通过的，写明原因（至少 4 个字）")]
            return self._page(pk, form), 422
        if not form.validate():
            return self._page(pk, form), 422
        try:
            gateway = None
            if accept and correction.field == Act.MOBILE:
                gateway = gateway_of(current_app, phone=setting("support_phone"))
            corrections.decide(correction, accept=accept, remark=form.remark.data, by=me(), at=clock.now())
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            return self._page(pk, form, said(error)), error.status
        if gateway is not None:
            deliver_after_answer(gateway)
        flash(_("更正已生效，已通知本人。") if accept else _("已退回，不作更正。"), "success")
        return redirect(url_for("CorrectionView.list"))

    def _page(self, pk: int, form: DecisionForm, problem: str = "") -> Any:
        correction: Correction = get_or_404(Correction, pk, who())
        case: SupportCase = correction.case
        is_waiting = correction.decided_at is None
        is_own = who().user_id in (correction.proposed_by_id, correction.user_id)
        field = Act(correction.field)
        # Whoever confirms compares with the image, so he sees the new value whole; the old one never.
        is_judge = is_waiting and not is_own
        if is_waiting and request.method == "GET":
            record_apart("view_correction", at=clock.now(), object_type="Correction", object_id=pk)
        return self.render_template(
            "support/correction.html",
            correction=correction,
            case=case,
            label=_(corrections.FIELDS[field]),
            old=_masked(correction, correction.old),
            new=correction.new if is_judge else _masked(correction, correction.new),
            may_decide=is_judge,
            is_own=is_own,
            is_of_office=operations.is_of_office(correction.user),
            images=asked.images_of(case) if is_judge else [],
            form=form,
            problem=problem,
        )


def _masked(correction: Correction, value: str) -> str:
    return corrections.masked(Act(correction.field), value)
