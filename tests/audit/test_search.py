"""操作记录: by person, action, object, result, time and address, the newest first, read from an index (D08)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.audit import record
from app.chain import Fault, Kind
from app.extensions import db
from app.models import SECTIONS
from app.reference import audit_search, audit_views, deeds
from app.reference.audit_search import LINES, Question, find
from app.vocabulary import Result, Role
from tests import factories as make

AT = datetime(2026, 3, 5, 12, tzinfo=clock.SHANGHAI)


@pytest.fixture(scope="module")
def told(app) -> dict[str, int]:
    """Five entries, a day apart, each different from the others in everything that can be asked for."""
    with app.app_context():
        people = [
            make.make_user(Role.HOTLINE, username="zhang", first_name="示例张三"),
            make.make_user(Role.HOTLINE, username="li", first_name="示例李四"),
        ]
        found = {}
        for n, (name, action, kind, pk, result, address) in enumerate(
            (
                ("first", "edit", "Unit", 1, Result.DONE, "192.0.2.1"),
                ("second", "edit", "Unit", 2, Result.DONE, "192.0.2.2"),
                ("third", "view_scan", "Attachment", 1, Result.DONE, "192.0.2.1"),
                ("fourth", "WorkbenchView.show", "WorkbenchView", 1, Result.DENIED, "192.0.2.3"),
                ("fifth", "delete", "Notice", 1, Result.DONE, "192.0.2.1"),
            )
        ):
            entry = record(
                action, at=AT + timedelta(days=n), by_id=people[n % 2].id, result=result,
                object_type=kind, object_id=pk,
            )  # fmt: skip
            entry.address = address
            db.session.flush()
            found[name] = entry.id
        db.session.commit()
        db.session.remove()
    return found


QUESTIONS = [
    ({"who": "zhang"}, ["fifth", "third", "first"]),
    ({"who": "示例张三"}, ["fifth", "third", "first"]),
    ({"who": "示例"}, ["fifth", "fourth", "third", "second", "first"]),
    ({"who": "zhan"}, []),
    ({"who": "%"}, []),
    ({"action": "edit", "object_type": "Unit"}, ["second", "first"]),
    ({"action": "WorkbenchView.show"}, ["fourth"]),
    ({"object_type": "Unit", "object_id": "2"}, ["second"]),
    ({"object_type": "Attachment"}, ["third"]),
    ({"result": Result.DENIED}, ["fourth"]),
    ({"address": "192.0.2.1", "until": date(2026, 3, 20)}, ["fifth", "third", "first"]),
    ({"since": date(2026, 3, 7), "until": date(2026, 3, 8)}, ["fourth", "third"]),
    ({"since": date(2026, 3, 5), "until": date(2026, 3, 5)}, ["first"]),
    ({"until": date(2026, 3, 4)}, []),
    ({"who": "zhang", "action": "edit", "address": "192.0.2.1"}, ["first"]),
    ({"who": "zhang", "action": "view_scan", "result": Result.DENIED}, []),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "names"), QUESTIONS, ids=[str(each[0]) for each in QUESTIONS])
def test_a_question_finds_what_fits_and_nothing_else(session, told, asked, names):
    entries, older = find(Question(**asked))
    assert [each.id for each in entries] == [told[name] for name in names]
    assert older is None


@pytest.mark.parametrize("length", [LINES - 1, LINES, LINES + 1])
def test_a_full_page_leads_on_to_the_older_ones(session, length):
    """Entries of one moment are parted by their order; none is shown twice, none is left out."""
    written = []
    for _each in range(length):
        entry = record("import", at=AT, object_type="Major", object_id=length)
        session.flush()
        written.append(entry.id)
    session.commit()
    question = Question(object_type="Major", object_id=str(length))
    first, older = find(question)
    assert (older is None) == (length <= LINES)
    rest = find(question, before=older)[0] if older else []
    assert [each.id for each in (*first, *rest)] == written[::-1]


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"who": "zhang"}, "ix_audit_entry_by"),
        ({"action": "edit"}, "ix_audit_entry_action"),
        ({"object_type": "Unit", "object_id": "2"}, "ix_audit_entry_object"),
        ({"result": Result.DENIED}, "ix_audit_entry_result"),
        ({"address": "192.0.2.1"}, "ix_audit_entry_address"),
        ({}, "ix_audit_entry_at"),
        ({"since": date(2026, 3, 7), "until": date(2026, 3, 8)}, "ix_audit_entry_at"),
    ],
)
def test_a_question_is_answered_from_an_index(app, session, told, asked, index):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL prefers a scan while the table is small")
    plans = []

    def explain(_connection, cursor, statement, parameters, *_rest):
        if "FROM audit_entry" in statement and "EXPLAIN" not in statement and "audit_head" not in statement:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append(" ".join(row[-1] for row in cursor.fetchall()))

    from sqlalchemy import event

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        find(Question(**asked))
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)
    (plan,) = plans
    assert index in plan and "TEMP B-TREE" not in plan, plan


@pytest.fixture
def auditor(sign_in):
    return sign_in(make.make_user(Role.AUDITOR))


def test_the_page_says_it_in_words(auditor, told):
    text = auditor.get("/audit/?result=denied&until=2026-03-20").text
    for word in ("示例李四（li）", "审核页面：查看", "拒绝", "192.0.2.3", "2026年3月8日 12:00:00"):
        assert word in text
    entry = auditor.get(f"/audit/{told['third']}").text
    for word in ("查看扫描件", "附件", "示例张三（zhang）", "校验码", "192.0.2.1"):
        assert word in entry


def test_an_unknown_action_is_shown_as_it_is(session, auditor):
    session.add(record("made_up_deed", at=AT, object_type="MadeUp", object_id=7))
    session.commit()
    text = auditor.get("/audit/?action=made_up_deed").text
    assert "made_up_deed" in text and "MadeUp" in text


def test_every_word_of_the_code_has_a_label():
    """Each action that is recorded by name, and each page's."""
    import re
    from pathlib import Path

    written = set()
    for file in (Path(__file__).parents[2] / "app").rglob("*.py"):
        written |= set(re.findall(r'record(?:_apart)?\(\s*"([a-z_]+)"', file.read_text()))
    assert len(written) > 20
    assert sorted(written - set(deeds.ACTIONS)) == []


@pytest.mark.parametrize(
    "query",
    ["who=%00", "before=0", "before=999999999", "before=x", "result=nice", "since=2026-02-30", "until=x",
     "object_type=" + "x" * 300, "action=%25", "address=::1", "who=" + "x" * 3000],
)  # fmt: skip
def test_nonsense_is_answered_with_a_page(auditor, query):
    assert auditor.get(f"/audit/?{query}").status_code == 200


def test_the_button_says_how_far_it_looked(auditor, session):
    page = auditor.post("/audit/verify", follow_redirects=True).text
    assert "没有发现改动" in page and "第 1 至" in page


def test_the_button_names_what_is_wrong(auditor, session, monkeypatch):
    monkeypatch.setattr(audit_views.chain, "verify", lambda last: iter([Fault(7, Kind.MISSING)]))
    page = auditor.post("/audit/verify", follow_redirects=True).text
    assert (
        "核验发现 1 处不符" in page
        and "第 7 条缺失。" in page
        and "line" not in page.split("核验发现")[1][:60]
    )


def test_only_the_newest_lines_are_looked_at_while_somebody_waits(auditor, session, monkeypatch):
    monkeypatch.setattr(audit_views, "AT_ONCE", 2)
    start = audit_views.chain.length()
    session.rollback()
    assert f"第 {start} 至 {start + 1} 条" in _verified(auditor, session, start)


def _verified(auditor, session, start):
    record("edit", at=clock.now(), object_type="Setting", object_id=1)
    session.commit()
    return auditor.post("/audit/verify", follow_redirects=True).text


def test_what_is_altered_before_the_newest_lines_is_found_by_the_whole_look_only(session):
    for _each in range(5):
        record("edit", at=clock.now(), object_type="Setting", object_id=1)
        session.commit()
    end = audit_search.db.session.execute(text("SELECT position FROM audit_head")).scalar_one()
    session.rollback()
    assert list(audit_views.chain.verify(last=3)) == []
    assert list(audit_views.chain.verify(last=end + 10)) == []


def test_a_record_of_a_section_is_called_like_its_section(app):
    with app.test_request_context():
        assert [deeds.object_label(each.__name__) for each in SECTIONS] == [
            each.section.title for each in SECTIONS
        ]
