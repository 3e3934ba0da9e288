"""For a unit that has lost its password and the registered phone (ACC-07): open to everyone, answered alike."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask_appbuilder import expose
from sqlalchemy import func, select

from .. import clock
from ..accounts import numbers
from ..accounts.public import Public
from ..errors import DomainError
from ..extensions import db
from ..models import HelpRequest, Unit
from ..vocabulary import CaseKind
from ..web.errors import said
from . import asked
from .forms import UnitHelpForm
from .images import taken_in
from .refusals import Unavailable
from .rules import MOST_IMAGES

ASKED = "unit_help"


class UnitHelpView(Public):
    route_base = "/unit-help"
    default_view = "ask"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        blueprint = super().create_blueprint(appbuilder, *args, **kwargs)
        limit = current_app.config["UNIT_HELP_LIMIT"]
        appbuilder.sm.limiter.limit(limit, methods=["POST"])(blueprint)
        return blueprint

    @expose("/", methods=["GET", "POST"])
    def ask(self) -> Any:
        """Name, code, whom to call, and images of the stamped statement and the certificate.

        Whether such a unit exists is not said: the answer is a number, the same for every name.
        """
        form = UnitHelpForm()
        problem = ""
        if form.validate_on_submit():
            typed = {each.name: each.data or "" for each in form if each.name in asked.NAMES}
            try:
                with taken_in() as images:
                    _require_room()
                    found = asked.ask(
                        CaseKind.UNIT_RECOVERY, typed, images, by=None, at=clock.now(), unit=_meant(typed)
                    )
                    db.session.commit()
                session[ASKED] = found.number
                return redirect(url_for("UnitHelpView.done"))
            except DomainError as error:
                db.session.rollback()
                problem = said(error)
        return self.render_template(
            "support/unit_help.html", form=form, problem=problem, most=MOST_IMAGES
        ), 422 if request.method == "POST" else 200

    @expose("/done")
    def done(self) -> Any:
        """The number to name on the phone; there is nothing to ask with it here."""
        number = session.get(ASKED)
        if not number:
            return redirect(url_for("UnitHelpView.ask"))
        return self.render_template("support/unit_help_done.html", number=number)


def _meant(typed: dict[str, str]) -> Unit | None:
    """The unit of that code in either form, else of that name; the desk checks which it is."""
    part = numbers.organisation_part(typed["credit_code"])
    same_code = (Unit.credit_code == part) | (func.substr(Unit.credit_code, 9, 9) == part)
    for clause in (same_code, Unit.name == typed["unit_name"]):
        found: Unit | None = db.session.scalars(select(Unit).where(clause).order_by(Unit.id).limit(1)).first()
        if found is not None:
            return found
    return None


def _require_room() -> None:
    """So many a day over all addresses: a flood must not fill the disk."""
    since = clock.now() - timedelta(days=1)
    count = db.session.scalar(
        select(func.count(HelpRequest.id)).where(
            HelpRequest.user_id.is_(None), HelpRequest.created_at > since
        )
    )
    if (count or 0) >= current_app.config["UNIT_HELP_A_DAY"]:
        raise Unavailable
