"""个人信息: the first page of the dossier, the work unit, the photo (PRO-01…08)."""

from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from .. import clock
from ..accounts import employment
from ..accounts.numbers import born_and_gender
from ..errors import DomainError
from ..extensions import db
from ..models import Person, Unit, fields_of
from ..policy import LARGEST_KEY
from ..web.masking import own_mobile
from . import operations, storage
from .completeness import current_application, person_gaps
from .files import photo_of, set_photo
from .forms import DossierForm, form_of
from .images import portrait
from .layout import DECLARED
from .locks import LOCKS_UNIT, lock_of, require_editable, unit_refusal_for
from .pages import (
    UNPROCESSABLE,
    Refusal,
    back_to,
    explain,
    here_and_back,
    lock_sentence,
    own_person,
    try_save,
)
from .rules import clean
from .trees import agree
from .uploads import limits, received

FOUND_UNITS = 20


class PersonView(BaseView):  # type: ignore[misc]
    route_base = "/person"
    default_view = "edit"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def edit(self) -> Any:
        """Four cards of fields; saved as far as they are filled, with what is still missing (PRO-01)."""
        person = own_person()
        form = form_of(Person, DECLARED)(obj=person)
        if request.method == "GET":
            _prefill(form, person)
            form.contact_mobile.data = own_mobile(form.contact_mobile.data)
            return self._page(person, form, None)
        refusal = try_save(
            form, lambda: operations.save_person(person, form.values, seen=form.seen), own_person
        )
        if refusal:
            return self._page(own_person(), form, refusal)
        gaps = person_gaps(own_person())
        if gaps:
            flash(_("个人信息已保存，还差 %(count)s 项。", count=len(gaps)), "warning")
            return redirect(here_and_back("PersonView.edit"))
        flash(_("个人信息已保存，内容完整。"), "success")
        return redirect(back_to(url_for("PersonView.edit")))

    def _page(self, person: Person, form: DossierForm, refusal: Refusal | None) -> Any:
        groups = dict.fromkeys(each.group for each in fields_of(Person))
        return self.render_template(
            "dossier/person.html",
            person=person,
            form=form,
            groups=[
                (group, [form[each.name] for each in fields_of(Person) if each.group == group])
                for group in groups
            ],
            gaps=[] if refusal else person_gaps(person),
            locked=lock_sentence(person),
            refusal=refusal,
            photo=photo_of(person),
            disagrees=not agree(person.major, person.profession),
            back=back_to(""),
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
            units=_find_units(words) if words else [],
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
        application = current_application(own_person())
        if application is not None and application.cover_saved_at and application.unit_id != pk:
            flash(_("申报封面上还是原来的单位，重新保存封面后再提交。"), "warning")
        return redirect(back_to(url_for("PersonView.edit")))

    @expose("/photo", methods=["GET", "POST"])
    @has_access
    def photo(self) -> Any:
        """The photo of the form: its middle is cut out and reduced (PRO-03, X-15)."""
        error = ""
        if request.method == "POST":
            try:
                self._replace_photo()
                return redirect(back_to(url_for("PersonView.photo")))
            except DomainError as refused:
                db.session.rollback()
                error = explain(refused)
        person = own_person()
        return self.render_template(
            "dossier/photo.html",
            photo=photo_of(person),
            locked=lock_sentence(person),
            error=error,
            back=back_to(url_for("PersonView.edit")),
        ), UNPROCESSABLE if error else 200

    def _replace_photo(self) -> None:
        require_editable(own_person())
        # Decoding takes its time; nobody else's writing waits for it.
        db.session.rollback()
        filename, content = next(iter(received("photo")), ("", b""))
        picture = portrait(filename, content, limits())
        root = current_app.config["PRIVATE_ROOT"]
        key = storage.store(root, picture.content)
        try:
            unneeded = set_photo(
                own_person(), picture, key, limit=current_app.config["FILES_PER_PERSON"], at=clock.now()
            )
            db.session.commit()
        except DomainError:
            storage.discard(root, key)
            raise
        for each in unneeded:
            storage.discard(root, each)
        flash(_("照片已保存。"), "success")


def _prefill(form: DossierForm, person: Person) -> None:
    """What registration already knows is not asked again; it is stored when the person saves."""
    known = born_and_gender(person.account.id_number, person.account.document)
    offered = {"contact_mobile": person.account.mobile}
    if known:
        offered |= {"birth_date": known[0], "gender": known[1]}
    for name, value in offered.items():
        if form[name].data is None:
            form[name].data = value


def _find_units(words: str) -> list[Unit]:
    """At most twenty; names that begin with the words first."""
    begins = Unit.name.startswith(words, autoescape=True)
    return list(
        db.session.scalars(
            select(Unit)
            .where(
                or_(
                    Unit.name.contains(words, autoescape=True),
                    Unit.credit_code.startswith(words.upper(), autoescape=True),
                )
            )
            .options(joinedload(Unit.region))
            .order_by(begins.desc(), Unit.name, Unit.id)
            .limit(FOUND_UNITS)
        )
    )
