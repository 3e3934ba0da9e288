"""The workbench: one application as submitted, and the decision on it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import format_datetime, gettext
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock, policy
from ..dossier.snapshot import Values, content_of
from ..errors import ConfirmationRequired, DomainError, OutOfDate
from ..extensions import db
from ..models import Application, Attachment, Decision, ReviewNote, RouteStep, Snapshot
from ..vocabulary import AFTER_UNIT, N_, Event
from ..web.deadlines import deadline
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import acts_for, me, who
from ..workflow import notes, operations, rules, undoing
from ..workflow.actors import acts_as_last_office
from ..workflow.rules import Actor, Counters
from . import desk, marks, opinions, reading, table_12
from .differences import Change, compare
from .forms import DecisionForm
from .notes_views import has_keys
from .opened import mark_opened

Operation = Callable[..., Decision]

# Return and reset may have to be confirmed in words; the others take no confirmation.
DECIDE: dict[Event, Operation] = {
    Event.APPROVE: operations.approve,
    Event.RETURN: operations.return_,
    Event.RESET: operations.reset,
    Event.DECLINE: operations.decline,
}
# What a return or a reset costs, without and with the second counter: by offices after the unit.
COSTS: dict[tuple[Event, bool], str] = {
    (Event.RETURN, False): N_("改后直接回到本环节，用掉 1 次机会"),
    (Event.RETURN, True): N_("改后直接回到本环节，用掉 1 次机会，计 1 次审核意见"),
    (Event.RESET, False): N_("可改封面和表十二，重新走全流程，用掉 1 次机会"),
    (Event.RESET, True): N_("可改封面和表十二，重新走全流程，用掉 1 次机会，计 1 次审核意见"),
}


class WorkbenchView(BaseView):
    route_base = "/applications"

    @expose("/<int:pk>/review")
    @has_access
    def show(self, pk: int) -> Any:
        application, user = policy.get_or_404(Application, pk, who()), me()
        if user and operations.acts_as_holder(application, user):
            mark_opened(application, user, clock.now())
        form = DecisionForm(formdata=None, seen=application.version)
        return self._page(application, form)

    @expose("/<int:pk>/review", methods=["POST"])
    @has_access
    def decide(self, pk: int) -> Any:
        application = policy.get_or_404(Application, pk, who())
        acts_for(application.holder_id)
        form = DecisionForm().offer(rules.DECISIONS)
        if request.form.get("insert"):
            return self._page(application, _with_common(form))
        if not form.validate():
            return self._page(application, form), 422
        event = Event(form.event.data)
        said = {"opinion": form.opinion.data}
        if event in rules.NEGATIVE:
            said["confirmation"] = form.confirmation.data
        place = desk.place_of(application)
        try:
            DECIDE[event](application, by=me(), seen=form.version, at=clock.now(), **said)
        except DomainError as error:
            db.session.rollback()
            return self._refused(policy.get_or_404(Application, pk, who()), form, error)
        user = who().user_id
        if form.keep.data:
            opinions.keep_common(user, form.opinion.data, clock.now())
        else:
            opinions.use_common(user, form.opinion.data, clock.now())
        text = gettext(
            "%(name)s：%(event)s，已提交。当前状态：%(status)s。",
            name=application.applicant.first_name,
            event=gettext(event.label),
            status=gettext(application.status.label),
        )
        version = application.version
        db.session.commit()
        done = render_template(
            "review/_done.html", text=text, pk=pk, seen=version, minutes=rules.UNDO_MINUTES
        )
        flash(Markup(done), "success")
        return redirect(self._after(place) if form.then.data else url_for("DeskView.waiting"))

    @expose("/<int:pk>/undo", methods=["POST"])
    @has_access
    def undo(self, pk: int) -> Any:
        application = policy.get_or_404(Application, pk, who())
        last = undoing.last_of(application)
        acts_for(last.organisation_id if last else None)
        seen = number_in(request.form.get("seen")) or 0
        operations.undo(application, by=me(), seen=seen, at=clock.now())
        db.session.commit()
        flash(gettext("审核结果已撤销，已通知申报人。此申报回到您的环节，重新作出结果。"), "success")
        return redirect(url_for("WorkbenchView.show", pk=pk))

    def _after(self, place: desk.Key) -> str:
        following = desk.next_waiting(who(), place, clock.now())
        if following is None:
            flash(gettext("已全部审完。"), "success")
            return url_for("DeskView.waiting")
        return url_for("WorkbenchView.show", pk=following)

    def _refused(self, application: Application, form: DecisionForm, error: DomainError) -> Any:
        """The page again with what was typed, and what stood in the way."""
        text = said(error)
        if isinstance(error, ConfirmationRequired):
            form.confirmation.errors = [text]
            return self._page(application, form), 422
        if isinstance(error, OutOfDate):
            text = _what_happened(application)
            form.seen.data = str(application.version)
        return self._page(application, form, problem=text), 409

    def _page(self, application: Application, form: DecisionForm, problem: str = "") -> str:
        at, user = clock.now(), me()
        assert user
        may_decide = operations.acts_as_holder(application, user)
        events = rules.offered(Actor.HOLDER, application.status) if may_decide else ()
        current, previous = _snapshots(application)
        content = content_of(current) if current else None
        requirements = notes.requirements_of(content) if content else {}
        files = reading.files(content, requirements) if content else []
        sent = notes.sent_on(application)
        changes, open_notes = _compared(application, previous, content, sent, requirements)
        shown = [*files, *(each for one in changes or () for each in one.files if each)]
        before, after = desk.neighbours(who(), application, at) if may_decide else (None, None)
        counters = Counters(application.chances_used, application.opinions_used)
        history = _history(application)
        if may_decide and form.opinion.raw_data is None:
            form.opinion.data = _taken_back(history, user.id)
        page: str = self.render_template(
            "review/workbench.html",
            application=application,
            form=form.offer(events),
            events=[(each, _consequence(each, application, counters)) for each in events],
            problem=problem,
            is_own=policy.is_own(application, user),
            takes_page=bool(rules.offered(Actor.LAST_OFFICE, application.status))
            and acts_as_last_office(application, user),
            is_last_chance=bool(application.stage and counters.next_negative_ends_year(application.stage)),
            counters=counters,
            rules=rules,
            content=content,
            cover=reading.cover(content) if content else (),
            basics=reading.basics(content) if content else (),
            blocks=reading.blocks(content) if content else (),
            files=files,
            open_files=policy.visible_among(Attachment, [each.id for each in shown], who()),
            changes=changes,
            open_notes=open_notes,
            drafts=marks.marks(notes.drafts_of(application), content, requirements)
            if may_decide and content
            else [],
            sent=marks.marks(sent, content, requirements) if content else [],
            common=opinions.common_of(user.id) if may_decide else (),
            has_keys=has_keys(user.id),
            can_undo=undoing.refusal(application, user, at) is None,
            undo_minutes=rules.UNDO_MINUTES,
            history=history,
            **table_12.context(application, user, at),
            neighbours=(before, after),
            deadline=deadline,
        )
        return page


def _with_common(form: DecisionForm) -> DecisionForm:
    """The form with the chosen common opinion behind what was typed; without scripts a button asks for it."""
    chosen = number_in(request.form.get("common"))
    text = next((each.text for each in opinions.common_of(who().user_id) if each.id == chosen), "")
    form.opinion.data = "\n".join(filter(None, (form.opinion.data, text)))
    return form


def _compared(
    application: Application,
    previous: Snapshot | None,
    content: Values | None,
    sent: Sequence[ReviewNote],
    requirements: marks.Requirements,
) -> tuple[list[reading.Difference] | None, list[marks.Mark]]:
    """The changes since the previous submission, and the notes on it that none of them answers."""
    if previous is None or content is None:
        return None, []
    old = content_of(previous)
    changes = compare(old, content)
    asked = [each for each in sent if each.submission_no == previous.number]
    places = [marks.place_of(each) for each in asked]

    def answers(change: Change) -> bool:
        return any(marks.answers(change, place, requirements) for place in places)

    unanswered = [
        each
        for each, place in zip(asked, places, strict=True)
        if not any(marks.answers(change, place, requirements) for change in changes)
    ]
    differences = reading.differences(changes, old, content, requirements, answers)
    return differences, marks.marks(unanswered, content, requirements)


def _snapshots(application: Application) -> tuple[Snapshot | None, Snapshot | None]:
    """The submission under review and the one before it."""
    found = {
        each.number: each
        for each in db.session.scalars(
            select(Snapshot).where(
                Snapshot.application_id == application.id,
                Snapshot.number.in_([application.submission_no, application.submission_no - 1]),
            )
        )
    }
    return found.get(application.submission_no), found.get(application.submission_no - 1)


def _history(application: Application) -> list[Decision]:
    """Every step and opinion, the newest first (REV-01)."""
    return list(
        db.session.scalars(
            select(Decision)
            .where(Decision.application_id == application.id)
            .options(joinedload(Decision.by), joinedload(Decision.organisation))
            .order_by(Decision.id.desc())
        )
    )


def _taken_back(history: Sequence[Decision], user_id: int) -> str:
    """The opinion of the result that this person has just undone: what was written is not written again."""
    if len(history) > 1 and history[0].event is Event.UNDO and history[0].by_id == user_id:
        return history[1].opinion
    return ""


def _what_happened(application: Application) -> str:
    """Who acted meanwhile, and how: the last line of the history."""
    last = _history(application)[0]
    if last.organisation:
        by = f"{last.organisation.name} {last.by.first_name if last.by else ''}".strip()
    else:
        by = last.by.first_name if last.by else gettext("系统")
    return gettext(
        "此申报刚刚已被处理：%(by)s 于 %(at)s %(event)s。您的操作没有生效，已写的意见保留在本页。",
        by=by,
        at=format_datetime(last.at, gettext("yyyy年M月d日 HH:mm")),
        event=gettext(last.event.label),
    )


def _consequence(event: Event, application: Application, counters: Counters) -> str:
    """What the decision does, said before it is taken."""
    if event is Event.APPROVE:
        office = _next_office(application)
        if office is None:
            return gettext("电子材料审核通过，申报人可以下载申报表")
        return gettext(
            "送 %(office)s（%(stage)s）", office=office.organisation.name, stage=gettext(office.stage.label)
        )
    if event is Event.DECLINE:
        return gettext("当年不再受理")
    assert application.stage
    if counters.next_negative_ends_year(application.stage):
        return gettext("补正机会已用完，本次操作使当年申报终止")
    return gettext(COSTS[event, application.stage in AFTER_UNIT])


def _next_office(application: Application) -> RouteStep | None:
    assert application.step is not None
    return db.session.scalars(
        select(RouteStep)
        .where(
            RouteStep.application_id == application.id,
            RouteStep.route_no == application.route_no,
            RouteStep.position == application.step + 1,
        )
        .options(joinedload(RouteStep.organisation))
    ).one_or_none()
