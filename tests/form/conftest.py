"""An application whose form can be drawn, with the bytes of its photo."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from app import clock
from app.dossier import storage
from app.models import Attachment, AttachmentUse
from app.models.attachments import PHOTO
from app.vocabulary import Status
from tests import factories


@pytest.fixture
def with_photo(app, session):
    """Put real bytes behind the photo of an application's dossier before it is submitted."""

    def store(application):
        picture = io.BytesIO()
        Image.new("RGB", (390, 567), (10, 120, 200)).save(picture, "JPEG")
        key = storage.store(app.config["PRIVATE_ROOT"], picture.getvalue())
        use = session.scalars(
            select(AttachmentUse).filter_by(owner_id=application.applicant_id, section_slug=PHOTO)
        ).one()
        session.add(
            Attachment(
                id=key, owner_id=use.owner_id, name="照片.jpg", mime="image/jpeg",
                size=picture.tell(), sha256="0" * 64, created_at=clock.now(),
            )
        )  # fmt: skip
        session.flush()
        use.attachment_id = key
        session.flush()
        return application

    return store


@pytest.fixture
def passed(session, with_photo):
    application = with_photo(factories.make_draft())
    factories.submit(application)
    while application.status is Status.IN_REVIEW:
        factories.approve(application)
    session.commit()
    return application
