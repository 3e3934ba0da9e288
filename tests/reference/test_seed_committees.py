"""Plan, directory and committees say what the guide says; every expectation is typed by hand."""

from collections import Counter

import pytest


@pytest.mark.parametrize(
    ("tier", "months"),
    [
        ("senior", {"9月底前": 5, "10月底前": 5, "11月底前": 1}),
        ("intermediate", {"8月底前": 3, "9月底前": 32, "10月底前": 10, "11月底前": 1}),
    ],
)
def test_cat_02_and_03_months_of_the_plan(seeds, tier, months):
    assert Counter(seeds.column("plan", "due", tier=tier)) == months
    assert seeds.column("plan", "no", tier=tier) == [str(n) for n in range(1, sum(months.values()) + 1)]
    assert set(seeds.column("plan", "year")) == {"2022"}


@pytest.mark.parametrize(
    ("tier", "no", "name", "organizer", "due"),
    [
        ("senior", 1, "昆明市卫生技术高级职称评审委员会", "昆明市卫生健康委员会", "9月底前"),
        ("senior", 5, "昆明市图书资料（群众文化）副研究馆员评审委员会", "昆明市文化和旅游局", "9月底前"),
        ("senior", 11, "昆明市高级经济师评审委员会", "昆明市工业和信息化局", "11月底前"),
        ("intermediate", 2, "昆明市交通工程中级职称评审委员会", "昆明市交通运输局", "8月底前"),
        (
            "intermediate",
            6,
            "昆明市图书资料(群众文化)专业中级职称评审委员会",
            "昆明市文化和旅游局",
            "9月底前",
        ),
        ("intermediate", 14, "昆明市党校教师中级职称评审委员会", "中国共产党昆明市委员会党校", "9月底前"),
        ("intermediate", 33, "寻甸县中小教师中级职称评审委员会", "寻甸回族彝族自治县教育体育局", "9月底前"),
        ("intermediate", 37, "昆明市建筑工程中级职称评审委员会", "昆明市住房和城乡建设局", "11月底前"),
        (
            "intermediate",
            41,
            "中国（云南）自由贸易区昆明片区建筑工程中级职称评审委员会",
            "中共中国（云南）自由贸易区昆明片区工作委员会党群工作部",
            "10月底前",
        ),
        ("intermediate", 46, "昆明市工艺美术专业中级职称评审委员会", "昆明市工业和信息化局", "10月底前"),
    ],
)
def test_plan_rows(seeds, tier, no, name, organizer, due):
    row = seeds.only("plan", tier=tier, no=str(no))
    assert (row["name"], row["organizer"], row["due"]) == (name, organizer, due)


def test_cat_04_and_05_directory_counts(seeds):
    assert seeds.column("directory", "no", tier="senior") == [str(n) for n in range(1, 12)]
    assert seeds.column("directory", "no", tier="intermediate") == [str(n) for n in range(1, 48)]
    assert set(seeds.column("directory", "year")) == {"2022"}


@pytest.mark.parametrize(
    ("tier", "no", "name", "scope", "organizer", "phone"),
    [
        (
            "senior", 4, "昆明市机电工程高级工程师评审委员会",
            "在本市所属企事业单位从事机电工程相关专业工作的在职专业技术人员",
            "昆明市工业和信息化局", "0871-63135910",
        ),
        (
            "senior", 6, "昆明市交通工程高级工程师评审委员会",
            "在本市所属企事业单位从事交通工程相关专业工作的在职专业技术人员",
            "昆明市交通运输局", "0871-64151438",
        ),
        (
            "senior", 7, "昆明市农业技术高级职称评审委员会", "在本市所属企事业单位从事农业技术相关专业工作",
            "昆明市农业农村局", "0871-64149472",
        ),
        (
            "senior", 11, "昆明市中等专业学校高级讲师评审委员会",
            "在本市各普通中等专业学校和成人中等专业学校从事教育教学工作的在职专任教师（含实验技术人员）",
            "昆明市教育体育局", "0871-65165786",
        ),
        (
            "intermediate", 1, "昆明市党校教师中级职称评审委员会", "在本市所属党校系统从事教育教学工作的在职教师",
            "中共昆明市委党校", "0871-63805919",
        ),
        (
            "intermediate", 2, "云南师范大学附属小学中小学教师一级教师职称评审委员会",
            "在本单位从事教育教学工作的在职专任教师", "云南师范大学附属小学", "0871-65516154",
        ),
        (
            "intermediate", 13, "昆明市工程系列轨道交通专业中级职称评审委员会",
            "在本市所属企事业单位从事轨道交通工程相关专业工作的在职专业技术人员",
            "昆明地铁运营有限公司", "63644999转1转627005",
        ),
        (
            "intermediate", 21, "昆明市档案专业中级职称评审委员会",
            "在本市所属企事业单位从事档案相关专业工作的在职专业技术人员", "昆明市档案局", "0871-63637822",
        ),
        (
            "intermediate", 25, "盘龙区中小学教师中级职称评审委员会",
            "在本区各普通中小学、职业中学、幼儿园、特殊教育学校、工读学校和各级教学科研机构、电化教育机构、"
            "青少年宫等校外教育机构中从事教育教学工作的在职专任教师与教研人员",
            "盘龙区教育体育局人事科", "0871-63177972",
        ),
        (
            "intermediate", 45, "昆明市食品工程中级职称评审委员会",
            "评议、审定昆明市（除中央直属和省属单位外）企事业单位中从事食品检验、检测等相关专业的"
            "在职专业技术人员中级职称资格",
            "昆明市市场监督管理局", "0871-64637382",
        ),
        (
            "intermediate", 47, "昆明市药学（药品）专业主管药师评审委员会",
            "我市企业、事业单位、社会团体、个体经济组织以及自由职业者等，直接从事药品研发、生产、经营、"
            "监管技术支撑等药学专业技术工作的在职专业技术人员",
            "昆明市市场监督管理局", "0871-64637382",
        ),
    ],
)  # fmt: skip
def test_directory_rows(seeds, tier, no, name, scope, organizer, phone):
    row = seeds.only("directory", tier=tier, no=str(no))
    assert (row["name"], row["scope"], row["organizer"], row["phone"]) == (name, scope, organizer, phone)


SEVEN_DIFFERENCES = {
    "昆明市基层卫生高级职称评审委员会": "昆明市基层卫生技术高级职称评审委员会",
    "昆明市中等专业学校高级讲师评审委员会": "昆明市中专高级讲师评审委员会",
    "昆明市工程系列轨道交通专业中级职称评审委员会": "昆明市轨道交通工程中级职称评审委员会",
    "昆明市中小学一级教师评审委员会": "昆明市一级教师评审委员会",
    "寻甸县中小学教师中级职称评审委员会": "寻甸县中小教师中级职称评审委员会",
    "昆明市生态环境工程中级工程师评审委员会": "昆明市生态环境工程中级职称评审委员会",
    "中国（云南）自由贸易试验区昆明片区建筑工程中级职称评审委员会": (
        "中国（云南）自由贸易区昆明片区建筑工程中级职称评审委员会"
    ),
}


def test_x_10_seven_committees_carry_the_plan_name_as_alias(seeds):
    assert {
        row["name"]: row["aliases"] for row in seeds.read("committees") if row["aliases"]
    } == SEVEN_DIFFERENCES


def test_x_10_only_the_attached_primary_school_is_missing_from_the_plan(seeds):
    assert seeds.column("committees", "name", plan_no="") == [
        "云南师范大学附属小学中小学教师一级教师职称评审委员会",
        "昆明市考核定职",  # no committee reviews there (domain.md 5)
    ]
    assert seeds.column("committees", "tier", plan_no="") == ["unit", "city"]


def test_committees_point_into_plan_and_directory(seeds):
    plan = {(row["tier"], row["no"]): row for row in seeds.read("plan")}
    directory = {(row["tier"], row["no"]): row for row in seeds.read("directory")}
    *reviewing, recognition = seeds.read("committees")
    assert recognition["code"] == "RECOGNITION"
    for row in reviewing:
        tier = {"S": "senior", "I": "intermediate"}[row["code"][3]]
        assert row["code"] == f"KM-{row['code'][3]}-{int(row['directory_no']):02d}"
        assert row["levels"] == {"senior": "senior_associate", "intermediate": "intermediate"}[tier]
        listed = directory.pop((tier, row["directory_no"]))
        assert (row["name"], row["organizer"], row["phone"]) == (
            listed["name"],
            listed["organizer"],
            listed["phone"],
        )
        if row["plan_no"]:
            assert plan.pop((tier, row["plan_no"]))["name"] in {row["name"], *seeds.split(row["aliases"])}
    assert plan == {} and directory == {}


@pytest.mark.parametrize(
    ("code", "tier", "region", "series"),
    [
        ("KM-S-01", "city", "530100", "22"),
        ("KM-S-10", "city", "530100", "23"),
        ("KM-I-03", "city", "530100", "24"),
        ("KM-I-13", "city", "530100", "5"),
        ("KM-I-21", "city", "530100", "11"),
        ("KM-I-22", "city", "530100", "14"),
        ("KM-I-30", "county", "530113", "5"),
        ("KM-I-38", "county", "530128", "22"),
        ("KM-I-41", "county", "530129", "6"),
        ("KM-I-42", "county", "5301Z2", "22"),
        ("KM-I-44", "county", "5301Z2", "5"),
        ("KM-I-47", "city", "530100", "4"),
    ],
)
def test_committee_rows(seeds, code, tier, region, series):
    row = seeds.only("committees", code=code)
    assert (row["tier"], row["region_code"], row["series_nos"]) == (tier, region, series)


def test_committee_tiers(seeds):
    assert Counter(seeds.column("committees", "tier")) == {"city": 38, "county": 20, "unit": 1}
