"""Preparing and publishing a round: drafts are nobody's but the preparers', the check stops, changes are seen first."""

import re
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app import clock
from app.clock import SHANGHAI
from app.errors import OutOfDate, RowChanged, WindowClosed
from app.extensions import db
from app.models import Committee, Round, RoundRequirement
from app.organisations import rounds
from app.organisations.round_errors import RoundInUse
from app.vocabulary import CommitteeTier, Kind, Level, Nature, Role, Stage, Tier
from app.workflow import conditions, routing
from app.workflow.conditions import Severity
from tests import factories as make
from tests.at_once import at_once
from tests.forms import typed
from tests.review.pages import text_of, value_of

DAY = timedelta(days=1)


def draft(committee=None, **given):
    at = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    times = {"opens_at": at + DAY, "closes_at": at + 30 * DAY, "corrections_until": at + 40 * DAY}
    usual = {**times, "published_at": None, "notice": "示例通知", "tenure_until": date(at.year, 12, 31)}
    round_ = make.make_round(committee, **{**usual, **given})
    db.session.refresh(round_)  # as it is read: the mark is of what is stored
    return round_


@pytest.fixture
def admin(session, sign_in):
    return sign_in(make.make_user(Role.SUPER_ADMIN))


def found(round_, severity):
    return [each.label for each in conditions.checks_of(round_, clock.now()) if each.severity is severity]


def test_a_round_in_order_is_stopped_by_nothing(session):
    round_ = draft()
    assert found(round_, Severity.BLOCK) == found(round_, Severity.CONFIRM) == []


PAST = datetime(2020, 1, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("tier", "given", "severity", "label"),
    [
        ("city", {"opens_at": PAST, "closes_at": PAST + DAY}, Severity.BLOCK, "申报时间"),
        ("city", {"opens_at": PAST}, Severity.CONFIRM, "申报时间"),
        ("city", {"tenure_until": date(2020, 1, 1)}, Severity.CONFIRM, "任职年限计算至"),
        ("city", {"notice": " "}, Severity.CONFIRM, "申报通知"),
        ("city", {"profession_ids": [999_999]}, Severity.BLOCK, "申报专业"),
        ("city", {"kind": Kind.RECOGNITION}, Severity.BLOCK, "受理月份"),
        ("province", {}, Severity.BLOCK, "收审材料时间"),
        ("province", {"receives_from": date(2027, 6, 10), "receives_until": date(2027, 6, 30),
                      "in_one_batch": True}, Severity.BLOCK, "收审材料时间"),
        ("province", {"receives_from": date(2027, 6, 10), "receives_until": date(2027, 6, 30),
                      "in_one_batch": True, "times_reason": "示例"}, Severity.CONFIRM, "收审材料时间"),
    ],
)  # fmt: skip
def test_what_the_check_says(session, tier, given, severity, label):
    assert found(draft(make.make_committee(CommitteeTier(tier)), **given), severity) == [label]


def test_a_published_round_is_not_said_to_open_at_once(session):
    assert found(draft(opens_at=PAST, published_at=PAST), Severity.CONFIRM) == []


def test_no_level_and_corrections_before_the_end_stop_it(session):
    round_ = draft(make.make_committee(levels=[]), levels=[])
    assert found(round_, Severity.BLOCK) == ["申报等级"]
    with session.no_autoflush:
        round_.corrections_until = round_.closes_at - DAY
        late = [each for each in conditions._times(round_, clock.now()) if each.severity is Severity.BLOCK]
        session.expire(round_)
    assert [each.label for each in late] == ["补正时间"]


def test_the_administrator_publishes_and_applicants_meet_it(session, admin, sign_in):
    round_ = draft()
    applicant = sign_in(make.make_applicant())
    name, url = round_.committee.name, f"/windows/{round_.id}"
    assert applicant.get(url).status_code == 404 and name not in applicant.get("/home/").text
    page = admin.get(f"/rounds/{round_.id}/check")
    assert "附件材料" in page.text and "示例通知" in page.text  # as the applicant will see it
    answer = admin.post(f"/rounds/{round_.id}/publish", data={"seen": value_of(page, "seen")})
    assert answer.status_code == 302
    assert name in applicant.get("/home/").text
    shown = applicant.get(url)
    assert "示例通知" in shown.text and "必须上传" in shown.text and "12333" in shown.text


def test_what_has_to_be_confirmed_is_and_what_stops_stops(session, admin):
    doubtful, stopped = draft(notice=""), draft(profession_ids=[999_999])
    url = f"/rounds/{doubtful.id}/publish"
    seen = rounds.full_mark(doubtful)
    assert admin.post(url, data={"seen": seen}).status_code == 422
    assert admin.post(url, data={"seen": seen, "confirmed": "y"}).status_code == 302
    forced = {"seen": rounds.full_mark(stopped), "confirmed": "y"}
    assert admin.post(f"/rounds/{stopped.id}/publish", data=forced).status_code == 409
    session.refresh(stopped)
    assert stopped.published_at is None


def test_the_committee_prepares_its_own_drafts_and_publishes_none(session, sign_in):
    mine, other = draft(), draft()
    client = sign_in(make.make_user(Role.COMMITTEE, mine.committee))
    for page in ("setup", "professions", "check"):
        assert client.get(f"/rounds/{mine.id}/{page}").status_code == 200
        assert client.get(f"/rounds/{other.id}/{page}").status_code == 404
    assert client.post(f"/rounds/{mine.id}/publish").status_code == 403
    assert other.committee.name not in client.get("/rounds/").text


def test_the_id_of_a_draft_posted_to_the_cover_is_refused(session):
    from app.apply.operations import save_cover
    from app.vocabulary import Category
    from app.workflow.covers import Cover

    application = make.make_draft()
    hidden = draft(opens_at=clock.now() - DAY, year=application.year)
    cover = Cover(hidden, make.archives(), Level.INTERMEDIATE, Category.REGULAR)
    with pytest.raises(WindowClosed):
        save_cover(application, cover, by=application.applicant, seen=application.version, at=clock.now())


def test_it_is_not_taken_back_once_an_application_has_it(session, admin):
    free, used = make.make_round(), make.make_draft().round
    assert admin.post(f"/rounds/{free.id}/unpublish").status_code == 302
    assert admin.post(f"/rounds/{used.id}/unpublish").status_code == 409
    session.expire_all()
    assert free.published_at is None and used.published_at is not None
    with pytest.raises(RoundInUse):
        conditions.unpublish(used, by=make.make_user(Role.SUPER_ADMIN), at=clock.now())


def form_of(page):
    """What the page's form would send."""
    sent = {}
    for each in re.findall(r"<(?:input|select|textarea)[^>]*>", page.text):
        name, value = re.search(r'name="([^"]+)"', each), re.search(r'value="([^"]*)"', each)
        if name and 'type="checkbox"' not in each and name[1] != "csrf_token":
            sent[name[1]] = value[1] if value else ""
    return sent


def test_the_times_follow_from_the_receiving_at_a_press(session, admin):
    round_ = draft(make.make_committee(CommitteeTier.PROVINCE), year=2027)
    url = f"/rounds/{round_.id}/setup"
    sent = form_of(admin.get(url)) | {
        "receives_from": "2027-06-10", "receives_until": "2027-06-30", "in_one_batch": "1",
        "corrections_until": "2027-08-01T00:00",
    }  # fmt: skip
    derived = admin.post(url, data=sent | {"derive": "y"})
    assert value_of(derived, "opens_at") == "2027-06-03T00:00"
    assert value_of(derived, "closes_at") == "2027-06-28T00:00"
    session.refresh(round_)
    assert round_.receives_from is None  # nothing is saved yet

    other = sent | {"opens_at": "2027-06-03T00:00", "closes_at": "2027-06-27T00:00"}
    refused = admin.post(url, data=other)
    assert refused.status_code == 409 and "不按推算的原因" in text_of(refused)
    assert admin.post(url, data=other | {"times_reason": "示例原因"}).status_code == 302
    session.refresh(round_)
    assert (round_.in_one_batch, round_.times_reason) == (True, "示例原因")
    assert round_.closes_at == datetime(2027, 6, 27, tzinfo=SHANGHAI)


def test_a_published_rounds_change_is_seen_before_it_holds_and_the_lists_follow(session, sign_in):
    application = make.make_application(Stage.UNIT)
    round_ = application.round
    client = sign_in(make.make_user(Role.COMMITTEE, round_.committee))
    url = f"/rounds/{round_.id}"
    later = round_.corrections_until + 10 * DAY
    sent = form_of(client.get(url)) | {"notice": "", "corrections_until": f"{later:%Y-%m-%dT%H:%M}"}

    shown = client.post(url, data=sent)
    assert shown.status_code == 409 and "1 份进行中的申报" in text_of(shown)
    session.expire_all()
    assert application.due_at < later - DAY

    assert client.post(url, data=form_of(shown) | {"notice": ""}).status_code == 302
    session.expire_all()
    assert round_.corrections_until == application.due_at == later.replace(second=0, microsecond=0)
    earlier = form_of(client.get(url)) | {
        "notice": "", "corrections_until": f"{later - DAY:%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    assert "只能延后" in text_of(client.post(url, data=earlier))


def test_the_administrators_change_is_seen_before_it_holds_too(session, admin):
    application = make.make_application(Stage.UNIT)
    url = f"/admin/rounds/edit/{application.round_id}"
    until = application.round.corrections_until + 10 * DAY
    sent = form_of(admin.get(url)) | {"corrections_until": f"{until:%Y-%m-%dT%H:%M}"}
    shown = admin.post(url, data=sent)
    assert shown.status_code == 422 and "1 份进行中的申报" in text_of(shown)
    assert "现在保存的是" in text_of(shown)
    again = sent | {name: value_of(shown, name) for name in ("version", "confirmed")}
    assert admin.post(url, data=again | {"notice": "另一个改动"}).status_code == 422
    assert admin.post(url, data=again).status_code == 302
    session.expire_all()
    assert application.due_at == application.round.corrections_until == until.replace(second=0, microsecond=0)


def test_professions_are_chosen_by_branch_and_filter_the_cover(session, admin):
    from app.apply.cover import professions_of

    round_ = draft()
    leaf = professions_of(round_)[0]
    branch, url = f"{leaf.level1} › {leaf.level2}", f"/rounds/{round_.id}/professions"
    seen = value_of(admin.get(url), "seen")
    assert admin.post(url, data={"seen": seen}).status_code == 409  # none at all
    assert admin.post(url, data={"seen": seen, "branch": branch}).status_code == 302
    session.refresh(round_)
    assert {(each.level1, each.level2) for each in professions_of(round_)} == {(leaf.level1, leaf.level2)}
    assert admin.post(url, data={"seen": seen, "branch": branch}).status_code == 409  # saved meanwhile


def test_a_year_is_copied_for_all_and_a_clash_leads_to_what_is_there(session, admin):
    old = make.make_round(make.make_committee(), year=2028)
    both = make.make_committee()
    make.make_round(both, year=2028)
    there = make.make_round(both, year=2029)
    page = admin.post("/admin/round-years/2029/copy")
    assert "已从 2028 年复制为草稿" in page.text and "已有，没有改动" in page.text
    query = select(Round).where(Round.committee_id == old.committee_id, Round.year == 2029)
    assert session.scalars(query).one().published_at is None
    clash = admin.post(f"/admin/round-years/2029/begin/{both.id}")
    assert clash.status_code == 409 and f"/rounds/{there.id}/check" in clash.text


def test_recognition_begins_with_its_months_and_materials(session, admin):
    committee = session.scalars(select(Committee).where(Committee.code == "RECOGNITION")).one()
    assert admin.post(f"/admin/round-years/2029/begin/{committee.id}").status_code == 302
    round_ = session.scalars(
        select(Round).where(Round.committee_id == committee.id, Round.year == 2029)
    ).one()
    assert (round_.kind, round_.months) == (Kind.RECOGNITION, [1, 4, 7, 10])
    assert (round_.opens_at, round_.closes_at) == (
        datetime(2029, 1, 1, tzinfo=SHANGHAI), datetime(2029, 11, 1, tzinfo=SHANGHAI),
    )  # fmt: skip
    rows = session.scalars(select(RoundRequirement).where(RoundRequirement.round_id == round_.id)).all()
    assert sorted(row.requirement.no for row in rows) == [1, 7, 8, 9, 10]  # REC-05
    usual = conditions.conditions_of(make.make_round()).materials
    assert [each.requirement.no for each in usual] == [1, 2, 3, 4, 5, 6]


STATE, PRIVATE = Nature.STATE_INSTITUTION, Nature.NON_PUBLIC


@pytest.mark.parametrize(
    ("nature", "tier", "level", "stages"),
    [
        (PRIVATE, Tier.CITY, Level.JUNIOR_ASSISTANT, "unit bureau"),  # rule 8
        (STATE, Tier.COUNTY, Level.JUNIOR_TECHNICIAN, "unit department bureau"),
        (STATE, Tier.CITY, Level.JUNIOR_ASSISTANT, "unit department"),  # rule 9
        (STATE, Tier.CITY, Level.INTERMEDIATE, "unit department bureau city_bureau"),  # rule 10
        (PRIVATE, Tier.CITY, Level.INTERMEDIATE, "unit bureau city_bureau"),
    ],
)
def test_rec_02_the_ways_of_recognition(session, nature, tier, level, stages):
    committee = session.scalars(select(Committee).where(Committee.code == "RECOGNITION")).one()
    way = routing.build(make.make_unit(nature, tier), committee, kind=Kind.RECOGNITION, level=level)
    assert [each.stage.value for each in way] == stages.split()


def test_of_two_who_publish_at_once_one_does(app, session):
    round_, user = draft(), make.make_user(Role.SUPER_ADMIN)
    pk, by, seen = round_.id, user.id, rounds.full_mark(round_)
    session.commit()

    def publish():
        who = db.session.get_one(make.User, by)
        conditions.publish(db.session.get_one(Round, pk), by=who, seen=seen, at=clock.now())

    results = at_once(app, [publish, publish])
    assert results.count(None) == 1
    assert {*results} - {None} <= {OutOfDate, RowChanged}


CITY_FORM = {"opens_at", "closes_at", "corrections_until", "tenure_until", "notice"}
RECEIVING = {"receives_from", "receives_until", "in_one_batch", "times_reason"}


@pytest.mark.parametrize(
    "tier, kind, asked",
    [
        (CommitteeTier.CITY, Kind.REVIEW, set()),
        (CommitteeTier.PROVINCE, Kind.REVIEW, RECEIVING),
        (CommitteeTier.CITY, Kind.RECOGNITION, {"months"}),
    ],
)
@pytest.mark.parametrize("is_published", [False, True], ids=["draft", "published"])
def test_a_round_has_one_form_that_asks_what_concerns_it_and_names_its_committee(
    session, admin, tier, kind, asked, is_published
):
    """CYC-03, CYC-04, CYC-08: a draft is written at its setup, a published round on the administrators' page."""
    committee = make.make_committee(tier)
    round_ = make.make_round(committee, kind=kind)
    round_.published_at = round_.published_at if is_published else None
    session.commit()
    setup, edit = f"/rounds/{round_.id}/setup", f"/admin/rounds/edit/{round_.id}"
    one, other = (edit, setup) if is_published else (setup, edit)
    assert urlsplit(admin.get(other).location).path == one
    assert urlsplit(admin.post(other, data={}).location).path == one
    page = admin.get(one).text
    names = {*re.findall(r'<(?:input|select|textarea)[^>]* name="([a-z_]+)"', page)}
    assert names >= CITY_FORM | asked and not names & ((RECEIVING | {"months"}) - asked)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)[1]
    crumbs = re.search(r'<nav class="crumb".*?</nav>', page, re.S)[0]
    assert committee.name in heading and committee.name in crumbs and str(round_.year) in heading


def test_a_published_round_keeps_saying_what_publishing_asked_for(session, admin):
    at = clock.now()
    recognition = make.make_round(make.make_committee(), kind=Kind.RECOGNITION, months=[at.month])
    provincial = make.make_round(
        make.make_committee(CommitteeTier.PROVINCE),
        receives_from=at.date(),
        receives_until=at.date() + 30 * DAY,
        in_one_batch=True,
        times_reason="示例",
    )
    session.commit()
    url = f"/admin/rounds/edit/{recognition.id}"
    data = typed(admin.get(url).text)
    assert data["months"] == [str(at.month)]
    none = admin.post(url, data={**data, "months": []})
    assert none.status_code == 422 and "至少勾选一个月份" in none.text
    both = sorted({at.month, at.month % 12 + 1})
    assert admin.post(url, data={**data, "months": [str(each) for each in both]}).status_code == 302

    url = f"/admin/rounds/edit/{provincial.id}"
    data = typed(admin.get(url).text)
    assert data["in_one_batch"] == ["1"]
    for name in ("receives_from", "receives_until", "in_one_batch"):
        lacking = admin.post(url, data={**data, name: ""})
        assert lacking.status_code == 422 and "须填写收审材料的起止日期" in lacking.text, name
    assert admin.post(url, data={**data, "times_reason": ""}).status_code == 422
    assert admin.post(url, data={**data, "in_one_batch": "0"}).status_code == 302
    session.expire_all()
    assert (recognition.months, provincial.in_one_batch) == (both, False)
