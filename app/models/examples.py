"""A filled-in record for every section, as it would be typed. Every name and number is made up.

Chinese in every language: the form is a Chinese document, and this is what goes into it.
"""

EXAMPLES: dict[str, dict[str, str]] = {
    "titles-held": {
        "certificate_no": "示例20160000001",
        "profession_id": "档案 › 档案管理 › 档案收集整理",
        "qualification": "助理馆员",
        "obtained_by": "评审",
        "category": "正常评审",
        "evaluated_by": "示例市档案专业初级职称评审委员会",
        "awarded_on": "2016-12-01",
        "approval_document": "示例职改〔2016〕1 号",
        "employed": "是",
    },
    "education": {
        "school": "示例大学",
        "major_id": "管理学 › 图书情报与档案管理类 › 档案学",
        "degree_level": "大学本科",
        "degree": "学士",
        "mode": "全日制",
        "graduated_on": "2014-07-01",
        "certificate_no": "000001201405000000",
    },
    "study-history": {
        "school": "示例大学",
        "major_id": "管理学 › 图书情报与档案管理类 › 档案学",
        "start": "2010-09-01",
        "end": "2014-07-01",
        "witness": "张示例",
        "duty": "班长",
    },
    "work-history": {
        "employer": "云南省示例档案馆",
        "profession_id": "档案 › 档案管理 › 档案收集整理",
        "start": "2014-08-01",
        "end": "至今",
        "witness": "李示例",
        "duty": "无",
    },
    "work-summary": {
        "year": "2025",
        "content": "本年整理示例全宗 1200 卷，编制案卷目录 12 册；参与示例馆藏数字化，完成扫描质检 8 万页；"
        "接待查档 320 人次，无差错。",
    },
    "main-work": {
        "start": "2019-03-01",
        "end": "2020-12-31",
        "duty": "项目组成员",
        "content": "负责示例馆藏民国档案的整理、编目和数字化，共 3 个全宗 2600 卷。",
        "effect": "按期完成，通过验收，查档时间由 3 天缩短为 1 天。",
    },
    "projects": {
        "start": "2021-05-01",
        "end": "进行中",
        "name": "示例地区档案开放审核方法研究",
        "outcome": "已完成调研，形成中期报告；本人排名第 2，负责数据分析。",
    },
    "intellectual-property": {
        "name": "一种示例档案盒",
        "number": "ZL 2021 0 0000000.0",
        "category": "实用新型",
        "approved_on": "2021-10-12",
    },
    "awards": {
        "name": "示例市档案工作先进个人",
        "type": "荣誉称号",
        "grade": "市级",
        "rank": "个人荣誉称号",
        "approved_on": "2022-06-09",
        "approved_by": "示例市档案局",
        "own_rank": "1",
        "own_part": "全部工作",
    },
    "books": {
        "name": "示例档案保护手册",
        "published_on": "2023-05-01",
        "type": "合著",
        "level": "省部级出版社",
        "rank": "第 2",
        "publisher": "示例出版社",
        "own_part": "第三章，约 3 万字",
    },
    "papers": {
        "name": "示例馆藏纸质档案的预防性保护",
        "published_on": "2022-03-01",
        "journal": "《示例档案》2022 年第 3 期",
        "level": "省部级",
        "type": "第一作者",
        "own_part": "选题、实验和全文撰写",
    },
    "continuing-education": {
        "start": "2024-06-03",
        "end": "2024-06-07",
        "name": "示例省档案专业技术人员公需科目培训班",
        "organizer": "示例省档案学会",
        "place": "昆明",
        "content": "电子档案管理与数据安全，共 40 学时",
    },
    "annual-assessment": {"year": "2024", "grade": "合格", "head": "王示例"},
}
