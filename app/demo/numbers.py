"""Numbers that are well formed and belong to nobody."""

from datetime import date

from stdnum.cn import ric, uscc


def id_number(born: date) -> str:
    """A resident number with the sequence code 000, which is never issued; the birth date makes it unique."""
    body = f"530103{born:%Y%m%d}000"
    return body + str(ric.calc_check_digit(body + "0"))


def credit_code(n: int) -> str:
    body = f"91530103MA{n:07d}"
    return body + str(uscc.calc_check_digit(body + "0"))


def mobile(n: int) -> str:
    return f"139{n:08d}"
