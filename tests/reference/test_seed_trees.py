"""Professions, majors, their agreement and the holiday calendar are complete and well formed."""

from collections import Counter
from datetime import date

import pytest

SHORT_SERIES = (
    "高等学校教师 哲学社会科学研究 自然科学研究 卫生技术 工程技术 农业技术 新闻 出版 图书资料 文物博物 档案 工艺美术 "
    "技工院校教师 体育 翻译 播音主持 会计 统计 经济 实验技术 中等职业学校教师 中小学教师 艺术 公共法律服务 审计 律师"
).split()


def test_professions_cover_every_series_under_its_short_name(seeds):
    rows = seeds.read("professions")
    assert 400 <= len(rows) <= 700
    assert {(int(row["series_no"]), row["level1"]) for row in rows} == set(enumerate(SHORT_SERIES, 1))
    for name in SHORT_SERIES:
        leaves = [row for row in rows if row["level1"] == name]
        assert len(leaves) >= 6 and len({row["level2"] for row in leaves}) >= 2, name


def test_engineering_professions_follow_the_40_specialties(seeds):
    groups = list(dict.fromkeys(seeds.column("professions", "level2", level1="工程技术")))
    assert groups == seeds.column("engineering_specialties", "name")


@pytest.mark.parametrize(
    ("path", "ladder"),
    [
        ("工程技术-机械-铸造工艺及设备", "1"),
        ("经济-经营管理-知识产权", "3"),
        ("技工院校教师-文化艺术类-平面设计", "1"),
        ("技工院校教师-实习指导-电工实习", "2"),
        ("卫生技术-药学-临床药学", "2"),
        ("卫生技术-护理-社区护理", "3"),
        ("农业技术-兽医-动物检疫", "3"),
        ("新闻-编辑-新媒体编辑", "2"),
        ("档案-档案信息化-电子档案管理", "1"),
        ("艺术-剪辑-影视剪辑", "16"),
        ("公共法律服务-法医-法医病理", "3"),
    ],
)
def test_professions_lead_to_their_ladder(seeds, path, ladder):
    level1, level2, level3 = path.split("-")
    assert seeds.only("professions", level1=level1, level2=level2, level3=level3)["ladder"] == ladder


def test_majors_hold_the_disciplines_and_the_samples(seeds):
    rows = {(row["level1"], row["level2"], row["level3"]) for row in seeds.read("majors")}
    assert 500 <= len(rows) <= 900
    disciplines = "哲学 经济学 法学 教育学 文学 历史学 理学 工学 农学 医学 管理学 艺术学".split()
    assert set(disciplines) <= {row[0] for row in rows}
    for path in (
        "艺术设计传媒大类-广播影视类-影视多媒体技术",
        "工学-计算机科学与技术-计算机应用",
        "理学-化学-有机化学",
        "管理学-图书情报与档案管理类-档案学",
        "管理学-图书情报与档案管理类-图书馆学",
    ):
        assert tuple(path.split("-")) in rows


def test_every_major_class_agrees_with_a_series_beyond_vocational_teaching(seeds):
    teaching = {"技工院校教师", "中等职业学校教师"}
    rules = [row for row in seeds.read("compatibility") if row["profession_level1"] not in teaching]
    agreed = {(row["major_level1"], row["major_level2"]) for row in rules}
    for level1, level2 in {(row["level1"], row["level2"]) for row in seeds.read("majors")}:
        assert (level1, "") in agreed or (level1, level2) in agreed, (level1, level2)


HOLIDAYS_PER_YEAR = {2022: (18, 7), 2023: (18, 7), 2024: (19, 8), 2025: (18, 5), 2026: (19, 6)}


def test_holidays_list_only_deviations_from_the_plain_week(seeds):
    counts = Counter()
    for row in seeds.read("holidays"):
        day = date.fromisoformat(row["date"])
        assert row["working"] == ("0" if day.weekday() < 5 else "1"), row
        counts[(day.year, row["working"])] += 1
    assert {
        year: (counts[(year, "0")], counts[(year, "1")]) for year in range(2022, 2027)
    } == HOLIDAYS_PER_YEAR
    assert sum(counts.values()) == len(seeds.read("holidays")) == 125


@pytest.mark.parametrize(
    ("year", "working_weekends"),
    [
        (2022, "01-29 01-30 04-02 04-24 05-07 10-08 10-09"),
        (2023, "01-28 01-29 04-23 05-06 06-25 10-07 10-08"),
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, "01-26 02-08 04-27 09-28 10-11"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_make_up_workdays(seeds, year, working_weekends):
    days = [day for day in seeds.column("holidays", "date", working="1") if day.startswith(str(year))]
    assert days == [f"{year}-{day}" for day in working_weekends.split()]
