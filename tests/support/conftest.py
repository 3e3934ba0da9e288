"""Two members of the hotline at their browsers, and someone who calls."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from app import clock
from app.models import AuditEntry, CaseEntry, Message, Outbox, SupportCase
from app.support import operations
from app.vocabulary import CaseKind, IdentityCheck, Role
from tests import factories as make


def picture(colour: str = "white") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(buffer, "PNG")
    return buffer.getvalue()


def images(count: int = 1) -> dict:
    return {"images": [(io.BytesIO(picture()), f"证明{n}.png") for n in range(count)]}


@pytest.fixture
def desk(session, sign_in):
    return _desk(session, sign_in)


@pytest.fixture
def second(session, sign_in):
    return _desk(session, sign_in)


def _desk(session, sign_in):
    clerk = make.make_user(Role.HOTLINE)
    session.commit()
    client = sign_in(clerk)
    client.user_id = clerk.id
    return client


@pytest.fixture
def caller(session):
    """An applicant with a unit."""
    person = make.make_applicant(make.make_unit())
    person.account.first_name = f"示例来电人{person.id}"
    session.commit()
    return person.account


@pytest.fixture
def open_case(session, desk):
    """A case of `desk`'s; returns its id."""

    def begin(
        kind: CaseKind,
        subject=None,
        unit=None,
        by: int | None = None,
        check=IdentityCheck.CALLBACK,
        request=None,
    ) -> int:
        case = operations.open_case(
            kind,
            subject=subject,
            unit=unit,
            request=request,
            caller="示例来电人",
            identity_check=check,
            reason="示例来电事由",
            by=session.get_one(make.User, by or desk.user_id),
            at=clock.now(),
        )
        session.commit()
        return case.id

    return begin


@pytest.fixture
def told(session):
    """The texts of a person's messages, the newest first."""

    def texts(user_id: int) -> list[str]:
        query = select(Message.text).where(Message.recipient_id == user_id).order_by(Message.id.desc())
        return list(session.scalars(query))

    return texts


@pytest.fixture
def recorded(session):
    """What the record of changes has about this action, and deeds of a case."""

    def entries(action: str) -> list[AuditEntry]:
        return list(
            session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))
        )

    return entries


@pytest.fixture
def deeds(session):
    def of(case_id: int) -> list[str]:
        query = select(CaseEntry.deed).where(CaseEntry.case_id == case_id).order_by(CaseEntry.id)
        return [each.value for each in session.scalars(query)]

    return of


@pytest.fixture
def texts_to(session):
    def of(mobile: str) -> list[str]:
        return list(session.scalars(select(Outbox.text).where(Outbox.mobile == mobile).order_by(Outbox.id)))

    return of


@pytest.fixture(autouse=True)
def gateway(app):
    from app.messages.gateways import DevelopmentGateway

    app.extensions.setdefault("sms_gateway", DevelopmentGateway())


def close_long_ago(session, case_id: int) -> None:
    case = session.get_one(SupportCase, case_id)
    case.closed_at = clock.now() - timedelta(days=1)
    session.commit()
