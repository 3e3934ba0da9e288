"""What is heard of a result beside the inbox: one text and one mail, short, held until it stands (MSG-02)."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from app import clock
from app.errors import OutOfDate
from app.extensions import db
from app.messages.gateways import DevelopmentGateway, deliver, waiting
from app.models import Membership, Message, Outbox, Person, User
from app.vocabulary import Channel, Stage, Status
from app.web import preferences
from app.workflow import operations
from tests import factories as make
from tests.at_once import at_once

RETURN, RESET = operations.return_, operations.reset
APPROVE, DECLINE = operations.approve, operations.decline
OPINION = "示例意见：补充论文扫描件"
WORDS = "当年申报终止"
HELD = timedelta(minutes=10)


class Network:
    """Remembers what it was given; while it is gone it takes nothing."""

    def __init__(self):
        self.taken, self.is_gone = [], False

    def deliver(self, mobile, text, *, key):
        if self.is_gone:
            raise ConnectionError
        self.taken.append((mobile, text))

    def send(self, address, subject, text, *, key):
        self.deliver(address, text, key=key)


@pytest.fixture(autouse=True)
def empty(session):
    session.execute(delete(Outbox))
    session.commit()


def at_the_last_chance():
    application = make.make_application(at=Stage.DEPARTMENT)
    for _time in range(3):
        decide(RETURN, application)
        resubmit(application)
    db.session.execute(delete(Outbox))
    return application


def resubmit(application):
    operations.resubmit(
        application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
    )


def decide(verb, application, *, at=None, **more):
    verb(
        application,
        by=make.clerk_of(application),
        seen=application.version,
        opinion=OPINION,
        at=at or clock.now(),
        **more,
    )


def queued():
    db.session.flush()
    return db.session.scalars(select(Outbox).order_by(Outbox.id)).all()


def send(network, at):
    """What one run of `flask outbox run` hands over."""
    db.session.commit()
    return sum(
        deliver(network, at=at, channel=channel, held=held)
        for held in (False, True)
        for channel in (Channel.SMS, Channel.MAIL)
    )


# verb, where, further arguments, where it leads, what the text says beside number and office
TOLD = [
    (RETURN, lambda: make.make_application(at=Stage.UNIT), {}, Status.RETURNED, "返回修改"),
    (RESET, lambda: make.make_application(at=Stage.DEPARTMENT), {}, Status.DRAFT, "重置流程"),
    (DECLINE, lambda: make.make_application(at=Stage.DEPARTMENT), {}, Status.DECLINED, "已有审核结果"),
    (RETURN, at_the_last_chance, {"confirmation": WORDS}, Status.FAILED, "已有审核结果"),
    (RESET, at_the_last_chance, {"confirmation": WORDS}, Status.FAILED, "已有审核结果"),
    (APPROVE, lambda: make.make_application(at=Stage.COMMITTEE), {}, Status.PAPER, "电子材料审核通过"),
]


@pytest.mark.parametrize(("verb", "made", "more", "led", "said"), TOLD)
def test_a_result_is_told_once_by_text_and_by_mail(session, verb, made, more, led, said):
    application = made()
    office, at = application.holder.name, clock.now()
    decide(verb, application, at=at, **more)
    assert application.status is led
    account = session.get_one(User, application.applicant_id)
    email = session.get_one(Person, application.applicant_id).email
    sent = queued()
    assert [(each.channel, each.mobile) for each in sent] == [
        (Channel.SMS, account.mobile),
        (Channel.MAIL, email),
    ]
    for each in sent:
        assert application.number in each.text and office in each.text and said in each.text
        assert "登录后在“我的" in each.text and len(each.text) <= 134
        for personal in (OPINION, account.first_name, account.id_number, account.mobile, "不通过", "失败"):
            assert personal not in each.text + each.subject
        assert each.held_until == at + HELD
    # The inbox has the opinion, at once.
    assert (
        OPINION
        in session.scalars(
            select(Message.text).where(Message.recipient_id == account.id).order_by(Message.id.desc())
        ).first()
    )


def test_what_goes_on_to_the_next_office_is_told_in_the_inbox_only():
    application = make.make_application(at=Stage.DEPARTMENT)
    decide(APPROVE, application)
    assert application.status is Status.IN_REVIEW and queued() == []


def test_clerks_are_told_of_a_year_that_ended_in_the_inbox_only(session):
    application = make.make_application(at=Stage.DEPARTMENT)
    clerks = session.scalars(
        select(User).join(Membership, Membership.user_id == User.id).where(
            Membership.organisation_id == application.unit_id)
    ).all()  # fmt: skip
    assert clerks
    for n, each in enumerate(clerks):
        each.mobile = f"1370000{application.id % 1000:03d}{n}"
        preferences.keep(each, {preferences.DESK_SMS: True, preferences.SMS: True})
    before = session.scalar(select(func.count(Message.id)).where(Message.recipient_id == clerks[0].id))
    decide(DECLINE, application)
    after = session.scalar(select(func.count(Message.id)).where(Message.recipient_id == clerks[0].id))
    assert after == before + 1
    assert {each.mobile for each in queued()}.isdisjoint({each.mobile for each in clerks})


@pytest.mark.parametrize(
    ("off", "left"),
    [
        ({}, [Channel.SMS, Channel.MAIL]),
        ({"sms": False}, [Channel.MAIL]),
        ({"mail": False}, [Channel.SMS]),
        ({"sms": False, "mail": False}, []),
        ({"desk_sms": True}, [Channel.SMS, Channel.MAIL]),
    ],
)
def test_whoever_switched_them_off_gets_none(session, off, left):
    application = make.make_application(at=Stage.UNIT)
    preferences.keep(session.get_one(User, application.applicant_id), off)
    decide(RETURN, application)
    assert [each.channel for each in queued()] == left


@pytest.mark.parametrize("lacking", ["mobile", "email", "both"])
def test_without_phone_or_address_the_result_stands_all_the_same(session, lacking):
    application = make.make_application(at=Stage.UNIT)
    if lacking != "email":
        session.get_one(User, application.applicant_id).mobile = None
    if lacking != "mobile":
        session.get_one(Person, application.applicant_id).email = None
    session.flush()
    decide(RETURN, application)
    assert application.status is Status.RETURNED
    left = {"mobile": [Channel.MAIL], "email": [Channel.SMS], "both": []}
    assert [each.channel for each in queued()] == left[lacking]


def test_nothing_leaves_while_it_can_be_taken_back():
    application, network, at = make.make_application(at=Stage.UNIT), Network(), clock.now()
    decide(RETURN, application, at=at)
    assert send(network, at + HELD - timedelta(seconds=1)) == 0
    # Held is not waiting: `flask outbox run` complains of no network.
    assert waiting(at=at + HELD - timedelta(seconds=1)) == 0 and waiting(at=at + HELD) == 2
    assert send(network, at + HELD) == 2
    assert send(network, at + 2 * HELD) == 0
    assert len(network.taken) == 2


@pytest.mark.parametrize(("verb", "made", "more", "led", "said"), TOLD)
def test_an_undo_takes_the_text_with_it_and_the_new_result_has_its_own(verb, made, more, led, said):
    application, network, at = made(), Network(), clock.now()
    clerk = make.clerk_of(application)
    decide(verb, application, at=at, **more)
    operations.undo(application, by=clerk, seen=application.version, at=at + timedelta(minutes=9))
    assert queued() == [] and send(network, at + 3 * HELD) == 0
    later = at + timedelta(minutes=9, seconds=30)
    decide(RETURN, application, at=later, **({"confirmation": WORDS} if led is Status.FAILED else {}))
    assert send(network, later + HELD - timedelta(seconds=1)) == 0
    assert send(network, later + HELD) == 2


def test_who_has_handed_in_again_is_not_asked_to():
    application = make.make_application(at=Stage.UNIT)
    decide(RETURN, application)
    resubmit(application)
    assert queued() == []


def test_what_has_left_stays_in_the_outbox():
    application, network, at = make.make_application(at=Stage.UNIT), Network(), clock.now()
    decide(RETURN, application, at=at)
    send(network, at + HELD)
    resubmit(application)
    assert [each.sent_at for each in queued()] == [at + HELD] * 2


def test_a_network_that_is_gone_for_a_day_loses_none():
    application, network, at = make.make_application(at=Stage.UNIT), Network(), clock.now()
    decide(RETURN, application, at=at)
    network.is_gone = True
    for minutes in range(11, 60, 10):
        assert send(network, at + timedelta(minutes=minutes)) == 0
    assert waiting(at=at + HELD) == 2
    network.is_gone = False
    assert send(network, at + timedelta(days=1)) == 2
    assert len(network.taken) == 2


def test_ten_presses_at_once_and_ten_again_are_one_text(app, session):
    application = make.make_application(at=Stage.UNIT)
    pk, seen, clerk = application.id, application.version, make.clerk_of(application).id
    session.commit()

    def press():
        found = db.session.get_one(type(application), pk)
        RETURN(found, by=db.session.get_one(User, clerk), seen=seen, opinion=OPINION, at=clock.now())
        return "done"

    for done in (1, 0):
        came = at_once(app, [press] * 10)
        assert came.count("done") == done and came.count(OutOfDate) == 10 - done
        session.rollback()
    assert len(queued()) == 2


def test_the_database_refuses_a_second_text_of_one_decision(session):
    application = make.make_application(at=Stage.UNIT)
    decide(RETURN, application)
    text, mail = queued()
    for each in (text, mail):
        with pytest.raises(Exception, match=r"(?i)unique"), session.begin_nested():
            session.add(Outbox(channel=each.channel, mobile=each.mobile, text="示例", created_at=clock.now(),
                               decision_id=each.decision_id))  # fmt: skip
            session.flush()


def test_a_day_whose_texts_are_used_up_leaves_it_to_the_inbox(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "SMS_NEWS_PER_DAY", 2)
    application, network, at = make.make_application(at=Stage.UNIT), Network(), clock.now()
    mobile = session.get_one(User, application.applicant_id).mobile
    for _time in range(3):
        decide(RETURN, application, at=at)
        send(network, at + HELD)
        resubmit(application)
    assert [to for to, _text in network.taken].count(mobile) == 2
    assert len(network.taken) == 5
    texts = [each for each in queued() if each.channel is Channel.SMS]
    assert [bool(each.sent_at) for each in texts] == [True, True, False]
    assert texts[-1].refused_at and waiting(at=at + HELD) == 0
    assert deliver(DevelopmentGateway(), at=at + HELD, held=True) == 0
