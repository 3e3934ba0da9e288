"""申报窗口附件: which attachments a round asks for, chosen from the catalogue (ATT-01, ELI-12)."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from ..dossier.completeness import catalogue_of_requirements
from ..dossier.rules import clean
from ..errors import RowChanged
from ..extensions import db
from ..models import AttachmentRequirement, Round, RoundRequirement
from ..policy import get_or_404, scoped
from ..web.errors import said
from ..web.request import who

CONFLICT, LONGEST_HINT = 409, 500
# What is posted of each requirement, by its id.
Choice = dict[int, tuple[bool, str]]


class ChecklistView(BaseView):  # type: ignore[misc]
    route_base = "/admin/checklists"
    default_view = "list"

    @expose("/")
    @has_access
    def list(self) -> Any:
        rounds = db.session.scalars(
            scoped(Round, who())
            .options(joinedload(Round.committee))
            .order_by(Round.year.desc(), Round.opens_at.desc(), Round.id)
        ).all()
        counts = dict(
            db.session.execute(
                select(RoundRequirement.round_id, func.count()).group_by(RoundRequirement.round_id)
            ).all()
        )
        return self.render_template("reference/checklists.html", rounds=rounds, counts=counts)

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Any:
        """Tick what the round asks for; with nothing ticked it asks for what is asked by default."""
        round_ = get_or_404(Round, pk, who())
        offered = catalogue_of_requirements()
        if request.method == "GET":
            return self._page(round_, offered, _stored(pk), _mark(pk))
        chosen = _posted(offered)
        # The round's row is the queue: two administrators do not mix their lists.
        db.session.execute(select(Round.id).where(Round.id == pk).with_for_update())
        if request.form.get("seen") != _mark(pk):
            mark = _mark(pk)
            db.session.rollback()
            round_ = get_or_404(Round, pk, who())
            return self._page(round_, catalogue_of_requirements(), chosen, mark, said(RowChanged())), CONFLICT
        db.session.execute(delete(RoundRequirement).where(RoundRequirement.round_id == pk))
        db.session.add_all(
            RoundRequirement(round_id=pk, requirement_id=key, required=required, hint=hint)
            for key, (required, hint) in chosen.items()
        )
        db.session.commit()
        flash(_("附件要求已保存。") if chosen else _("已保存：使用默认的附件要求。"), "success")
        return redirect(url_for("ChecklistView.list"))

    def _page(
        self,
        round_: Round,
        offered: Sequence[AttachmentRequirement],
        chosen: Choice,
        seen: str,
        problem: str = "",
    ) -> Any:
        return self.render_template(
            "reference/checklist.html",
            round=round_,
            offered=offered,
            chosen=chosen,
            seen=seen,
            problem=problem,
            longest=LONGEST_HINT,
        )


def _stored(pk: int) -> Choice:
    rows = db.session.scalars(select(RoundRequirement).where(RoundRequirement.round_id == pk))
    return {row.requirement_id: (row.required, row.hint) for row in rows}


def _posted(offered: Sequence[AttachmentRequirement]) -> Choice:
    form = request.form
    return {
        each.id: (
            f"required-{each.id}" in form,
            clean(form.get(f"hint-{each.id}", ""), lines=True)[:LONGEST_HINT],
        )
        for each in offered
        if f"asked-{each.id}" in form
    }


def _mark(pk: int) -> str:
    """A digest of the round's list, to notice that somebody else has saved it."""
    return hashlib.sha256(json.dumps(sorted(_stored(pk).items())).encode()).hexdigest()[:16]


VIEWS: tuple[type, ...] = (ChecklistView,)
