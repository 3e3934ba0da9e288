"""Why a person is stuck, in the sentences he reads himself (SUP-01).

Nothing is worked out anew: account, dossier, route, window and counters are asked as his own pages ask them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _

from ..accounts.operations import Locks, is_locked
from ..apply.gaps import FILLABLE, Fix, fixes, missing
from ..apply.progress import history_of, last_setback, paper_of
from ..dossier.locks import lock_of, refusal_for
from ..errors import NoRoute
from ..models import Application, Committee, Person, Unit
from ..vocabulary import CommitteeTier, Status
from ..web.deadlines import deadline
from ..web.shell import moment
from ..workflow.guards import barring_record
from ..workflow.routing import build
from ..workflow.rules import Counters


@dataclass(frozen=True)
class Blocker:
    """What stands in the way, who has to act where it is not the caller, and what he has to do."""

    text: str
    who: str = ""
    todo: str = ""


def of_account(user: User, locks: Locks, at: datetime) -> Iterator[Blocker]:
    """Why he cannot get in."""
    if not user.active:
        yield Blocker(_("账号已停用，不能登录。"), _("安全管理员"))
    if is_locked(user, locks=locks, at=at):
        until = moment(user.locked_at + locks.length) if locks.length else ""
        yield Blocker(
            _("密码连续输错，账号已锁定，%(until)s 自动解锁。", until=until)
            if until
            else _("密码连续输错，账号已锁定。"),
            _("热线"),
            _("登记工单后解锁。"),
        )
    if user.must_change_password:
        yield Blocker(_("登录后要先修改密码，改完才能打开其他页面。"))
    if user.recovery_paused_until and user.recovery_paused_until > at:
        yield Blocker(
            _(
                "手机号刚由热线更换，%(until)s 前不能用短信验证码找回密码。",
                until=moment(user.recovery_paused_until),
            )
        )


def of_person(person: Person, application: Application | None, at: datetime) -> list[Blocker]:
    """Why he cannot hand in, or what he is waiting for."""
    found = list(_of_application(application, at)) if application else []
    if application is None or application.status in FILLABLE:
        found += _lacking(fixes(missing(person, application, at=at), ""))
    locked = lock_of(person)
    if locked is not None and (application is None or locked.id != application.id):
        refusal = refusal_for(locked)
        found.append(Blocker(_(refusal.message, **refusal.params), str(refusal.params["office"])))
    return found


def _lacking(gaps: list[Fix]) -> Iterator[Blocker]:
    """A line an area; what somebody else has to do is a line of its own."""
    own = [each for each in gaps if not each.who]
    for area in dict.fromkeys(each.area for each in own):
        yield Blocker(
            _(
                "%(area)s：%(what)s",
                area=area,
                what=_("；").join(each.what for each in own if each.area == area),
            )
        )
    for each in gaps:
        if each.who:
            yield Blocker(_("%(area)s：%(what)s", area=each.area, what=each.what), each.who, each.todo)


def of_unit(unit: Unit) -> list[Blocker]:
    """Why the people of this unit cannot hand in (UNI-03, UNI-04, UNI-06)."""
    found = []
    lacking = unit.missing
    if lacking:
        found.append(
            Blocker(
                _("单位信息不完整，请联系单位完善"), unit.name,
                _("还差：%(fields)s", fields=_("、").join(_(each) for each in lacking)),
            )
        )  # fmt: skip
    else:
        try:
            build(unit, Committee(name="", tier=CommitteeTier.CITY))
        except NoRoute as error:
            found.append(Blocker(_(error.message), error.who, _(error.todo, **error.params)))
    if unit.verified_at is None:
        found.append(Blocker(_("单位还没有核验：经办人看不到扫描件，不能发起重置密码。")))
    return found


def _of_application(application: Application, at: datetime) -> Iterator[Blocker]:
    status, round_ = application.status, application.round
    barred = barring_record(application.applicant, at)
    if barred is not None:
        yield Blocker(_("诚信档案记录期至 %(until)s，期内不能申报。", until=barred.until.isoformat()))
    if status is Status.IN_REVIEW:
        yield _waiting(application, at)
    if status in FILLABLE:
        yield from _setback(application)
    if status is Status.RETURNED and round_ is not None:
        counters = Counters(application.chances_used, application.opinions_used)
        yield Blocker(
            _(
                "已返回修改，%(until)s 前修改后再次提交；还能返回修改或重置流程 %(left)s 次。",
                until=deadline(round_.corrections_until),
                left=counters.chances_left,
            )
            if at < round_.corrections_until
            else _("补正截止时间 %(until)s 已过，不能再次提交。", until=deadline(round_.corrections_until))
        )
    if status in (Status.DECLINED, Status.FAILED, Status.LAPSED):
        yield Blocker(_("%(status)s：本年度不能再次申报。", status=_(status.label)))
    paper = paper_of(application)
    if status is Status.PAPER and paper is not None:
        state = _(paper.page.state.label) if paper.page else _("待提交")
        yield Blocker(
            _(
                "电子材料审核已经通过，盖章的表十七：%(state)s，由%(office)s接收。",
                state=state,
                office=paper.office,
            )
        )
    if status is Status.WITHDRAWN:
        yield Blocker(_("申报已撤回。申报窗口关闭前可以继续申报。"))


def _setback(application: Application) -> Iterator[Blocker]:
    """Who sent it back last, and what he wrote."""
    decision = last_setback(history_of(application))
    if decision is not None and decision.organisation is not None:
        yield Blocker(
            _(
                "%(office)s于 %(at)s %(event)s，意见：%(opinion)s",
                office=decision.organisation.name,
                at=moment(decision.at),
                event=_(decision.event.label),
                opinion=decision.opinion,
            )
        )


def _waiting(application: Application, at: datetime) -> Blocker:
    assert application.holder and application.stage
    refusal = refusal_for(application)
    since = application.waiting_since or at
    days = (at.date() - since.date()) // timedelta(days=1)
    return Blocker(
        _(
            "在“%(office)s”%(stage)s，%(since)s 收到，已 %(days)s 天。",
            office=application.holder.name,
            stage=_(application.stage.label),
            since=moment(since),
            days=days,
        ),
        application.holder.name,
        _(refusal.message, **refusal.params),
    )
