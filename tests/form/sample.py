"""A made-up snapshot of a made-up person, typed by hand."""

from typing import Any

SENTENCE = "本年度主持馆藏档案数字化扫描与著录，共完成 12,000 卷，其中含“䶮、㛃、𬭎、𠅤”等人名用字；经抽查，合格率为 99.8%。"
SUMMARY = (SENTENCE * 40)[:2000]

TABLE_NAMES = {
    1: "基本情况",
    2: "主要学习和工作经历",
    3: "专业技术工作总结",
    4: "完成主要专业技术工作情况",
    5: "承担课题（项目）情况",
    6: "获得专利情况",
    7: "获得表彰奖励情况",
    8: "撰写著作和论文情况",
    9: "参加继续教育和国际学术活动情况",
    10: "个人承诺书",
    11: "年度考核情况（近五年）",
    12: "基层单位意见",
    13: "初级职称评审委员会评审记录",
    14: "中级职称评审委员会评审记录",
    15: "副高级职称评审委员会评审记录",
    16: "正高级职称评审委员会评审记录",
    17: "审核推荐意见和评审结果确认意见",
}


def content(**sections: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "cover": {
            "year": 2026,
            "name": "虚构人䶮",
            "unit": "云南省示例档案馆",
            "department": "示例市示例局",
            "series": "档案专业人员",
            "title": "馆员",
            "profession": "档案学/档案管理/档案数字化",
            "committee": "昆明市示例档案系列中级评审委员会",
            "level": "intermediate",
            "category": "regular",
            "filled_on": "2026-05-20",
        },
        "person": {
            "name": "虚构人䶮",
            "id_number": "530102199001010002",
            "mobile": "13900000000",
            "unit": "云南省示例档案馆",
            "former_name": None,
            "gender": "女",
            "birth_date": "1990-01-01",
            "native_place": "云南昆明",
            "ethnicity": "彝族",
            "political_status": "中共党员",
            "major_id": "管理学/图书情报与档案管理类/档案学",
            "societies": "示例省档案学会会员；示例市图书情报学会理事，负责青年工作委员会的日常组织与学术交流活动安排",
            "tenure_years": 5,
            "tenure_months": 0,
            "practice_years": 12,
            "practice_months": 3,
            "contact_mobile": "13900000001",
            "email": "xugou.ren@example.com",
            "home_address": "云南省昆明市示例区虚构路 1 号示例小区 2 幢 3 单元 401 室",
            "postcode": "650000",
            "office": "保管利用科",
            "position": "无",
            "profession_id": "档案专业/档案管理/档案数字化",
        },
        "sections": {
            "titles-held": [
                title("ZJ-2012-0007", "助理馆员", "junior_assistant", "2012-09-01", employed=True),
                title("ZJ-2018-0123", "馆员", "intermediate", "2018-11-30", employed=True),
                title("ZJ-2024-0999", "副研究馆员", "senior_associate", "2024-12-01", employed=False),
            ],
            "education": [
                {
                    "id": 1,
                    "school": "云南示例大学",
                    "major_id": "管理学/图书情报与档案管理类/档案学",
                    "degree_level": "大学本科",
                    "degree": "学士",
                    "mode": "全日制",
                    "graduated_on": "2012-06-30",
                    "certificate_no": "106731201205000123",
                }
            ],
            "study-history": [
                {
                    "id": 1,
                    "school": "安宁市示例职业高级中学",
                    "major_id": "工学/计算机类/计算机应用",
                    "start": "2005-09-01",
                    "end": "2008-06-30",
                    "witness": "李虚构",
                    "duty": "宣传委员",
                },
                {
                    "id": 2,
                    "school": "云南示例大学",
                    "major_id": "管理学/图书情报与档案管理类/档案学",
                    "start": "2008-09-01",
                    "end": "2012-06-30",
                    "witness": "王虚构",
                    "duty": "无",
                },
            ],
            "work-history": [
                {
                    "id": 1,
                    "employer": "云南省示例档案馆",
                    "profession_id": "档案专业/档案管理/档案数字化",
                    "start": "2012-07-15",
                    "end": None,
                    "witness": "赵虚构",
                    "duty": "副科长",
                }
            ],
            "work-summary": [
                {"id": year, "year": year, "content": SUMMARY} for year in (2022, 2023, 2024, 2025)
            ],
            "main-work": [
                {
                    "id": 1,
                    "start": "2019-01-01",
                    "end": None,
                    "duty": "项目负责人",
                    "content": (SENTENCE * 9)[:500],
                    "effect": (SENTENCE * 4)[:200],
                }
            ],
            "projects": [
                {
                    "id": 1,
                    "start": "2023-03-01",
                    "end": None,
                    "name": "民国档案纸张脱酸试验研究",
                    "outcome": "完成样本检测，形成中期报告",
                }
            ],
            "intellectual-property": [
                {
                    "id": 1,
                    "name": "一种档案盒防潮装置",
                    "number": "ZL202320000000.0",
                    "category": "实用新型",
                    "approved_on": "2023-08-18",
                }
            ],
            "awards": [
                {
                    "id": 1,
                    "name": "全省档案工作先进集体",
                    "type": "荣誉称号",
                    "grade": "省部级",
                    "rank": "个人荣誉称号",
                    "approved_on": "2021-12-01",
                    "approved_by": "示例省档案局",
                    "own_rank": 3,
                    "own_part": "数字化加工与质量检查",
                }
            ],
            "books": [],
            "papers": [
                {
                    "id": 1,
                    "name": "县级档案馆数字化质量控制研究——以示例县为例",
                    "published_on": "2022-10-15",
                    "journal": "示例档案",
                    "level": "省部级",
                    "type": "第一作者",
                    "own_part": None,
                }
            ],
            "continuing-education": [
                {
                    "id": 1,
                    "start": "2024-05-06",
                    "end": "2024-05-10",
                    "name": "2024 年度全省档案专业技术人员继续教育培训班",
                    "organizer": "示例省档案学会",
                    "place": "昆明",
                    "content": "档案法规、电子档案单套制管理与档案数字化质量检查",
                }
            ],
            "annual-assessment": [
                {"id": year, "year": year, "grade": "合格", "head": "钱虚构"}
                for year in (2021, 2022, 2023, 2024, 2025)
            ],
            **sections,
        },
        "attachments": [],
    }


def title(
    certificate_no: str, qualification: str, level: str | None, on: str, *, employed: bool
) -> dict[str, Any]:
    return {
        "id": int(certificate_no[-4:]),
        "certificate_no": certificate_no,
        "profession_id": "档案专业/档案管理/档案数字化",
        "qualification": qualification,
        "obtained_by": "评审",
        "category": "正常评审",
        "evaluated_by": "示例市档案系列评审委员会",
        "awarded_on": on,
        "approval_document": "示人社〔2018〕0 号",
        "employed": employed,
        "level": level,
    }


def record(**changes: Any) -> dict[str, Any]:
    return {
        "opinion": {
            "appraisal": "该同志政治立场坚定，业务能力强，任现职以来圆满完成各项工作任务。",
            "method": "考核推荐与民主推荐相结合",
            "participants": "单位领导班子成员、各科室负责人及职工代表",
            "participant_count": 23,
            "opinion": "同意推荐申报馆员。",
            "formation": "经职称推荐小组 2026 年 5 月 25 日会议讨论，一致同意。",
            "notice_from": "2026-05-26",
            "notice_until": "2026-06-02",
            "notice_result": "公示期间无异议",
            "by": "孙虚构",
            "saved_on": "2026-06-03",
        },
        "chain": [
            step("unit", "云南省示例档案馆", "材料真实，同意推荐。", "孙虚构", "2026-06-03"),
            step("department", "示例市示例局", "同意上报。", "周虚构", "2026-06-05"),
            step("bureau", "示例区人力资源和社会保障局", "材料齐全，同意推荐。", "吴虚构", "2026-06-08"),
            step("city_bureau", "示例市人力资源和社会保障局", "同意报送评审委员会。", "郑虚构", "2026-06-10"),
            step(
                "committee", "昆明市示例档案系列中级评审委员会", "电子材料审核通过。", "冯虚构", "2026-06-15"
            ),
        ],
        "number": "2026000001",
        "submission_no": 2,
        "digest": "3fa9c21b7d5e0048aa11bb22cc33dd44ee55ff6600112233445566778899aabb",
        "draft": False,
        "verify": "https://zhicheng.example.invalid/verify/3fa9c21b7d5e0048aa11bb22cc33dd44ee55ff6600112233445566778899aabb",
        "system": "职称申报管理系统",
        **changes,
    }


def unsubmitted() -> dict[str, Any]:
    return record(draft=True, opinion=None, chain=[], digest=None, submission_no=0, verify="")


def step(
    stage: str, organisation: str, opinion: str | None, by: str | None, on: str | None
) -> dict[str, Any]:
    return {"stage": stage, "organisation": organisation, "opinion": opinion, "by": by, "on": on}
