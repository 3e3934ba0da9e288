"""个人信息: the first page of the dossier, the work unit, the photo (PRO-01…08)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..accounts import employment
from ..accounts.numbers import born_and_gender
from ..extensions import db
from ..models import Person, Unit, fields_of
from ..models.people import TENURE as TENURE_GROUP
from ..policy import LARGEST_KEY
from ..web.masking import own_mobile
from . import operations
from .completeness import Gap, person_gaps
from .files import photo_of
from .forms import DossierForm, form_of
from .layout import DECLARED
from .locks import LOCKS_UNIT, lock_of, unit_refusal_for
from .offers import TENURE, Offer, counted_until, offers_of, postcode_region
from .pages import (
    Refusal,
    application_now,
    back_to,
    explain,
    lock_sentence,
    next_gap,
    once,
    own_held,
    own_marks,
    own_person,
    round_of,
    to_next_gap,
    try_save,
)
from .returned import PERSON, marks_at, show_at_fields
from .rules import clean
from .trees import agree
from .unit_search import FOUND_UNITS, find_units


class PersonView(BaseView):  # type: ignore[misc]
    route_base = "/person"
    default_view = "edit"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def edit(self) -> Any:
        """Four cards of fields; saved as far as they are filled, with what is still missing (PRO-01).

        `adopt` names an offer to write into the inputs; nothing is saved by that.
        """
        person = own_person()
        form = form_of(Person, DECLARED)(obj=person)
        if request.method == "GET":
            _prefill(form, person)
            form.contact_mobile.data = own_mobile(form.contact_mobile.data)
            return self._page(person, form, gaps=person_gaps(person, own_held()))
        if wanted := request.form.get("adopt"):
            offer = _offers(person).get(wanted) or abort(400)
            for name, number in offer.inputs.items():
                form.put(name, number)
            return self._page(person, form, adopted=offer)
        gaps: list[Gap] = []

        def save() -> None:
            operations.save_person(person, form.values, seen=form.seen)
            gaps.extend(person_gaps(person))

        refusal = try_save(form, save, own_person)
        if refusal:
            return self._page(own_person(), form, refusal)
        if gaps:
            flash(_("个人信息已保存，还差 %(count)s 项。", count=len(gaps)), "warning")
        else:
            flash(_("个人信息已保存，内容完整。"), "success")
        if request.form.get("then") == "next":
            return redirect(to_next_gap())
        return redirect(back_to(url_for("PersonView.edit")))

    def _page(
        self,
        person: Person,
        form: DossierForm,
        refusal: Refusal | None = None,
        gaps: Sequence[Gap] = (),
        adopted: Offer | None = None,
    ) -> Any:
        groups = dict.fromkeys(each.group for each in fields_of(Person))
        marks = marks_at(own_marks(), PERSON)
        show_at_fields(form, marks)
        round_ = round_of(application_now())
        return self.render_template(
            "dossier/person.html",
            person=person,
            form=form,
            groups=[
                (group, [form[each.name] for each in fields_of(Person) if each.group == group])
                for group in groups
            ],
            tenure_group=TENURE_GROUP,
            offers=_offers(person),
            until=_until(person),
            adopted=adopted,
            gaps=gaps,
            marks=marks,
            locked=lock_sentence(person),
            refusal=refusal,
            photo=photo_of(person),
            disagrees=not agree(person.major, person.profession),
            blocks=round_ is not None and round_.major_mismatch_blocks,
            back=back_to(""),
            next_gap=next_gap(),
        ), refusal.status if refusal else 200

    @expose("/unit")
    @has_access
    def unit(self) -> Any:
        """Find the work unit by name or credit code (UNI-09)."""
        person = own_person()
        words = clean(request.args.get("q", ""))[:100]
        application = lock_of(person, LOCKS_UNIT)
        return self.render_template(
            "dossier/unit.html",
            person=person,
            place=employment.current(person.id),
            words=words,
            units=find_units(words),
            most=FOUND_UNITS,
            locked=explain(unit_refusal_for(application)) if application else "",
            back=back_to(""),
        )

    @expose("/unit/<int:pk>", methods=["POST"])
    @has_access
    def choose_unit(self, pk: int) -> Any:
        """Any unit may be chosen: whether the person works there, the unit itself says at its review."""
        person = own_person()
        unit = (db.session.get(Unit, pk) if pk <= LARGEST_KEY else None) or abort(404)
        operations.choose_unit(person, unit, by=person.account, at=clock.now())
        db.session.commit()
        flash(_("工作单位已选择：%(name)s。", name=unit.name), "success")
        application = application_now()
        if application is not None and application.cover_saved_at and application.unit_id != pk:
            flash(_("申报封面上还是原来的单位，重新保存封面后再提交。"), "warning")
        return redirect(back_to(url_for("PersonView.edit")))


def _until(person: Person) -> date:
    return counted_until(application_now(), clock.today())


def _offers(person: Person) -> dict[str, Offer]:
    return once("offers", lambda: offers_of(person, _until(person)))


def _prefill(form: DossierForm, person: Person) -> None:
    """What is known already is not asked again; it is stored when the person saves."""
    known = born_and_gender(person.account.id_number, person.account.document)
    offered: dict[str, Any] = {"contact_mobile": person.account.mobile}
    if known:
        offered |= {"birth_date": known[0], "gender": known[1]}
    tenure = _offers(person)[TENURE]
    if not tenure.records and person.tenure_years is None and person.tenure_months is None:
        offered |= tenure.inputs
    region = None if person.postcode else postcode_region(person)
    if region:
        offered["postcode"] = region.postcode
        form.postcode.description = _("按“%(region)s”推算，可以修改", region=region.name)
    for name, value in offered.items():
        if form[name].data is None:
            form[name].data = value
