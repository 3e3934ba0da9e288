"""The narrow gate: which rows a user may see. One clause a role answers both “this row” and “the list”."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from werkzeug.exceptions import NotFound

from .extensions import db
from .models import (
    Application,
    Attachment,
    AttachmentUse,
    Bureau,
    Correction,
    Employment,
    Evidence,
    FormTemplate,
    FormVersion,
    HelpRequest,
    Membership,
    Message,
    NoticeFile,
    Package,
    Person,
    PublicNotice,
    RemovedRecord,
    ReviewNote,
    Round,
    RouteStep,
    SavedList,
    Snapshot,
    StampedPage,
    SupportCase,
    Unit,
    UnitDepartment,
)
from .models.sections import SectionRow
from .vocabulary import HANDLED, STAFF_ROLES, Choice, Joining, RequestStatus, Role

LARGEST_KEY = 2**31 - 1


@dataclass(frozen=True)
class Standing:
    """What a user is: his roles, and for each the organisations he acts for."""

    user_id: int
    organisations: dict[Role, tuple[int, ...]]

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(self.organisations)

    @property
    def offices(self) -> tuple[int, ...]:
        """Every organisation he acts for, in whatever role."""
        return tuple(sorted({each for role in STAFF_ROLES for each in self.organisations.get(role, ())}))

    def of(self, role: Role) -> tuple[int, ...]:
        return self.organisations.get(role, ())


def standing_of(user: User) -> Standing:
    """One query. Views keep the answer for the length of a request (app/web/request.py)."""
    rows = db.session.execute(
        select(Membership.role, Membership.organisation_id)
        .where(Membership.user_id == user.id)
        .order_by(Membership.id)
    )
    return standing_from(user.id, ((role, organisation_id) for role, organisation_id in rows))


def standing_from(user_id: int, memberships: Iterable[tuple[Role, int | None]]) -> Standing:
    found: dict[Role, list[int]] = {}
    for role, organisation_id in memberships:
        found.setdefault(role, [])
        if organisation_id is not None:
            found[role].append(organisation_id)
    return Standing(user_id, {role: tuple(ids) for role, ids in found.items()})


has_been_submitted = Application.submission_no > 0


def _reached(offices: Iterable[int], *also: ColumnElement[bool]) -> ColumnElement[bool]:
    """The application has come to one of these offices on its route; `also` speaks of that step.

    Earlier routes do not count: after a reset the person may have changed the unit, and the office
    he left sees nothing of what he hands in through another (B08).
    """
    return (
        exists()
        .where(
            RouteStep.application_id == Application.id,
            RouteStep.route_no == Application.route_no,
            RouteStep.organisation_id.in_(list(offices)),
            RouteStep.reached_at.is_not(None),
            *also,
        )
        .correlate(Application)
    )


def _office(role: Role) -> Callable[[Standing], ColumnElement[bool]]:
    return lambda who: _reached(who.of(role))


def _has_recommended(who: Standing, *also: ColumnElement[bool]) -> ColumnElement[bool]:
    """It came to one of my units, and its person is still there: whoever leaves is gone at once (B08)."""
    still_there = (Person.id == Application.applicant_id, Person.unit_id == RouteStep.organisation_id)
    return _reached(who.of(Role.UNIT), *still_there, *also)


SEES_APPLICATION: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.APPLICANT: lambda who: Application.applicant_id == who.user_id,
    Role.UNIT: _has_recommended,
    Role.DEPARTMENT: _office(Role.DEPARTMENT),
    Role.BUREAU: _office(Role.BUREAU),
    Role.CITY_BUREAU: _office(Role.CITY_BUREAU),
    Role.COMMITTEE: _office(Role.COMMITTEE),
    Role.HOTLINE: lambda who: Application.id.is_not(None),
}


def _approved_units(departments: tuple[int, ...]) -> Select[Any]:
    return select(UnitDepartment.unit_id).where(
        UnitDepartment.department_id.in_(departments), UnitDepartment.status == Choice.APPROVED
    )


SEES_PERSON: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.APPLICANT: lambda who: Person.id == who.user_id,
    Role.UNIT: lambda who: Person.unit_id.in_(who.of(Role.UNIT)),
    Role.DEPARTMENT: lambda who: _confirmed_at(_approved_units(who.of(Role.DEPARTMENT))),
}


def _confirmed_at(units: Select[Any]) -> ColumnElement[bool]:
    """A unit's department sees whom the unit has confirmed, not whoever names it (B08)."""
    return Person.id.in_(
        select(Employment.person_id).where(
            Employment.unit_id.in_(units),
            Employment.ended_at.is_(None),
            Employment.status == Joining.CONFIRMED,
        )
    )


def ever_chose(units: Iterable[int]) -> ColumnElement[bool]:
    """Whom a unit may unlock: those who chose it at least once, even if they left (ACC-09)."""
    return Person.id.in_(select(Employment.person_id).where(Employment.unit_id.in_(list(units))))


def _of_office(user_id: Any) -> ColumnElement[bool]:
    """The account of an office or an administrator, which the hotline does not look after."""
    return exists().where(Membership.user_id == user_id, Membership.role.not_in(HANDLED))


# The hotline helps everyone; numbers reach its pages masked (D02).
SEES_ACCOUNT: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.HOTLINE: lambda who: User.id.is_not(None),
    Role.SECURITY_ADMIN: lambda who: _of_office(User.id),
}

SEES_UNIT: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.UNIT: lambda who: Unit.id.in_(who.of(Role.UNIT)),
    Role.DEPARTMENT: lambda who: Unit.id.in_(_approved_units(who.of(Role.DEPARTMENT))),
    Role.BUREAU: lambda who: or_(false(), *(_served_by(desk) for desk in _desks(who))),
    Role.HOTLINE: lambda who: Unit.id.is_not(None),
    Role.SUPER_ADMIN: lambda who: Unit.id.is_not(None),
}


def _desks(who: Standing) -> Iterable[Bureau]:
    return db.session.scalars(select(Bureau).where(Bureau.id.in_(who.of(Role.BUREAU)))).all()


def _served_by(desk: Bureau) -> ColumnElement[bool]:
    """The units of a desk's district whose nature it serves; without a nature yet, every desk there (X-19)."""
    here = and_(Unit.region_id.is_not(None), Unit.region_id == desk.region_id)
    return and_(here, or_(Unit.nature.is_(None), Unit.nature.in_(desk.natures))) if desk.natures else here


SEES_UNIT_DEPARTMENT: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.UNIT: lambda who: UnitDepartment.unit_id.in_(who.of(Role.UNIT)),
    Role.DEPARTMENT: lambda who: UnitDepartment.department_id.in_(who.of(Role.DEPARTMENT)),
}

SEES_ROUND: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.APPLICANT: lambda who: Round.published_at.is_not(None),
    Role.COMMITTEE: lambda who: Round.committee_id.in_(who.of(Role.COMMITTEE)),
    Role.SUPER_ADMIN: lambda who: Round.id.is_not(None),
}

# Drafts are the office's own; what was sent is the applicant's to read and to tick off.
SEES_NOTE: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.APPLICANT: lambda who: and_(
        ReviewNote.decision_id.is_not(None),
        ReviewNote.application_id.in_(select(Application.id).where(Application.applicant_id == who.user_id)),
    ),
}

# How the form is shaped concerns nobody's person; everybody else meets it as the form.
SEES_FORM_VERSION: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.SUPER_ADMIN: lambda who: FormVersion.id.is_not(None),
}
SEES_FORM_TEMPLATE: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.SUPER_ADMIN: lambda who: FormTemplate.id.is_not(None),
}


# What the hotline is asked; an applicant sees what he has asked himself.
SEES_REQUEST: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.APPLICANT: lambda who: HelpRequest.user_id == who.user_id,
    Role.HOTLINE: lambda who: HelpRequest.desk_unit_id.is_(None),
}

# Colleagues read each other's cases; whoever confirms a correction reads the case it belongs to.
SEES_CASE: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.HOTLINE: lambda who: SupportCase.id.is_not(None),
}

# One's own is seen, and refused by the operation.
SEES_CORRECTION: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.HOTLINE: lambda who: or_(~_of_office(Correction.user_id), Correction.user_id == who.user_id),
    Role.SECURITY_ADMIN: lambda who: Correction.id.is_not(None),
    Role.SUPER_ADMIN: lambda who: _of_office(Correction.user_id),
}


def _of_evidence(case: ColumnElement[bool]) -> ColumnElement[bool]:
    """The image lies in such a case, or in the request it was opened for."""
    return exists().where(
        case,
        SupportCase.closed_at.is_(None),
        or_(SupportCase.id == Evidence.case_id, SupportCase.request_id == Evidence.request_id),
    )


def _judges_evidence(who: Standing) -> ColumnElement[bool]:
    """A correction of the case waits for someone other than its proposer."""
    waiting = exists().where(
        Correction.case_id == SupportCase.id,
        Correction.decided_at.is_(None),
        Correction.proposed_by_id != who.user_id,
    )
    return _of_evidence(waiting)


# Images that prove who is calling: in one's own open case, in a request that nobody has taken yet,
# and for whoever has to confirm what they prove (ACC-07, B10).
SEES_EVIDENCE: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    Role.HOTLINE: lambda who: or_(
        _of_evidence(SupportCase.opened_by_id == who.user_id),
        _judges_evidence(who),
        and_(
            exists().where(
                HelpRequest.id == Evidence.request_id,
                HelpRequest.status == RequestStatus.OPEN,
                HelpRequest.desk_unit_id.is_(None),
            ),
            ~_of_evidence(true()),
        ),
    ),
    Role.SECURITY_ADMIN: _judges_evidence,
}


def _of_notice(seen: Callable[[Standing], ColumnElement[bool]]) -> Callable[[Standing], ColumnElement[bool]]:
    """The image lies in a notice of the current route of an application that is seen so."""
    return lambda who: exists().where(
        PublicNotice.id == NoticeFile.notice_id,
        Application.id == PublicNotice.application_id,
        Application.route_no == PublicNotice.route_no,
        seen(who),
    )


# What the unit has posted concerns the applicant, and every office that judges what the unit has recommended.
SEES_NOTICE_FILE: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    role: _of_notice(seen) for role, seen in SEES_APPLICATION.items() if role is not Role.HOTLINE
}


def _of_page(seen: Callable[[Standing], ColumnElement[bool]]) -> Callable[[Standing], ColumnElement[bool]]:
    """It was handed in on the current route of an application that is seen so."""
    return lambda who: exists().where(
        StampedPage.chosen.is_(False),
        Application.id == StampedPage.application_id,
        Application.route_no == StampedPage.route_no,
        seen(who),
    )


# The stamped Table 17 as cut: everybody's who sees the application; a unit's once it is verified, never the hotline's.
SEES_STAMPED_PAGE: dict[Role, Callable[[Standing], ColumnElement[bool]]] = {
    **{role: _of_page(seen) for role, seen in SEES_APPLICATION.items() if role is not Role.HOTLINE},
    Role.UNIT: _of_page(lambda who: _has_recommended(who, _is_verified())),
}


def _is_verified() -> ColumnElement[bool]:
    return exists().where(Unit.id == RouteStep.organisation_id, Unit.verified_at.is_not(None))


def _sees_attachment(who: Standing) -> ColumnElement[bool]:
    """One's own files, and those named by a snapshot of an application one may see (B09).

    A unit's clerk sees scans only once his unit has been verified (domain.md 2): anybody can
    register a unit, and people choose it by name.
    """
    own = Attachment.owner_id == who.user_id
    if not who.offices:
        return own
    offices = [_reached(who.of(role)) for role in STAFF_ROLES if role is not Role.UNIT and who.of(role)]
    reviewed = exists().where(
        Application.applicant_id == Attachment.owner_id,
        Snapshot.application_id == Application.id,
        Snapshot.content.contains(Attachment.id),
        or_(_has_recommended(who, _is_verified()), *offices) if who.of(Role.UNIT) else or_(*offices),
    )
    return or_(own, reviewed)


def visible(model: type, who: Standing) -> ColumnElement[bool]:
    """The clause for the rows of `model` this user may see; no clause for his roles means none."""
    if issubclass(model, SectionRow) or model in (Message, AttachmentUse, RemovedRecord):
        owner = model.recipient_id if model is Message else model.owner_id
        return owner == who.user_id
    if model is Package:
        return Package.owner_id == who.user_id
    if model is SavedList:
        return SavedList.user_id == who.user_id
    if model is Attachment:
        return _sees_attachment(who)
    table: dict[type, dict[Role, Callable[[Standing], ColumnElement[bool]]]] = {
        Application: SEES_APPLICATION,
        Person: SEES_PERSON,
        User: SEES_ACCOUNT,
        Unit: SEES_UNIT,
        UnitDepartment: SEES_UNIT_DEPARTMENT,
        ReviewNote: SEES_NOTE,
        Round: SEES_ROUND,
        HelpRequest: SEES_REQUEST,
        SupportCase: SEES_CASE,
        Correction: SEES_CORRECTION,
        Evidence: SEES_EVIDENCE,
        NoticeFile: SEES_NOTICE_FILE,
        StampedPage: SEES_STAMPED_PAGE,
        FormVersion: SEES_FORM_VERSION,
        FormTemplate: SEES_FORM_TEMPLATE,
    }
    clauses = [clause(who) for role, clause in table[model].items() if role in who.organisations]
    return or_(*clauses) if clauses else false()


def counted(who: Standing) -> ColumnElement[bool]:
    """What supervision may make figures of: what his offices see; a super administrator counts all that was
    handed in, and reads none of it."""
    if Role.SUPER_ADMIN in who.organisations:
        return has_been_submitted
    offices = {role: mine for role, mine in who.organisations.items() if role in STAFF_ROLES}
    return visible(Application, Standing(who.user_id, offices))


def scoped(model: type, who: Standing) -> Select[Any]:
    return select(model).where(visible(model, who))


def visible_among(model: type, keys: Iterable[object], who: Standing) -> frozenset[Any]:
    """Which of these rows the user may see, by primary key: a page links to no others."""
    key = model.__mapper__.primary_key[0]  # type: ignore[attr-defined]
    return frozenset(db.session.scalars(select(key).where(key.in_(list(keys)), visible(model, who))))


def get_or_404(model: type, pk: object, who: Standing, *options: Any) -> Any:
    """The row if the user may see it; else NotFound, the same as for a row that does not exist.

    `options` say what is loaded with it.
    """
    # What no column can hold is no row; PostgreSQL would answer with an error.
    if (isinstance(pk, int) and pk > LARGEST_KEY) or (isinstance(pk, str) and "\0" in pk):
        raise NotFound
    key = model.__mapper__.primary_key[0]  # type: ignore[attr-defined]
    row = db.session.scalars(scoped(model, who).where(key == pk).options(*options)).unique().one_or_none()
    if row is None:
        raise NotFound
    return row


def waiting_at(offices: Iterable[int]) -> ColumnElement[bool]:
    """What waits for a decision of these offices now; a subset of what they may see."""
    return and_(Application.holder_id.in_(list(offices)), Application.status == "in_review")


def is_own(application: Application, user: User) -> bool:
    return bool(application.applicant_id == user.id)


def unread_by(user_id: int) -> ColumnElement[bool]:
    """The clause for a person's unread messages."""
    return and_(Message.recipient_id == user_id, Message.read_at.is_(None), Message.deleted_at.is_(None))
