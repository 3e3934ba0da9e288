"""An application's form: the dossier as submitted, and what the unit and the offices have added to it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..clock import SHANGHAI
from ..dossier.completeness import required_slugs
from ..dossier.snapshot import content_of, live_content, verify
from ..errors import PrintFailed
from ..extensions import db
from ..models import (
    PHOTO,
    Application,
    Decision,
    FormTable,
    Person,
    PublicNotice,
    RouteStep,
    Snapshot,
    UnitOpinion,
)
from ..vocabulary import Event, Status
from .document import build
from .sheets import Document
from .wording import SYSTEM

# the form can be printed from the committee's pass on.
PRINTABLE = frozenset({Status.PAPER, Status.READY})
VERIFY = "/verify"
FILLABLE = frozenset({Status.DRAFT, Status.RETURNED})


@dataclass(frozen=True)
class Form:
    """The sheets, whether they show the dossier as it is being filled in, and the photo's attachment."""

    document: Document
    is_live: bool
    photo: str | None


def form_of(application: Application, *, own: bool, on: date) -> Form:
    """The form as frozen at the last submission, or live for the applicant while he may change it.

    Raises PrintFailed if the frozen text is not the one that was submitted.
    """
    snapshot = last_snapshot(application)
    is_live = snapshot is None or (own and application.status in FILLABLE)
    if is_live or snapshot is None:
        content = live_content(db.session.get_one(Person, application.applicant_id), application, on)
    elif verify(snapshot):
        content = content_of(snapshot)
    else:
        raise PrintFailed(number=application.number)
    document = build(
        content,
        _record(application, None if is_live else snapshot),
        table_names=_table_names(),
        required=required_slugs(application.round),
    )
    photos = [each["id"] for each in content["attachments"] if each["section"] == PHOTO]
    return Form(document, is_live, photos[-1] if photos else None)


def _table_names() -> dict[int, str]:
    return {no: name for no, name in db.session.execute(select(FormTable.no, FormTable.name))}


def _record(application: Application, snapshot: Snapshot | None) -> dict[str, Any]:
    return {
        "opinion": _opinion(application) if snapshot else None,
        "chain": _chain(application) if snapshot else [],
        "number": application.number,
        "submission_no": snapshot.number if snapshot else 0,
        "digest": snapshot.digest if snapshot else None,
        "draft": application.status not in PRINTABLE,
        "verify": verify_address(snapshot.digest) if snapshot else "",
        "system": current_app.config["APP_NAME"] or SYSTEM,
    }


def verify_address(digest: str) -> str:
    """Where the code on the cover leads; a form is also made where no request says which host it is."""
    return f"{current_app.config['PUBLIC_URL']}{VERIFY}/{digest}"


def last_snapshot(application: Application) -> Snapshot | None:
    if application.submission_no == 0:
        return None
    found: Snapshot | None = db.session.scalar(
        select(Snapshot).where(
            Snapshot.application_id == application.id, Snapshot.number == application.submission_no
        )
    )
    return found


def _opinion(application: Application) -> dict[str, Any] | None:
    opinion = db.session.scalar(
        select(UnitOpinion)
        .where(UnitOpinion.application_id == application.id, UnitOpinion.route_no == application.route_no)
        .options(joinedload(UnitOpinion.by))
    )
    if opinion is None:
        return None
    return {
        "appraisal": opinion.appraisal,
        "method": opinion.method,
        "participants": opinion.participants,
        "participant_count": opinion.participant_count,
        "opinion": opinion.opinion,
        "formation": opinion.formation,
        **_notice(application),
        "by": opinion.by.first_name,
        "saved_on": opinion.saved_at.astimezone(SHANGHAI).date().isoformat(),
    }


def _notice(application: Application) -> dict[str, str]:
    """The unit's notice; that of the employer of dispatched staff is named beside its result (ELI-07)."""
    query = (
        select(PublicNotice)
        .where(PublicNotice.application_id == application.id, PublicNotice.route_no == application.route_no)
        .order_by(PublicNotice.place.desc())
    )
    found = db.session.scalars(query).all()
    if not found:
        return {"notice_from": "", "notice_until": "", "notice_result": ""}
    own, *others = found
    results = [
        _result(own),
        *(f"{each.organisation} {each.starts_on}–{each.ends_on}：{_result(each)}" for each in others),
    ]
    return {
        "notice_from": own.starts_on.isoformat(),
        "notice_until": own.ends_on.isoformat(),
        "notice_result": "；".join(each for each in results if each),
    }


def _result(notice: PublicNotice) -> str:
    """As the form has it, in Chinese whatever the reader's language."""
    return "，".join(filter(None, (notice.outcome.label if notice.outcome else "", notice.remark)))


def _chain(application: Application) -> list[dict[str, Any]]:
    """Every office of the route as laid, with its approval; what is not decided yet stays blank."""
    steps = db.session.scalars(
        select(RouteStep)
        .where(RouteStep.application_id == application.id, RouteStep.route_no == application.route_no)
        .options(joinedload(RouteStep.organisation))
        .order_by(RouteStep.position)
    )
    approved = _approvals(application)
    return [
        {
            "stage": step.stage.value,
            "organisation": step.organisation.name,
            **_signed(approved.get(step.position)),
        }
        for step in steps
    ]


def _signed(decision: Decision | None) -> dict[str, Any]:
    if decision is None:
        return {"opinion": None, "by": None, "on": None}
    return {
        "opinion": decision.opinion,
        "by": decision.by.first_name if decision.by else None,
        "on": decision.at.astimezone(SHANGHAI).date().isoformat(),
    }


def _approvals(application: Application) -> dict[int, Decision]:
    """The approvals on the present route by step: those since the application was last handed in anew."""
    approvals: dict[int, Decision] = {}
    history = db.session.scalars(
        select(Decision)
        .where(Decision.application_id == application.id)
        .options(joinedload(Decision.by))
        .order_by(Decision.id)
    )
    for decision in history:
        if decision.event is Event.SUBMIT:
            approvals = {}
        elif decision.event is Event.APPROVE and decision.from_step is not None:
            approvals[decision.from_step] = decision
    return approvals
