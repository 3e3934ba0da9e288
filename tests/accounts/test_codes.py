"""Codes by SMS: the daily quota under load, and everything that makes a code worthless (ACC-03, A09, A10, T12)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.codes import Limits, codes_left, redeem_code, send_code
from app.clock import SHANGHAI
from app.errors import CodeQuotaUsed
from app.models import Outbox, SmsCode, SmsQuota
from app.vocabulary import Purpose
from tests.accounts.people import make_mobile

LIMITS = Limits(a_day=3, lasts=timedelta(minutes=10), tries=5)
BROWSER = "the browser's token"


def send(mobile, at, purpose=Purpose.SIGN_UP, **given):
    return send_code(mobile, purpose, browser=BROWSER, limits=LIMITS, at=at, phone="0871-00000000", **given)


def redeem(code, mobile, at, purpose=Purpose.SIGN_UP, browser=BROWSER):
    return redeem_code(code, mobile, purpose, browser=browser, limits=LIMITS, at=at)


@pytest.fixture
def mobile(session):
    return make_mobile()


def test_three_codes_a_day_and_the_fourth_is_refused(session, mobile, now):
    assert [send(mobile, now) for _each in range(3)] == [2, 1, 0]
    with pytest.raises(CodeQuotaUsed):
        send(mobile, now)
    assert session.scalar(select(func.count(SmsCode.id)).where(SmsCode.mobile == mobile)) == 3


def test_a_hundred_parallel_requests_send_exactly_three(app, session, mobile, now, together):
    results = together(100, lambda: send(mobile, now))

    assert sorted(each for each in results if each is not CodeQuotaUsed) == [0, 1, 2]
    assert session.scalar(select(SmsQuota.sent).where(SmsQuota.mobile == mobile)) == 3
    assert session.scalar(select(func.count(Outbox.id)).where(Outbox.mobile == mobile)) == 3


def test_the_day_is_shanghais(session, mobile):
    last_second = datetime(2026, 3, 1, 23, 59, 59, tzinfo=SHANGHAI)
    for _each in range(3):
        send(mobile, last_second)
    with pytest.raises(CodeQuotaUsed):
        send(mobile, last_second)
    midnight = last_second + timedelta(seconds=1)

    assert codes_left(mobile, on=midnight.date(), limits=LIMITS) == 3
    assert send(mobile, midnight) == 2


def test_a_code_is_good_once(session, mobile, now, sent_to):
    send(mobile, now)
    session.commit()
    code = sent_to(mobile)

    assert redeem(code, mobile, now)
    assert not redeem(code, mobile, now)


def test_one_code_redeemed_in_parallel_is_used_once(app, session, mobile, now, sent_to, together):
    send(mobile, now)
    session.commit()
    code = sent_to(mobile)

    assert together(5, lambda: redeem(code, mobile, now)).count(True) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"purpose": Purpose.RECOVER},
        {"browser": "another browser"},
        {"browser": ""},
        {"mobile": "13900009999"},
    ],
    ids=["purpose", "browser", "no browser", "mobile"],
)
def test_a_code_is_good_for_its_purpose_mobile_and_browser_only(session, mobile, now, sent_to, other):
    send(mobile, now)
    session.commit()

    assert not redeem(sent_to(mobile), **{"mobile": mobile, "at": now, **other})


@pytest.mark.parametrize(
    ("after", "good"), [(timedelta(minutes=10, seconds=-1), True), (timedelta(minutes=10), False)]
)
def test_a_code_lasts_ten_minutes(session, mobile, now, sent_to, after, good):
    send(mobile, now)
    session.commit()

    assert redeem(sent_to(mobile), mobile, now + after) is good


def test_after_five_wrong_tries_the_right_code_is_refused(session, mobile, now, sent_to):
    send(mobile, now)
    session.commit()
    code = sent_to(mobile)
    wrong = "000000" if code != "000000" else "111111"

    assert not any(redeem(wrong, mobile, now) for _each in range(5))
    assert not redeem(code, mobile, now)


def test_the_fifth_try_may_still_be_right(session, mobile, now, sent_to):
    send(mobile, now)
    session.commit()
    code = sent_to(mobile)
    for _each in range(4):
        redeem("000000" if code != "000000" else "111111", mobile, now)

    assert redeem(code, mobile, now)


def test_only_the_last_code_counts(session, mobile, now, sent_to):
    send(mobile, now)
    session.commit()
    first = sent_to(mobile)
    send(mobile, now)
    session.commit()

    assert redeem(first, mobile, now) is (first == sent_to(mobile))
    assert redeem(sent_to(mobile), mobile, now)


def test_the_table_holds_no_code(session, mobile, now, sent_to):
    send(mobile, now)
    session.commit()
    row = session.scalars(select(SmsCode).where(SmsCode.mobile == mobile)).one()

    assert sent_to(mobile) not in (row.digest, row.browser)
    assert BROWSER not in (row.digest, row.browser)


def test_a_request_that_reaches_no_phone_costs_the_quota_and_leaves_no_code(session, mobile, now):
    assert send(mobile, now, to_phone=False) == 2
    assert session.scalar(select(func.count(SmsCode.id)).where(SmsCode.mobile == mobile)) == 0
    assert session.scalar(select(func.count(Outbox.id)).where(Outbox.mobile == mobile)) == 0
