"""申报表模板: how the form of a series and year is printed, by a super administrator (X-06, DOC-02)."""

from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from .. import clock
from ..dossier.templates import default_for
from ..errors import DomainError
from ..extensions import db
from ..form import example
from ..form.document import build
from ..form.paging import lay_out
from ..form.sheets import numeral
from ..form.templates import NUMBERS, changes
from ..form.wording import FOLIO, SYSTEM
from ..models import FormTable, FormTemplate, Round
from ..policy import get_or_404
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import me, who
from . import template_operations as operations
from .template_inputs import NAME, TemplateForm, template_form

UNPROCESSABLE, CONFLICT = 422, 409


class FormTemplateView(BaseView):  # type: ignore[misc]
    route_base = "/admin/form-templates"
    default_view = "home"

    @expose("/")
    @has_access
    def home(self) -> Any:
        templates = db.session.scalars(
            select(FormTemplate)
            .options(
                joinedload(FormTemplate.series),
                joinedload(FormTemplate.by),
                joinedload(FormTemplate.published_by),
            )
            .order_by(FormTemplate.year.desc(), FormTemplate.id.desc())
        ).all()
        return self.render_template(
            "reference/form_templates.html",
            drafts=[each for each in templates if each.published_at is None],
            published=[each for each in templates if each.published_at is not None],
            current=_current(templates),
            chosen=_chosen(),
        )

    @expose("/draft", methods=["POST"])
    @has_access
    def draft(self) -> Any:
        """Begin a draft as a copy of another template, or of what is built in."""
        key = number_in(request.form.get("source"))
        if request.form.get("source") and key is None:
            abort(400)
        source = _template(key) if key is not None else None
        name = _("%(name)s 副本", name=source.name)[:NAME] if source else _("新模板")
        draft = operations.begin(source, name=name, year=clock.today().year, by=_by(), at=clock.now())
        there = url_for("FormTemplateView.edit", pk=draft.id)
        db.session.commit()
        flash(_("已起草申报表模板。发布之前不会用于任何申报表。"), "success")
        return redirect(there)

    @expose("/<int:pk>/", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Any:
        template = _template(pk)
        if request.method == "GET" and template.published_at:
            return redirect(url_for("FormTemplateView.preview", pk=pk))
        form = template_form(template)
        if request.method == "GET":
            return self._page(template, form)
        is_valid = form.validate()
        if template.published_at:
            return self._page(template, form, said(operations.TemplatePublished())), CONFLICT
        if not is_valid:
            return self._page(template, form), UNPROCESSABLE
        try:
            operations.save(
                template, name=form.name.data, year=form.year.data or 0, series=form.series.row, tables=form.tables,
                seen=form.seen, by=_by(), at=clock.now(),
            )  # fmt: skip
            db.session.commit()
        except operations.NotATemplate as error:
            db.session.rollback()
            form.refuse(error.problems)
            return self._page(_template(pk), form), UNPROCESSABLE
        except DomainError as error:
            db.session.rollback()
            stored = _template(pk)
            form.version.data = str(stored.version)
            return self._page(stored, form, said(error), changes(stored.content, form.tables)), CONFLICT
        flash(_("已保存到草稿。"), "success")
        return redirect(url_for("FormTemplateView.edit", pk=pk))

    @expose("/<int:pk>/preview")
    @has_access
    def preview(self, pk: int) -> Any:
        """The whole form of a made-up person, on the pages of the PDF."""
        template = _template(pk)
        document = build(
            example.content(template.year, template.series.name if template.series else "", template.content),
            example.record(current_app.config["APP_NAME"] or SYSTEM),
            table_names=_names(),
        )
        return self.render_template(
            "reference/form_template_preview.html",
            form_template=template,
            paged=lay_out(example.marked(document)),
            folio=FOLIO,
        )

    @expose("/<int:pk>/publish", methods=["GET", "POST"])
    @has_access
    def publish(self, pk: int) -> Any:
        template, refusal, status = _template(pk), "", 200
        if request.method == "GET" and template.published_at:
            return redirect(url_for("FormTemplateView.preview", pk=pk))
        if request.method == "POST":
            seen = number_in(request.form.get("version")) or 0
            try:
                operations.publish(template, seen=seen, by=_by(), at=clock.now())
                db.session.commit()
            except DomainError as error:
                db.session.rollback()
                template, refusal, status = _template(pk), said(error), CONFLICT
            else:
                flash(_("已发布。申报窗口可以选择此模板，没有另选的按系列和年度使用。"), "success")
                return redirect(url_for("FormTemplateView.home"))
        return self.render_template(
            "reference/form_template_publish.html", form_template=template, refusal=refusal, numerals=[numeral(no) for no in NUMBERS],
            changes=operations.against_current(template), rounds=operations.affected(template),
        ), status  # fmt: skip

    @expose("/<int:pk>/discard", methods=["POST"])
    @has_access
    def discard(self, pk: int) -> Any:
        seen = number_in(request.form.get("version")) or 0
        operations.discard(_template(pk), seen=seen, by=_by(), at=clock.now())
        db.session.commit()
        flash(_("已丢弃草稿，已发布的模板不变。"), "success")
        return redirect(url_for("FormTemplateView.home"))

    def _page(
        self, template: FormTemplate, form: TemplateForm, refusal: str = "", differing: Any = ()
    ) -> Any:
        return self.render_template(
            "reference/form_template.html", form_template=template, form=form, groups=form.groups(),
            refusal=refusal, differing=differing, numerals=[numeral(no) for no in NUMBERS],
        )  # fmt: skip


def _by() -> Any:
    user = me()
    assert user
    return user


def _template(pk: int) -> FormTemplate:
    found: FormTemplate = get_or_404(FormTemplate, pk, who())
    return found


def _names() -> dict[int, str]:
    return {no: name for no, name in db.session.execute(select(FormTable.no, FormTable.name))}


def _current(templates: Any) -> set[int]:
    """The templates that rounds of their series and year get if they choose none."""
    found = (
        default_for(each.year, [each.series.no] if each.series else [])
        for each in templates
        if each.published_at
    )
    return {each.id for each in found if each}


def _chosen() -> dict[int, int]:
    """How many rounds have chosen each template."""
    query = select(Round.form_template_id, func.count()).group_by(Round.form_template_id)
    return {key: count for key, count in db.session.execute(query) if key is not None}


VIEWS = (FormTemplateView,)
