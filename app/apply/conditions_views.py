"""申报条件和材料: what one round asks for, on one page that everybody may read (ELI-12, CYC-06)."""

from typing import Any

from flask import abort
from flask_appbuilder import BaseView, expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock
from ..extensions import db
from ..models import Round
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
        is_it = (Round.id == pk, Round.published_at.is_not(None))
        round_ = db.session.scalar(select(Round).where(*is_it).options(joinedload(Round.committee))) or abort(
            404
        )
        return self.render_template(
            "apply/conditions.html",
            round=round_,
            offer=offer_of(round_, clock.now()),
            conditions=conditions_of(round_),
            deadline=deadline,
            policy_url=setting("bureau_portal"),
            policy_phone=setting("policy_phone"),
        )
