"""Bulk approval and bulk reminders: previewed, row by row, never more than a single page may (screens.md 3.4)."""

import re

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.extensions import db
from app.models import Application, AuditEntry, Decision, Message, Opening, Reminder
from app.review import bulk
from app.vocabulary import Event, Role, Stage, Status
from app.workflow import operations
from tests import factories as make
from tests.at_once import at_once
from tests.review.pages import text_of

OPINION = "材料齐全，同意"
NOT_OPENED, OWN, GONE = "您还没有打开过这次提交的材料", "不能审核本人的申报", "此申报刚刚已被处理"


def open_(application, clerk, version=None):
    db.session.add(
        Opening(
            application_id=application.id,
            user_id=clerk.id,
            version=version or application.version,
            at=clock.now(),
        )
    )
    db.session.flush()


@pytest.fixture
def office(session):
    """A department's clerk with three cases of one unit, all opened as they are."""
    unit = make.make_unit()
    rows = [make.make_application(Stage.DEPARTMENT, unit) for _ in range(3)]
    clerk = make.clerk_of(rows[0])
    for row in rows:
        open_(row, clerk)
    return unit, rows, clerk


def pairs(answer):
    return re.findall(r'name="row" value="([0-9.]+)"', answer.text)


def press(client, rows, opinion=OPINION):
    return client.post("/desk/waiting/bulk/approve", data={"row": rows, "opinion": opinion})


def as_shown(rows):
    return [f"{row.id}.{row.version}" for row in rows]


def results(answer):
    """name → what the page says came of it."""
    found = re.findall(
        r'<th scope="row">(.*?)</th>.*?<td data-l="结果"><span>(.*?)</span></td>', answer.text, re.S
    )
    return {name: re.sub(r"<[^>]+>", "", said).strip() for name, said in found}


def states(rows):
    db.session.expire_all()
    return [(row.status, row.stage) for row in rows]


PASSED, STAYED = (Status.IN_REVIEW, Stage.COMMITTEE), (Status.IN_REVIEW, Stage.DEPARTMENT)


def test_what_was_opened_is_approved_with_one_opinion(session, sign_in, office):
    _unit, rows, clerk = office
    client = sign_in(clerk)
    page = client.get("/desk/waiting")
    assert "通过所选" in text_of(page) and "（3 条）" in text_of(page)
    preview = client.get("/desk/waiting/bulk/approve?all=1")
    assert "其中 3 件可以通过" in text_of(preview) and sorted(pairs(preview)) == sorted(as_shown(rows))
    assert states(rows) == [STAYED] * 3
    answer = press(client, pairs(preview))
    assert results(answer) == {row.applicant.first_name: "已通过" for row in rows}
    assert states(rows) == [PASSED] * 3
    decisions = session.scalars(select(Decision).where(Decision.by_id == clerk.id)).all()
    assert {(each.event, each.opinion) for each in decisions} == {(Event.APPROVE, OPINION)} and len(
        decisions
    ) == 3
    mine = (AuditEntry.action == "approve_together", AuditEntry.by_id == clerk.id)
    entries = session.scalars(select(AuditEntry).where(*mine)).all()
    assert sorted(each.object_id for each in entries) == sorted(str(row.id) for row in rows)
    again = press(client, pairs(preview))
    assert all(GONE in said for said in results(again).values()) and states(rows) == [PASSED] * 3


def _not_opened(rows, clerk):
    db.session.query(Opening).filter_by(application_id=rows[1].id).delete()


def _opened_before_it_changed(rows, clerk):
    db.session.execute(
        update(Opening).where(Opening.application_id == rows[1].id).values(version=rows[1].version - 1)
    )


def _opened_by_a_colleague_only(rows, clerk):
    _not_opened(rows, clerk)
    open_(rows[1], make.make_user(Role.DEPARTMENT, db.session.get_one(make.Organisation, rows[1].holder_id)))


def _own(rows, clerk):
    db.session.execute(update(Application).where(Application.id == rows[1].id).values(applicant_id=clerk.id))


SITUATIONS = {
    "not opened": (_not_opened, NOT_OPENED),
    "opened before it changed": (_opened_before_it_changed, NOT_OPENED),
    "opened by a colleague only": (_opened_by_a_colleague_only, NOT_OPENED),
    "one's own": (_own, OWN),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_may_not_be_approved_is_said_before_and_refused_after(session, sign_in, office, situation):
    _unit, rows, clerk = office
    arrange, said = SITUATIONS[situation]
    arrange(rows, clerk)
    session.commit()
    session.expire_all()
    client = sign_in(clerk)
    preview = client.get("/desk/waiting/bulk/approve?all=1")
    assert "其中 2 件可以通过" in text_of(preview) and said in text_of(preview)
    assert sorted(pairs(preview)) == sorted(as_shown([rows[0], rows[2]]))
    outcome = results(press(client, as_shown(rows)))
    assert [each for each in outcome.values() if said in each] and list(outcome.values()).count("已通过") == 2
    assert states(rows) == [PASSED, STAYED, PASSED]


def test_what_changed_between_preview_and_press_is_refused_alone(session, sign_in, office):
    _unit, rows, clerk = office
    client = sign_in(clerk)
    shown = pairs(client.get("/desk/waiting/bulk/approve?all=1"))
    operations.return_(rows[0], by=clerk, seen=rows[0].version, opinion="请补充", at=clock.now())
    session.commit()
    outcome = results(press(client, shown))
    assert sorted(said == "已通过" for said in outcome.values()) == [False, True, True]
    assert states(rows) == [(Status.RETURNED, Stage.DEPARTMENT), PASSED, PASSED]


def test_rows_of_others_are_not_found_and_a_unit_has_no_such_page(session, sign_in, office):
    unit, rows, clerk = office
    foreign = make.make_application(Stage.DEPARTMENT)
    open_(foreign, clerk)
    client = sign_in(clerk)
    answer = press(client, as_shown([foreign, rows[0]]))
    assert sorted(results(answer).values()) == sorted(["没有办理 已不在您的范围内。", "已通过"])
    assert foreign.applicant.first_name not in answer.text and states([foreign]) == [STAYED]
    of_unit = sign_in(make.make_user(Role.UNIT, unit))
    assert press(of_unit, as_shown(rows[1:])).status_code == 403
    waiting = make.make_application(Stage.UNIT, unit)
    assert "通过所选" not in text_of(of_unit.get("/desk/waiting"))
    both = make.clerk_of(rows[1])
    make.join(both, Role.UNIT, unit)
    open_(waiting, both)
    outcome = results(press(sign_in(both), as_shown([waiting])))
    assert "单位审核要逐件办理" in next(iter(outcome.values()))
    assert states([waiting]) == [(Status.IN_REVIEW, Stage.UNIT)]


@pytest.mark.parametrize("opinion", ["", "  ", "长" * 501])
def test_without_an_opinion_nothing_happens_and_the_preview_stays(session, sign_in, office, opinion):
    _unit, rows, clerk = office
    answer = press(sign_in(clerk), as_shown(rows[:2]), opinion)
    assert answer.status_code == 422 and len(pairs(answer)) == 2 and opinion.strip() in answer.text
    assert states(rows) == [STAYED] * 3


@pytest.mark.parametrize("rows", [["x"], ["1"], [""], ["9999999999.1"], ["1.1.1"], ["-1.-1"], []])
def test_rows_that_are_none_approve_nothing(session, sign_in, office, rows):
    _unit, cases, clerk = office
    assert press(sign_in(clerk), rows).status_code in (200, 302)
    assert states(cases) == [STAYED] * 3


def test_only_ticked_rows_and_only_so_many_are_taken(session, sign_in, office, monkeypatch):
    _unit, rows, clerk = office
    client = sign_in(clerk)
    assert pairs(client.get(f"/desk/waiting/bulk/approve?rowid={rows[1].id}&rowid=x")) == as_shown([rows[1]])
    assert client.get("/desk/waiting/bulk/approve").status_code == 302
    assert client.get("/desk/waiting/bulk/approve?all=1&tab=returned").status_code == 302
    monkeypatch.setattr(bulk, "LIMIT", 2)
    preview = client.get("/desk/waiting/bulk/approve?all=1")
    assert len(pairs(preview)) == 2 and "本次只办理前 2 件" in text_of(preview)
    assert len(results(press(client, as_shown(rows)))) == 2


def test_a_press_that_is_cut_off_leaves_each_case_before_or_after(session, sign_in, office, monkeypatch):
    _unit, rows, clerk = office
    client, approve, second = sign_in(clerk), operations.approve, rows[1].id

    def dies_at_the_second(application, **given):
        approve(application, **given)
        if application.id == second:
            raise SystemExit

    shown = as_shown(rows)
    session.commit()
    monkeypatch.setattr(operations, "approve", dies_at_the_second)
    with pytest.raises(SystemExit):
        press(client, shown)
    session.rollback()
    assert states(rows) == [PASSED, STAYED, STAYED]
    assert session.scalar(select(func.count(Decision.id)).where(Decision.by_id == clerk.id)) == 1


def test_two_clerks_press_at_once_and_each_case_is_approved_once(app, session, sign_in, office):
    _unit, rows, clerk = office
    colleague = make.make_user(Role.DEPARTMENT, session.get_one(make.Organisation, rows[0].holder_id))
    for row in rows:
        open_(row, colleague)
    clients, shown = [sign_in(clerk), sign_in(colleague)], as_shown(rows)
    session.commit()
    answers = at_once(app, [lambda each=each: press(each, shown).text for each in clients])
    assert sum(each.count(">已通过</span>") for each in answers) == 3
    assert states(rows) == [PASSED] * 3
    by = (clerk.id, colleague.id)
    assert session.scalar(select(func.count(Decision.id)).where(Decision.by_id.in_(by))) == 3


def remind(client, rows):
    return client.post("/desk/waiting/bulk/remind", data={"row": as_shown(rows)})


def reminders(rows):
    subjects = [f"application-{row.id}" for row in rows]
    return db.session.scalar(select(func.count(Reminder.id)).where(Reminder.subject.in_(subjects)))


def test_applicants_are_reminded_once_a_day(session, sign_in):
    unit = make.make_unit()
    rows = [make.make_application(Status.RETURNED, unit) for _ in range(2)]
    foreign = make.make_application(Status.RETURNED)
    clerk, colleague = (make.make_user(Role.UNIT, unit) for _ in range(2))
    client = sign_in(clerk)
    preview = client.get("/desk/waiting/bulk/remind?tab=returned&all=1")
    for row in rows:
        assert row.applicant.first_name in text_of(preview)
    assert "发给 2 人" in text_of(preview) and "退回修改后还没有再次提交" in text_of(preview)
    assert reminders(rows) == 0
    answer = remind(client, [*rows, foreign])
    assert list(results(answer).values()).count("已催办") == 2 and "已不在您的范围内" in text_of(answer)
    told = session.scalars(
        select(Message).where(
            Message.text.startswith("提醒："),
            Message.application_id.in_([each.id for each in (*rows, foreign)]),
        )
    ).all()
    assert {each.recipient_id for each in told} == {row.applicant_id for row in rows} and len(told) == 2
    until = f"{rows[0].round.corrections_until:%Y-%m-%d %H:%M}"
    assert {
        f"提醒：您的申报（编号 {row.number}）退回修改后还没有再次提交，{until} 前可以修改并再次提交。"
        for row in rows[:1]
    } <= {each.text for each in told}
    # The preview offers nobody whom a press would refuse.
    later = text_of(client.get("/desk/waiting/bulk/remind?tab=returned&all=1"))
    assert (
        "今天已催办过的 2 人不再发送" in later and "发送催办" not in later and "没有可以催办的申报" in later
    )
    again = remind(sign_in(colleague), rows)
    assert all("今天已经催办过" in said for said in results(again).values()) and len(results(again)) == 2
    assert reminders([*rows, foreign]) == 2


def test_whoever_has_handed_in_meanwhile_is_not_reminded(session, sign_in):
    row = make.make_application(Status.RETURNED)
    client = sign_in(make.make_user(Role.UNIT, row.unit))
    shown = as_shown([row])
    operations.withdraw(row, by=row.applicant, seen=row.version, at=clock.now())
    session.commit()
    answer = client.post("/desk/waiting/bulk/remind", data={"row": shown})
    assert "不需要催办" in text_of(answer)
    assert reminders([row]) == 0
    waiting = make.make_application(Stage.UNIT, row.unit)
    answer = client.post("/desk/waiting/bulk/remind", data={"row": as_shown([waiting])})
    assert "不需要催办" in text_of(answer) and reminders([waiting]) == 0
