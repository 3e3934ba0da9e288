"""来电工单: begun, read, closed. What is done in one is in work_views.py and dossier_views.py."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock
from ..errors import DomainError
from ..extensions import db
from ..models import CaseEntry, Correction, HelpRequest, SupportCase, Unit
from ..policy import get_or_404, scoped
from ..vocabulary import CaseKind, RequestStatus, Role, UnitCheck
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import me, page_number, who
from . import asked, operations
from .cards import clerks_of
from .entries import content_of
from .forms import AnswerForm, CaseForm, CloseForm
from .images import taken_in
from .rules import ABOUT_A_PERSON, ABOUT_A_UNIT, ALLOWS, MOST_IMAGES, Act

PAGE = 20


class CaseView(BaseView):  # type: ignore[misc]
    route_base = "/cases"
    default_view = "list"

    @expose("/")
    @has_access
    def list(self) -> Any:
        """My open cases, and below what I have closed, the newest first."""
        mine = (
            scoped(SupportCase, who())
            .where(SupportCase.opened_by_id == who().user_id)
            .options(joinedload(SupportCase.subject), joinedload(SupportCase.unit))
        )
        closed = mine.where(SupportCase.closed_at.is_not(None)).order_by(SupportCase.closed_at.desc())
        return self.render_template(
            "support/cases.html",
            open_cases=db.session.scalars(
                mine.where(SupportCase.closed_at.is_(None)).order_by(SupportCase.id)
            ).all(),
            closed=db.paginate(closed, page=page_number(), per_page=PAGE, error_out=False),
            url_of=lambda n: url_for("CaseView.list", page=n),
        )

    @expose("/open", methods=["GET", "POST"])
    @has_access
    def open(self) -> Any:
        """For a person, a unit, or a request that is taken with it."""
        subject, unit, asked_for = self._about()
        offered = _kinds(subject, unit)
        form = CaseForm(data=_offered(asked_for, subject))
        if form.validate_on_submit():
            assert form.kind.data and form.identity_check.data  # the form requires them
            try:
                case = operations.open_case(
                    form.kind.data,
                    subject=subject,
                    unit=unit,
                    request=asked_for,
                    caller=form.caller.data,
                    identity_check=form.identity_check.data,
                    reason=form.reason.data,
                    by=me(),
                    at=clock.now(),
                )
                db.session.commit()
            except DomainError as error:
                db.session.rollback()
                return self._form(form, offered, said(error)), error.status
            flash(_("工单 %(number)s 已登记。", number=case.number), "success")
            return redirect(url_for("CaseView.show", pk=case.id))
        return self._form(form, offered), 422 if form.errors else 200

    def _form(self, form: CaseForm, offered: Any, problem: str = "") -> Any:
        subject, unit, asked_for = self._about()
        form.kind.choices = [each for each in form.kind.choices if each.value in ("", *offered)]
        return self.render_template(
            "support/case_open.html",
            form=form,
            subject=subject,
            unit=unit,
            asked_for=asked_for,
            accounts=clerks_of(unit) if unit and not subject else [],
            problem=problem,
        )

    def _about(self) -> tuple[User | None, Unit | None, HelpRequest | None]:
        """Whom the address names; what one may not see is not found."""
        found: dict[str, Any] = {}
        for name, model in (("subject", User), ("unit", Unit), ("request", HelpRequest)):
            key = number_in(request.args.get(name))
            found[name] = get_or_404(model, key, who()) if key is not None else None
        asked_for = found["request"]
        subject = (asked_for.user if asked_for else None) or found["subject"]
        unit = (asked_for.unit if asked_for else None) or found["unit"]
        if unit is not None and subject is None:
            clerks = clerks_of(unit)
            subject = clerks[0] if len(clerks) == 1 else None
        return subject, unit, asked_for

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        return case_page(self, get_or_404(SupportCase, pk, who()))

    @expose("/<int:pk>/close", methods=["POST"])
    @has_access
    def close(self, pk: int) -> Any:
        case = own_open_case(pk)
        form = _close_form(case)
        if not form.validate():
            return case_page(self, case, close=form), 422
        result = form.status if isinstance(form, AnswerForm) else None
        try:
            operations.close_case(case, outcome=form.outcome.data, result=result, by=me(), at=clock.now())
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            return case_page(self, get_or_404(SupportCase, pk, who()), problem=said(error)), error.status
        flash(_("工单 %(number)s 已办结。", number=case.number), "success")
        return redirect(url_for("CaseView.list"))

    @expose("/<int:pk>/evidence", methods=["POST"])
    @has_access
    def upload(self, pk: int) -> Any:
        """Images that prove who is calling; kept with the case."""
        own_open_case(pk)
        try:
            with taken_in() as images:
                operations.add_evidence(own_open_case(pk), images, by=me(), at=clock.now())
                db.session.commit()
        except DomainError as error:
            db.session.rollback()
            return case_page(self, get_or_404(SupportCase, pk, who()), problem=said(error)), 422
        flash(_("证明材料已保存。"), "success")
        return redirect(url_for("CaseView.show", pk=pk))


def own_open_case(pk: int) -> SupportCase:
    """The case if it is open and mine: a colleague's and a closed one are read only (403)."""
    case: SupportCase = get_or_404(SupportCase, pk, who())
    if case.closed_at is not None or case.opened_by_id != who().user_id:
        abort(403)
    return case


def case_page(
    view: BaseView, case: SupportCase, *, problem: str = "", shown: tuple[str, str] = ("", ""), **forms: Any
) -> Any:
    """The case: whom it is about, what may be done in it, what was done. `shown` is a field and its value."""
    is_mine = case.closed_at is None and case.opened_by_id == who().user_id
    roles = operations.roles_of(case.subject) if case.subject else frozenset()
    return view.render_template(
        "support/case.html",
        case=case,
        is_mine=is_mine,
        may=_may(case, roles) if is_mine else frozenset(),
        Act=Act,
        roles=roles,
        is_applicant=Role.APPLICANT in roles,
        images=asked.images_of(case) if is_mine else [],
        most=MOST_IMAGES,
        said=asked.masked_content(case.request) if case.request else {},
        names=asked.NAMES,
        entries=[
            (entry, content_of(entry))
            for entry in db.session.scalars(
                select(CaseEntry)
                .where(CaseEntry.case_id == case.id)
                .options(joinedload(CaseEntry.by))
                .order_by(CaseEntry.id)
            )
        ],
        waiting=db.session.scalars(
            select(Correction).where(Correction.case_id == case.id, Correction.decided_at.is_(None))
        ).all(),
        close=forms.get("close") or _close_form(case, blank=True),
        reason=forms.get("reason"),
        verify=forms.get("verify"),
        checks=[each for each in UnitCheck if each is not UnitCheck.DEPARTMENT],
        problem=problem,
        shown=shown,
    )


def _may(case: SupportCase, roles: frozenset[Role]) -> frozenset[Act]:
    """What the page offers: what the kind allows, as far as there is somebody or something to do it to."""
    found = set(ALLOWS[case.kind])
    if case.subject is None:
        found -= {Act.UNLOCK, Act.SHOW, Act.NAME, Act.MOBILE, Act.ID_NUMBER, Act.RESET_LINK}
    if Role.APPLICANT not in roles:
        found -= {Act.VIEW, Act.DOSSIER}
    if case.unit is None or case.unit.verified_at is not None:
        found -= {Act.VERIFY}
    return frozenset(found)


def _kinds(subject: User | None, unit: Unit | None) -> list[CaseKind]:
    without = (ABOUT_A_PERSON if subject is None else frozenset()) | (
        ABOUT_A_UNIT if unit is None else frozenset()
    )
    return [each for each in CaseKind if each not in without]


def _offered(asked_for: HelpRequest | None, subject: User | None) -> dict[str, Any]:
    """What a request already says; the clerk corrects it."""
    if asked_for is None:
        return {"caller": subject.first_name if subject else ""}
    content = asked.content_of(asked_for)
    return {
        "kind": asked_for.kind,
        "caller": content.get("contact") or (subject.first_name if subject else ""),
        "reason": _("办理请求 %(number)s：%(kind)s", number=asked_for.number, kind=_(asked_for.kind.label)),
    }


def _close_form(case: SupportCase, *, blank: bool = False) -> CloseForm:
    is_answer = case.request is not None and case.request.status is RequestStatus.OPEN
    made = AnswerForm if is_answer else CloseForm
    return made(formdata=None) if blank else made()
