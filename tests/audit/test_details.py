"""An auditor reads Chinese, whatever short words the record keeps."""

import re

import pytest
from flask_appbuilder import Model
from sqlalchemy import select

from app import clock
from app.audit import UNREMARKABLE, record
from app.chain import Fault, Kind
from app.models import AuditEntry
from app.reference import details
from app.vocabulary import CaseKind, Purpose, RequestStatus, Role, UnitCheck
from tests import factories as make

LATIN = re.compile(r"[A-Za-z]{3,}")
# What a line says, with its action and object; and what the auditor reads.
READ = [
    ("known browser", "miss", "User", "在账号登录过的浏览器"),
    ("by mobile", "miss", "User", "用手机号登录"),
    ("by document, locked", "miss", "User", "用证件号登录，账号已锁定"),
    ("by mobile, with other names", "lock", "User", "用手机号登录，与用其他登录名输错的合计"),
    ("unit 5", "confirm_person", "Person", "单位 5"),
    ("account 7", "ask_unlock", "HelpRequest", "账号 7"),
    ("persons 3, 4", "send_message", "Unit", "人员 3, 4"),
    ("all", "end_sign_in", "User", "全部浏览器"),
    ("261127-0A1B2C3D, mobile, two persons", "correct_mobile", "User", "261127-0A1B2C3D，手机号，两人办理"),
    ("261127-0A1B2C3D, id_number, entry 9", "show_number", "User", "261127-0A1B2C3D，证件号，办理经过 9"),
    ("Application, Decision", "WorkbenchView.decide", "WorkbenchView", "申报，审核意见"),
    ("first_name, mobile", "edit", "User", "姓名，手机号"),
    ("contact_phone, nature", "edit", "Unit", "联系电话，单位性质"),
    ("429", "HotlineView.search", "HotlineView", "短时间内请求过多"),
    ("recover", "wrong_code", "", "找回密码"),
    ("", "edit", "Unit", ""),
    ("what nobody has named", "edit", "Unit", "what nobody has named"),
]


@pytest.mark.parametrize(("detail", "action", "object_type", "read"), READ)
def test_a_detail_is_read_in_chinese(app, detail, action, object_type, read):
    with app.test_request_context():
        assert details.detail_label(detail, action, object_type) == read


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("wrong_code", Purpose),
        ("open_case", CaseKind),
        ("ask_help", CaseKind),
        ("close_case", RequestStatus),
        ("verify_unit", UnitCheck),
    ],
)
def test_words_of_a_vocabulary_are_read_by_their_labels(app, action, words):
    with app.test_request_context():
        for each in words:
            assert details.detail_label(each.value, action) == each.label


def test_every_table_that_a_change_may_touch_has_a_name(app):
    """An entry that a request left by itself names the tables it has written."""
    ours = [each.class_ for each in Model.registry.mappers if each.class_.__module__.startswith("app.")]
    unremarkable = {each.__name__ for each in UNREMARKABLE}
    with app.test_request_context():
        raw = [
            each.__name__
            for each in ours
            if each.__name__ not in unremarkable and LATIN.search(details.detail_label(each.__name__))
        ]
    assert raw == []


@pytest.mark.parametrize("kind", Kind)
def test_a_fault_is_named_in_chinese(app, kind):
    with app.test_request_context():
        said = details.fault_words([Fault(7, kind, row=3, last=9), Fault(None, Kind.BESIDE, row=4)])
    assert said.startswith("第 7 条") and "；" in said
    assert not LATIN.search(said)


def test_the_page_of_an_entry_shows_the_words(session, sign_in):
    user = make.make_user(Role.HOTLINE)
    entry = record("edit", user, at=clock.now(), detail="first_name, username")
    session.commit()
    auditor = sign_in(make.make_user(Role.AUDITOR))
    page = auditor.get(f"/audit/{entry.id}").text
    assert "姓名，用户名" in page and "first_name" not in page


def test_an_edit_on_an_administrators_screen_is_read_in_chinese(session, sign_in):
    client = sign_in(make.make_user(Role.SUPER_ADMIN))
    client.post("/admin/notices/add", data={
        "title": "示例公告", "body": "正文", "published_at": "2026-01-05T08:00",
    })  # fmt: skip
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.object_type == "Notice").order_by(AuditEntry.id.desc())
    ).first()
    page = sign_in(make.make_user(Role.AUDITOR)).get(f"/audit/{entry.id}").text
    said = re.search(r"说明</dt>\s*<dd>(.*?)</dd>", page, re.S)[1]
    assert said.strip() and not LATIN.search(said)
