"""Applications whose files have bytes, so that a package of them is whole."""

import hashlib

import pytest
from sqlalchemy import select

from app.dossier import storage
from app.models import Attachment, AttachmentUse
from app.packages import jobs
from tests import factories as make
from tests.form.conftest import passed, with_photo  # noqa: F401


@pytest.fixture
def give_bytes(app, session):
    """Real bytes for every file of a dossier, under names as its owner might have typed them."""

    def give(application, name="示例材料.pdf"):
        uses = session.scalars(select(AttachmentUse).filter_by(owner_id=application.applicant_id)).all()
        for n, old in enumerate(sorted({use.attachment_id for use in uses})):
            before = session.get_one(Attachment, old)
            content = f"%PDF-1.4 示例内容 {n} of {application.number}".encode()
            key = storage.store(app.config["PRIVATE_ROOT"], content)
            session.add(
                Attachment(
                    id=key, owner_id=before.owner_id, name=name, mime=before.mime, size=len(content),
                    sha256=hashlib.sha256(content).hexdigest(), created_at=before.created_at,
                )
            )  # fmt: skip
            session.flush()
            for use in uses:
                if use.attachment_id == old:
                    use.attachment_id = key
        session.flush()
        return application

    return give


@pytest.fixture
def submitted(session, give_bytes):
    application = give_bytes(make.make_draft())
    make.submit(application)
    session.commit()
    return application


@pytest.fixture(autouse=True)
def nobody_at_it(app):
    """What a test has begun ends before its database goes."""
    yield
    assert jobs._bench.acquire(timeout=60)
    jobs._bench.release()
