"""专业技术人员: the unit's people and what the unit may do for them; it never sees a password (UNI-08, ACC-09)."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy import select

from .. import clock, policy
from ..accounts import employment
from ..accounts.locks import is_locked, open_now, unlock
from ..accounts.public import locks
from ..accounts.reset_views import send_reset
from ..errors import DomainError
from ..extensions import db
from ..models import Employment, Person, Unit, User
from ..organisations import staff
from ..organisations.forms import StaffMessageForm
from ..organisations.own import own_unit, own_units
from ..vocabulary import Joining, Role
from ..web.errors import said
from ..web.fields import normal, number_in
from ..web.request import acts_for, me, who

PAGE = 25
STATES = ("asked", "locked", "help")


class StaffView(BaseView):
    route_base = "/unit/staff"

    @expose("/")
    @has_access
    def list(self) -> Any:
        units = own_units()
        unit = own_unit(units)
        at, limits = clock.now(), locks()
        name, after = normal(request.args.get("name"))[:30], number_in(request.args.get("after"))
        state = request.args.get("state", "")
        state = state if state in STATES else ""
        found = staff.people_of(unit.id).where(policy.visible(Person, who()))
        if name:
            found = found.where(User.first_name.contains(name, autoescape=True))
        if state:
            narrowed = {
                "asked": Employment.status == Joining.ASKED,
                "locked": ~open_now(User, limits, at),
                "help": staff.has_asked(unit.id),
            }
            found = found.where(narrowed[state])
        if after is not None:
            found = found.where(Employment.id > after)
        rows = db.session.scalars(found.order_by(Employment.id).limit(PAGE + 1)).all()
        asked: dict[str, Any] = {"unit": unit.id, "name": name or None, "state": state or None}
        return self.render_template(
            "review/staff.html",
            unit=unit,
            units=units,
            name=name,
            state=state,
            rows=[(each, is_locked(each.person.account, locks=limits, at=at)) for each in rows[:PAGE]],
            requests=staff.unlock_requests(unit.id),
            asking=staff.count_asking([unit.id]),
            before_url=url_for("StaffView.list", **asked) if after is not None else None,
            after_url=url_for("StaffView.list", **asked, after=rows[PAGE - 1].id)
            if len(rows) > PAGE
            else None,
            Joining=Joining,
        )

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        return self._page(_person_or_404(pk))

    def _page(self, person: Person, problem: str = "") -> str:
        assert person.unit
        running = staff.running_application(person, person.unit)
        page: str = self.render_template(
            "review/staff_person.html",
            person=person,
            unit=person.unit,
            place=employment.current(person.id),
            locked=is_locked(person.account, locks=locks(), at=clock.now()),
            running=running,
            problem=problem,
            is_me=person.id == who().user_id,
            Joining=Joining,
        )
        return page

    @expose("/<int:pk>/unlock", methods=["POST"])
    @has_access
    def unlock(self, pk: int) -> Any:
        """Also of someone who has left: he was told to ask the unit he chose (ACC-09)."""
        may = policy.ever_chose(who().of(Role.UNIT))
        person = (
            db.session.scalars(select(Person).where(Person.id == pk, may)).one_or_none()
            if pk <= policy.LARGEST_KEY
            else None
        ) or abort(404)
        if unlock(person.account, by=_me(), at=clock.now()):
            flash(gettext("%(name)s 的账号已解锁。", name=person.account.first_name), "success")
        else:
            flash(gettext("%(name)s 的账号没有锁定。", name=person.account.first_name), "info")
        unit_id = person.unit_id if person.unit_id in who().of(Role.UNIT) else None
        db.session.commit()
        return redirect(url_for("StaffView.list", unit=unit_id))

    @expose("/<int:pk>/confirm", methods=["POST"])
    @has_access
    def confirm(self, pk: int) -> Any:
        return self._act(pk, staff.confirm, gettext("已确认%(name)s是本单位人员，已通知本人。"))

    @expose("/<int:pk>/decline", methods=["POST"])
    @has_access
    def decline(self, pk: int) -> Any:
        return self._act(pk, staff.decline, gettext("%(name)s不再列为本单位人员，已通知本人。"))

    @expose("/<int:pk>/remove", methods=["POST"])
    @has_access
    def remove(self, pk: int) -> Any:
        return self._act(pk, staff.remove, gettext("已移除%(name)s，已通知本人。"))

    @expose("/<int:pk>/reset", methods=["POST"])
    @has_access
    def reset(self, pk: int) -> Any:
        def start(person: Person, unit: Unit, *, by: User, at: Any) -> None:
            staff.require_reset(person, unit, at=at)
            send_reset(person.account, by=by)

        return self._act(pk, start, gettext("重置链接已发送到%(name)s登记的手机，本人自行设置新密码。"))

    def _act(self, pk: int, act: Any, done: str) -> Any:
        """One act of the unit on one of its people; a refusal is said on his page."""
        person = _person_or_404(pk)
        unit, name = person.unit, person.account.first_name
        assert unit
        try:
            act(person, unit, by=_me(), at=clock.now())
        except DomainError as error:
            db.session.rollback()
            return self._page(_person_or_404(pk), said(error)), 409
        db.session.commit()
        flash(done % {"name": name}, "success")
        return redirect(url_for("StaffView.list", unit=unit.id))

    @expose("/message", methods=["GET", "POST"])
    @has_access
    def message(self) -> Any:
        """Write to the people who were ticked in the list."""
        unit = own_unit(own_units())
        wanted = dict.fromkeys(number_in(each) or 0 for each in request.values.getlist("to"))
        people = db.session.scalars(
            select(Person)
            .where(Person.id.in_(list(wanted)[: staff.RECIPIENTS + 1]), Person.unit_id == unit.id)
            .where(policy.visible(Person, who()))
            .order_by(Person.id)
        ).all()
        form = StaffMessageForm()
        if not people:
            flash(gettext("先在列表中勾选要发送的人员。"), "info")
            return redirect(url_for("StaffView.list", unit=unit.id))
        if request.method == "GET":
            return self._message_page(unit, people, form)
        if not form.validate():
            return self._message_page(unit, people, form), 422
        try:
            staff.send_message(unit, list(wanted), form.text.data, by=_me(), at=clock.now())
        except DomainError as error:
            db.session.rollback()
            return self._message_page(unit, people, form, said(error)), 409
        db.session.commit()
        flash(gettext("信息已发送给 %(n)s 人。", n=len(people)), "success")
        return redirect(url_for("StaffView.list", unit=unit.id))

    def _message_page(self, unit: Unit, people: Any, form: StaffMessageForm, problem: str = "") -> str:
        page: str = self.render_template(
            "review/staff_message.html", unit=unit, people=people, form=form, problem=problem
        )
        return page


def _person_or_404(pk: int) -> Person:
    """One of my unit's people; as a department's clerk I may see others too."""
    person: Person = policy.get_or_404(Person, pk, who())
    acts_for(person.unit_id)
    return person if person.unit_id in who().of(Role.UNIT) else abort(404)


def _me() -> User:
    user = me()
    assert user
    return user
