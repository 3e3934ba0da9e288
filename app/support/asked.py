"""What people ask of the hotline (ACC-07, PRO-08, M6.5): entering a request, what it says, what came of it.

What was typed is sealed as a whole. Images come with a request or not at all: they are rows of Evidence.
"""

import hashlib
import json
import uuid
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from ..audit import record
from ..dossier.images import Picture
from ..extensions import db
from ..messages.operations import tell
from ..models import Evidence, HelpRequest, SupportCase, Unit
from ..protection import seal, unseal
from ..vocabulary import N_, CaseKind, RequestStatus
from ..web.masking import mask_id_number, mask_mobile
from .refusals import AlreadyAsked, TooManyImages
from .rules import MOST_IMAGES

PLACE = "help_request.content"
ANSWERED = N_("您的请求（%(number)s，%(kind)s）%(status)s。%(answer)s")
Stored = tuple[Picture, str]

# What may hold a number of the person's.
NUMBERS = ("phone", "value")

# The names of what is typed, in the order in which it is read.
NAMES = {
    "unit_name": N_("单位名称"),
    "credit_code": N_("统一社会信用代码"),
    "contact": N_("联系人"),
    "phone": N_("联系电话"),
    "level1": N_("一级"),
    "level2": N_("二级"),
    "level3": N_("三级（专业名称）"),
    "field": N_("更正项目"),
    "value": N_("正确内容"),
    "note": N_("说明"),
}


def ask(
    kind: CaseKind, content: dict[str, str], images: list[Stored], *, by: User | None, at: datetime,
    unit: Unit | None = None,
) -> HelpRequest:  # fmt: skip
    """Enter a request for the hotline with its images. AlreadyAsked if one of that kind is still open."""
    request = HelpRequest(
        kind=kind,
        user_id=by.id if by else None,
        unit_id=unit.id if unit else None,
        content=seal(json.dumps(content, ensure_ascii=False), PLACE),
        created_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError:
        raise AlreadyAsked from None
    for picture, key in images:
        db.session.add(_evidence(picture, key, at, request_id=request.id))
    db.session.flush()
    record("ask_help", request, at=at, by_id=by.id if by else None, detail=kind.value)
    return request


def content_of(request: HelpRequest) -> dict[str, str]:
    """What was typed, by field."""
    found: dict[str, str] = json.loads(unseal(request.content, PLACE)) if request.content else {}
    return found


def masked_content(request: HelpRequest) -> dict[str, str]:
    """What was typed, with the numbers in it as every page shows them (D02)."""
    return {name: _masked(name, value) for name, value in content_of(request).items()}


def _masked(name: str, value: str) -> str:
    if name == "phone":
        return mask_mobile(value)
    is_number = name == "value" and any(each.isdigit() for each in value)
    return mask_id_number(value) if is_number else value


def add_images(case: SupportCase, images: list[Stored], at: datetime) -> None:
    """Enter images into a case; TooManyImages past the limit. The caller has locked the case."""
    there = db.session.scalar(select(func.count(Evidence.id)).where(Evidence.case_id == case.id)) or 0
    if there + len(images) > MOST_IMAGES:
        raise TooManyImages(n=MOST_IMAGES)
    db.session.add_all(_evidence(picture, key, at, case_id=case.id) for picture, key in images)
    db.session.flush()


def images_of(case: SupportCase) -> list[Evidence]:
    """The images of the case and of the request it was opened for."""
    mine = Evidence.case_id == case.id
    where = mine | (Evidence.request_id == case.request_id) if case.request_id else mine
    return list(db.session.scalars(select(Evidence).where(where).order_by(Evidence.created_at, Evidence.id)))


def answer(request: HelpRequest, status: RequestStatus, text: str, *, by: User, at: datetime) -> bool:
    """Say what came of an open request, and tell whoever asked. False if it has been answered already."""
    answered = db.session.execute(
        update(HelpRequest)
        .where(HelpRequest.id == request.id, HelpRequest.status == RequestStatus.OPEN)
        .values(status=status, answer=text, handled_at=at, handled_by_id=by.id)
        .execution_options(synchronize_session=False)
    )
    if not answered.rowcount:  # type: ignore[attr-defined]
        return False
    if request.user_id is not None:
        said = ANSWERED % {
            "number": request.number,
            "kind": request.kind.label,
            "status": status.label,
            "answer": text,
        }
        tell([request.user_id], said, at=at)
    return True


def _evidence(picture: Picture, key: str, at: datetime, **belongs: int) -> Evidence:
    return Evidence(
        id=str(uuid.uuid4()),
        name=picture.name,
        mime=picture.mime,
        size=len(picture.content),
        sha256=hashlib.sha256(picture.content).hexdigest(),
        storage_key=key,
        created_at=at,
        **belongs,
    )
