"""What a security administrator does to an account: disable it, enable it, end its sign-ins (B13)."""

from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import update

from ..audit import record
from ..errors import DomainError
from ..extensions import db
from ..vocabulary import N_
from . import sessions


class OwnCustody(DomainError):
    """Nobody shuts himself out, or vouches for his own lost factor."""

    message = N_("不能停用自己的账号、退出自己的登录或解除自己的两步验证。由另一名安全管理员办理。")


def refuse_own(user: User, by: User) -> None:
    if user.id == by.id:
        raise OwnCustody


def set_active(user: User, wanted: bool, *, by: User, at: datetime) -> bool:
    """Enable or disable; a disabled account is signed out at once. False: it was so already."""
    refuse_own(user, by)
    changed = db.session.execute(
        update(User).where(User.id == user.id, User.active.is_not(wanted)).values(active=wanted)
    ).rowcount  # type: ignore[attr-defined]
    if not changed:
        return False
    if not wanted:
        sessions.end_other_sessions(user, keep=None, at=at)
    record("enable" if wanted else "disable", user, at=at, by_id=by.id)
    return True


def end_sessions(user: User, *, by: User, at: datetime) -> None:
    """Sign the account out of every browser; it may sign in again."""
    refuse_own(user, by)
    sessions.end_other_sessions(user, keep=None, at=at)
    record("end_sessions", user, at=at, by_id=by.id)
