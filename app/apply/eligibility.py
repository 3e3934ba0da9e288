"""申报资格自查 as it is typed and saved (ELI-01…11)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, StopValidation

from ..errors import NotAllowedNow, OutOfDate
from ..extensions import db
from ..models import Application, Eligibility, Person
from ..vocabulary import Nature
from ..workflow.eligibility import asked
from ..workflow.questions import BY_NAME, DISPATCHED, EMPLOYEE, FREELANCER, Facts, Question
from ..workflow.readiness import facts_of
from .forms import seen_field
from .gaps import FILLABLE

ANSWER = _l("选择一项")
OF_NATURE = {
    Nature.DISPATCH: DISPATCHED,
    Nature.AGENCY: FREELANCER,
    Nature.ASSOCIATION: FREELANCER,
}


class AnswersForm(FlaskForm):  # type: ignore[misc]
    """The questions that apply, one field each; see form_for()."""

    seen = seen_field()


def form_for(questions: list[Question], answers: Mapping[str, str], until: date) -> Any:
    """A form of these questions, filled with what is known or was posted. Days may not be later than `until`."""
    fields = {each.name: _field(each, answers.get(each.name), until) for each in questions}
    return type("Answers", (AnswersForm,), fields)()


def _field(question: Question, known: str | None, until: date) -> Any:
    if question.is_day:
        return StringField(
            _l(question.text),
            [InputRequired(_l("填写时间，如 2024-07-01")), _day(question, until)],
            default=known,
            render_kw={"type": "date", "max": until.isoformat()},
        )
    return RadioField(
        _l(question.text),
        [InputRequired(ANSWER), _offered(question)],
        choices=[SelectChoice(value, _(label)) for value, label in question.options],
        default=known,
        validate_choice=False,
    )


def _offered(question: Question) -> Any:
    def check(form: Any, field: Any) -> None:
        if not question.accepts(field.data):
            raise StopValidation(ANSWER)

    return check


def _day(question: Question, until: date) -> Any:
    def check(form: Any, field: Any) -> None:
        if not question.accepts(field.data):
            raise StopValidation(_("按“年-月-日”填写，如 2024-07-01"))
        if field.data > until.isoformat():
            raise StopValidation(_("不能晚于今天"))

    return check


def typed_answers(posted: Mapping[str, str]) -> dict[str, str]:
    """What was posted to questions of ours, as posted."""
    return {name: posted[name] for name in BY_NAME if posted.get(name)}


def likely(facts: Facts) -> dict[str, str]:
    """What the dossier says already, to be looked over: whom the unit employs."""
    return {"status": OF_NATURE.get(facts.nature, EMPLOYEE)} if facts.nature else {}


def save_answers(
    application: Application, answers: Mapping[str, str], *, by: User, seen: int, at: datetime
) -> None:
    """Keep the answers to the questions that apply, barred or not: the verdict follows from them at any time.

    Refused to others than the applicant, once an office has the application, and from a page that is out of date.
    """
    db.session.refresh(application, with_for_update=True)
    if application.applicant_id != by.id or application.status not in FILLABLE:
        raise NotAllowedNow(status=lazy_gettext(application.status.label))
    if application.version != seen:
        raise OutOfDate
    person = db.session.get_one(Person, application.applicant_id)
    kept = {
        each.name: answers[each.name]
        for each in asked(facts_of(application, person), answers)
        if each.accepts(answers.get(each.name, ""))
    }
    row = db.session.query(Eligibility).filter_by(application_id=application.id).one_or_none()
    if row is None:
        row = Eligibility(application_id=application.id)
        db.session.add(row)
    row.answers, row.saved_at = kept, at
    db.session.flush()
    db.session.expire(application, ["eligibility"])
