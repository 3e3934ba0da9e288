"""What a clerk writes beside a decision: notes at places of the submission, and what he keeps for himself."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from .. import audit, clock, policy
from ..dossier.snapshot import content_of
from ..errors import DomainError
from ..extensions import db
from ..models import Application, ReviewNote, Snapshot
from ..web import preferences
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import acts_for, is_local, me, who
from ..workflow import notes
from ..workflow.notes import Place
from ..workflow.refusals import NoSuchPlace
from . import marks, opinions
from .forms import NoteForm

KEYS = "keys"


class NoteView(BaseView):
    """Notes (标注): drafts of the office until its return or reset sends them."""

    route_base = "/applications"

    @expose("/<int:pk>/notes/pin", methods=["GET", "POST"])
    @has_access
    def pin(self, pk: int) -> Any:
        application, user = policy.get_or_404(Application, pk, who()), me()
        acts_for(application.holder_id)
        assert user
        place = Place(request.values.get("place", notes.COVER), number_in(request.values.get("record")))
        form = NoteForm(seen=application.version, field=request.args.get("field", ""))
        if not form.is_submitted():
            notes.require_holder(application, user)
            return self._page(application, place, form)
        if not form.validate():
            return self._page(application, place, form), 422
        place = Place(place.place, place.record, form.field.data or "")
        try:
            notes.pin(application, place, form.text.data, by=user, seen=form.version, at=clock.now())
        except DomainError as error:
            db.session.rollback()
            again = policy.get_or_404(Application, pk, who())
            return self._page(again, place, form, said(error)), error.status
        db.session.commit()
        flash(gettext("已标注，随返回修改或重置流程一并送出。"), "success")
        return redirect(url_for("WorkbenchView.show", pk=pk, _anchor=marks.anchor(place)))

    @expose("/<int:pk>/notes/remove", methods=["POST"])
    @has_access
    def take_off(self, pk: int) -> Any:
        application, user = policy.get_or_404(Application, pk, who()), me()
        acts_for(application.holder_id)
        assert user
        note = number_in(request.form.get("note")) or 0
        notes.take_off(application, note, by=user)
        audit.record(
            "remove_note", at=clock.now(), object_type=ReviewNote.__name__, object_id=note, after=audit.GONE
        )
        db.session.commit()
        flash(gettext("标注已移除。"), "success")
        return redirect(url_for("WorkbenchView.show", pk=pk, _anchor="drafts"))

    def _page(self, application: Application, place: Place, form: NoteForm, problem: str = "") -> str:
        snapshot = (
            db.session.get(Snapshot, application.snapshot_id) if application.snapshot_id is not None else None
        )
        if snapshot is None:
            raise NoSuchPlace
        content = content_of(snapshot)
        if not problem and not notes.has_place(content, place):
            raise NoSuchPlace
        page: str = self.render_template(
            "review/note.html",
            application=application,
            place=place,
            form=form.offer(marks.fields_at(content, place)),
            where=marks.where(content, place, notes.requirements_of(content)),
            back=url_for("WorkbenchView.show", pk=application.id, _anchor=marks.anchor(place)),
            problem=problem,
        )
        return page


class OwnDeskView(BaseView):
    """What a clerk keeps for himself: his common opinions, and whether single keys work."""

    route_base = "/desk/own"

    @expose("/opinions/remove", methods=["POST"])
    @has_access
    def forget(self) -> Any:
        user = me()
        assert user
        opinions.forget_common(user.id, number_in(request.form.get("opinion")) or 0)
        db.session.commit()
        flash(gettext("常用意见已删除。"), "success")
        return _back()

    @expose("/keys", methods=["POST"])
    @has_access
    def keys(self) -> Any:
        user = me()
        assert user
        on = request.form.get("keys") == "on"
        preferences.keep(user, {KEYS: on})
        db.session.commit()
        flash(gettext("快捷键已开启。") if on else gettext("快捷键已关闭。"), "success")
        return _back()


def has_keys(user_id: int) -> bool:
    """Whether single keys act on the workbench for this person; they do until he turns them off."""
    return preferences.chosen_by(user_id).get(KEYS) is not False


def _back() -> Any:
    wanted = request.form.get("next", "")
    return redirect(wanted if is_local(wanted) else url_for("DeskView.waiting"))
