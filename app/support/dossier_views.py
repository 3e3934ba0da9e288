"""代为修改材料: the dossier of a case's person, without scans, changed by the dossier's own forms (B10)."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import select

from .. import clock
from ..dossier.completeness import current_application, section_states
from ..dossier.display import lines_of, paths_for, title_of
from ..dossier.forms import DossierForm, form_of
from ..dossier.layout import DECLARED
from ..dossier.pages import Refusal, lock_sentence, round_of, try_save
from ..dossier.versions import layout_for
from ..extensions import db
from ..models import SECTION_OF, Person, SectionRow, SupportCase, fields_of
from ..web.fields import number_in
from ..web.request import me
from . import on_behalf
from .case_views import own_open_case
from .refusals import NotInThisCase
from .rules import ALLOWS, ON_BEHALF, Act


class CaseDossierView(BaseView):  # type: ignore[misc]
    route_base = "/cases"

    @expose("/<int:pk>/dossier/")
    @has_access
    def list(self, pk: int) -> Any:
        case, person = _dossier(pk)
        return self.render_template(
            "support/dossier.html",
            case=case,
            states=section_states(person, round_of(current_application(person))),
            locked=lock_sentence(person),
        )

    @expose("/<int:pk>/dossier/person", methods=["GET", "POST"])
    @has_access
    def person(self, pk: int) -> Any:
        """The first page, except how to reach the person: that he says himself."""
        case, person = _dossier(pk)
        form = _on_behalf(form_of(Person, DECLARED)(obj=person))
        refusal = None
        if request.method == "POST":
            refusal = try_save(
                form,
                lambda: on_behalf.save_person(case, person, form.values, seen=form.seen, by=me(), at=clock.now()),
                lambda: _dossier(pk)[1],
            )  # fmt: skip
            if refusal is None:
                flash(_("已代为保存个人信息，已通知本人。"), "success")
                return redirect(url_for("CaseDossierView.list", pk=pk))
        return self._page(pk, form, _("个人信息"), refusal, url_for("CaseDossierView.list", pk=pk))

    @expose("/<int:pk>/dossier/<slug>/")
    @has_access
    def section(self, pk: int, slug: str) -> Any:
        case, person = _dossier(pk)
        model = _model(slug)
        records = list(
            db.session.scalars(
                select(model).where(model.owner_id == person.id).order_by(model.position, model.id)
            )
        )
        paths, layout = paths_for(records), layout_for(person)
        return self.render_template(
            "support/dossier_section.html",
            case=case,
            section=model.section,
            lines=[(each, title_of(each, paths), lines_of(each, paths, layout)) for each in records],
            locked=lock_sentence(person),
        )

    @expose("/<int:pk>/dossier/<slug>/record", methods=["GET", "POST"])
    @has_access
    def record(self, pk: int, slug: str) -> Any:
        """One record (`?record=`), or a new one."""
        case, person = _dossier(pk)
        model, key = _model(slug), number_in(request.args.get("record"))
        record = _record(model, person, key) if key is not None else None
        form = form_of(model, layout_for(person))(obj=record)
        refusal = None
        if request.method == "POST":
            refusal = try_save(
                form, lambda: _write(case, person, model, record, form),
                lambda: _record(model, _dossier(pk)[1], key) if key is not None else None,
            )  # fmt: skip
            if refusal is None:
                flash(_("已代为保存，已通知本人。"), "success")
                return redirect(url_for("CaseDossierView.section", pk=pk, slug=slug))
        there = url_for("CaseDossierView.section", pk=pk, slug=slug)
        return self._page(pk, form, _(model.section.title), refusal, there)

    @expose("/<int:pk>/dossier/<slug>/remove", methods=["POST"])
    @has_access
    def remove(self, pk: int, slug: str) -> Any:
        case, person = _dossier(pk)
        record = _record(_model(slug), person, number_in(request.form.get("record")))
        on_behalf.remove_record(case, person, record, by=me(), at=clock.now())
        db.session.commit()
        flash(_("已代为删除，已通知本人。"), "success")
        return redirect(url_for("CaseDossierView.section", pk=pk, slug=slug))

    def _page(self, pk: int, form: DossierForm, title: str, refusal: Refusal | None, back: str) -> Any:
        case, person = _dossier(pk)
        return self.render_template(
            "support/dossier_record.html",
            case=case,
            form=form,
            title=title,
            refusal=refusal,
            locked=lock_sentence(person),
            back=back,
        ), refusal.status if refusal else 200


def _dossier(pk: int) -> tuple[SupportCase, Person]:
    """One's own open case about a dossier, and whose it is."""
    case = own_open_case(pk)
    if Act.DOSSIER not in ALLOWS[case.kind]:
        raise NotInThisCase(kind=_(case.kind.label))
    person = db.session.get(Person, case.subject_id) or abort(404)
    return case, person


def _model(slug: str) -> type[SectionRow]:
    return SECTION_OF.get(slug) or abort(404)


def _record(model: type[SectionRow], person: Person, key: int | None) -> SectionRow:
    """A record of this person's; anybody else's is not there."""
    found = db.session.get(model, key) if key is not None else None
    return found if found is not None and found.owner_id == person.id else abort(404)


def _on_behalf(form: DossierForm) -> DossierForm:
    """The form without what the hotline does not change."""
    for each in fields_of(Person):
        if each.name not in ON_BEHALF:
            del form[each.name]
    return form


def _write(
    case: SupportCase, person: Person, model: type[SectionRow], record: SectionRow | None, form: DossierForm
) -> None:
    by, at = me(), clock.now()
    if record is None:
        on_behalf.add_record(case, person, model, form.values, by=by, at=at)
    else:
        on_behalf.change_record(case, person, record, form.values, seen=form.seen, by=by, at=at)
