"""Many failed sign-ins in a short time, over all names and addresses: somebody is trying passwords (A05)."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from ..audit import record
from ..extensions import db
from ..messages.operations import tell
from ..models import AuditEntry, AuditHead, Membership
from ..vocabulary import N_, Result, Role
from .locks import LOCK, MISS

SPAN, QUIET = timedelta(minutes=10), timedelta(hours=1)
ALARM = "sign_in_alarm"
TEXT = N_(
    "最近 %(minutes)s 分钟内有 %(n)s 次以上登录失败，可能有人在批量试探密码。"
    "请审计员在操作记录中查看来源地址，必要时在网关封禁。一小时内不再重复提醒。"
)


def watch_sign_ins(threshold: int, *, at: datetime) -> bool:
    """Tell the security administrators, once an hour, when there were so many failures; zero: never.

    The chain's lock decides between two that notice at once.
    """
    if not threshold or _failures(at, threshold) < threshold:
        return False
    db.session.execute(select(AuditHead.id).with_for_update())
    told = (
        select(AuditEntry.id)
        .where(AuditEntry.action == ALARM, AuditEntry.at > at - QUIET, AuditEntry.at <= at)
        .limit(1)
    )
    if db.session.scalar(told) is not None:
        return False
    guards = db.session.scalars(
        select(Membership.user_id).where(Membership.role == Role.SECURITY_ADMIN).distinct()
    ).all()
    tell(guards, TEXT % {"minutes": int(SPAN.total_seconds() // 60), "n": threshold}, at=at)
    record(ALARM, at=at, object_type="SignIn", detail=str(threshold))
    return True


def _failures(at: datetime, enough: int) -> int:
    """How many tries failed lately; counted no further than `enough`."""
    found = (
        select(AuditEntry.id)
        .where(
            AuditEntry.at > at - SPAN,
            AuditEntry.at <= at,
            AuditEntry.result == Result.DENIED,
            AuditEntry.action.in_((LOCK, MISS, "sign_in")),
        )
        .limit(enough)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(found)) or 0
