"""个人申报 in four steps: 封面填写 → 基本信息确认 → 申报信息预览 → 提交申报 (APP-01…12)."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..dossier.applications import answers_of
from ..dossier.pages import application_now, own_marks, own_person
from ..dossier.returned import COVER, marks_at
from ..errors import AlreadyApplied, ChoiceNotOffered, DomainError, Incomplete, OutOfDate
from ..extensions import db
from ..models import Application, Round, Snapshot, Title
from ..vocabulary import N_, Category, Event, Kind, Level, Stage, Status
from ..web.deadlines import deadline
from ..web.fields import number_in
from ..web.request import me, who
from ..workflow import operations as workflow
from ..workflow.covers import Cover
from ..workflow.guards import barring_record
from ..workflow.levels import Known
from ..workflow.readiness import Way
from ..workflow.recognition import RULES
from . import cover as choices
from . import operations
from .answers import blocks_of, files_of, own_lines
from .cover_page import cover_page
from .forms import OUT_OF_PAGE, CoverForm, StartForm, SubmitForm
from .gaps import FILLABLE, fixes, own_application, own_gaps, own_states, own_way
from .materials import own_materials, usual_materials
from .progress import HANDED_IN, application_of, counters_of, handed_in_by, history_of
from .rounds import Intake, offers, open_years
from .usual import usual_of

STEPS = (N_("封面填写"), N_("基本信息确认"), N_("申报信息预览"), N_("提交申报"))
REFUSED, OUTDATED = 422, 409


class CoverView(BaseView):
    route_base = "/apply"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def start(self) -> Any:
        """Lead to where the year's application stands, or offer to open it or to turn to it (X-23, REC-01)."""
        at = clock.now()
        kind = request.values.get("kind", "")
        wanted = Kind(kind) if kind in list(Kind) else None
        offered = offers(at, kind=wanted or Kind.REVIEW)
        years = open_years(offered)
        form = StartForm()
        asked = number_in(request.args.get("year")) or (years[0] if years else None)
        form.offer(
            sorted({*years, *open_years(offers(at)), *_recognition_years(at)}, reverse=True), wanted, asked
        )
        if request.method == "POST":
            there = form.validate() and application_of(who(), form.year.data, Kind(form.kind.data))
            if there:
                return redirect(_turn_to(there, at))
            if not form.errors and form.year.data in years:
                pk = _open_application(form.year.data, Kind(form.kind.data), at)
                return redirect(url_for("EligibilityView.edit", pk=pk))
            form.year.errors = form.year.errors or [_("该年度现在没有受理中的评委会，重新选择申报年份")]
        application, current = application_of(who(), asked, wanted), application_now()
        is_apart = _is_apart(application, current)
        is_fillable = application is not None and application.status in FILLABLE
        if application and is_fillable and not is_apart and request.method == "GET":
            return redirect(_next_step(application))
        person = own_person()
        return self.render_template(
            "apply/start.html",
            application=application,
            form=form,
            years=form.year.choices,
            other=_other_kind(application),
            current=current,
            is_apart=is_apart and is_fillable,
            ahead=[each for each in offered if each.intake is Intake.AHEAD],
            barred=barring_record(person.account, at),
            person=person,
            materials=usual_materials(),
            rules=RULES,
            FILLABLE=FILLABLE,
            Status=Status,
            deadline=deadline,
        ), (REFUSED if form.errors else 200)

    @expose("/<int:pk>/cover", methods=["GET", "POST"])
    @has_access
    def cover(self, pk: int) -> Any:
        """Year → committee → profession → level and category; each choice filters the next."""
        application = own_application(pk, who())
        form = CoverForm()
        if request.method == "POST" and form.validate():
            try:
                operations.save_cover(
                    application, _chosen(form, application), by=me(), seen=form.seen.data, at=clock.arrival()
                )
                db.session.commit()
            except DomainError as error:
                return self._cover(pk, form, error)
            flash(_("封面已保存"), "success")
            return redirect(url_for("CoverView.basics", pk=pk))
        return self._cover(pk, form)

    def _cover(self, pk: int, form: CoverForm, error: DomainError | None = None) -> Any:
        db.session.rollback()
        at = clock.now()
        application = own_application(pk, who())
        code = _code(error) if error else REFUSED if form.errors else 200
        if application.status is not Status.DRAFT:
            return self._page("apply/cover_locked.html", application, 0, error=error), code
        person = own_person()
        asked = request.form if request.method == "POST" else request.args
        choice = cover_page(application, person, asked, at)
        form.offer(
            [(each.level.value, _level_words(each, choice.known)) for each in choice.titles],
            [(each.value, _(each.label)) for each in choice.categories],
            application,
        )
        return self._page(
            "apply/cover.html",
            application,
            0,
            form=form,
            error=error,
            choice=choice,
            at=at,
            is_asked=bool(asked.get("profession", "").strip()) and asked.get("change") != "profession",
            person=person,
            specialties=choices.engineering_specialties(),
            Intake=Intake,
            marks=marks_at(own_marks(), COVER),
            materials=own_materials(application),
            other=_other_kind(application),
            deadline=deadline,
        ), code

    @expose("/<int:pk>/basics")
    @has_access
    def basics(self, pk: int) -> Any:
        """Step 2: every section with what it lacks; 去完善 leads to the place and back (APP-04)."""
        application = own_application(pk, who())
        if application.status not in FILLABLE:
            return redirect(url_for("ProgressView.show", pk=pk))
        return self._page(
            "apply/basics.html",
            application,
            1,
            fixes=fixes(own_gaps(application), url_for("CoverView.basics", pk=pk)),
            states=own_states(application),
            person=own_person(),
        )

    @expose("/<int:pk>/check")
    @has_access
    def check(self, pk: int) -> Any:
        """Step 3: all data, read only, and the way to the form's preview (APP-05)."""
        application = own_application(pk, who())
        if application.status not in FILLABLE:
            return redirect(url_for("ProgressView.show", pk=pk))
        person = own_person()
        return self._page(
            "apply/check.html",
            application,
            2,
            own=own_lines(person),
            blocks=blocks_of(person, url_for("CoverView.check", pk=pk)),
            files=files_of(person),
        )

    @expose("/<int:pk>/submit", methods=["GET", "POST"])
    @has_access
    def submit(self, pk: int) -> Any:
        """Step 4: summary, route, pledge; hands the application in. Pressing twice is harmless (E03)."""
        application = own_application(pk, who())
        form = SubmitForm()
        if request.method == "GET":
            if application.status not in FILLABLE:
                return redirect(_after(application))
            return self._submission(application, form)
        if not form.validate():
            return self._submission(application, form), REFUSED
        act = workflow.resubmit if application.status is Status.RETURNED else workflow.submit
        try:
            act(
                application, by=me(), seen=form.seen.data, pledged=bool(form.pledged.data), at=clock.arrival()
            )
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            application = own_application(pk, who())
            if isinstance(error, OutOfDate) and handed_in_by(application, form.seen.data):
                return redirect(url_for("CoverView.done", pk=pk))
            if application.status not in FILLABLE:
                flash(_(error.message, **error.params), "danger")
                return redirect(url_for("ProgressView.show", pk=pk))
            return self._submission(application, form, error), _code(error)
        return redirect(url_for("CoverView.done", pk=pk))

    def _submission(
        self, application: Application, form: SubmitForm, error: DomainError | None = None
    ) -> Any:
        person = own_person()
        back, way = url_for("CoverView.submit", pk=application.id), own_way(application)
        at = clock.now()
        if form.errors and error is None:
            error = DomainError(str(OUT_OF_PAGE))
        shown = fixes(error.gaps if isinstance(error, Incomplete) else own_gaps(application), back)
        barred, is_late = barring_record(person.account, at), _is_late(application, at)
        return self._page(
            "apply/submit.html",
            application,
            3,
            form=form,
            error=error,
            fixes=shown,
            is_stopped=bool(shown or barred or is_late),
            is_refused=isinstance(error, Incomplete),
            route=way.offices if way and not way.refusal else None,
            barred=barred,
            is_late=is_late,
            counters=counters_of(application),
            person=person,
            marks=[each for each in own_marks() if not each.is_handled],
            usual=usual_of(_ahead(application, way), at),
            Status=Status,
            deadline=deadline,
        )

    @expose("/<int:pk>/done")
    @has_access
    def done(self, pk: int) -> Any:
        """提交申报成功! and what comes next (APP-10)."""
        application = own_application(pk, who())
        handed_in = [each for each in history_of(application) if each.event in HANDED_IN]
        if not handed_in or application.status is not Status.IN_REVIEW:
            return redirect(_after(application))
        return self.render_template(
            "apply/done.html",
            application=application,
            decision=handed_in[-1],
            is_again=handed_in[-1].event is Event.RESUBMIT,
            digest=db.session.get_one(Snapshot, application.snapshot_id).digest,
            usual=usual_of(_ahead(application), clock.now()),
            counters=counters_of(application),
        )

    def _page(self, template: str, application: Application, step: int, **context: Any) -> Any:
        return self.render_template(
            template, application=application, wizard=STEPS, wizard_step=step, **context
        )


def _is_apart(application: Application | None, current: Application | None) -> bool:
    """Whether it is the year's other application than the one he fills in."""
    if application is None or current is None:
        return False
    return application.year == current.year and application.id != current.id


def _turn_to(application: Application, at: datetime) -> str:
    """Where an application of his goes on, from now on the one he fills in."""
    if application.status in FILLABLE:
        operations.take_up(application, at=at)
        db.session.commit()
    return _after(application)


def _open_application(year: int, kind: Kind, at: datetime) -> int:
    """The id of the year's application, new or already there: two presses open one (X-23)."""
    try:
        pk = workflow.start(me(), year=year, kind=kind, at=at).id
        db.session.commit()
    except AlreadyApplied:
        db.session.rollback()
        found = application_of(who(), year, kind)
        assert found
        pk = found.id
    return pk


def _recognition_years(at: datetime) -> list[int]:
    return open_years(offers(at, kind=Kind.RECOGNITION))


def _other_kind(application: Application | None) -> Kind | None:
    """The kind that the year's application is not of."""
    if application is None:
        return None
    return Kind.RECOGNITION if application.kind is Kind.REVIEW else Kind.REVIEW


def _next_step(application: Application) -> str:
    """Where the wizard goes on: the first step that still lacks something."""
    if not answers_of(application):
        return url_for("EligibilityView.edit", pk=application.id)
    if application.cover_saved_at is None:
        return url_for("CoverView.cover", pk=application.id)
    step = "basics" if own_gaps(application) else "check"
    return url_for(f"CoverView.{step}", pk=application.id)


def _is_late(application: Application, at: datetime) -> bool:
    """Whether a returned application can no longer be handed in again (X-20)."""
    round_ = application.round
    return round_ is not None and application.status is Status.RETURNED and at >= round_.corrections_until


def _ahead(application: Application, way: Way | None = None) -> list[tuple[int, Stage]]:
    """The offices that a submission comes to: the one that has or had the application, else the whole way."""
    if application.holder_id and application.stage:
        return [(application.holder_id, application.stage)]
    return [(each.organisation.id, each.stage) for each in way.offices] if way else []


def _after(application: Application) -> str:
    if application.status in FILLABLE:
        return _next_step(application)
    return url_for("ProgressView.show", pk=application.id)


def _chosen(form: CoverForm, application: Application) -> Cover:
    """The form's words as rows and enums; a choice that does not exist is refused like one not offered."""
    round_ = db.session.get(Round, form.round.data)
    if round_ is None or round_.year != application.year:
        raise ChoiceNotOffered(choice=form.round.data)
    profession = choices.find_profession(form.profession.data, choices.professions_of(round_)).profession
    if profession is None:
        raise ChoiceNotOffered(choice=form.profession.data)
    if form.level.data not in list(Level):
        raise ChoiceNotOffered(choice=form.level.data)
    if form.category.data not in list(Category):
        raise ChoiceNotOffered(choice=form.category.data)
    return Cover(round_, profession, Level(form.level.data), Category(form.category.data))


def _level_words(title: Title, known: Known | None) -> str:
    """A level with its title, and how it stands to the title held; nothing is decided by that."""
    words = _("%(level)s（%(title)s）", level=_(title.level.label), title=title.name)
    if known is None or known.level is None:
        return words
    steps = title.level.rank - known.level.rank
    if steps == 1:
        return _("%(words)s，现职称的上一级", words=words)
    if steps > 1:
        return _("%(words)s，越级申报属破格评审", words=words)
    return _("%(words)s，与现职称同级", words=words) if steps == 0 else words


def _code(error: DomainError) -> int:
    return OUTDATED if isinstance(error, OutOfDate) else REFUSED
