"""The hotline desk: find a person or an application, see where it stuck, open a lock (ACC-10, SUP-01)."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from .. import clock
from ..accounts import operations
from ..accounts.forms import trimmed
from ..accounts.public import locks
from ..extensions import db
from ..models import Application, Membership, Person, Unit
from ..policy import get_or_404, scoped
from ..web.request import me, who

SHOWN = 20
LONGEST_QUERY = 64


@dataclass
class Card:
    """What the hotline sees of one account."""

    user: User
    is_locked: bool
    memberships: list[Membership]
    unit: Unit | None
    applications: list[Application]


class HotlineView(BaseView):  # type: ignore[misc]
    route_base = "/hotline"
    default_view = "search"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def search(self) -> Any:
        """One box. What is typed is personal, so it travels in the body, never in the address (D03)."""
        typed = (trimmed(request.form.get("q", "")) or "")[:LONGEST_QUERY]
        account = request.args.get("account", "")
        found: list[User] = []
        if request.method == "POST" and typed:
            found = _matching(typed)
        elif request.method == "GET" and account.isascii() and account.isdigit() and len(account) < 20:
            found = [get_or_404(User, int(account), who())]
        return self.render_template(
            "support/hotline.html",
            typed=typed,
            searched=request.method == "POST",
            cards=_cards(found[:SHOWN]),
            has_more=len(found) > SHOWN,
            lock_minutes=int(locks().length.total_seconds() // 60),
        )

    @expose("/<int:pk>/unlock", methods=["POST"])
    @has_access
    def unlock(self, pk: int) -> Any:
        user = get_or_404(User, pk, who())
        opened = operations.unlock(user, by=me(), at=clock.now())
        db.session.commit()
        if opened:
            flash(_("已解锁 %(name)s 的账号，可以用原密码登录。", name=user.first_name), "success")
        else:
            flash(_("%(name)s 的账号没有锁定，不需要解锁。", name=user.first_name), "info")
        return redirect(url_for("HotlineView.search", account=pk))


def _matching(typed: str) -> list[User]:
    """Accounts of that name, number or application; one more than are shown, to tell that there are more."""
    numbered = select(Application.applicant_id).where(Application.number == typed.upper())
    matches = or_(
        User.first_name == typed,
        User.username == typed,
        User.mobile == typed,
        User.id_number == typed.upper(),
        User.id.in_(numbered),
    )
    found = db.session.scalars(scoped(User, who()).where(matches).order_by(User.id).limit(SHOWN + 1)).all()
    if found or len(typed) < 2:
        return list(found)
    begins = User.first_name.startswith(typed, autoescape=True)
    return list(
        db.session.scalars(scoped(User, who()).where(begins).order_by(User.id).limit(SHOWN + 1)).all()
    )


def _cards(users: list[User]) -> list[Card]:
    """The cards of these accounts, in three queries."""
    ids = [user.id for user in users]
    if not ids:
        return []
    now, rules = clock.now(), locks()
    memberships = db.session.scalars(
        select(Membership)
        .where(Membership.user_id.in_(ids))
        .options(joinedload(Membership.organisation))
        .order_by(Membership.id)
    ).all()
    units: dict[int, Unit] = {
        person_id: unit
        for person_id, unit in db.session.execute(
            select(Person.id, Unit).join(Unit, Person.unit_id == Unit.id).where(Person.id.in_(ids))
        )
    }
    applications = db.session.scalars(
        scoped(Application, who())
        .where(Application.applicant_id.in_(ids))
        .options(joinedload(Application.holder))
        .order_by(Application.id.desc())
    ).all()
    return [
        Card(
            user=user,
            is_locked=operations.is_locked(user, locks=rules, at=now),
            memberships=[each for each in memberships if each.user_id == user.id],
            unit=units.get(user.id),
            applications=[each for each in applications if each.applicant_id == user.id],
        )
        for user in users
    ]


VIEWS: tuple[type, ...] = (HotlineView,)
