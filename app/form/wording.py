"""The words of the official form (M4.2.1).

The form is a Chinese document: preview and print show it as it is in every language of the interface.
"""

TITLE = "专业技术职称申报评审表"
DRAFT = "草稿"
UNSUBMITTED = "申报编号 {number}　尚未提交"
SUBMITTED = "申报编号 {number}　第 {submission} 次提交　摘要 {digest}"
NONE = "无"
YES_NO = {True: "是", False: "否"}
PERIOD = "起止时间"
MISSING = "待填写"
YEAR = "{year} 年度"
DATE_BLANK = "年　　　月　　　日"
BY = "经办人：{by}　　{on}"

FRONT = ("封面", "目录")
COVER = (
    ("name", "姓　　名"),
    ("unit", "工作单位"),
    ("department", "主管部门"),
    ("series", "职称系列"),
    ("title", "申报职称"),
    ("profession", "专业名称"),
    ("filled_on", "填表时间"),
)

# Not every unit has a competent department (domain.md 3).
COVER_OPTIONAL = ("department",)

# APP-07: the consent text of the manual (M4.1.3) with the promise it stands for (G1(一)1).
PLEDGE = (
    "本人承诺：所填写的申报信息和提交的申报材料真实、准确、完整，本人对其真实性负责。\n"
    "本人知悉：对申报人员弄虚作假、提供虚假材料的，相关信息记入职称评审诚信档案库，并纳入全国信用信息共享平台。"
    "记录期限为3年，记录期内不得参加职称申报评审。"
)
PLEDGED_BY, PLEDGED_ON = "承诺人", "承诺日期"

ACCOUNT = (("name", "姓名"), ("id_number", "身份证号码"), ("unit", "工作单位"))
PHOTO = "照片"
HIGHEST_EMPLOYED = "当前已聘最高职称"
APPLIED = "申报情况"
APPLIED_FOR = (
    ("level", "申报级别"),
    ("category", "参评类别"),
    ("committee", "评审委员会"),
)

# OPN-01, OPN-02, in the order of G5.3.5.
UNIT_OPINION = (
    ("appraisal", "专业技术工作评价", 40),
    ("method", "推荐方式", 12),
    ("participants", "参与推荐的人员范围", 12),
    ("participant_count", "参与推荐人数", 10),
    ("opinion", "推荐意见", 25),
    ("formation", "意见形成情况", 20),
    ("notice", "公示时间", 10),
    ("notice_result", "公示结果", 12),
)
UNIT_SEAL = "负责人签名：　　　　　　　　　　　　　　（单位公章）"

# the screen speaks of 知识产权, a form whose table is named after patents of 专利.
PATENT = "专利"
OF_PATENTS = {"知识产权名称": "专利名称", "知识产权号": "专利号", "知识产权类别": "专利类别"}

MINUTES_OF = (("committee", "评审委员会"), ("title", "申报职称"))
MINUTES = (("专业（学科）组\n评议意见", 60), ("评审委员会\n评审意见", 60))
BALLOT = ("评委总人数", "出席人数", "赞成票", "反对票", "弃权票")
MINUTES_RESULT = "评审结果"
MINUTES_SEAL = "主任委员签名：　　　　　　　　　　　　　　（评审委员会公章）"

OFFICE_SEAL = "负责人签名：　　　　　　　　　　　　　　（公章）"
OPINION = "审核推荐意见"
RESULT = "评审结果确认意见"
NO_ROUTE_YET = "提交申报后按审核流程逐级列出"
SCAN = "扫码核验"
SYSTEM = "职称申报管理系统"
# What the archived document is called.
ARCHIVED = "{title}-{number}-归档.pdf"
FOLIO = "第 {page} 页　共 {pages} 页"
