"""Hashing and judging passwords (A08)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..errors import PasswordRefused
from ..vocabulary import N_

SHORTEST, LONGEST = 8, 128
COMMON = frozenset(
    "12345678 123456789 1234567890 11111111 88888888 66666666 00000000 password password1 qwertyui "
    "qwerty123 abc12345 abcd1234 1qaz2wsx iloveyou a1234567 a12345678 1q2w3e4r asdfghjk zhicheng".split()
)
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(stored: str | None, given: str) -> bool:
    """Whether the password is right; takes the same work when there is no account (A07)."""
    try:
        return _hasher.verify(stored or _NOBODY, given) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def upgraded(stored: str, given: str) -> str | None:
    """Today's hash of a password that was just found right, where the stored one has older parameters (A08)."""
    return _hasher.hash(given) if _hasher.check_needs_rehash(stored) else None


def judge(password: str, *context: str | None) -> None:
    """Refuse a password that is too short, too long, common, or made of the account's own data."""
    if len(password) < SHORTEST:
        raise PasswordRefused(
            N_("密码至少 %(n)s 位，现在是 %(actual)s 位。"), n=SHORTEST, actual=len(password)
        )
    if len(password) > LONGEST:
        raise PasswordRefused(
            N_("密码最多 %(n)s 位，现在是 %(actual)s 位。"), n=LONGEST, actual=len(password)
        )
    lowered = password.lower()
    if lowered in COMMON or len(set(password)) < 4:
        raise PasswordRefused(N_("密码太常见，容易被猜中，换一个。"))
    if any(len(each) >= 4 and each.lower() in lowered for each in context if each):
        raise PasswordRefused(N_("密码不能包含姓名、身份证号、手机号或用户名，换一个。"))
