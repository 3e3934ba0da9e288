"""A committee's own windows: corrections never before the end, no second opening (CYC-02, X-20)."""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.clock import SHANGHAI
from app.vocabulary import Role
from tests import factories as make
from tests.review.pages import text_of, value_of

DAY = timedelta(days=1)


def typed(moment):
    return f"{moment:%Y-%m-%dT%H:%M}"


def save(client, round_, **changed):
    page = client.get(f"/rounds/{round_.id}")
    values = {
        "closes_at": typed(round_.closes_at),
        "corrections_until": typed(round_.corrections_until),
        "notice": round_.notice,
        "seen": value_of(page, "seen"),
        **changed,
    }
    return client.post(f"/rounds/{round_.id}", data=values)


@pytest.fixture
def round_(session):
    return make.make_round()


@pytest.fixture
def client(round_, sign_in):
    return sign_in(make.make_user(Role.COMMITTEE, round_.committee))


def over(session, round_):
    at = clock.now()
    round_.closes_at, round_.corrections_until = at - DAY, at + DAY
    session.commit()


def test_the_committee_sets_its_times_and_its_notice(round_, client, session):
    year = clock.today().year + 1
    answer = save(
        client,
        round_,
        closes_at=f"{year}-03-31T00:00",
        corrections_until=f"{year}-04-15T18:00",
        notice="材料一式三份",
    )
    assert answer.status_code == 302
    session.refresh(round_)
    assert round_.closes_at == datetime(year, 3, 31, tzinfo=SHANGHAI)
    assert round_.corrections_until == datetime(year, 4, 15, 18, tzinfo=SHANGHAI)
    assert round_.notice == "材料一式三份"


def test_what_was_not_touched_stays_to_the_second(round_, client, session):
    before = (round_.closes_at, round_.corrections_until)
    assert save(client, round_, notice="只改通知").status_code == 302
    session.refresh(round_)
    assert (round_.closes_at, round_.corrections_until, round_.notice) == (*before, "只改通知")


def test_corrections_do_not_end_before_the_window(round_, client, session):
    answer = save(client, round_, corrections_until=typed(round_.closes_at - DAY))
    assert answer.status_code == 409
    assert "补正截止时间不能早于网上申报截止时间" in text_of(answer)
    assert typed(round_.closes_at - DAY) in answer.text


def test_a_window_that_has_closed_is_never_opened_again(round_, client, session):
    over(session, round_)
    closed = round_.closes_at
    for moment in (clock.now() + DAY, closed - DAY, closed + timedelta(hours=1)):
        answer = save(client, round_, closes_at=typed(moment), corrections_until=typed(moment + 2 * DAY))
        assert answer.status_code == 409 and "截止后不能重新开放" in text_of(answer)
    assert save(client, round_, corrections_until=typed(clock.now() + 9 * DAY)).status_code == 302
    session.refresh(round_)
    assert round_.closes_at == closed


def test_an_open_window_is_not_closed_in_the_past_nor_before_it_opened(round_, client):
    answer = save(client, round_, closes_at=typed(clock.now() - DAY))
    assert answer.status_code == 409 and "不能改到现在之前" in text_of(answer)
    answer = save(client, round_, closes_at=typed(round_.opens_at - DAY))
    assert answer.status_code == 409 and "应晚于开始时间" in text_of(answer)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"closes_at": ""}, "填写网上申报截止时间"),
        ({"closes_at": "月底"}, "网上申报截止时间应为 2026-09-30 18:00 这样的时间"),
        ({"corrections_until": "2026-13-01T00:00"}, "补正截止时间应为 2026-09-30 18:00 这样的时间"),
        ({"notice": "字" * 5001}, "申报通知超出 1 字，上限 5000 字"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(changed, message, round_, client):
    answer = save(client, round_, **{"notice": "写了一半的通知", **changed})
    assert answer.status_code == 422 and message in text_of(answer)
    for value in changed.values():
        assert value in answer.text


def test_a_colleague_who_saved_first_is_not_overwritten_unseen(round_, client, sign_in, session):
    seen = value_of(client.get(f"/rounds/{round_.id}"), "seen")
    assert (
        save(sign_in(make.make_user(Role.COMMITTEE, round_.committee)), round_, notice="同事").status_code
        == 302
    )
    answer = save(client, round_, notice="我的通知", seen=seen)
    assert answer.status_code == 409 and "我的通知" in answer.text
    session.refresh(round_)
    assert round_.notice == "同事"


def test_another_committees_window_is_not_found(round_, client, sign_in):
    other = make.make_round()
    assert other.committee.name not in text_of(client.get("/rounds/"))
    assert round_.committee.name in text_of(client.get("/rounds/"))
    assert client.get(f"/rounds/{other.id}").status_code == 404
    assert client.post(f"/rounds/{other.id}", data={"notice": "x"}).status_code == 404
