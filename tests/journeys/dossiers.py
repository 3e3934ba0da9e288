"""What the applicants type, by the labels of the pages. Every person, unit and number is made up."""

from app import clock
from tests.journeys.applicants import Records
from tests.journeys.browsing import Value

RARE = "䶮㛃𬭎"
SUMMARY_LENGTH = 2000
GRADES = ("合格", "合格", "优秀", "合格", "合格")
MAJOR, PROFESSION = "档案学", "档案保管利用"

PERSON: dict[str, Value] = {
    "籍贯（或国籍）": "云南昆明",
    "民族": "汉族",
    "政治面貌": "群众",
    "所学专业": MAJOR,
    "现职称（同级）履职年限（年）": "5",
    "现职称（同级）履职年限（月）": "0",
    "从事专业技术工作年限（年）": "8",
    "从事专业技术工作年限（月）": "3",
    "邮箱": "shili@local.invalid",
    "家庭住址": "昆明市盘龙区示例路 1 号",
    "邮政编码": "650000",
    "所在部门": "业务部",
    "行政职务": "无",
    "现从事专业": PROFESSION,
}


def summary() -> str:
    """A year's summary as long as it may be, every sentence of it different, with rare characters."""
    text, n = f"本年整理{RARE}三字地名档案。", 0
    while len(text) < SUMMARY_LENGTH:
        n += 1
        text += f"第{n}项：整理馆藏第{n * 17}卷，核对目录{n * 23}条，答复查档{n * 3}人次；"
    return text[: SUMMARY_LENGTH - 1] + "。"


def required() -> dict[str, Records]:
    """The five sections that everyone fills in."""
    year = clock.today().year
    return {
        "学历情况": [
            {"毕业学校": "昆明示例大学", "所学专业": MAJOR, "学历": "大学本科", "学位": "学士",
             "学习形式": "全日制", "毕业时间": "2014-07-01"},
        ],
        "学习经历": [
            {"就读学校": "昆明示例大学", "所学专业": MAJOR, "开始时间": "2010-09-01", "结束时间": "2014-07-01",
             "证明人": "示例同学", "担任职务": "无"},
        ],
        "工作经历": [
            {"单位名称": "昆明示例档案馆", "从事专业": PROFESSION, "开始时间": "2014年8月", "至今": True,
             "证明人": "示例同事", "担任职务": "无"},
        ],
        "专业技术工作总结": [{"年份": str(year - 1), "总结内容": summary()}],
        "年度考核情况（近五年）": [
            {"年份": str(year - n), "考核等级": grade, "部门负责人": "示例负责人"}
            for n, grade in enumerate(GRADES, 1)
        ],
    }  # fmt: skip


def two_more() -> dict[str, Records]:
    return {
        "完成主要专业技术工作情况": [
            {"开始时间": "2020-01-01", "结束时间": "2020-12-31", "担任职务": "组长",
             "工作内容": "主持示例馆藏的数字化", "工作成效": "按期完成"},
        ],
        "撰写论文情况": [
            {"论文名称": "示例馆藏的保管与利用", "发表日期": "2021.6", "发表刊物": "未发表"},
        ],
    }  # fmt: skip


def all_thirteen() -> dict[str, Records]:
    """Every section with every field, in the order of the list."""
    more = {
        "现有职称情况": [
            {"证书编号": "0000000001", "职称专业": PROFESSION, "资格名称": "助理馆员", "职称获取方式": "评审",
             "参评类型": "正常评审", "评审组织": "昆明示例评审委员会", "其他（目录中没有）": True, "资格认定时间": "2016-12-01",
             "批复文件": "示例批复〔2016〕1 号", "是否聘任": "是"},
        ],
        "承担课题（项目）情况": [
            {"开始时间": "2019-05-06", "进行中": True, "课题项目名称": "示例档案开放研究", "完成情况": "已完成调研"},
        ],
        "获得知识产权情况": [
            {"知识产权名称": "示例档案盒", "知识产权号": "00000000", "知识产权类别": "实用新型", "批准时间": "2021-05-06"},
        ],
        "表彰奖励情况": [
            {"奖名称": "示例先进个人", "类型": "荣誉称号", "奖级": "市级", "奖励级别": "个人荣誉称号",
             "批准时间": "2019-06-04", "批准机关": "昆明示例协会", "本人排名": "1", "本人承担任务": "全部"},
        ],
        "撰写著作情况": [
            {"著作名称": "示例档案志", "出版日期": "2020-05-01", "著作类型": "合著", "级别": "未出版", "排名": "第二",
             "出版单位": "未出版", "本人承担部分": "第三章"},
        ],
        "参加继续教育和国际学术活动情况": [
            {"开始时间": "2022-06-01", "结束时间": "2022-06-05", "名称（全称）": "示例档案保护培训班",
             "举办单位": "昆明示例学会", "举办地点": "昆明", "主要内容": "纸质档案的修复"},
        ],
    }  # fmt: skip
    return {**more, **required(), **two_more()}
