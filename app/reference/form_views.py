"""表单字段: a super administrator reshapes the sections' fields in a draft, looks at it as an applicant, publishes it."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from .. import clock
from ..dossier.display import example_of
from ..dossier.forms import form_of
from ..dossier.layout import Layout, described, layout_from
from ..dossier.shapes import KIND_WORDS, Difference, differences, moved
from ..dossier.versions import RUNNING
from ..errors import DomainError
from ..extensions import db
from ..models import SECTION_OF, SECTIONS, Application, FormVersion, SectionRow, fields_of
from ..policy import get_or_404
from ..web.choices import VersionField
from ..web.fields import Line, number_in
from ..web.request import me, who
from . import form_operations as operations
from .form_inputs import SectionForm, form_for

UNPROCESSABLE, CONFLICT = 422, 409
MOVES = {"up": -1, "down": 1}


@dataclass(frozen=True)
class SectionLine:
    """A section and what a version changes in it."""

    slug: str
    title: str
    count: int
    differences: list[Difference]


class PublishForm(FlaskForm):
    """What the version is for, and which state of the draft was looked at."""

    note = Line(_l("版本说明"), 200, hint=_l("写明为什么修改，如“按 2026 年通知增加导师姓名”"))
    version = VersionField()


class FormVersionView(BaseView):
    route_base = "/admin/form-versions"
    default_view = "home"

    @expose("/")
    @has_access
    def home(self) -> Any:
        versions = db.session.scalars(
            select(FormVersion).options(joinedload(FormVersion.by)).order_by(FormVersion.id.desc())
        ).all()
        return self.render_template(
            "reference/form_versions.html",
            draft=next((each for each in versions if each.published_at is None), None),
            published=[each for each in versions if each.published_at is not None],
            running=_running(),
        )

    @expose("/draft", methods=["POST"])
    @has_access
    def draft(self) -> Any:
        """Begin a draft with the fields that are published."""
        draft = operations.start_draft(by=_by(), at=clock.now())
        there = url_for("FormVersionView.show", pk=draft.id)
        db.session.commit()
        flash(_("已起草新版本：选择要修改的申报信息。发布之前申报人看不到。"), "success")
        return redirect(there)

    @expose("/<int:pk>/")
    @has_access
    def show(self, pk: int) -> Any:
        version = _version(pk)
        return self.render_template(
            "reference/form_version.html",
            version=version,
            lines=_lines(version),
            running=_running(),
        )

    @expose("/<int:pk>/sections/<slug>", methods=["GET", "POST"])
    @has_access
    def section(self, pk: int, slug: str) -> Any:
        """The fields of one section. Each button saves everything that is typed."""
        version, model = _version(pk), _model(slug)
        if request.method == "GET":
            if version.published_at:
                return redirect(url_for("FormVersionView.show", pk=pk))
            form = _form(version, model)
            return self._page(version, model, form, list(form.described))
        form = _form(version, model)
        order = _order(form)
        new_name = operations.name_for(slug) if "add" in request.form else ""
        anchor = ""
        if "move" in request.form:
            order, anchor = _moved(order, request.form["move"])
        kept = _without(form, order, request.form["remove"]) if "remove" in request.form else order
        fields = [form.read(name) for name in kept]
        if new_name:
            fields.append(form.read_new(new_name))
            anchor = new_name
        try:
            operations.reshape(version, slug, fields, seen=form.seen, by=_by(), at=clock.now())
            db.session.commit()
        except operations.NotASection as error:
            db.session.rollback()
            form.refuse(error.problems, new_name)
            return self._page(_version(pk), model, form, order), UNPROCESSABLE
        except DomainError as error:
            db.session.rollback()
            return self._refused(_version(pk), model, error), CONFLICT
        flash(_("已保存到草稿。"), "success")
        there = url_for("FormVersionView.section", pk=pk, slug=slug)
        return redirect(f"{there}#card-{anchor}" if anchor else there)

    @expose("/<int:pk>/sections/<slug>/preview")
    @has_access
    def preview(self, pk: int, slug: str) -> Any:
        """The form of a record as an applicant will see it; it saves nothing."""
        version, model = _version(pk), _model(slug)
        form = form_of(model, layout_from(version.content))(formdata=None)
        return self.render_template(
            "reference/form_preview.html",
            example=example_of(model, form.declared),
            version=version,
            section=model.section,
            form=form,
            sections=_titles(),
        )

    @expose("/<int:pk>/publish", methods=["GET", "POST"])
    @has_access
    def publish(self, pk: int) -> Any:
        version = _version(pk)
        form, refusal, status = PublishForm(version=str(version.version)), "", 200
        if request.method == "GET" and version.published_at:
            return redirect(url_for("FormVersionView.show", pk=pk))
        if request.method == "POST":
            status = UNPROCESSABLE
            if form.validate():
                try:
                    seen, note = number_in(form.version.data) or 0, form.note.data
                    operations.publish(version, seen=seen, note=note, by=_by(), at=clock.now())
                    db.session.commit()
                    flash(_("已发布。新开始的申报使用此版本。"), "success")
                    return redirect(url_for("FormVersionView.home"))
                except DomainError as error:
                    db.session.rollback()
                    version, refusal, status = _version(pk), _(error.message, **error.params), CONFLICT
                    form.version.data = str(version.version)
        lines = [each for each in _lines(version) if each.differences]
        running = sum(_running().values())
        return self.render_template(
            "reference/form_publish.html",
            version=version, lines=lines, form=form, refusal=refusal, running=running,
        ), status  # fmt: skip

    @expose("/<int:pk>/discard", methods=["POST"])
    @has_access
    def discard(self, pk: int) -> Any:
        seen = number_in(request.form.get("version")) or 0
        operations.discard(_version(pk), seen=seen, by=_by(), at=clock.now())
        db.session.commit()
        flash(_("已丢弃草稿，已发布的版本不变。"), "success")
        return redirect(url_for("FormVersionView.home"))

    def _refused(self, version: FormVersion, model: type[SectionRow], error: DomainError) -> Any:
        """What was typed over an older state of the draft, beside what is stored by now."""
        form = _form(version, model)
        order = _order(form)
        form.show_stored(order)
        form.version.data = str(version.version)
        return self._page(version, model, form, order, _(error.message, **error.params))

    def _page(
        self, version: FormVersion, model: type[SectionRow], form: SectionForm, order: Any, refusal: str = ""
    ) -> Any:
        return self.render_template(
            "reference/form_section.html",
            version=version,
            section=model.section,
            form=form,
            groups=form.groups(order),
            refusal=refusal,
            kinds=KIND_WORDS,
            changes=next(each for each in _lines(version) if each.slug == model.section.slug).differences,
        )


def _by() -> Any:
    user = me()
    assert user
    return user


def _version(pk: int) -> FormVersion:
    found: FormVersion = get_or_404(FormVersion, pk, who())
    return found


def _model(slug: str) -> type[SectionRow]:
    return SECTION_OF.get(slug) or abort(404)


def _titles() -> Any:
    return [(model.section.slug, model.section.title) for model in SECTIONS]


def _fields(layout: Layout, model: type[SectionRow]) -> Any:
    return [described(each) for each in layout.of(model)]


def _form(version: FormVersion, model: type[SectionRow]) -> SectionForm:
    born = [described(each) for each in fields_of(model)]
    return form_for(_fields(layout_from(version.content), model), born, version.version)


def _order(form: SectionForm) -> Any:
    """The order that was looked at; what another has added meanwhile comes last."""
    typed = [name for name in dict.fromkeys(request.form.getlist("order")) if name in form.described]
    return typed + [name for name in form.described if name not in typed]


def _moved(order: Any, press: str) -> tuple[Any, str]:
    direction, _colon, name = press.partition(":")
    if direction not in MOVES or name not in order:
        abort(400)
    return moved(order, name, MOVES[direction]), name


def _without(form: SectionForm, order: Any, name: str) -> Any:
    """The order without a field that was added; those that were declared stay."""
    if name not in order or not form.described[name]["custom"]:
        abort(400)
    return [each for each in order if each != name]


def _lines(version: FormVersion) -> Any:
    """The 13 sections with what this version changes against the one before it."""
    before = layout_from(operations.published_content(version.id if version.published_at else None))
    after = layout_from(version.content)
    return [
        SectionLine(
            model.section.slug,
            model.section.title,
            len(after.of(model)),
            differences(_fields(before, model), _fields(after, model)),
        )
        for model in SECTIONS
    ]


def _running() -> dict[int | None, int]:
    """How many applications under way keep to each version; None: as declared."""
    return dict(
        db.session.execute(
            select(Application.form_version_id, func.count())
            .where(Application.status.in_(RUNNING))
            .group_by(Application.form_version_id)
        ).all()
    )


VIEWS = (FormVersionView,)
