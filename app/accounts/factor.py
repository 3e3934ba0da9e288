"""The second factor: a code of the person's authenticator app, or one of ten printed ones (A06).

The shared secret is sealed in its column, printed codes are kept as keyed digests. A code of the app is
good for its thirty seconds and the thirty before and after, and once: the step it belongs to is stored by
the statement that accepts it.
"""

import secrets
from datetime import datetime

import pyotp
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, func, or_, select, update

from ..audit import record
from ..extensions import db
from ..messages.operations import tell
from ..models import RecoveryCode
from ..protection import index_of
from ..vocabulary import N_
from . import sessions

STEP, WINDOW = 30, 1
PRINTED, PART = 10, 4
# Without letters and digits that look alike.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# Sealed columns are not compared in Python, which keeping loaded rows in step would do.
SEALED = {"synchronize_session": False}

TURNED_ON = N_(
    "您的账号已开启两步验证，登录时除密码外还要输入验证器中的动态验证码。如非本人操作，立即拨打热线。"
)
TURNED_OFF = N_("您的账号已关闭两步验证，登录时只需要密码。如非本人操作，立即拨打热线。")
REPLACED = N_("您的账号已更换验证器，原来的验证器和恢复码不能再用。如非本人操作，立即拨打热线。")
REPRINTED = N_("您已重新生成恢复码，原来的恢复码不能再用。如非本人操作，立即拨打热线。")
REMOVED = N_("安全管理员已为您解除两步验证，所有浏览器上的登录已退出。如非本人要求，立即拨打热线。")
USED_PRINTED = N_("刚刚用一个恢复码登录了您的账号，还剩 %(n)s 个。如非本人操作，立即拨打热线。")


def new_secret() -> str:
    return pyotp.random_base32()


def address_of(secret: str, *, account: str, issuer: str) -> str:
    """What the authenticator app reads from the picture."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=account, issuer_name=issuer)


def printed_left(user: User) -> int:
    """How many printed codes are unused."""
    return (
        db.session.scalar(
            select(func.count(RecoveryCode.id)).where(
                RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
            )
        )
        or 0
    )


def enrol(user: User, secret: str, code: str, *, at: datetime) -> list[str] | None:
    """Begin to use the authenticator that proved itself by a code; None: the code was wrong.

    Returns the ten printed codes, which are never shown again. An authenticator used before is replaced.
    """
    step = _step_of(secret, code, at)
    if step is None:
        return None
    was = user.factor_confirmed_at
    taken = db.session.execute(
        update(User)
        .where(
            User.id == user.id, User.factor_confirmed_at == was if was else User.factor_confirmed_at.is_(None)
        )
        .values(factor_secret=secret, factor_confirmed_at=at, factor_step=step)
        .execution_options(**SEALED)
    ).rowcount  # type: ignore[attr-defined]
    if not taken:
        return None
    db.session.refresh(user)
    record("factor_replaced" if was else "factor_on", user, at=at, by_id=user.id)
    tell([user.id], REPLACED if was else TURNED_ON, at=at)
    return _print(user.id)


def reprint(user: User, *, at: datetime) -> list[str]:
    """Ten new printed codes; the old ones are worth nothing."""
    record("factor_codes", user, at=at, by_id=user.id)
    tell([user.id], REPRINTED, at=at)
    return _print(user.id)


def redeem(user_id: int, code: str, *, at: datetime) -> bool:
    """Use up a code of the app or a printed one; false if it is wrong or was used before."""
    typed = "".join(each for each in code.upper() if each.isalnum())
    if len(typed) == 2 * PART:
        return _redeem_printed(user_id, typed, at=at)
    user = db.session.get_one(User, user_id)
    if user.factor_secret is None or user.factor_confirmed_at is None:
        return False
    step = _step_of(user.factor_secret, typed, at)
    if step is None:
        return False
    used = db.session.execute(
        update(User)
        .where(User.id == user_id, or_(User.factor_step.is_(None), User.factor_step < step))
        .values(factor_step=step)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def turn_off(user: User, *, at: datetime) -> None:
    """The person's own wish; whoever acts for an office is not offered it."""
    _forget(user)
    record("factor_off", user, at=at, by_id=user.id)
    tell([user.id], TURNED_OFF, at=at)


def remove(user: User, by: User, at: datetime) -> bool:
    """Take a lost factor away, end every sign-in and tell the owner; False: he has none (B13)."""
    if not _forget(user):
        return False
    sessions.end_other_sessions(user, keep=None, at=at)
    record("factor_removed", user, at=at, by_id=by.id)
    tell([user.id], REMOVED, at=at)
    return True


def _forget(user: User) -> bool:
    gone = db.session.execute(
        update(User)
        .where(User.id == user.id, User.factor_confirmed_at.is_not(None))
        .values(factor_secret=None, factor_confirmed_at=None, factor_step=None)
        .execution_options(**SEALED)
    ).rowcount  # type: ignore[attr-defined]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.refresh(user)
    return bool(gone)


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step the code belongs to, if that is now, the one before or the one after."""
    totp, now = pyotp.TOTP(secret, interval=STEP), int(at.timestamp()) // STEP
    for step in range(now - WINDOW, now + WINDOW + 1):
        if secrets.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def _print(user_id: int) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _each in range(2 * PART)) for _code in range(PRINTED)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.add_all(RecoveryCode(user_id=user_id, digest=_digest(user_id, each)) for each in codes)
    return [f"{each[:PART]}-{each[PART:]}" for each in codes]


def _redeem_printed(user_id: int, code: str, *, at: datetime) -> bool:
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.digest == _digest(user_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
    ).rowcount  # type: ignore[attr-defined]
    if used:
        left = printed_left(db.session.get_one(User, user_id))
        tell([user_id], USED_PRINTED % {"n": left}, at=at)
    return bool(used)


def _digest(user_id: int, code: str) -> str:
    return index_of(f"recovery code of {user_id}: {code}")
