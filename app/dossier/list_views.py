"""What a list of records does beyond opening them: their order by dragging, and taking a deletion back."""

from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import select

from .. import clock
from ..extensions import db
from ..models import SECTION_OF, Person, RemovedRecord, SectionRow
from ..policy import get_or_404, visible_among
from ..web.fields import number_in
from ..web.request import page_number, who
from . import operations, removal
from .display import paths_for, title_of
from .pages import here_and_back, own_person
from .section_views import PAGE


class RecordListView(BaseView):  # type: ignore[misc]
    route_base = "/sections"

    @expose("/<slug>/order", methods=["POST"])
    @has_access
    def order(self, slug: str) -> Any:
        """The records of a page (`page`) in their new order (`id`, repeated); asked by static/js/sort.js."""
        model = SECTION_OF.get(slug) or abort(404)
        person = own_person()
        ids = [number_in(each) or abort(404) for each in request.form.getlist("id")]
        _refuse_foreign(person, model, ids)
        first = (page_number() - 1) * PAGE
        operations.order_page(person, model, ids, first=first, size=PAGE)
        db.session.commit()
        return "", 204

    @expose("/removed/<int:pk>/restore", methods=["POST"])
    @has_access
    def restore(self, pk: int) -> Any:
        """Take a deletion back; it is refused politely when that comes too late."""
        removed = get_or_404(RemovedRecord, pk, who())
        there = removed.position // PAGE + 1
        record = removal.restore_record(own_person(), removed, at=clock.now())
        title = title_of(record, paths_for([record]))
        db.session.commit()
        flash(_("已恢复“%(title)s”。", title=title), "success")
        slug = record.section.slug
        return redirect(
            here_and_back("SectionView.list", slug=slug, page=there, _anchor=f"record-{record.id}")
        )


def _refuse_foreign(person: Person, model: type[SectionRow], ids: list[int]) -> None:
    """Somebody else's record is not there (404); one's own that was just deleted is a change of the list (409)."""
    unknown = set(ids) - visible_among(model, ids, who())
    if unknown:
        removed = db.session.scalars(
            select(RemovedRecord).where(
                RemovedRecord.owner_id == person.id, RemovedRecord.slug == model.section.slug
            )
        )
        if not unknown <= {each.values["id"] for each in removed}:
            abort(404)
