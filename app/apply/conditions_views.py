"""申报条件和材料: what one round asks for, on one page that everybody may read (ELI-12, CYC-06)."""

from typing import Any

from flask import abort, jsonify, request
from flask_appbuilder import BaseView, expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock
from ..dossier.lookup_views import LONGEST, MOST
from ..dossier.rules import clean
from ..dossier.trees import search_leaves
from ..extensions import db
from ..models import Round
from ..organisations.rounds import taken_by
from ..web.deadlines import deadline
from ..web.shell import setting
from ..workflow.conditions import conditions_of
from .rounds import offer_of


class RoundConditionsView(BaseView):  # type: ignore[misc]
    route_base = "/windows"
    default_view = "show"

    @expose("/<int(max=2147483647):pk>")
    def show(self, pk: int) -> Any:
        """Of a published round; a draft is not found, whoever asks."""
        round_ = _published(pk)
        return self.render_template(
            "apply/conditions.html",
            round=round_,
            offer=offer_of(round_, clock.now()),
            conditions=conditions_of(round_),
            deadline=deadline,
            policy_url=setting("bureau_portal"),
            policy_phone=setting("policy_phone"),
        )

    @expose("/<int(max=2147483647):pk>/professions")
    def professions(self, pk: int) -> Any:
        """What the cover looks up while one types: of the professions the round takes, those that hold every word."""
        text = clean(request.args.get("q", ""))[:LONGEST]
        found = search_leaves("profession", text, MOST + 1, taken_by(_published(pk)))
        return jsonify(found=[each.path for each in found[:MOST]], more=len(found) > MOST)


def _published(pk: int) -> Round:
    is_it = (Round.id == pk, Round.published_at.is_not(None))
    return db.session.scalar(select(Round).where(*is_it).options(joinedload(Round.committee))) or abort(404)
