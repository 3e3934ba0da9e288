"""What typed text means, and which contact details are well formed. Pure Python.

Nothing is guessed beyond what a person would read: a text that is not clearly a date is none.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from ..vocabulary import N_

FIRST_YEAR, LAST_YEAR = 1900, 2100
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?", re.ASCII)
PARTED = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})(?:\s*[-./月]\s*(\d{1,2})?\s*日?)?", re.ASCII)
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
MOBILE = re.compile(r"1\d{10}")
POSTCODE = re.compile(r"\d{6}")
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def clean(text: str, *, lines: bool = False) -> str:
    """The text without what cannot be seen, stored or printed (C14); `lines` keeps line breaks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(
        each if each in "\n\t" or unicodedata.category(each) not in INVISIBLE else "" for each in text
    )
    return kept.strip() if lines else re.sub(r"[\n\t]+", " ", kept).strip()


def parse_day(text: str) -> date | None:
    """The day a text names: 20160630, 2016-6-30, 2016.6.30, 2016/6/30, 2016年6月30日.

    A month alone (2016.6, 201606, 2016年6月) is its first day. None for anything else.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    match = COMPACT.fullmatch(text) or PARTED.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_number(text: str) -> int | None:
    """A whole number in any width of digits; None for anything else."""
    text = unicodedata.normalize("NFKC", text).strip()
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,9}", text) else None


def contact_is_reachable(values: Mapping[str, Any]) -> dict[str, str]:
    """PRO-06: what is given must have the form of an address that works. Empty is for completeness to say."""
    shapes = {
        "contact_mobile": (MOBILE, N_("联系手机应为 11 位数字，以 1 开头")),
        "email": (EMAIL, N_("邮箱应为“名称@域名”的形式，如 name@example.com")),
        "postcode": (POSTCODE, N_("邮政编码应为 6 位数字")),
    }
    return {
        name: message
        for name, (shape, message) in shapes.items()
        if values.get(name) and not shape.fullmatch(values[name])
    }
