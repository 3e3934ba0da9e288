"""Accounts and persons. The account is FAB's User with our columns; Person is the dossier's first page."""

from datetime import date, datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Boolean, CheckConstraint, Column, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..vocabulary import N_, Purpose
from .columns import Moment, Pk, to, word
from .fields import field
from .organisations import Unit
from .reference import Major, Profession

# FAB looks accounts up through the name "User"; a subclass would give one row two identities (fab.md 2).
for name, column in {
    "id_number": Column(String(18), unique=True),
    "mobile": Column(String(20), unique=True),
    "locked_at": Column(Moment),
    "must_change_password": Column(Boolean, nullable=False, default=False, server_default="0"),
}.items():
    setattr(User, name, column)

ETHNICITIES = tuple(
    "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 傈僳族 "
    "佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 "
    "阿昌族 普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 "
    "珞巴族 基诺族 其他".split()
)
GENDERS = (N_("男"), N_("女"))
POLITICAL_STATUSES = (
    N_("中共党员"),
    N_("中共预备党员"),
    N_("共青团员"),
    N_("民主党派"),
    N_("无党派人士"),
    N_("群众"),
)
BASICS, TENURE, CONTACT, WORK = N_("基本资料"), N_("任职与从业年限"), N_("联系信息"), N_("工作信息")


class Person(Model):
    """Personal information (PRO-01…08). Name, ID number and sign-in mobile are the account's."""

    __tablename__ = "person"

    id: Mapped[int] = to("ab_user", primary_key=True, index=False, ondelete="CASCADE")
    former_name: Mapped[str | None] = field(N_("曾用名"), 50, group=BASICS)
    gender: Mapped[str | None] = field(N_("性别"), choices=GENDERS, required=True, group=BASICS)
    birth_date: Mapped[date | None] = field(N_("出生年月"), required=True, not_future=True, group=BASICS)
    native_place: Mapped[str | None] = field(
        N_("籍贯（或国籍）"), 60, required=True, hint=N_("填写到省、市（县），如“云南昆明”"), group=BASICS
    )
    ethnicity: Mapped[str | None] = field(N_("民族"), choices=ETHNICITIES, required=True, group=BASICS)
    political_status: Mapped[str | None] = field(
        N_("政治面貌"), choices=POLITICAL_STATUSES, required=True, group=BASICS
    )
    major_id: Mapped[int | None] = field(
        N_("所学专业"), tree="major", required=True, hint=N_("输入专业名称后从列表中选择"), group=BASICS
    )
    societies: Mapped[str | None] = field(N_("参加学术组织及担任职务"), 200, group=BASICS)
    tenure_years: Mapped[int | None] = field(
        N_("现职称（同级）履职年限（年）"),
        required=True,
        minimum=0,
        maximum=60,
        hint=N_("没有职称的填 0"),
        group=TENURE,
    )
    tenure_months: Mapped[int | None] = field(
        N_("现职称（同级）履职年限（月）"), required=True, minimum=0, maximum=11, group=TENURE
    )
    practice_years: Mapped[int | None] = field(
        N_("从事专业技术工作年限（年）"), required=True, minimum=0, maximum=60, group=TENURE
    )
    practice_months: Mapped[int | None] = field(
        N_("从事专业技术工作年限（月）"), required=True, minimum=0, maximum=11, group=TENURE
    )
    contact_mobile: Mapped[str | None] = field(
        N_("联系手机"), 20, required=True, hint=N_("填写现在本人常用的手机号"), group=CONTACT
    )
    email: Mapped[str | None] = field(N_("邮箱"), 100, required=True, group=CONTACT)
    home_address: Mapped[str | None] = field(N_("家庭住址"), 100, required=True, group=CONTACT)
    postcode: Mapped[str | None] = field(N_("邮政编码"), 6, required=True, group=CONTACT)
    office: Mapped[str | None] = field(N_("所在部门"), 60, required=True, group=WORK)
    position: Mapped[str | None] = field(
        N_("行政职务"), 60, required=True, hint=N_("没有的填“无”"), group=WORK
    )
    profession_id: Mapped[int | None] = field(
        N_("现从事专业"), tree="profession", required=True, hint=N_("输入专业名称后从列表中选择"), group=WORK
    )
    unit_id: Mapped[int | None] = to("unit")
    version: Mapped[int] = mapped_column(default=1)

    account: Mapped[User] = relationship(foreign_keys=[id])
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    major: Mapped[Major | None] = relationship()
    profession: Mapped[Profession | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return str(self.account)


class SignIn(Model):
    """A signed-in browser. The cookie carries the key only; the row decides whether it still counts (A01)."""

    __tablename__ = "sign_in"

    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE")
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship()


class SmsCode(Model):
    """A code sent to a mobile, kept as a digest, good once for one purpose in one browser (A09)."""

    __tablename__ = "sms_code"

    id: Mapped[Pk]
    mobile: Mapped[str] = mapped_column(String(20), index=True)
    purpose: Mapped[Purpose] = mapped_column(word(Purpose))
    browser: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SmsQuota(Model):
    """How many codes a mobile got on a Shanghai day; raised by one guarded statement (ACC-03)."""

    __tablename__ = "sms_quota"
    __table_args__ = (
        UniqueConstraint("mobile", "day"),
        CheckConstraint("sent >= 0", name="ck_sms_quota_sent"),
    )

    id: Mapped[Pk]
    mobile: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    sent: Mapped[int] = mapped_column(default=0)


class IntegrityRecord(Model):
    """A person's entry in the integrity archive; no declaration until it ends (INT-01, INT-02)."""

    __tablename__ = "integrity_record"
    __table_args__ = (Index("ix_integrity_record_id_number", "id_number"),)

    id: Mapped[Pk]
    id_number: Mapped[str] = mapped_column(String(18))
    reason: Mapped[str] = mapped_column(String(500))
    starts_on: Mapped[date]
    until: Mapped[date]

    def __repr__(self) -> str:
        return f"{self.starts_on} – {self.until}"
