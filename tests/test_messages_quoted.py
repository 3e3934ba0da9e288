"""Every message that the requirements quote, met in the app as its reader meets it.

The texts are typed from the requirements, never taken from the app. Where the requirements only name a sentence
(the consent text, the names of the tables), it is typed from the source they cite.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from html.parser import HTMLParser

import pytest
import time_machine
from sqlalchemy import select, update

from app import clock
from app.accounts import passwords, sessions
from app.extensions import db
from app.models import Application, IntegrityRecord, Major, Message, Person, Title, UnitDepartment
from app.organisations.rounds import ask_for_recognition
from app.vocabulary import Choice, Kind, Nature, Role, Stage, Status
from app.workflow import operations
from tests import factories as make
from tests.accounts.people import PASSWORD, fresh
from tests.review.pages import post, url_of, value_of
from tests.words import VOID


class House:
    """The app on the module's database, with a browser for whoever is needed."""

    def __init__(self, app) -> None:
        self.app, self.pages = app, {}

    def browser(self, user=None):
        client = self.app.test_client()
        if user is not None:
            key = sessions.open_session(user, at=clock.now())
            with client.session_transaction() as cookie:
                cookie.update(_user_id=str(user.id), key=key, _fresh=True)
        return client

    def get(self, user, address):
        return self.browser(user).get(address)

    def read(self, produce: Callable) -> "Seen":
        """What comes of this; rows that share it meet the same page."""
        if produce not in self.pages:
            answer = produce(self)
            assert answer.status_code in (200, 409, 422), (answer.status_code, answer.location)
            self.pages[produce] = Seen(answer.text)
        return self.pages[produce]


class Seen(HTMLParser):
    """What a page says without its frame: `text` runs on, `alerts` is the part in boxes of errors and warnings,
    `verdict` that of the self-check, and `lines` are the pieces as they stand in cells, tags and buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.pieces, self.inside = [], [], {"main": [], "alert": [], "verdict": []}
        self.feed(page)
        self.lines = {plain(each) for each in self.pieces}
        self.text, self.alerts, self.verdict = (plain("".join(each)) for each in self.inside.values())

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in VOID:
            named = {given.get("id"), *(given.get("class") or "").split()}
            part = "alert" if "errsum" in named else next((each for each in self.inside if each in named), "")
            self.open.append((tag, part))
        if given.get("data-watermark"):
            self.handle_data(given["data-watermark"])

    def handle_endtag(self, tag):
        while tag not in VOID and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        parts = {part for _tag, part in self.open}
        if "main" in parts:
            self.pieces.append(data)
            for each in parts & self.inside.keys():
                self.inside[each].append(data)


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def house(app):
    with app.app_context():
        yield House(app)
        db.session.remove()


# --- accounts ---


def taken_mobile(house):
    taken = make.make_applicant().account.mobile
    visitor = house.browser()
    visitor.post("/sign-up/", data={"name": "示例人", "id_number": fresh()[0]})
    return visitor.post("/sign-up/mobile", data={"mobile": taken})


def fourth_wrong_password(house):
    name = make.make_applicant(password=passwords.hash_password(PASSWORD)).account.username
    visitor = house.browser()
    for _each in range(4):
        answer = visitor.post("/sign-in/", data={"name": name, "password": "wrong"})
    return answer


def sign_in_page(house):
    return house.browser().get("/sign-in/")


def taken_unit(house):
    name = make.make_unit().name
    data = {"unit_name": name, "code": make.credit_code(8101), "name": "示例人"}
    return house.browser().post("/unit-sign-up/", data=data)


def taken_by_renaming(house):
    unit, other = make.make_unit(), make.make_unit()
    clerk = house.browser(make.make_user(Role.UNIT, unit))
    data = {
        "name": other.name, "nature": unit.nature, "tier": unit.tier, "region_id": unit.region_id,
        "contact_phone": "0871-00000000", "seen": value_of(clerk.get("/unit/"), "seen"),
    }  # fmt: skip
    return clerk.post("/unit/", data=data)


# --- a unit that keeps its people from submitting ---


def submit_from(house, unit):
    application = make.make_draft(unit)
    data = {"seen": application.version, "pledged": "y"}
    return house.browser(application.applicant).post(f"/apply/{application.id}/submit", data=data)


def starred_field_empty(house):
    return submit_from(house, make.make_unit(contact_phone=None))


def area_not_chosen(house):
    return submit_from(house, make.make_unit(Nature.NON_PUBLIC, district="昆明市"))


def department_not_decided(house):
    unit = make.make_unit(Nature.NON_PUBLIC)
    unit.nature = Nature.STATE_INSTITUTION
    make.choose(unit, make.make_department(), Choice.PENDING)
    return submit_from(house, unit)


def departments_of_a_unit(house):
    unit = make.make_unit(Nature.NON_PUBLIC)
    make.choose(unit, make.make_department(), Choice.PENDING)
    return house.get(make.make_user(Role.UNIT, unit), "/unit/departments/")


@cache
def department_answers(result, opinion):
    """The unit's message, opened from its list."""

    def produce(house):
        unit, department = make.make_unit(Nature.NON_PUBLIC), make.make_department(f"示例主管局{result}")
        clerk, officer = make.make_user(Role.UNIT, unit), make.make_user(Role.DEPARTMENT, department)
        make.choose(unit, department, Choice.PENDING)
        choice = db.session.scalars(select(UnitDepartment).filter_by(unit_id=unit.id)).one()
        address, desk = f"/department/units/{choice.id}", house.browser(officer)
        data = {"result": result, "opinion": opinion, "seen": value_of(desk.get(address), "seen")}
        assert desk.post(address, data=data).status_code == 302
        message = db.session.scalars(select(Message).filter_by(recipient_id=clerk.id)).one()
        return house.get(clerk, f"/messages/{message.id}")

    return produce


def administrator_edits_a_unit(house):
    unit = make.make_unit()
    return house.get(make.make_user(Role.SUPER_ADMIN), f"/admin/units/edit/{unit.id}")


# --- what the applicant fills in ---


@cache
def of_a_newcomer(address):
    return lambda house: house.get(make.make_applicant(make.make_unit()).account, address)


@cache
def of_a_draft(address):
    def produce(house):
        application = make.make_draft()
        return house.get(application.applicant, address.format(application.id))

    return produce


@cache
def eligibility(nature=Nature.STATE_INSTITUTION, **given):
    """The page of the self-check, with these answers saved."""

    def produce(house):
        application = make.make_draft(make.make_unit(nature))
        address, person = f"/apply/{application.id}/eligibility", house.browser(application.applicant)
        for _each in range(3):  # answers lead to further questions
            answer = person.post(address, data={**make.ELIGIBLE, **given, "seen": application.version})
        return person.get(address) if answer.status_code == 302 else answer

    return produce


def level_of_an_examination(house):
    title = db.session.scalars(
        select(Title).where(Title.name == "馆员", Title.series_id == make.archives().series_id)
    ).one()
    application = make.make_draft()
    address = f"/apply/{application.id}/cover?round={application.round_id}&profession=档案保管利用"
    title.by_exam = True
    answer = house.get(application.applicant, address)
    title.by_exam = False
    return answer


def majors_disagree(house):
    application = make.make_draft(round_=make.make_round(major_mismatch_blocks=True))
    person = application.applicant
    other = db.session.scalars(select(Major.id).where(Major.level3 == "有机化学")).one()
    db.session.execute(update(Person).where(Person.id == person.id).values(major_id=other))
    address = f"/apply/{application.id}/cover"
    data = {
        "seen": application.version, "round": application.round_id, "profession": make.archives().path,
        "level": "intermediate", "category": "regular",
    }  # fmt: skip
    return house.browser(person).post(address, data=data)


def gaps_of_a_newcomer(house):
    person = make.make_applicant(make.make_unit()).account
    application = operations.start(person, year=make.make_round().year, at=clock.now())
    return house.get(person, f"/apply/{application.id}/basics")


def submitted(house):
    application = make.make_application(Stage.UNIT)
    return house.get(application.applicant, f"/apply/{application.id}/done")


def barred(house):
    application = make.make_draft()
    today = clock.today()
    number = application.applicant.id_number
    until = today + timedelta(days=900)
    db.session.add(IntegrityRecord(id_number=number, reason="示例事由", starts_on=today, until=until))
    return house.get(application.applicant, "/home/")


# --- counters ---


@cache
def home_after(used):
    """The applicant's home after so many returns and resets, the last of them a return."""

    def produce(house):
        application = make.make_application(Stage.UNIT)
        _count(application, used - 1)
        _return(house, application)
        return house.get(application.applicant, "/home/")

    return produce


@cache
def workbench_after(used):
    def produce(house):
        application = make.make_application(Stage.UNIT)
        _count(application, used)
        return house.get(make.clerk_of(application), url_of(application))

    return produce


def fifth_return(house):
    application = make.make_application(Stage.UNIT)
    _count(application, 4)
    _return(house, application, confirmation="当年申报终止")
    return house.get(application.applicant, f"/progress/{application.id}")


def _count(application, used):
    db.session.execute(update(Application).where(Application.id == application.id).values(chances_used=used))
    db.session.refresh(application)


def _return(house, application, **more):
    clerk = house.browser(make.clerk_of(application))
    assert post(clerk, application, "return_", "请补充证明", **more).status_code == 302


# --- review, messages, form ---


def opinion_missing(house):
    application = make.make_application(Stage.UNIT)
    return post(house.browser(make.clerk_of(application)), application, "approve", "同意")


def notice_too_short(house):
    """A unit recommends on the second of the five working days, in a year whose holidays are known."""
    with time_machine.travel(datetime(2026, 9, 2, 2, tzinfo=UTC), tick=False):
        application = make.make_application(Stage.UNIT)
        make.post_notice(application, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 20), outcome=None)
        make.write_unit_opinion(application)
        return post(house.browser(make.clerk_of(application)), application, "approve", "同意")


@cache
def inbox_after(event):
    """The applicant's messages, once the unit has decided; None: since he has submitted."""

    def produce(house):
        application = make.make_application(Stage.UNIT)
        if event:
            clerk = house.browser(make.clerk_of(application))
            assert post(clerk, application, event, "请补充证明").status_code == 302
        return house.get(application.applicant, "/messages/")

    return produce


@cache
def page_of(at, address):
    """A page of the applicant whose application stands there."""

    def produce(house):
        application = make.make_application(at)
        return house.get(application.applicant, address.format(application.id))

    return produce


# --- recognition ---


def recognition_starts(house):
    _recognition_round()
    return house.get(make.make_applicant(make.make_unit()).account, "/apply/?kind=recognition")


def recognition_conditions(house):
    round_ = _recognition_round()
    return house.get(make.make_applicant().account, f"/windows/{round_.id}")


def recognition_questions(house):
    _recognition_round()
    person = make.make_applicant(make.make_unit()).account
    application = operations.start(person, year=clock.today().year, kind=Kind.RECOGNITION, at=clock.now())
    return house.get(person, f"/apply/{application.id}/eligibility")


def _recognition_round():
    office = make.make_committee(series_nos=[], levels=[])
    round_ = make.make_round(office, kind=Kind.RECOGNITION, levels=[], categories=[])
    ask_for_recognition(round_)
    return round_


class Word(str):
    """A status, a choice or a name that stands alone in its cell, tag or button: part of a sentence is not enough."""


class Alert(str):
    """Words of an error or a warning: elsewhere on the page they are not enough."""


class Verdict(str):
    """What the self-check of eligibility comes to."""


SUBMIT, FORM, PDF = "/apply/{}/submit", "/applications/{}/form", "/applications/{}/form.pdf"
DRAFT_SUBMIT, DRAFT_FORM, DRAFT_FILES = of_a_draft(SUBMIT), of_a_draft(FORM), of_a_draft("/attachments/")
CONSENT = (
    "对申报人员弄虚作假、提供虚假材料的，相关信息记入职称评审诚信档案库，并纳入全国信用信息共享平台。"
    "记录期限为3年，记录期内不得参加职称申报评审。"
)
CHAIN = "个人申报 → 单位审核 → 主管部门或县（市）区人社局审核 → 市人社局或市级评委会电子材料审核"

# Whatever is quoted and has its place in the app. To come: 待提交 of Table 17 (ATT-04), the guides (SUP-02),
# 资格确认 and 遗失补办 (REC-06).
COVERED = """
    ACC-04 ACC-08 ACC-17
    UNI-03 UNI-04 UNI-05 UNI-06 UNI-07 UNI-11
    PRO-03 PRO-09 SEC-01 SEC-04 SEC-06 SEC-10 SEC-11
    CYC-06 ELI-03 ELI-04 ELI-06 ELI-07 ELI-10
    APP-01 APP-03 APP-04 APP-07 APP-08 APP-09 APP-10 APP-13
    ATT-01 ATT-02 ATT-05 ATT-06
    ROU-06 REV-01 REV-02 REV-03 REV-09 OPN-01 OPN-02
    DOC-01 DOC-02 DOC-03 MSG-01 MSG-02
    REC-01 REC-04 REC-05 INT-02 INT-03
    X-04 X-07 X-11
"""

ROWS = [
    # requirement, text, where it is met
    ("ACC-04", Alert("手机号码已注册"), taken_mobile),
    ("ACC-08", Alert("锁定"), fourth_wrong_password),
    ("ACC-08", Alert("超过 3 次"), fourth_wrong_password),
    ("ACC-17", Alert("已存在有权限的同名单位"), taken_unit),
    ("ACC-17", "12333", taken_unit),
    ("ACC-17", Alert("已存在有权限的同名单位"), taken_by_renaming),
    ("UNI-03", Alert("单位信息不完整，请联系单位完善"), starred_field_empty),
    ("UNI-04", Alert("查找人社局失败"), area_not_chosen),
    ("UNI-05", Word("待审核"), departments_of_a_unit),
    ("UNI-06", Alert("主管单位审核未通过"), department_not_decided),
    (
        "UNI-07",
        "示例主管局approved 对您单位审核 结果为：通过。 审核意见如下：同意",
        department_answers("approved", "同意"),
    ),
    (
        "UNI-07",
        "示例主管局refused 对您单位审核 结果为：不通过。 审核意见如下：不属于本部门",
        department_answers("refused", "不属于本部门"),
    ),
    ("UNI-11", "暂停下一年度职称申报推荐", administrator_edits_a_unit),
    ("PRO-03", "大一寸", of_a_newcomer("/person/photo")),
    ("PRO-09", "不得使用简称", of_a_newcomer("/person/")),
    ("PRO-09", "不得使用简称", of_a_newcomer("/sections/education/add")),
    ("SEC-01", "当前已聘最高", of_a_newcomer("/sections/titles-held/")),
    ("SEC-01", "“其他”", of_a_newcomer("/sections/titles-held/add")),
    ("SEC-04", Word("至今"), of_a_newcomer("/sections/work-history/add")),
    ("SEC-06", Word("无"), of_a_newcomer("/sections/main-work/add")),
    ("SEC-10", "未出版", of_a_newcomer("/sections/books/")),
    ("SEC-10", "暂无", of_a_newcomer("/sections/books/")),
    ("SEC-11", "未发表", of_a_newcomer("/sections/papers/")),
    ("SEC-11", "暂无", of_a_newcomer("/sections/papers/")),
    ("X-07", Word("本人没有此项"), of_a_newcomer("/sections/papers/")),
    ("CYC-06", Word("开评评委会"), of_a_newcomer("/home/")),
    ("ELI-03", Verdict("参公"), eligibility(status="civil_servant")),
    (
        "ELI-04",
        Verdict("岗位（职务）变动工资审批表"),
        eligibility(transferred="yes", transfer_order="yes"),
    ),
    ("ELI-06", Verdict("副高"), eligibility(Nature.STATE_ENTERPRISE, postdoc="yes")),
    ("ELI-07", Verdict("双公示、双审核、双盖章"), eligibility(Nature.DISPATCH, status="dispatched")),
    ("ELI-10", "以考代评", level_of_an_examination),
    ("APP-01", Word("封面填写"), gaps_of_a_newcomer),
    ("APP-01", Word("基本信息确认"), gaps_of_a_newcomer),
    ("APP-01", Word("申报信息预览"), gaps_of_a_newcomer),
    ("APP-01", Word("提交申报"), gaps_of_a_newcomer),
    ("APP-03", Alert("所学专业和从事专业不一致"), majors_disagree),
    ("APP-04", Word("去完善"), gaps_of_a_newcomer),
    ("APP-07", "诚信档案库", DRAFT_SUBMIT),
    ("APP-07", CONSENT, DRAFT_SUBMIT),
    (
        "APP-08",
        "您当前已经返回修改或重置流程 0 次，您还能返回修改或重置流程 4 次",
        DRAFT_SUBMIT,
    ),
    (
        "APP-08",
        "您当前已经返回修改或重置流程 0 次，您还能返回修改或重置流程 4 次",
        submitted,
    ),
    (
        "APP-08",
        "您当前已经返回修改或重置流程 1 次，您还能返回修改或重置流程 3 次",
        home_after(1),
    ),
    (
        "APP-08",
        "您当前已经返回修改或重置流程 4 次，您还能返回修改或重置流程 0 次",
        home_after(4),
    ),
    (
        "APP-08",
        "您当前已经返回修改或重置流程 3 次，您还能返回修改或重置流程 1 次",
        workbench_after(3),
    ),
    ("APP-09", "当年申报失败", DRAFT_SUBMIT),
    ("APP-09", Word("当年申报失败"), fifth_return),
    ("APP-10", Word("提交申报成功!"), submitted),
    ("APP-10", Word("查看申报表"), submitted),
    ("APP-10", Word("查看进度"), submitted),
    ("APP-13", Word("申报进度"), of_a_newcomer("/home/")),
    ("ATT-01", Word("人社局要求附件"), DRAFT_FILES),
    ("ATT-02", "身份证正反面", DRAFT_FILES),
    ("ATT-02", "职称证书图片和聘用证明", DRAFT_FILES),
    ("ATT-02", "毕业证书和学位证书", DRAFT_FILES),
    ("ATT-02", "劳动合同或社保缴存证明", DRAFT_FILES),
    ("ATT-02", "公示方式：公告栏张贴拍照或单位内网公示截图", DRAFT_FILES),
    ("ATT-02", "出具公示报告（明确是否有异议，是否推荐）", DRAFT_FILES),
    ("ATT-02", "个人承诺书和单位承诺书", DRAFT_FILES),
    ("ATT-05", "信用中国（云南昆明）", DRAFT_FILES),
    ("ATT-05", "信用服务", DRAFT_FILES),
    ("ATT-05", "昆明市信用承诺自主申报专栏", DRAFT_FILES),
    ("ATT-05", "承诺书下载", DRAFT_FILES),
    ("ATT-06", "昆明市社会保险个人参保证明", DRAFT_FILES),
    ("ROU-06", CHAIN, area_not_chosen),
    ("REV-01", Word("审核记录"), workbench_after(0)),
    ("REV-01", Word("申报表"), workbench_after(0)),
    ("REV-02", Alert("基层单位意见"), opinion_missing),
    ("REV-03", Word("通过"), workbench_after(0)),
    ("REV-03", Word("返回修改"), workbench_after(0)),
    ("REV-03", Word("重置流程"), workbench_after(0)),
    ("REV-03", Word("不通过"), workbench_after(0)),
    ("REV-09", Word("电子材料审核通过"), page_of(Status.PAPER, "/progress/{}")),
    ("OPN-01", Word("推荐方式"), workbench_after(0)),
    ("OPN-02", Alert("5 个工作日"), notice_too_short),
    ("OPN-02", Alert("公示"), notice_too_short),
    ("DOC-01", Word("专业技术职称申报评审表"), DRAFT_FORM),
    *(
        ("DOC-01", Word(label), DRAFT_FORM)
        for label in "姓 名,工作单位,主管部门,职称系列,申报职称,专业名称,填表时间".split(",")
    ),
    ("DOC-02", "表一：基本情况", DRAFT_FORM),
    ("DOC-02", "表二：主要学习和工作经历", DRAFT_FORM),
    ("DOC-02", "表三：专业技术工作总结", DRAFT_FORM),
    ("DOC-02", "表四：完成主要专业技术工作情况", DRAFT_FORM),
    ("DOC-02", "表五：承担课题（项目）情况", DRAFT_FORM),
    ("DOC-02", "表六：获得专利情况", DRAFT_FORM),
    ("DOC-02", "表七：获得表彰奖励情况", DRAFT_FORM),
    ("DOC-02", "表八：撰写著作和论文情况", DRAFT_FORM),
    ("DOC-02", "表九：参加继续教育和国际学术活动情况", DRAFT_FORM),
    ("DOC-02", "表十：个人承诺书", DRAFT_FORM),
    ("DOC-02", "表十一：年度考核情况（近五年）", DRAFT_FORM),
    ("DOC-02", "表十二：基层单位意见", DRAFT_FORM),
    ("DOC-02", "表十三：初级职称评审委员会评审记录", DRAFT_FORM),
    ("DOC-02", "表十四：中级职称评审委员会评审记录", DRAFT_FORM),
    ("DOC-02", "表十五：副高级职称评审委员会评审记录", DRAFT_FORM),
    ("DOC-02", "表十六：正高级职称评审委员会评审记录", DRAFT_FORM),
    ("DOC-02", "表十七：审核推荐意见和评审结果确认意见", DRAFT_FORM),
    ("DOC-03", Alert("当前状态不能打印申报表"), DRAFT_FORM),
    ("DOC-03", "当前状态不能打印申报表", page_of(Stage.UNIT, PDF)),
    ("X-04", Word("草稿"), page_of(Stage.UNIT, FORM)),
    ("MSG-01", Word("我的消息"), inbox_after(None)),
    ("MSG-01", Word("消息内容"), inbox_after(None)),
    ("MSG-01", Word("消息类型"), inbox_after(None)),
    ("MSG-01", Word("时间"), inbox_after(None)),
    ("MSG-01", Word("系统消息"), inbox_after(None)),
    ("MSG-02", Word("申报流程开始!"), inbox_after(None)),
    ("MSG-02", Word("重置流程"), inbox_after("reset")),
    ("MSG-02", "结果为：返回修改。审核意见如下：请补充证明", inbox_after("return_")),
    ("MSG-02", "结果为：不通过。审核意见如下：请补充证明", inbox_after("decline")),
    ("REC-01", Word("考核定职"), recognition_starts),
    ("REC-01", Word("申报评审"), recognition_starts),
    ("REC-04", "《云南省招工录用登记表》", recognition_questions),
    ("REC-04", "《事业单位聘用通知书》", recognition_questions),
    ("REC-05", "《教育部学历证书电子注册备案表》", recognition_conditions),
    ("REC-05", "招工录用登记表", recognition_conditions),
    ("REC-05", "聘用人员审批表", recognition_conditions),
    ("X-11", "聘用通知书", recognition_conditions),
    ("INT-02", Alert("诚信档案"), barred),
    ("INT-03", "职称代办", sign_in_page),
    ("INT-03", "职称包过", sign_in_page),
    ("INT-03", "职称代办", of_a_newcomer("/home/")),
    ("INT-03", "职称包过", of_a_newcomer("/home/")),
]  # fmt: skip


def named(value):
    return str(value) if isinstance(value, str) else value.__qualname__.split(".")[0]


@pytest.mark.once
@pytest.mark.parametrize(("requirement", "text", "produce"), ROWS, ids=named)
def test_the_reader_meets_the_quoted_words(house, requirement, text, produce):
    found = house.read(produce)
    places = {Word: found.lines, Alert: found.alerts, Verdict: found.verdict}
    assert plain(text) in places.get(type(text), found.text)


@pytest.mark.once
def test_every_requirement_listed_has_its_row_and_no_row_is_there_twice():
    assert Counter(COVERED.split()) == Counter(set(requirement for requirement, *_ in ROWS))
    assert len(ROWS) == len({(requirement, text, id(produce)) for requirement, text, produce in ROWS})
