"""申报资格自查: who may apply, asked before filling, with the rule behind every answer (ELI-01…11, INT-02)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock
from ..dossier.applications import answers_of
from ..dossier.files import files_of
from ..dossier.pages import back_to, own_person
from ..errors import DomainError, OutOfDate
from ..extensions import db
from ..models import ELIGIBILITY, Application, AttachmentUse
from ..vocabulary import Kind, Standing
from ..web.request import me, who
from ..workflow.eligibility import asked, judge
from ..workflow.guards import barring_record
from ..workflow.questions import BY_NAME
from ..workflow.readiness import facts_of, unproved
from . import eligibility as operations
from .gaps import FILLABLE, own_application
from .materials import own_materials

REFUSED, OUTDATED = 422, 409


class EligibilityView(BaseView):
    route_base = "/apply"
    default_view = "edit"

    @expose("/<int:pk>/eligibility", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Any:
        """Plain questions; those that follow from an answer are asked next, on the same page."""
        application = own_application(pk, who())
        if application.status not in FILLABLE:
            return redirect(url_for("ProgressView.show", pk=pk))
        at = clock.now()
        facts = facts_of(application, own_person())
        if request.method == "GET":
            answers = answers_of(application) or operations.likely(facts)
            return self._page(
                application, answers, operations.form_for(asked(facts, answers), answers, at.date())
            )
        answers = operations.typed_answers(request.form)
        questions = asked(facts, answers)
        form = operations.form_for(questions, answers, at.date())
        is_sound = form.validate()
        shown = set(request.form.getlist("shown"))
        missed = [name for name in form.errors if name in shown or name not in BY_NAME or form[name].data]
        if missed:
            return self._page(application, answers, form), REFUSED
        if not is_sound:
            for name in form.errors:
                form[name].errors = ()
            return self._page(application, answers, form, follows=True)
        try:
            operations.save_answers(application, answers, by=me(), seen=form.seen.data, at=at)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            code = OUTDATED if isinstance(error, OutOfDate) else REFUSED
            return self._page(own_application(pk, who()), answers, form, error=error), code
        return redirect(self._onwards(application))

    def _onwards(self, application: Application) -> str:
        """To the verdict where something is left to do here; else on to the cover, or back."""
        verdict = judge(facts_of(application, own_person()), answers_of(application))
        there: dict[str, Any] = {**_way(), "_anchor": "verdict"}
        here = url_for("EligibilityView.edit", pk=application.id, **there)
        if verdict.standing is Standing.BARRED or verdict.conflicts or unproved(own_person(), verdict):
            return here
        flash(_("申报资格自查已保存：可以申报"), "success")
        return back_to(url_for("CoverView.cover", pk=application.id))

    def _page(
        self,
        application: Application,
        answers: dict[str, str],
        form: Any,
        error: DomainError | None = None,
        follows: bool = False,
    ) -> Any:
        person = own_person()
        saved = answers_of(application)
        verdict = judge(facts_of(application, person), saved) if saved else None
        form.seen.data = application.version
        return self.render_template(
            "apply/eligibility.html",
            application=application,
            form=form,
            error=error,
            follows=follows,
            questions=[BY_NAME[each.name] for each in form if each.name in BY_NAME],
            verdict=verdict,
            lacking=unproved(person, verdict) if verdict else [],
            uses=_uses(person.id),
            own_files=files_of(person),
            materials=own_materials(application),
            person=person,
            barred=barring_record(person.account, clock.now()),
            back=_way(),
            onwards=back_to(url_for("CoverView.cover", pk=application.id)),
            Standing=Standing,
            Kind=Kind,
        )


def _way() -> dict[str, str]:
    back = back_to("")
    return {"back": back} if back else {}


def _uses(owner_id: int) -> list[AttachmentUse]:
    return list(
        db.session.scalars(
            select(AttachmentUse)
            .where(AttachmentUse.owner_id == owner_id, AttachmentUse.section_slug == ELIGIBILITY)
            .options(joinedload(AttachmentUse.attachment))
            .order_by(AttachmentUse.id)
        )
    )
