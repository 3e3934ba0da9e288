"""Hashing and judging passwords (A08)."""

from pathlib import Path
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..errors import PasswordRefused
from ..vocabulary import N_

SHORTEST, LONGEST = 8, 128
# Those that lists of stolen passwords begin with, here and elsewhere; one a line, in lower case.
COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())
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
    lowered = normalize("NFKC", password).lower()
    if lowered.strip() in COMMON or len(set(lowered)) < 4:
        raise PasswordRefused(N_("密码太常见，容易被猜中，换一个。"))
    if any(_tells(each) and each.lower() in lowered for each in context if each):
        raise PasswordRefused(N_("密码不能包含姓名、身份证号、手机号或用户名，换一个。"))


def _tells(word: str) -> bool:
    """Whether a word is long enough to be the account's own; a Chinese name has two characters."""
    return len(word) >= (4 if word.isascii() else 2)
