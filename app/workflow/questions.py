"""The questions about who may apply, as data: what an answer asks for or bars, and the source's words (ELI-01…11).

Pure Python. Which level an examination gives (ELI-10) is the catalogue's; the cover says it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ..vocabulary import N_, Category, Document, Evidence, Kind, Level, Nature

Answers = Mapping[str, str]
YES, NO = "yes", "no"
YES_NO = ((YES, N_("是")), (NO, N_("否")))


@dataclass(frozen=True)
class Facts:
    """What is known without asking; None where it is not known yet."""

    kind: Kind
    document: Document | None = None
    nature: Nature | None = None
    level: Level | None = None
    category: Category | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """`bars` are the answers that keep one from applying, `advice` what to do then.

    `notes` say what follows from an answer, `proofs` what it is proved with. A day is answered as ISO text.
    """

    name: str
    requirement: str
    text: str
    rule: str
    options: tuple[tuple[str, str], ...] = YES_NO
    bars: frozenset[str] = frozenset()
    advice: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    proofs: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    when: Callable[[Facts, Answers], bool] = lambda facts, answers: True
    is_day: bool = False

    def accepts(self, answer: str) -> bool:
        if self.is_day:
            return _is_day(answer)
        return answer in dict(self.options)

    def word(self, answer: str) -> str:
        """The message of an answer; a day as it is."""
        return answer if self.is_day else dict(self.options)[answer]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text and text >= "1950-01-01"
    except ValueError:
        return False


EMPLOYEE, CONTRACT, DISPATCHED, FREELANCER, CIVIL_SERVANT, RETIRED = STATUSES = (
    "employee",
    "contract",
    "dispatched",
    "freelancer",
    "civil_servant",
    "retired",
)
AT_A_UNIT = (EMPLOYEE, CONTRACT, DISPATCHED)


def _of(*statuses: str) -> Callable[[Facts, Answers], bool]:
    return lambda facts, answers: answers.get("status") in statuses


def _in_review(*statuses: str) -> Callable[[Facts, Answers], bool]:
    return lambda facts, answers: facts.kind is Kind.REVIEW and answers.get("status") in statuses


WHO_MAY = N_(
    "与我市各类所有制企事业单位、经济组织、社会组织建立人事劳动关系的，直接从事专业技术工作的在职在岗专业技术人才"
    "（含港澳台地区人才、持有外国人来华工作许可证的外籍人）。"
)
FREELANCERS = N_(
    "本市符合条件并在专业领域工作1年以上的自由职业者（指跟体制或出资人不存在法律效力合作关系而拥有合法收入的个体，"
    "以个人名义参保、有个人纳税申报记录，所在行业无承接资质与企业行为挂钩的限制或禁止性要求），"
    "经人事代理机构或行业协会推荐，可参加职称评审。"
)
EXCLUDED = N_(
    "公务员（含参公管理的人员）、离退休人员（以评委会开评时间为准，不含被批准在延迟退休期内的人员）不得参加职称评审。"
)
TRANSFERRED = N_(
    "由单位安排工勤技能人员或管理人员在专业技术岗位上从事专业技术工作，并以单位正式行文形式确定其工作岗位变更时间。"
    "申报评审初级职称的，其从事专业技术工作年限以单位行文确定其工作岗位变更时间起计算；申报评审中、高级职称的，"
    "需提供《事业单位工作人员岗位（职务）变动工资审批表》，下一级专业技术职务的履职年限，以取得职称资格受聘并享有相应职务工资时间起算。"
)
SECONDED = N_(
    "借调人员未在本单位履行岗位职责的，不得以本单位名义申报职称。回到单位履职的人员，申报职称时，"
    "借调期间未承担本单位工作岗位职责任务时间，不计算在履职时间内。"
)
ADMINISTRATIVE = N_(
    "凡已从事行政工作未履行专业技术职责的不得申报评审职称。申报专业技术职称时，必须在专业技术岗位上并且从事与申报专业"
    "相一致的专业技术工作。"
)
DISPATCH_RULE = N_(
    "属劳务派遣公司的申报人员，还需提供劳务派遣公司和用人单位“双公示、双审核、双盖章”的相关证明材料及劳务派遣公司的派遣协议。"
)
RECOGNISED = N_(
    "具备规定学历（学位）和相应职业准入要求，从事本专业技术工作且符合相关系列（专业）职称评定条件的专业技术人员，"
    "聘用到专业技术岗位工作或见习期满后，经用人单位考核合格可认定相应专业技术职称。"
)
NEW_SERIES = N_(
    "专业技术人才变更相应系列（专业）同级职称资格的，须转换岗位后在现岗位工作满1年以上（转岗的相关证明可以是聘书、合同、单位证明等形式），"
    "再按照职称转系列（专业）评审程序进行申报。"
)

QUESTIONS: tuple[Question, ...] = (
    Question(
        "status",
        "ELI-01",
        N_("您现在的从业身份"),
        EXCLUDED,
        options=(
            (EMPLOYEE, N_("单位在职人员")),
            (CONTRACT, N_("事业单位编制外聘用人员（与事业单位签订劳动合同）")),
            (DISPATCHED, N_("劳务派遣人员（与派遣单位签订劳动合同）")),
            (FREELANCER, N_("自由职业者")),
            (CIVIL_SERVANT, N_("公务员（含参公管理的人员）")),
            (RETIRED, N_("离退休人员")),
        ),
        bars=frozenset({CIVIL_SERVANT}),
        advice=N_("公务员（含参公管理的人员）不能参加职称评审。身份已经变化的，改选现在的身份。"),
        notes={
            CONTRACT: N_("参照编制内同类聘用人员的条件和推荐程序，由聘用单位统一推荐申报。"),
            DISPATCHED: N_(
                "以派遣单位作为工作单位，按非公经济单位人员的程序推荐；公示、审核和盖章由派遣公司和用人单位各做一次（双公示、双审核、双盖章）。"
            ),
        },
        proofs={DISPATCHED: (Evidence.DISPATCH,)},
    ),
    Question(
        "permit",
        "ELI-01",
        N_("是否持有有效的外国人来华工作许可证"),
        WHO_MAY,
        bars=frozenset({NO}),
        advice=N_("取得外国人来华工作许可证后再申报。"),
        proofs={YES: (Evidence.WORK_PERMIT,)},
        when=lambda facts, answers: facts.document is Document.PASSPORT,
    ),
    Question(
        "in_post",
        "ELI-01",
        N_("是否在昆明市的单位在职在岗，直接从事与申报专业一致的专业技术工作"),
        WHO_MAY,
        bars=frozenset({NO}),
        advice=N_("到专业技术岗位上从事相应工作后再申报；在其他州、市工作的，向当地申报。"),
        when=_of(*AT_A_UNIT),
    ),
    Question(
        "seconded",
        "ELI-05",
        N_("现在是否借调在外，未在本单位履行岗位职责"),
        SECONDED,
        bars=frozenset({YES}),
        advice=N_("回到本单位履职后再申报；借调期间未承担本单位岗位职责的时间不计入履职年限。"),
        when=_of(*AT_A_UNIT),
    ),
    Question(
        "administrative",
        "ELI-05",
        N_("现在是否从事行政工作，不再履行专业技术职责"),
        ADMINISTRATIVE,
        bars=frozenset({YES}),
        advice=N_("回到专业技术岗位履行职责后再申报；履职年限按实际履行相应等级岗位职责的时间计算。"),
        when=_of(*AT_A_UNIT),
    ),
    Question(
        "freelance_year",
        "ELI-02",
        N_("是否已在申报的专业领域工作 1 年以上"),
        FREELANCERS,
        bars=frozenset({NO}),
        advice=N_("在专业领域工作满 1 年后再申报。"),
        when=_of(FREELANCER),
    ),
    Question(
        "freelance_insured",
        "ELI-02",
        N_("是否以个人名义参保，并有个人纳税申报记录"),
        FREELANCERS,
        bars=frozenset({NO}),
        advice=N_("以个人名义参保并有个人纳税申报记录后再申报；由单位参保的，按单位在职人员申报。"),
        proofs={YES: (Evidence.INSURED,)},
        when=_of(FREELANCER),
    ),
    Question(
        "freelance_licence",
        "ELI-02",
        N_("所在行业是否有承接资质与企业行为挂钩的限制或禁止性要求"),
        FREELANCERS,
        bars=frozenset({YES}),
        advice=N_("这类行业须由单位承接业务，到有资质的单位工作后再申报。"),
        when=_of(FREELANCER),
    ),
    Question(
        "freelance_recommended",
        "ELI-02",
        N_("是否由人事代理机构或行业协会推荐"),
        FREELANCERS,
        bars=frozenset({NO}),
        advice=N_("先联系人事代理机构或行业协会，由其推荐后再申报。"),
        proofs={YES: (Evidence.RECOMMENDED,)},
        when=_of(FREELANCER),
    ),
    Question(
        "delayed",
        "ELI-03",
        N_("评委会开评时，是否仍在被批准的延迟退休期内"),
        EXCLUDED,
        bars=frozenset({NO}),
        advice=N_("离退休人员不能参加职称评审；被批准延迟退休的，选“是”并上传批准文件。"),
        proofs={YES: (Evidence.DELAYED,)},
        when=_of(RETIRED),
    ),
    Question(
        "transferred",
        "ELI-04",
        N_("是否从工勤技能岗位或管理岗位转到现在的专业技术岗位"),
        TRANSFERRED,
        when=lambda facts, answers: (
            _in_review(EMPLOYEE, CONTRACT)(facts, answers)
            and facts.nature in (None, Nature.STATE_INSTITUTION)
        ),
    ),
    Question(
        "transfer_order",
        "ELI-04",
        N_("单位是否已完成岗位设置且专业技术岗位有空余，并以正式行文确定了岗位变更时间"),
        TRANSFERRED,
        bars=frozenset({NO}),
        advice=N_("单位完成岗位设置、有空余岗位并正式行文后再申报。"),
        notes={
            YES: N_(
                "申报初级的，从行文确定的岗位变更时间起计算年限；申报中、高级的，从取得职称资格受聘并享有相应职务工资时起计算。"
            )
        },
        proofs={YES: (Evidence.TRANSFER,)},
        when=lambda facts, answers: answers.get("transferred") == YES,
    ),
    Question(
        "postdoc",
        "ELI-06",
        N_("是否为出站后继续留在企业的博士后，并获得中国博士后科学基金资助或主持省部级以上科研项目"),
        N_(
            "企业博士后获得中国博士后科学基金资助或主持省部级以上科研项目，出站后继续留在企业的，可直接认定副高级职称。"
        ),
        notes={YES: N_("可以直接认定副高级职称；申报等级选“副高”。")},
        proofs={YES: (Evidence.POSTDOC,)},
        when=lambda facts, answers: (
            _in_review(EMPLOYEE)(facts, answers)
            and facts.nature in (None, Nature.STATE_ENTERPRISE, Nature.NON_PUBLIC)
        ),
    ),
    Question(
        "new_series",
        "ELI-09",
        N_("这次是否变更系列（专业），申报与现职称同级的职称"),
        NEW_SERIES,
        notes={
            YES: N_("变更系列后符合晋升条件的，在原系列岗位上的履职时间可连续计算。参评类别选“转系列评审”。")
        },
        when=_in_review(*AT_A_UNIT, FREELANCER, RETIRED),
    ),
    Question(
        "new_series_year",
        "ELI-09",
        N_("转换岗位后，是否已在现岗位工作满 1 年"),
        NEW_SERIES,
        bars=frozenset({NO}),
        advice=N_("在现岗位工作满 1 年后再申报转系列评审。"),
        proofs={YES: (Evidence.NEW_POST,)},
        when=lambda facts, answers: answers.get("new_series") == YES,
    ),
    Question(
        "skilled",
        "ELI-11",
        N_("是否为技能人才"),
        N_("可以。具体条件参看各系列（专业）评审标准。"),
        notes={YES: N_("技能人才可以申报，具体条件参看各系列（专业）评审标准。")},
        when=_in_review(*AT_A_UNIT),
    ),
    Question(
        "graduate",
        "REC-01",
        N_("是否为正规院校（含技工院校）毕业，学历或学位符合考核定职的要求"),
        RECOGNISED,
        bars=frozenset({NO}),
        advice=N_("考核定职面向正规院校毕业生；其他情形选择“申报评审”。"),
        when=lambda facts, answers: facts.kind is Kind.RECOGNITION,
    ),
    Question(
        "employed_on",
        "REC-04",
        N_("招工录用或聘用时间"),
        N_(
            "以《云南省招工录用登记表》或《事业单位聘用通知书》上的记载时间为依据，计算履职年限并确定认定时间。"
        ),
        is_day=True,
        when=lambda facts, answers: facts.kind is Kind.RECOGNITION,
    ),
    Question(
        "assessed",
        "REC-04",
        N_("用人单位考核是否合格"),
        RECOGNISED,
        bars=frozenset({NO}),
        advice=N_("经用人单位考核合格后再申报考核定职。"),
        when=lambda facts, answers: facts.kind is Kind.RECOGNITION,
    ),
    Question(
        "entry",
        "REC-04",
        N_("是否具备本专业的职业准入要求（没有准入要求的选“是”）"),
        RECOGNISED,
        bars=frozenset({NO}),
        advice=N_("取得相应的职业资格后再申报。"),
        when=lambda facts, answers: facts.kind is Kind.RECOGNITION,
    ),
)
BY_NAME: Mapping[str, Question] = {each.name: each for each in QUESTIONS}
