"""Which way an application goes: the seeded rules against tables typed from domain.md 3, and the messages."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.errors import NoRoute
from app.models import Bureau, Region
from app.vocabulary import Choice, CommitteeTier, Kind, Level, Nature, Status, Tier
from app.vocabulary import Stage as S
from app.workflow import routing
from app.workflow.routes import Journey, Rule, pick
from tests import factories

FREELANCE = (Nature.AGENCY, Nature.ASSOCIATION)
PRIVATE = (Nature.NON_PUBLIC, Nature.SOCIAL_ORG, Nature.DISPATCH)
STATE = (Nature.STATE_INSTITUTION, Nature.STATE_ENTERPRISE)
ANY_TIER = tuple(Tier)
BELOW_PROVINCE = (CommitteeTier.CITY, CommitteeTier.COUNTY, CommitteeTier.UNIT)
PROVINCE = (CommitteeTier.PROVINCE,)

# natures, tiers, committee tiers, stages (rows 1 to 7)
REVIEWS = [
    (FREELANCE, ANY_TIER, BELOW_PROVINCE, (S.UNIT, S.COMMITTEE)),
    (PRIVATE, ANY_TIER, BELOW_PROVINCE, (S.UNIT, S.BUREAU, S.COMMITTEE)),
    (STATE, (Tier.COUNTY,), BELOW_PROVINCE, (S.UNIT, S.DEPARTMENT, S.BUREAU, S.COMMITTEE)),
    (STATE, (Tier.CITY, Tier.PROVINCE), BELOW_PROVINCE, (S.UNIT, S.DEPARTMENT, S.COMMITTEE)),
    (FREELANCE, ANY_TIER, PROVINCE, (S.UNIT, S.CITY_BUREAU, S.COMMITTEE)),
    (PRIVATE, ANY_TIER, PROVINCE, (S.UNIT, S.BUREAU, S.CITY_BUREAU, S.COMMITTEE)),
    (STATE, (Tier.COUNTY,), PROVINCE, (S.UNIT, S.DEPARTMENT, S.BUREAU, S.CITY_BUREAU, S.COMMITTEE)),
    (STATE, (Tier.CITY, Tier.PROVINCE), PROVINCE, (S.UNIT, S.DEPARTMENT, S.CITY_BUREAU, S.COMMITTEE)),
]
JUNIOR = (Level.JUNIOR_TECHNICIAN, Level.JUNIOR_ASSISTANT)
# natures, tiers, levels, stages (rows 8 to 10)
RECOGNITIONS = [
    (FREELANCE + PRIVATE, ANY_TIER, JUNIOR, (S.UNIT, S.BUREAU)),
    (STATE, (Tier.COUNTY,), JUNIOR, (S.UNIT, S.DEPARTMENT, S.BUREAU)),
    (STATE, (Tier.CITY, Tier.PROVINCE), JUNIOR, (S.UNIT, S.DEPARTMENT)),
    (FREELANCE + PRIVATE, ANY_TIER, (Level.INTERMEDIATE,), (S.UNIT, S.BUREAU, S.CITY_BUREAU)),
    (STATE, ANY_TIER, (Level.INTERMEDIATE,), (S.UNIT, S.DEPARTMENT, S.BUREAU, S.CITY_BUREAU)),
]


def stages(journey):
    rule = pick(routing.rules(), journey)
    return rule and rule.stages(journey.nature)


def test_every_review_goes_the_way_of_its_row(session):
    for natures, tiers, committee_tiers, expected in REVIEWS:
        for nature in natures:
            for tier in tiers:
                for committee_tier in committee_tiers:
                    for level in Level:
                        journey = Journey(Kind.REVIEW, nature, tier, committee_tier, level)
                        assert stages(journey) == expected, journey


def test_the_table_of_reviews_is_complete():
    covered = {
        (nature, tier, committee_tier)
        for natures, tiers, committee_tiers, _stages in REVIEWS
        for nature in natures
        for tier in tiers
        for committee_tier in committee_tiers
    }
    assert len(covered) == len(Nature) * len(Tier) * len(CommitteeTier)


def test_every_recognition_goes_the_way_of_its_row(session):
    for natures, tiers, levels, expected in RECOGNITIONS:
        for nature in natures:
            for tier in tiers:
                for level in levels:
                    journey = Journey(Kind.RECOGNITION, nature, tier, None, level)
                    assert stages(journey) == expected, journey


def test_nobody_recognises_a_senior_title(session):
    for nature in Nature:
        assert stages(Journey(Kind.RECOGNITION, nature, Tier.CITY, None, Level.SENIOR_FULL)) is None


def test_the_first_rule_that_fits_wins_whatever_the_order_of_the_rows():
    def rule(position, steps):
        empty = frozenset()
        return Rule(position, Kind.REVIEW, empty, empty, empty, empty, steps)

    journey = Journey(Kind.REVIEW, Nature.AGENCY, Tier.CITY)
    assert pick([rule(2, ("unit",)), rule(1, ("unit", "committee"))], journey).position == 1


@pytest.fixture
def committee(session):
    return factories.make_committee()


def refusal(unit, committee):
    with pytest.raises(NoRoute) as caught:
        routing.build(unit, committee)
    error = caught.value
    return error.message, error.who == unit.name, error.todo % error.params


@pytest.mark.parametrize(
    ("missing", "label"),
    [("nature", "单位性质"), ("tier", "单位等级"), ("contact_phone", "联系电话")],
)
def test_uni_03_a_starred_field_is_empty(committee, missing, label):
    unit = factories.make_unit(Nature.NON_PUBLIC)
    setattr(unit, missing, None)
    assert refusal(unit, committee) == (
        "单位信息不完整，请联系单位完善",
        True,
        f"单位经办人登录后在“单位信息”中补填：{label}。",
    )


@pytest.mark.parametrize("name", [None, "云南省", "昆明市"])
def test_uni_04_the_region_does_not_reach_a_district(committee, name):
    unit = factories.make_unit(Nature.NON_PUBLIC, district=name)
    assert refusal(unit, committee)[0] == "查找人社局失败"


@pytest.mark.parametrize("status", [None, Choice.PENDING, Choice.REFUSED])
def test_uni_06_no_approved_default_department(committee, status):
    unit = factories.make_unit(Nature.NON_PUBLIC)
    unit.nature = Nature.STATE_INSTITUTION
    if status:
        factories.choose(unit, factories.make_department(), status)
    message, by_the_unit, todo = refusal(unit, committee)
    assert (message, by_the_unit) == ("主管单位审核未通过", True)
    assert todo == "单位经办人在“主管部门”中选择默认主管部门，并由该部门审核通过。"


def test_two_desks_of_one_district_share_the_natures(session):
    xishan = session.scalars(select(Region).where(Region.name == "西山区")).one()
    chosen = {
        nature: routing._desk(routing.sample_unit("示例", nature, Tier.COUNTY, xishan)).no
        for nature in Nature
    }
    assert {nature for nature, number in chosen.items() if number == 2} == set(STATE)
    assert {nature for nature, number in chosen.items() if number == 3} == set(PRIVATE + FREELANCE)


def test_every_district_has_a_desk_for_every_nature_it_serves(session):
    districts = [each for each in session.scalars(select(Region)) if each.is_district]
    without = set()
    for district in districts:
        for nature in Nature:
            try:
                assert isinstance(
                    routing._desk(routing.sample_unit("示例", nature, Tier.COUNTY, district)), Bureau
                )
            except NoRoute as error:
                without.add((district.name, nature))
                assert error.message == "查找人社局失败"
    assert without == {("云南滇中新区", nature) for nature in PRIVATE + FREELANCE}


def run(app, *args):
    answer = app.test_cli_runner().invoke(args=["route", *args])
    assert answer.exception is None, answer.output
    return answer.output.splitlines()


def test_the_command_prints_steps_and_rules(app):
    output = "\n".join(run(app))
    assert re.search(r"返回修改 +holder", output)
    assert "非公经济组织、社会组织、劳务派遣公司" in output
    assert "主管部门审核（国有单位）" in output


def test_the_command_names_the_offices(app):
    lines = run(
        app, "--nature", "state_institution", "--tier", "县区级", "--region", "530112",
        "--committee", "昆明市一级教师评审委员会", "--department", "示例主管部门",
    )  # fmt: skip
    assert [line.split() for line in lines[2:]] == [
        ["1", "单位审核", "示例单位"],
        ["2", "主管部门审核", "示例主管部门"],
        ["3", "县（市）区人社局审核", "西山区人力资源和社会保障局"],
        ["4", "评委会电子材料审核", "昆明市中小学一级教师评审委员会"],
    ]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--tier", "city", "--region", "五华区"], "单位信息不完整，请联系单位完善"),
        (["--nature", "non_public", "--tier", "city", "--region", "昆明市"], "查找人社局失败"),
        (["--nature", "state_enterprise", "--tier", "city", "--region", "五华区"], "主管单位审核未通过"),
    ],
)
def test_the_command_prints_the_exact_message(app, args, message):
    assert run(app, *args, "--committee", "KM-I-10")[0] == message


def test_trying_out_stores_nothing(app, session):
    run(app, "--nature", "non_public", "--tier", "city", "--region", "五华区", "--committee", "KM-I-10")
    assert not session.new
    assert not session.scalars(select(factories.Unit).where(factories.Unit.name == "示例单位")).all()


@pytest.mark.parametrize("option", ["--nature", "--region", "--committee", "--level"])
def test_an_unknown_word_is_refused(app, option):
    answer = app.test_cli_runner().invoke(args=["route", option, "没有"])
    assert answer.exit_code == 2
    assert "没有" in answer.output


def test_the_daily_command_closes_what_is_overdue(app, session):
    at = clock.now()
    application = factories.make_draft()
    application.round.opens_at, application.round.closes_at = at - timedelta(days=9), at - timedelta(days=1)
    session.commit()
    number = application.number
    answer = app.test_cli_runner().invoke(args=["lapse"])
    assert answer.output.splitlines() == [number, "已过期 1 份"]
    session.expire_all()
    assert application.status is Status.LAPSED
    assert app.test_cli_runner().invoke(args=["lapse"]).output == "已过期 0 份\n"
