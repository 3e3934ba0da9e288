"""The cover: what is offered, what follows, and what is refused even by POST (APP-02, CYC-05, X-16, X-17)."""

import re
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.apply.cover import belongs_to_engineering, find_profession, professions_of
from app.apply.operations import save_cover
from app.dossier.trees import agree
from app.errors import (
    ChoiceNotOffered,
    GivenByExam,
    Incomplete,
    MajorMismatch,
    NotAllowedNow,
    OutOfDate,
    WindowClosed,
)
from app.extensions import db
from app.models import Application, Major, Person, Profession, Title, User
from app.models.sections import Education, TitleHeld
from app.vocabulary import Category, Level, Stage, Status
from app.workflow import operations
from app.workflow.covers import Cover, titles_of
from tests import factories as make


def leaf(path):
    levels = path.split("/")
    return db.session.scalars(
        select(Profession).where(
            Profession.level1 == levels[0], Profession.level2 == levels[1], Profession.level3 == levels[2]
        )
    ).one()


def started(round_=None):
    """A draft without a cover, and its person's account."""
    person = make.fill(make.make_applicant(make.make_unit()))
    account = db.session.get_one(User, person.id)
    year = round_.year if round_ else clock.now().year
    return operations.start(account, year=year, at=clock.now()), account


def chosen(round_, level=Level.INTERMEDIATE, category=Category.REGULAR, profession=None):
    return Cover(round_, profession or make.archives(), level, category)


@pytest.fixture
def shut_rounds(session):
    at = clock.now()
    over = {"opens_at": at - timedelta(days=9), "closes_at": at, "corrections_until": at}
    ahead = {
        "opens_at": at + timedelta(days=1),
        "closes_at": at + timedelta(days=9),
        "corrections_until": at + timedelta(days=9),
    }
    return make.make_round(**over), make.make_round(**ahead)


def test_professions_are_those_of_the_committees_series(session):
    round_ = make.make_round(make.make_committee(series_nos=[11]))

    assert {each.level1 for each in professions_of(round_)} == {"档案"}


def test_a_profession_is_found_by_path_or_by_a_name_that_occurs_once(session):
    leaves = professions_of(make.make_round(make.make_committee(series_nos=[5])))
    founding = leaf("工程技术/机械/铸造工艺及设备")

    assert find_profession(founding.path, leaves).profession == founding
    assert find_profession("工程技术>机械>铸造工艺及设备", leaves).profession == founding
    assert find_profession("铸造工艺及设备", leaves).profession == founding
    assert find_profession("档案保管利用", leaves) == find_profession("没有这个", leaves)
    assert len(find_profession("机械", leaves).candidates) == 8


def test_the_title_follows_from_series_ladder_and_level(session):
    round_ = make.make_round(
        make.make_committee(series_nos=[11], levels=["intermediate", "senior_full"]), levels=[]
    )

    assert [(each.level, each.name) for each in titles_of(round_, make.archives())] == [
        (Level.INTERMEDIATE, "馆员"),
        (Level.SENIOR_FULL, "研究馆员"),
    ]


def test_saving_writes_the_cover_the_title_and_the_unit(session):
    round_ = make.make_round()
    application, account = started(round_)
    seen = application.version

    save_cover(application, chosen(round_), by=account, seen=seen, at=clock.now())

    assert application.title.name == "馆员"
    assert application.unit_id == db.session.get_one(Person, account.id).unit_id
    assert (application.status, application.version) == (Status.DRAFT, seen + 1)
    assert application.cover_saved_at


def test_a_shut_round_is_refused(session, shut_rounds):
    application, account = started()
    for round_ in shut_rounds:
        with pytest.raises(WindowClosed):
            save_cover(application, chosen(round_), by=account, seen=application.version, at=clock.now())
    assert application.round_id is None


@pytest.mark.parametrize("moment", ["before", "first", "last", "end"])
def test_the_window_is_half_open(session, moment):
    round_ = make.make_round()
    application, account = started(round_)
    tick = timedelta(microseconds=1)
    at = {
        "before": round_.opens_at - tick,
        "first": round_.opens_at,
        "last": round_.closes_at - tick,
        "end": round_.closes_at,
    }[moment]

    if moment in ("first", "last"):
        save_cover(application, chosen(round_), by=account, seen=application.version, at=at)
    else:
        with pytest.raises(WindowClosed):
            save_cover(application, chosen(round_), by=account, seen=application.version, at=at)


def test_choices_that_the_committee_does_not_offer_are_refused(session):
    round_ = make.make_round(categories=["regular"], levels=["intermediate"])
    application, account = started(round_)
    for cover in (
        chosen(round_, profession=leaf("工程技术/机械/铸造工艺及设备")),
        chosen(round_, level=Level.SENIOR_FULL),
        chosen(round_, category=Category.EXCEPTIONAL),
        chosen(make.make_round(year=round_.year + 1)),
    ):
        with pytest.raises(ChoiceNotOffered):
            save_cover(application, cover, by=account, seen=application.version, at=clock.now())


def test_a_cover_is_saved_in_a_draft_only(session):
    round_ = make.make_round()
    for where in (Stage.UNIT, Status.RETURNED, Status.WITHDRAWN):
        application = make.make_application(where, round_=round_)
        with pytest.raises(NotAllowedNow):
            save_cover(
                application,
                chosen(round_),
                by=application.applicant,
                seen=application.version,
                at=clock.now(),
            )


def test_a_page_that_is_out_of_date_changes_nothing(session):
    round_ = make.make_round()
    application, account = started(round_)
    save_cover(application, chosen(round_), by=account, seen=application.version, at=clock.now())

    with pytest.raises(OutOfDate):
        save_cover(
            application,
            chosen(round_, level=Level.SENIOR_ASSOCIATE),
            by=account,
            seen=application.version - 1,
            at=clock.now(),
        )
    assert application.level is Level.INTERMEDIATE


def test_a_field_of_study_that_disagrees_blocks_where_the_round_says_so(session):
    application, account = started()
    person = db.session.get_one(Person, account.id)
    person.major_id = db.session.scalars(select(Major.id).where(Major.level3 == "有机化学")).one()
    db.session.flush()
    strict, lenient = make.make_round(major_mismatch_blocks=True), make.make_round()

    with pytest.raises(MajorMismatch, match="所学专业和从事专业不一致"):
        save_cover(application, chosen(strict), by=account, seen=application.version, at=clock.now())
    save_cover(application, chosen(lenient), by=account, seen=application.version, at=clock.now())


def test_agreement_and_engineering(session):
    assert agree(make.archival_science(), make.archives())
    assert not agree(make.archival_science(), leaf("工程技术/机械/铸造工艺及设备"))
    assert agree(None, make.archives())
    assert belongs_to_engineering(leaf("技工院校教师/机械类/数控加工"))
    assert not belongs_to_engineering(leaf("工程技术/机械/铸造工艺及设备"))
    assert not belongs_to_engineering(make.archives())


def hidden(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html).group(1)


def test_the_wizard_leads_from_committee_to_saved_cover(session, sign_in):
    round_ = make.make_round()
    person = make.fill(make.make_applicant(make.make_unit()))
    client = sign_in(db.session.get_one(User, person.id))

    offered = client.get("/apply/")
    assert "开始申报" in offered.text
    opened = client.post("/apply/", data={"year": round_.year})
    check = opened.location
    assert re.fullmatch(r"/apply/\d+/eligibility", check)
    assert client.post("/apply/", data={"year": round_.year}).location == check
    url = client.post(check, data={**make.ELIGIBLE, "seen": 1}).location
    assert re.fullmatch(r"/apply/\d+/cover", url)

    first = client.get(f"{url}?change=round").text
    assert f'value="{round_.id}"' in first
    second = client.get(f"{url}?round={round_.id}&change=profession").text
    assert f'data-lookup="/windows/{round_.id}/professions"' in second
    offered = client.get(f"/windows/{round_.id}/professions", query_string={"q": "档案保管"}).json["found"]
    assert offered == ["档案 › 档案管理 › 档案保管利用"]
    third = client.get(f"{url}?round={round_.id}&profession=档案保管利用").text
    assert "中级（馆员）" in third and "副高（副研究馆员）" in third
    saved = client.post(
        url,
        data={
            "seen": hidden(third, "seen"),
            "round": round_.id,
            "profession": "档案保管利用",
            "level": "intermediate",
            "category": "regular",
            "title": "教授",
        },
    )
    assert saved.location.endswith("/basics")
    application = db.session.scalars(select(Application).where(Application.applicant_id == person.id)).one()
    assert application.title.name == "馆员"
    assert client.get("/apply/").location.endswith("/check")


def test_the_wizard_refuses_a_shut_round_and_keeps_what_was_chosen(session, sign_in, shut_rounds):
    open_round = make.make_round()
    application, account = started(open_round)
    client = sign_in(account)
    url = f"/apply/{application.id}/cover"
    page = client.get(url).text
    for shut in shut_rounds:
        assert shut.committee.name in page and f'value="{shut.id}"' not in page

    data = {"seen": application.version, "profession": make.archives().path, "level": "intermediate"}
    answer = client.post(url, data={**data, "round": shut_rounds[0].id, "category": "regular"})
    assert answer.status_code == 422
    assert "网上申报时间为" in answer.text and "封面没有保存" in answer.text

    answer = client.post(url, data={**data, "round": open_round.id})
    assert answer.status_code == 422
    assert "选择参评类别" in answer.text and make.archives().path in answer.text
    assert re.search(r'value="intermediate"[^>]*checked|checked[^>]*value="intermediate"', answer.text)

    answer = client.post(url, data={**data, "round": open_round.id, "category": "regular", "seen": 77})
    assert answer.status_code == 409
    assert db.session.get_one(Application, application.id).round_id is None


def test_nonsense_is_refused_in_words(session, sign_in):
    round_ = make.make_round()
    application, account = started(round_)
    client = sign_in(account)
    url = f"/apply/{application.id}/cover"
    good = {"seen": 1, "round": round_.id, "profession": make.archives().path, "level": "intermediate"}
    for nonsense in (
        {"round": "x"},
        {"round": 10**9},
        {"profession": "<b>"},
        {"level": "boss"},
        {"category": "x"},
    ):
        answer = client.post(url, data={**good, "category": "regular", **nonsense})
        assert answer.status_code == 422
        assert "封面没有保存" in answer.text or "处需要修改" in answer.text
    assert client.get(f"{url}?round=%E4%BA%94&profession=%00").status_code == 200


def test_two_starts_at_once_open_one_application(app, session, sign_in):
    round_ = make.make_round()
    person = make.make_applicant(make.make_unit())
    clients = [sign_in(db.session.get_one(User, person.id)) for _each in range(8)]
    answers = []
    barrier = threading.Barrier(len(clients))

    def press(client):
        barrier.wait(timeout=30)
        answers.append(client.post("/apply/", data={"year": year}).location)

    year, pk = round_.year, person.id
    session.remove()
    threads = [threading.Thread(target=press, args=(each,)) for each in clients]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    assert len(answers) == len(clients) and len(set(answers)) == 1
    count = select(func.count(Application.id)).where(Application.applicant_id == pk)
    assert session.scalar(count) == 1


@pytest.fixture
def by_exam(session):
    """The intermediate title of archives, given by an examination for the length of a test."""
    title = session.scalars(
        select(Title).where(Title.name == "馆员", Title.series_id == make.archives().series_id)
    ).one()
    title.by_exam = True
    session.commit()
    yield title
    session.rollback()
    title = session.get_one(Title, title.id)
    title.by_exam = False
    session.commit()


def test_what_an_examination_gives_is_listed_and_cannot_be_chosen(session, sign_in, by_exam):
    """ELI-10: neither on the page nor by a post of one's own, nor handed in where it has become so meanwhile."""
    round_ = make.make_round()
    application, account = started(round_)
    with pytest.raises(GivenByExam, match="以考代评"):
        save_cover(application, chosen(round_), by=account, seen=application.version, at=clock.now())
    assert application.round_id is None
    save_cover(
        application,
        chosen(round_, level=Level.SENIOR_ASSOCIATE),
        by=account,
        seen=application.version,
        at=clock.now(),
    )
    page = sign_in(account).get(f"/apply/{application.id}/cover").text
    assert "该级别实行以考代评" in page and "中级（馆员）" in page
    assert 'value="intermediate"' not in page and 'value="senior_associate"' in page

    drafted = make.make_draft()
    with pytest.raises(Incomplete) as refused:
        operations.submit(drafted, by=drafted.applicant, seen=drafted.version, pledged=True, at=clock.now())
    assert [each.endpoint for each in refused.value.gaps] == ["CoverView.cover"]


def test_the_levels_stand_beside_what_the_dossier_says(session, sign_in):
    round_ = make.make_round(tenure_until=date(2026, 12, 31))
    application, account = started(round_)
    person = db.session.get_one(Person, account.id)
    held = session.scalars(select(TitleHeld).filter_by(owner_id=person.id)).one()
    held.qualification, held.awarded_on, held.employed = "助理馆员", date(2022, 1, 1), True
    school = session.scalars(select(Education).filter_by(owner_id=person.id)).one()
    school.degree_level = "大专"
    make.make_record(Education, person, degree_level="硕士研究生")
    session.flush()
    page = (
        sign_in(account).get(f"/apply/{application.id}/cover?round={round_.id}&profession=档案保管利用").text
    )
    assert "硕士研究生" in page and "助理馆员" in page and "5 年 0 个月" in page
    assert re.findall(r'<label for="level-\d">(.*?)</label>', page) == [
        "中级（馆员），现职称的上一级",
        "副高（副研究馆员），越级申报属破格评审",
    ]


def test_the_look_up_knows_the_rounds_own_professions(session, app):
    """By any part of the path, for whoever reads the round's page; another series' and a draft's are not there."""
    round_ = make.make_round(make.make_committee(series_nos=[5]))
    draft = make.make_round(make.make_committee(series_nos=[5]), published_at=None)
    session.commit()
    client, mechanical = app.test_client(), [each for each in professions_of(round_) if "机械" in each.path]

    def found(pk, words):
        return client.get(f"/windows/{pk}/professions", query_string={"q": words})

    assert 0 < len(mechanical) <= 20
    assert set(found(round_.id, "机械").json["found"]) == {each.path for each in mechanical}
    assert found(round_.id, "档案").json == {"found": [], "more": False}
    assert found(round_.id, "").json == {"found": [], "more": False}
    assert found(draft.id, "机械").status_code == 404


def test_the_cover_looks_professions_up(session, sign_in):
    round_ = make.make_round()
    application, account = started(round_)
    session.commit()
    page = sign_in(account).get(f"/apply/{application.id}/cover?round={round_.id}").text
    box = re.search(r'<input[^>]*id="profession"[^>]*>', page)
    assert box and f'data-lookup="/windows/{round_.id}/professions"' in box[0]
    assert "<datalist" not in page
