"""查人查单: one box, and the card of whoever calls (ACC-10, SUP-01)."""

from typing import Any

from flask import current_app, request
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.sqla.models import User

from .. import clock
from ..accounts.forms import trimmed
from ..accounts.public import locks
from ..audit import record
from ..extensions import db
from ..models import Unit
from ..policy import get_or_404
from ..vocabulary import Result
from ..web.errors import said
from ..web.request import me, who
from . import cards, operations
from .refusals import TooManySearches
from .search import SHOWN, Found, find

LONGEST_QUERY = 100


class HotlineView(BaseView):  # type: ignore[misc]
    route_base = "/hotline"
    default_view = "search"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def search(self) -> Any:
        """What is typed is personal, so it travels in the body, never in the address (D03)."""
        typed = (trimmed(request.form.get("q", "")) or "")[:LONGEST_QUERY]
        is_asked = request.method == "POST" and bool(typed)
        at, rules, problem = clock.now(), locks(), ""
        if is_asked:
            try:
                most = current_app.config["HOTLINE_NUMBERS_PER_HOUR"]
                operations.note_search(typed, by=me(), at=at, most=most)
                db.session.commit()
            except TooManySearches as error:
                record(operations.SEARCHED, at=at, result=Result.DENIED, object_type="User", detail="429")
                db.session.commit()
                is_asked, problem = False, said(error)
        found = find(typed, who()) if is_asked else Found()
        is_one = len(found.users) == 1 and not found.units
        return self.render_template(
            "support/hotline.html",
            typed=typed,
            searched=request.method == "POST" and not problem,
            found=found,
            card=cards.person_card(found.users[0], who(), rules, at) if is_one else None,
            lines=cards.lines(found.users, rules, at) if found.users and not is_one else [],
            most=SHOWN,
            problem=problem,
        ), 429 if problem else 200

    @expose("/people/<int:pk>")
    @has_access
    def person(self, pk: int) -> Any:
        user = get_or_404(User, pk, who())
        return self.render_template(
            "support/person.html", card=cards.person_card(user, who(), locks(), clock.now())
        )

    @expose("/units/<int:pk>")
    @has_access
    def unit(self, pk: int) -> Any:
        unit = get_or_404(Unit, pk, who())
        return self.render_template(
            "support/unit.html", card=cards.unit_card(unit, who(), locks(), clock.now())
        )
