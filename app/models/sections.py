"""The 13 sections of the dossier, each declared once (SEC-01…SEC-13).

A declaration gives the section its form, its list, its part of completeness, its table in the
form and its place in the snapshot. To add a field, add a line; to add a section, add a class.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ..vocabulary import N_
from .columns import Json, Moment, Pk, to
from .fields import Section, field, period_in_order, periods_apart


class SectionRow(Model):
    """A record of a section: it belongs to a person and has a place in the person's list."""

    __abstract__ = True
    section: ClassVar[Section]

    id: Mapped[Pk]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    # Values of custom fields by name (FormVersion); a date is ISO text there.
    extra: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return to("person", ondelete="CASCADE")  # type: ignore[no-any-return]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class TitleHeld(SectionRow):
    __tablename__ = "title_held"
    section = Section(
        "titles-held",
        N_("现有职称情况"),
        table=1,
        intro=N_("没有职称的不用填写；申报表只印当前已聘最高职称"),
        title_of=("qualification",),
        attachment=N_("职称证书"),
        attachment_required=True,
    )

    certificate_no: Mapped[str] = field(N_("证书编号"), 60)
    profession_id: Mapped[int] = field(N_("职称专业"), tree="profession")
    qualification: Mapped[str] = field(
        N_("资格名称"), 60, suggest="titles", hint=N_("如“馆员”“工程师”，写全称")
    )
    obtained_by: Mapped[str] = field(
        N_("职称获取方式"), choices=(N_("评审"), N_("考核定职"), N_("考试"), N_("转系列"), N_("确认"))
    )
    category: Mapped[str | None] = field(
        N_("参评类型"), choices=(N_("正常评审"), N_("考核定职"), N_("转系列评审"), N_("破格评审"))
    )
    evaluated_by: Mapped[str] = field(
        N_("评审组织"),
        100,
        suggest="committees",
        other=N_("其他（目录中没有）"),
        hint=N_("输入关键字后从列表中选择；列表中没有的，写证书上的全称并勾选“其他”"),
    )
    awarded_on: Mapped[date] = field(N_("资格认定时间"), not_future=True)
    approval_document: Mapped[str | None] = field(N_("批复文件"), 100, listed=False)
    employed: Mapped[bool] = field(N_("是否聘任"))


class Education(SectionRow):
    __tablename__ = "education"
    section = Section(
        "education",
        N_("学历情况"),
        table=1,
        required=True,
        intro=N_("从中专起填写，每个学历一条"),
        title_of=("school", "degree_level"),
        attachment=N_("毕业证书和学位证书"),
    )

    school: Mapped[str] = field(N_("毕业学校"), 100, hint=N_("写全称，不得使用简称"))
    major_id: Mapped[int] = field(N_("所学专业"), tree="major")
    degree_level: Mapped[str] = field(
        N_("学历"),
        choices=(
            N_("中专"),
            N_("技工院校中级工班"),
            N_("技工院校高级工班"),
            N_("技工院校预备技师（技师）班"),
            N_("大专"),
            N_("大学本科"),
            N_("硕士研究生"),
            N_("博士研究生"),
        ),
    )
    degree: Mapped[str] = field(
        N_("学位"), choices=(N_("无"), N_("学士"), N_("双学士"), N_("硕士"), N_("博士"))
    )
    mode: Mapped[str] = field(
        N_("学习形式"),
        choices=(N_("全日制"), N_("函授"), N_("业余"), N_("自学考试"), N_("网络教育"), N_("其他")),
    )
    graduated_on: Mapped[date] = field(N_("毕业时间"), not_future=True)
    certificate_no: Mapped[str | None] = field(N_("毕业证书编号"), 60, listed=False)


class StudyHistory(SectionRow):
    __tablename__ = "study_history"
    section = Section(
        "study-history",
        N_("学习经历"),
        table=2,
        required=True,
        intro=N_("从最早的学习经历写起；顺序就是申报表里的顺序"),
        check=(period_in_order,),
        warn=(periods_apart,),
        title_of=("school",),
    )

    school: Mapped[str] = field(N_("就读学校"), 100, hint=N_("写全称，不得使用简称"))
    major_id: Mapped[int] = field(N_("所学专业"), tree="major")
    start: Mapped[date] = field(N_("开始时间"), not_future=True)
    end: Mapped[date] = field(N_("结束时间"))
    witness: Mapped[str] = field(N_("证明人"), 30, hint=N_("填写 1 位知情人的姓名，不需要电话"))
    duty: Mapped[str] = field(N_("担任职务"), 50, word=N_("无"))


class WorkHistory(SectionRow):
    __tablename__ = "work_history"
    section = Section(
        "work-history",
        N_("工作经历"),
        table=2,
        required=True,
        intro=N_("按时间先后填写；还在职的，结束时间勾选“至今”"),
        check=(period_in_order,),
        warn=(periods_apart,),
        title_of=("employer",),
        attachment=N_("劳动合同、劳动合同备案表或社保证明"),
    )

    employer: Mapped[str] = field(N_("单位名称"), 100, hint=N_("写全称，不得使用简称"))
    profession_id: Mapped[int] = field(N_("从事专业"), tree="profession")
    start: Mapped[date] = field(N_("开始时间"), not_future=True)
    end: Mapped[date | None] = field(N_("结束时间"), empty=N_("至今"))
    witness: Mapped[str] = field(N_("证明人"), 30, hint=N_("填写 1 位知情人的姓名，不需要电话"))
    duty: Mapped[str] = field(N_("担任职务"), 50, word=N_("无"))


class WorkSummary(SectionRow):
    __tablename__ = "work_summary"
    __table_args__ = (UniqueConstraint("owner_id", "year"),)
    section = Section(
        "work-summary",
        N_("专业技术工作总结"),
        table=3,
        required=True,
        intro=N_("每年一条，每条 2000 字以内"),
        title_of=("year",),
    )

    year: Mapped[int] = field(N_("年份"), minimum=1950, maximum=2100)
    content: Mapped[str] = field(N_("总结内容"), 2000)


class MainWork(SectionRow):
    __tablename__ = "main_work"
    section = Section(
        "main-work",
        N_("完成主要专业技术工作情况"),
        table=4,
        intro=N_("填写任现职以来完成的主要专业技术工作"),
        check=(period_in_order,),
        title_of=("content",),
    )

    start: Mapped[date] = field(N_("开始时间"), not_future=True)
    end: Mapped[date | None] = field(N_("结束时间"), empty=N_("至今"))
    duty: Mapped[str] = field(N_("担任职务"), 50, word=N_("无"))
    content: Mapped[str] = field(N_("工作内容"), 500)
    effect: Mapped[str | None] = field(N_("工作成效"), 200)


class Project(SectionRow):
    __tablename__ = "project"
    section = Section(
        "projects",
        N_("承担课题（项目）情况"),
        table=5,
        intro=N_("填写承担的课题或项目及完成情况"),
        check=(period_in_order,),
        title_of=("name",),
    )

    start: Mapped[date] = field(N_("开始时间"), not_future=True)
    end: Mapped[date | None] = field(N_("结束时间"), empty=N_("进行中"))
    name: Mapped[str] = field(N_("课题项目名称"), 100)
    outcome: Mapped[str | None] = field(N_("完成情况"), 200)


class IntellectualProperty(SectionRow):
    __tablename__ = "intellectual_property"
    section = Section(
        "intellectual-property",
        N_("获得知识产权情况"),
        table=6,
        intro=N_("填写已获批准的专利、软件著作权等"),
        title_of=("name",),
    )

    name: Mapped[str] = field(N_("知识产权名称"), 100)
    number: Mapped[str | None] = field(N_("知识产权号"), 60)
    category: Mapped[str] = field(
        N_("知识产权类别"),
        choices=(
            N_("发明专利"),
            N_("实用新型"),
            N_("外观设计"),
            N_("软件著作权"),
            N_("植物新品种权"),
            N_("其他"),
        ),
    )
    approved_on: Mapped[date | None] = field(N_("批准时间"), not_future=True)


class Award(SectionRow):
    __tablename__ = "award"
    section = Section(
        "awards",
        N_("表彰奖励情况"),
        table=7,
        intro=N_("集体奖填写本人在集体中的名次"),
        title_of=("name",),
    )

    name: Mapped[str] = field(N_("奖名称"), 100)
    type: Mapped[str] = field(
        N_("类型"), choices=(N_("荣誉称号"), N_("科技奖"), N_("教学成果奖"), N_("业务竞赛奖"), N_("其他"))
    )
    grade: Mapped[str] = field(
        N_("奖级"), choices=(N_("国家级"), N_("省部级"), N_("市级"), N_("县区级"), N_("本单位"), N_("其他"))
    )
    rank: Mapped[str] = field(
        N_("奖励级别"),
        choices=(
            N_("特等奖"),
            N_("一等奖"),
            N_("二等奖"),
            N_("三等奖"),
            N_("优秀奖"),
            N_("个人荣誉称号"),
            N_("其他"),
        ),
    )
    approved_on: Mapped[date] = field(N_("批准时间"), not_future=True)
    approved_by: Mapped[str] = field(N_("批准机关"), 100)
    own_rank: Mapped[int] = field(
        N_("本人排名"), minimum=1, maximum=999, hint=N_("填整数；集体奖填本人名次，如排第 3 位填 3")
    )
    own_part: Mapped[str] = field(N_("本人承担任务"), 100)


class Book(SectionRow):
    __tablename__ = "book"
    section = Section(
        "books",
        N_("撰写著作情况"),
        table=8,
        intro=N_("未出版的，出版日期填完成日期，出版单位勾选“未出版”或填“暂无”"),
        title_of=("name",),
    )

    name: Mapped[str] = field(N_("著作名称"), 100)
    published_on: Mapped[date] = field(N_("出版日期"))
    type: Mapped[str] = field(
        N_("著作类型"), choices=(N_("独著"), N_("合著"), N_("编著"), N_("译著"), N_("其他"))
    )
    level: Mapped[str | None] = field(
        N_("级别"), choices=(N_("国家级出版社"), N_("省部级出版社"), N_("其他出版社"), N_("未出版"))
    )
    rank: Mapped[str | None] = field(N_("排名"), 30)
    publisher: Mapped[str | None] = field(
        N_("出版单位"), 100, word=N_("未出版"), word_note=N_("出版日期填完成日期")
    )
    own_part: Mapped[str] = field(N_("本人承担部分"), 100)


class Paper(SectionRow):
    __tablename__ = "paper"
    section = Section(
        "papers",
        N_("撰写论文情况"),
        table=8,
        intro=N_("未发表的，发表日期填完成日期，发表刊物勾选“未发表”或填“暂无”"),
        title_of=("name",),
    )

    name: Mapped[str] = field(N_("论文名称"), 100)
    published_on: Mapped[date] = field(N_("发表日期"))
    journal: Mapped[str] = field(N_("发表刊物"), 100, word=N_("未发表"), word_note=N_("发表日期填完成日期"))
    level: Mapped[str | None] = field(
        N_("级别"), choices=(N_("核心期刊"), N_("国家级"), N_("省部级"), N_("市级"), N_("其他"), N_("未发表"))
    )
    type: Mapped[str | None] = field(N_("类型"), choices=(N_("独著"), N_("第一作者"), N_("合著"), N_("其他")))
    own_part: Mapped[str | None] = field(N_("本人承担部分"), 100)


class ContinuingEducation(SectionRow):
    __tablename__ = "continuing_education"
    section = Section(
        "continuing-education",
        N_("参加继续教育和国际学术活动情况"),
        table=9,
        intro=N_("还在进行的，结束时间选当天"),
        check=(period_in_order,),
        title_of=("name",),
        also=((N_("天数"), "days"),),
    )

    start: Mapped[date] = field(N_("开始时间"), not_future=True)
    end: Mapped[date] = field(N_("结束时间"))
    name: Mapped[str] = field(N_("名称（全称）"), 100)
    organizer: Mapped[str] = field(N_("举办单位"), 100)
    place: Mapped[str] = field(N_("举办地点"), 60)
    content: Mapped[str] = field(N_("主要内容"), 200)

    @property
    def days(self) -> int:
        """Both days count (SEC-12)."""
        return (self.end - self.start).days + 1


class AnnualAssessment(SectionRow):
    __tablename__ = "annual_assessment"
    __table_args__ = (UniqueConstraint("owner_id", "year"),)
    section = Section(
        "annual-assessment",
        N_("年度考核情况（近五年）"),
        table=11,
        required=True,
        intro=N_("填写近 5 年的考核结果，每年一条"),
        title_of=("year",),
        years=5,
    )

    year: Mapped[int] = field(N_("年份"), minimum=1950, maximum=2100)
    grade: Mapped[str] = field(
        N_("考核等级"), choices=(N_("优秀"), N_("合格"), N_("基本合格"), N_("不合格"), N_("未定等次"))
    )
    head: Mapped[str | None] = field(N_("部门负责人"), 30)


SECTIONS: tuple[type[SectionRow], ...] = (
    TitleHeld,
    Education,
    StudyHistory,
    WorkHistory,
    WorkSummary,
    MainWork,
    Project,
    IntellectualProperty,
    Award,
    Book,
    Paper,
    ContinuingEducation,
    AnnualAssessment,
)
SECTION_OF: dict[str, type[SectionRow]] = {model.section.slug: model for model in SECTIONS}


class RemovedRecord(Model):
    """A deleted record as it was, so that its deletion can be taken back for a moment."""

    __tablename__ = "removed_record"

    id: Mapped[Pk]
    owner_id: Mapped[int] = to("person", ondelete="CASCADE")
    slug: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    attachment_ids: Mapped[Json]
    removed_at: Mapped[datetime] = mapped_column(Moment)


class NothingToDeclare(Model):
    """The person's answer 本人没有此项 to an optional section: an answer, not a gap (X-07)."""

    __tablename__ = "nothing_to_declare"
    __table_args__ = (UniqueConstraint("owner_id", "slug"),)

    id: Mapped[Pk]
    owner_id: Mapped[int] = to("person", ondelete="CASCADE")
    slug: Mapped[str] = mapped_column()
