"""What the invented persons have done. Leaves of catalogues are given by their paths.

SAMPLE follows the screens of the manual (M2.2, M3.1…M3.13) with invented names; BRIEF is what an
application needs and no more.
"""

from datetime import date
from typing import Any

from ..models import SectionRow
from ..models.sections import (
    AnnualAssessment,
    Award,
    Book,
    ContinuingEducation,
    Education,
    IntellectualProperty,
    MainWork,
    Paper,
    Project,
    StudyHistory,
    TitleHeld,
    WorkHistory,
    WorkSummary,
)

Values = dict[str, Any]
Records = tuple[tuple[type[SectionRow], tuple[Values, ...]], ...]

MULTIMEDIA = "艺术设计传媒大类 › 广播影视类 › 影视多媒体技术"
ARCHIVAL_SCIENCE = "管理学 › 图书情报与档案管理类 › 档案学"
MECHANICS = "工学 › 机械类 › 机械设计制造及其自动化"
DESIGN = "技工院校教师 › 文化艺术类 › 平面设计"
ARCHIVES = "档案 › 档案管理 › 档案保管利用"
FOUNDING = "工程技术 › 机械 › 铸造工艺及设备"

SAMPLE_PERSON: Values = {
    "native_place": "云南昆明",
    "ethnicity": "壮族",
    "political_status": "中共党员",
    "major_id": MULTIMEDIA,
    "societies": "皆无",
    "tenure_years": 0,
    "tenure_months": 0,
    "practice_years": 3,
    "practice_months": 2,
    "email": "shili@local.invalid",
    "home_address": "云南省昆明市五华区示例街 1 号",
    "postcode": "653300",
    "office": "策划设计中心",
    "position": "无",
    "profession_id": "经济 › 经营管理 › 知识产权",
}

SAMPLE: Records = (
    (TitleHeld, (
        {"certificate_no": "0000984291", "profession_id": FOUNDING, "qualification": "助理工程师",
         "obtained_by": "考核定职", "category": "考核定职", "evaluated_by": "云南省示例人才职称评审委员会",
         "awarded_on": date(2019, 5, 1), "approval_document": "示例批复〔2019〕1 号", "employed": True},
    )),
    (Education, (
        {"school": "云南示例职业技术学院", "major_id": MULTIMEDIA, "degree_level": "大专", "degree": "无",
         "mode": "全日制", "graduated_on": date(2016, 6, 16), "certificate_no": "000001201606000001"},
    )),
    (StudyHistory, (
        {"school": "云南示例职业技术学院", "major_id": MULTIMEDIA, "start": date(2013, 9, 8),
         "end": date(2016, 6, 16), "witness": "示例班长", "duty": "班长"},
        {"school": "安宁市示例职业高级中学", "major_id": "工学 › 计算机科学与技术 › 计算机应用",
         "start": date(2019, 5, 2), "end": date(2019, 5, 4), "witness": "示例同学", "duty": "宣传委员"},
        {"school": "昆明示例业余大学", "major_id": "理学 › 化学 › 有机化学", "start": date(2019, 6, 4),
         "end": date(2019, 6, 11), "witness": "示例老师", "duty": "无"},
    )),
    (WorkHistory, (
        {"employer": "昆明示例国际旅行社", "profession_id": DESIGN, "start": date(2015, 11, 11),
         "end": date(2016, 4, 3), "witness": "示例同事一", "duty": "平面设计"},
        {"employer": "云南示例信息科技有限公司", "profession_id": DESIGN, "start": date(2016, 4, 18),
         "end": date(2018, 7, 24), "witness": "示例同事二", "duty": "界面设计师"},
        {"employer": "昆明示例科技有限公司", "profession_id": DESIGN, "start": date(2018, 8, 6),
         "end": None, "witness": "示例同事三", "duty": "平面设计"},
    )),
    (WorkSummary, (
        {"year": 2021, "content": "完成馆藏资料的数字化展示设计，负责界面规范的编写和培训，全年交付专题页面十二套。"},
        {"year": 2020, "content": "参与档案利用平台的改版，负责检索页面的交互设计，整理用户意见八十余条并逐条落实。"},
        {"year": 2019, "content": "接触过形形色色的项目，遇到难题先弄清需求，再动手设计；独立完成展览的视觉设计两次。"},
    )),
    (MainWork, (
        {"start": date(2019, 5, 1), "end": date(2019, 5, 28), "duty": "组长", "content": "主持示例展览的视觉设计",
         "effect": "展览按期开放，接待观众三千余人次"},
        {"start": date(2019, 6, 2), "end": None, "duty": "成员", "content": "参与示例平台的界面设计与维护",
         "effect": "页面出错率明显下降"},
    )),
    (Project, (
        {"start": date(2019, 5, 28), "end": date(2019, 6, 18), "name": "示例用例研究", "outcome": "完成"},
        {"start": date(2019, 5, 6), "end": date(2019, 5, 23), "name": "示例文档规范编制", "outcome": "已完成"},
    )),
    (IntellectualProperty, (
        {"name": "一种示例用下肢外骨骼机器人", "number": "00000000", "category": "实用新型", "approved_on": date(2021, 5, 6)},
    )),
    (Award, (
        {"name": "优秀员工", "type": "荣誉称号", "grade": "市级", "rank": "一等奖", "approved_on": date(2019, 6, 4),
         "approved_by": "昆明示例行业协会", "own_rank": 1, "own_part": "全部"},
        {"name": "优秀员工", "type": "荣誉称号", "grade": "本单位", "rank": "个人荣誉称号",
         "approved_on": date(2017, 12, 27), "approved_by": "云南示例信息科技有限公司", "own_rank": 1, "own_part": "全部"},
    )),
    (Book, (
        {"name": "示例神话", "published_on": date(2019, 5, 1), "type": "独著", "level": "国家级出版社", "rank": None,
         "publisher": "示例出版社", "own_part": "全书"},
        {"name": "示例传说", "published_on": date(2019, 6, 2), "type": "合著", "level": "未出版", "rank": "主编",
         "publisher": "未出版", "own_part": "第一章"},
    )),
    (Paper, (
        {"name": "示例档案展览的视觉设计初探", "published_on": date(2020, 7, 9), "journal": "未发表", "level": "未发表",
         "type": "独著", "own_part": "全文"},
    )),
    (ContinuingEducation, (
        {"start": date(2015, 6, 1), "end": date(2015, 11, 1), "name": "界面设计师培训", "organizer": "示例教育科技有限公司",
         "place": "昆明市示例大厦", "content": "海报书籍广告等平面设计进阶、商业手绘学习、互联网产品界面设计"},
    )),
)  # fmt: skip

GRADES = ("合格", "合格", "优秀", "合格", "合格")


def sample_records(this_year: int) -> Records:
    return (*SAMPLE, (AnnualAssessment, _assessments(this_year)))


def brief_person(major: str, profession: str) -> Values:
    return {
        **SAMPLE_PERSON,
        "ethnicity": "汉族",
        "political_status": "群众",
        "major_id": major,
        "profession_id": profession,
        "tenure_years": 5,
        "practice_years": 6,
        "postcode": "650000",
        "office": "业务部",
        "position": "无",
    }


def brief_records(major: str, profession: str, employer: str, this_year: int) -> Records:
    school = "昆明示例大学"
    return (
        (Education, (
            {"school": school, "major_id": major, "degree_level": "大学本科", "degree": "学士", "mode": "全日制",
             "graduated_on": date(2014, 7, 1), "certificate_no": None},
        )),
        (StudyHistory, (
            {"school": school, "major_id": major, "start": date(2010, 9, 1), "end": date(2014, 7, 1),
             "witness": "示例同学", "duty": "无"},
        )),
        (WorkHistory, (
            {"employer": employer, "profession_id": profession, "start": date(2014, 8, 1), "end": None,
             "witness": "示例同事", "duty": "无"},
        )),
        (WorkSummary, (
            {"year": this_year - 1, "content": "按计划完成本职工作，整理业务资料，参加单位组织的业务培训。"},
        )),
        (AnnualAssessment, _assessments(this_year)),
    )  # fmt: skip


def _assessments(this_year: int) -> tuple[Values, ...]:
    return tuple(
        {"year": this_year - n, "grade": grade, "head": "示例负责人"} for n, grade in enumerate(GRADES, 1)
    )
