"""What lies on the hotline's desk: requests that wait, a correction for the second person, a case that is closed."""

from datetime import datetime

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from ..dossier import images, storage
from ..dossier.uploads import limits
from ..extensions import db
from ..models import Person
from ..models.sections import WorkHistory
from ..support import asked, corrections, on_behalf, operations
from ..support.rules import Act
from ..vocabulary import CaseKind, IdentityCheck
from . import pictures

MAJOR = {
    "level1": "工学",
    "level2": "示例交叉类",
    "level3": "示例数字档案工程",
    "note": "毕业证书上是这个专业，目录中没有。",
}


def answer_calls(at: datetime) -> None:
    """The first hotline account has something to take, to confirm and to look back on."""
    first, second = _account("demo-hotline"), _account("demo-hotline-2")
    newcomer, draft = _account("demo-newcomer"), _account("demo-draft")
    asked.ask(CaseKind.NEW_MAJOR, MAJOR, [_image("演示毕业证书", newcomer)], by=newcomer, at=at)
    wrong = {"value": "示例一乙", "note": "注册时少写一个字，与身份证一致的是“示例一乙”。"}
    asked.ask(CaseKind.CORRECTION, wrong, [_image("演示身份证明", draft)], by=draft, at=at)
    _propose(_account("demo-blocked"), "示例丙丙", by=second, at=at)
    _change(_account("demo-returned"), by=first, at=at)


def _propose(subject: User, name: str, *, by: User, at: datetime) -> None:
    case = operations.open_case(
        CaseKind.CORRECTION, subject=subject, unit=None, request=None, caller=subject.first_name,
        identity_check=IdentityCheck.DOCUMENTS, reason="登记的姓名与身份证不一致，已上传身份证图片。", by=by, at=at,
    )  # fmt: skip
    operations.add_evidence(case, [_image("演示身份证明", subject)], by=by, at=at)
    corrections.propose(case, Act.NAME, name, by=by, at=at)


def _change(subject: User, *, by: User, at: datetime) -> None:
    case = operations.open_case(
        CaseKind.DOSSIER, subject=subject, unit=None, request=None, caller=subject.first_name,
        identity_check=IdentityCheck.CALLBACK, reason="证明人写错，本人不会修改。", by=by, at=at,
    )  # fmt: skip
    person = db.session.get_one(Person, subject.id)
    row = db.session.scalars(select(WorkHistory).where(WorkHistory.owner_id == person.id)).first()
    assert row
    values = {"witness": "示例新证明人"}
    on_behalf.change_record(case, person, row, values, seen=row.version, by=by, at=at)
    operations.close_case(case, outcome="已代为修改，来电人核对无误。", result=None, by=by, at=at)


def _image(title: str, owner: User) -> asked.Stored:
    picture = images.scan(f"{title}.png", pictures.paper(title, owner.first_name), limits())
    return picture, storage.store(current_app.config["PRIVATE_ROOT"], picture.content)


def _account(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()
