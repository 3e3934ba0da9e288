"""The export of a list: exactly the filter, typed cells, no formula, marked, recorded (security.md B12, C08)."""

import io
import re
import zipfile
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, update

from app import clock
from app.extensions import db
from app.models import Application, AuditEntry
from app.vocabulary import Level, Role, Stage, Status
from app.workflow import operations
from tests import factories as make
from tests.review.pages import text_of
from tests.review.test_desk import _waiting_copy

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REASON = "核对年度申报名单"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "=HYPERLINK(\"x\")", "http://example.com", "\t=1", "12345", "<a>&\"", "_x0041_"]  # fmt: skip


def cells_of(content):
    """The sheet as rows of (type, text), read from the file's own XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = book.namelist()
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not [each for each in names if "hyperlink" in each.lower() or "external" in each.lower()]
    assert sheet.find(f".//{MAIN}f") is None and sheet.find(f".//{MAIN}hyperlink") is None
    rows = []
    for row in sheet.iter(f"{MAIN}row"):
        found = {}
        for cell in row.iter(f"{MAIN}c"):
            value = cell.find(f"{MAIN}v")
            text = value.text if value is not None else "".join(cell.itertext())
            found[re.sub("[0-9]", "", cell.get("r"))] = (cell.get("t", "n"), text)
        rows.append(found)
    return rows


def export(client, **asked):
    return client.post("/desk/waiting/export/", data={"reason": REASON, **asked})


def exports_of(clerk):
    mine = (AuditEntry.action == "export_list", AuditEntry.by_id == clerk.id)
    return db.session.scalars(select(AuditEntry).where(*mine)).all()


def moment(serial):
    return datetime(1899, 12, 30) + timedelta(days=float(serial))


def test_the_sheet_is_the_list(session, sign_in):
    unit = make.make_unit()
    row = make.make_application(Stage.UNIT, unit)
    make.make_application(Stage.UNIT)
    again = make.make_application(Stage.UNIT, unit, level=Level.SENIOR_ASSOCIATE)
    since = clock.now().replace(microsecond=0, second=0) - timedelta(days=2)
    until = datetime(clock.now().year + 1, 4, 1, tzinfo=clock.SHANGHAI)
    row.round.corrections_until = until
    session.execute(
        update(Application)
        .where(Application.id == row.id)
        .values(waiting_since=since, due_at=until, submission_no=3)
    )
    session.expire_all()
    clerk = make.make_user(Role.UNIT, unit)
    answer = export(sign_in(clerk))
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    mark, heading, *rows = cells_of(answer.data)
    for part in (
        clerk.first_name,
        f"{clock.now():%Y-%m-%d}",
        unit.name,
        "筛选条件：全部",
        REASON,
        "待我审核",
    ):
        assert part in mark["A"][1], part
    assert [each[1] for each in heading.values()] == [
        "申报编号", "姓名", "证件号", "用人单位", "申报职称", "级别", "参评类别", "评委会", "截止", "提交次数", "到达时间",
        "已等待天数", "状态",
    ]  # fmt: skip
    by_number = {each["A"][1]: each for each in rows}
    assert set(by_number) == {row.number, again.number}
    found = by_number[row.number]
    texts = {
        "A": row.number, "B": row.applicant.first_name, "C": "530" + "*" * 15, "D": unit.name, "E": "馆员", "F": "中级",
        "G": "正常评审", "H": row.round.committee.name, "M": "单位审核",
    }  # fmt: skip
    assert {name: found[name] for name in texts} == {
        name: ("inlineStr", text) for name, text in texts.items()
    }
    assert {found[each][0] for each in "IJKL"} == {"n"}
    assert (
        moment(found["I"][1]).date() == date(clock.now().year + 1, 3, 31)
        and found["J"][1] == "3"
        and found["L"][1] == "2"
    )
    assert abs(moment(found["K"][1]) - since.replace(tzinfo=None)) < timedelta(seconds=1)
    assert row.applicant.id_number.encode() not in zipfile.ZipFile(io.BytesIO(answer.data)).read(
        "xl/worksheets/sheet1.xml"
    )


@pytest.mark.parametrize("name", FORMULAS)
def test_what_looks_like_a_formula_stays_text(session, sign_in, name):
    row = make.make_application(Stage.UNIT)
    row.applicant.first_name = name
    operations.rename(row.applicant_id, name)
    _mark, _heading, found = cells_of(export(sign_in(make.make_user(Role.UNIT, row.unit))).data)
    kind, text = found["B"]
    assert kind == "inlineStr" and text.replace("_x005F_", "_").replace("_x0009_", "\t") in (
        name,
        name.strip(),
    )


def test_filter_and_order_are_those_of_the_list_and_the_record_knows(session, sign_in):
    unit = make.make_unit()
    pattern = make.make_application(Stage.UNIT, unit)
    rows = [pattern, *(_waiting_copy(pattern) for _ in range(29))]
    for n, each in enumerate(rows):
        values = {"due_at": clock.now() + timedelta(days=n * 7 % 30), "level": list(Level)[n % 2]}
        session.execute(update(Application).where(Application.id == each.id).values(values))
    session.expire_all()
    clerk = make.make_user(Role.UNIT, unit)
    asked = {"level": "junior_assistant", "q": "示例"}
    _mark, _heading, *found = cells_of(export(sign_in(clerk), **asked).data)
    expected = sorted(
        (each for each in rows if each.level is Level.JUNIOR_ASSISTANT), key=lambda each: (each.name, each.id)
    )
    assert [each["A"][1] for each in found] == [each.number for each in expected] and len(found) == 15
    (entry,) = exports_of(clerk)
    assert entry.object_type == "Application"
    assert entry.detail == f"rows=15; q=name level=junior_assistant; {REASON}"


def test_more_rows_than_the_cap_are_left_out_and_that_is_said(app, session, sign_in, monkeypatch):
    monkeypatch.setitem(app.config, "EXPORT_ROWS", 3)
    unit = make.make_unit()
    pattern = make.make_application(Status.RETURNED, unit)
    client = sign_in(make.make_user(Role.UNIT, unit))
    for _ in range(2):
        _waiting_copy(pattern)
    session.commit()
    assert len(cells_of(export(client, tab="returned").data)) == 2 + 3
    _waiting_copy(pattern)
    session.commit()
    rows = cells_of(export(client, tab="returned").data)
    assert len(rows) == 2 + 3 + 1 and "超过 3 条" in rows[-1]["A"][1]
    assert "最多导出 3 条" in text_of(client.get("/desk/waiting/export/?tab=returned"))


@pytest.mark.parametrize("reason", ["", "   ", "核对", "长" * 101])
def test_without_a_reason_nothing_leaves(session, sign_in, reason):
    clerk = make.clerk_of(make.make_application(Stage.UNIT))
    answer = sign_in(clerk).post("/desk/waiting/export/", data={"reason": reason, "due": "soon"})
    assert answer.status_code == 422 and answer.mimetype == "text/html"
    assert '<input type="hidden" name="due" value="soon">' in answer.text
    assert exports_of(clerk) == []


def test_offices_without_rows_get_a_sheet_without_rows(session, sign_in):
    clerk = make.make_user(Role.COMMITTEE, make.make_committee())
    make.make_application(Stage.COMMITTEE)
    assert len(cells_of(export(sign_in(clerk)).data)) == 2
    db.session.rollback()
