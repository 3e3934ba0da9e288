"""Table 17 on paper (ATT-04, domain.md 4): who may do what with it in which state, and two at once."""

import pytest
from sqlalchemy import func, select

from app import clock
from app.dossier import stamped, storage
from app.errors import NotAllowedNow, OutOfDate, OwnApplication, ReasonRequired
from app.extensions import db
from app.models import Application, Decision, Message, Outbox, StampedPage, User
from app.vocabulary import Event, PageState, Role, Stage, Status
from app.workflow import stamping
from app.workflow.refusals import NoPageWaits, PageGone
from tests import factories as make
from tests.at_once import at_once

NONE = "none"
# state of the page, what is done with it, what becomes of it: typed from domain.md 4 and the task of ATT-04.
ACTIONS = [
    (NONE, "hand_in", PageState.HANDED_IN),
    (NONE, "accept", NoPageWaits),
    (NONE, "ask_again", NoPageWaits),
    (PageState.HANDED_IN, "hand_in", PageState.HANDED_IN),
    (PageState.HANDED_IN, "accept", PageState.ACCEPTED),
    (PageState.HANDED_IN, "ask_again", PageState.ASKED_AGAIN),
    (PageState.ASKED_AGAIN, "hand_in", PageState.HANDED_IN),
    (PageState.ASKED_AGAIN, "accept", NoPageWaits),
    (PageState.ASKED_AGAIN, "ask_again", NoPageWaits),
    (PageState.ACCEPTED, "hand_in", NotAllowedNow),
    (PageState.ACCEPTED, "accept", NotAllowedNow),
    (PageState.ACCEPTED, "ask_again", NotAllowedNow),
]


def in_state(state):
    application = make.make_application(Status.PAPER)
    if state != NONE:
        make.hand_in_page(application)
    if state is PageState.ASKED_AGAIN:
        make.ask_again(application)
    if state is PageState.ACCEPTED:
        make.accept_page(application)
    return application


def do(action, application, by=None, seen=None):
    seen = application.version if seen is None else seen
    by = by or (
        db.session.get_one(User, application.applicant_id)
        if action == "hand_in"
        else make.last_clerk_of(application)
    )
    if action == "accept":
        return stamping.accept(application, by=by, seen=seen, at=clock.now())
    if action == "ask_again":
        return stamping.ask_again(application, by=by, seen=seen, opinion="公章没有拍全", at=clock.now())
    stamping.choose(application, *make.store(make.page_scan()), by=by, at=clock.now())
    source = stamped.chosen(application)
    kept, digest = make.store(make.page_scan())
    crop = make.page_crops.read(source.crop)
    return stamping.hand_in(
        application, source.original_key, kept, digest, crop, by=by, seen=seen, at=clock.now()
    )


@pytest.mark.parametrize(("state", "action", "becomes"), ACTIONS)
def test_what_may_be_done_with_a_page(session, state, action, becomes):
    application = in_state(state)
    version, before = application.version, stamped.handed_in(application)
    before = before and (before.state, before.page_key)
    if isinstance(becomes, type) and issubclass(becomes, Exception):
        with pytest.raises(becomes):
            do(action, application)
        page = stamped.handed_in(application)
        assert (page and (page.state, page.page_key)) == before
        assert application.version == version
        return
    do(action, application)
    assert stamped.handed_in(application).state is becomes
    assert application.version == version + 1
    assert application.status is (Status.READY if becomes is PageState.ACCEPTED else Status.PAPER)
    assert application.holder_id is application.step is application.waiting_since is None


@pytest.mark.parametrize(
    "at",
    [Status.DRAFT, Stage.UNIT, Stage.COMMITTEE, Status.RETURNED, Status.DECLINED, Status.WITHDRAWN],
)
@pytest.mark.parametrize("action", ["hand_in", "accept", "ask_again"])
def test_before_the_electronic_material_has_passed_there_is_no_page(session, at, action):
    application = make.make_application(at)
    by = None if action == "hand_in" else make.make_user(Role.COMMITTEE, application.round.committee)
    with pytest.raises(NotAllowedNow):
        do(action, application, by)
    assert (
        session.scalar(select(func.count(StampedPage.id)).where(StampedPage.application_id == application.id))
        == 0
    )


def who(application, name):
    """Somebody by his standing to an application whose page waits."""
    offices = make.offices_of(application)
    department = make.make_department()
    found = {
        "the unit": lambda: make.make_user(Role.UNIT, offices[0]),
        "the department on the way": lambda: make.make_user(Role.DEPARTMENT, offices[1]),
        "another committee": lambda: make.make_user(Role.COMMITTEE, make.make_committee()),
        "another department": lambda: make.make_user(Role.DEPARTMENT, department),
        "the last office in another role": lambda: make.make_user(Role.DEPARTMENT, offices[-1]),
        "another applicant": lambda: db.session.get_one(User, make.make_applicant().id),
        "the hotline": lambda: make.make_user(Role.HOTLINE),
        "a super administrator": lambda: make.make_user(Role.SUPER_ADMIN),
        "an auditor": lambda: make.make_user(Role.AUDITOR),
    }
    return found[name]()


STRANGERS = [
    "the unit", "the department on the way", "another committee", "another department",
    "the last office in another role", "another applicant", "the hotline", "a super administrator", "an auditor",
]  # fmt: skip


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("action", ["hand_in", "accept", "ask_again"])
def test_nobody_else_does_anything_with_it(session, name, action):
    application = in_state(PageState.HANDED_IN)
    with pytest.raises(NotAllowedNow):
        do(action, application, who(application, name))
    assert stamped.handed_in(application).state is PageState.HANDED_IN


@pytest.mark.parametrize("action", ["accept", "ask_again"])
def test_nobody_takes_in_his_own(session, action):
    application = in_state(PageState.HANDED_IN)
    applicant = db.session.get_one(User, application.applicant_id)
    make.join(applicant, Role.COMMITTEE, application.round.committee)
    with pytest.raises(OwnApplication):
        do(action, application, applicant)


def test_the_committees_clerk_hands_nothing_in(session):
    application = in_state(NONE)
    with pytest.raises(NotAllowedNow):
        do("hand_in", application, make.last_clerk_of(application))


@pytest.mark.parametrize("kind", ["recognition", "agency"])
def test_the_last_office_is_the_routes_whichever_it_is(session, kind):
    if kind == "recognition":
        application = make.make_recognition(make.make_unit(make.Nature.NON_PUBLIC, tier=make.Tier.COUNTY))
        make.submit(application)
    else:
        application = make.make_application(Stage.COMMITTEE, make.make_unit(make.Nature.AGENCY))
    while application.status is Status.IN_REVIEW:
        last = application.stage
        make.approve(application)
    make.hand_in_page(application)
    decision = do("accept", application)
    assert (decision.stage, decision.organisation_id) == (last, make.offices_of(application)[-1].id)
    assert application.status is Status.READY


def test_asking_again_needs_a_reason_and_tells_it(session):
    application = in_state(PageState.HANDED_IN)
    clerk = make.last_clerk_of(application)
    with pytest.raises(ReasonRequired):
        stamping.ask_again(application, by=clerk, seen=application.version, opinion=" 　", at=clock.now())
    do("ask_again", application, clerk)

    page = stamped.handed_in(application)
    assert (page.reason, page.decided_by_id) == ("公章没有拍全", clerk.id)
    told = session.scalars(
        select(Message.text)
        .where(Message.recipient_id == application.applicant_id)
        .order_by(Message.id.desc())
    ).first()
    assert "要求重新上传表十七" in told and "公章没有拍全" in told
    line = application.decisions[-1]
    assert (line.event, line.stage, line.opinion) == (Event.ASK_AGAIN, Stage.COMMITTEE, "公章没有拍全")
    assert (line.chances_used, line.opinions_used) == (0, 0)
    # The applicant answers it, and the reason is gone from the page that waits now.
    do("hand_in", application)
    page = stamped.handed_in(application)
    assert (page.state, page.reason, page.decided_at) == (PageState.HANDED_IN, "", None)


def test_accepting_is_told(session):
    application = in_state(PageState.HANDED_IN)
    do("accept", application)
    texts = session.scalars(
        select(Message.text).where(Message.recipient_id == application.applicant_id)
    ).all()
    assert any("接收表十七" in text for text in texts)
    news = session.scalars(
        select(Outbox.text).where(Outbox.decision_id == application.decisions[-1].id)
    ).all()
    assert all("公章" not in text for text in news)


def test_replacing_keeps_one_page_and_names_the_files_that_go(app, session):
    application = in_state(PageState.HANDED_IN)
    before = stamped.handed_in(application)
    old = set(stamped.keys_of(before))
    unneeded = do("hand_in", application)

    assert set(unneeded) == old
    rows = session.scalars(select(StampedPage).where(StampedPage.application_id == application.id)).all()
    assert len(rows) == 1 and not set(stamped.keys_of(rows[0])) & old
    for key in stamped.keys_of(rows[0]):
        assert storage.read(app.config["PRIVATE_ROOT"], key)


def test_choosing_another_scan_leaves_the_page_that_was_handed_in(session):
    application = in_state(PageState.HANDED_IN)
    page, version = stamped.handed_in(application), application.version
    first = make.choose_page(application)
    gone = first.original_key
    account = db.session.get_one(User, application.applicant_id)
    unneeded = stamping.choose(application, *make.store(make.page_scan()), by=account, at=clock.now())

    assert unneeded == [gone]
    assert stamped.handed_in(application).id == page.id and application.version == version
    # What is only chosen waits for nobody's word, and the office can still accept what it has.
    do("accept", application)
    assert application.status is Status.READY


def test_cutting_the_same_scan_again_keeps_the_original(session):
    application = in_state(PageState.ASKED_AGAIN)
    page = stamped.handed_in(application)
    original, old = page.original_key, page.page_key
    kept, digest = make.store(make.page_scan())
    account = db.session.get_one(User, application.applicant_id)
    crop = make.page_crops.PageCrop(10, 10, 700)
    unneeded = stamping.hand_in(
        application,
        page.original_key,
        kept,
        digest,
        crop,
        by=account,
        seen=application.version,
        at=clock.now(),
    )

    page = stamped.handed_in(application)
    assert (unneeded, page.original_key, page.page_key) == ([old], original, kept.key)
    assert (page.state, page.crop) == (PageState.HANDED_IN, "10,10,700,0,0,1")


def test_a_scan_that_was_replaced_meanwhile_is_not_handed_in(session):
    application = in_state(NONE)
    stale = make.choose_page(application).original_key
    make.choose_page(application)
    account = db.session.get_one(User, application.applicant_id)
    with pytest.raises(PageGone):
        stamping.hand_in(
            application, stale, *make.store(make.page_scan()), make.page_crops.PageCrop(0, 0, 800),
            by=account, seen=application.version, at=clock.now(),
        )  # fmt: skip
    assert stamped.handed_in(application) is None


@pytest.fixture
def waiting(app):
    """An application whose page waits, a scan that is chosen beside it, and two clerks of the committee."""
    with app.app_context():
        application = in_state(PageState.HANDED_IN)
        source = make.choose_page(application).original_key
        clerks = [make.make_user(Role.COMMITTEE, application.round.committee).id for _each in range(2)]
        found = application.id, application.version, application.applicant_id, source, clerks
        db.session.commit()
    return found


def judge(verb, pk, seen, clerk, **said):
    row = db.session.get_one(Application, pk)
    return verb(row, by=db.session.get_one(User, clerk), seen=seen, at=clock.now(), **said).event


def replace_page(pk, seen, account, source):
    row = db.session.get_one(Application, pk)
    kept, digest = make.store(make.page_scan())
    crop = make.page_crops.PageCrop(0, 0, 800)
    by = db.session.get_one(User, account)
    stamping.hand_in(row, source, kept, digest, crop, by=by, seen=seen, at=clock.now())
    return Event.HAND_IN_PAGE


PAIRS = [
    "accept and ask again",
    "accept and replace",
    "ask again and replace",
    "accept twice",
    "hand in twice",
]
BECOMES = {
    Event.ACCEPT_PAGE: (Status.READY, PageState.ACCEPTED),
    Event.ASK_AGAIN: (Status.PAPER, PageState.ASKED_AGAIN),
    Event.HAND_IN_PAGE: (Status.PAPER, PageState.HANDED_IN),
}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("_time", range(3))
def test_of_two_at_once_exactly_one_wins(app, waiting, pair, _time):
    pk, seen, account, source, clerks = waiting

    def accept(clerk=0):
        return judge(stamping.accept, pk, seen, clerks[clerk])

    def ask():
        return judge(stamping.ask_again, pk, seen, clerks[1], opinion="不清晰")

    def replaced():
        return replace_page(pk, seen, account, source)

    jobs = {
        "accept and ask again": [accept, ask],
        "accept and replace": [accept, replaced],
        "ask again and replace": [ask, replaced],
        "accept twice": [accept, lambda: accept(1)],
        "hand in twice": [replaced, replaced],
    }[pair]
    results = at_once(app, jobs)

    assert results.count(OutOfDate) == 1
    (won,) = set(results) - {OutOfDate}
    with app.app_context():
        row = db.session.get_one(Application, pk)
        page = stamped.handed_in(row)
        assert (row.status, page.state, row.version) == (*BECOMES[won], seen + 1)
        lines = db.session.scalars(
            select(Decision.event).where(Decision.application_id == pk, Decision.version > seen)
        ).all()
        assert lines == [won]


def test_of_two_scans_chosen_at_once_one_stays(app, waiting):
    pk, _seen, account, _source, _clerks = waiting

    def choose():
        row, by = db.session.get_one(Application, pk), db.session.get_one(User, account)
        stamping.choose(row, *make.store(make.page_scan()), by=by, at=clock.now())
        return "chosen"

    assert at_once(app, [choose, choose]) == ["chosen", "chosen"]
    with app.app_context():
        count = select(func.count(StampedPage.id)).where(StampedPage.application_id == pk, StampedPage.chosen)
        assert db.session.scalar(count) == 1
