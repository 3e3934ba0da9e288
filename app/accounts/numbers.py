"""Numbers of persons and units: what is wrong with one, and what a right one says (ACC-02, X-12, C14).

Pure: no Flask, no database, no clock.
"""

import re
from datetime import date
from unicodedata import normalize

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent, InvalidLength, ValidationError

from ..errors import DomainError
from ..vocabulary import N_, Document

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
OLD_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
HONG_KONG_MACAO_TAIWAN = ("810000", "820000", "830000")
OLD_PERMANENT = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
SHAPES = {
    Document.HK_MACAO_PERMIT: (
        re.compile(r"[HM](\d{8}|\d{10})", re.ASCII),
        N_("通行证号应为字母 H 或 M 加 8 位数字（旧证加 10 位），核对后修改。"),
    ),
    Document.TAIWAN_PERMIT: (
        re.compile(r"\d{8}", re.ASCII),
        N_("通行证号应为 8 位数字，核对后修改。"),
    ),
    Document.PASSPORT: (
        re.compile(r"[A-Z0-9]{5,20}", re.ASCII),
        N_("护照号应为 5 至 20 位字母或数字，核对后修改。"),
    ),
}


class NumberRefused(DomainError):
    """A number that cannot be right; the message says what about it."""


def document_number(typed: str, kind: Document, *, today: date) -> str:
    """The number of a document of that kind as stored, each with a check of its own (ELI-01). Raises NumberRefused."""
    if kind in SHAPES:
        shape, message = SHAPES[kind]
        number = _plain(typed)
        if not shape.fullmatch(number):
            raise NumberRefused(message)
        return number
    if kind == Document.PERMANENT_RESIDENCE and OLD_PERMANENT.fullmatch(_plain(typed)):
        return _plain(typed)
    number = id_number(typed, today=today)
    found = _kind_of(number)
    if found != kind:
        raise NumberRefused(
            N_("这是%(found)s的号码，与所选的证件类型不一致，修改其中一项。"), found=found.label
        )
    return number


def _kind_of(number: str) -> Document:
    """Which of the three documents with 18 characters has this number: its first digits say."""
    if number.startswith(HONG_KONG_MACAO_TAIWAN):
        return Document.HK_MACAO_TAIWAN_RESIDENCE
    return Document.PERMANENT_RESIDENCE if number.startswith("9") else Document.RESIDENT


def id_number(typed: str, *, today: date) -> str:
    """The resident number as stored: 18 characters, `x` as `X`. Raises NumberRefused.

    The region is not checked: numbers keep the code of a county that may be gone from every list.
    """
    number = _plain(typed)
    if len(number) != 18:
        raise NumberRefused(N_("身份证号应为 18 位，现在是 %(n)s 位。"), n=len(number))
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise NumberRefused(N_("身份证号前 17 位应为数字，最后一位应为数字或 X。"))
    try:
        born = ric.get_birth_date(number)
    except InvalidComponent:
        raise NumberRefused(
            N_("身份证号第 7 至 14 位应为出生日期，%(digits)s 不是日期，核对后修改。"), digits=number[6:14]
        ) from None
    if born > today:
        raise NumberRefused(N_("身份证号中的出生日期 %(digits)s 晚于今天，核对后修改。"), digits=number[6:14])
    if ric.calc_check_digit(number) != number[-1]:
        raise NumberRefused(N_("身份证号校验不通过，有一位或几位输错，逐位核对后修改。"))
    return number


def born_and_gender(number: str | None, kind: Document) -> tuple[date, str] | None:
    """What a stored number says of its holder; None where numbers of the kind do not say it."""
    if not number or kind in SHAPES or len(number) != 18:
        return None
    try:
        return ric.get_birth_date(number), N_("男") if int(number[16]) % 2 else N_("女")
    except ValidationError:
        return None


def mobile(typed: str) -> str:
    """The mobile number as stored: 11 digits. Raises NumberRefused."""
    number = _plain(typed).removeprefix("+86")
    if not number.isascii() or not number.isdigit():
        raise NumberRefused(N_("手机号应为 11 位数字，不能有其他字符。"))
    if len(number) != 11:
        raise NumberRefused(N_("手机号应为 11 位，现在是 %(n)s 位。"), n=len(number))
    if not MOBILE.fullmatch(number):
        raise NumberRefused(N_("手机号应以 13 至 19 开头，核对后修改。"))
    return number


def credit_code(typed: str) -> str:
    """The unit's code as stored: the credit code, or the old one of 9 characters. Raises NumberRefused."""
    code = _plain(typed)
    if len(code) == 9:
        return _old_code(code)
    try:
        return str(uscc.validate(code))
    except InvalidLength:
        raise NumberRefused(
            N_("统一社会信用代码应为 18 位（旧组织机构代码 9 位），现在是 %(n)s 位。"), n=len(code)
        ) from None
    except ValidationError:
        raise NumberRefused(N_("统一社会信用代码校验不通过，对照证书逐位核对后修改。")) from None


def organisation_part(code: str) -> str:
    """The old organisation code inside a credit code: both forms of one unit share it."""
    return code if len(code) == 9 else code[8:17]


def region_part(code: str) -> str | None:
    """The code of the region a unit was registered in; the old form does not say."""
    return code[2:8] if len(code) == 18 else None


def _plain(typed: str) -> str:
    """Without the spaces and dashes people put between groups, in half-width capitals."""
    return re.sub(r"[\s\x00-]", "", normalize("NFKC", typed)).upper()


def _old_code(code: str) -> str:
    if re.fullmatch(r"[0-9A-Z]{8}[\dX]", code, re.ASCII):
        rest = (
            11
            - sum(int(sign, 36) * weight for sign, weight in zip(code, OLD_CODE_WEIGHTS, strict=False)) % 11
        )
        if code[8] == {10: "X", 11: "0"}.get(rest, str(rest)):
            return code
    raise NumberRefused(N_("组织机构代码校验不通过，对照证书逐位核对后修改。"))
