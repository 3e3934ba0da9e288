"""Titles, specialties, attachments, tables and contacts say what the sources say; typed by hand."""

from collections import Counter

import pytest

SERIES = [
    "高等学校教师", "哲学社会科学研究人员", "自然科学研究人员", "卫生技术人员", "工程技术人员", "农业技术人员",
    "新闻专业人员", "出版专业人员", "图书资料专业人员", "文物博物专业人员", "档案专业人员", "工艺美术专业人员",
    "技工院校教师", "体育专业人员", "翻译专业人员", "播音主持专业人员", "会计人员", "统计专业人员", "经济专业人员",
    "实验技术人才", "中等职业学校教师", "中小学教师", "艺术专业人员", "公共法律服务专业人员", "审计专业人员", "律师",
]  # fmt: skip
LADDERS = {4: 4, 6: 4, 7: 2, 13: 2, 14: 2, 19: 3, 21: 2, 23: 16, 24: 3}
LEVELS_OF_A_LADDER = ["正高", "副高", "中级", "助理级", "员级"]


def test_cat_01_series_and_ladders(seeds):
    rows = seeds.read("titles")
    assert list(dict.fromkeys(row["series"] for row in rows)) == SERIES
    assert {(int(row["series_no"]), row["series"]) for row in rows} == set(enumerate(SERIES, 1))
    for number in range(1, 27):
        ladders = sorted({int(row["ladder"]) for row in rows if row["series_no"] == str(number)})
        assert ladders == list(range(1, LADDERS.get(number, 1) + 1)), number
    assert len({(row["series_no"], row["ladder"]) for row in rows}) == 55


def test_cat_01_titles_per_level(seeds):
    assert Counter(seeds.column("titles", "level")) == {
        "正高": 55,
        "副高": 54,
        "中级": 54,
        "助理级": 54,
        "员级": 14,
    }


@pytest.mark.parametrize(
    ("series_no", "ladder", "titles"),
    [
        (1, 1, "教授 副教授 讲师 助教"),
        (4, 1, "主任医师 副主任医师 主治（主管）医师 医师 医士"),
        (4, 3, "主任护师 副主任护师 主管护师 护师 护士"),
        (5, 1, "正高级工程师 高级工程师 工程师 助理工程师 技术员"),
        (6, 2, "正高级畜牧师 高级畜牧师 畜牧师 助理畜牧师"),
        (6, 4, "农业技术推广研究员"),
        (7, 1, "高级记者 主任记者 记者 助理记者"),
        (9, 1, "研究馆员 副研究馆员 馆员 助理馆员 管理员"),
        (10, 1, "研究馆员 副研究馆员 馆员 助理馆员"),
        (11, 1, "研究馆员 副研究馆员 馆员 助理馆员 管理员"),
        (13, 1, "正高级讲师 高级讲师 讲师 助理讲师"),
        (14, 1, "国家级教练 高级教练 中级教练 初级教练"),
        (15, 1, "译审 一级翻译 二级翻译 三级翻译"),
        (19, 3, "正高级知识产权师 高级知识产权师 知识产权师 助理知识产权师"),
        (21, 2, "正高级实习指导教师 高级实习指导教师 一级实习指导教师 二级实习指导教师 三级实习指导教师"),
        (22, 1, "正高级教师 高级教师 一级教师 二级教师 三级教师"),
        (23, 4, "一级导演（编导） 二级导演（编导） 三级导演（编导） 四级导演（编导）"),
        (23, 16, "一级剪辑师 二级剪辑师 三级剪辑师 四级剪辑师"),
        (24, 3, "主任法医师 副主任法医师 主检法医师 法医师"),
        (26, 1, "一级律师 二级律师 三级律师 四级律师 律师助理"),
    ],
)
def test_cat_01_titles_of_a_ladder(seeds, series_no, ladder, titles):
    rows = [
        row
        for row in seeds.read("titles")
        if (row["series_no"], row["ladder"]) == (str(series_no), str(ladder))
    ]
    expected = titles.split()
    assert [(row["level"], row["title"]) for row in rows] == list(
        zip(LEVELS_OF_A_LADDER, expected, strict=False)
    )
    assert len(rows) == len(expected)


def test_cat_07_engineering_specialties_in_order(seeds):
    assert seeds.column("engineering_specialties", "no") == [str(n) for n in range(1, 41)]
    assert (
        seeds.column("engineering_specialties", "name")
        == (
            "机械 材料 冶金 电气 电子 信息通信 仪器仪表 能源动力 广播电视 控制工程 "
            "计算机 自动化 建设 城乡规划 风景园林 土木 水利 测绘 气象 化工 "
            "地质 矿业 石油与天然气 轻工 纺织 交通运输 船舶与海洋 航空宇航 兵器 核工程 "
            "林业工程 环境 生物 食品 安全 质量 计量 标准化 快递 地震"
        ).split()
    )


def test_cat_08_attachments(seeds):
    *rows, registered, screenshot, recruited, engaged = seeds.read("attachment_requirements")
    recognition = (registered, screenshot, recruited, engaged)
    assert [row["no"] for row in recognition] == ["7", "8", "9", "10"]
    assert {(row["group"], row["required"], row["by_default"]) for row in recognition} == {
        ("考核定职材料", "1", "0")
    }
    assert "学历证书电子注册备案表" in registered["name"] and "6 个月" in registered["hint"]
    assert "查询截图" in screenshot["name"] and "1 张" in screenshot["name"]
    assert "招工录用登记表" in recruited["name"] and "state_institution" not in recruited["natures"]
    assert "state_enterprise;non_public" in recruited["natures"]
    assert "聘用人员审批表" in engaged["name"] and "聘用通知书" in engaged["name"]  # either is taken
    assert engaged["natures"] == "state_institution"
    assert {row["natures"] for row in (*rows, registered, screenshot)} == {""}
    assert [row["no"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [row["required"] for row in rows] == ["1", "0", "1", "1", "1", "1"]
    assert {(row["group"], row["year"]) for row in rows} == {("人社局要求附件", "2021")}
    assert [row["section_slug"] for row in rows] == [
        "identity", "titles-held", "education", "work-history", "notice", "pledge",
    ]  # fmt: skip
    assert rows[0]["name"] == "基本信息 - 身份证正反面"
    assert rows[1]["name"] == (
        "职称获取情况 - 职称证书图片和聘用证明（会计、审计、统计类考试的还需上传考试取得的有效期内的合格证书）"
    )
    assert rows[2]["name"] == "学历情况 - 毕业证书和学位证书图片"
    assert rows[3]["name"] == (
        "工作经历 - 经经劳动执法部门鉴证备案的劳动合同或社保缴存证明（事业单位上传2016-2020年薪级工资审批表）"
    )
    assert rows[3]["hint"] == "昆明市社会保险个人参保证明"
    assert rows[4]["name"] == (
        "公示信息 - 1. 公示方式：公告栏张贴拍照或单位内网公示截图；"
        "2. 公示结束：出具公示报告（明确是否有异议，是否推荐），并将相应公示材料附纸质材料中"
    )
    assert rows[5]["name"] == "承诺书 - 个人承诺书和单位承诺书。"


def test_cat_09_form_tables(seeds):
    assert [(row["no"], row["name"]) for row in seeds.read("form_tables")] == [
        ("1", "基本情况"),
        ("2", "主要学习和工作经历"),
        ("3", "专业技术工作总结"),
        ("4", "完成主要专业技术工作情况"),
        ("5", "承担课题（项目）情况"),
        ("6", "获得专利情况"),
        ("7", "获得表彰奖励情况"),
        ("8", "撰写著作和论文情况"),
        ("9", "参加继续教育和国际学术活动情况"),
        ("10", "个人承诺书"),
        ("11", "年度考核情况（近五年）"),
        ("12", "基层单位意见"),
        ("13", "初级职称评审委员会评审记录"),
        ("14", "中级职称评审委员会评审记录"),
        ("15", "副高级职称评审委员会评审记录"),
        ("16", "正高级职称评审委员会评审记录"),
        ("17", "审核推荐意见和评审结果确认意见"),
    ]


def test_cat_10_contacts(seeds):
    assert {row["key"]: row["value"] for row in seeds.read("settings")} == {
        "support_phone": "0871-63108336",
        "policy_phone": "12333",
        "support_mailbox": "hrmosmo@163.com",
        "bureau_portal": "http://rsj.km.gov.cn",
        "credit_portal": "https://credit.km.gov.cn",
        "usual_days": "5",
        "sms_reminders": "off",
    }
    bureau = seeds.read("bureaus")[0]
    assert (bureau["name"], bureau["region_code"], bureau["phone"]) == (
        "昆明市人力资源和社会保障局",
        "530100",
        "12333",
    )
