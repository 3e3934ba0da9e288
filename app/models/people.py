"""Accounts and persons. The account is FAB's User with our columns; Person is the dossier's first page."""

from datetime import date, datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..protection import INDEX_LENGTH, Indexed, Sealed, index_column, keep_index
from ..vocabulary import N_, Document, Joining, Purpose
from .columns import Moment, Pk, to, word
from .fields import field
from .organisations import Unit
from .reference import Major, Profession

# FAB looks accounts up through the name "User"; a subclass would give one row two identities (fab.md 2).
for name, column in {
    "document": Column(
        word(Document), nullable=False, default=Document.RESIDENT, server_default=Document.RESIDENT
    ),
    "id_number": Column(Sealed("ab_user.id_number"), unique=True),
    "id_number_index": index_column(unique=True),
    "id_number_tail": index_column(),
    "mobile": Column(Sealed("ab_user.mobile"), unique=True),
    "mobile_index": index_column(unique=True),
    "locked_at": Column(Moment),
    "must_change_password": Column(Boolean, nullable=False, default=False, server_default="0"),
    # Until then the account cannot be recovered by SMS: its mobile was changed by the hotline (B10).
    "recovery_paused_until": Column(Moment),
    # The shared secret of the authenticator app; it counts once `factor_confirmed_at` is set (A06).
    "factor_secret": Column(Sealed("ab_user.factor_secret", 64)),
    "factor_confirmed_at": Column(Moment),
    # The last time step whose code was used, so that none is good twice.
    "factor_step": Column(Integer),
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
        N_("联系手机"),
        20,
        required=True,
        hint=N_("填写现在本人常用的手机号"),
        group=CONTACT,
        sealed="person.contact_mobile",
    )
    contact_mobile_index: Mapped[str | None] = mapped_column(String(INDEX_LENGTH))
    email: Mapped[str | None] = field(N_("邮箱"), 100, required=True, group=CONTACT)
    home_address: Mapped[str | None] = field(N_("家庭住址"), 100, required=True, group=CONTACT)
    postcode: Mapped[str | None] = field(N_("邮政编码"), 6, required=True, group=CONTACT)
    office: Mapped[str | None] = field(N_("所在部门"), 60, required=True, group=WORK)
    position: Mapped[str | None] = field(N_("行政职务"), 60, required=True, word=N_("无"), group=WORK)
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


class Employment(Model):
    """A person's place at a unit: asked for by the one, confirmed by the other, ended by either (B08).

    At most one is open a person, that of `Person.unit_id`. An ended one gives its unit no access; it
    is kept because who was ever there decides who may unlock (ACC-09).
    """

    __tablename__ = "employment"
    __table_args__ = (
        Index(
            "uq_employment_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_employment_unit", "unit_id", "ended_at", "person_id"),
    )

    id: Mapped[Pk]
    person_id: Mapped[int] = to("person", ondelete="CASCADE")
    unit_id: Mapped[int] = to("unit", index=False)
    status: Mapped[Joining] = mapped_column(word(Joining), default=Joining.ASKED)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    by_id: Mapped[int | None] = to("ab_user", index=False)
    reason: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()


class SignIn(Model):
    """A signed-in browser. The cookie carries the key only; the row decides whether it still counts (A01)."""

    __tablename__ = "sign_in"

    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE")
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    # When the password was last proved in this browser; changes of the account itself ask for it anew (A12).
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship()


class KnownDevice(Model):
    """A browser in which the person has signed in before; its tries are counted apart (A05).

    Someone elsewhere who guesses wrong locks himself out, not the person at this browser. People who
    share a browser share its key, and have a row each.
    """

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    id: Mapped[Pk]
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE", index=False)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    failures: Mapped[int] = mapped_column(default=0)
    locked_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCode(Model):
    """One of the codes printed for the day the authenticator is lost; good once (A06)."""

    __tablename__ = "recovery_code"

    id: Mapped[Pk]
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE")
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class ResetLink(Model):
    """A link by which a person chooses a new password; goes to the person only, once, for a day (A11)."""

    __tablename__ = "reset_link"

    id: Mapped[Pk]
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE")
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    by_id: Mapped[int | None] = to("ab_user", index=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Draft(Model):
    """What a person had typed into a page when his session ended, kept for his return (A03)."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "path"),)

    id: Mapped[Pk]
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE", index=False)
    path: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    # Two windows on one page: each saves over the version it saw, or is told of the other (E02).
    version: Mapped[int] = mapped_column(default=1)


class SmsCode(Model):
    """A code sent to a mobile, kept as a digest, good once for one purpose in one browser (A09)."""

    __tablename__ = "sms_code"

    id: Mapped[Pk]
    mobile: Mapped[str] = mapped_column(Indexed, index=True)
    purpose: Mapped[Purpose] = mapped_column(word(Purpose))
    browser: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SmsQuota(Model):
    """How many codes a mobile got on a Shanghai day; raised by one guarded statement (ACC-03).

    Rows of another `scope` count for an address, and for everyone together (A10): `mobile` is then
    the index of that.
    """

    __tablename__ = "sms_quota"
    __table_args__ = (
        UniqueConstraint("mobile", "day"),
        CheckConstraint("sent >= 0", name="ck_sms_quota_sent"),
    )

    id: Mapped[Pk]
    mobile: Mapped[str] = mapped_column(Indexed)
    scope: Mapped[str] = mapped_column(String(10), default="mobile")
    day: Mapped[date]
    sent: Mapped[int] = mapped_column(default=0)


class IntegrityRecord(Model):
    """A person's entry in the integrity archive; no declaration until it ends (INT-01, INT-02)."""

    __tablename__ = "integrity_record"

    id: Mapped[Pk]
    id_number: Mapped[str] = mapped_column(Sealed("integrity_record.id_number"))
    id_number_index: Mapped[str] = mapped_column(String(INDEX_LENGTH), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    starts_on: Mapped[date]
    until: Mapped[date]

    def __repr__(self) -> str:
        return f"{self.starts_on} – {self.until}"


def _in_lower_case(_row: User, name: str, _old: object, _initiator: object) -> str:
    """Capitals tell no two user names apart: not at sign-in, so not in the column either (A07)."""
    return name.lower()


event.listen(User.username, "set", _in_lower_case, retval=True)
keep_index(User, "id_number", tail=True)
keep_index(User, "mobile")
keep_index(Person, "contact_mobile")
keep_index(IntegrityRecord, "id_number")
