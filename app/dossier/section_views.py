"""申报信息: one pattern for the 13 sections (SEC-01…14). The section's declaration is all that differs."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from .. import clock
from ..extensions import db
from ..models import SECTION_OF, AttachmentUse, Person, SectionRow
from ..policy import get_or_404, scoped
from ..web.fields import number_in
from ..web.request import page_number, who
from . import operations, removal
from .completeness import required_slugs, section_states
from .copying import lacking_in
from .display import example_of, lines_of, paths_for, title_of
from .files import files_of
from .forms import DossierForm, form_of
from .layout import Layout
from .pages import (
    Refusal,
    application_now,
    back_to,
    here_and_back,
    lock_sentence,
    next_gap,
    onwards,
    own_held,
    own_layout,
    own_marks,
    own_person,
    round_of,
    to_next_gap,
    try_save,
    way_back,
)
from .returned import marks_at, open_by_record, places_open, show_at_fields
from .year_rows import YearRow, near_years, rows_of

PAGE = 10
MOVES = {"up": -1, "down": 1}


@dataclass(frozen=True)
class Line:
    """A record as its list shows it."""

    record: SectionRow
    title: str
    details: list[tuple[str, str]]
    files: int
    is_first: bool
    is_last: bool


class SectionView(BaseView):  # type: ignore[misc]
    route_base = "/sections"
    default_view = "list"

    @expose("/")
    @expose("/<slug>/")
    @has_access
    def list(self, slug: str = "") -> Any:
        """All sections with their state; or the records of one, in the order of the form."""
        if slug:
            return list_page(self, _model(slug))
        person = own_person()
        round_ = round_of(application_now())
        return self.render_template(
            "dossier/sections.html",
            states=section_states(person, round_, own_held(), places_open(own_marks())),
            locked=lock_sentence(person),
        )

    @expose("/<slug>/add", methods=["GET", "POST"])
    @has_access
    def add(self, slug: str) -> Any:
        model = _model(slug)
        person = own_person()
        form = form_of(model, own_layout())()
        if request.method == "GET":
            return record_page(self, model, None, form)
        refusal = try_save(form, lambda: operations.add_record(person, model, form.values), lambda: None)
        return record_page(self, model, None, form, refusal) if refusal else self._saved(model)

    @expose("/<slug>/<int:pk>/edit", methods=["GET", "POST"])
    @has_access
    def edit(self, slug: str, pk: int) -> Any:
        model = _model(slug)
        person = own_person()
        record = get_or_404(model, pk, who())
        form = form_of(model, own_layout())(obj=record)
        if request.method == "GET":
            return record_page(self, model, record, form)
        refusal = try_save(
            form,
            lambda: operations.change_record(person, record, form.values, seen=form.seen),
            lambda: get_or_404(model, pk, who()),
        )
        if refusal:
            return record_page(self, model, get_or_404(model, pk, who()), form, refusal)
        return self._saved(model)

    @expose("/<slug>/<int:pk>/delete", methods=["POST"])
    @has_access
    def delete(self, slug: str, pk: int) -> Any:
        model = _model(slug)
        record = get_or_404(model, pk, who())
        removed = removal.remove_record(own_person(), record, at=clock.now())
        db.session.commit()
        there = removed.position // PAGE + 1
        return redirect(here_and_back("SectionView.list", slug=slug, page=there, removed=removed.id))

    @expose("/<slug>/<int:pk>/move", methods=["POST"])
    @has_access
    def move(self, slug: str, pk: int) -> Any:
        model = _model(slug)
        by = MOVES.get(request.form.get("direction", "")) or abort(400)
        record = get_or_404(model, pk, who())
        operations.move_record(own_person(), record, by)
        db.session.commit()
        place = db.session.scalar(select(model.position).where(model.id == pk)) or 0
        return redirect(
            here_and_back("SectionView.list", slug=slug, page=place // PAGE + 1, _anchor=f"record-{pk}")
        )

    @expose("/<slug>/nothing", methods=["POST"])
    @has_access
    def nothing(self, slug: str) -> Any:
        """Answer 本人没有此项 (`answer` = yes), or take the answer back."""
        model = _model(slug)
        person = own_person()
        is_nothing = request.form.get("answer") == "yes"
        operations.answer_nothing(person, model, is_nothing, round_of(application_now()))
        db.session.commit()
        message = _("已记下：本人没有此项。") if is_nothing else _("已取消“本人没有此项”。")
        flash(message, "success")
        return redirect(here_and_back("SectionView.list", slug=slug))

    def _saved(self, model: type[SectionRow]) -> Any:
        slug = model.section.slug
        flash(_("“%(section)s”已保存一条记录。", section=_(model.section.title)), "success")
        if request.form.get("then") == "add":
            return redirect(here_and_back("SectionView.add", slug=slug))
        if request.form.get("then") == "next":
            return redirect(to_next_gap())
        return redirect(back_to(url_for("SectionView.list", slug=slug)))


def list_page(
    view: BaseView,
    model: type[SectionRow],
    rows: list[YearRow] | None = None,
    refusal: Refusal | None = None,
) -> Any:
    """The records of a section; `rows` are years that were typed and refused."""
    person, slug = own_person(), model.section.slug
    application, layout = application_now(), own_layout()
    page, marks = _page_of(model), marks_at(own_marks(), slug)
    if model.section.years and rows is None:
        rows = rows_of(person, model, near_years(model, application), layout)
    return view.render_template(
        "dossier/section.html",
        section=model.section,
        lines=_lines(model, person, page, layout),
        found=page,
        first=(page.page - 1) * PAGE,
        years=rows,
        refusal=refusal,
        earlier=lacking_in(person, model, layout, application),
        removed=_removed(person, slug),
        offered=removal.OFFERED,
        warnings=_warnings(model, person),
        marks=marks,
        sent_back=open_by_record(marks),
        url_of=lambda n: here_and_back("SectionView.list", slug=slug, page=n),
        required=slug in required_slugs(round_of(application)),
        nothing=slug in own_held().nothing,
        locked=lock_sentence(person),
        back=way_back(),
    ), refusal.status if refusal else 200


def record_page(
    view: BaseView,
    model: type[SectionRow],
    record: SectionRow | None,
    form: DossierForm,
    refusal: Refusal | None = None,
    refused_files: list[str] | None = None,
) -> Any:
    """The form of one record, with its files once it is saved."""
    person = own_person()
    status = refusal.status if refusal else 422 if refused_files else 200
    marks = marks_at(own_marks(), model.section.slug, record.id) if record else []
    show_at_fields(form, marks)
    return view.render_template(
        "dossier/record.html",
        section=model.section,
        record=record,
        title=title_of(record, paths_for([record])) if record else "",
        form=form,
        example=example_of(model, form.declared),
        refusal=refusal,
        locked=lock_sentence(person),
        uses=_uses(person, record) if record else [],
        own_files=files_of(person) if record else [],
        refused_files=refused_files or [],
        marks=marks,
        back=way_back(),
        cancel=back_to(url_for("SectionView.list", slug=model.section.slug)),
        next_gap=next_gap(),
        onwards=onwards(),
    ), status


def _model(slug: str) -> type[SectionRow]:
    return SECTION_OF.get(slug) or abort(404)


@dataclass(frozen=True)
class Found:
    """A page of a list; past the end the last one."""

    page: int
    pages: int
    total: int
    items: tuple[SectionRow, ...]


def _page_of(model: type[SectionRow]) -> Found:
    """Ten records in their order."""
    total = own_held().counts.get(model.section.slug, 0)
    pages = max(1, -(-total // PAGE))
    page = min(page_number(), pages)
    query = scoped(model, who()).order_by(model.position, model.id).offset((page - 1) * PAGE).limit(PAGE)
    return Found(page, pages, total, tuple(db.session.scalars(query)))


def _lines(model: type[SectionRow], person: Person, page: Found, layout: Layout) -> list[Line]:
    records = list(page.items)
    paths = paths_for(records)
    files = dict(
        db.session.execute(
            select(AttachmentUse.record_id, func.count())
            .where(AttachmentUse.owner_id == person.id, AttachmentUse.section_slug == model.section.slug)
            .group_by(AttachmentUse.record_id)
        ).all()
    )
    return [
        Line(
            record,
            title_of(record, paths),
            lines_of(record, paths, layout),
            files.get(record.id, 0),
            is_first=place == 0,
            is_last=place == (page.total or 0) - 1,
        )
        for place, record in enumerate(records, (page.page - 1) * PAGE)
    ]


def _removed(person: Person, slug: str) -> tuple[int, str] | None:
    """The deletion that led here and its record's name, while it can be taken back (`?removed=`)."""
    key = number_in(request.args.get("removed"))
    found = removal.removed_lately(person, slug, key, at=clock.now())
    if found is None:
        return None
    record = removal.shadow_of(found)
    return found.id, title_of(record, paths_for([record]))


def _warnings(model: type[SectionRow], person: Person) -> list[str]:
    """What may be wrong between the records, in words."""
    if not model.section.warn:
        return []
    records = list(db.session.scalars(select(model).where(model.owner_id == person.id).order_by(model.id)))
    return [_(message, **params) for warn in model.section.warn for message, params in warn(records)]


def _uses(person: Person, record: SectionRow) -> list[AttachmentUse]:
    return list(
        db.session.scalars(
            scoped(AttachmentUse, who())
            .where(
                AttachmentUse.section_slug == record.section.slug,
                AttachmentUse.record_id == record.id,
            )
            .options(joinedload(AttachmentUse.attachment))
            .order_by(AttachmentUse.id)
        )
    )
