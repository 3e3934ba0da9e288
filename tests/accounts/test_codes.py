"""Codes by SMS: the daily quota under load, and everything that makes a code worthless (ACC-03, A09, A10, T12)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from app.accounts.codes import Limits, codes_left, redeem_code, send_code
from app.clock import SHANGHAI
from app.errors import CodeQuotaUsed, SmsCapReached
from app.models import Outbox, SmsCode, SmsQuota
from app.vocabulary import Purpose
from tests.accounts.people import make_mobile

LIMITS = Limits(a_day=3, lasts=timedelta(minutes=10), tries=5, per_address=60, altogether=20_000)
BROWSER = "the browser's token"


def send(mobile, at, purpose=Purpose.SIGN_UP, limits=LIMITS, address="192.0.2.1", **given):
    return send_code(
        mobile,
        purpose,
        browser=BROWSER,
        address=address,
        limits=limits,
        at=at,
        phone="0871-00000000",
        **given,
    )


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


def test_a_request_that_reaches_no_phone_costs_the_quota_and_leaves_no_text(session, mobile, now):
    assert send(mobile, now, to_phone=False) == 2
    session.commit()
    assert session.scalar(select(func.count(Outbox.id)).where(Outbox.mobile == mobile)) == 0


def test_nothing_of_a_text_can_be_read_in_the_table(session, mobile, now, sent_to):
    send(mobile, now)
    session.commit()
    code = sent_to(mobile)
    stored = session.execute(text("SELECT text FROM outbox ORDER BY id DESC")).scalars().first()

    assert code not in stored
    assert "验证码" not in stored


def test_an_address_gets_so_many_a_day_whatever_the_mobiles(session, now):
    few = replace(LIMITS, per_address=4)
    for _each in range(4):
        send(make_mobile(), now, limits=few, address="192.0.2.7")
    session.commit()
    refused = make_mobile()
    with pytest.raises(SmsCapReached) as refusal:
        send(refused, now, limits=few, address="192.0.2.7")
    session.rollback()

    assert "当前网络" in str(refusal.value)
    assert codes_left(refused, on=now.date(), limits=few) == 3
    assert send(refused, now, limits=few, address="192.0.2.8") == 2
    assert send(refused, now + timedelta(days=1), limits=few, address="192.0.2.7") == 2


def test_all_together_get_so_many_a_day(session):
    day = datetime(2026, 4, 1, 12, tzinfo=SHANGHAI)
    few = replace(LIMITS, altogether=5)
    for n in range(5):
        send(make_mobile(), day, limits=few, address=f"192.0.2.{n}")
    session.commit()
    with pytest.raises(SmsCapReached) as refusal:
        send(make_mobile(), day, limits=few, address="192.0.2.9")
    session.rollback()

    assert "系统上限" in str(refusal.value)
    assert send(make_mobile(), day + timedelta(days=1), limits=few) == 2


def test_the_caps_hold_for_a_hundred_at_once(app, session, together):
    day = datetime(2026, 5, 1, 12, tzinfo=SHANGHAI)
    few = replace(LIMITS, per_address=7, altogether=11)
    turns = iter(range(100))

    def one():
        return send(make_mobile(), day, limits=few, address=f"198.51.100.{next(turns) % 2}")

    results = together(100, one)
    assert sum(each is not SmsCapReached for each in results) == 11
    on_that_day = select(SmsQuota.scope, SmsQuota.sent).where(SmsQuota.day == day.date())
    counted = [(scope, sent) for scope, sent in session.execute(on_that_day)]
    assert sum(sent for scope, sent in counted if scope == "mobile") == 11
    assert sum(sent for scope, sent in counted if scope == "address") == 11
    assert max(sent for scope, sent in counted if scope == "address") <= 7
    assert [sent for scope, sent in counted if scope == "everyone"] == [11]
