"""Initials of a Chinese name's pinyin, by which clerks search."""

from pypinyin import Style, lazy_pinyin

LENGTH = 40


def initials_of(name: str) -> str:
    """示例丙 → `slb`; letters stay as they are, in lower case. Of several readings the usual one is taken."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:LENGTH]
