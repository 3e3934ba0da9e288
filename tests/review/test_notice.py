"""The notice: its clock, its proofs, and what keeps the unit from recommending (OPN-02, ELI-07, UNI-11, ATT-02)."""

import io
import re
from datetime import date, datetime

import pytest
import time_machine
from PIL import Image
from sqlalchemy import func, select

from app import clock
from app.errors import DomainError, NotAllowedNow
from app.extensions import db
from app.models import Application, NoticeFile, PublicNotice, User
from app.review import operations as unit
from app.vocabulary import Nature, NoticeOutcome, NoticePlace, NoticeWay, Proof, Role, Stage
from app.workflow import operations
from app.workflow.notices import notices_of
from tests import factories as make
from tests.at_once import at_once
from tests.review.pages import post, text_of, url_of

OWN, EMPLOYER = NoticePlace.UNIT, NoticePlace.EMPLOYER
# A Tuesday; its fifth working day is Monday the 7th.
START, FIFTH = date(2026, 9, 1), date(2026, 9, 7)


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def a_tuesday():
    with time_machine.travel(at("2026-09-01"), tick=False):
        yield


@pytest.fixture
def application(session) -> Application:
    return make.make_application(Stage.UNIT)


@pytest.fixture
def dispatched(session) -> Application:
    return make.make_application(Stage.UNIT, make.make_unit(Nature.DISPATCH))


def begin(application, place=OWN, start=START, end=None, saved=None, when=None):
    posted = unit.Posted("示例单位", NoticeWay.BOARD, start, end)
    seen = unit.Seen(application.version, saved)
    clerk = make.clerk_of(application)
    return unit.post_notice(application, place, posted, by=clerk, seen=seen, at=when or clock.now())


def approve(application, when):
    clerk = make.clerk_of(application)
    operations.approve(application, by=clerk, seen=application.version, opinion="同意", at=when)


# start, typed end → end, or the words of the refusal; today is 1 September 2026
BEGINNINGS = [
    ("2026-09-01", "", "2026-09-07"),
    ("2026-08-29", "", "2026-09-04"),  # a Saturday: its first working day is Monday
    ("2026-08-02", "", "2026-08-07"),
    ("2026-09-01", "2026-09-10", "2026-09-10"),
    ("2026-08-01", "", "公示开始日期应为 2026-08-02 至 2026-09-01 之间的日期"),
    ("2026-09-02", "", "公示开始日期应为 2026-08-02 至 2026-09-01 之间的日期"),
    ("2026-09-01", "2026-09-06", "公示结束日期应为 2026-09-07（第 5 个工作日）至 2026-10-31 之间的日期"),
    ("2026-09-01", "2026-11-01", "公示结束日期应为 2026-09-07（第 5 个工作日）至 2026-10-31 之间的日期"),
]


@pytest.mark.parametrize(("start", "end", "outcome"), BEGINNINGS)
def test_a_notice_begins_within_a_month_and_lasts_five_working_days(application, start, end, outcome):
    days = (date.fromisoformat(start), date.fromisoformat(end) if end else None)
    try:
        found = begin(application, OWN, *days).ends_on.isoformat()
    except DomainError as refused:
        found = str(refused)
        assert notices_of(application) == {}
    assert found == outcome


# moment → what the unit's approval meets; the notice runs from 1 to 7 September
TOO_EARLY = "公示未满 5 个工作日：自 9 月 1 日起，今天是第 {} 个工作日，9 月 7 日结束后可以推荐。"
MOMENTS = [
    ("2026-09-01", 9, TOO_EARLY.format(1)),
    ("2026-09-03", 9, TOO_EARLY.format(3)),
    ("2026-09-06", 9, TOO_EARLY.format(4)),
    ("2026-09-07", 0, TOO_EARLY.format(5)),
    ("2026-09-07", 23, TOO_EARLY.format(5)),
    ("2026-09-08", 0, ""),
]


@pytest.mark.parametrize(("day", "hour", "words"), MOMENTS)
def test_the_unit_recommends_from_the_day_after_the_fifth(application, day, hour, words):
    make.post_notice(application, starts_on=START, ends_on=FIFTH)
    make.write_unit_opinion(application)
    if not words:
        approve(application, at(day, hour))
        assert application.stage is Stage.DEPARTMENT
        return
    with pytest.raises(DomainError) as refused:
        approve(application, at(day, hour))
    assert str(refused.value) == words and application.stage is Stage.UNIT


# what there is of the two notices → what the unit of a dispatched person is told
LACKING = [
    ({}, {}, "“本单位公示”还没有登记。公示不少于 5 个工作日后再推荐。"),
    ({"outcome": None}, {}, "“本单位公示”已期满，还没有填写公示结果。填写后再推荐。"),
    ({"proofs": False}, {}, "“本单位公示”还缺公示照片或网页截图。上传后再推荐。"),
    (
        {"outcome": NoticeOutcome.UPHELD},
        {},
        "“本单位公示”的异议经查属实，不能推荐。选择返回修改或不通过，并写明原因。",
    ),
    ({"outcome": NoticeOutcome.SETTLED}, None, "“用工单位公示”还没有登记。公示不少于 5 个工作日后再推荐。"),
    ({"x": 1}, {"outcome": None}, "“用工单位公示”已期满，还没有填写公示结果。填写后再推荐。"),
    ({"x": 1}, {"proofs": False}, "“用工单位公示”还缺公示照片或网页截图。上传后再推荐。"),
    ({"x": 1}, {"agreement": False}, "“用工单位公示”还缺劳务派遣协议。上传后再推荐。"),
    ({"x": 1}, {"x": 1}, ""),
]


@pytest.mark.parametrize(("own", "employer", "words"), LACKING)
def test_dispatched_staff_need_both_notices_with_all_proofs(dispatched, own, employer, words):
    """ELI-07: double notice and the pages of the agreement."""
    make.write_unit_opinion(dispatched)
    for notice in notices_of(dispatched).values():
        for file in notice.files:
            db.session.delete(file)
        db.session.flush()
        db.session.expire(notice, ["files"])
        db.session.delete(notice)
    db.session.flush()
    for place, given in ((OWN, own), (EMPLOYER, employer)):
        if given:
            options = {name: value for name, value in given.items() if name not in ("x", "agreement")}
            notice = make.post_notice(dispatched, place, **options)
            if "agreement" in given:
                db.session.delete(next(each for each in notice.files if each.proof is Proof.AGREEMENT))
                db.session.flush()
                db.session.expire(notice, ["files"])
    if not words:
        approve(dispatched, clock.now())
        return
    with pytest.raises(DomainError) as refused:
        approve(dispatched, clock.now())
    assert str(refused.value) == words


def test_nobody_else_needs_a_second_notice(application):
    with pytest.raises(NotAllowedNow):
        begin(application, EMPLOYER)


def test_other_days_take_the_outcome_back_and_a_colleague_is_not_overwritten(application):
    notice = make.post_notice(application, starts_on=date(2026, 8, 10), ends_on=date(2026, 8, 20))
    with pytest.raises(unit.NoticeChanged):
        begin(application)
    begin(application, start=date(2026, 8, 10), end=date(2026, 8, 20), saved=notice.saved_at)
    assert notice.outcome is NoticeOutcome.NONE
    begin(application, saved=notice.saved_at)
    assert notice.outcome is None and notice.ends_on == FIFTH


def test_the_outcome_waits_for_the_end(application):
    notice = begin(application)
    given = {"by": make.clerk_of(application), "seen": unit.Seen(application.version, notice.saved_at)}
    with pytest.raises(DomainError, match="今天是第 5 个工作日"):
        unit.close_notice(application, OWN, NoticeOutcome.NONE, "", at=at("2026-09-07"), **given)
    unit.close_notice(application, OWN, NoticeOutcome.NONE, "", at=at("2026-09-08"), **given)
    assert notice.outcome is NoticeOutcome.NONE


def test_of_two_clerks_at_once_one_begins_the_notice(app, session, application):
    pk, clerk = application.id, make.clerk_of(application).id
    session.commit()
    session.close()

    def press():
        found = db.session.get_one(Application, pk)
        posted = unit.Posted("示例单位", NoticeWay.BOARD, START)
        by = db.session.get_one(User, clerk)
        unit.post_notice(found, OWN, posted, by=by, seen=unit.Seen(found.version), at=clock.now())
        return "begun"

    assert sorted(map(str, at_once(app, [press, press]))) == sorted(["begun", str(unit.NoticeChanged)])
    assert session.scalar(select(func.count(PublicNotice.id)).where(PublicNotice.application_id == pk)) == 1


def test_a_reset_leaves_notices_void_and_their_images_to_nobody(application, session, sign_in):
    make.write_unit_opinion(application)
    file = notices_of(application)[OWN].files[0].id
    clerk = make.clerk_of(application)
    operations.reset(application, by=clerk, seen=application.version, opinion="改封面", at=clock.now())
    make.submit(application)
    session.commit()
    assert notices_of(application) == {}
    assert sign_in(clerk).get(f"/notice-files/{file}").status_code == 404


def image(side: int = 400) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(out, "PNG")
    out.seek(0)
    return out


def send(client, application, kind, **data):
    notice = notices_of(application).get(OWN)
    marks = {"seen": str(application.version), "saved": notice.saved_at.isoformat() if notice else ""}
    return client.post(
        f"/applications/{application.id}/notices/unit{kind}",
        data={**marks, **data},
        content_type="multipart/form-data",
    )


def test_the_unit_does_all_of_it_on_the_workbench(application, session, sign_in):
    clerk, pk = make.clerk_of(application), application.id
    client = sign_in(clerk)
    page = text_of(client.get(url_of(application)))
    assert "推荐前还差 4 项" in page and "本单位公示" in page and "用工单位" not in page
    answer = send(client, application, "", way="intranet", starts_on="2026-09-01")
    assert answer.status_code == 302 and answer.location == f"/applications/{pk}/review#opinion-12"
    page = text_of(client.get(url_of(application)))
    assert "第 1 个工作日，共 5 个。第 5 个工作日是 2026-09-07，最早可于 2026-09-07 的次日推荐。" in page
    for proof in ("photo", "report"):
        picture = (image(), "公示.png")
        assert send(client, application, "/files", proof=proof, images=picture).status_code == 302
    early = send(client, application, "/result", outcome="none")
    assert early.status_code == 409 and "公示未满 5 个工作日" in text_of(early)
    with time_machine.travel(at("2026-09-08"), tick=False):
        client = sign_in(clerk)
        assert send(client, application, "/result", outcome="none").status_code == 302
        page = client.get(url_of(application))
        assert (
            "公示已满 5 个工作日。" in text_of(page)
            and len(re.findall(r"/notice-files/[\w-]+/remove", page.text)) == 2
        )
        written = {
            "appraisal": "好", "method": "民主", "participants": "全体", "participant_count": "9",
            "opinion": "同意", "formation": "会议", "seen": str(application.version), "saved": "",
        }  # fmt: skip
        assert client.post(f"/applications/{pk}/unit-opinion", data=written).status_code == 302
        assert "可以推荐" in text_of(client.get(url_of(application)))
        files = {each.proof: each for each in notices_of(application)[OWN].files}
        first, second = files[Proof.PHOTO], files[Proof.REPORT]
        assert client.get(f"/notice-files/{first.id}").mimetype == "image/jpeg"
        assert client.post(f"/notice-files/{first.id}/remove").status_code == 302
        answer = post(client, application, "approve")
        assert answer.status_code == 409 and "“本单位公示”还缺公示照片或网页截图" in text_of(answer)
        assert (
            send(client, application, "/files", proof="photo", images=(image(), "a.png")).status_code == 302
        )
        assert post(client, application, "approve").status_code == 302
        session.expire_all()
        assert client.post(f"/notice-files/{second.id}/remove").status_code == 409
        assert client.get(f"/notice-files/{second.id}").status_code == 200
        assert sign_in(application.applicant).get(f"/notice-files/{second.id}").status_code == 200


def files_of(application) -> int:
    return sum(len(each.files) for each in notices_of(application).values())


# what is posted → status and words; nothing is saved
BAD = [
    ("", {"way": "board", "starts_on": "九月一日"}, 422, "公示开始日期应为 2026-09-30 这样的日期"),
    ("", {"way": "board", "starts_on": ""}, 422, "填写公示开始日期"),
    ("", {"way": "radio", "starts_on": "2026-09-01"}, 422, "公示方式"),
    ("", {"starts_on": "2026-09-01"}, 422, "选择公示方式"),
    ("", {"way": "board", "starts_on": "2026-09-05"}, 409, "公示开始日期应为 2026-08-02 至 2026-09-01"),
    ("", {"way": "board", "starts_on": "2026-09-01", "seen": "0"}, 409, "此申报刚刚已被处理"),
    (
        "",
        {"way": "board", "starts_on": "2026-09-01", "saved": "2026-01-01T00:00:00+08:00"},
        409,
        "同事刚刚登记",
    ),
    ("/result", {"outcome": "settled"}, 422, "填写异议及处理情况"),
    ("/result", {"outcome": ""}, 422, "选择公示结果"),
    ("/result", {"outcome": "none"}, 409, "“本单位公示”还没有登记"),
    ("/files", {"proof": "photo"}, 422, "选择要上传的图片"),
    ("/files", {"proof": "photo", "images": (io.BytesIO(b"no image"), "a.png")}, 422, "a.png"),
    ("/files", {"proof": ""}, 422, "选择图片内容"),
]


@pytest.mark.parametrize(("kind", "given", "status", "words"), BAD)
def test_what_is_wrong_is_said_in_place_and_nothing_is_kept(application, sign_in, kind, given, status, words):
    if kind == "/files":
        begin(application)
        db.session.commit()
    answer = send(sign_in(make.clerk_of(application)), application, kind, **given)
    assert (answer.status_code, words in text_of(answer)) == (status, True), text_of(answer)
    assert 'id="opinion-12"' in answer.text
    assert files_of(application) == 0
    assert not [each for each in notices_of(application).values() if each.outcome or kind != "/files"]


def test_a_year_without_calendar_is_refused_with_words(session, sign_in):
    with time_machine.travel(at("2026-12-28"), tick=False):
        application = make.make_application(Stage.UNIT)
        client = sign_in(make.clerk_of(application))
        answer = send(client, application, "", way="board", starts_on="2026-12-28")
        assert answer.status_code == 409
        assert "系统还没有 2027 年的节假日安排，无法计算工作日。联系管理员录入后再操作。" in text_of(answer)


def test_there_is_no_other_place_and_no_eleventh_image(application, sign_in, app):
    notice = begin(application)
    client = sign_in(make.clerk_of(application))
    assert client.post(f"/applications/{application.id}/notices/church", data={}).status_code == 404
    files = [
        NoticeFile(
            id=f"full-{n}", notice_id=notice.id, proof=Proof.PHOTO, name="a.jpg", mime="image/jpeg", size=3,
            sha256="0" * 64, storage_key=f"{n:032x}", by_id=notice.by_id, created_at=clock.now(),
        ) for n in range(10)
    ]  # fmt: skip
    db.session.add_all(files)
    db.session.commit()
    answer = send(client, application, "/files", proof="photo", images=(image(), "a.png"))
    assert answer.status_code == 409 and "一次公示最多上传 10 张图片" in text_of(answer)
    assert files_of(application) == 10


def test_nobody_writes_his_own(application, session, sign_in):
    make.join(application.applicant, Role.UNIT, application.unit)
    session.commit()
    answer = send(sign_in(application.applicant), application, "", way="board", starts_on="2026-09-01")
    assert answer.status_code == 409 and "不能审核本人的申报" in text_of(answer)


def test_a_suspended_unit_recommends_nobody_of_that_year(application):
    """UNI-11; it can still send back and refuse."""
    make.write_unit_opinion(application)
    application.unit.suspended_year = application.year
    with pytest.raises(DomainError, match="本单位被暂停 2026 年度职称申报推荐"):
        approve(application, clock.now())
    clerk = make.clerk_of(application)
    operations.return_(application, by=clerk, seen=application.version, opinion="补", at=clock.now())
